"""Which documents are made of the charges that wait, and when: stories on a moving clock, and what always holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.accounts.invoice_dates import ChargesDeferred
from billing_core.accounts.parking import Parked
from billing_core.billing.run import account_due_on
from billing_core.catalogue.components import AnyComponent, Recurring
from billing_core.catalogue.prices import Price
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.time.due_dates import DayOfMonth, WorkingDayAfterIssue, WorkingWeek
from billing_core.time.period_rules import PeriodRule
from tests.billing_core.price_lists import ALWAYS, monthly, once, tariff
from tests.billing_core.subscriber import Subscriber, told

MONTHLY = PeriodRule()
QUARTERLY = PeriodRule(interval=3)
CALENDAR_QUARTER = PeriodRule(interval=3, anchor_on=date(2026, 1, 1))


def daily(price: str, vat: str = "0") -> AnyComponent:
    """A fee for every day, in advance."""
    prices = (Price(amount=Decimal(price), valid_from=ALWAYS),)
    return Recurring(
        code="daily", name="daily fee", vat_rate=Decimal(vat), prices=prices, period=PeriodRule(unit="day")
    )


NET = tariff("net", monthly("30.00", vat="20"))
TV = tariff("tv", monthly("10.00", vat="20"))
DAILY = tariff("daily", daily("1.00"))


def documents(facts: Sequence[Event]) -> list[str]:
    """What was issued and carried over, without what was posted, on which day."""
    told_facts = []
    for fact in facts:
        if isinstance(fact, InvoiceIssued | CreditNoteIssued | ChargesDeferred):
            told_facts += [f"{fact.effective_on:%d %b}: {line}" for line in told([fact])]
    return told_facts


def lines_of(subscriber: Subscriber) -> list[list[str]]:
    """The subscriptions of the charges on each invoice."""
    return [
        [line.charge.partition("/")[0] for line in fact.lines]
        for fact in subscriber.events
        if isinstance(fact, InvoiceIssued)
    ]


def named_on(facts: Sequence[Event]) -> list[tuple[str, str]]:
    """The service and the address that each document names; two empty texts where it is about the whole account."""
    return [
        ("", "") if fact.subject is None else (fact.subject.subscription, fact.subject.address)
        for fact in facts
        if isinstance(fact, InvoiceIssued | CreditNoteIssued)
    ]


# --- when


def test_charges_by_the_day_are_invoiced_on_the_billing_day():
    subscriber = Subscriber(DAILY, billing_day=10, invoice_every=MONTHLY)
    subscriber.activate("daily", "2026-02-20")

    subscriber.bill_each_period(date(2026, 4, 11))

    assert documents(subscriber.events) == [
        "10 Mar: invoice 1001: 19.00 + VAT 0.00 = 19.00, due 24 Mar",
        "10 Apr: invoice 1002: 31.00 + VAT 0.00 = 31.00, due 24 Apr",
    ]
    assert sum(isinstance(fact, ChargesPosted) for fact in subscriber.events) == 50
    assert subscriber.account.pending == []


def test_a_day_that_is_charged_makes_the_account_due_on_its_invoice_date_also_after_the_end():
    subscriber = Subscriber(DAILY, billing_day=10, invoice_every=MONTHLY)
    subscriber.activate("daily", "2026-02-20")
    subscriber.terminate("2026-02-22")

    subscriber.bill_each_period(date(2026, 3, 1))

    assert documents(subscriber.events) == []
    assert subscriber.account.invoice_on == account_due_on(subscriber.account) == date(2026, 3, 10)
    assert documents(subscriber.bill("2026-03-10")) == ["10 Mar: invoice 1001: 2.00 + VAT 0.00 = 2.00, due 24 Mar"]
    assert account_due_on(subscriber.account) is None
    assert subscriber.bill("2026-04-10") == []


def test_months_are_invoiced_by_the_quarter_of_the_calendar():
    subscriber = Subscriber(NET, invoice_every=CALENDAR_QUARTER)
    subscriber.activate("net", "2026-02-01")

    subscriber.bill_each_period(date(2026, 8, 1))

    assert documents(subscriber.events) == [
        "01 Apr: invoice 1001: 90.00 + VAT 18.00 = 108.00, due 15 Apr",
        "01 Jul: invoice 1002: 90.00 + VAT 18.00 = 108.00, due 15 Jul",
    ]


def test_invoice_dates_on_the_31st_do_not_drift():
    subscriber = Subscriber(DAILY, opened="2026-01-31", billing_day=31, invoice_every=MONTHLY)
    subscriber.activate("daily", "2026-01-31")

    subscriber.bill_each_period(date(2026, 6, 1))

    issued = [fact.effective_on for fact in subscriber.events if isinstance(fact, InvoiceIssued)]
    assert issued == [date(2026, month, day) for month, day in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31))]


def test_an_account_that_is_late_by_more_than_an_invoice_date_is_invoiced_at_once():
    subscriber = Subscriber(DAILY, invoice_every=MONTHLY)
    subscriber.activate("daily", "2026-01-10")
    assert documents(subscriber.bill("2026-01-20")) == []

    assert documents(subscriber.bill("2026-03-05")) == ["05 Mar: invoice 1001: 55.00 + VAT 0.00 = 55.00, due 19 Mar"]
    assert documents(subscriber.bill("2026-03-31")) == []
    assert documents(subscriber.bill("2026-04-01")) == ["01 Apr: invoice 1002: 27.00 + VAT 0.00 = 27.00, due 15 Apr"]


def test_another_billing_day_brings_the_invoice_date_forward():
    subscriber = Subscriber(DAILY, billing_day=1, invoice_every=MONTHLY)
    subscriber.activate("daily", "2026-03-05")
    subscriber.bill("2026-03-05")
    subscriber.change_billing_day(20, "2026-03-10")

    assert subscriber.account.invoice_on == date(2026, 3, 20)
    assert documents(subscriber.bill("2026-03-20")) == ["20 Mar: invoice 1001: 16.00 + VAT 0.00 = 16.00, due 03 Apr"]
    assert subscriber.account.next_invoice_on(date(2026, 3, 21)) == date(2026, 4, 20)


def test_a_billing_day_to_come_moves_no_invoice_date_before_it():
    subscriber = Subscriber(DAILY, billing_day=1, invoice_every=MONTHLY)
    subscriber.change_billing_day(20, "2026-06-05")

    dates = [subscriber.account.next_invoice_on(date(2026, 3, 2))]
    while len(dates) < 5:
        dates.append(subscriber.account.next_invoice_on(dates[-1] + timedelta(days=1)))
    assert dates == [date(2026, month, day) for month, day in ((4, 1), (5, 1), (6, 1), (6, 20), (7, 20))]


def test_corrections_of_invoiced_charges_do_not_wait():
    subscriber = Subscriber(NET, TV, invoice_every=QUARTERLY)
    subscriber.activate("net", "2026-01-01")
    subscriber.bill("2026-01-01")
    subscriber.bill("2026-02-01")
    subscriber.change_tariff("tv", "2026-01-17")

    assert documents(subscriber.bill("2026-02-05")) == [
        "05 Feb: credit note 5001 for 1001: -14.52 + VAT -2.90 = -17.42"
    ]
    assert [f"{charge.tariff} {charge.amount.amount}" for charge in subscriber.account.pending] == [
        "net 30.00", "tv 4.84", "net -30.00", "tv 10.00",
    ]  # fmt: skip
    subscriber.bill("2026-03-01")
    assert documents(subscriber.bill("2026-04-01")) == ["01 Apr: invoice 1002: 34.84 + VAT 6.97 = 41.81, due 15 Apr"]


def test_a_charge_taken_back_while_it_waits_is_settled_on_the_same_invoice():
    subscriber = Subscriber(NET, TV, invoice_every=QUARTERLY)
    subscriber.activate("net", "2026-01-15")
    subscriber.activate("tv", "2026-02-01", code="S2")
    subscriber.bill("2026-02-01")
    subscriber.waive_charge("S1/monthly/2026-01-15/2026-02-01/0", "2026-02-02")

    assert documents(subscriber.bill("2026-04-01"))[-1] == (
        "01 Apr: invoice 1001: 120.00 + VAT 24.00 = 144.00, due 15 Apr"
    )


def test_what_sums_to_zero_waits_for_other_charges_and_says_so_once():
    subscriber = Subscriber(NET, invoice_every=QUARTERLY)
    subscriber.activate("net", "2026-01-15")
    subscriber.bill("2026-01-15")
    subscriber.terminate("2026-02-01")
    subscriber.waive_charge("S1/monthly/2026-01-15/2026-02-01/0", "2026-01-16")
    subscriber.bill("2026-02-01")

    assert documents(subscriber.bill("2026-04-01")) == ["01 Apr: sums to zero, waits"]
    assert account_due_on(subscriber.account) is None
    assert subscriber.bill("2026-07-01") == []


# --- how many


def test_one_invoice_for_each_service():
    subscriber = Subscriber(NET, TV, invoice_per="service")
    subscriber.activate("net", "2026-01-01", code="home")
    subscriber.activate("tv", "2026-01-01", code="office")

    assert documents(subscriber.bill("2026-01-01")) == [
        "01 Jan: invoice 1001: 30.00 + VAT 6.00 = 36.00, due 15 Jan",
        "01 Jan: invoice 1002: 10.00 + VAT 2.00 = 12.00, due 15 Jan",
    ]
    assert lines_of(subscriber) == [["home"], ["office"]]
    assert named_on(subscriber.events) == [("home", ""), ("office", "")]
    assert subscriber.open_items == {"1001": "36.00", "1002": "12.00"}


def test_one_invoice_for_each_address():
    subscriber = Subscriber(NET, TV, invoice_per="address")
    subscriber.activate("net", "2026-01-01", code="net-home", address="home")
    subscriber.activate("net", "2026-01-01", code="net-office", address="office")
    subscriber.activate("tv", "2026-01-01", code="tv-home", address="home")
    subscriber.activate("tv", "2026-01-01", code="anywhere")

    subscriber.bill("2026-01-01")

    assert lines_of(subscriber) == [["net-home", "tv-home"], ["net-office"], ["anywhere"]]
    assert named_on(subscriber.events) == [("", "home"), ("", "office"), ("", "")]


def test_one_invoice_for_the_account_names_no_service():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-01-01", code="home", address="here")
    subscriber.bill("2026-01-01")
    assert named_on(subscriber.events) == [("", "")]


def test_a_credit_note_names_what_its_invoice_names():
    subscriber = Subscriber(NET, TV, invoice_per="service")
    subscriber.activate("net", "2026-01-01", code="home")
    subscriber.activate("tv", "2026-01-01", code="office")
    subscriber.bill("2026-01-01")

    subscriber.terminate("2026-01-16", code="office")
    assert named_on(subscriber.bill("2026-01-20")) == [("office", "")]
    assert named_on(subscriber.waive_charge("home/monthly/2026-01-01/2026-02-01/0", "2026-01-21")) == [("home", "")]


def test_unused_credit_settles_one_invoice_after_the_other():
    subscriber = Subscriber(NET, TV, invoice_per="service")
    subscriber.activate("net", "2026-01-01", code="home")
    subscriber.activate("tv", "2026-01-01", code="office")
    subscriber.pay("40.00", "2025-12-30", "early")

    subscriber.bill("2026-01-01")

    assert subscriber.open_items == {"1002": "8.00"}
    assert subscriber.account.ledger.credits == {}


# --- the minimum


def test_what_is_below_the_minimum_is_carried_over_to_the_next_invoice_date():
    """The worked example of the module."""
    subscriber = Subscriber(DAILY, invoice_every=MONTHLY, minimum_invoice=Decimal(25))
    subscriber.activate("daily", "2026-02-20")

    subscriber.bill_each_period(date(2026, 4, 2))

    assert documents(subscriber.events) == [
        "01 Mar: carried over to 01 Apr",
        "01 Apr: invoice 1001: 41.00 + VAT 0.00 = 41.00, due 15 Apr",
    ]


def test_the_minimum_itself_is_enough_and_counts_the_vat():
    subscriber = Subscriber(TV, minimum_invoice=Decimal(12))
    subscriber.activate("tv", "2026-01-01")
    assert documents(subscriber.bill("2026-01-01")) == ["01 Jan: invoice 1001: 10.00 + VAT 2.00 = 12.00, due 15 Jan"]


def test_a_plan_that_invoices_at_once_carries_over_to_the_next_billing_day():
    subscriber = Subscriber(TV, minimum_invoice=Decimal("12.01"))
    subscriber.activate("tv", "2026-01-01")

    assert documents(subscriber.bill("2026-01-01")) == ["01 Jan: carried over to 01 Feb"]
    assert subscriber.bill("2026-01-01") == []
    assert documents(subscriber.bill("2026-02-01")) == ["01 Feb: invoice 1001: 20.00 + VAT 4.00 = 24.00, due 15 Feb"]


def test_what_is_charged_after_it_was_carried_over_on_the_same_day_is_carried_over_too():
    subscriber = Subscriber(DAILY, TV, invoice_every=MONTHLY, minimum_invoice=Decimal(50))
    subscriber.activate("daily", "2026-02-20")
    subscriber.bill("2026-02-28")
    assert documents(subscriber.bill("2026-03-01")) == ["01 Mar: carried over to 01 Apr"]
    subscriber.activate("tv", "2026-03-01", code="S2")

    assert documents(subscriber.bill("2026-03-01")) == ["01 Mar: carried over to 01 Apr"]
    assert subscriber.account.invoice_on == date(2026, 4, 1)
    assert subscriber.bill("2026-03-01") == []


def test_each_invoice_has_the_minimum_to_reach():
    subscriber = Subscriber(NET, TV, invoice_per="service", minimum_invoice=Decimal(20))
    subscriber.activate("net", "2026-01-01", code="home")
    subscriber.activate("tv", "2026-01-01", code="office")

    assert documents(subscriber.bill("2026-01-01")) == [
        "01 Jan: invoice 1001: 30.00 + VAT 6.00 = 36.00, due 15 Jan",
        "01 Jan: carried over to 01 Feb",
    ]
    assert documents(subscriber.bill("2026-02-01")) == [
        "01 Feb: invoice 1002: 20.00 + VAT 4.00 = 24.00, due 15 Feb",
        "01 Feb: invoice 1003: 30.00 + VAT 6.00 = 36.00, due 15 Feb",
    ]


def test_after_the_end_of_the_last_service_the_minimum_does_not_count():
    subscriber = Subscriber(TV, minimum_invoice=Decimal(100))
    subscriber.activate("tv", "2026-01-01")
    subscriber.bill("2026-01-01")
    subscriber.terminate("2026-02-01")

    assert documents(subscriber.bill("2026-02-01")) == ["01 Feb: invoice 1001: 10.00 + VAT 2.00 = 12.00, due 15 Feb"]


# --- items charged by hand


def test_an_item_waits_for_the_next_invoice():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-01-01")
    subscriber.bill("2026-01-01")

    assert told(subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-10", vat="20")) == [
        "item-4 10 Jan - 11 Jan: 15.00, once 15.00 EUR, agreed price"
    ]
    assert subscriber.bill("2026-01-15") == []
    assert documents(subscriber.bill("2026-02-01")) == ["01 Feb: invoice 1002: 45.00 + VAT 9.00 = 54.00, due 15 Feb"]


def test_an_item_goes_with_the_first_bill_that_comes():
    subscriber = Subscriber(NET, TV)
    subscriber.activate("net", "2026-01-01")
    subscriber.bill("2026-01-01")
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-10")
    subscriber.activate("tv", "2026-01-17", code="S2")

    assert documents(subscriber.bill("2026-01-17")) == ["17 Jan: invoice 1002: 19.84 + VAT 0.97 = 20.81, due 31 Jan"]
    assert account_due_on(subscriber.account) == date(2026, 2, 1)


def test_an_item_of_a_later_day_keeps_nothing_from_an_earlier_invoice():
    subscriber = Subscriber(DAILY, invoice_every=MONTHLY)
    subscriber.activate("daily", "2026-01-30")
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-02-10")
    assert subscriber.account.invoice_on == date(2026, 3, 1)

    subscriber.bill_each_period(date(2026, 2, 2))

    assert documents(subscriber.events) == ["01 Feb: invoice 1001: 18.00 + VAT 0.00 = 18.00, due 15 Feb"]


def test_an_item_of_an_account_without_services_is_invoiced_on_the_billing_day():
    subscriber = Subscriber(NET, billing_day=20)
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-10")

    assert account_due_on(subscriber.account) == date(2026, 1, 20)
    assert documents(subscriber.bill("2026-01-20")) == ["20 Jan: invoice 1001: 15.00 + VAT 0.00 = 15.00, due 03 Feb"]
    assert account_due_on(subscriber.account) is None


def test_of_two_items_the_earlier_one_says_when_they_are_invoiced():
    subscriber = Subscriber(NET)
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-02-10")
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-10")
    assert account_due_on(subscriber.account) == date(2026, 2, 1)


def test_equal_items_of_one_day_are_charges_of_their_own():
    subscriber = Subscriber(NET, invoice_per="service")
    subscriber.activate("net", "2026-01-01")
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-01")
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-01")

    assert documents(subscriber.bill("2026-01-01")) == [
        "01 Jan: invoice 1001: 30.00 + VAT 0.00 = 30.00, due 15 Jan",
        "01 Jan: invoice 1002: 30.00 + VAT 6.00 = 36.00, due 15 Jan",
    ]
    assert len(subscriber.history.charges) == 3


def test_an_item_does_not_mend_an_account_that_could_not_be_billed():
    subscriber = Subscriber(NET)
    parked = Parked(date(2026, 1, 9), "price-missing", "no price", "S1")
    subscriber.account.parked = parked
    subscriber.charge_once("Cable, 5 m", "15.00", "2026-01-10")
    assert subscriber.account.parked == parked


@pytest.mark.parametrize(
    ("description", "amount", "on", "vat", "error", "told_error"),
    [
        ("", "15.00", "2026-01-10", "20", InvalidValue, "description '': must not be empty"),
        ("Cable", "0.00", "2026-01-10", "20", InvalidValue, "amount .*must be more than zero"),
        ("Cable", "-1.00", "2026-01-10", "20", InvalidValue, "amount .*must be more than zero"),
        ("Cable", "15.00", "2026-01-10", "100", InvalidValue, "VAT rate '100'"),
        ("Cable", "15.00", "2025-12-31", "20", RuleViolation, "exists only since 2026-01-01"),
    ],
)
def test_an_item_that_cannot_be_is_refused(
    description: str, amount: str, on: str, vat: str, error: type[BillingError], told_error: str
):
    with pytest.raises(error, match=told_error):
        Subscriber(NET).charge_once(description, amount, on, vat)


# --- another plan


def test_a_changed_plan_counts_from_now_on():
    subscriber = Subscriber(NET, calendar=WorkingWeek(frozenset({date(2026, 2, 16)})))
    subscriber.activate("net", "2026-01-01")
    subscriber.bill("2026-01-01")

    subscriber.change_plan("2026-01-20", due_rule=DayOfMonth(day=15), due_shift="next")
    assert documents(subscriber.bill("2026-02-01")) == ["01 Feb: invoice 1002: 30.00 + VAT 6.00 = 36.00, due 17 Feb"]
    subscriber.change_plan("2026-02-20", due_rule=WorkingDayAfterIssue(number=5), due_shift="none")
    assert documents(subscriber.bill("2026-03-01")) == ["01 Mar: invoice 1003: 30.00 + VAT 6.00 = 36.00, due 06 Mar"]


def test_what_waits_is_invoiced_by_the_dates_of_the_new_plan():
    subscriber = Subscriber(DAILY, invoice_every=CALENDAR_QUARTER)
    subscriber.activate("daily", "2026-01-10")
    subscriber.bill("2026-01-20")
    assert subscriber.account.invoice_on == date(2026, 4, 1)

    subscriber.change_plan("2026-01-21", invoice_every=MONTHLY)
    assert subscriber.account.invoice_on == date(2026, 2, 1)
    subscriber.change_plan("2026-01-22", invoice_every=None)
    assert documents(subscriber.bill("2026-01-22")) == ["22 Jan: invoice 1001: 13.00 + VAT 0.00 = 13.00, due 05 Feb"]


def test_the_same_plan_is_no_news():
    subscriber = Subscriber(NET)
    assert subscriber.change_plan("2026-01-20") == []
    assert len(subscriber.change_plan("2026-01-20", minimum_invoice=Decimal(5))) == 1


@pytest.mark.parametrize(
    ("details", "told_error"),
    [
        ({"due_days": 366}, "due days"),
        ({"tolerance_days": -1}, "tolerance days"),
        ({"due_rule": DayOfMonth(day=32)}, "due day of month"),
        ({"minimum_invoice": Decimal(-1)}, "minimum invoice"),
        ({"invoice_every": PeriodRule(interval=0)}, "invoice, every"),
    ],
)
def test_a_plan_beyond_reason_is_refused(details: dict[str, Any], told_error: str):
    with pytest.raises(InvalidValue, match=told_error):
        Subscriber(NET).change_plan("2026-01-20", **details)


# --- what always holds

PLANS = st.fixed_dictionaries(
    {
        "billing_day": st.sampled_from([1, 15, 31]),
        "invoice_per": st.sampled_from(["account", "service", "address"]),
        "invoice_every": st.sampled_from(
            [None, MONTHLY, QUARTERLY, CALENDAR_QUARTER, PeriodRule(unit="week"), PeriodRule(unit="day", interval=10)]
        ),
        "minimum_invoice": st.sampled_from([Decimal(0), Decimal(20), Decimal(60)]),
    }
)
MIXED = tariff("mixed", daily("0.50", vat="20"), once("5.00", vat="10"))


def a_year(plan: dict[str, Any], days: Sequence[int], terminated: int, gaps: Sequence[int] | None) -> Subscriber:
    """Services from some days on, items between them, the first service ended; billed when due or after some gaps."""
    subscriber = Subscriber(NET, MIXED, **plan)
    start = date(2026, 1, 1)
    for number, day in enumerate(sorted(days)):
        code = f"S{number}"
        subscriber.activate(
            "mixed" if number % 2 else "net", start + timedelta(days=day), code, address=f"at {number % 2}"
        )
        subscriber.charge_once("Cable", "7.50", start + timedelta(days=day + 1))
    subscriber.terminate(start + timedelta(days=max(days) + terminated), "S0")
    until = date(2026, 10, 1)
    if gaps is None:
        subscriber.bill_each_period(until)
    else:
        on = start
        for gap in gaps:
            on += timedelta(days=gap)
            if on < until:
                subscriber.bill(on)
        subscriber.bill(until - timedelta(days=1))
    return subscriber


@settings(max_examples=60)
@given(
    PLANS,
    st.lists(st.integers(0, 60), min_size=1, max_size=3),
    st.integers(1, 90),
    st.none() | st.lists(st.integers(1, 60), max_size=12),
)
def test_every_charge_stands_on_one_document_or_waits_with_a_date(
    plan: dict[str, Any], days: list[int], terminated: int, gaps: list[int] | None
):
    subscriber = a_year(plan, days, terminated, gaps)
    account = subscriber.account

    posted = [charge for fact in subscriber.events if isinstance(fact, ChargesPosted) for charge in fact.charges]
    lines = [line.charge for fact in subscriber.events if isinstance(fact, InvoiceIssued | CreditNoteIssued)
             for line in fact.lines]  # fmt: skip
    waiting = [charge.key for charge in account.pending]
    assert sorted(lines + waiting) == sorted(charge.key for charge in posted if charge.amount.amount)

    last_day = date(2026, 9, 30)
    if account.pending:
        assert account.invoice_on is not None and account.invoice_on > last_day
    else:
        assert account.invoice_on is None
    assert subscriber.bill(last_day) == []


@settings(max_examples=40)
@given(PLANS, st.lists(st.integers(0, 60), min_size=1, max_size=3), st.integers(1, 90))
def test_how_documents_are_made_changes_no_charge(plan: dict[str, Any], days: list[int], terminated: int):
    def posted(details: dict[str, Any]) -> list[tuple[str, Decimal]]:
        facts = a_year(details, days, terminated, None).events
        charges = [charge for fact in facts if isinstance(fact, ChargesPosted) for charge in fact.charges]
        return sorted(
            (f"{charge.subscription} {charge.from_on}", charge.amount.amount)
            for charge in charges
            if charge.subscription
        )

    assert posted(plan) == posted({"billing_day": plan["billing_day"]})


# --- at each VAT rate


def test_what_comes_to_less_than_nothing_at_a_vat_rate_waits_for_charges_at_this_rate():
    """No invoice has anything left at 10 %, so 5.00 that are to be given back wait for a fee at 10 %."""
    subscriber = Subscriber(NET, tariff("film", monthly("8.00", vat="10")))
    subscriber.activate("net", "2026-02-01")
    subscriber.bill("2026-02-01")
    line = subscriber.history.posted("S1/monthly/2026-02-01/2026-03-01/0").charge
    amount = Money(Decimal("-5.00"), "EUR")
    given_back = msgspec.structs.replace(line, amount=amount, vat_rate=Decimal(10), subscription="")
    subscriber.record([ChargesPosted(effective_on=date(2026, 2, 2), charges=(given_back,), billed_through={})])

    assert documents(subscriber.bill("2026-03-01")) == [
        "01 Mar: invoice 1002: 30.00 + VAT 6.00 = 36.00, due 15 Mar",
        "01 Mar: sums to zero, waits",
    ]
    assert subscriber.account.pending == [given_back]
    subscriber.activate("film", "2026-03-01", "S2")
    assert documents(subscriber.bill("2026-03-02")) == ["02 Mar: invoice 1003: 3.00 + VAT 0.30 = 3.30, due 16 Mar"]
    assert subscriber.account.pending == []
