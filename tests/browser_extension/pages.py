"""The pages that trainers of these tests work in, and the small server that has them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TASK = """<!doctype html><meta charset="utf-8"><title>Task</title>
<section id="prompt"><p tabindex="0">A prompt</p></section>
<section id="response-b"><button type="button">Open B</button></section>
<section id="answer">
  <form id="form" action="javascript:void 0">
    <textarea id="text" spellcheck="false"></textarea>
    <input id="line">
    <button id="send" type="submit">Send</button>
  </form>
</section>
<div id="free" contenteditable style="min-height:2em"></div>
<div id="rich" contenteditable style="min-height:2em;white-space:pre-wrap"></div>
<button id="send-free" type="button" data-veritype-submit="#free">Send</button>
<div id="shadow"></div>
<form id="sign-in" action="javascript:void 0">
  <input id="user" autocomplete="username">
  <input id="password" type="password">
  <input id="code" autocomplete="one-time-code">
  <button id="enter" type="submit">Enter</button>
</form>
<iframe id="inner" src="/inner.html"></iframe>
<iframe id="blank" srcdoc="<div id='deep' contenteditable style='min-height:2em'></div>"></iframe>
<script>
  const root = document.getElementById("shadow").attachShadow({mode: "open"});
  root.innerHTML = "<textarea id='inside' style='width:100%;box-sizing:border-box'></textarea>";
  // In the manner of ProseMirror: handles every input itself, changes its own document.
  const rich = document.getElementById("rich");
  const insert = (text) => {
    const selection = getSelection();
    selection.deleteFromDocument();
    const range = selection.getRangeAt(0);
    range.insertNode(document.createTextNode(text));
    range.collapse(false);
  };
  rich.addEventListener("beforeinput", (event) => {
    event.preventDefault();
    if (event.inputType === "insertText") insert(event.data);
  });
  rich.addEventListener("paste", (event) => {
    event.preventDefault();
    insert(event.clipboardData.getData("text/plain"));
  });
  rich.addEventListener("keydown", (event) => {
    if (event.key !== "Backspace") return;
    event.preventDefault();
    getSelection().modify("extend", "backward", "character");
    getSelection().deleteFromDocument();
  });
</script>
"""
INNER = """<!doctype html><meta charset="utf-8"><textarea id="text"></textarea>"""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A server on loopback; yields its address."""
    handler = partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def write_pages(folder: Path) -> None:
    """Put the pages into a folder."""
    (folder / "rate").mkdir(parents=True)
    (folder / "rate" / "task.html").write_text(TASK)
    (folder / "inner.html").write_text(INNER)
    (folder / "other.html").write_text(TASK)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""
