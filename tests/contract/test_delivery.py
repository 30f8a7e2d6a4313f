"""The agent's delivery against the real server: what is acknowledged is stored, exactly once."""

from collections.abc import Callable

from tests.contract.conftest import RunningServer, ScriptedAgent, clock
from tests.live.proxy import Mood, recording_proxy
from wire.batch import seal
from wire.body import body_of
from wire.events import Keystroke
from wire.messages import BATCH_CONTENT_TYPE
from wire.problems import ProblemCode
from wire.signing import SigningKey


def test_what_was_sealed_is_stored_as_it_was_signed(agent: ScriptedAgent) -> None:
    agent.type(50)
    agent.seal()
    agent.type(50)
    agent.seal(final=True)
    assert agent.ship()
    assert agent.server.sealed(agent.facts.session) == [each.sealed for each in agent.sealed]


def test_the_nonce_of_each_acknowledgement_is_in_the_next_batch(agent: ScriptedAgent) -> None:
    for _ in range(3):
        agent.type(5)
        agent.seal()
        assert agent.ship()
    assert [each.header.anchor for each in agent.sealed] == [-1, 0, 1]
    assert len({each.header.nonce for each in agent.sealed}) == 3


def test_batches_sealed_offline_are_taken_and_say_so(agent: ScriptedAgent) -> None:
    for _ in range(4):
        agent.type(5)
        agent.seal()
    assert agent.ship()
    assert [each.header.unanchored_batches for each in agent.sealed] == [0, 1, 2, 3]
    assert len(agent.server.sealed(agent.facts.session)) == 4


def test_a_batch_resent_after_a_lost_acknowledgement_is_stored_once(
    server: RunningServer, make_agent: Callable[[str], ScriptedAgent]
) -> None:
    with recording_proxy(server.port) as proxy:
        agent = make_agent(proxy.url)
        agent.type(20)
        agent.seal()
        proxy.become(Mood.CUTTING)
        assert not agent.ship(0.5)
        assert server.sealed(agent.facts.session) == [agent.sealed[0].sealed]
        proxy.become(Mood.WELL)
        assert agent.ship()
    assert server.sealed(agent.facts.session) == [agent.sealed[0].sealed]


def test_every_trouble_keeps_the_batch_and_says_a_sentence(
    server: RunningServer, make_agent: Callable[[str], ScriptedAgent]
) -> None:
    with recording_proxy(server.port) as proxy:
        agent = make_agent(proxy.url)
        said = set()
        for mood in (Mood.DOWN, Mood.FAILING, Mood.HANGING, Mood.CUTTING):
            agent.type(5)
            agent.seal()
            proxy.become(mood)
            agent.shipper.retry_now()
            assert not agent.ship(0.1)
            said.add(agent.shipper.last_error)
        assert all(said), said
        assert len(said) >= 3
        proxy.become(Mood.WELL)
        assert agent.ship()
    assert len(server.sealed(agent.facts.session)) == 4
    assert not agent.shipper.last_error


def test_a_killed_server_has_everything_it_acknowledged(agent: ScriptedAgent) -> None:
    for _ in range(10):
        agent.type(5)
        agent.seal()
        assert agent.ship()
    agent.server.kill()
    acknowledged = [each.sealed for each in agent.sealed]
    assert agent.server.sealed(agent.facts.session) == acknowledged
    agent.type(5)
    agent.seal()
    assert not agent.ship(0.3)
    agent.server.start()
    assert agent.ship()
    assert len(agent.server.sealed(agent.facts.session)) == 11


def test_a_batch_that_the_server_refuses_for_good_is_counted_and_the_rest_goes_on(
    agent: ScriptedAgent,
) -> None:
    agent.type(5)
    link = agent.spool.session(agent.facts.session).link
    forged = type(link)(link.head, link.anchor, b"not the server's")
    envelope = agent.recorder.seal(clock(agent.now_us), forged, agent.identity.key)
    agent.spool.add_batch(envelope)
    agent.ship(1.0)
    agent.type(5)
    agent.seal(final=True)
    agent.ship(2.0)
    kept = agent.server.sealed(agent.facts.session)
    assert envelope.sealed not in kept
    assert len(kept) == 1
    assert agent.sealed[-1].header.losses


def test_a_batch_signed_by_another_key_is_refused_and_nothing_is_stored(
    agent: ScriptedAgent,
) -> None:
    agent.type(5)
    good = agent.seal()
    forged = seal(good.header, body_of([Keystroke(1, 1, 0, 2, 1)]), SigningKey.generate())
    answer = agent.transport.post("/agent/v1/batches", forged.sealed, BATCH_CONTENT_TYPE)
    problem = answer.problem()
    assert problem is not None
    assert problem.code is ProblemCode.SIGNATURE_INVALID
    assert agent.server.sealed(agent.facts.session) == []
