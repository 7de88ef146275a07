"""Sign in and out, and see who one is: the only requests that are neither a command nor a query of an area."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from adapters.http.answers import as_body
from adapters.http.bodies import fields_of
from adapters.http.door import Door
from adapters.http.endpoints import JSON, Endpoint, answering, caller_of
from adapters.http.problems import Problem

CREDENTIALS = {"operator", "password"}


class Opened(msgspec.Struct):
    """The token of the new session, for the header `Authorization: Bearer TOKEN`."""

    token: str


class Myself(msgspec.Struct):
    """Who has signed in, with everything that the roles permit."""

    operator: str
    name: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...]


def opening(door: Door) -> Endpoint:
    """Sign in with operator and password."""

    async def respond(request: Request) -> Response:
        fields = await fields_of(request)
        if set(fields) != CREDENTIALS or not all(isinstance(value, str) for value in fields.values()):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", "write operator and password, two texts")
        caller = caller_of(request)
        token = await run_in_threadpool(door.open_session, caller, fields["operator"], fields["password"])
        return Response(as_body(Opened(token)), HTTPStatus.CREATED, {"Cache-Control": "no-store"}, JSON)

    return answering(respond, "sign-in")


def closing(door: Door) -> Endpoint:
    """Sign out: the session by which this request is made ends."""

    async def respond(request: Request) -> Response:
        await run_in_threadpool(door.close_session, caller_of(request))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return answering(respond, "sign-out")


def changing_own_password(door: Door) -> Endpoint:
    """Another password for who has signed in. All sessions end: sign in again."""

    async def respond(request: Request) -> Response:
        fields = await fields_of(request)
        if set(fields) != {"password"} or not isinstance(fields["password"], str):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", "write password, a text")
        done = await run_in_threadpool(door.change_own_password, caller_of(request), fields["password"])
        return Response(as_body(done), media_type=JSON)

    return answering(respond, "change-own-password")


def showing_myself(door: Door) -> Endpoint:
    """Who has signed in."""

    async def respond(request: Request) -> Response:
        rights: Any = await run_in_threadpool(door.rights_of, caller_of(request))
        operator = rights.operator
        return Response(
            as_body(Myself(operator.code, operator.name, operator.roles, rights.permissions)), media_type=JSON
        )

    return answering(respond, "show-myself")
