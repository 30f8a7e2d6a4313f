"""A GTK window with a line, a password entry and a text: all of them accessible (AT-SPI).

Run by Debian's Python (which has GTK), told what to do through its standard input and answering on
its standard output, one JSON document a line. It writes nothing to disk.
"""

import argparse
import json
import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # noqa: E402 - the version must be asked for first


class AccessibleWindow:
    """A top-level window with an Entry, a password Entry and a TextView."""

    def __init__(self, title: str) -> None:
        self.window = Gtk.Window(title=title, default_width=400, default_height=300)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
        self.window.add(box)
        self.line, self.password, self.text = Gtk.Entry(), Gtk.Entry(), Gtk.TextView()
        self.password.set_visibility(False)
        for part in (self.line, self.password):
            box.pack_start(part, False, False, 0)
        box.pack_start(self.text, True, True, 0)
        self.window.connect("destroy", Gtk.main_quit)
        self.window.connect("map-event", lambda *_: self._answer("ready"))
        GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, self._on_command)
        self.window.show_all()

    def _on_command(self, _file: object, _condition: object) -> bool:
        line = sys.stdin.readline()
        if not line:
            Gtk.main_quit()
            return False
        request = json.loads(line)
        self._answer(getattr(self, "do_" + request["do"])(**request.get("with", {})))
        return True

    def _answer(self, answer: Any) -> None:
        print(json.dumps(answer), flush=True)

    def do_focus(self, widget: str) -> bool:
        getattr(self, widget).grab_focus()
        return True

    def do_show_password(self, shown: bool) -> bool:
        self.password.set_visibility(shown)
        return True

    def do_fill(self, text: str) -> bool:
        self.text.get_buffer().insert_at_cursor(text)
        return True

    def do_line(self) -> str:
        return str(self.line.get_text())

    def do_password(self) -> str:
        return str(self.password.get_text())

    def do_text(self) -> str:
        buffer = self.text.get_buffer()
        return str(buffer.get_text(*buffer.get_bounds(), True))

    def do_focused(self) -> bool:
        return bool(self.window.is_active())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--title", required=True)
    AccessibleWindow(parser.parse_args().title)
    Gtk.main()


if __name__ == "__main__":
    main()
