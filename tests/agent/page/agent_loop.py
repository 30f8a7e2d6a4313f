"""An agent without a display: a real control socket, spool and recording, and a status to set."""

import io
import threading

import msgspec
from PIL import Image, ImageDraw

from agent.errors import AgentError
from agent.face.consents import give
from agent.face.control import Reply, Request, Server
from agent.face.held import held_pictures, held_titles
from agent.face.status import SourceStatus, Status
from agent.identity import Enrolled
from agent.observations import PictureTaken
from agent.page.contents import House
from agent.page.sample import Samples
from agent.page.server import Page
from agent.paths import Paths
from agent.session.blanking import blank_picture
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.shipping.transport import Transport
from agent.spool.blankings import release
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire.codes import Mode, PauseReason
from wire.messages import ProjectOffer, acknowledge
from wire.objects import object_digest
from wire.policy import Screenshots
from wire.signing import SigningKey

SESSION = b"s" * 16
PROJECT = b"p" * 16
RULES = msgspec.structs.replace(POLICY, screenshots=Screenshots())
KEY = SigningKey.generate()
SERVER_KEY = SigningKey.generate()
ENROLLED = Enrolled(
    "http://127.0.0.1:9", b"d" * 16, "Robin Typist", SERVER_KEY.verify_key, in_keyring=False
)
WORKING = Status(
    running=True,
    recording=True,
    state="recording",
    session=SESSION.hex(),
    project="Essays",
    since_us=1_790_000_000_000_000,
    recorded_s=600.0,
    policy_version=3,
    sources=(
        SourceStatus("keyboard", "running"),
        SourceStatus("focus", "running"),
        SourceStatus("extension", "missing", "no browser with the extension is open"),
    ),
)


def screenshot(colour: tuple[int, int, int] = (240, 240, 235)) -> bytes:
    """A picture of a page of text, without text."""
    image = Image.new("RGB", (640, 400), colour)
    drawing = ImageDraw.Draw(image)
    for row in range(12):
        drawing.rectangle((40, 40 + 26 * row, 400 + 37 * (row * 5 % 6), 52 + 26 * row), fill=60)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=60)
    return out.getvalue()


class AgentLoop:
    """Answers as the agent process does."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.spool = Spool(paths.spool)
        self.status = WORKING
        self.asked: list[Request] = []
        self.server = "http://127.0.0.1:9"
        self.recording: Recording | None = None
        self.clock = FakeClock()
        give(paths, ProjectOffer(PROJECT, "Essays", RULES, 3), 1_790_000_000_000_000)
        self.page = Page(
            House(
                paths,
                self.spool,
                lambda: ENROLLED,
                lambda: self.recording,
                Samples(paths, self._transport),
            )
        )
        self._server = Server(paths.socket)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _transport(self) -> Transport:
        return Transport(self.server, "token", 1, 1)

    def clock_in(self) -> Recording:
        """A session that the server opened."""
        self.spool.add_session(SESSION, PROJECT, 3)
        self.spool.session_opened(SESSION, b"n" * 16)
        facts = SessionFacts(SESSION, ENROLLED.device, 3)
        self.recording = Recording(facts, RULES, self.clock(), self.spool, KEY)
        return self.recording

    def take_picture(self, data: bytes) -> None:
        """A screenshot, held for its review."""
        assert self.recording is not None
        taken = PictureTaken(
            self.clock.now_us,
            outcome=0,
            width_px=640,
            height_px=400,
            size_bytes=len(data),
            digest=object_digest(data),
            data=data,
        )
        self.recording.observe(taken)
        self.work(2)

    def work(self, seconds: int) -> None:
        """Time goes on."""
        assert self.recording is not None
        for _ in range(seconds):
            self.recording.tick(self.clock.forward(1))

    def acknowledge(self) -> None:
        """The server takes all that waits."""
        while (batch := self.spool.next_batch()) is not None:
            receipt = acknowledge(
                session=batch.session,
                sequence=batch.sequence,
                digest=batch.digest,
                received_us=self.clock().wall_us,
                nonce=bytes(16),
                policy_version=3,
                key=SERVER_KEY,
            )
            self.spool.acknowledged(receipt)

    def hang(self) -> None:
        """Answer nobody any more."""
        self._ending.set()
        self._thread.join(5)
        self._server.close()

    def close(self) -> None:
        self.page.close()
        if not self._ending.is_set():
            self.hang()
        self.spool.close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            conversation = self._server.accept(0.05)
            if conversation is not None:
                request = conversation.request()
                assert request is not None
                conversation.reply(self._answer(request))

    def _answer(self, request: Request) -> Reply:
        self.asked.append(request)
        try:
            self._do(request)
        except AgentError as error:
            return Reply(str(error))
        return Reply(
            status=self.status, pictures=held_pictures(self.spool), titles=held_titles(self.spool)
        )

    def _do(self, request: Request) -> None:
        replace = msgspec.structs.replace
        match request.do:
            case "blank":
                blank_picture(
                    self.spool, request.number, request.regions, self.clock(), self.recording
                )
            case "release":
                release(self.spool, request.number)
            case "pause":
                assert request.reason in list(PauseReason)
                self.status = replace(self.status, state="paused", recording=False)
            case "resume":
                self.status = WORKING
            case "mode":
                mode = Mode(request.mode).name.lower().replace("_", "-")
                self.status = replace(self.status, modes=(mode,) if request.on else ())
