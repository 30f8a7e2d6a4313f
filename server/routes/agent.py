"""The agent's JSON routes; `wire.messages` is their contract."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.http.requests import answer, authorization_of, body_of, client_of, message_of
from server.records import Device
from server.services.agents import Agents
from server.signin.tokens import Tokens
from wire import limits
from wire.baseline import TypingSample
from wire.messages import (
    BlankingNotice,
    ConsentRequest,
    EnrolmentRequest,
    Revocation,
    SessionRequest,
)


class AgentRoutes:
    """Enrolment, projects, consent, sessions and objects."""

    def __init__(self, agents: Agents, tokens: Tokens) -> None:
        self._agents = agents
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """What to mount."""
        return [
            Route("/agent/v1/enrolments", self.enrol, methods=["POST"]),
            Route("/agent/v1/projects", self.projects, methods=["GET"]),
            Route("/agent/v1/consents", self.consent, methods=["POST"]),
            Route("/agent/v1/consents/{project}", self.withdraw, methods=["DELETE"]),
            Route("/agent/v1/revocations", self.revoke_device, methods=["POST"]),
            Route("/agent/v1/sessions", self.open_session, methods=["POST"]),
            Route("/agent/v1/baseline", self.put_typing_sample, methods=["PUT"]),
            Route("/agent/v1/baseline", self.delete_typing_sample, methods=["DELETE"]),
            Route("/agent/v1/blankings", self.blank, methods=["POST"]),
            Route("/agent/v1/objects/{digest}", self.put_object, methods=["PUT"]),
        ]

    async def enrol(self, request: Request) -> Response:
        """A pairing code and a public key in, a device and its token out."""
        message = await message_of(request, EnrolmentRequest)
        return answer(
            await run_in_threadpool(self._agents.devices.enrol, message, client_of(request))
        )

    async def revoke_device(self, request: Request) -> Response:
        """The trainer takes this device out of use."""
        device = await self._device(request)
        revocation = await message_of(request, Revocation)
        await run_in_threadpool(self._agents.devices.revoke_own, device, revocation)
        return Response()

    async def projects(self, request: Request) -> Response:
        """What this person may work on."""
        device = await self._device(request)
        return answer(await run_in_threadpool(self._agents.consents.projects, device))

    async def consent(self, request: Request) -> Response:
        """The person accepted a policy."""
        device = await self._device(request)
        message = await message_of(request, ConsentRequest)
        return answer(await run_in_threadpool(self._agents.consents.consent, device, message))

    async def withdraw(self, request: Request) -> Response:
        """The person accepts no policy of this project any more."""
        device = await self._device(request)
        project = request.path_params["project"]
        return answer(await run_in_threadpool(self._agents.consents.withdraw, device, project))

    async def open_session(self, request: Request) -> Response:
        """Clock-in."""
        device = await self._device(request)
        message = await message_of(request, SessionRequest)
        return answer(await run_in_threadpool(self._agents.sessions.open_session, device, message))

    async def blank(self, request: Request) -> Response:
        """A picture of a session that is over was blanked; 201 when new, 200 when known."""
        device = await self._device(request)
        notice = await message_of(request, BlankingNotice)
        new = await run_in_threadpool(self._agents.objects.blank, device, notice)
        return Response(status_code=201 if new else 200)

    async def put_typing_sample(self, request: Request) -> Response:
        """The person's own typing sample; 201 when there was none before, else 200."""
        device = await self._device(request)
        sample = await message_of(request, TypingSample)
        new = await run_in_threadpool(self._agents.samples.put_typing_sample, device, sample)
        return Response(status_code=201 if new else 200)

    async def delete_typing_sample(self, request: Request) -> Response:
        """The person takes the typing sample back."""
        device = await self._device(request)
        await run_in_threadpool(self._agents.samples.delete_typing_sample, device)
        return Response()

    async def put_object(self, request: Request) -> Response:
        """A screenshot, a title or a note; 201 when new, 200 when known."""
        device = await self._device(request)
        digest = request.path_params["digest"]
        session = request.query_params.get("session", "")
        objects = self._agents.objects
        entry = await run_in_threadpool(objects.check_object, device, digest, session)
        data = await body_of(request, limits.OBJECT_MAX_BYTES)
        new = await run_in_threadpool(objects.put_object, device, entry, digest, data)
        return Response(status_code=201 if new else 200)

    async def _device(self, request: Request) -> Device:
        return await run_in_threadpool(self._tokens.device, authorization_of(request))
