"""The signed statement of the real server, checked by others: the documented program, the agent."""

import base64
import hmac
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from cryptography.exceptions import InvalidSignature
from veritype_client import SignatureInvalid
from veritype_client.attestation import verify

from agent.cli.main import main
from tests.server.submissions.work import Office, Work
from wire.attestation import PAYLOAD_TYPE
from wire.dsse import seal_payload
from wire.signing import SigningKey
from wire.textclass import classes_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "attestation.md"


class Papers:
    """An attestation with what it takes to check it, as files."""

    def __init__(self, folder: Path, attestation: dict[str, Any], keys: Any, text: str) -> None:
        self.folder = folder
        self.attestation = attestation
        self.keys = keys
        self.text = text

    @property
    def payload(self) -> dict[str, Any]:
        """The statement."""
        return dict(json.loads(base64.b64decode(self.attestation["payload"])))

    def with_payload(self, payload: Any) -> dict[str, Any]:
        """Another statement under the same signature."""
        data = base64.b64encode(json.dumps(payload).encode()).decode()
        return self.attestation | {"payload": data}

    def files(self, attestation: object, text: str = "") -> tuple[str, str, str]:
        """Written down."""
        contents = {
            "attestation.json": json.dumps(attestation),
            "keys.json": json.dumps(self.keys),
            "text.txt": text or self.text,
        }
        for name, content in contents.items():
            (self.folder / name).write_text(content, encoding="utf-8", newline="")
        first, second, third = (str(self.folder / name) for name in contents)
        return first, second, third


@pytest.fixture(scope="module")
def papers(office: Office, work: Work, tmp_path_factory: pytest.TempPathFactory) -> Papers:
    id_ = office.ask("attested", work.session, text=work.text).json()["id"]
    keys = office.client.get("/.well-known/veritype-keys").json()
    folder = tmp_path_factory.mktemp("papers")
    return Papers(folder, office.get(f"/{id_}/attestation").json(), keys, work.text)


def script_of(papers: Papers) -> Path:
    """The documented program as a file."""
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    script = papers.folder / "verify.py"
    script.write_text(program)
    return script


def by_agent(papers: Papers, attestation: object, name: str = "attested", text: str = "") -> Result:
    first, keys, third = papers.files(attestation, text)
    words = ["verify", first, "--keys", keys, "--identifier", name, "--text", third]
    return CliRunner().invoke(main, words)


def tampered(papers: Papers) -> dict[str, dict[str, Any]]:
    """Every way in which it is not what the server signed."""
    payload, good = papers.payload, papers.attestation
    answered = payload["predicate"]["answered"] | {"answer": "not human work"}
    worse = payload | {"predicate": payload["predicate"] | {"answered": answered}}
    (signature,) = good["signatures"]
    sig = base64.b64decode(signature["sig"])
    flipped = base64.b64encode(bytes([sig[0] ^ 1]) + sig[1:]).decode()
    other = SigningKey.generate()
    stranger = json.loads(seal_payload(other, PAYLOAD_TYPE, json.dumps(payload).encode()))
    own_id = stranger["signatures"][0] | {"keyid": signature["keyid"]}
    return {
        "payload": papers.with_payload(worse),
        "signature": good | {"signatures": [signature | {"sig": flipped}]},
        "key id": good | {"signatures": [signature | {"keyid": "00" * 8}]},
        "payload type": good | {"payloadType": "application/json"},
        "another's signature": stranger,
        "another's signature under the key's name": stranger | {"signatures": [own_id]},
        "no signature": good | {"signatures": []},
    }


def test_the_documented_program_accepts_it(papers: Papers) -> None:
    first, keys, text = papers.files(papers.attestation)
    words = [sys.executable, "-I", "-W", "ignore", str(script_of(papers)), first, keys]
    done = subprocess.run([*words, "attested", text], capture_output=True, text=True, check=True)
    assert done.stdout == "consistent nobody\n"


def test_the_documented_program_has_thirty_lines(papers: Papers) -> None:
    assert len(script_of(papers).read_text().splitlines()) <= 30


