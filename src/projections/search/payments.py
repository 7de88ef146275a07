"""Which payments and remittances does a text find: by their id, the reference of their source, what the payer wrote?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing_core.kernel.money import Money
from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.search.hit import Hit, Sought, beginning_like
from projections.search.texts import as_written

COLUMNS = "payment_texts.payment, payment_texts.account, payment_texts.reference, payment_texts.written"
PAYMENTS = """
    SELECT found.*, accounts.customer, payments.amount, payments.currency, payments.received_on,
        CASE WHEN payments.reversed_on IS NULL THEN '' ELSE 'reversed' END
    FROM ({found}) AS found JOIN payments USING (payment, account) JOIN accounts ON accounts.number = found.account
    ORDER BY payments.received_on DESC, payment LIMIT %(most)s
"""
REMITTANCES = """
    SELECT found.*, '', remittances.amount, remittances.currency, remittances.received_on, remittances.state
    FROM ({found}) AS found JOIN remittances ON remittances.remittance = found.payment
    WHERE remittances.state = 'waiting' ORDER BY remittances.received_on DESC, payment LIMIT %(most)s
"""


def payments_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Payments of accounts, the newest first."""
    condition = f"account <> '' AND {accounts_of('account', sought.dealer)}"
    rows = cursor.execute(PAYMENTS.format(found=_found(condition)), _parameters(sought))
    return [_hit("payment", row, sought) for row in rows.fetchall()]


def remittances_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    """Remittances that wait, the newest first. One that was assigned is a payment; none is a dealer's."""
    if sought.dealer:
        return []
    rows = cursor.execute(REMITTANCES.format(found=_found("account = ''")), _parameters(sought))
    return [_hit("remittance", row, sought) for row in rows.fetchall()]


def _found(condition: str) -> str:
    """What begins like the text; `written` is empty for nobody, so that its index is of use."""
    ways = (("payment", condition), ("reference", condition), ("written", f"written <> '' AND {condition}"))
    return " UNION ".join(
        f"SELECT {COLUMNS} FROM {beginning_like('payment_texts', column, where)}" for column, where in ways
    )


def _parameters(sought: Sought) -> dict[str, Any]:
    return sought.parameters(sought.text, sought.text.upper(), as_written(sought.text))


def _hit(kind: Any, row: Sequence[Any], sought: Sought) -> Hit:
    payment, account, reference, written, customer, amount, currency, on, state = row
    matched, value = "payment_reference", written
    for name, known in (("number", payment), ("reference", reference)):
        if known.casefold().startswith(sought.text.casefold()):
            matched, value = name, known
            break
    rank = min(sought.rank(value), sought._replace(text=as_written(sought.text)).rank(value))
    return Hit(kind=kind, number=payment, matched=matched, value=value, rank=rank, account=account, customer=customer,
               amount=Money(amount, currency), state=state, on=on)  # fmt: skip
