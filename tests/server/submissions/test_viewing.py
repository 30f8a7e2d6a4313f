"""The page of a submitted text: the same for trainer and auditor, blind too, and never the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest

from tests.server.browser import Browser, first_of, signed_in
from tests.server.device import Chain, digest_parts
from tests.server.house import PASSWORD
from tests.server.submissions.work import Office, keys_of, send, watched
from wire import events
from wire.codes import Category, InsertionHow, InsertionSeenBy
from wire.objects import object_digest
from wire.textclass import classes_of, pack_classes

PASTED = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 12
AT_US = 60_000_000


@dataclass(frozen=True)
class Submitted:
    """A session in which a text was typed, pasted into, and seen to be submitted."""

    session: str
    text: str


@pytest.fixture(scope="module")
def submitted(office: Office) -> Submitted:
    chain = office.clock_in()
    keys, typed = keys_of(31, 900)
    text = typed[:300] + PASTED + typed[300:]
    seen_submitted(chain, text, keys)
    office.score()
    return Submitted(chain.session.hex(), text)


def seen_submitted(chain: Chain, text: str, keys: list[events.Event]) -> None:
    packed, last_us = pack_classes(classes_of(text)), max(key.t_us for key in keys)
    assert chain.device.put(chain.session, packed).status_code == 201
    paste = (InsertionHow.PASTE, InsertionSeenBy.SELECTION, len(PASTED), 1, 77, 1)
    happened = [
        *watched(),
        *keys,
        events.Clipboard(AT_US - 1, 1, len(PASTED), 1, 77, Category.ASSISTANT, 3),
        events.Insertion(AT_US, *paste),
        events.TextSubmitted(last_us + 1, 1, 0, len(text), *digest_parts(packed)),
    ]
    send(chain, happened)


@pytest.fixture
def trainer(office: Office) -> Iterator[Browser]:
    with Browser(str(office.client.base_url)) as browser:
        yield signed_in(browser, "ada", PASSWORD)


@pytest.fixture
def admin(office: Office) -> Iterator[Browser]:
    with Browser(str(office.client.base_url)) as browser:
        yield signed_in(browser, "admin", PASSWORD)


def main_of(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return unescape(first_of(r"(?s)<main[^>]*>(.*)</main>", answer.text))


def test_a_text_is_shown_as_blocks_with_where_each_passage_came_from(
    submitted: Submitted, trainer: Browser, admin: Browser
) -> None:
    at = f"/sessions/{submitted.session}"
    assert f'href="{at}/texts/1"' in main_of(trainer, at)
    page = main_of(trainer, f"{at}/texts/1")
    assert page == main_of(admin, f"{at}/texts/1")
    shape = first_of(r'(?s)data-testid="shape">(.*?)</p>', page)
    shown = re.sub(r"<[^>]*>|Passage \d+ on the timeline", "", shape)
    blocks = "".join(each for each in shown if not each.isdigit())
    assert len(blocks) == len(submitted.text)
    assert set(blocks) <= set("▆▒▖ \n")
    assert f'<a class="run inserted" href="{at}#at-60000">' in shape
    typed = first_of(r'<a class="run typed" href="([^"]*)"', shape)
    assert re.fullmatch(rf"{at}#at-\d+", typed), "where it is certain, typing has its time too"
    table = first_of(r'(?s)data-testid="passages">(.*?)</table>', page)
    assert "pasted, copied in an AI assistant's window" in table
    assert "0:01:00" in table
    assert "30 days after the last decision" in page
    assert "Lorem" not in page


def test_what_a_platform_handed_in_has_the_shape_if_the_recording_holds_the_same(
    office: Office, submitted: Submitted, trainer: Browser
) -> None:
    same, other = (
        office.ask(name, submitted.session, text=text).json()["id"]
        for name, text in (("same", submitted.text), ("other", submitted.text[:-9]))
    )
    at = f"/sessions/{submitted.session}"
    assert f'href="{at}/submissions/{same}"' in main_of(trainer, at)
    page = main_of(trainer, f"{at}/submissions/{same}")
    assert 'data-testid="shape"' in page
    assert "the project's rules do not allow it" in page
    assert "no person has looked at it yet" in page or "People are looking" in page
    assert f'href="{at}#at-60000"' in page
    assert re.search(rf'<a class="run typed" href="{at}#at-\d+"', page)
    page = main_of(trainer, f"{at}/submissions/{other}")
    assert 'data-testid="shape"' not in page
    assert "holds no text of the same shape" in page
    assert "From character" in page


def test_a_submission_that_waits_says_so(office: Office, trainer: Browser) -> None:
    open_one, scored = office.clock_in(), office.work(33, 300)
    open_hex = open_one.session.hex()
    id_ = office.ask("waits", open_hex, scored.session, text=scored.text).json()["id"]
    page = main_of(trainer, f"/sessions/{scored.session}/submissions/{id_}")
    assert "It is not answered yet." in page
    assert "From character" not in page
    assert trainer.get(f"/sessions/{open_hex}/submissions/{id_}").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "1" * 40, "²"])
def test_a_text_that_is_not_there_is_not_found(
    submitted: Submitted, trainer: Browser, number: str
) -> None:
    for kind in ("texts", "submissions"):
        assert trainer.get(f"/sessions/{submitted.session}/{kind}/{number}").status_code == 404


def test_nobody_who_is_not_signed_in_sees_a_text(office: Office, submitted: Submitted) -> None:
    with Browser(str(office.client.base_url)) as nobody:
        answer = nobody.get(f"/sessions/{submitted.session}/texts/1")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        other = signed_in(nobody, "tim", PASSWORD)
        assert other.get(f"/sessions/{submitted.session}/texts/1").status_code == 404


def test_once_deleted_the_shape_is_gone_and_the_passages_stay(
    office: Office, submitted: Submitted, trainer: Browser
) -> None:
    own = office.house.own
    entry = own.session(bytes.fromhex(submitted.session))
    assert entry is not None
    packed = pack_classes(classes_of(submitted.text))
    own.forget_objects(entry.row, [object_digest(packed)])
    page = main_of(trainer, f"/sessions/{submitted.session}/texts/1")
    assert "The shape is no longer here" in page
    assert 'data-testid="shape"' not in page
    assert "pasted, copied in an AI assistant's window" in page
