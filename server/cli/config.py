"""The settings: which hold, and where each comes from."""

from pathlib import Path

import click

from server.cli.options import data_option, examples, json_option, plainly, say
from server.operation.settings import configured, example, known_settings

_HIDDEN = "(set, not shown)"


@click.group()
def config() -> None:
    """The settings of an installation."""


@config.command("show", epilog=examples("config show --data /var/lib/veritype"))
@data_option
@json_option
@plainly
def config_show(folder: Path, as_json: bool) -> None:
    """Show every setting, its value and where it came from; secrets are not shown."""
    found = configured(folder)
    fields: dict[str, object] = {}
    lines = []
    for setting in known_settings():
        value = getattr(found.settings, setting.name)
        shown = _HIDDEN if setting.secret and value else value
        origin = found.origins[setting.name]
        fields[setting.name] = {"value": shown, "from": origin}
        lines.append(f"{setting.name} = {_plain(shown)}  ({origin})")
    say(fields, "\n".join(lines), as_json)


@config.command("example", epilog=examples("config example > /var/lib/veritype/server.toml"))
def config_example() -> None:
    """Print a commented server.toml with every setting at its default."""
    click.echo(example(), nl=False)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)
