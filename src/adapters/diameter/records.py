"""A message of accounting from an Accounting-Request of Diameter (RFC 6733, Rf of 3GPP TS 32.299, NASREQ of RFC 7155).

    START, INTERIM, STOP    a session, whose octets count on; with a called party it is a call, used with its STOP
    EVENT                   a call if there is a called party, else an item: the name of the service

A gateway of a mobile network (TS 32.251) closes containers, for each service or bearer, and sends in a record those
that were closed since the one before: what they count is used in the time from the first to the last of them. If both
kinds are there, those of services count, for both tell of the same bytes.

The number of a record is its place in the session: with the session it names the record, however often it comes. Input
is what the server receives from the subscriber, so it is `bytes_out`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from diameter.message import constants
from diameter.message.commands import AccountingRequest

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.sessions.messages import (
    Added,
    Counter,
    Kind,
    Message,
    Used,
    happened_at,
    require_possible,
)

KINDS: dict[int, Kind] = {
    constants.E_ACCOUNTING_RECORD_TYPE_START_RECORD: "start",
    constants.E_ACCOUNTING_RECORD_TYPE_INTERIM_RECORD: "interim",
    constants.E_ACCOUNTING_RECORD_TYPE_STOP_RECORD: "stop",
    constants.E_ACCOUNTING_RECORD_TYPE_EVENT_RECORD: "event",
}
INFORMATION = (constants.AVP_TGPP_SERVICE_INFORMATION, constants.VENDOR_TGPP)
IMS = (constants.AVP_TGPP_IMS_INFORMATION, constants.VENDOR_TGPP)
CALLED = (constants.AVP_TGPP_CALLED_PARTY_ADDRESS, constants.VENDOR_TGPP)
PS = (constants.AVP_TGPP_PS_INFORMATION, constants.VENDOR_TGPP)
CONTAINERS = (
    (constants.AVP_TGPP_SERVICE_DATA_CONTAINER, constants.VENDOR_TGPP),
    (constants.AVP_TGPP_TRAFFIC_DATA_VOLUMES, constants.VENDOR_TGPP),
)
BEGINS = (constants.AVP_TGPP_TIME_FIRST_USAGE,)
ENDS = (constants.AVP_TGPP_TIME_LAST_USAGE, constants.AVP_TGPP_CHANGE_TIME)
SUBSCRIPTION = (constants.AVP_SUBSCRIPTION_ID, 0)
SUBSCRIPTION_DATA = (constants.AVP_SUBSCRIPTION_ID_DATA, 0)
MOST_TEXT = 253
SECOND = timedelta(seconds=1)
# tel:+4212345;phone-context=... and sip:4212345@operator: the digits of a number that is written in full.
NUMBER = re.compile(r"(?:tel:|sips?:)?\+?([0-9]+)(?:[@;].*)?", re.IGNORECASE)


def read_record(request: AccountingRequest, received_at: datetime) -> Message:
    """The message in a request; `InvalidValue` names the AVP that is missing or wrong."""
    kind = KINDS.get(request.accounting_record_type)
    if kind is None:
        raise InvalidValue("is none of the four", field="Accounting-Record-Type", value=request.accounting_record_type)
    record = request.accounting_record_number
    if record is None:
        raise InvalidValue("is missing", field="Accounting-Record-Number")
    if not request.session_id or not request.origin_host:
        raise InvalidValue("is missing", field="Origin-Host" if request.session_id else "Session-Id")
    called = _first(request.called_party_address, request, INFORMATION, IMS, CALLED)
    number = _number(called) or _text(request.service_id)
    used: Used = "call" if called else "item" if kind == "event" else "data"
    stated = request.event_timestamp
    at = happened_at(stated.astimezone(UTC) if stated else None, 0, received_at)
    message = Message(
        _text(request.origin_host), _session(request), kind, at,
        _text(request.user_name) or _subscription(request) or _number(request.calling_party_address),
        _address(request.framed_ip_address), request.acct_session_time or 0,
        Counter(request.accounting_output_octets or 0, True), Counter(request.accounting_input_octets or 0, True),
        request.acct_interim_interval or 0, record=record, used=used, number=number if used != "data" else "",
        closed=_closed(request, at) if used == "data" else None,
    )  # fmt: skip
    require_possible(message)
    return message


def _closed(request: AccountingRequest, at: datetime) -> Added | None:
    """What the containers of a record count, in the time from the first to the last of them; None without any."""
    found = (request.find_avps(INFORMATION, PS, path) for path in CONTAINERS)
    containers = next((each for each in found if each), None)
    if containers is None:
        return None
    parts = [part for container in containers for part in container.value]
    since = min((_instant(part) for part in parts if part.code in BEGINS), default=at)
    until = min(max((_instant(part) for part in parts if part.code in ENDS), default=at), at)
    since = min(since, until)
    bytes_in, bytes_out = (
        sum(part.value for part in parts if part.code == code)
        for code in (constants.AVP_ACCOUNTING_OUTPUT_OCTETS, constants.AVP_ACCOUNTING_INPUT_OCTETS)
    )
    return Added(since, until, (until - since) // SECOND, bytes_in, bytes_out)


def _instant(avp: Any) -> datetime:
    """An instant of an AVP, which the library gives by the clock of this machine."""
    return avp.value.astimezone(UTC)


def _session(request: AccountingRequest) -> str:
    """The session, with the part of it that the record is of."""
    part = request.accounting_sub_session_id
    return _text(request.session_id) if part is None else f"{_text(request.session_id)}/{part}"


def _subscription(request: AccountingRequest) -> str:
    """The number of who is charged, in the request or its service information."""
    own = _first(None, request, SUBSCRIPTION, SUBSCRIPTION_DATA)
    return _number(own or _first(None, request, INFORMATION, SUBSCRIPTION, SUBSCRIPTION_DATA))


def _first(value: Any, request: AccountingRequest, *path: tuple[int, int]) -> str:
    """A value that stands in the request itself, or else the first at a path of AVPs."""
    if value:
        return _text(value[0] if isinstance(value, list) else value)
    found = request.find_avps(*path)
    return _text(found[0].value) if found else ""


def _text(value: Any) -> str:
    """A text that a database can hold, whatever bytes the node sent."""
    written = value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in written[:MOST_TEXT])


def _number(written: Any) -> str:
    """The digits of a number; anything else as it is.

    tel:+3712345: 3712345    sip:3712345@north.example;user=phone: 3712345    sip:anna@north.example: as it is
    """
    text = _text(written)
    found = NUMBER.fullmatch(text)
    return found[1] if found else text


def _address(written: bytes | None) -> str:
    return str(ip_address(written)) if written and len(written) in (4, 16) else ""
