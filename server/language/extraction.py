"""Collects every text of the console: `python -m server.language.extraction` (`make texts`).

The template has no date and no line numbers, and its texts are sorted, so that it changes only
where a text does.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from server.language.catalogues import TEMPLATE, po_file, read
from server.language.elsewhere import foreign_texts
from server.language.languages import ENGLISH, LANGUAGES

_ROOT = Path(__file__).parent.parent.parent
_METHODS = [("server/**.py", "python"), ("server/templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"server/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "plural_forms": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_KEPT = ("Language:", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_HEADER = "# The console's texts; docs/texts.md says how they are written."


def texts() -> Catalog:
    """Every text that the code says."""
    catalogue = Catalog(header_comment=_HEADER, fuzzy=False)
    for message, comments, context in _found():
        catalogue.add(message, auto_comments=comments, context=context)
    for text in foreign_texts():
        catalogue.add(text)
    return catalogue


def _found() -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    extracted = extract_from_dir(
        _ROOT,
        _METHODS,
        _OPTIONS,
        keywords=_KEYWORDS,
        comment_tags=["Texts:"],
        strip_comment_tags=True,
        directory_filter=lambda folder: Path(folder).name not in {"language", "static"},
    )
    for _file, _line, message, comments, context in extracted:
        yield message, comments, context


def written(catalogue: Catalog) -> str:
    """A catalogue as its file holds it."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    head, blank, rest = file.getvalue().decode().partition("\n\n")
    kept = (
        line for line in head.splitlines() if not line.startswith('"') or line[1:].startswith(_KEPT)
    )
    return "\n".join(kept) + blank + rest


def merged(language: str, template: Catalog) -> Catalog:
    """A language's catalogue with the texts of now; what nobody translated yet is empty.

    Two sides of a merge, one below the other, read well enough to be put in order again.
    """
    path = po_file(language)
    catalogue = read(path, language, strict=False) if path.exists() else Catalog(locale=language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.fuzzy, catalogue.header_comment = False, _HEADER
    return catalogue


def main() -> None:
    """Write the template and bring the languages' files to it."""
    template = texts()
    TEMPLATE.write_text(written(template))
    for language in LANGUAGES:
        if language != ENGLISH:
            po_file(language).write_text(written(merged(language, template)))


if __name__ == "__main__":
    main()
