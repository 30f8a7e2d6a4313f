"""Text from elsewhere, made safe to print on a terminal."""


def plain(text: str, most: int = 300) -> str:
    """At most `most` characters, control characters replaced: they could redraw a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:most])
