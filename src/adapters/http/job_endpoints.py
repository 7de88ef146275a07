"""Start a job, see the jobs, follow one, cancel one."""

from __future__ import annotations

import asyncio
import hashlib
import time
from asyncio import to_thread
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event

from adapters.bootstrap.jobs import kinds
from adapters.door.job_door import MOST_FILE_BYTES, PART_BYTES, Asked, JobCard, JobDoor
from adapters.http.answers import as_body
from adapters.http.bodies import fields_of
from adapters.http.endpoints import JSON, Endpoint, answering, caller_of, parameters_of
from adapters.http.problems import Problem
from adapters.http.route import JOBS, PREFIX, Route
from adapters.views.query import MOST_AT_ONCE
from billing_core.kernel.errors import BillingError, Unavailable

DRY_RUN = "dry_run"
LIST_WORDS = {"before", "limit"}

# How often a job is looked at for who follows it, how long nothing is said, and how long one answer lasts.
LOOK_SECONDS = 1.0
SILENT_SECONDS = 15.0
MOST_SECONDS = 600.0


def starting(route: Route, jobs: JobDoor) -> Endpoint:
    """Ask for a job: with its fields in the body, or with a file in the body and the fields as parameters."""
    takes_file = bool(kinds()[route.struct].takes)

    async def respond(request: Request) -> Response:
        parameters = parameters_of(request)
        dry_run = parameters.pop(DRY_RUN, "") == "true"
        fields = parameters if takes_file else await fields_of(request)
        request.state.written = fields
        caller = caller_of(request)
        asked = await to_thread(jobs.admit, route.operation, fields, caller, dry_run=dry_run)
        card = await (_with_file(request, jobs, asked) if takes_file else to_thread(jobs.start, asked))
        headers = {"Location": f"{PREFIX}{JOBS}/{card.job}"}
        return Response(as_body(card), route.status, headers, JSON)

    return answering(respond, route.operation.name)


async def _with_file(request: Request, jobs: JobDoor, asked: Asked) -> JobCard:
    """Start a job with the file that comes in; one that does not come in whole leaves nothing behind."""
    upload = await to_thread(jobs.uploads.begin)
    try:
        received = await _receive(request, jobs, upload)
        return await to_thread(jobs.start, asked, upload, received)
    except BaseException:
        await asyncio.shield(to_thread(jobs.uploads.remove, upload))
        raise


async def _receive(request: Request, jobs: JobDoor, upload: UUID) -> bytes:
    """Keep a file part by part as it comes in; its hash."""
    hashed, part, size, waiting = hashlib.sha256(), 0, 0, bytearray()
    async for content in request.stream():
        waiting += content
        size += len(content)
        if size > MOST_FILE_BYTES:
            detail = f"the file is over {MOST_FILE_BYTES:,} bytes"
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
        if len(waiting) >= PART_BYTES:
            hashed.update(waiting)
            await to_thread(jobs.uploads.add, upload, part, bytes(waiting))
            part += 1
            waiting.clear()
    if not size:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", "send the file as the body of the request")
    hashed.update(waiting)
    await to_thread(jobs.uploads.add, upload, part, bytes(waiting))
    return hashed.digest()


def listing(jobs: JobDoor) -> Endpoint:
    """The jobs that one may see, the newest first."""

    async def respond(request: Request) -> Response:
        values = parameters_of(request)
        if unknown := values.keys() - LIST_WORDS:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", f"unknown parameter {min(unknown)}")
        limit = _limit(values.get("limit", "50"))
        page = await to_thread(jobs.list_jobs, caller_of(request), limit, values.get("before", ""))
        return Response(as_body(page), media_type=JSON)

    return answering(respond, "list-jobs")


def _limit(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 6 and 1 <= int(written) <= MOST_AT_ONCE):
        detail = f"limit {written!r}: must be 1 to {MOST_AT_ONCE:,}"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", detail)
    return int(written)


def showing(jobs: JobDoor) -> Endpoint:
    """A job, with its result when it has ended."""

    async def respond(request: Request) -> Response:
        card = await to_thread(jobs.show_job, caller_of(request), request.path_params["job"])
        return Response(as_body(card), media_type=JSON)

    return answering(respond, "show-job")


def cancelling(jobs: JobDoor) -> Endpoint:
    """Ask that a job ends."""

    async def respond(request: Request) -> Response:
        card = await to_thread(jobs.cancel_job, caller_of(request), request.path_params["job"])
        return Response(as_body(card), media_type=JSON)

    return answering(respond, "cancel-job")


class _Follower(NamedTuple):
    """Who follows which job."""

    jobs: JobDoor
    operator: str
    number: int
    state: Any


def following(jobs: JobDoor) -> Endpoint:
    """The progress of a job as server-sent events, until it has ended."""

    async def respond(request: Request) -> Response:
        caller = caller_of(request)
        card = await to_thread(jobs.show_job, caller, request.path_params["job"])
        operator = await to_thread(jobs.operator_of, caller)
        followed = _Follower(jobs, operator, card.job, request.app.state)
        return EventSourceResponse(_events(followed), headers={"Cache-Control": "no-store"})

    return answering(respond, "follow-job")


async def _events(followed: _Follower) -> AsyncIterator[bytes]:
    """An event for each change of a job, `ended` for the last; a comment if nothing changes.

    It ends early if the server ends, if the operator may no longer see the job, and after a while: a browser then asks
    again, and signs in again.
    """
    said, said_at = b"", time.monotonic()
    give_up_at = said_at + MOST_SECONDS
    while time.monotonic() < give_up_at and not getattr(followed.state, "is_ending", False):
        try:
            card = await to_thread(followed.jobs.watched, followed.operator, followed.number)
        except (BillingError, Unavailable):
            return
        body = as_body(card)
        if body != said:
            name = "progress" if card.ended_at is None else "ended"
            yield format_sse_event(data_str=body.decode(), event=name)
            said, said_at = body, time.monotonic()
        elif time.monotonic() - said_at >= SILENT_SECONDS:
            yield format_sse_event(comment="still under way")
            said_at = time.monotonic()
        if card.ended_at is not None:
            return
        await asyncio.sleep(LOOK_SECONDS)
