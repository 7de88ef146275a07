"""What the other side calls without signing in: reports of SMS with a token, and links by which recipients unsubscribe.

POST /sms/reports/TOKEN             204 noted, or nothing to note   404 the token is wrong   503 report it again
GET  /v1/unsubscribe/MESSAGE/KEY    303 to the page that asks: a mail server that looks at links changes nothing
POST /v1/unsubscribe/MESSAGE/KEY    204 the consent is withdrawn    404 nobody here made this link
"""

from __future__ import annotations

import hmac
import json
from asyncio import to_thread
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response

from adapters.bootstrap.application import Application
from adapters.bootstrap.sms_reports import SmsReports
from adapters.http.endpoints import Endpoint, answering
from adapters.http.problems import Problem
from adapters.outreach.sms_settings import SmsReportSettings

PATH = "/sms/reports/{token}"
MOST_BYTES = 65_536
GATEWAY = "sms gateway"


def reporting(app: Application, settings: SmsReportSettings) -> Endpoint:
    """Note a report, if the token is right."""

    async def respond(request: Request) -> Response:
        token = request.path_params["token"].encode()
        if not hmac.compare_digest(token, settings.token.get_secret_value().encode()):
            raise Problem(HTTPStatus.NOT_FOUND, "not-found", "the token is wrong")
        fields = dict(request.query_params) | await _fields_of(request)
        outcome = await to_thread(SmsReports(app, GATEWAY).take_fields, fields, settings)
        if outcome == "unknown":
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "unknown-message", "no such message is known; report it again"
            )
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return answering(respond, "report-sms")


async def _fields_of(request: Request) -> dict[str, str]:
    """The fields of a body: of a JSON object, or of a form."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"the body is over {MOST_BYTES:,} bytes")
    text = content.decode(errors="replace")
    if not text.lstrip().startswith("{"):
        return dict(parse_qsl(text))
    try:
        read: dict[str, Any] = json.loads(text)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, "malformed", "the body is no JSON") from None
    return {name: str(value) for name, value in read.items() if isinstance(value, str | int | float)}
