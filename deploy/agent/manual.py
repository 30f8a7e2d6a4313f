"""The manual page, made from the commands themselves so that it cannot fall behind them."""

import time
from collections.abc import Iterator

import click

from agent import AGENT_VERSION
from agent.cli.main import main


def manual_page(date: int) -> str:
    """The page `veritype(1)` in roff, dated `date` (seconds since 1970)."""
    day = time.strftime("%Y-%m-%d", time.gmtime(date))
    parts = [
        f'.TH VERITYPE 1 "{day}" "veritype {AGENT_VERSION}" "User Commands"',
        ".SH NAME",
        "veritype \\- record your paid working hours, visibly",
        ".SH SYNOPSIS",
        ".B veritype\n.I command\n[\\fIarguments\\fR]",
        ".SH DESCRIPTION",
        _plain(main.help or ""),
        ".SH COMMANDS",
        *(part for path, command in _leaves("veritype", main) for part in _entry(path, command)),
        ".SH EXIT STATUS",
        "0 done, 1 an expected failure in one sentence, 2 wrong usage.",
        ".SH ENVIRONMENT",
        ".B VERITYPE_HOME\nis the folder of identity, consents and what waits to be sent;"
        " without it, the user's state folder.",
    ]
    return "\n".join(parts) + "\n"


def _leaves(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in sorted(command.list_commands(context)):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from _leaves(f"{path} {name}", child)


def _entry(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    pieces = command.collect_usage_pieces(context)
    yield ".TP"
    yield ".B " + _plain(" ".join([path, *pieces]))
    yield _plain(command.help or "")
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None:
            yield ".RS\n.TP\n.I " + _plain(record[0])
            yield _plain(record[1]) or "\\&"
            yield ".RE"


def _plain(text: str) -> str:
    """Text that roff shows as it is."""
    words = " ".join(text.split()).replace("\\", "\\\\").replace("-", "\\-")
    return "\\&" + words if words.startswith((".", "'")) else words
