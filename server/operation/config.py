"""The server's settings: `server.toml` in the data folder, overridden by the environment.

Each field is one setting; in the environment its name is `VERITYPE_` and the field's name in
capitals. `docs/server.md` lists them.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from server.errors import ConfigInvalid
from wire.messages import MinimumVersion

FILE_NAME = "server.toml"
_PREFIX = "VERITYPE_"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be set.

    Attributes:
        cookie_secure: Send the console's cookie over HTTPS only; switch on behind TLS.
        pairing_code_minutes: How long a pairing code can be used.
        sign_in_hours: How long a sign-in to the console lasts.
        ingest_queue_max: Batches waiting for the disk before new ones are refused with 503.
        objects_per_session_max: Screenshots, titles and notes that one session may hold.
        agent_minimum_version: Older agents open no session; empty: any may.
        agent_minimum_reason: Why, in words for the trainer.
        log_level: `debug`, `info`, `warning` or `error`.
    """

    cookie_secure: bool = False
    pairing_code_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    sign_in_hours: Annotated[int, Meta(ge=1, le=168)] = 12
    ingest_queue_max: Annotated[int, Meta(ge=1, le=1_000_000)] = 5_000
    objects_per_session_max: Annotated[int, Meta(ge=0, le=100_000)] = 5_000
    agent_minimum_version: MinimumVersion = ""
    agent_minimum_reason: Annotated[str, Meta(max_length=300)] = ""
    log_level: Annotated[str, Meta(pattern="^(debug|info|warning|error)$")] = "info"


def load_settings(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings that hold for a data folder.

    Raises:
        ConfigInvalid: a setting is unknown or out of bounds, or the file is not TOML.
    """
    values: dict[str, object] = dict(_from_file(folder / FILE_NAME))
    for name in Settings.__struct_fields__:
        text = environment.get(_PREFIX + name.upper())
        if text is not None:
            values[name] = text
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigInvalid(f"settings: {error}") from error


def _from_file(path: Path) -> Mapping[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"{path.name} is not TOML: {error}") from error
