"""A document's parts, and how they are written as Markdown and as a page."""

import html
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names each row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot with what it shows in words."""

    file: str
    caption: str


Block = Heading | Paragraph | Table | Picture

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 0 1rem 3rem;
  color: #1b1b1b; background: #fff; }
h2 { margin-top: 2.5rem; border-top: 1px solid #bbb; padding-top: 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0;
  border-bottom: 1px solid #ddd; overflow-wrap: break-word; }
th { font-weight: 600; }
tbody th { font-weight: 400; }
figure { margin: 1.5rem 0; }
img { max-width: 100%; height: auto; }
figcaption { font-size: 0.875rem; color: #444; }
"""


def markdown(blocks: Iterable[Block], folder: str) -> str:
    """Return the document as Markdown; pictures lie in ``folder`` beside it."""
    return "\n\n".join(_markdown(block, folder) for block in blocks) + "\n"


def _markdown(block: Block, folder: str) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(text):
            return text
        case Picture(file, caption):
            return f"![{caption}]({folder}{file})"
        case Table(header, rows):
            lines = [header, ("---",) * len(header), *rows]
            return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def page(blocks: Iterable[Block], pictures: Mapping[str, bytes]) -> str:
    """Return the document as one HTML file that holds its pictures (PNG)."""
    body = "\n".join(_html(block, pictures) for block in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Veritype: evaluation</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block, pictures: Mapping[str, bytes]) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{_text(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{_text(text)}</p>"
        case Picture(file, caption):
            source = f"data:image/png;base64,{b64encode(pictures[file]).decode()}"
            shown = html.escape(caption)
            return (
                f'<figure><img src="{source}" alt="{shown}">'
                f"<figcaption>{shown}</figcaption></figure>"
            )
        case Table(header, rows):
            head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in header)
            lines = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
            return (
                f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
                f"<tbody>{lines}</tbody></table></div>"
            )


def _row(row: tuple[str, ...]) -> str:
    first, *others = row
    return f'<th scope="row">{_text(first)}</th>' + "".join(
        f"<td>{_text(cell)}</td>" for cell in others
    )


def _text(text: str) -> str:
    """Escape, and turn the document's marks for code and emphasis into elements."""
    parts = html.escape(text, quote=False).split("`")
    return "".join(f"<code>{p}</code>" if n % 2 else _emphasis(p) for n, p in enumerate(parts))


def _emphasis(text: str) -> str:
    strong = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", strong)
