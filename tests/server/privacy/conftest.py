"""A session that was scored, by an assessor that judges nothing."""

import pytest

from server.scoring.assessments import Assessed, not_assessed
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.device import Chain, screenshot
from tests.server.house import House
from tests.server.kinds import Typing
from tests.server.privacy.uploads import PICTURE


class Unjudged:
    """Gives every session its hours and no judgement."""

    def assess(self, *_: object) -> Assessed:
        return not_assessed()


@pytest.fixture
def scored(house: House, chain: Chain, typing: Typing) -> str:
    assert chain.device.put(chain.session, PICTURE).status_code == 201
    chain.send([*typing(0, 60), screenshot(1_000, PICTURE)])
    chain.send(final=True)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, Unjudged(), installation.keys)
    assert do_next(installation.store, scoring, "test")
    return chain.session.hex()
