"""The document that a server publishes, taken from one that serves nobody."""

import tempfile
from pathlib import Path

from server.app import build_app
from server.installation import make_data_folder, open_installation
from server.routes.documented import Document


def published_document() -> Document:
    """The OpenAPI document of this version."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        make_data_folder(folder)
        installation = open_installation(folder)
        app = build_app(installation)
        try:
            return app.document()
        finally:
            app.writer.close()
            installation.store.close()
