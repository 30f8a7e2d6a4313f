"""Settings from the environment, each with its default. `docs/agent.md` documents every one."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import AgentError
from wire import limits

SECOND_US = 1_000_000
PREFIX = "VERITYPE_"
_MAX_INTERVAL_S = limits.BATCH_MAX_SPAN_US / SECOND_US


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set from outside; the defaults are the product."""

    seal_interval_us: int = limits.BATCH_MAX_SPAN_US
    """A batch is sealed at least this often. Tests shorten it."""
    spool_max_bytes: int = 512 * 1024 * 1024
    retry_cap_s: float = 300.0
    """Longest wait before the next try when the server does not answer."""
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 20.0


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read `VERITYPE_*` variables.

    Raises:
        AgentError: a value is not a number, or out of its bounds; the text names the variable.
    """
    interval_s = _number(environment, "SEAL_INTERVAL_S", 0.2, _MAX_INTERVAL_S, _MAX_INTERVAL_S)
    spool_mb = _number(environment, "SPOOL_MAX_MB", 1, 1_000_000, 512)
    return Settings(
        seal_interval_us=round(interval_s * SECOND_US),
        spool_max_bytes=round(spool_mb * 1024 * 1024),
        retry_cap_s=_number(environment, "RETRY_CAP_S", 0.05, 3600, 300),
        connect_timeout_s=_number(environment, "CONNECT_TIMEOUT_S", 0.1, 120, 5),
        read_timeout_s=_number(environment, "READ_TIMEOUT_S", 0.1, 300, 20),
    )


def _number(
    environment: Mapping[str, str], name: str, low: float, high: float, default: float
) -> float:
    text = environment.get(PREFIX + name)
    if text is None or not text.strip():
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise AgentError(f"{PREFIX}{name} must be a number from {low:g} to {high:g}.")
    return value
