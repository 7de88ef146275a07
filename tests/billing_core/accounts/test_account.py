"""The account: opened once, small, and the same however its events are read and however it was stored meanwhile."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.opening import open_account
from billing_core.accounts.plans import BillingPlan
from billing_core.billing.decision import decide_bill
from billing_core.billing.issuing import bill_events
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event, decode, encode, topic_of
from billing_core.kernel.money import zero
from billing_core.payments.ledger import Ledger
from billing_core.time.periods import BillingDay
from tests.billing_core.price_lists import monthly, tariff
from tests.billing_core.subscriber import Subscriber
from tests.billing_core.timelines import (
    START,
    Recording,
    Run,
    Step,
    billing_days,
    changes,
    histories,
    price_lists,
    try_to_record,
)

ON = date(2026, 1, 10)
PLAN = BillingPlan(billing_day=31, due_days=14, tolerance_days=7)
OPENED = AccountOpened(effective_on=ON, account="A1", customer="C1", seller="S1", currency="EUR", plan=PLAN)

to_bytes = msgspec.msgpack.encode
from_bytes = msgspec.msgpack.Decoder(Account).decode


def test_an_account_is_opened_with_nothing_on_it():
    events = open_account(None, OPENED, customer_since=ON)

    assert events == [OPENED]
    account = apply_account(None, events[0])
    assert account == Account("A1", "C1", "S1", "EUR", [BillingDay(date.min, 31)], PLAN, ON, Ledger(zero("EUR")))
    assert account is not None
    assert (account.subscriptions, account.pending, account.parked) == ({}, [], None)


def plan(**changes: int) -> AccountOpened:
    return msgspec.structs.replace(OPENED, plan=msgspec.structs.replace(PLAN, **changes))


@pytest.mark.parametrize(
    ("fact", "error", "field", "value", "message"),
    [
        (msgspec.structs.replace(OPENED, account=" "), InvalidValue, "account number", " ", "must not be empty"),
        (msgspec.structs.replace(OPENED, currency="EUX"), InvalidValue, "currency", "EUX", "unknown currency"),
        (plan(billing_day=0), InvalidValue, "billing day", "0", "must be 1 to 31"),
        (plan(billing_day=32), InvalidValue, "billing day", "32", "must be 1 to 31"),
        (plan(due_days=-1), InvalidValue, "due days", "-1", "must be 0 to 365"),
        (plan(due_days=366), InvalidValue, "due days", "366", "must be 0 to 365"),
        (plan(tolerance_days=-1), InvalidValue, "tolerance days", "-1", "must be 0 to 365"),
        (plan(tolerance_days=366), InvalidValue, "tolerance days", "366", "must be 0 to 365"),
        (
            msgspec.structs.replace(OPENED, effective_on=date(2026, 1, 9)),
            RuleViolation,
            "account opened on",
            "2026-01-09",
            "the customer exists only since 2026-01-10",
        ),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    fact: AccountOpened, error: type[BillingError], field: str, value: str, message: str
):
    with pytest.raises(error, match=message) as caught:
        open_account(None, fact, customer_since=ON)

    assert (caught.value.field, caught.value.value) == (field, value)


@pytest.mark.parametrize("fact", [plan(billing_day=1), plan(due_days=0), plan(due_days=365), plan(tolerance_days=0)])
def test_the_limits_of_a_billing_plan_are_allowed(fact: AccountOpened):
    assert open_account(None, fact, customer_since=ON) == [fact]


def test_an_account_number_is_used_once():
    with pytest.raises(AlreadyExists, match="another account has this number") as caught:
        open_account(apply_account(None, OPENED), OPENED, customer_since=ON)

    assert (caught.value.field, caught.value.value) == ("account number", "A1")


def test_an_event_before_the_opening_changes_nothing():
    subscriber = Subscriber(tariff("net", monthly("300.00")))
    (activated,) = subscriber.activate("net", "2026-03-01")

    assert apply_account(None, activated) is None


def test_the_state_does_not_grow_with_the_months():
    """A subscriber who pays carries no history along."""
    subscriber = Subscriber(tariff("net", monthly("300.00")))
    subscriber.activate("net", "2026-01-01")
    sizes = []
    for month in range(1, 13):
        subscriber.bill(date(2026, month, 1))
        subscriber.pay("300.00", date(2026, month, 10), f"{month:02}")
        sizes.append(len(to_bytes(subscriber.account)))

    assert max(sizes) == min(sizes)
    assert subscriber.account.pending == []


def test_a_document_takes_its_own_lines_off_what_waits_for_one():
    """A tariff changed a month back: one bill posts six charges, for two credit notes and an invoice."""
    subscriber = Subscriber(
        tariff("net", monthly("300.00")), tariff("tv", monthly("9.00"), monthly("1.00", code="box"))
    )
    subscriber.activate("net", "2026-05-01")
    subscriber.bill("2026-05-01")
    subscriber.bill("2026-06-01")
    subscriber.change_tariff("tv", "2026-05-11")
    bill = decide_bill(subscriber.account, subscriber.catalogue, date(2026, 6, 11), subscriber.history)
    assert bill is not None
    events = bill_events(subscriber.account, bill, subscriber.issue(date(2026, 6, 11)), date(2026, 6, 11))
    waiting = []
    for fact in events:
        subscriber.record([fact])
        if isinstance(fact, ChargesPosted | CreditNoteIssued | InvoiceIssued):
            waiting.append([f"{charge.tariff} {charge.from_on:%d %b}" for charge in subscriber.account.pending])

    assert waiting == [
        ["net 11 May", "tv 11 May", "net 01 Jun", "tv 01 Jun", "tv 11 May", "tv 01 Jun"],
        ["tv 11 May", "net 01 Jun", "tv 01 Jun", "tv 11 May", "tv 01 Jun"],
        ["tv 11 May", "tv 01 Jun", "tv 11 May", "tv 01 Jun"],
        [],
    ]


def test_a_mutable_default_is_not_shared_between_accounts():
    first, second = apply_account(None, OPENED), apply_account(None, OPENED)
    assert first is not None
    assert second is not None

    first.ledger.open_items["1"] = None  # type: ignore[assignment]
    first.subscriptions["S1"] = None  # type: ignore[assignment]

    assert second.ledger.open_items == {}
    assert second.subscriptions == {}


# --- whatever happened


def lived(
    tariffs: list[Tariff], billing_day: int, steps: list[Step], paid: list[int], unbilled: list[Recording]
) -> Subscriber:
    """A subscriber to whom all of it happened, with payments, one in three of which bounces, a reversal, and last
    some changes that no run has seen yet."""
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    today = START
    for number, step in enumerate(steps):
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            subscriber.bill(today)
        else:
            try_to_record(subscriber, step, today)
        for cents in paid[number : number + 1]:
            subscriber.pay(f"{cents / 100:.2f}", today, str(number))
            if cents % 3 == 0:
                subscriber.bounce(str(number), today)
    for entry in list(subscriber.history.charges.values())[:1]:
        if entry.charge.amount.amount > 0 and entry.charge.corrects is None:
            with suppress(RuleViolation):  # All of it may have been credited before.
                subscriber.waive_charge(entry.charge.key, today)
    for step in unbilled:
        try_to_record(subscriber, step, today)
    return subscriber


lives = st.builds(
    lived,
    tariffs=price_lists(),
    billing_day=billing_days,
    steps=histories(5),
    paid=st.lists(st.integers(1, 60_000), max_size=10),
    unbilled=changes,
)


@given(subscriber=lives, cuts=st.sets(st.integers(1, 40)))
@settings(max_examples=60)
def test_the_state_does_not_depend_on_how_its_events_were_read(subscriber: Subscriber, cuts: set[int]):
    """Read in one go, or in pages with the state stored as bytes between them."""
    at_once: Account | None = None
    for fact in subscriber.events:
        at_once = apply_account(at_once, fact)
    in_pages: Account | None = None
    for number, fact in enumerate(subscriber.events):
        if number in cuts:
            in_pages = from_bytes(to_bytes(in_pages))
        in_pages = apply_account(in_pages, fact)

    assert at_once == in_pages == subscriber.account
    assert to_bytes(at_once) == to_bytes(in_pages)


@given(subscriber=lives)
@settings(max_examples=60)
def test_a_stored_account_loses_nothing(subscriber: Subscriber):
    account = subscriber.account

    stored = from_bytes(to_bytes(account))

    assert stored == account
    assert repr(stored) == repr(account), "also every decimal's digits and every order"
    assert to_bytes(stored) == to_bytes(account)


@given(subscriber=lives)
@settings(max_examples=60)
def test_every_event_of_an_account_comes_back_from_its_bytes(subscriber: Subscriber):
    stored: list[Event] = [decode(topic_of(type(fact)), encode(fact)) for fact in subscriber.events]

    assert stored == subscriber.events
    assert repr(stored) == repr(subscriber.events)
