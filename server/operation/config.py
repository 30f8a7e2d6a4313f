"""Everything that can be set, each with its bounds, its default and what it is for.

`server.operation.settings` reads them. `docs/server.md` and `deploy/server.toml` list them, and
tests hold both to this file.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from wire.messages import MinimumVersion

HIDDEN = {"secret": True}
"""Marks a setting whose value is never shown."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings. `expected` says a form in words where the bounds do not."""

    cookie_secure: Annotated[
        bool,
        Meta(description="Send the console's cookie over HTTPS only; switch on behind TLS."),
    ] = False
    pairing_code_minutes: Annotated[
        int, Meta(ge=1, le=1440, description="How long a pairing code can be used.")
    ] = 15
    sign_in_hours: Annotated[
        int, Meta(ge=1, le=168, description="How long a sign-in to the console lasts.")
    ] = 12
    sign_in_idle_minutes: Annotated[
        int,
        Meta(ge=1, le=10_080, description="How long a sign-in lasts without a request."),
    ] = 60
    public_url: Annotated[
        str,
        Meta(
            max_length=200,
            pattern=r"^(https?://[a-z0-9.\-\[\]:]+)?$",
            description="Where browsers reach the console; used in links. Empty: as asked.",
            extra={"expected": "an address such as https://review.example.com, or nothing"},
        ),
    ] = ""
    ingest_queue_max: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="Batches waiting for the disk before new ones are refused with 503.",
        ),
    ] = 5_000
    device_batches_per_minute: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000_000,
            description="Batches that one device may post, on average; 20 may come in a row.",
        ),
    ] = 120
    objects_per_session_max: Annotated[
        int,
        Meta(
            ge=0,
            le=100_000,
            description="Screenshots, titles and notes that one session may hold.",
        ),
    ] = 5_000
    submissions_per_session_max: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="Submissions about one session; each answer tells a little of what was"
            " typed.",
        ),
    ] = 100
    agent_minimum_version: Annotated[
        MinimumVersion,
        Meta(
            description="Older agents open no session; empty: any may.",
            extra={"expected": "a version such as 1.2.0, or nothing"},
        ),
    ] = ""
    agent_minimum_reason: Annotated[
        str, Meta(max_length=300, description="Why, in words for the trainer.")
    ] = ""
    metrics_bind: Annotated[
        str,
        Meta(
            pattern=r"^((\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):\d{1,5})?$",
            description="Address and port of /metrics; empty: there is none.",
            extra={"expected": "an address and a port such as 127.0.0.1:8766, or nothing"},
        ),
    ] = ""
    metrics_token: Annotated[
        str,
        Meta(
            max_length=200,
            description="Bearer token of /metrics; needed if the address is not a loopback one.",
            extra=HIDDEN,
        ),
    ] = ""
    stop_delay_s: Annotated[
        int,
        Meta(
            ge=0,
            le=300,
            description="Seconds between 'not ready' and the end, for load balancers to notice.",
        ),
    ] = 0
    log_level: Annotated[
        str,
        Meta(
            pattern="^(debug|info|warning|error)$",
            description="The least that is logged.",
            extra={"expected": "debug, info, warning or error"},
        ),
    ] = "info"

    database: Annotated[
        str,
        Meta(
            pattern="^(postgresql://.+)?$",
            description="PostgreSQL, for many nodes; empty: SQLite in the data folder.",
            extra={"expected": "postgresql://user@host/name, or nothing"} | HIDDEN,
        ),
    ] = ""
    objects: Annotated[
        str,
        Meta(
            pattern="^(s3://.+)?$",
            description="An S3-compatible store; empty: a folder in the data folder.",
            extra={"expected": "s3://bucket/prefix, or nothing"},
        ),
    ] = ""
    objects_endpoint: Annotated[
        str,
        Meta(
            pattern="^(https?://.+)?$",
            description="Address of the S3-compatible store; empty: Amazon's.",
            extra={"expected": "https://host, or nothing"},
        ),
    ] = ""
    objects_region: Annotated[
        str,
        Meta(max_length=60, description="Its region; empty: as in AWS_REGION."),
    ] = ""
    objects_key_id: Annotated[
        str,
        Meta(max_length=200, description="Its access key; empty: found as AWS programs do."),
    ] = ""
    objects_secret: Annotated[
        str,
        Meta(max_length=200, description="The secret of that key.", extra=HIDDEN),
    ] = ""
    objects_path_style: Annotated[
        bool,
        Meta(description="The bucket in the path instead of in the host's name."),
    ] = True

    webhook_plain_http: Annotated[
        bool,
        Meta(description="Take webhook addresses that begin with http:// too; for tests at home."),
    ] = False
    webhook_networks: Annotated[
        str,
        Meta(
            max_length=500,
            description="Private networks to which webhooks may be sent, separated by commas.",
            extra={"expected": "networks such as 10.1.0.0/16, fd00::/8, or nothing"},
        ),
    ] = ""
    smtp_host: Annotated[
        str,
        Meta(max_length=250, description="Mail server for notices; empty: no mail is sent."),
    ] = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65_535, description="Its port.")] = 587
    smtp_security: Annotated[
        str,
        Meta(
            pattern="^(starttls|tls|none)$",
            description="How the way to it is protected; none: only on this machine.",
            extra={"expected": "starttls, tls or none"},
        ),
    ] = "starttls"
    smtp_user: Annotated[
        str, Meta(max_length=200, description="Who signs in there; empty: nobody does.")
    ] = ""
    smtp_password: Annotated[
        str, Meta(max_length=200, description="That user's password.", extra=HIDDEN)
    ] = ""
    smtp_from: Annotated[
        str,
        Meta(
            max_length=254,
            pattern=r"^([^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+)?$",
            description="Whom notices come from; needed if smtp_host is set.",
            extra={"expected": "an address such as veritype@example.com, or nothing"},
        ),
    ] = ""

    def __repr__(self) -> str:
        return "Settings(values not shown)"
