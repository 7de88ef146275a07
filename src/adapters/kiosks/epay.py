"""ePay.bg, billing by messages over HTTP GET: /pay/init asks what is owed, /pay/confirm tells that it was paid.

    pay/init?IDN=1001&MERCHANTID=0000334&TYPE=CHECK&CHECKSUM=...                                  what is owed?
    pay/init?IDN=1001&MERCHANTID=0000334&TYPE=DEPOSIT&TID=...&TOTAL=1250&CHECKSUM=...             may it be paid in?
    pay/confirm?IDN=1001&MERCHANTID=0000334&TYPE=BILLING&TID=...&DATE=...&TOTAL=1250&CHECKSUM=... it is paid

    {"STATUS": "00", "IDN": "1001", "AMOUNT": 1250, "VALIDTO": "20260331", "SHORTDESC": ..., "LONGDESC": ...}

TID (the instant, 14 digits, and 12 more) is the transaction; amounts are in minor units. CHECKSUM is the HMAC-SHA1 of
`key value newline` of each parameter in the order of the keys. Source: kb.epay.bg, billing protocol.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from adapters.kiosks.messages import (
    Asked,
    Connected,
    Found,
    Incoming,
    Refused,
    Reply,
    day_of,
    in_minor_units,
    is_one_of,
    minor_amount,
    typed_in,
)
from billing_core.kiosks.transactions import Verdict

TID = re.compile(r"[0-9]{26}")
DATE, DATE_DIGITS = "%Y%m%d%H%M%S", 14
KINDS = ("CHECK", "BILLING", "PARTIAL", "DEPOSIT")
SHORT, LINE, MOST_LONG = 40, 110, 4_000
VALID_DAYS = timedelta(days=1)
STATUSES: Mapping[Verdict, str] = {
    "ok": "00", "unknown-payer": "14", "malformed-payer": "14", "nothing-due": "62", "try-later": "80",
    "switched-off": "80", "not-finished": "80", "forged": "93", "known": "94", "malformed": "96", "refused": "96",
    "too-small": "96", "too-large": "96", "not-allowed": "96", "late": "96", "replayed": "96",
}  # fmt: skip


def checksum(fields: Mapping[str, str], secret: str) -> str:
    """The proof of a message: over all its parameters but itself."""
    lines = "".join(f"{name}{fields[name]}\n" for name in sorted(fields) if name != "CHECKSUM")
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha1).hexdigest()


def read(incoming: Incoming, connected: Connected) -> Asked:
    """What a message asks."""
    fields, steps = incoming.fields, {"pay/init": "check", "pay/confirm": "pay"}
    tid = fields.get("TID", "")
    step = steps.get(incoming.path)
    asked = Asked("pay" if step == "pay" else "check", tid if TID.fullmatch(tid) else "")
    if not is_one_of(fields.get("CHECKSUM", "").lower(), [checksum(fields, each) for each in connected.secrets]):
        raise Refused("forged", "the checksum is wrong", asked)
    if fields.get("MERCHANTID") != connected.terms.user:
        raise Refused("not-allowed", "MERCHANTID is another merchant's", asked)
    if step is None or fields.get("TYPE", "CHECK") not in KINDS:
        raise Refused("malformed", "is neither /pay/init nor /pay/confirm of a known TYPE", asked)
    asked = asked._replace(typed=typed_in(fields.get("IDN", ""), asked))
    if step == "pay" and not asked.transaction:
        raise Refused("malformed", "TID is not of 26 digits", asked)
    if asked.transaction:
        asked = asked._replace(paid_on=day_of(tid[:DATE_DIGITS], DATE, asked))
    if step == "pay" or "TOTAL" in fields:
        currency = connected.terms.currency_on(asked.paid_on or connected.today)
        asked = asked._replace(amount=minor_amount(fields.get("TOTAL", ""), currency, asked))
    return asked


def answer(incoming: Incoming, asked: Asked, found: Found, connected: Connected) -> Reply:
    """The answer as JSON: to a confirmation its status alone, to a question what is owed."""
    verdict = found.verdict
    if verdict == "nothing-due" and incoming.fields.get("TYPE") == "DEPOSIT":
        verdict = "ok"
    content: dict[str, Any] = {"STATUS": STATUSES[verdict]}
    if asked.step == "check" and verdict == "ok":
        content |= {"IDN": asked.typed, "VALIDTO": f"{connected.today + VALID_DAYS:%Y%m%d}"}
        content |= _described(found, connected)
    return Reply(HTTPStatus.OK, "application/json; charset=utf-8", json.dumps(content, ensure_ascii=False).encode())


def _described(found: Found, connected: Connected) -> dict[str, Any]:
    currency = connected.terms.currency_on(connected.today)
    text = f"{found.account} {found.name}".strip()
    long = text if found.owed is None else f"{text}: {found.owed.amount:f} {found.owed.currency}"
    owed = {} if found.owed is None else {"AMOUNT": in_minor_units(found.owed, currency)}
    return {**owed, "SHORTDESC": text[:SHORT], "LONGDESC": wrapped(long)}


def wrapped(text: str) -> str:
    """A text in lines of 110 characters, each ended by the two characters `\\n`, as the protocol has it."""
    lines = [text[start : start + LINE] for start in range(0, len(text), LINE)]
    return "\\n".join(lines)[:MOST_LONG]
