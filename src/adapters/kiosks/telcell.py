"""Telcell, wallet and terminals in Armenia: an invoice is issued to a buyer, and its end is posted back.

    issued    issuer, buyer, currency, sum, description, issuer_id, valid_days, checksum
    posted    invoice=77 issuer_id=MTAwMQ== payment_id=17 currency=051 sum=1900 time=... status=PAID checksum=...

description and issuer_id, what the payer pays for, are in base64; `MTAwMQ==` is account 1001. Each checksum is the MD5
of the key of the shop and the values in their order, without anything between them. Source: developer.telcell.am.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from http import HTTPStatus

from adapters.kiosks.messages import (
    Asked,
    Connected,
    Found,
    Incoming,
    Refused,
    Reply,
    day_of,
    decimal_amount,
    is_one_of,
    typed_in,
)
from billing_core.kiosks.transactions import TRANSACTION, Step

DATE = "%Y-%m-%d %H:%M:%S"
POSTED = ("invoice", "issuer_id", "payment_id", "currency", "sum", "time", "status")
ISSUED = ("issuer", "buyer", "currency", "sum", "description", "issuer_id", "valid_days")
# Another status needs no decision: it is acknowledged.
STEPS: Mapping[str, Step] = {"PAID": "pay", "CANCELLED": "cancel"}
CODES: Mapping[str, str] = {"\u058f": "AMD", "051": "AMD"}


def checksum(fields: Mapping[str, str], secret: str, order: tuple[str, ...] = POSTED) -> str:
    """The proof of a message, over its values in their order."""
    written = secret + "".join(fields.get(name, "") for name in order)
    return hashlib.md5(written.encode(), usedforsecurity=False).hexdigest()


def invoice(fields: Mapping[str, str], secret: str) -> dict[str, str]:
    """The form by which an invoice is issued: description and issuer_id encoded, and the proof."""
    encoded = {name: base64.b64encode(fields[name].encode()).decode() for name in ("description", "issuer_id")}
    issued = {**fields, **encoded}
    return {**issued, "checksum": checksum(issued, secret, ISSUED)}


def read(incoming: Incoming, connected: Connected) -> Asked:
    """What a message asks; one of an invoice that ended unpaid asks nothing, and is a check of nobody."""
    fields = incoming.fields
    payment = fields.get("payment_id", "")
    step = STEPS.get(fields.get("status", ""), "check")
    asked = Asked(step, payment if TRANSACTION.fullmatch(payment) else "")
    right = [checksum(fields, secret) for secret in connected.secrets]
    if not is_one_of(fields.get("checksum", "").lower(), right):
        raise Refused("forged", "the checksum is wrong", asked)
    if step == "check":
        return asked
    if not asked.transaction:
        raise Refused("malformed", "payment_id is missing or no id", asked)
    if step == "cancel":
        return asked._replace(cancellation=fields.get("invoice", ""))
    asked = asked._replace(typed=typed_in(_decoded(fields.get("issuer_id", ""), asked), asked),
                           paid_on=day_of(fields.get("time", ""), DATE, asked))  # fmt: skip
    currency = connected.terms.currency_on(asked.paid_on or connected.today)
    written = fields.get("currency", "")
    if CODES.get(written, written) != currency.currency:
        raise Refused("malformed", f"the currency is not {currency.currency}", asked)
    return asked._replace(amount=decimal_amount(fields.get("sum", ""), currency, asked))


def _decoded(written: str, asked: Asked) -> str:
    try:
        return base64.b64decode(written, validate=True).decode()
    except ValueError:
        raise Refused("malformed", "issuer_id is not in base64", asked) from None


def answer(incoming: Incoming, asked: Asked, found: Found, connected: Connected) -> Reply:
    """OK, or why not; what is not finished is asked to be sent again.

    A cancellation is acknowledged also if nothing can be taken back: it is kept as a refusal, for an operator.
    """
    is_noted = asked.step == "cancel" and found.verdict == "refused"
    if found.verdict in ("ok", "nothing-due") or is_noted:
        return Reply(HTTPStatus.OK, "text/plain; charset=utf-8", b"OK")
    again = found.verdict in ("try-later", "switched-off", "not-finished")
    status = HTTPStatus.SERVICE_UNAVAILABLE if again else HTTPStatus.BAD_REQUEST
    return Reply(status, "text/plain; charset=utf-8", f"ERROR {found.verdict}".encode())
