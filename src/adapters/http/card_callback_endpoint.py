"""What a gateway of cards calls when something happened: each callback is taken once, and read later.

POST /cards/callbacks/stripe    204 taken, now or before    400 not signed by the gateway, or too long ago
                                409 the same event with another content    413 over 64 KiB

Who calls proves itself by the signature alone. What is refused is kept with the reason.
"""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus

from fastapi import Request, Response

from adapters.bootstrap.card_desk import MOST_BODY, CardDesk
from adapters.http.endpoints import Endpoint, answering
from adapters.http.problems import Problem
from billing_core.kernel.errors import Conflict
from commands.cards.ports import Forged

PATH = "/cards/callbacks/stripe"


def called_back(desk: CardDesk) -> Endpoint:
    """Take a callback in."""

    async def respond(request: Request) -> Response:
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > MOST_BODY:
                raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"the body is over {MOST_BODY:,} bytes")
        source = request.client.host if request.client else "unknown"
        await to_thread(_take, desk, bytes(content), dict(request.headers), source)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return answering(respond, "take-card-callback")


def _take(desk: CardDesk, body: bytes, headers: Mapping[str, str], source: str) -> None:
    try:
        desk.take(body, headers, source)
    except Forged as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "forged", str(error)) from None
    except Conflict as error:
        desk.refuse(sha256(body).hexdigest(), str(error), source)
        raise
