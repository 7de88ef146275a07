"""RADIUS accounting over HTTP, as FreeRADIUS sends it with its module `rest`: POST /radius/accounting.

FreeRADIUS answers the access server if this answers 204, and else says nothing, so that the server sends the message
again. So 204 means that it need not come again:

    204    the message is durable; it was before; it tells of no usage; or it can never be read, and is kept as refused
    401    the key is wrong              403    the key does not permit it              413    it is no message at all
    503    the database is away, or more comes in than it takes: again later
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from asyncio import to_thread
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic

import structlog
from fastapi import Request, Response

from adapters.actions.usage import ACCOUNT_SESSIONS
from adapters.bootstrap.accounting import AccountingDesk, Came
from adapters.door.door import Caller, Door
from adapters.http.endpoints import Endpoint, answering, caller_of
from adapters.http.problems import Problem
from adapters.radius.attributes import Unreadable, read_message
from billing_core.kernel.errors import BillingError
from billing_core.staff.roles import NotSignedIn
from commands.usage.accounting import Received, RefusedMessage

PATH = "/radius/accounting"
SOURCE = "radius"
MOST_BYTES = 65_536
# For so long a key is not asked for again: it need not be for each of thousands of messages a second.
KEPT_SECONDS = 10
MOST_KEPT = 1_000

log = structlog.get_logger("billing.http")


class Admission:
    """Which callers may account for sessions and which may not, as asked a few seconds ago at most."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._kept: dict[tuple[str, str], tuple[float, BillingError | None]] = {}

    async def admit(self, caller: Caller) -> None:
        """Refuse who may not; a refused attempt of somebody who is known is kept for the LOG, once in that time."""
        known = caller.authorization, caller.source
        until, refusal = self._kept.get(known, (0.0, None))
        if until < monotonic():
            refusal = await to_thread(self._ask, caller)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[known] = monotonic() + KEPT_SECONDS, refusal
        if refusal is not None:
            raise refusal.with_traceback(None)

    def _ask(self, caller: Caller) -> BillingError | None:
        """Why a caller is refused; None if the key permits it."""
        try:
            rights = self._door.rights_of(caller)
        except BillingError as error:
            return error
        try:
            rights.require(ACCOUNT_SESSIONS)
        except BillingError as error:
            self._door.refused.note(ACCOUNT_SESSIONS, error, self._door.origin(rights, caller))
            return error
        return None


def accounting(door: Door, desk: AccountingDesk) -> Endpoint:
    """Take in a message, which is durable when it is answered."""
    admission = Admission(door)

    async def respond(request: Request) -> Response:
        received_at = datetime.now(UTC)
        await admission.admit(bearing(caller_of(request)))
        body = await _body_of(request)
        came = read(body, received_at, desk)
        if came is not None:
            await asyncio.wrap_future(desk.submit(came))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    # Thousands come in a second.
    return answering(respond, "account-sessions", logs_success=False)


def read(body: bytes, received_at: datetime, desk: AccountingDesk) -> Came | None:
    """What a body is kept as; None if it tells of no usage."""
    try:
        message = read_message(body, received_at, desk.zone)
    except Unreadable as error:
        log.warning("unreadable accounting message", field=error.field, reason=error.message)
        return RefusedMessage(SOURCE, error.field or "", error.value or "", error.message, error.raw, received_at)
    return None if message is None else Received(SOURCE, message, received_at)


def bearing(caller: Caller) -> Caller:
    """A caller with an API key as the password of HTTP's basic authentication, under any name, as with its token."""
    kind, _, written = caller.authorization.partition(" ")
    if kind.lower() != "basic":
        return caller
    try:
        _, _, key = base64.b64decode(written, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NotSignedIn("the header Authorization is not readable; send an API key as the password") from None
    return caller._replace(authorization=f"Bearer {key}")


async def _body_of(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            detail = f"the body is over {MOST_BYTES:,} bytes, and a RADIUS message has at most 4,096"
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
    return bytes(content)
