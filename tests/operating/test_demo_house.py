"""What stands behind the demo, where it fails: the reason is said and nothing is left running."""

from pathlib import Path

import pytest

from samples.house import House, PastFailed, live_through
from samples.recorded import load_samples


def test_a_server_of_the_past_that_does_not_start_says_why(tmp_path: Path) -> None:
    house, said = House("admin", "", "", b"", {}), list[str]()
    with pytest.raises(PastFailed, match="there is no Veritype data"):
        live_through(house, tmp_path, load_samples(), tmp_path, said.append)
    assert said == []


def test_samples_come_in_the_order_of_their_numbers() -> None:
    assert [sample.person for sample in load_samples()][::9] == ["Ada Okafor", "Ada Okafor"]
