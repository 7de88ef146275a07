"""How much money came in, on which day, by which way, through whom, and how much of it went back?

Every fact about money of customers is an entry with a signed amount, of the day on which it counts. Money that waits is
nobody's: once it is assigned, an entry takes it from nobody and another one gives it to the account, on the day on
which it came in. So the sum of all entries is what came in less what went back, at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import (
    CreditPaidOut,
    MoneyReceived,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    PayOutReturned,
)
from billing_core.payments.remittances import (
    RemittanceActUndone,
    RemittanceAssigned,
    RemittanceGivenBack,
    RemittanceReceived,
    RemittanceSplit,
)
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "stream": "text", "payment": "text", "version": "int8", "part": "int4", "account": "text", "booked_on": "date",
    "kind": "text", "method": "text", "source": "text", "operator": "text", "amount": "numeric", "currency": "text",
}  # fmt: skip
# What takes money back has the method and the source with which it came; a credit note has neither.
INSERT_LATER = """
    INSERT INTO income (stream, payment, version, part, account, booked_on, kind, method, source, operator, amount,
                        currency)
    SELECT later.stream, later.payment, version, part, account, booked_on, kind, coalesce(arrival.method, 'other'),
        coalesce(arrival.source, ''), operator, amount, currency
    FROM unnest(%b::text[], %b::text[], %b::int8[], %b::int4[], %b::text[], %b::date[], %b::text[], %b::text[],
                %b::numeric[], %b::text[])
        AS later (stream, payment, version, part, account, booked_on, kind, operator, amount, currency)
    LEFT JOIN LATERAL (
        SELECT method, source FROM income WHERE income.stream = later.stream AND income.version < later.version
            AND (income.payment = later.payment OR starts_with(later.stream, 'remittance/'))
        ORDER BY income.version DESC LIMIT 1
    ) AS arrival ON true
"""

IncomeBy = Literal["day", "month", "method", "source", "kind", "dealer", "operator"]
KEYS: Mapping[IncomeBy, str] = {
    "day": "income.booked_on::text",
    "month": "to_char(income.booked_on, 'YYYY-MM')",
    "method": "income.method",
    "source": "income.source",
    "kind": "income.kind",
    "operator": "income.operator",
    "dealer": "coalesce(customers.dealer, '')",
}
# Whose a customer is counts as known now.
OF_CUSTOMERS = """
    LEFT JOIN accounts ON accounts.number = income.account LEFT JOIN customers ON customers.number = accounts.customer
