"""Reading the settings: `server.toml` in the data folder, overridden by the environment.

In the environment a setting's name is `VERITYPE_` and its name in capitals. Everything is checked
before anything starts: an error is one sentence that names the setting, where it stands and what
is expected, and never a value, which can be a secret.
"""

import ipaddress
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import msgspec
from msgspec import inspect

from server.errors import ConfigInvalid
from server.operation.config import Settings
from server.webhooks.targets import networks_of

FILE_NAME = "server.toml"
PREFIX = "VERITYPE_"
_DATA_FOLDER = PREFIX + "DATA"
"""The commands' own variable, however close to a setting's."""
_SIMILAR = 0.85
"""Closer than this to a setting's name, a variable is taken for a misspelt setting: the agent's
and the tests' variables share the prefix."""
_TOKEN_MIN_CHARS = 16


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is documented."""

    name: str
    default: object
    description: str
    expected: str
    secret: bool

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()


@dataclass(frozen=True, slots=True)
class Configured:
    """The settings that hold, and where each came from."""

    settings: Settings
    origins: Mapping[str, str]


def known_settings() -> Iterator[Setting]:
    """Every setting, in the order of the class."""
    for each in msgspec.structs.fields(Settings):
        kind = inspect.type_info(each.type)
        schema: dict[str, object] = {}
        extra: dict[str, object] = {}
        while isinstance(kind, inspect.Metadata):
            schema |= kind.extra_json_schema or {}
            extra |= kind.extra or {}
            kind = kind.type
        yield Setting(
            each.name,
            each.default,
            str(schema.get("description", "")),
            str(extra.get("expected", "")) or _in_words(kind),
            bool(extra.get("secret")),
        )


def load_settings(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings that hold for a data folder.

    Raises:
        ConfigInvalid: a setting is unknown or out of bounds, or the file is not TOML.
    """
    return configured(folder, environment).settings


def configured(folder: Path, environment: Mapping[str, str] = os.environ) -> Configured:
    """Read the settings, and say where each came from.

    Raises:
        ConfigInvalid: a setting is unknown or out of bounds, or the file is not TOML.
    """
    known = {setting.name: setting for setting in known_settings()}
    _refuse_misspelt(environment, known)
    values: dict[str, object] = {}
    origins = dict.fromkeys(known, "default")
    for name, value in _from_file(folder / FILE_NAME).items():
        if name not in known:
            raise ConfigInvalid(
                f"{FILE_NAME} sets {name!r}, which does not exist{_nearest(name, known)}"
            )
        values[name] = _checked(known[name], value, FILE_NAME, strict=True)
        origins[name] = FILE_NAME
    for name, setting in known.items():
        text = environment.get(setting.variable)
        if text is not None:
            values[name] = _checked(setting, text, setting.variable, strict=False)
            origins[name] = setting.variable
    settings = msgspec.convert(values, Settings)
    _check_together(settings)
    return Configured(settings, origins)


def example() -> str:
    """A commented file with every setting at its default."""
    lines = [
        "# Veritype's settings, each at its default: take the '#' away and change what you need.",
        f"# Put this file into the data folder as {FILE_NAME}. Variables of the environment,",
        f"# {PREFIX} and the name in capitals, win over it.",
    ]
    for setting in known_settings():
        shown = msgspec.json.encode(setting.default).decode()
        lines += ["", f"# {setting.description}", f"# Expected: {setting.expected}."]
        lines.append(f"#{setting.name} = {shown}")
    return "\n".join(lines) + "\n"


def is_loopback(bind: str) -> bool:
    """Whether an address with its port can be reached from this machine alone."""
    host = bind.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(setting: Setting, value: object, origin: str, *, strict: bool) -> object:
    try:
        held = msgspec.convert({setting.name: value}, Settings, strict=strict)
    except msgspec.ValidationError as error:
        raise ConfigInvalid(
            f"{setting.name} (from {origin}): {setting.expected} is expected"
        ) from error
    return getattr(held, setting.name)


def _check_together(settings: Settings) -> None:
    _check_metrics(settings)
    _check_mail(settings)
    try:
        networks_of(settings.webhook_networks)
    except ValueError as error:
        raise ConfigInvalid(
            "webhook_networks: networks such as 10.1.0.0/16 are expected, separated by commas"
        ) from error


def _check_mail(settings: Settings) -> None:
    if not settings.smtp_host:
        return
    if not settings.smtp_from:
        raise ConfigInvalid("smtp_from: an address is expected, since smtp_host is set")
    if not settings.public_url:
        raise ConfigInvalid("public_url: an address is expected, since notices link to the console")
    if settings.smtp_security == "none" and not _is_this_machine(settings.smtp_host):
        raise ConfigInvalid(
            "smtp_security: starttls or tls is expected, since smtp_host is another machine"
        )


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or is_loopback(f"{host}:0")


def _check_metrics(settings: Settings) -> None:
    if settings.metrics_bind and not is_loopback(settings.metrics_bind):
        try:
            ipaddress.ip_address(settings.metrics_bind.rpartition(":")[0].strip("[]"))
        except ValueError as error:
            raise ConfigInvalid("metrics_bind: an address and a port are expected") from error
        if len(settings.metrics_token) < _TOKEN_MIN_CHARS:
            raise ConfigInvalid(
                f"metrics_token: at least {_TOKEN_MIN_CHARS} characters are expected, since"
                " metrics_bind is not a loopback address"
            )


def _refuse_misspelt(environment: Mapping[str, str], known: Mapping[str, Setting]) -> None:
    variables = [setting.variable for setting in known.values()]
    for name in environment:
        if name.startswith(PREFIX) and name not in (*variables, _DATA_FOLDER):
            close = get_close_matches(name, variables, 1, _SIMILAR)
            if close:
                raise ConfigInvalid(f"the environment sets {name}; {close[0]} was meant?")


def _nearest(name: str, known: Mapping[str, Setting]) -> str:
    close = get_close_matches(name, known, 1)
    return f"; {close[0]!r} was meant?" if close else "; see docs/server.md"


def _in_words(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return f"a {'whole ' * isinstance(kind, inspect.IntType)}number from {kind.ge} to {kind.le}"
    if isinstance(kind, inspect.StrType) and kind.max_length is not None:
        return f"a text of at most {kind.max_length} characters"
    return "a text"


def _from_file(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # Of the error only the place: its text can quote a line.
        place = str(error).rpartition("(")[2].rstrip(")")
        raise ConfigInvalid(f"{path.name} is not TOML: look {place}") from error
