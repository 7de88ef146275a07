"""What one account is billed on one date: charges, credit notes, one invoice, and nothing the second time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.accounts.parking import BillingParked, park
from billing_core.billing.decision import decide_bill
from billing_core.billing.issuing import bill_events
from billing_core.billing.run import HistoryNeeded, next_due_on, past_changed
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import BillingHistory, CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import NotFound, RuleViolation
from tests.billing_core.books import Fee, audit, owed_day_by_day, posted_charges, posted_net
from tests.billing_core.price_lists import month_with, monthly, monthly_from, once, tariff
from tests.billing_core.subscriber import Subscriber, told
from tests.billing_core.timelines import (
    LATEST_DAYS,
    START,
    Run,
    Step,
    billing_days,
    histories,
    last_day,
    price_lists,
    try_to_record,
)

ONE_DAY = timedelta(days=1)
NET = tariff("net", monthly("300.00", vat="20"))
FAST = tariff("fast", monthly("500.00", vat="20"))


def test_the_first_bill_runs_from_activation_to_the_end_of_the_period():
    subscriber = Subscriber(tariff("tv", monthly("450.00")))
    subscriber.activate("tv", "2026-03-15")

    assert told(subscriber.bill("2026-03-15")) == [
        "monthly 15 Mar - 01 Apr: 246.77, 450.00 EUR a month x 17/31 days of the whole period, price list tv",
        "invoice 1001: 246.77 + VAT 0.00 = 246.77, due 29 Mar",
    ]
    assert subscriber.account.subscriptions["S1"].charged_until == date(2026, 4, 1)


def test_deciding_twice_gives_nothing():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-03-15")

    assert subscriber.bill("2026-03-15") != []
    assert subscriber.bill("2026-03-15") == []
    assert subscriber.bill("2026-03-31") == []
    assert subscriber.bill("2026-04-01") != []


def test_an_account_that_is_late_gets_one_invoice_for_all_it_owes():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-01-01")

    assert told(subscriber.bill("2026-03-20")) == [
        "monthly 01 Jan - 01 Feb: 300.00, 1 month at 300.00 EUR, price list net",
        "monthly 01 Feb - 01 Mar: 300.00, 1 month at 300.00 EUR, price list net",
        "monthly 01 Mar - 01 Apr: 300.00, 1 month at 300.00 EUR, price list net",
        "invoice 1001: 900.00 + VAT 180.00 = 1080.00, due 03 Apr",
    ]


def test_two_subscriptions_stand_on_one_invoice():
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", "2026-03-01", code="home")
    subscriber.activate("fast", "2026-03-16", code="office")

    assert told(subscriber.bill("2026-03-16")) == [
        "monthly 01 Mar - 01 Apr: 300.00, 1 month at 300.00 EUR, price list net",
        "monthly 16 Mar - 01 Apr: 258.06, 500.00 EUR a month x 16/31 days of the whole period, price list fast",
        "invoice 1001: 558.06 + VAT 111.61 = 669.67, due 30 Mar",
    ]


def test_a_move_to_a_dearer_tariff_in_an_invoiced_month_becomes_a_credit_note_and_an_invoice():
    """The worked example: 300.00 moved to 500.00 on 11 June credits 200.00 and charges 333.33."""
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")

    assert told(subscriber.bill("2026-06-11")) == [
        "monthly 11 Jun - 01 Jul: -200.00 of S1/monthly/2026-06-01/2026-07-01/0, credit: "
        "300.00 EUR a month x 20/30 days of the whole period, price list net",
        "monthly 11 Jun - 01 Jul: 333.33, 500.00 EUR a month x 20/30 days of the whole period, price list fast",
        "credit note 5001 for 1001: -200.00 + VAT -40.00 = -240.00",
        "240.00 of 5001 settles 1001",
        "invoice 1002: 333.33 + VAT 66.67 = 400.00, due 25 Jun",
    ]
    assert subscriber.open_items == {"1001": "120.00", "1002": "400.00"}
    assert subscriber.bill("2026-06-11") == []


def test_a_credit_note_says_why():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-11")
    subscriber.bill("2026-06-11")
    subscriber.waive_charge("S1/monthly/2026-06-01/2026-07-01/0", "2026-06-12")

    reasons = [fact.reason for fact in subscriber.events if isinstance(fact, CreditNoteIssued)]

    assert reasons == ["the service changed on days that were invoiced already", "goodwill"]


def test_a_credit_note_settles_the_invoice_it_corrects_then_the_oldest_and_its_rest_the_new_invoice():
    subscriber = Subscriber(NET, tariff("small", monthly("30.00", vat="20")))
    subscriber.activate("net", "2026-05-01")
    subscriber.bill("2026-05-01")
    subscriber.pay("300.00", "2026-05-10", "first")
    subscriber.bill("2026-06-01")
    subscriber.pay("300.00", "2026-06-10", "second", invoice="1002")
    assert subscriber.open_items == {"1001": "60.00", "1002": "60.00"}

    subscriber.change_tariff("small", "2026-06-11")

    assert told(subscriber.bill("2026-06-11"))[2:] == [
        "credit note 5001 for 1002: -200.00 + VAT -40.00 = -240.00",
        "60.00 of 5001 settles 1002",
        "60.00 of 5001 settles 1001",
        "invoice 1003: 20.00 + VAT 4.00 = 24.00, due 25 Jun",
        "24.00 of 5001 settles 1003",
    ]
    assert subscriber.balance == "96.00"
    audit(subscriber)


def test_a_change_of_the_past_that_costs_nothing_is_looked_at_once():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.suspend("non-payment", "2026-06-11")
    assert past_changed(subscriber.account)

    assert told(subscriber.bill("2026-06-12")) == ["looked at, nothing to charge"]
    assert not past_changed(subscriber.account)
    assert subscriber.bill("2026-06-12") == []


def test_a_month_suspended_by_the_operator_is_skipped_and_the_grid_is_kept():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.suspend("operator", "2026-07-01")
    assert next_due_on(subscriber.account.subscriptions) == date(2026, 7, 1)
    assert told(subscriber.bill("2026-07-01")) == ["looked at, nothing to charge"]
    assert next_due_on(subscriber.account.subscriptions) is None
    assert subscriber.bill("2026-08-01") == []
    subscriber.resume("2026-08-22")
    assert next_due_on(subscriber.account.subscriptions) == date(2026, 8, 22)

    assert told(subscriber.bill("2026-08-22"))[0] == (
        "monthly 22 Aug - 01 Sep: 96.77, 300.00 EUR a month x 10/31 days of the whole period, price list net"
    )
    assert next_due_on(subscriber.account.subscriptions) == date(2026, 9, 1)


def test_a_one_off_fee_that_comes_with_a_tariff_during_a_suspension_is_charged_when_the_service_is_back():
    """In May nothing is charged, so nothing is due; the fee must not be lost with the month that was skipped."""
    installed = tariff("fibre", monthly("300.00"), once("80.00"))
    subscriber = Subscriber(tariff("net", monthly("300.00")), installed)
    subscriber.activate("net", "2026-04-01")
    subscriber.bill("2026-04-01")
    subscriber.suspend("operator", "2026-05-01")
    subscriber.change_tariff("fibre", "2026-05-10")
    subscriber.resume("2026-06-01")

    assert told(subscriber.bill("2026-06-01")) == [
        "monthly 01 Jun - 01 Jul: 300.00, 1 month at 300.00 EUR, price list fibre",
        "installation 01 Jun - 02 Jun: 80.00, once 80.00 EUR, price list fibre",
        "invoice 1002: 380.00 + VAT 0.00 = 380.00, due 15 Jun",
    ]


def test_what_was_charged_for_nothing_is_neither_invoiced_nor_credited():
    """A free month stands on record, but on no document; its end costs nothing and makes no paper."""
    subscriber = Subscriber(tariff("free", monthly("0.00")))
    subscriber.activate("free", "2026-06-01")

    assert told(subscriber.bill("2026-06-01")) == [
        "monthly 01 Jun - 01 Jul: 0.00, 1 month at 0.00 EUR, price list free"
    ]
    subscriber.terminate("2026-06-11")
    assert [type(fact) for fact in subscriber.bill("2026-06-11")] == [ChargesPosted]
    assert subscriber.balance == "0.00"


def test_a_credit_that_rounds_to_nothing_makes_no_credit_note():
    """A cent a month: a single day less is worth a thirtieth of a cent."""
    subscriber = Subscriber(tariff("cent", monthly("0.01")))
    subscriber.activate("cent", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-30")

    assert [type(fact) for fact in subscriber.bill("2026-06-30")] == [ChargesPosted]
    assert subscriber.account.ledger.credits == {}


def test_a_tariff_without_a_price_on_a_date_stops_the_bill_and_is_parked_once():
    ending = monthly_from({"2020-01-01": "10.00", "2026-04-11": "11.00"})
    (first, _) = ending.prices
    subscriber = Subscriber(
        Tariff(code="old", name="Old", currency="EUR", components=(msgspec.structs.replace(ending, prices=(first,)),))
    )
    subscriber.activate("old", "2026-04-01")

    with pytest.raises(RuleViolation, match="no price for component monthly on this date") as caught:
        subscriber.bill("2026-04-01")

    assert (caught.value.field, caught.value.value) == ("date", "2026-04-11")
    assert subscriber.account.subscriptions["S1"].charged_until is None
    assert caught.value.subscription == "S1"
    parked = BillingParked(effective_on=date(2026, 4, 1), code=caught.value.code, reason=str(caught.value))
    subscriber.record(park(subscriber.account.parked, parked))
    assert str(subscriber.account.parked) == f"price-missing: {caught.value}"
    assert park(subscriber.account.parked, msgspec.structs.replace(parked, effective_on=date(2026, 4, 2))) == []
    other = msgspec.structs.replace(parked, reason="another")
    assert park(subscriber.account.parked, other) == [other]


def test_a_parked_account_is_no_longer_parked_once_it_is_billed():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    parked = BillingParked(effective_on=date(2026, 6, 1), code="rule-violation", reason="for a test")
    subscriber.record(park(None, parked))

    subscriber.bill("2026-06-01")

    assert subscriber.account.parked is None


def test_a_tariff_that_is_not_published_stops_the_bill():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")

    with pytest.raises(NotFound, match="no such tariff") as caught:
        decide_bill(subscriber.account, {}, date(2026, 6, 1))

    assert (caught.value.field, caught.value.value) == ("tariff", "net")


def test_a_changed_past_cannot_be_billed_without_its_history():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.terminate("2026-06-11")

    with pytest.raises(HistoryNeeded, match="bill it with its history") as caught:
        decide_bill(subscriber.account, subscriber.catalogue, date(2026, 6, 12))

    assert (caught.value.field, caught.value.value) == ("subscription", "S1")


def test_waiving_a_charge_credits_it_once_and_it_is_not_charged_again():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")

    assert told(subscriber.waive_charge("S1/monthly/2026-06-01/2026-07-01/0", "2026-06-20")) == [
        "monthly 01 Jun - 01 Jul: -300.00 of S1/monthly/2026-06-01/2026-07-01/0, "
        "credit: 1 month at 300.00 EUR, price list net",
        "credit note 5001 for 1001: -300.00 + VAT -60.00 = -360.00",
        "360.00 of 5001 settles 1001",
    ]
    assert subscriber.balance == "0.00"
    assert subscriber.bill("2026-06-30") == []
    assert told(subscriber.bill("2026-07-01"))[0].startswith("monthly 01 Jul - 01 Aug: 300.00")


def test_a_waiver_is_of_the_days_that_stand_of_a_charge_not_of_those_of_the_next_tariff():
    """300.00 was moved to 500.00 on 11 June; taking back what is left of the 300.00 (10 days) is about those days
    only: when the subscriber leaves on 21 June, the last ten days of the 500.00 still come back."""
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")
    subscriber.bill("2026-06-11")

    waived = subscriber.waive_charge("S1/monthly/2026-06-01/2026-07-01/0", "2026-06-12")
    assert told(waived)[0] == (
        "monthly 01 Jun - 11 Jun: -100.00 of S1/monthly/2026-06-01/2026-07-01/0, "
        "credit: 300.00 EUR a month x 10/30 days of the whole period, price list net"
    )
    subscriber.terminate("2026-06-21")

    assert told(subscriber.bill("2026-06-21"))[0] == (
        "monthly 21 Jun - 01 Jul: -166.67 of S1/monthly/2026-06-11/2026-07-01/1, credit: "
        "500.00 EUR a month x 10/30 days of the whole period, price list fast"
    )
    audit(subscriber)


def test_interruptions_that_are_known_beforehand_do_not_cut_a_month_into_lines():
    """A service suspended for non-payment is charged on: one month, one line."""
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.suspend("non-payment", "2026-06-11")
    subscriber.resume("2026-06-21")

    assert told(subscriber.bill("2026-06-21"))[0] == (
        "monthly 01 Jun - 01 Jul: 300.00, 1 month at 300.00 EUR, price list net"
    )


def test_numbers_are_taken_only_for_documents_that_are_issued():
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.suspend("non-payment", "2026-06-11")
    subscriber.bill("2026-06-12")
    subscriber.bill("2026-07-01")

    assert [fact.number for fact in subscriber.events if isinstance(fact, InvoiceIssued)] == ["1001", "1002"]


def test_a_decision_leaves_the_account_as_it_is():
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.change_tariff("fast", "2026-06-11")
    before = repr(subscriber.account)

    bill = decide_bill(subscriber.account, subscriber.catalogue, date(2026, 6, 11), subscriber.history)
    assert bill is not None
    bill_events(subscriber.account, bill, subscriber.issue(date(2026, 6, 11)), date(2026, 6, 11))

    assert repr(subscriber.account) == before


# --- whatever happens, in whatever order it is learnt


def play(subscriber: Subscriber, steps: list[Step]) -> None:
    """Record and bill as the history says, looking at the books after every step."""
    today = START
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            subscriber.bill(today)
            assert subscriber.bill(today) == [], "deciding twice gives nothing"
        else:
            try_to_record(subscriber, step, today)
        audit(subscriber)


def assert_posted_is_owed(subscriber: Subscriber, on: date) -> None:
    """For every period of a component that has begun, up to the end of the period.

    What was charged before its day moved beyond the last run stands while it is owed at all.
    """
    owed: dict[Fee, Decimal] = {}
    to_come: dict[Fee, Decimal] = {}
    billing_day = subscriber.account.billing_day
    for subscription in subscriber.account.subscriptions.values():
        until = subscription.charged_until
        if until is None:
            continue
        in_all = owed_day_by_day(subscription, subscriber.catalogue, billing_day, until)
        past = owed_day_by_day(subscription, subscriber.catalogue, billing_day, on + timedelta(days=1))
        begun = {(fee.component, fee.period) for fee in past}
        owed |= {fee: amount for fee, amount in in_all.items() if (fee.component, fee.period) in begun}
        ever = owed_day_by_day(subscription, subscriber.catalogue, billing_day, until + timedelta(days=100))
        to_come |= {fee: amount for fee, amount in ever.items() if fee.period is None} | in_all
    posted = posted_net(subscriber.events, billing_day)
    early = {fee: amount for fee, amount in posted.items() if fee not in owed}
    assert {fee: amount for fee, amount in posted.items() if fee not in early} == owed
    assert early.items() <= to_come.items()


@pytest.mark.slow
@given(tariffs=price_lists(), billing_day=billing_days, steps=histories())
@settings(max_examples=300)
def test_whenever_it_is_learnt_and_billed_what_is_posted_is_what_is_owed(
    tariffs: list[Tariff], billing_day: int, steps: list[Step]
):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)

    play(subscriber, [*steps, Run(0)])

    assert_posted_is_owed(subscriber, last_day(steps))
    period = month_with(last_day(steps), billing_day)
    for subscription in subscriber.account.subscriptions.values():
        due_on = next_due_on({subscription.code: subscription})
        assert due_on is None or due_on > last_day(steps), "nothing that is due was left"
        assert subscription.charged_until is None or subscription.charged_until <= period.to_on


@pytest.mark.slow
@given(tariffs=price_lists(), billing_day=billing_days, steps=histories())
@settings(max_examples=200)
def test_billed_at_random_in_one_go_or_period_by_period_the_same_is_posted(
    tariffs: list[Tariff], billing_day: int, steps: list[Step]
):
    at_random, in_one_go, by_period = (
        Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day) for _ in range(3)
    )
    today = START
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            at_random.bill(today)
        elif try_to_record(at_random, step, today):
            assert try_to_record(in_one_go, step, today)
            assert try_to_record(by_period, step, today)
    today += timedelta(days=LATEST_DAYS)  # Every change has come true by then.
    at_random.bill(today)
    in_one_go.bill(today)
    by_period.bill_each_period(today + ONE_DAY)

    assert posted_net(in_one_go.events, billing_day) == posted_net(at_random.events, billing_day)
    assert posted_net(by_period.events, billing_day) == posted_net(at_random.events, billing_day)


@pytest.mark.slow
@given(tariffs=price_lists(), billing_day=billing_days, steps=histories(), reversals=st.lists(st.integers(0, 30)))
@settings(max_examples=200)
def test_waiving_any_charges_and_billing_again_posts_nothing_twice(
    tariffs: list[Tariff], billing_day: int, steps: list[Step], reversals: list[int]
):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    half = len(steps) // 2
    play(subscriber, [*steps[:half], Run(0)])
    for choice in reversals:
        charges = posted_charges(subscriber.events)
        if charges:
            _reverse(subscriber, charges[choice % len(charges)].key, last_day(steps[:half]))

    assert subscriber.bill(last_day(steps[:half])) == []
    rest = [Run((last_day(steps[:half]) - START).days), *steps[half:], Run(0)]
    play(subscriber, rest)


def _reverse(subscriber: Subscriber, key: str, on: date) -> None:
    """Take the charge back; what is a correction or has nothing left is refused."""
    charge = subscriber.history.posted(key).charge
    left = charge.amount.amount + sum(
        entry.charge.amount.amount for entry in subscriber.history.charges.values() if entry.charge.corrects == key
    )
    if charge.corrects is None and left:
        subscriber.waive_charge(key, on)
        audit(subscriber)
    else:
        with pytest.raises(RuleViolation) as caught:
            subscriber.waive_charge(key, on)
        assert (caught.value.field, caught.value.value) == ("charge", key)


@given(tariffs=price_lists(), billing_day=billing_days, steps=histories(6))
@settings(max_examples=60)
def test_while_the_past_stands_a_bill_needs_no_history(tariffs: list[Tariff], billing_day: int, steps: list[Step]):
    subscriber = Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day)
    today = START
    for step in steps:
        if not isinstance(step, Run):
            try_to_record(subscriber, step, today)
            continue
        today += timedelta(days=step.days)
        if not past_changed(subscriber.account):
            try:
                quick = decide_bill(subscriber.account, subscriber.catalogue, today)
            except HistoryNeeded:
                entries = subscriber.account.subscriptions.values()
                codes = {code for entry in entries for code in entry.one_offs}
                # Terms that begin within days already charged are due on the first of these days.
                further = [
                    until
                    for entry in entries
                    for until in entry.covered_until.values()
                    if until > today or (entry.due_on is not None and until > entry.due_on)
                ]
                told = "only a one-off fee on record, or one that was charged further before, calls for the history"
                assert codes or further, told
            else:
                assert quick == decide_bill(subscriber.account, subscriber.catalogue, today, subscriber.history)
        subscriber.bill(today)


def test_an_account_without_subscriptions_is_never_due():
    subscriber = Subscriber(NET)

    assert next_due_on(subscriber.account.subscriptions) is None
    assert decide_bill(subscriber.account, subscriber.catalogue, date(2026, 6, 1), BillingHistory()) is None