"""


class Income:
    """Entries of money: `received`, `assigned`, `moved`, `reversed`, `refunded`, `paid-out`, `given-back`.

    What a bank returns of a pay-out is an entry `paid-out` that comes in.
    """

    name = "income"
    version = 2
    tables = ("income",)
    by_stream = True
    definition = """
        CREATE TABLE income (
            stream text COLLATE "C" NOT NULL, payment text COLLATE "C" NOT NULL, version bigint NOT NULL,
            part integer NOT NULL, account text COLLATE "C" NOT NULL, booked_on date NOT NULL, kind text NOT NULL,
            method text NOT NULL, source text NOT NULL, operator text NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, PRIMARY KEY (stream, payment, version, part)
        );
    """
    indexes = "CREATE INDEX ON income (booked_on); CREATE INDEX ON income (account);"
    streams = ("account", "remittance")
    folds: tuple[type[Event], ...] = (
        PaymentReceived, PaymentMovedIn, PaymentMovedAway, PaymentReversed, PaymentPartlyReversed, PaymentRefunded,
        CreditPaidOut, PayOutReturned, RemittanceReceived, RemittanceAssigned, RemittanceSplit, RemittanceGivenBack,
        RemittanceActUndone,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        arrivals = [_arrival(entry) for entry in page if isinstance(entry.event, MoneyReceived)]
        later = [row for entry in page for row in _later(entry)]
        if arrivals:
            insert_rows(cursor, "income", COLUMNS, arrivals)
        if later:
            cursor.execute(INSERT_LATER, as_columns(later, 10))


def _arrival(entry: LoggedEvent) -> tuple[Any, ...]:
    fact = entry.event
    assert isinstance(fact, MoneyReceived)
    return (
        entry.stream, fact.payment, entry.version, 0, _account(entry), fact.effective_on, _kind_of_arrival(fact),
        fact.method, fact.source, entry.origin.actor, fact.amount.amount, fact.amount.currency,
    )  # fmt: skip


def _kind_of_arrival(fact: MoneyReceived) -> str:
    if isinstance(fact, PaymentMovedIn):
        return "moved"
    return "assigned" if isinstance(fact, PaymentReceived) and fact.remittance else "received"


def _later(entry: LoggedEvent) -> Iterator[tuple[Any, ...]]:
    """The entries of what takes money away, by the payment that it is taken of."""
    for part, (kind, payment, amount) in enumerate(_taken(entry)):
        yield (entry.stream, payment, entry.version, part, _account(entry), entry.event.effective_on, kind,
               entry.origin.actor, -amount.amount, amount.currency)  # fmt: skip


def _taken(entry: LoggedEvent) -> Iterator[tuple[str, str, Money]]:
    match entry.event:
        case PaymentMovedAway(payment=payment, amount=amount):
            yield "moved", payment, amount
        case PaymentReversed(payment=payment, amount=amount) | PaymentPartlyReversed(payment=payment, amount=amount):
            yield "reversed", payment, amount
        case PaymentRefunded(payment=payment, amount=amount):
            yield "refunded", payment, amount
        case CreditPaidOut(parts=parts):
            for part in parts:
                yield "paid-out", part.credit, part.amount
        case PayOutReturned(parts=parts):
            for part in parts:
                yield "paid-out", part.credit, -part.amount
        case RemittanceAssigned(amount=amount):
            yield "assigned", entry.number, amount
        case RemittanceSplit(parts=portions):
            for portion in portions:
                yield "assigned", portion.payment, portion.amount
        case RemittanceGivenBack(amount=amount):
            yield "given-back", entry.number, amount
        case RemittanceActUndone(act=act, amount=amount) if act != "other income":
            yield "given-back" if act == "given back" else "moved", entry.number, -amount


def _account(entry: LoggedEvent) -> str:
    """The account whose money it is; none for money that waits."""
    return entry.number if entry.stream.startswith("account/") else ""


# --- queries


class IncomeRow(msgspec.Struct):
    """The money of one key and currency.

    `payments` were received, `came_in` is their sum with what was assigned and moved here; `went_back` is what was
    taken back, refunded, paid out and given back; `income` is what is left.
    """

    key: str
    payments: int
    came_in: Money
    went_back: Money
    income: Money


class ChosenIncome(NamedTuple):
    """The entries of `[from_on, to_on)`, of a dealer's customers if one is named; None does not matter."""

    by: IncomeBy
    from_on: date | None = None
    to_on: date | None = None
    dealer: str = ""


def income_by(cursor: Cursor, chosen: ChosenIncome) -> list[IncomeRow]:
    """The income by one key and by currency, in the order of the key; days and months the newest first."""
    order = "DESC" if chosen.by in ("day", "month") else "ASC"
    rows = cursor.execute(
        f"""SELECT {KEYS[chosen.by]} AS key, income.currency, count(*) FILTER (WHERE income.kind = 'received'),
                coalesce(sum(amount) FILTER (WHERE income.kind IN ('received', 'assigned', 'moved')), 0),
                coalesce(-sum(amount) FILTER (WHERE income.kind NOT IN ('received', 'assigned', 'moved')), 0),
                sum(amount)
            FROM income {OF_CUSTOMERS if chosen.by == "dealer" else ""}
            WHERE (%(from_on)s::date IS NULL OR income.booked_on >= %(from_on)s)
            AND (%(to_on)s::date IS NULL OR income.booked_on < %(to_on)s)
            AND {accounts_of("income.account", chosen.dealer)}
            GROUP BY key, income.currency ORDER BY key {order}, income.currency""",
        chosen._asdict(),
    )
    return [
        IncomeRow(key, payments, *(Money(amount, currency) for amount in amounts))
        for key, currency, payments, *amounts in rows
    ]


# --- what must hold

INVARIANTS = {
    "money that is assigned to an account is taken from what waited": """
        SELECT payment FROM income WHERE kind = 'assigned' GROUP BY payment, currency HAVING sum(amount) <> 0
    """,
}


AREA = Area(true_by_date=(Income(),), invariants=INVARIANTS)
