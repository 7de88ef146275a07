"""No period of a component is charged twice: whatever damage is in the history or in the state, nothing is posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.billing.decision import decide_bill
from billing_core.billing.run import MOST_AHEAD, HistoryNeeded, require_near
from billing_core.catalogue.components import OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge, ChargedTwice
from billing_core.charging.double_billing import is_contiguous, require_charged_once, require_single_cover
from billing_core.charging.expected import MOST_LINES, TooManyLines
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.services.events import SubscriptionQuantityChanged, SubscriptionResumed, SubscriptionSuspended
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import Period
from tests.billing_core.price_lists import ALWAYS, monthly, tariff
from tests.billing_core.subscriber import Subscriber, told

NET = tariff("net", monthly("300.00"))
FAST = tariff("fast", monthly("500.00"))
JUNE = "S1/monthly/2026-06-01/2026-07-01/0"


def fee(from_on: str, to_on: str, amount: str = "10.00", **details: object) -> Charge:
    first, last = date.fromisoformat(from_on), date.fromisoformat(to_on)
    charge = Charge(
        subscription="S1", component="fee", description="", tariff="net", kind="recurring", from_on=first, to_on=last,
        amount=Money(Decimal(amount), "EUR"), unit_price=Decimal(10),
        vat_rate=Decimal(0),
    )  # fmt: skip
    return msgspec.structs.replace(charge, **details)


def decided_once(lines: Sequence[Charge], *on_record: Charge, owed: Sequence[Charge] = ()) -> None:
    require_charged_once(lines, owed, on_record)


# --- one decision for itself


def test_neighbours_do_not_overlap():
    require_single_cover([fee("2026-06-01", "2026-07-01"), fee("2026-07-01", "2026-08-01")])
    with pytest.raises(ChargedTwice, match="overlaps the charge S1/fee/2026-06-01/2026-07-01/0"):
        require_single_cover([fee("2026-06-30", "2026-08-01"), fee("2026-06-01", "2026-07-01")])


def test_another_component_and_another_base_have_days_of_their_own():
    june = fee("2026-06-01", "2026-07-01")
    off = {"component": "off", "kind": "discount"}
    require_single_cover([june, fee("2026-06-01", "2026-07-01", component="tv")])
    require_single_cover([msgspec.structs.replace(june, of=of, **off) for of in ("fee", "tv")])
    with pytest.raises(ChargedTwice):
        require_single_cover([msgspec.structs.replace(june, of="fee", **off)] * 2)


def test_a_one_off_fee_comes_once_on_a_day():
    start = fee("2026-06-01", "2026-06-02", kind="one-off")
    require_single_cover([start, fee("2026-06-02", "2026-06-03", kind="one-off")])
    with pytest.raises(ChargedTwice):
        require_single_cover([start, start])


# --- without the history


def test_a_component_goes_on_where_it_was_charged_last():
    covered = {"fee": date(2026, 7, 1)}
    assert is_contiguous(covered, [fee("2026-07-01", "2026-08-01")])
    assert is_contiguous(covered, [fee("2026-06-30", "2026-08-01", component="tv")])
    assert not is_contiguous(covered, [fee("2026-06-30", "2026-08-01")])


def test_a_state_that_forgot_how_far_it_was_charged_is_compared_with_the_history():
    """As where it says that June is due again; what stands on record proves that nothing is."""
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    subscriber.account.subscriptions["S1"].next_due_on = date(2026, 6, 1)

    with pytest.raises(HistoryNeeded):
        decide_bill(subscriber.account, subscriber.catalogue, date(2026, 6, 1))
    assert told(subscriber.bill("2026-06-01")) == ["looked at, nothing to charge"]
    assert told(subscriber.bill("2026-07-01"))[0].startswith("monthly 01 Jul - 01 Aug: 300.00")


def test_a_change_on_the_day_on_which_arrears_were_charged_charges_them_once():
    arrears = Recurring(
        code="monthly", name="Fee", vat_rate=Decimal(0), prices=(Price(amount=Decimal(300), valid_from=ALWAYS),),
        period=PeriodRule(charged_in="arrears"),
    )  # fmt: skip
    subscriber = Subscriber(tariff("net", arrears))
    subscriber.activate("net", "2026-06-01")
    assert told(subscriber.bill("2026-07-01"))[0].startswith("monthly 01 Jun - 01 Jul: 300.00")
    more = SubscriptionQuantityChanged(effective_on=date(2026, 7, 1), subscription="S1", quantity=Decimal(2))
    subscriber.record([more])

    assert told(subscriber.bill("2026-07-01")) in ([], ["looked at, nothing to charge"])
    assert told(subscriber.bill("2026-08-01"))[0].startswith("monthly 01 Jul - 01 Aug: 600")


# --- with the history


def twice(subscriber: Subscriber, key: str) -> None:
    """Damage the history: the charge stands on it once more."""
    again = msgspec.structs.replace(subscriber.history.posted(key).charge, revision=9)
    subscriber.history = subscriber.history.with_charge(again)


def test_a_month_that_stands_twice_on_record_stops_the_bill():
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    twice(subscriber, JUNE)
    subscriber.change_tariff("fast", "2026-06-11")

    with pytest.raises(ChargedTwice, match="charged 2 times on 2026-06-01") as caught:
        subscriber.bill("2026-06-11")

    assert (caught.value.value, caught.value.subscription) == ("S1/monthly", "S1")


def test_taking_one_of_them_back_by_hand_mends_it():
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    twice(subscriber, JUNE)
    subscriber.waive_charge(JUNE.replace("/0", "/9"), "2026-06-12")
    subscriber.change_tariff("fast", "2026-07-01")

    assert "monthly 01 Jul - 01 Aug: 500.00" in told(subscriber.bill("2026-07-01"))[-2]


def test_a_fee_on_record_that_the_state_does_not_know_of_stops_a_bill_that_is_decided_with_the_history():
    """July is on record, but the account says that it is still to come."""
    subscriber = Subscriber(NET)
    subscriber.activate("net", "2026-06-01")
    subscriber.bill("2026-06-01")
    posted = subscriber.history.posted(JUNE)
    july = msgspec.structs.replace(posted.charge, from_on=date(2026, 7, 1), to_on=date(2026, 8, 1))
    subscriber.history = subscriber.history.with_charge(july)

    with pytest.raises(ChargedTwice, match="is on record already"):
        decide_bill(subscriber.account, subscriber.catalogue, date(2026, 7, 1), subscriber.history)


def test_days_taken_back_may_be_charged_again_and_taken_back_no_second_time():
    june, gone = fee("2026-06-01", "2026-07-01"), fee("2026-06-11", "2026-07-01", "-6.67", corrects="june")
    decided_once([fee("2026-06-11", "2026-07-01", revision=1)], june, gone)
    with pytest.raises(ChargedTwice, match="charged 2 times on 2026-06-10"):
        decided_once([fee("2026-06-10", "2026-07-01", revision=1)], june, gone)
    with pytest.raises(ChargedTwice, match="credited twice on 2026-06-11"):
        decided_once([fee("2026-06-11", "2026-06-12", "-0.33", corrects="june")], june, gone)


def test_a_one_off_fee_stands_once_for_its_day():
    start = fee("2026-06-01", "2026-06-02", kind="one-off")
    with pytest.raises(ChargedTwice, match="charged 2 times on 2026-06-01"):
        decided_once([msgspec.structs.replace(start, revision=1)], start)
    back = msgspec.structs.replace(start, amount=-start.amount, corrects=start.key, revision=1)
    decided_once([back, msgspec.structs.replace(start, revision=2)], start)


def test_usage_may_be_charged_beside_what_stands_up_to_what_is_owed():
    posted = fee("2026-01-01", "2026-02-01", "102.00", kind="usage")
    owed = msgspec.structs.replace(posted, amount=Money(Decimal("115.00"), "EUR"))
    missing = msgspec.structs.replace(posted, amount=Money(Decimal("13.00"), "EUR"), revision=1)
    decided_once([missing], posted, owed=[owed])
    with pytest.raises(ChargedTwice, match=r"would stand at 115\.00 from 2026-01-01 on, 102\.00 is expected"):
        decided_once([missing], posted, owed=[posted])
    with pytest.raises(ChargedTwice, match="on, 0 is expected"):
        decided_once([missing], posted)


def test_a_discount_is_granted_once_on_each_component_and_period():
    off = {"component": "off", "kind": "discount", "period": Period(date(2026, 1, 1), date(2026, 2, 1))}
    january = fee("2026-01-10", "2026-02-01", "-5.00", of="fee", **off)
    again = msgspec.structs.replace(january, revision=1)
    decided_once([msgspec.structs.replace(again, of="tv")], january, owed=[msgspec.structs.replace(again, of="tv")])
    with pytest.raises(ChargedTwice, match="off:fee"):
        decided_once([again], january, owed=[january])


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.booleans()), max_size=12))
def test_the_days_of_a_component_are_counted_one_by_one(stretches: list[tuple[int, int, bool]]):
    """The check says no exactly where some day would be covered more than once or less than never."""
    start, days = date(2026, 1, 1), [0] * 91
    charges = []
    for number, (first, length, is_credit) in enumerate(stretches):
        for day in range(first, first + length):
            days[day] += -1 if is_credit else 1
        from_on, to_on = start + timedelta(first), start + timedelta(first + length)
        corrects = "another" if is_credit else None
        charges.append(fee(from_on.isoformat(), to_on.isoformat(), corrects=corrects, revision=number))
    if set(days) <= {0, 1}:
        decided_once(charges[1:], *charges[:1])
    else:
        with pytest.raises(ChargedTwice):
            decided_once(charges[1:], *charges[:1])


# --- one-off fees on a day before


def test_one_more_fee_on_a_day_before_is_charged_on_its_own_day():
    """A fee for each suspension: the one of February is on record when that of January is learnt."""
    fine = OneOff(code="fine", name="Fine", vat_rate=Decimal(0), at="suspension",
                  prices=(Price(amount=Decimal(5), valid_from=ALWAYS),))  # fmt: skip
    subscriber = Subscriber(tariff("net", monthly("310.00"), fine))
    subscriber.activate("net", "2026-01-01")
    subscriber.suspend("non-payment", "2026-02-10")
    subscriber.resume("2026-02-11")
    subscriber.bill_each_period(date(2026, 3, 1))
    stop = SubscriptionSuspended(effective_on=date(2026, 1, 10), subscription="S1", reason="non-payment")
    subscriber.record([stop, SubscriptionResumed(effective_on=date(2026, 1, 11), subscription="S1")])
    subscriber.bill("2026-03-01")

    fines = [entry.charge.from_on for entry in subscriber.history.charges.values() if entry.charge.component == "fine"]
    assert sorted(fines) == [date(2026, 1, 10), date(2026, 2, 10)]


# --- limits


def daily(price: str) -> Tariff:
    prices = (Price(amount=Decimal(price), valid_from=date(2000, 1, 1)),)
    by_day = Recurring(
        code="day", name="Day", vat_rate=Decimal(0), prices=prices,
        period=PeriodRule(unit="day", align="own"),
    )  # fmt: skip
    return tariff("daily", by_day)


@pytest.mark.parametrize("has_fee", [False, True])
def test_a_subscription_gets_at_most_so_many_charges_in_one_decision(has_fee: bool):
    """One-off fees count as well."""
    (by_day,) = daily("1.00").components
    start = OneOff(code="start", name="Start", vat_rate=Decimal(0), prices=by_day.prices)
    components = [by_day, start] if has_fee else [by_day]
    subscriber = Subscriber(tariff("daily", *components), opened="2000-01-01")
    subscriber.activate("daily", "2000-01-01")
    last_on = date(2000, 1, 1) + timedelta(days=MOST_LINES - 1 - has_fee)

    with pytest.raises(TooManyLines, match="more than 5000 charges") as caught:
        subscriber.bill(last_on + timedelta(days=1))
    assert (caught.value.code, caught.value.subscription) == ("too-many-lines", "S1")

    subscriber.bill(last_on)
    assert len(subscriber.history.charges) == MOST_LINES


@pytest.mark.parametrize("changed_days", [MOST_LINES // 2, MOST_LINES // 2 + 1])
def test_credits_and_charges_of_a_changed_past_count_together(changed_days: int):
    """A credit and a charge for each day from the second on."""
    dearer = msgspec.structs.replace(daily("2.00"), code="dearer")
    subscriber = Subscriber(daily("1.00"), dearer, opened="2000-01-01")
    subscriber.activate("daily", "2000-01-01")
    last_on = date(2000, 1, 1) + timedelta(days=changed_days)
    subscriber.bill(last_on)
    subscriber.change_tariff("dearer", "2000-01-02")

    if 2 * changed_days > MOST_LINES:
        with pytest.raises(TooManyLines):
            subscriber.bill(last_on)
    else:
        subscriber.bill(last_on)
        assert len(subscriber.history.charges) == 1 + 3 * changed_days


def test_nobody_bills_more_than_a_year_and_a_day_ahead():
    today = date(2026, 3, 1)
    require_near(today + MOST_AHEAD, today, "until")
    require_near(date(2000, 1, 1), today, "until")
    with pytest.raises(InvalidValue, match="more than 366 days after 2026-03-01") as caught:
        require_near(today + MOST_AHEAD + timedelta(days=1), today, "until")
    assert (caught.value.field, caught.value.value) == ("until", "2027-03-03")
