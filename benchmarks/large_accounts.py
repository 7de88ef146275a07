"""Accounts that have a lot of one thing: services, charges on record, documents, usage.

Each is made in memory by the rules, as the events of one stream, up to the moment before a bill: the bill is what is
measured. Services cost 20.00 a month with 20 % VAT; one that is billed by the day costs 0.65.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.items import charge_once
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.billing.decision import decide_bill
from billing_core.billing.issuing import Issue, bill_events
from billing_core.billing.run import HistoryNeeded
from billing_core.catalogue.components import Discount, Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.tariffs import Catalogue, Revision, Tariff
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.versions import PartyVersion
from billing_core.payments.events import PaymentReceived
from billing_core.payments.receiving import receive
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionQuantityChanged,
    SubscriptionRepriced,
    SubscriptionTerminated,
)
from billing_core.time.period_rules import MONTHLY, PeriodRule
from billing_core.usage.records import used_once

JANUARY, CHANGED_ON, FEBRUARY = date(2026, 1, 1), date(2026, 1, 16), date(2026, 2, 1)
DAILY = PeriodRule(unit="day")
DAYS_AT_ONCE = 1_000
CENTS = Decimal("0.01")
NOBODY = PartyVersion("C1", 1)
NUMBERS = map(str, count(1))


class LargeAccount(NamedTuple):
    """The events of an account, the day up to which it is billed, and how many documents that makes."""

    events: list[Event]
    on: date
    documents: int


# --- price lists


def _fee(price: str, period: PeriodRule = MONTHLY) -> Recurring:
    prices = (Price(amount=Decimal(price), valid_from=date.min),)
    return Recurring(code="fee", name="Fee", vat_rate=Decimal(20), prices=prices, period=period)


def _tariff(code: str, *components: Any, revisions: tuple[Revision, ...] = ()) -> Tariff:
    return Tariff(code=code, name=code.title(), currency="EUR", components=components, revisions=revisions)


_CHEAPER = Revision(valid_from=CHANGED_ON, components=(_fee("18.00"),))
_WITH_TELEVISION = Discount(
    code="bundle",
    name="With television",
    vat_rate=Decimal(20),
    on=("fee",),
    percent=Decimal(20),
    bundle=("television",),
)
_DATA = Usage(code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal("0.10")))
TARIFFS = (
    _tariff("internet", _fee("20.00")),
    _tariff("cheaper", _fee("20.00"), revisions=(_CHEAPER,)),
    _tariff("daily", _fee("0.65", DAILY)),
    _tariff("bundled", _fee("20.00"), _WITH_TELEVISION),
    _tariff("television", _fee("20.00")),
    _tariff("metered", _fee("20.00"), _DATA),
)
CATALOGUE: Catalogue = {tariff.code: tariff for tariff in TARIFFS}
BEFORE: Catalogue = {tariff.code: msgspec.structs.replace(tariff, revisions=()) for tariff in TARIFFS}


# --- the accounts


class _Making:
    """An account in the making."""

    def __init__(self, **plan: Any) -> None:
        self.events: list[Event] = []
        self.account: Account
        self._state: Account | None = None
        self._history = BillingHistory()
        terms = BillingPlan(billing_day=1, due_days=14, tolerance_days=7, **plan)
        self.record(
            AccountOpened(
                effective_on=date(1990, 1, 1), account="", customer="C1", seller="seller", currency="EUR",
                plan=terms,
            )
        )  # fmt: skip

    def record(self, *facts: Event) -> None:
        for fact in facts:
            self._state = apply_account(self._state, fact)
            self._history.apply(fact)
            self.events.append(fact)
        assert self._state is not None
        self.account = self._state

    def activate(self, tariff: str, codes: Iterable[object], on: date = JANUARY) -> None:
        self.record(*(SubscriptionActivated(effective_on=on, subscription=f"S{code}", tariff=tariff) for code in codes))

    def use(self, subscription: str, on: date) -> None:
        self.record(used_once(subscription, "data", on, Decimal("1.5")))

    def pay(self, amount: Decimal, on: date, reference: object) -> None:
        payment = PaymentReceived(
            effective_on=on, customer="C1", source="bench", reference=str(reference), amount=Money(amount, "EUR")
        )
        self.record(*receive(self.account.ledger, payment, None))

    def charge_once(self, number: int, on: date) -> None:
        self.record(*charge_once(self.account, number, "Cable", Money(Decimal("1.00"), "EUR"), Decimal(20), on))

    def bill(self, on: date, catalogue: Catalogue = BEFORE) -> None:
        issue = Issue(on, NOBODY, NOBODY, NUMBERS, NUMBERS)
        try:
            bill = decide_bill(self.account, catalogue, on, None, on)
        except HistoryNeeded:
            bill = decide_bill(self.account, catalogue, on, self._history, on)
        if bill is not None:
            self.record(*bill_events(self.account, bill, issue, on))

    def until(self, on: date, documents: int) -> LargeAccount:
        return LargeAccount(self.events, on, documents)


def _services(tariff: str, number: int, **plan: Any) -> _Making:
    made = _Making(**plan)
    made.activate(tariff, range(number))
    return made


def first_bill(number: int) -> LargeAccount:
    """Services that are billed for the first time."""
    return _services("internet", number).until(JANUARY, 1)


def one_changed(number: int) -> LargeAccount:
    """Services; one was changed on a day that was charged."""
    made = _services("internet", number)
    made.bill(JANUARY)
    made.record(SubscriptionQuantityChanged(effective_on=CHANGED_ON, subscription="S0", quantity=Decimal(2)))
    return made.until(CHANGED_ON, 2)


def all_changed(number: int) -> LargeAccount:
    """Services whose price fell on a day that was charged: a credit note of so many lines."""
    made = _services("cheaper", number)
    made.bill(JANUARY)
    made.record(*_repriced(number))
    return made.until(CHANGED_ON, 2)


def bundled(number: int) -> LargeAccount:
    """Services with a discount for one of them, which ended on a day that was charged."""
    made = _services("bundled", number)
    made.activate("television", ["tv"])
    made.bill(JANUARY)
    made.record(SubscriptionTerminated(effective_on=CHANGED_ON, subscription="Stv"))
    return made.until(CHANGED_ON, 2)


def prepaid_short(number: int) -> LargeAccount:
    """Prepaid services, with money for half of them: the others are suspended."""
    made = _services("internet", number, prepaid=Prepaid())
    made.pay(Decimal(24) * (number // 2), JANUARY, "half")
    return made.until(JANUARY, 1)


def prepaid_back(number: int) -> LargeAccount:
    """Prepaid services that wait for money, which comes for half of them."""
    made = _services("internet", number, prepaid=Prepaid())
    made.bill(JANUARY)
    made.pay(Decimal(12) * (number // 2), CHANGED_ON, "half")
    return made.until(CHANGED_ON, 1)


def used_each(number: int) -> LargeAccount:
    """Services with something used of each."""
    made = _services("metered", number)
    made.bill(JANUARY)
    for code in range(number):
        made.use(f"S{code}", CHANGED_ON)
    return made.until(FEBRUARY, 1)


def items(number: int) -> LargeAccount:
    """Items charged by hand that wait for an invoice."""
    made = _services("internet", 1)
    for item in range(number):
        made.charge_once(item, JANUARY)
    return made.until(JANUARY, 1)


def days_charged(number: int) -> LargeAccount:
    """One service that was charged for so many days, and changed on the last but one."""
    made = _Making()
    first_on = JANUARY - timedelta(days=number)
    made.activate("daily", [0], first_on)
    for days in [*range(DAYS_AT_ONCE, number, DAYS_AT_ONCE), number]:
        made.bill(first_on + timedelta(days=days))
    made.record(SubscriptionQuantityChanged(effective_on=JANUARY, subscription="S0", quantity=Decimal(2)))
    return made.until(JANUARY, 2)


def invoice_each(number: int) -> LargeAccount:
    """Services with an invoice for each."""
    return _services("internet", number, invoice_per="service").until(JANUARY, number)


def credited_each(number: int) -> LargeAccount:
    """So many open invoices; each gets a credit note, and each service a new invoice."""
    made = _services("cheaper", number, invoice_per="service")
    made.bill(JANUARY)
    made.record(*_repriced(number))
    return made.until(CHANGED_ON, 2 * number)


def credited_while_others_are_open(number: int) -> LargeAccount:
    """So many invoices, half of them paid; each gets a credit note, and those of paid ones settle others."""
    made = _services("cheaper", number, invoice_per="service")
    made.bill(JANUARY)
    made.pay(Decimal(24) * (number // 2), JANUARY, "half")
    made.record(*_repriced(number))
    return made.until(CHANGED_ON, 2 * number)


def one_credited(number: int) -> LargeAccount:
    """One of so many open invoices gets a credit note."""
    made = _services("internet", number, invoice_per="service")
    made.bill(JANUARY)
    made.record(SubscriptionQuantityChanged(effective_on=CHANGED_ON, subscription="S0", quantity=Decimal(2)))
    return made.until(CHANGED_ON, 2)


def paid_by_cents(number: int) -> LargeAccount:
    """So many payments of a cent, all unused."""
    made = _Making()
    for payment in range(number):
        made.pay(CENTS, JANUARY, payment)
    made.activate("internet", range(max(1, number // 2_000)))
    return made.until(JANUARY, 1)


def used_in_a_month(number: int) -> LargeAccount:
    """So many things used of one service, in one month."""
    made = _services("metered", 1)
    made.bill(JANUARY)
    for entry in range(number):
        made.use("S0", JANUARY + timedelta(days=entry % 31))
    return made.until(FEBRUARY, 1)


def used_late(number: int) -> LargeAccount:
    """So many things used within a year, charged by the month, and one more that is learnt late."""
    made = _services("metered", 1)
    made.bill(JANUARY)
    for entry in range(number):
        made.use("S0", JANUARY + timedelta(days=entry % 365))
    made.bill(date(2027, 1, 1))
    made.use("S0", CHANGED_ON)
    return made.until(date(2027, 1, 1), 1)


def _repriced(number: int) -> Iterable[SubscriptionRepriced]:
    return (
        SubscriptionRepriced(
            list_change=1, effective_on=CHANGED_ON, subscription=f"S{code}", tariff="cheaper", revised_from=CHANGED_ON
        )
        for code in range(number)
    )


ACCOUNTS: Mapping[str, Mapping[str, Callable[[int], LargeAccount]]] = {
    "services": {
        "first bill": first_bill, "one changed": one_changed, "all changed": all_changed, "bundled": bundled,
        "prepaid, short of money": prepaid_short, "prepaid, back for money": prepaid_back, "used each": used_each,
    },
    "charges": {"items by hand": items, "days charged": days_charged},
    "documents": {
        "an invoice each": invoice_each, "a credit note each": credited_each,
        "a credit note each, half paid": credited_while_others_are_open, "one credited": one_credited,
        "payments of a cent": paid_by_cents,
    },
    "usage": {"used in a month": used_in_a_month, "used late": used_late},
}  # fmt: skip
