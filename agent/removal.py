"""Taking the agent's traces off this computer, each by the module that left them there."""

from collections.abc import Callable, Iterator
from pathlib import Path

from agent.autostart import Autostart
from agent.errors import AgentError, AutostartFailed
from agent.extension.installing import uninstall_host
from agent.extension.places import Browser
from agent.identity import forget_secrets
from agent.paths import Paths

Removal = Callable[[Paths], Iterator[str]]
"""Removes one thing and says, in sentences, what was removed or could not be."""


def remove_all(paths: Paths) -> Iterator[str]:
    """Remove everything, the state folder last; the caller holds the instance lock."""
    for removal in REMOVALS:
        yield from removal(paths)


def _browsers(paths: Paths) -> Iterator[str]:
    for browser in Browser:
        try:
            if uninstall_host(paths, browser, Path.home()):
                yield f"{browser} cannot reach the agent any more; remove the extension there."
        except (AgentError, OSError):
            continue  # this system joins no browser


def _autostart(_: Paths) -> Iterator[str]:
    try:
        if Autostart().remove():
            yield "Nothing of Veritype starts at log-in any more."
    except AutostartFailed as error:
        yield str(error)


def _secrets(paths: Paths) -> Iterator[str]:
    if forget_secrets(paths):
        yield "The device's key and token are deleted."
    else:
        yield "The system's keyring did not answer: delete the entry 'veritype' there yourself."


def _state(paths: Paths) -> Iterator[str]:
    """Only what the agent made: the folder may have been put where other things lie."""
    for path in _made_here(paths):
        path.unlink(missing_ok=True)
    for folder in (paths.consents, paths.home):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    if paths.home.exists():
        yield f"{paths.home} holds files that are not the agent's; they are left there."
    else:
        yield f"{paths.home} is removed."


def _made_here(paths: Paths) -> list[Path]:
    named = [getattr(paths, name) for name in vars(Paths) if _is_property(name)]
    made = [path for path in named if path.parent == paths.home and not path.is_dir()]
    # A draft of `write_private` that a kill left behind may hold the device's key.
    drafts = [draft for path in made for draft in paths.home.glob(f"{path.name}.*.new")]
    return [
        *made,
        *drafts,
        *paths.home.glob("agent.log.*"),
        *paths.home.glob("spool.db*"),
        *paths.consents.glob("*"),
    ]


def _is_property(name: str) -> bool:
    return isinstance(getattr(Paths, name), property)


REMOVALS: tuple[Removal, ...] = (_browsers, _autostart, _secrets, _state)
"""In this order."""
