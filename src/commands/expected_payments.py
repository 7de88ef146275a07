"""Expect a standing order of an account, and end it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.expected_payments.standing_orders import (
    StandingOrder,
    StandingOrderExpected,
    apply_standing_order,
    end,
    expect,
    standing_order_stream,
)
from billing_core.kernel.money import require_amount
from commands.accounts import load_account
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class ExpectStandingOrder(Command, frozen=True, kw_only=True):
    """Expect a payment of the same amount on a day of each month, as the customer says to have ordered at the bank.

    A month without the day has it on its last one. Another order replaces the one before.
    """

    account: str
    monthly: Decimal
    day: int
    from_on: date | None = None
    until: date | None = None


class EndStandingOrder(Command, frozen=True, kw_only=True):
    """Expect no further payment by standing order from today on."""

    account: str
    reason: str


# --- handlers


def handle_expect(command: ExpectStandingOrder, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    known, version = load_standing_order(transaction, command.account)
    fact = StandingOrderExpected(
        effective_on=origin.today,
        amount=require_amount(command.monthly, account.currency, "monthly"),
        day=command.day,
        from_on=command.from_on or origin.today,
        until_on=command.until,
    )
    return Decision((Append(standing_order_stream(command.account), version, expect(known, fact)),))


def handle_end(command: EndStandingOrder, transaction: Transaction, origin: Origin) -> Decision:
    load_account(transaction, command.account)
    known, version = load_standing_order(transaction, command.account)
    events = end(known, command.account, command.reason, origin.today)
    return Decision((Append(standing_order_stream(command.account), version, events),))


def load_standing_order(transaction: Transaction, account: str) -> tuple[StandingOrder | None, int]:
    """The standing order of an account, if any, and the version of its stream."""
    return transaction.load(standing_order_stream(account), apply_standing_order)


AREA = Area(handlers={ExpectStandingOrder: handle_expect, EndStandingOrder: handle_end})
