"""Files come in at one place, and are read through what they are attached to.

There is no request for a file by its hash alone: each object that has attachments has a query of its own, which answers
`Download` to who may see the object, if it names the file.
"""

from __future__ import annotations

import asyncio
from asyncio import to_thread
from http import HTTPStatus
from typing import get_type_hints

from fastapi import Request, Response

from adapters.actions.attachments import KEEP_ATTACHMENT
from adapters.attachments.content_folder import Incoming
from adapters.attachments.media_types import require_allowed
from adapters.bootstrap.attachments import Attachments
from adapters.door.door import Caller, Door
from adapters.door.downloads import attachment_answer
from adapters.http.answers import as_body
from adapters.http.endpoints import JSON, Endpoint, answering, caller_of, parameters_of, with_path
from adapters.http.route import Route
from adapters.views.query import Download, queries
from billing_core.kernel.errors import BillingError
from commands.platform.concerns import SHARED
from commands.platform.ports import KeptFile

PART_BYTES = 1_000_000


def receiving(door: Door) -> Endpoint:
    """Keep the file in the body; what is answered names it for the command that attaches it."""

    async def respond(request: Request) -> Response:
        await to_thread(_admit, door, caller_of(request))
        kept = await _receive(request, door.app.attachments)
        return Response(as_body(kept), HTTPStatus.CREATED, media_type=JSON)

    return answering(respond, "keep-attachment")


def is_download(route: Route) -> bool:
    """Whether the query of a route is answered with a file."""
    return route.is_query and get_type_hints(queries()[route.struct])["return"] is Download


def downloading(route: Route, door: Door) -> Endpoint:
    """The file that a query names, for who may ask the query."""

    async def respond(request: Request) -> Response:
        values = with_path(parameters_of(request), request)
        found = await to_thread(door.answer, route.operation, values, caller_of(request))
        return await to_thread(attachment_answer, door.app, found.content_hash, found.name)

    return answering(respond, route.operation.name)


def _admit(door: Door, caller: Caller) -> None:
    """Whether who asks may send files; a refused attempt is kept for the LOG."""
    rights = door.rights_of(caller)
    try:
        rights.require(KEEP_ATTACHMENT, SHARED)
    except BillingError as error:
        door.refused.note(KEEP_ATTACHMENT, error, door.origin(rights, caller))
        raise


async def _receive(request: Request, attachments: Attachments) -> KeptFile:
    """Keep a file part by part as it comes in; one that does not come in whole leaves nothing behind."""
    declared = require_allowed(request.headers.get("Content-Type", ""))
    length = request.headers.get("Content-Length", "")
    if length.isascii() and length.isdecimal():
        attachments.require_size(int(length))
    incoming = await to_thread(attachments.begin)
    try:
        await _read(request, attachments, incoming)
        return await to_thread(attachments.keep, incoming, declared)
    finally:
        await asyncio.shield(to_thread(incoming.abandon))


async def _read(request: Request, attachments: Attachments, incoming: Incoming) -> None:
    waiting = bytearray()
    async for content in request.stream():
        waiting += content
        attachments.require_size(incoming.size + len(waiting))
        if len(waiting) >= PART_BYTES:
            await to_thread(incoming.add, bytes(waiting))
            waiting.clear()
    await to_thread(incoming.add, bytes(waiting))
