import pytest
from msgspec import structs

from agent.sources.memory import SessionMemory
from agent.sources.x11 import x11_sources
from tests.agent.conftest import POLICY
from wire.codes import SourceName
from wire.policy import Screenshots


@pytest.mark.parametrize("confidential", [True, False])
def test_a_confidential_project_has_no_source_of_pictures(*, confidential: bool) -> None:
    policy = structs.replace(POLICY, screenshots=Screenshots(), confidential=confidential)
    names = [name for name, _ in x11_sources(policy, SessionMemory())]
    assert (SourceName.SCREENSHOTS in names) is not confidential
