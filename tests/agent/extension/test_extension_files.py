"""What two languages must say alike, and what the extension may ask for."""

import base64
import hashlib
import json
import re
from enum import IntEnum
from pathlib import Path

import msgspec
import pytest

from agent.extension.installing import extension_folder
from agent.extension.messages import CLASSES_MAX_CHARS, BrowserMessage
from agent.extension.places import CHROMIUM_ID, FIREFOX_ID
from wire.codes import CaretFlag, EditFlag, EditHow

SCRIPTS = sorted(extension_folder().glob("*.js"))
MANIFEST = json.loads((extension_folder() / "manifest.json").read_text())


def source(name: str) -> str:
    return (extension_folder() / name).read_text()


@pytest.mark.parametrize(
    ("name", "codes"), [("How", EditHow), ("EditFlag", EditFlag), ("CaretFlag", CaretFlag)]
)
def test_the_codes_are_the_wires(name: str, codes: type[IntEnum]) -> None:
    found = re.search(
        rf"veritype\.{name} = Object\.freeze\(\{{(.*?)\}}\)", source("codes.js"), re.S
    )
    assert found is not None
    numbers = dict(re.findall(r"(\w+): (\d+)", found.group(1)))
    assert {key: int(value) for key, value in numbers.items()} == {
        each.name: each.value for each in codes
    }


def test_the_allow_list_names_the_fields_that_the_agent_reads() -> None:
    text = source("messages.js")
    found = re.search(r"const KINDS = \{(.*?)\n  \};", text, re.S)
    assert found is not None
    listed = {
        int(kind): set(re.findall(r"(\w+):", fields))
        for kind, fields in re.findall(r"(\d): \{(.*?)\}", found.group(1), re.S)
    }
    listed[4].add("classes")
    definitions = msgspec.json.schema(BrowserMessage)["$defs"].values()
    expected = {
        each["properties"]["kind"]["enum"][0]: set(each["properties"]) - {"kind"}
        for each in definitions
        if "kind" in each.get("properties", {})
    }
    assert listed == expected
    assert f"CLASSES_MAX_CHARS = {CLASSES_MAX_CHARS:_}" in text


def test_the_ids_follow_from_the_manifest() -> None:
    digest = hashlib.sha256(base64.b64decode(MANIFEST["key"])).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digest) == CHROMIUM_ID
    assert MANIFEST["browser_specific_settings"]["gecko"]["id"] == FIREFOX_ID


def test_the_extension_asks_for_no_page_before_the_person_allows_it() -> None:
    assert MANIFEST["permissions"] == ["nativeMessaging", "scripting"]
    assert "host_permissions" not in MANIFEST
    assert "content_scripts" not in MANIFEST
    assert "externally_connectable" not in MANIFEST


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_has_a_way_out_but_the_port(script: Path) -> None:
    ways = (
        r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|\.storage\b|localStorage|indexedDB|eval\("
    )
    assert re.findall(ways, script.read_text()) == []
    if script.name == "content.js":
        assert script.read_text().count("postMessage(") == 1
