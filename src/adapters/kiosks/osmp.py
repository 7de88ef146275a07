"""OSMP, the provider's side of QIWI and most terminals: GET or POST, XML, basic authentication.

    command=check&txn_id=17&account=1001&sum=12.50                           may it be paid?
    command=pay&txn_id=17&txn_date=20260302101500&account=1001&sum=12.50     it is paid
    command=cancel&txn_id=18&cancel_txn_id=17                                17 is taken back
    command=getInfo&account=1001                                             what is owed

    <response><osmp_txn_id>17</osmp_txn_id><prv_txn>482...</prv_txn><sum>12.50</sum><result>0</result></response>

Source: the provider protocol of QIWI (developer.qiwi.com); the cancellation is that of gateways that offer one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from http import HTTPStatus
from xml.etree import ElementTree

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
from billing_core.kiosks.transactions import TRANSACTION, Step, Verdict

DATE = "%Y%m%d%H%M%S"
STEPS: Mapping[str, Step] = {"check": "check", "pay": "pay", "cancel": "cancel", "getInfo": "check"}
# 1 and 90 are sent again by the other side, the others are final.
RESULTS: Mapping[Verdict, int] = {
    "ok": 0, "nothing-due": 0, "try-later": 1, "switched-off": 1, "malformed-payer": 4, "unknown-payer": 5,
    "refused": 7, "forged": 8, "not-allowed": 8, "not-finished": 90, "too-small": 241, "too-large": 242,
    "malformed": 300, "known": 300, "late": 300, "replayed": 300,
}  # fmt: skip


def read(incoming: Incoming, connected: Connected) -> Asked:
    """What a message asks."""
    fields = incoming.fields
    transaction = fields.get("txn_id", "")
    asked = Asked("check", transaction if TRANSACTION.fullmatch(transaction) else "")
    step = STEPS.get(fields.get("command", ""))
    if step is None:
        raise Refused("malformed", "the command is none of check, pay, cancel, getInfo", asked)
    asked = asked._replace(step=step)
    _require_signed_in(incoming, connected, asked)
    if step == "cancel":
        return _cancellation(fields, asked)
    if fields["command"] == "getInfo":
        return asked._replace(typed=typed_in(fields.get("account", ""), asked))
    if not asked.transaction:
        raise Refused("malformed", "txn_id is missing or no id", asked)
    if step == "pay":
        asked = asked._replace(paid_on=day_of(fields.get("txn_date", ""), DATE, asked))
    currency = connected.terms.currency_on(asked.paid_on or connected.today)
    return asked._replace(
        typed=typed_in(fields.get("account", ""), asked),
        amount=decimal_amount(fields.get("sum", ""), currency, asked),
    )


def _cancellation(fields: Mapping[str, str], asked: Asked) -> Asked:
    """Some name the payment as cancel_txn_id, some as txn_id."""
    cancelled = fields.get("cancel_txn_id", "") or asked.transaction
    if not TRANSACTION.fullmatch(cancelled):
        raise Refused("malformed", "cancel_txn_id is missing or no id", asked)
    return asked._replace(transaction=cancelled, cancellation=asked.transaction)


def _require_signed_in(incoming: Incoming, connected: Connected, asked: Asked) -> None:
    kind, _, written = incoming.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(written, validate=True).decode() if kind.lower() == "basic" else ""
    except ValueError:
        given = ""
    if not is_one_of(given, [f"{connected.terms.user}:{secret}" for secret in connected.secrets]):
        raise Refused("forged", "user or password is wrong", asked)


def answer(incoming: Incoming, asked: Asked, found: Found, connected: Connected) -> Reply:
    """The answer as XML; 401 tells a program that it has to sign in."""
    response = ElementTree.Element("response")
    values = {
        "osmp_txn_id": asked.cancellation or asked.transaction, "prv_txn": found.number,
        "sum": f"{asked.amount.amount:f}" if asked.amount else "", "result": str(RESULTS[found.verdict]),
        "comment": found.reason,
    }  # fmt: skip
    for name, value in values.items():
        if value:
            ElementTree.SubElement(response, name).text = value
    shown = {"name": found.name, "owed": f"{found.owed.amount:f}" if found.owed else ""}
    if any(shown.values()):
        parent = ElementTree.SubElement(response, "fields")
        for number, (name, value) in enumerate(shown.items(), 1):
            ElementTree.SubElement(parent, f"field{number}", name=name).text = value
    body = ElementTree.tostring(response, encoding="UTF-8", xml_declaration=True)
    if found.verdict == "forged":
        realm = {"WWW-Authenticate": 'Basic realm="kiosk"'}
        return Reply(HTTPStatus.UNAUTHORIZED, "text/xml; charset=utf-8", body, realm)
    return Reply(HTTPStatus.OK, "text/xml; charset=utf-8", body)
