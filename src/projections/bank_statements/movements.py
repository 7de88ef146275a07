"""What became of each movement of a statement?

Who paid, and what they wrote, is personal and stays in the streams of accounts, remittances and statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from billing_core.bank_statements.recorded import MovementBooked, MovementCorrected, MovementTookBack
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.payments.remittances import RemittanceReceived
from projections.platform.ordering import day_in
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "statement": "text", "line": "int8", "movement": "text", "source": "text", "booked_on": "date",
    "amount": "numeric", "currency": "text", "use": "text", "account": "text", "code": "text",
    "return_reason": "text", "end_to_end": "text",
}  # fmt: skip
# What reverses money is a matter of a year; older money is looked for by hand.
LONGEST = timedelta(days=400)


class BankMovements:
    """Every movement that a statement brought: income with its account if it had one, and what is no income."""

    name = "bank-movements"
    version = 1
    tables = ("bank_movements",)
    streams = ("account", "remittance", "bank-statement")
    by_stream = True
    definition = """
        CREATE TABLE bank_movements (
            statement text COLLATE "C" NOT NULL, line bigint NOT NULL, movement text COLLATE "C" NOT NULL,
            source text COLLATE "C" NOT NULL, booked_on date NOT NULL, amount numeric NOT NULL, currency text NOT NULL,
            use text NOT NULL, account text NOT NULL, code text NOT NULL, return_reason text NOT NULL,
            end_to_end text NOT NULL, took_back text NOT NULL DEFAULT '', reason text NOT NULL DEFAULT ''
        );
        CREATE INDEX ON bank_movements (movement);
    """
    indexes = """
        CREATE INDEX ON bank_movements (statement, line);
        CREATE INDEX ON bank_movements (source, booked_on, amount);
        CREATE INDEX ON bank_movements (statement) WHERE use IN ('return', 'reversal') AND took_back = '';
    """
    folds: tuple[type[Event], ...] = (
        PaymentReceived, RemittanceReceived, MovementBooked, MovementCorrected, MovementTookBack,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        arrived = [row for entry in page if (row := _row(entry)) is not None]
        if arrived:
            insert_rows(cursor, "bank_movements", COLUMNS, arrived)
        corrected = [
            (fact.movement, fact.use, fact.reason) for entry in page
            if isinstance(fact := entry.event, MovementCorrected)
        ]  # fmt: skip
        if corrected:
            cursor.execute(
                """UPDATE bank_movements SET use = change.use, reason = change.reason
                   FROM unnest(%b::text[], %b::text[], %b::text[]) WITH ORDINALITY
                       AS change (movement, use, reason, place)
                   WHERE bank_movements.movement = change.movement AND NOT EXISTS (
                       SELECT FROM unnest(%b::text[]) WITH ORDINALITY AS later (movement, place)
                       WHERE later.movement = change.movement AND later.place > change.place)""",
                [*as_columns(corrected, 3), [row[0] for row in corrected]],
            )
        took_back = [
            (fact.movement, fact.payment) for entry in page if isinstance(fact := entry.event, MovementTookBack)
        ]
        if took_back:
            cursor.execute(
                """UPDATE bank_movements SET took_back = change.payment
                   FROM unnest(%b::text[], %b::text[]) AS change (movement, payment)
                   WHERE bank_movements.movement = change.movement""",
                as_columns(took_back, 2),
            )


def _row(entry: LoggedEvent) -> tuple[Any, ...] | None:
    match entry.event:
        case PaymentReceived(remittance="", statement=written) as fact if written:
            return _income(fact, written, entry.number)
        case RemittanceReceived(statement=written) as fact if written:
            return _income(fact, written, "")
        case MovementBooked() as fact:
            return (
                entry.number, fact.line, fact.movement, fact.source, fact.effective_on, fact.amount.amount,
                fact.amount.currency, fact.use, "", fact.code, fact.return_reason, fact.end_to_end,
            )  # fmt: skip
    return None


def _income(fact: PaymentReceived | RemittanceReceived, written: str, account: str) -> tuple[Any, ...] | None:
    statement, _, line = written.rpartition(" line ")
    if not statement or not line.isdigit():
        return None
    return (
        statement, int(line), fact.payment, fact.source, fact.effective_on, fact.amount.amount, fact.amount.currency,
        "income", account, "", "", "",
    )  # fmt: skip


# --- queries


class MovementRow(msgspec.Struct):
    """A movement as listed, and what became of it.

    `use` says what it is. Income is on an `account` now, or a remittance with the state `remittance`; `took_back` is
    the payment that a return or a reversal took back, empty as long as it is not found.
    """

    line: int
    movement: str
    booked_on: date
    amount: Money
    use: str
    account: str
    remittance: str
    reversed_on: date | None
    took_back: str
    return_reason: str
    reason: str


SELECT_MOVEMENTS = """
    SELECT line, movement, booked_on, bank_movements.amount, bank_movements.currency, use,
           coalesce(paid.account, assigned.account, bank_movements.account), coalesce(remittances.state, ''),
           paid.reversed_on, took_back, return_reason, bank_movements.reason
    FROM bank_movements
    LEFT JOIN remittances ON use = 'income' AND bank_movements.account = ''
        AND remittance IN (movement, movement || '-corrected')
    LEFT JOIN LATERAL (
        SELECT account FROM remittance_acts WHERE remittance_acts.remittance = remittances.remittance
            AND act = 'assigned' AND NOT is_undone ORDER BY place DESC LIMIT 1
    ) AS assigned ON true
    LEFT JOIN LATERAL (
        SELECT account, reversed_on FROM payments WHERE use = 'income' AND payment = coalesce(remittance, movement)
            AND payments.account = coalesce(nullif(bank_movements.account, ''), assigned.account)
        ORDER BY version DESC LIMIT 1
    ) AS paid ON true
    WHERE statement = %s AND line > %s ORDER BY line LIMIT %s
