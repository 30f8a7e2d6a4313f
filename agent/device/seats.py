"""How many people can sit at this machine at once (logind's seats)."""

from pathlib import Path

_SEATS = Path("/run/systemd/seats")


def seats(folder: Path = _SEATS) -> int | None:
    """Number of seats; None where the system keeps no list of them."""
    try:
        return sum(entry.name.startswith("seat") for entry in folder.iterdir()) or None
    except OSError:
        return None
