"""Cards: who has a stored one, what was charged, refunded and disputed, and which callbacks were refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from projections.cards.callbacks import RefusedCardCallbacks
from projections.cards.payments import INVARIANTS, CardPayments
from projections.cards.stored import AccountCards
from projections.platform.area import Area
from projections.platform.projection import Cursor


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The cards of the customer's accounts, and their payments."""
    rows = cursor.execute(
        """SELECT 'card/' || number FROM accounts WHERE customer = %(customer)s
           AND (number IN (SELECT account FROM account_cards) OR number IN (SELECT account FROM card_payments))
           UNION ALL SELECT 'card-payment/' || card_payment FROM card_payments
           JOIN accounts ON accounts.number = account WHERE customer = %(customer)s ORDER BY 1""",
        {"customer": customer},
    )
    return [row[0] for row in rows]


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The seller of the account of each card and card payment."""
    rows = cursor.execute(
        """SELECT 'card/' || number, seller FROM accounts WHERE number = ANY(%(cards)s)
           UNION ALL SELECT 'card-payment/' || card_payment, seller FROM card_payments
           JOIN accounts ON accounts.number = account WHERE card_payment = ANY(%(payments)s)""",
        {"cards": _named("card/", streams), "payments": _named("card-payment/", streams)},
    )
    return dict(rows)


def _named(kind: str, streams: Collection[str]) -> list[str]:
    return [stream.removeprefix(kind) for stream in streams if stream.startswith(kind)]


AREA = Area(
    true_by_date=(AccountCards(), CardPayments()),
    recorded=(RefusedCardCallbacks(),),
    invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
    sellers_of_streams=sellers_of_streams,
)
