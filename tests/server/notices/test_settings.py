"""Settings of mail and webhooks that cannot work are refused before anything starts."""

from pathlib import Path

import pytest

from server.errors import ConfigInvalid
from server.operation.settings import load_settings

MAIL = {
    "VERITYPE_SMTP_HOST": "mail.example.com",
    "VERITYPE_SMTP_FROM": "veritype@example.com",
    "VERITYPE_PUBLIC_URL": "https://review.example.com",
}
WRONG = {
    "smtp_from": MAIL | {"VERITYPE_SMTP_FROM": ""},
    "public_url": MAIL | {"VERITYPE_PUBLIC_URL": ""},
    "smtp_security": MAIL | {"VERITYPE_SMTP_SECURITY": "none"},
    "smtp_from (from": MAIL | {"VERITYPE_SMTP_FROM": "x@example.com\r\nBcc: y"},
    "webhook_networks": {"VERITYPE_WEBHOOK_NETWORKS": "10.0.0.1/8"},
}


@pytest.mark.parametrize("named", WRONG)
def test_what_cannot_work_is_refused_by_name(tmp_path: Path, named: str) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        load_settings(tmp_path, WRONG[named])
    assert str(refused.value).startswith(named)
    assert "example" not in str(refused.value) or named == "smtp_from (from"


def test_what_works_is_taken(tmp_path: Path) -> None:
    assert load_settings(tmp_path, MAIL).smtp_security == "starttls"
    plain = MAIL | {"VERITYPE_SMTP_SECURITY": "none", "VERITYPE_SMTP_HOST": "localhost"}
    for host in ("localhost", "127.0.0.1", "::1"):
        assert load_settings(tmp_path, plain | {"VERITYPE_SMTP_HOST": host}).smtp_host == host
    allowed = {"VERITYPE_WEBHOOK_NETWORKS": "10.0.0.0/8, fd00::/8"}
    assert load_settings(tmp_path, allowed).webhook_networks
