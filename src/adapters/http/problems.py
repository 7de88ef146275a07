"""What went wrong, as RFC 9457 has it: `application/problem+json` with a stable code, the field and its value.

404  {"type": "about:blank", "title": "Not Found", "status": 404, "code": "not-found",
      "detail": "account '7': no such account", "field": "account", "value": "7"}
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from adapters.door.statuses import status_of
from adapters.edge.faults import explained, found_in, location_of
from adapters.http.answers import encoded
from billing_core.kernel.errors import BillingError, Unavailable
from commands.platform.bus import OutcomeUnknown

MEDIA_TYPE = "application/problem+json"
HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
}
FAULT = "a fault of the program; its log has the details under this correlation id"


class Problem(Exception):
    """A request that cannot be carried out, with the status that says so."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code


def problem_of(error: Exception, written: Any = None) -> Response:
    """The answer for an error; what was written helps to name the place of a fault."""
    match error:
        case Problem():
            return _problem(error.status, error.code, str(error))
        case ClientDisconnect():  # Nobody reads the answer; the log shows it.
            return _problem(HTTPStatus.BAD_REQUEST, "hung-up", "the client hung up before all of the body had come")
        case ValidationError():
            return _faults(error, written)
        case BillingError():
            status = status_of(error)
            return _problem(status, error.code, str(error), field=error.field, value=error.value)
        case OutcomeUnknown() | Unavailable():
            code = "outcome-unknown" if isinstance(error, OutcomeUnknown) else "unavailable"
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, code, str(error))
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", FAULT)


def _faults(error: ValidationError, written: Any) -> Response:
    """Every fault of the values that were written, each with its place."""

    def place(location: Any) -> str:
        return ".".join(map(str, found_in(written, location)))

    faults = [{"field": place(location_of(fault)), "detail": explained(fault, place)} for fault in error.errors()]
    detail = "; ".join(fault["detail"] for fault in faults)
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-value", detail, faults=faults)


def _problem(status: HTTPStatus, code: str, detail: str, **more: Any) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "code": code, "detail": detail}
    given = {name: value for name, value in more.items() if value is not None}
    return Response(encoded(body | given), status.value, HEADERS.get(status), MEDIA_TYPE)
