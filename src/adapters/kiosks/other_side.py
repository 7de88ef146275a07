"""How the other side writes its messages and what it understands of the answers: for simulators and their tests.

It is written from the protocols, not from our own readers, but for the checksums that both sides must share.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from adapters.kiosks import epay, idram, signed_json, telcell
from adapters.kiosks.messages import Incoming
from billing_core.kiosks.connections import Protocol
from billing_core.kiosks.transactions import Step

FORM = "application/x-www-form-urlencoded"
TAKEN: Mapping[Protocol, str] = {"osmp": "0", "epay": "00", "idram": "OK", "telcell": "OK", "signed-json": "ok"}
RESULT = re.compile(r"<result>(\d+)</result>")


class Side(NamedTuple):
    """The other side: its protocol, its name, what it signs with, and how it writes amounts."""

    protocol: Protocol
    user: str
    secret: str
    currency: str
    digits: int = 2


class Said(NamedTuple):
    """What it says: a step of a payment, of an amount in minor units, at an instant of its own clock.

    `number` is its own running number of the payment. `nonce` is another one each time it says so.
    """

    step: Step
    number: int
    payer: str
    minor: int
    at: datetime
    nonce: str


class Sent(NamedTuple):
    """A message over HTTP: what follows the address of the connection, a body without parameters for GET."""

    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]

    def as_incoming(self, at: datetime, sent_from: str = "127.0.0.1") -> Incoming:
        """The message as it comes in, without a network."""
        fields = dict(self.query)
        if self.headers.get("Content-Type") == FORM:
            fields |= dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Incoming(self.path, fields, self.body, headers, sent_from, at)


def transaction_of(said: Said, side: Side) -> str:
    """The id of a payment, as the protocol has it: the same one however often it is said, and at whatever instant."""
    return f"{said.at:%Y%m%d}000000{said.number:012d}" if side.protocol == "epay" else str(said.number)


def written(said: Said, side: Side) -> Sent:
    """A message in the other side's own protocol."""
    return WRITERS[side.protocol](said, side)


def understood(status: int, body: bytes, protocol: Protocol) -> str:
    """The result that an answer has in the protocol's own words; the status of HTTP if it is none of the protocol."""
    text = body.decode(errors="replace")
    try:
        match protocol:
            case "osmp":
                found = RESULT.search(text)
                return found[1] if found else f"HTTP {status}"
            case "epay":
                return str(json.loads(text)["STATUS"])
            case "signed-json":
                return str(json.loads(text)["result"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {status}"
    return text if text == "OK" or text.startswith("ERROR") else f"HTTP {status}"


def _decimal(said: Said, side: Side) -> str:
    return f"{Decimal(said.minor).scaleb(-side.digits):f}"


def _osmp(said: Said, side: Side) -> Sent:
    fields = {"command": str(said.step), "txn_id": str(said.number), "account": said.payer, "sum": _decimal(said, side)}
    if said.step == "pay":
        fields["txn_date"] = f"{said.at:%Y%m%d%H%M%S}"
    if said.step == "cancel":
        fields = {"command": "cancel", "txn_id": f"9{said.number}", "cancel_txn_id": str(said.number)}
    signed_in = base64.b64encode(f"{side.user}:{side.secret}".encode()).decode()
    return Sent("", fields, b"", {"Authorization": f"Basic {signed_in}"})


def _epay(said: Said, side: Side) -> Sent:
    fields = {"IDN": said.payer, "MERCHANTID": side.user, "TYPE": "CHECK"}
    if said.step == "pay":
        fields |= {"TYPE": "BILLING", "TID": transaction_of(said, side), "DATE": f"{said.at:%Y%m%d%H%M%S}",
                   "TOTAL": str(said.minor)}  # fmt: skip
    fields["CHECKSUM"] = epay.checksum(fields, side.secret)
    return Sent("pay/confirm" if said.step == "pay" else "pay/init", fields, b"", {})


def _idram(said: Said, side: Side) -> Sent:
    fields = {"EDP_BILL_NO": said.payer, "EDP_REC_ACCOUNT": side.user, "EDP_AMOUNT": _decimal(said, side)}
    if said.step == "check":
        fields["EDP_PRECHECK"] = "YES"
    else:
        fields |= {"EDP_PAYER_ACCOUNT": "990000001", "EDP_TRANS_ID": str(said.number),
                   "EDP_TRANS_DATE": f"{said.at:%d/%m/%Y}"}  # fmt: skip
        fields["EDP_CHECKSUM"] = idram.checksum(fields, side.secret)
    return _form(fields)


def _telcell(said: Said, side: Side) -> Sent:
    status = {"check": "NEW", "pay": "PAID", "cancel": "CANCELLED"}[said.step]
    fields = {
        "invoice": f"7{said.number}", "issuer_id": base64.b64encode(said.payer.encode()).decode(),
        "payment_id": str(said.number), "currency": side.currency, "sum": _decimal(said, side),
        "time": f"{said.at:%Y-%m-%d %H:%M:%S}", "status": status,
    }  # fmt: skip
    return _form({**fields, "checksum": telcell.checksum(fields, side.secret)})


def _signed_json(said: Said, side: Side) -> Sent:
    content: dict[str, Any] = {"command": said.step, "transaction": str(said.number)}
    if said.step == "cancel":
        content["cancellation"] = f"9{said.number}"
    else:
        content |= {"payer": said.payer, "amount": said.minor, "currency": side.currency, "time": said.at.isoformat()}
    body = json.dumps(content).encode()
    at = str(int(said.at.timestamp()))
    signed = {signed_json.TIME: at, signed_json.NONCE: said.nonce,
              signed_json.SIGNATURE: signed_json.signature(side.secret, at, said.nonce, body)}  # fmt: skip
    return Sent("", {}, body, {"Content-Type": "application/json", **signed})


def _form(fields: Mapping[str, str]) -> Sent:
    return Sent("", {}, urlencode(fields).encode(), {"Content-Type": FORM})


WRITERS: Mapping[Protocol, Callable[[Said, Side], Sent]] = {
    "osmp": _osmp, "epay": _epay, "idram": _idram, "telcell": _telcell, "signed-json": _signed_json
}  # fmt: skip
CANCELS: frozenset[Protocol] = frozenset({"osmp", "telcell", "signed-json"})
