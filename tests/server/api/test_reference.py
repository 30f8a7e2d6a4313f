"""`docs/api.md` is what the server's document says today, and its examples are true."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from server.reference.page import api_page
from server.reference.published import published_document

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return published_document()


def test_the_page_is_current(document: dict[str, Any]) -> None:
    assert PAGE.read_text() == api_page(document), "run: python -m server.reference docs/api.md"


def test_every_route_is_explained_and_its_examples_hold(document: dict[str, Any]) -> None:
    page = PAGE.read_text()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not path.startswith("/v1/"):
                continue
            assert f"### `{method.upper()} {path}`" in page
            assert operation.get("description"), f"{method} {path} has no docstring"
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for media in (each for body in bodies for each in body.get("content", {}).values()):
                if "example" in media:
                    schema = {**media["schema"], "components": document["components"]}
                    jsonschema.Draft202012Validator(schema).validate(media["example"])


def test_every_list_is_paged_and_every_post_takes_an_idempotency_key(
    document: dict[str, Any],
) -> None:
    for path, item in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for method, operation in item.items():
            named = {each["name"] for each in operation["parameters"]}
            wanted = {"get": {"If-None-Match"}, "post": {"Idempotency-Key"}}.get(method, set())
            assert wanted <= named, (method, path)
            if "cursor" in named:
                assert "limit" in named, path
