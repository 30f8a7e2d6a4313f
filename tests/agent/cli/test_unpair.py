"""Taking a device out of use."""

import pytest

from agent.errors import NotEnrolled
from agent.identity import load_identity
from agent.paths import Paths
from tests.agent.cli.conftest import Ledger, Run
from tests.agent.conftest import PlatformServer


def test_a_device_with_something_unsent_stays_unless_that_is_discarded(
    ledger: Ledger, run: Run, home: Paths, platform: PlatformServer
) -> None:
    ledger.work(65)
    assert "2 batches of recorded work" in run("unpair", fails=1).output
    assert load_identity(home)
    assert platform.revoked == []
    assert "out of use" in run("unpair", "--discard").output
    assert platform.revoked == [platform.device]
    with pytest.raises(NotEnrolled):
        load_identity(home)
    assert home.spool.exists()


def test_without_an_answer_the_device_stays_as_it_is(
    ledger: Ledger, run: Run, home: Paths, platform: PlatformServer
) -> None:
    ledger.recording.clock_out(ledger.clock.forward(1))
    ledger.send()
    platform.down()
    run("unpair", fails=1)
    assert load_identity(home)


def test_a_device_out_of_use_is_paired_anew(
    ledger: Ledger, run: Run, home: Paths, platform: PlatformServer
) -> None:
    run("unpair")
    assert "enrolled for Robin Typist" in run("enrol", platform.url, "good-code").output
    assert load_identity(home).device == platform.device
