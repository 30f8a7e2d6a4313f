"""A window with a text to write in: the task, an assistant, a password prompt.

Run by Debian's Python (which has Tk), told what to do through its standard input and answering on
its standard output, one JSON document a line. It writes nothing to disk.
"""

import argparse
import json
import sys
import tkinter as tk
from typing import Any


class WritingWindow:
    """A top-level window that holds one Text widget, and perhaps a password entry."""

    def __init__(self, root: tk.Tk, title: str, geometry: str, *, password: bool) -> None:
        self.root = root
        root.title(title)
        root.geometry(geometry)
        self.text = tk.Text(root, wrap="word", undo=True, font=("Courier", 10))
        self.text.bind("<Control-a>", self._select_all)
        self.entry = tk.Entry(root, show="*")
        if password:
            self.entry.pack(fill="x")
        self.text.pack(fill="both", expand=True)
        root.tk.createfilehandler(sys.stdin, tk.READABLE, self._on_command)
        root.after_idle(self._announce)

    def _announce(self) -> None:
        if not self.text.winfo_viewable():
            self.root.after(20, self._announce)
            return
        self.text.focus_set()
        self._answer("ready")

    def _select_all(self, _event: object) -> str:
        self.text.tag_add("sel", "1.0", "end-1c")
        return "break"

    def _on_command(self, _file: object, _mask: object) -> None:
        line = sys.stdin.readline()
        if not line:
            self.root.destroy()
            return
        request = json.loads(line)
        self._answer(getattr(self, "do_" + request["do"])(**request.get("with", {})))

    def _answer(self, answer: Any) -> None:
        print(json.dumps(answer), flush=True)

    def do_text(self) -> str:
        return self.text.get("1.0", "end-1c")

    def do_password(self) -> str:
        return self.entry.get()

    def do_fill(self, text: str) -> bool:
        self.text.insert("end", text)
        return True

    def do_clear(self) -> bool:
        self.text.delete("1.0", "end")
        return True

    def do_clipboard(self) -> str:
        try:
            return str(self.root.clipboard_get(type="UTF8_STRING"))
        except tk.TclError:
            return ""

    def do_title(self, title: str) -> bool:
        self.root.title(title)
        return True

    def do_focused(self) -> bool:
        return self.root.focus_displayof() in (self.text, self.entry)

    def do_place(self, widget: str = "text") -> dict[str, int]:
        part: tk.Widget = self.entry if widget == "entry" else self.text
        return {
            "left": part.winfo_rootx(),
            "top": part.winfo_rooty(),
            "width": part.winfo_width(),
            "height": part.winfo_height(),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--title", required=True)
    parser.add_argument("--geometry", default="560x620+20+40")
    parser.add_argument("--password", action="store_true")
    options = parser.parse_args()
    root = tk.Tk()
    WritingWindow(root, options.title, options.geometry, password=options.password)
    root.mainloop()


if __name__ == "__main__":
    main()
