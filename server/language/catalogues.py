"""A language's catalogue, read from its `.po` file once.

The file that translators write is the one that is shipped: nothing is compiled at build, so that
nothing compiled can be older than its source.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from server.language.languages import ENGLISH

FOLDER = Path(__file__).parent / "catalogue"
TEMPLATE = FOLDER / "messages.pot"


def po_file(language: str) -> Path:
    """Where a language's texts stand."""
    return FOLDER / f"{language}.po"


def read(path: Path, language: str | None = None, *, strict: bool = True) -> Catalog:
    """A catalogue as Babel sees it.

    Where the file does not read it raises `PoFileError`, or leaves that text out if not `strict`.
    """
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=strict)


@cache
def translations(language: str) -> NullTranslations:
    """What says a text in a language; a text that is missing stays English."""
    if language == ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read(po_file(language), language))
    compiled.seek(0)
    return GNUTranslations(compiled)
