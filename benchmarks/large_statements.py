"""Accounts whose statement has a lot of one thing, as the events of their streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.large_accounts import ACCOUNTS
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.plans import BillingPlan
from billing_core.kernel.events import Event
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionQuantityChanged,
    SubscriptionTermsCorrected,
)

SINCE = date(1990, 1, 1)


def changes(size: int) -> list[Event]:
    """A service whose quantity is another one every day."""
    return _service() + [
        SubscriptionQuantityChanged(
            effective_on=SINCE + timedelta(day + 1), subscription="S", quantity=Decimal(day + 1)
        )
        for day in range(size)
    ]


def corrections(size: int) -> list[Event]:
    """A service with corrected terms on every second day."""
    return _service() + [
        SubscriptionTermsCorrected(
            effective_on=SINCE + timedelta(2 * number + 1), to_on=SINCE + timedelta(2 * number + 2), subscription="S",
            agreed_prices={"fee": Decimal(18)}, reason="mistyped",
        )
        for number in range(size)
    ]  # fmt: skip


def _service() -> list[Event]:
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=7)
    opened = AccountOpened(effective_on=SINCE, account="A", customer="C1", seller="seller", currency="EUR", plan=plan)
    return [opened, SubscriptionActivated(effective_on=SINCE, subscription="S", tariff="internet")]


STATEMENTS: Mapping[str, Callable[[int], list[Event]]] = {
    "changes": changes,
    "corrections": corrections,
    "services": lambda size: ACCOUNTS["services"]["first bill"](size).events,
    "invoices": lambda size: ACCOUNTS["documents"]["an invoice each"](size).events,
    "credit notes": lambda size: ACCOUNTS["documents"]["a credit note each"](size).events,
    "payments": lambda size: ACCOUNTS["documents"]["payments of a cent"](size).events,
}
