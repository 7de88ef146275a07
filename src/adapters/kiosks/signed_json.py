"""Signed JSON for terminals without a protocol of their own: POST, HMAC-SHA256 with an instant and a nonce.

    X-Kiosk-Time: 1772445300      X-Kiosk-Nonce: 8c1f...      X-Kiosk-Signature: hex HMAC-SHA256
    {"command": "pay", "transaction": "17", "payer": "1001", "amount": 1250, "currency": "EUR",
     "time": "2026-03-02T10:15:00+02:00"}

    {"result": "ok", "number": "482...", "owed": 1250, "name": "J*** N***"}

What is signed is `time.nonce.` and the body as it is sent. A message is refused if its instant is over five minutes
away or its nonce came before; a payment that is sent again has a new instant and a new nonce, and gets its first
answer. Commands are check, pay and cancel; amounts are whole minor units. The answer is signed in the same way, with
the nonce of the question.

If the connection takes promises, `promise-check` asks whether the payer may promise what is owed, and `promise` does
it, with a transaction by which it is done once:

    {"command": "promise", "transaction": "P3", "payer": "1001", "until": "2026-03-09"}

    {"result": "ok", "owed": 1250, "name": "J*** N***", "until": "2026-03-09", "price": 100, "objections": []}
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from adapters.kiosks.messages import (
    Asked,
    Connected,
    Found,
    Incoming,
    PromiseFound,
    Refused,
    Reply,
    in_minor_units,
    is_one_of,
    minor_amount,
    typed_in,
)
from billing_core.kiosks.connections import KioskCurrency
from billing_core.kiosks.transactions import TRANSACTION, Step

TIME, NONCE, SIGNATURE = "x-kiosk-time", "x-kiosk-nonce", "x-kiosk-signature"
MOST_AGE_SECONDS = 300
NONCE_FORM = re.compile(r"[A-Za-z0-9_-]{8,64}")
STEPS: Mapping[str, Step] = {
    "check": "check", "pay": "pay", "cancel": "cancel", "promise-check": "promise-check", "promise": "promise",
}  # fmt: skip
WITHOUT_TRANSACTION: tuple[Step, ...] = ("check", "promise-check")


def signature(secret: str, at: str, nonce: str, body: bytes) -> str:
    """The proof of a message or an answer."""
    return hmac.new(secret.encode(), f"{at}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def read(incoming: Incoming, connected: Connected) -> Asked:
    """What a message asks."""
    content = _content(incoming.body)
    transaction = str(content.get("transaction", ""))
    step = STEPS.get(str(content.get("command", "")), "check")
    asked = Asked(step, transaction if TRANSACTION.fullmatch(transaction) else "")
    asked = asked._replace(nonce=_require_signed(incoming, connected, asked))
    if content.get("command") not in STEPS:
        raise Refused("malformed", f"the command is none of {', '.join(STEPS)}", asked)
    if step not in WITHOUT_TRANSACTION and not asked.transaction:
        raise Refused("malformed", "transaction is missing or no id", asked)
    if step == "cancel":
        return asked._replace(cancellation=str(content.get("cancellation", "")))
    asked = asked._replace(typed=typed_in(str(content.get("payer", "")), asked))
    if step in ("promise-check", "promise"):
        return asked._replace(until=_until(content, asked))
    if step == "pay":
        asked = asked._replace(paid_on=_day(content, asked))
    return asked._replace(amount=_amount(content, connected, asked)) if "amount" in content or step == "pay" else asked


def _content(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Refused("malformed", "the body is no JSON object")
    return content


def _require_signed(incoming: Incoming, connected: Connected, asked: Asked) -> str:
    """The nonce of a message whose signature is right and whose instant is near."""
    headers = incoming.headers
    at, nonce, given = (headers.get(name, "") for name in (TIME, NONCE, SIGNATURE))
    right = [signature(secret, at, nonce, incoming.body) for secret in connected.secrets]
    if not is_one_of(given.lower(), right):
        raise Refused("forged", "the signature is wrong", asked)
    if not re.fullmatch(r"[0-9]{1,12}", at) or not NONCE_FORM.fullmatch(nonce):
        raise Refused("malformed", "the instant is no number of seconds, or the nonce not of 8 to 64 letters", asked)
    if abs(incoming.at.timestamp() - int(at)) > MOST_AGE_SECONDS:
        raise Refused("late", f"its instant is over {MOST_AGE_SECONDS} seconds away", asked)
    return nonce


def _day(content: Mapping[str, Any], asked: Asked) -> date:
    try:
        return datetime.fromisoformat(str(content.get("time", ""))).date()
    except ValueError:
        raise Refused("malformed", "the time cannot be read", asked) from None


def _until(content: Mapping[str, Any], asked: Asked) -> date | None:
    """The last day that is promised; None if the message leaves it to the house."""
    written = content.get("until")
    if written is None:
        return None
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise Refused("malformed", "until is no day as in 2026-03-09", asked) from None


def _amount(content: Mapping[str, Any], connected: Connected, asked: Asked) -> Any:
    currency = connected.terms.currency_on(asked.paid_on or connected.today)
    amount = content.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Refused("malformed", "the amount is no whole number of minor units", asked)
    if content.get("currency") != currency.currency:
        raise Refused("malformed", f"the currency is not {currency.currency}", asked)
    return minor_amount(str(amount), currency, asked)


def answer(incoming: Incoming, asked: Asked, found: Found, connected: Connected) -> Reply:
    """The answer as JSON, signed with the nonce of the question."""
    content: dict[str, Any] = {"result": found.verdict, "number": found.number, "comment": found.reason}
    currency = connected.terms.currency_on(connected.today)
    if found.owed is not None:
        content["owed"] = in_minor_units(found.owed, currency)
        content["name"] = found.name
    if found.promise is not None:
        content |= _promise_in_words(found.promise, currency)
    body = json.dumps(content, ensure_ascii=False).encode()
    at = str(int(incoming.at.timestamp()))
    signed = {} if not connected.secrets else {
        TIME: at, SIGNATURE: signature(connected.secrets[0], at, incoming.headers.get(NONCE, ""), body)
    }  # fmt: skip
    status = HTTPStatus.UNAUTHORIZED if found.verdict == "forged" else HTTPStatus.OK
    return Reply(status, "application/json; charset=utf-8", body, signed)


def _promise_in_words(promise: PromiseFound, currency: KioskCurrency) -> dict[str, Any]:
    days = {"until": promise.until, "last_on": promise.last_on, "possible_on": promise.possible_on}
    amounts = {"price": promise.price, "pay_first": promise.pay_first}
    return {
        "objections": list(promise.objections),
        **{name: str(day) for name, day in days.items() if day is not None},
        **{name: in_minor_units(amount, currency) for name, amount in amounts.items() if amount is not None},
    }
