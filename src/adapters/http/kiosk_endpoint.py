"""Where kiosks and wallets send their messages: /kiosk/NAME, and /kiosk/NAME/pay/init and the like, by GET or POST.

They do not sign in as operators do: each message proves itself by its protocol. Every answer is one of the protocol;
404 in plain text is that there is no such connection, 413 that a body is no message of any protocol.
"""

from __future__ import annotations

from asyncio import to_thread
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request, Response

from adapters.bootstrap.kiosk_desk import KioskDesk
from adapters.http.endpoints import Endpoint, answering, source_of
from adapters.http.problems import Problem
from adapters.kiosks.messages import Incoming

PATHS = ("/kiosk/{kiosk}", "/kiosk/{kiosk}/{rest:path}")
METHODS = ["GET", "POST"]
MOST_BYTES = 65_536
MOST_FIELDS = 100
FORM = "application/x-www-form-urlencoded"


def taking(desk: KioskDesk) -> Endpoint:
    """Take a message, and answer it."""

    async def respond(request: Request) -> Response:
        body = await _body_of(request)
        incoming = Incoming(
            request.path_params.get("rest", ""), _fields_of(request, body), body,
            {name.lower(): value for name, value in request.headers.items()}, source_of(request), datetime.now(UTC),
        )  # fmt: skip
        reply = await to_thread(desk.take, request.path_params["kiosk"], incoming)
        if reply is None:
            return Response("no such connection\n", HTTPStatus.NOT_FOUND, media_type="text/plain")
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)

    # Hundreds may come in a second.
    return answering(respond, "take-kiosk-message", logs_success=False)


def _fields_of(request: Request, body: bytes) -> dict[str, str]:
    """The parameters of the address, and those of a form."""
    fields = dict(request.query_params)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        try:
            fields |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
        except ValueError:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"over {MOST_FIELDS} fields") from None
    return fields


async def _body_of(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"the body is over {MOST_BYTES:,} bytes")
    return bytes(content)
