from collections.abc import Iterator

import pytest

from agent.paths import Paths
from tests.agent.page.agent_loop import AgentLoop


@pytest.fixture
def agent(home: Paths) -> Iterator[AgentLoop]:
    made = AgentLoop(home)
    yield made
    made.close()