@pytest.fixture
def documented(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The documented program, run in this process."""

    def run(attestation: object, name: str = "attested", text: str = "") -> None:
        first, keys, third = papers.files(attestation, text)
        monkeypatch.setattr(sys, "argv", ["verify.py", first, keys, name, third])
        runpy.run_path(str(script_of(papers)))

    return run


@pytest.mark.filterwarnings("ignore:unclosed file")
def test_the_documented_program_rejects_what_was_tampered_with(
    papers: Papers, documented: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    good, rejected = papers.attestation, (ValueError, InvalidSignature)
    documented(good)
    assert capsys.readouterr().out == "consistent nobody\n"
    for each in tampered(papers).values():
        with pytest.raises(rejected):
            documented(each)
    for wrong in (("attested-2",), ("attested", papers.text + "x")):
        with pytest.raises(ValueError, match="another submission, or another text"):
            documented(good, *wrong)
    assert capsys.readouterr().out == ""


@pytest.mark.filterwarnings("ignore:unclosed file")
def test_the_documented_program_rejects_what_the_key_did_not_sign_as_an_attestation(
    papers: Papers, documented: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = SigningKey.generate()
    public, id_ = key.verify_key.raw.hex(), key.verify_key.key_id.hex()
    pinned = {"key_id": id_, "public_key": public, "valid_until": ""}
    monkeypatch.setattr(papers, "keys", {"keys": [pinned]})
    payload = papers.payload
    payload["predicate"]["key_id"] = id_

    def signed(payload: object, kind: str = PAYLOAD_TYPE) -> Any:
        return json.loads(seal_payload(key, kind, json.dumps(payload).encode()))

    documented(signed(payload))
    for other in (
        payload | {"_type": "https://in-toto.io/Statement/v0.1"},
        payload | {"predicateType": "https://slsa.dev/provenance/v1"},
        payload | {"predicate": payload["predicate"] | {"key_id": "00" * 8}},
    ):
        with pytest.raises(ValueError, match="another kind of statement"):
            documented(signed(other))
    with pytest.raises(InvalidSignature):
        documented(signed(payload, "application/json") | {"payloadType": PAYLOAD_TYPE})
    with pytest.raises(ValueError, match="unpack"):
        documented(signed(payload | {"subject": payload["subject"] * 2}))
    pinned["valid_until"] = "2020-01-01T00:00:00.000Z"
    with pytest.raises(ValueError, match="out of use"):
        documented(signed(payload))


def test_the_documented_example_of_a_digest_is_right() -> None:
    classes = classes_of("Héllo, 2 wörlds!\r\nok")
    first, second = classes.split("\n")
    digest = hmac.digest(bytes(32), classes.encode(), "sha256").hex()
    assert f"`{first}` LF `{second}` ({len(classes)} code points)" in DOCUMENT.read_text()
    assert f"32 zero bytes is `{digest}`" in DOCUMENT.read_text()


def test_veritype_verify_accepts_it(papers: Papers, office: Office) -> None:
    result = by_agent(papers, papers.attestation)
    assert result.exit_code == 0, result.output
    assert "The attestation holds." in result.output
    assert "consistent, decided by nobody" in result.output
    first, _, _ = papers.files(papers.attestation)
    server = str(office.client.base_url).rstrip("/")
    online = CliRunner().invoke(main, ["verify", first, "--keys", server, "--json"])
    assert json.loads(online.output)["holds"]


def test_veritype_verify_rejects_what_was_tampered_with(papers: Papers) -> None:
    for name, each in tampered(papers).items():
        result = by_agent(papers, each)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1), name
    assert "another submission" in by_agent(papers, papers.attestation, "x").stderr
    assert "another text" in by_agent(papers, papers.attestation, text="y").stderr


def test_the_client_accepts_it_and_rejects_what_was_tampered_with(papers: Papers) -> None:
    keys = json.dumps(papers.keys).encode()
    good = json.dumps(papers.attestation).encode()
    assert verify(good, keys, "attested", papers.text) == papers.payload
    for each in tampered(papers).values():
        with pytest.raises(SignatureInvalid):
            verify(json.dumps(each).encode(), keys, "attested", papers.text)
    with pytest.raises(SignatureInvalid, match="another text"):
        verify(good, keys, "attested", papers.text + "x")


def test_it_says_what_was_asked_and_names_nobody(
    papers: Papers, office: Office, work: Work
) -> None:
    payload = papers.payload
    predicate = payload["predicate"]
    assert predicate["issuer"] == "Test"
    assert predicate["asked"]["sessions"][0]["session"] == work.session
    assert predicate["asked"]["length_chars"] == len(work.text)
    observed = predicate["observed"]
    counts = ("typed_chars", "inserted_chars", "unexplained_chars")
    assert sum(observed[each] for each in counts) == len(work.text)
    assert predicate["supersedes"] is None
    text = json.dumps(payload)
    for person in (office.house.trainer, office.house.auditor):
        assert person.id.hex() not in text
        assert person.name not in text


def test_it_holds_to_its_published_schema(papers: Papers, office: Office) -> None:
    schema = office.client.get("/.well-known/veritype-attestation-schema").json()
    jsonschema.validate(papers.payload, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(papers.payload | {"predicateType": "x"}, schema)
