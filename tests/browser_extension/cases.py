"""What goes in and what must come out, in tables."""

import json
from importlib import resources

from wire.codes import EditHow

VECTORS = json.loads(resources.files("wire").joinpath("text_class_vectors.json").read_text())
PATTERNS: tuple[tuple[str, str, bool], ...] = (
    ("https://a.example/rate/*", "https://a.example/rate/7?x=1#y", True),
    ("https://a.example/rate/*", "https://a.example/rates", False),
    ("https://a.example/rate/*", "http://a.example/rate/7", False),
    ("https://a.example/rate/*", "https://a.example.evil.test/rate/7", False),
    ("https://*.a.example/*", "https://b.a.example/", True),
    ("https://*.a.example/*", "https://a.example/", True),
    ("https://*.a.example/*", "https://ba.example/", False),
    ("http://a.example:8080/*", "http://a.example:8080/x", True),
    ("http://a.example:8080/*", "http://a.example/x", False),
    ("https://a.example/x.y", "https://a.example/x-y", False),
    ("https://a.example/*", "about:blank", False),
)
INPUT_TYPES = (
    ("insertText", 1, 0, EditHow.TYPED),
    ("insertText", 20, 0, EditHow.COMPOSITION),
    ("insertParagraph", 0, 0, EditHow.TYPED),
    ("insertFromPaste", 20, 0, EditHow.PASTE),
    ("insertFromYank", 20, 0, EditHow.PASTE),
    ("insertFromDrop", 20, 0, EditHow.DROP),
    ("insertReplacementText", 7, 6, EditHow.SPELL_CORRECTION),
    ("insertReplacementText", 20, 0, EditHow.AUTOFILL),
    ("deleteContentBackward", 0, 1, EditHow.DELETED),
    ("deleteByCut", 0, 9, EditHow.DELETED),
    ("historyRedo", 0, 0, EditHow.UNDO),
    ("formatBold", 0, 0, EditHow.OTHER),
)
EDITABLE = (
    ("one line", "one line"),
    ("a<div>b</div><div><br></div><div>c</div>", "a\nb\n\nc"),
    ("<p>a</p>\n  <p>b</p>", "a\nb"),
    ("a<br>b<br>", "a\nb"),
    ("<p><br></p>", ""),
    ("<ul><li>a</li><li>b <b>c</b></li></ul>", "a\nb c"),
    ("<div>a</div>b", "a\nb"),
)
NO_MESSAGES = (
    '1, {at: 1, duration: 0, how: "x", inserted: 1, deleted: 0, flags: 0, field: 1, region: 0}',
    "1, {at: 1, duration: 0, how: 0, inserted: NaN, deleted: 0, flags: 0, field: 1, region: 0}",
    "1, {at: 1}",
    "9, {at: 1}",
    '4, {at: 1, field: 1, region: 0, length: 7, classes: "hunter2"}',
)

FIELDS = (
    ("#text", None),
    ("#line", None),
    ("#free", None),
    ("#rich", None),
    ("#shadow", None),
    ("#text", "#inner"),
    ("#deep", "#blank"),
)
"""Text area, input, editable element, rich editor, shadow root, iframe, iframe without address."""
SCRIPT_WRITES = (
    "document.getElementById('text').value = 'written by a script'",
    "document.getElementById('line').focus();"
    "document.execCommand('insertText', false, 'written by a script')",
    "const user = document.getElementById('user'); user.value = 'written by a script';"
    "user.dispatchEvent(new InputEvent('input', {inputType: 'insertText', bubbles: true}))",
    "document.getElementById('free').textContent = 'written by a script'",
    "document.getElementById('rich').textContent = 'written by a script'",
)
"""Plainly, by the editing command, with a forged event, into editable elements."""
