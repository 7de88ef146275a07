"""Idram, a wallet in Armenia: a form is posted before the payment and after it; both want the bare text OK.

    EDP_PRECHECK=YES  EDP_BILL_NO=1001  EDP_REC_ACCOUNT=100000114  EDP_AMOUNT=1900.00      may it be paid?
    EDP_BILL_NO  EDP_REC_ACCOUNT  EDP_PAYER_ACCOUNT  EDP_AMOUNT  EDP_TRANS_ID  EDP_TRANS_DATE  EDP_CHECKSUM    paid

EDP_CHECKSUM is the MD5 of account, amount, secret, bill, payer, transaction and date, joined by colons. The question
before has no proof, so it is answered from the allowed networks alone, and says nothing but yes or no.
"""

from __future__ import annotations

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
from billing_core.kiosks.transactions import TRANSACTION

DATE = "%d/%m/%Y"


def checksum(fields: Mapping[str, str], secret: str) -> str:
    """The proof of a confirmation."""
    before, after = ("EDP_REC_ACCOUNT", "EDP_AMOUNT"), ("EDP_BILL_NO", "EDP_PAYER_ACCOUNT", "EDP_TRANS_ID",
                                                        "EDP_TRANS_DATE")  # fmt: skip
    values = [*(fields.get(name, "") for name in before), secret, *(fields.get(name, "") for name in after)]
    return hashlib.md5(":".join(values).encode(), usedforsecurity=False).hexdigest()


def read(incoming: Incoming, connected: Connected) -> Asked:
    """What a message asks."""
    fields = incoming.fields
    is_precheck = fields.get("EDP_PRECHECK") == "YES"
    transaction = fields.get("EDP_TRANS_ID", "")
    asked = Asked("check" if is_precheck else "pay", transaction if TRANSACTION.fullmatch(transaction) else "")
    if not is_precheck:
        right = [checksum(fields, secret) for secret in connected.secrets]
        if not is_one_of(fields.get("EDP_CHECKSUM", "").lower(), right):
            raise Refused("forged", "the checksum is wrong", asked)
    if fields.get("EDP_REC_ACCOUNT") != connected.terms.user:
        raise Refused("not-allowed", "EDP_REC_ACCOUNT is another merchant's", asked)
    asked = asked._replace(typed=typed_in(fields.get("EDP_BILL_NO", ""), asked))
    if not is_precheck:
        if not asked.transaction:
            raise Refused("malformed", "EDP_TRANS_ID is missing or no id", asked)
        asked = asked._replace(paid_on=day_of(fields.get("EDP_TRANS_DATE", "")[:10], DATE, asked),
                               payer_account=fields.get("EDP_PAYER_ACCOUNT", ""))  # fmt: skip
    currency = connected.terms.currency_on(asked.paid_on or connected.today)
    return asked._replace(amount=decimal_amount(fields.get("EDP_AMOUNT", ""), currency, asked))


def answer(incoming: Incoming, asked: Asked, found: Found, connected: Connected) -> Reply:
    """OK, or why not; what is not finished is asked to be sent again."""
    if found.verdict in ("ok", "nothing-due"):
        return Reply(HTTPStatus.OK, "text/plain; charset=utf-8", b"OK")
    again = found.verdict in ("try-later", "switched-off", "not-finished")
    status = HTTPStatus.SERVICE_UNAVAILABLE if again else HTTPStatus.OK
    return Reply(status, "text/plain; charset=utf-8", f"ERROR {found.verdict}".encode())
