"""Writes the page: `python -m server.reference FILE`."""

import sys
from pathlib import Path

from server.reference.page import api_page
from server.reference.published import published_document

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(api_page(published_document()))
