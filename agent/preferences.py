"""The trainer's own choices, which may ask for less than the rules allow, never for more."""

import msgspec

from agent.paths import Paths, write_private
from wire.decoding import decoder_of


class Preferences(msgspec.Struct, frozen=True):
    """Read at clock-in."""

    pixelate: bool = False
    """Screenshots are made coarse in memory, whatever the rules say."""


def read_preferences(paths: Paths) -> Preferences:
    """The choices; a file that does not read is none."""
    try:
        return decoder_of(Preferences).decode(paths.preferences.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Preferences()


def write_preferences(paths: Paths, preferences: Preferences) -> None:
    """Remember the choices."""
    write_private(paths.preferences, msgspec.json.encode(preferences))
