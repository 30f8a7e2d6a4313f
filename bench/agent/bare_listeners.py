"""A program that hears every key and pointer event by pynput and does nothing with it.

It is the floor of any recorder built on pynput, as ActivityWatch's AFK and input watchers are on
X11: they open the same two listeners.
"""

from pynput import keyboard, mouse


def _ignore(*_event: object) -> None:
    """Nothing is done."""


def main() -> None:
    """Listen until ended."""
    with (
        keyboard.Listener(on_press=_ignore, on_release=_ignore) as keys,
        mouse.Listener(on_move=_ignore, on_click=_ignore, on_scroll=_ignore),
    ):
        keys.join()


if __name__ == "__main__":
    main()
