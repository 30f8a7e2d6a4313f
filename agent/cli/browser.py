"""Joining browsers to the agent."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import click

from agent.extension.installing import (
    extension_folder,
    install_host,
    is_installed,
    uninstall_host,
)
from agent.extension.places import Browser
from agent.paths import open_paths

COMMANDS: Mapping[Browser, tuple[str, ...]] = {
    Browser.CHROMIUM: ("chromium", "chromium-browser"),
    Browser.CHROME: ("google-chrome", "google-chrome-stable"),
    Browser.EDGE: ("microsoft-edge", "microsoft-edge-stable"),
    Browser.BRAVE: ("brave-browser", "brave"),
    Browser.FIREFOX: ("firefox", "firefox-esr"),
}
"""What each browser is called where programs are found by name."""
_ADDING = """In {name}: open {page}, {how}, and choose
  {folder}
Then, once you are clocked in, press Veritype's button in the browser and allow the pages of your
project.
There is no store entry yet, so the browser shows the extension as one of a developer."""
_CHROMIUM_HOW = ("chrome://extensions", 'switch on "Developer mode", press "Load unpacked"')
_FIREFOX_HOW = (
    "about:debugging#/runtime/this-firefox",
    'press "Load Temporary Add-on" (until Firefox ends)',
)
_which = click.option(
    "--browser",
    "named",
    type=click.Choice([str(each) for each in Browser]),
    multiple=True,
    help="Only this browser; may be given several times.",
)


@click.group()
def browser() -> None:
    """See how text gets into your project's pages, never which text."""


@browser.command()
@_which
def install(named: tuple[str, ...]) -> None:
    """Let your browsers start the agent's host, and say how to add the extension."""
    paths, folder = open_paths(), extension_folder()
    for each in _chosen(named):
        place = install_host(paths, each, _home())
        click.echo(f"{each} can reach the agent ({place}).")
        page, how = _FIREFOX_HOW if each is Browser.FIREFOX else _CHROMIUM_HOW
        within = folder / "manifest.json" if each is Browser.FIREFOX else folder
        click.echo(_ADDING.format(name=each, page=page, how=how, folder=within))


@browser.command()
@_which
def uninstall(named: tuple[str, ...]) -> None:
    """Take the agent's host away from your browsers; remove the extension in the browser itself."""
    paths = open_paths()
    for each in [Browser(name) for name in named] or list(Browser):
        if uninstall_host(paths, each, _home()):
            click.echo(f"{each} cannot reach the agent any more.")


@browser.command()
def status() -> None:
    """Which browsers can reach the agent."""
    paths = open_paths()
    for each in Browser:
        joined = is_installed(paths, each, _home())
        if joined or _is_here(each):
            state = "can reach the agent" if joined else "cannot: run `veritype browser install`"
            click.echo(f"{each}: {state}")
    click.echo(f"The extension's files: {extension_folder()}")


def _chosen(named: tuple[str, ...]) -> list[Browser]:
    """The browsers that were named, or those that are here."""
    if named:
        return [Browser(name) for name in named]
    here = [each for each in Browser if _is_here(each)]
    if not here:
        raise click.UsageError("No browser was found; name it with --browser.")
    return here


def _is_here(each: Browser) -> bool:
    return any(shutil.which(name) for name in COMMANDS[each])


def _home() -> Path:
    return Path.home()
