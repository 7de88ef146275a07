"""A message of accounting from the attributes that FreeRADIUS sends: {name: {type, value: [...]}} as JSON.

Attributes are those of RFC 2866, 2869 and 3162. Only those that are read here are ever kept: whatever else comes, such
as a password, is dropped. Input is what the server receives from the subscriber, so it is `bytes_out`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.sessions.messages import (
    OF_SERVERS,
    Counter,
    Kind,
    Message,
    happened_at,
    require_possible,
)

# By name, and by number if the server sends raw values.
KINDS: Mapping[str, Kind] = {
    "Start": "start", "1": "start", "Stop": "stop", "2": "stop", "Interim-Update": "interim", "Alive": "interim",
    "3": "interim", "Accounting-On": "on", "7": "on", "Accounting-Off": "off", "8": "off",
}  # fmt: skip
# Of tunnels and their links, and that accounting failed: nothing of these is usage.
NO_USAGE = frozenset({
    "Tunnel-Start", "9", "Tunnel-Stop", "10", "Tunnel-Reject", "11", "Tunnel-Link-Start", "12", "Tunnel-Link-Stop",
    "13", "Tunnel-Link-Reject", "14", "Failed", "15",
})  # fmt: skip
SERVER = ("NAS-Identifier", "NAS-IP-Address", "NAS-IPv6-Address", "Packet-Src-IP-Address", "Packet-Src-IPv6-Address")
ADDRESS = ("Framed-IP-Address", "Framed-IPv6-Address", "Framed-IPv6-Prefix", "Delegated-IPv6-Prefix")
READ = frozenset({
    "Acct-Status-Type", "Acct-Session-Id", "Acct-Unique-Session-Id", "User-Name", *SERVER, *ADDRESS,
    "Acct-Session-Time", "Acct-Input-Octets", "Acct-Input-Gigawords", "Acct-Output-Octets", "Acct-Output-Gigawords",
    "Acct-Interim-Interval", "Event-Timestamp", "Acct-Delay-Time",
})  # fmt: skip
MOST_TEXT = 253
MOST_WORD = 2**32 - 1
# FreeRADIUS writes dates in the time zone of its process.
DATE = "%b %d %Y %H:%M:%S"
UNIVERSAL = frozenset({"UTC", "GMT"})


class Attribute(msgspec.Struct):
    """The values of an attribute."""

    value: list[Any]


decode = msgspec.json.Decoder(dict[str, Attribute]).decode


class Unreadable(InvalidValue):
    """The message can never be read, however often it comes. `raw` is what may be kept of it."""

    def __init__(self, message: str, *, field: str, value: object, raw: str) -> None:
        super().__init__(message, field=field, value=value)
        self.raw = raw


def read_message(body: bytes, received_at: datetime, zone: tzinfo | None) -> Message | None:
    """The message in a body; None for one that tells of no usage. `zone` is that of dates that name it by letters."""
    try:
        attributes = decode(body.decode(errors="replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        reason = f"is no JSON of attributes, as FreeRADIUS sends it: {error}"
        # What cannot be read may hold a password, so nothing of it is kept.
        raise Unreadable(reason, field="body", value=f"{len(body)} bytes", raw="") from None
    found = {
        name: _text(attribute.value[0]) for name, attribute in attributes.items() if name in READ and attribute.value
    }
    try:
        return _message(found, received_at, zone)
    except InvalidValue as error:
        raw = msgspec.json.encode(found).decode()
        raise Unreadable(error.message, field=error.field or "", value=error.value or "", raw=raw) from None


def _message(found: Mapping[str, str], received_at: datetime, zone: tzinfo | None) -> Message | None:
    status = found.get("Acct-Status-Type", "")
    if status in NO_USAGE:
        return None
    if status not in KINDS:
        raise InvalidValue(f"is none of {', '.join(KINDS)}", field="Acct-Status-Type", value=status)
    kind = KINDS[status]
    server = next((found[name] for name in SERVER if found.get(name)), "")
    if not server:
        raise InvalidValue("is missing, and so is NAS-IP-Address: no server is named", field="NAS-Identifier", value="")
    stated = _date(found.get("Event-Timestamp", ""), zone)
    at = happened_at(stated, _number(found, "Acct-Delay-Time"), received_at)
    if kind in OF_SERVERS:
        return Message(server, "", kind, at, is_dated=at == stated)
    session = found.get("Acct-Session-Id", "")
    if not session:
        raise InvalidValue("is missing", field="Acct-Session-Id", value="")
    unique = found.get("Acct-Unique-Session-Id")
    message = Message(
        server, f"{session}/{unique}" if unique else session, kind, at, found.get("User-Name", ""),
        next((found[name] for name in ADDRESS if found.get(name)), ""), _number(found, "Acct-Session-Time"),
        _counter(found, "Output"), _counter(found, "Input"), _number(found, "Acct-Interim-Interval"), at == stated,
    )  # fmt: skip
    require_possible(message)
    return message


def _text(value: object) -> str:
    """A value as text that a database can hold, whatever bytes the server sent."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(value)[:MOST_TEXT])


def _number(found: Mapping[str, str], name: str) -> int:
    written = found.get(name, "0")
    if not (written.isascii() and written.isdecimal()) or int(written) > MOST_WORD:
        raise InvalidValue("is no whole number of 32 bits", field=name, value=written)
    return int(written)


def _counter(found: Mapping[str, str], way: str) -> Counter:
    """`Acct-Input-Octets` with its high words, if it has any."""
    high = f"Acct-{way}-Gigawords"
    return Counter(_number(found, high) * 2**32 + _number(found, f"Acct-{way}-Octets"), high in found)


def _date(written: str, zone: tzinfo | None) -> datetime | None:
    """A date as FreeRADIUS writes it, or seconds since 1970; None for one that cannot be read.

    Nov 29 2026 11:26:53 UTC        Nov 29 2026 12:26:53 CET in a zone that names its time so        1795951613
    """
    if written.isascii() and written.isdecimal():
        return datetime.fromtimestamp(min(int(written), MOST_WORD), UTC)
    clock, _, name = written.rpartition(" ")
    try:
        naive = datetime.strptime(clock, DATE)  # noqa: DTZ007
    except ValueError:
        return None
    if name in UNIVERSAL:
        return naive.replace(tzinfo=UTC)
    # In the hour that comes twice, the name says which one it is.
    for fold in (0, 1):
        local = naive.replace(fold=fold, tzinfo=zone) if zone else naive.replace(fold=fold).astimezone()
        if local.tzname() == name:
            return local.astimezone(UTC)
    return None
