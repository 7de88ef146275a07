"""Sign in and out, and see who one is: the only requests that are neither a command nor a query of an area."""

from __future__ import annotations

from asyncio import to_thread
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Request, Response

from adapters.door.door import Door
from adapters.http.answers import as_body
from adapters.http.bodies import fields_of
from adapters.http.endpoints import JSON, Endpoint, answering, caller_of
from adapters.http.problems import Problem


class Opened(msgspec.Struct):
    """The token of the new session, for the header `Authorization: Bearer TOKEN`."""

    token: str


class Myself(msgspec.Struct):
    """Who has signed in, with everything that the roles permit; an operator of a `dealer` for its customers alone."""

    operator: str
    name: str
    dealer: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]


def opening(door: Door) -> Endpoint:
    """Sign in with operator and password."""

    async def respond(request: Request) -> Response:
        fields = await _texts(request, "operator", "password", optional="code")
        token = await to_thread(
            door.open_session, caller_of(request), fields["operator"], fields["password"], fields.get("code", "")
        )
        return Response(as_body(Opened(token)), HTTPStatus.CREATED, {"Cache-Control": "no-store"}, JSON)

    return answering(respond, "sign-in")


def closing(door: Door) -> Endpoint:
    """Sign out: the session by which this request is made ends."""

    async def respond(request: Request) -> Response:
        await to_thread(door.close_session, caller_of(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return answering(respond, "sign-out")


def renewing(door: Door) -> Endpoint:
    """Another token for the session by which this request is made; the present one is worth nothing from then on."""

    async def respond(request: Request) -> Response:
        token = await to_thread(door.renew_session, caller_of(request))
        return Response(as_body(Opened(token)), HTTPStatus.CREATED, {"Cache-Control": "no-store"}, JSON)

    return answering(respond, "renew-session")


def listing_own_sessions(door: Door) -> Endpoint:
    """The open sessions of who asks."""

    async def respond(request: Request) -> Response:
        return Response(as_body(await to_thread(door.own_sessions, caller_of(request))), media_type=JSON)

    return answering(respond, "list-own-sessions")


def ending_own_session(door: Door) -> Endpoint:
    """End one of the sessions of who asks."""

    async def respond(request: Request) -> Response:
        session = request.path_params["session"]
        done = await to_thread(door.end_own_session, caller_of(request), session)
        return Response(as_body(done), media_type=JSON)

    return answering(respond, "end-own-session")


def changing_own_password(door: Door) -> Endpoint:
    """Another password for who has signed in. All sessions end: sign in again."""

    async def respond(request: Request) -> Response:
        fields = await _texts(request, "password")
        done = await to_thread(door.change_own_password, caller_of(request), fields["password"])
        return Response(as_body(done), media_type=JSON)

    return answering(respond, "change-own-password")


def setting_up_second_factor(door: Door) -> Endpoint:
    """Begin to use a second factor."""

    async def respond(request: Request) -> Response:
        set_up = await to_thread(door.set_up_second_factor, caller_of(request))
        return Response(as_body(set_up), HTTPStatus.CREATED, {"Cache-Control": "no-store"}, JSON)

    return answering(respond, "set-up-second-factor")


def confirming_second_factor(door: Door) -> Endpoint:
    """Confirm it by a code: from now on one is asked for."""

    async def respond(request: Request) -> Response:
        fields = await _texts(request, "code")
        done = await to_thread(door.enable_second_factor, caller_of(request), fields["code"])
        return Response(as_body(done), media_type=JSON)

    return answering(respond, "confirm-second-factor")


async def _texts(request: Request, *required: str, optional: str = "") -> dict[str, str]:
    """The fields of a body, which are texts."""
    fields = await fields_of(request)
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if texts != fields or not set(required) <= set(texts) <= {*required, optional}:
        wanted = " and ".join(required) + (f", if needed {optional}" if optional else "")
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", f"write {wanted}, each a text")
    return texts


def showing_myself(door: Door) -> Endpoint:
    """Who has signed in."""

    async def respond(request: Request) -> Response:
        rights: Any = await to_thread(door.rights_of, caller_of(request))
        operator = rights.operator
        myself = Myself(operator.code, operator.name, operator.dealer, operator.roles, rights.permissions)
        return Response(as_body(myself), media_type=JSON)

    return answering(respond, "show-myself")