"""


def movements_of(cursor: Cursor, statement: str, after: int, limit: int) -> list[MovementRow]:
    """The movements that a statement brought, after a line; those that were known before are in another one."""
    rows = cursor.execute(SELECT_MOVEMENTS, (statement, after, limit)).fetchall()
    return [
        MovementRow(line, movement, on, Money(amount, currency), *rest)
        for line, movement, on, amount, currency, *rest in rows
    ]


class ReturnRow(msgspec.Struct):
    """A return or reversal: what it took back, or that this is not found."""

    statement: str
    line: int
    movement: str
    booked_on: date
    amount: Money
    use: str
    return_reason: str
    code: str
    end_to_end: str
    took_back: str


def returns_before(
    cursor: Cursor, after: str, limit: int, *, waiting_only: bool = False
) -> list[ReturnRow]:  # fmt: skip
    """Returns and reversals, the newest first; `after` is day and name of the last one that was listed."""
    on, _, name = after.partition(" ")
    rows = cursor.execute(
        """SELECT statement, line, movement, booked_on, amount, currency, use, return_reason, code, end_to_end,
                  took_back
           FROM bank_movements WHERE use IN ('return', 'reversal') AND (NOT %(waiting)s OR took_back = '')
           AND (%(on)s::date IS NULL OR (booked_on, movement) < (%(on)s, %(name)s))
           ORDER BY booked_on DESC, movement DESC LIMIT %(limit)s""",
        {"waiting": waiting_only, "on": day_in(on, after), "name": name, "limit": limit},
    )
    return [
        ReturnRow(statement, line, movement, booked_on, Money(amount, currency), *rest)
        for statement, line, movement, booked_on, amount, currency, *rest in rows.fetchall()
    ]


def statements_taking_back(cursor: Cursor) -> list[str]:
    """The statements with returns or reversals whose payment is not found."""
    rows = cursor.execute(
        """SELECT DISTINCT statement FROM bank_movements WHERE use IN ('return', 'reversal') AND took_back = ''
           ORDER BY statement"""
    )
    return [row[0] for row in rows.fetchall()]


class Income(NamedTuple):
    """Income of a bank account: its name, and its account if it had one at once."""

    movement: str
    account: str


def income_like(cursor: Cursor, source: str, amount: Decimal, currency: str, upto: date) -> list[Income]:
    """Income of a bank account of an amount, up to a day and not long before."""
    rows = cursor.execute(
        """SELECT movement, account FROM bank_movements WHERE source = %s AND amount = %s AND currency = %s
           AND use = 'income' AND booked_on BETWEEN %s AND %s ORDER BY booked_on DESC, movement LIMIT 1000""",
        (source, amount, currency, upto - LONGEST, upto),
    )
    return [Income(*row) for row in rows.fetchall()]


# --- what must hold

INVARIANTS = {
    "the movements that a statement brought make the difference of its balances": """
        SELECT bank_statements.statement FROM bank_statements WHERE state = 'booked' AND known = 0 AND rejected = 0
        AND credits + debits <> coalesce((
            SELECT sum(amount) FROM bank_movements WHERE bank_movements.statement = bank_statements.statement), 0)
    """,
}
