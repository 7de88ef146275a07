"""Which status of HTTP an error of the rules has."""

from __future__ import annotations

from http import HTTPStatus

from adapters.attachments.media_types import MediaTypeRefused
from adapters.bootstrap.attachments import AttachmentTooLarge
from billing_core.kernel.errors import Conflict, NotFound, Unavailable
from billing_core.staff.addresses import AddressNotAllowed
from billing_core.staff.roles import NotPermitted, NotSignedIn
from commands.platform.bus import ChangedSince
from commands.platform.followers import Undelivered
from commands.staff.sign_in import TooManyFailures

STATUS: dict[type[Exception], HTTPStatus] = {
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotPermitted: HTTPStatus.FORBIDDEN,
    AddressNotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    ChangedSince: HTTPStatus.PRECONDITION_FAILED,
    Conflict: HTTPStatus.CONFLICT,
    AttachmentTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    MediaTypeRefused: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooManyFailures: HTTPStatus.TOO_MANY_REQUESTS,
    Undelivered: HTTPStatus.BAD_GATEWAY,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: Exception) -> HTTPStatus:
    """The status for an error of the rules; what can be mended by the caller is 422."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.UNPROCESSABLE_ENTITY
