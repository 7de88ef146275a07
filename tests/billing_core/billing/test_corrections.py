"""What was recorded wrongly and billed is put right to the cent: a correction posts the difference, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from billing_core.billing.decision import decide_bill
from billing_core.billing.run import HistoryNeeded, next_due_on
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, DocumentEvent
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from tests.billing_core.books import audit, posted_net
from tests.billing_core.price_lists import monthly, monthly_from, once, tariff
from tests.billing_core.subscriber import Subscriber, told
from tests.billing_core.timelines import (
    CODES,
    START,
    Correction,
    Recording,
    Run,
    Step,
    agreed_prices,
    billing_days,
    corrected,
    histories,
    last_day,
    price_lists,
    prices,
    try_to_record,
)

NET = tariff("net", monthly("300.00", vat="20"), once("60.00", vat="20"))
FAST = tariff("fast", monthly("500.00", vat="20"))
PLAIN = tariff("plain", monthly("300.00", vat="20"))
WITH_TV = tariff("with-tv", monthly("300.00", vat="20"), monthly("31.00", vat="20", code="tv"))


def subscribed(on: str, *billed: str) -> Subscriber:
    """On tariff net since a day, and billed on some days."""
    subscriber = Subscriber(NET, FAST)
    subscriber.activate("net", on)
    for day in billed:
        assert subscriber.bill(day) != []
    return subscriber


def short(facts: Iterable[Event]) -> list[str]:
    """Charges without their explanation, and documents."""
    return [line.partition(", ")[0] for line in told(facts)]


# --- the day of activation


def test_fifteen_days_earlier_are_charged_and_the_installation_stands():
    """300.00 in March (31 days): 15 days are 145.16."""
    subscriber = subscribed("2026-03-20", "2026-03-20", "2026-04-01")
    subscriber.correct_activation("2026-03-05")

    assert short(subscriber.bill_changes("2026-04-10")) == [
        "monthly 05 Mar - 20 Mar: 145.16",
        "invoice 1003: 145.16 + VAT 29.03 = 174.19",
    ]
    audit(subscriber)


def test_fifteen_days_earlier_in_a_month_that_was_never_billed():
    """11 days of February (28) at 300.00 are 117.86, the four of March 38.71."""
    subscriber = subscribed("2026-03-05", "2026-03-05")
    subscriber.correct_activation("2026-02-18")

    assert short(subscriber.bill_changes("2026-03-10")) == [
        "monthly 18 Feb - 01 Mar: 117.86",
        "monthly 01 Mar - 05 Mar: 38.71",
        "invoice 1002: 156.57 + VAT 31.31 = 187.88",
    ]


def test_fifteen_days_later_are_credited_and_the_installation_stands():
    subscriber = subscribed("2026-03-10", "2026-03-10")
    subscriber.correct_activation("2026-03-25")

    assert short(subscriber.bill_changes("2026-04-10")) == [
        "monthly 10 Mar - 25 Mar: -145.16 of S1/monthly/2026-03-10/2026-04-01/0",
        "credit note 5001 for 1001: -145.16 + VAT -29.03 = -174.19",
        "174.19 of 5001 settles 1001",
    ]


def test_fifteen_days_later_beyond_what_was_billed_the_installation_still_stands_and_is_not_charged_again():
    """Twelve days of March are 116.13; from 4 April 27 of 30 days are 270.00, and no second installation."""
    subscriber = subscribed("2026-03-20", "2026-03-20")
    subscriber.correct_activation("2026-04-04")

    assert short(subscriber.bill_changes("2026-03-25"))[:2] == [
        "monthly 20 Mar - 01 Apr: -116.13 of S1/monthly/2026-03-20/2026-04-01/0",
        "credit note 5001 for 1001: -116.13 + VAT -23.23 = -139.36",
    ]
    assert next_due_on(subscriber.account.subscriptions) == date(2026, 4, 4)
    with pytest.raises(HistoryNeeded):
        decide_bill(subscriber.account, subscriber.catalogue, date(2026, 4, 4))
    assert short(subscriber.bill("2026-04-04")) == [
        "monthly 04 Apr - 01 May: 270.00",
        "invoice 1002: 270.00 + VAT 54.00 = 324.00",
    ]
    audit(subscriber)


def test_a_day_that_was_never_billed_is_corrected_without_a_bill():
    subscriber = subscribed("2026-03-20")
    subscriber.correct_activation("2026-03-05")

    assert subscriber.bill_changes("2026-03-25") == []
    assert short(subscriber.bill("2026-03-25"))[:2] == [
        "monthly 05 Mar - 01 Apr: 261.29",
        "installation 05 Mar - 06 Mar: 60.00",
    ]


@pytest.mark.parametrize("moved_to", ["2026-02-20", "2026-03-25", "2026-04-12"])
def test_an_installation_that_was_reversed_by_hand_does_not_come_back(moved_to: str):
    subscriber = subscribed("2026-03-10", "2026-03-10")
    subscriber.waive_charge("S1/installation/2026-03-10/2026-03-11/0", "2026-03-11")
    subscriber.correct_activation(moved_to)

    lines = short([*subscriber.bill_changes("2026-03-26"), *subscriber.bill("2026-04-20")])

    assert lines[0].startswith("monthly")
    assert not any(line.startswith("installation") for line in lines)
    audit(subscriber)


def test_an_installation_goes_when_the_service_never_was():
    """Ended on the very day on which it began: nothing was ever charged for."""
    subscriber = subscribed("2026-03-10", "2026-03-10")
    subscriber.terminate("2026-03-20")
    subscriber.bill("2026-03-20")
    subscriber.correct_activation("2026-03-20")

    assert short(subscriber.bill_changes("2026-03-21"))[:2] == [
        "monthly 10 Mar - 20 Mar: -96.77 of S1/monthly/2026-03-10/2026-04-01/0",
        "installation 10 Mar - 11 Mar: -60.00 of S1/installation/2026-03-10/2026-03-11/0",
    ]
    assert subscriber.balance == "0.00"


# --- terms


def test_a_wrong_tariff_over_two_and_a_half_months():
    """500.00 instead of 300.00 in January, February and 15 of 31 days of March: -145.16 and 241.94."""
    subscriber = subscribed("2026-01-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")
    subscriber.correct_terms("2026-01-01", "2026-03-16", tariff="fast")

    assert short(subscriber.bill_changes("2026-04-10")) == [
        "monthly 01 Jan - 01 Feb: -300.00 of S1/monthly/2026-01-01/2026-02-01/0",
        "monthly 01 Jan - 01 Feb: 500.00",
        "monthly 01 Feb - 01 Mar: -300.00 of S1/monthly/2026-02-01/2026-03-01/0",
        "monthly 01 Feb - 01 Mar: 500.00",
        "monthly 01 Mar - 16 Mar: -145.16 of S1/monthly/2026-03-01/2026-04-01/0",
        "monthly 01 Mar - 16 Mar: 241.94",
        "credit note 5001 for 1001: -300.00 + VAT -60.00 = -360.00",
        "360.00 of 5001 settles 1001",
        "credit note 5002 for 1002: -300.00 + VAT -60.00 = -360.00",
        "360.00 of 5002 settles 1002",
        "credit note 5003 for 1003: -145.16 + VAT -29.03 = -174.19",
        "174.19 of 5003 settles 1003",
        "invoice 1005: 1241.94 + VAT 248.39 = 1490.33",
    ]
    audit(subscriber)


def test_a_wrong_price_is_put_right_and_holds_on_where_no_end_is_said():
    subscriber = subscribed("2026-03-01", "2026-03-01")
    subscriber.correct_terms("2026-03-01", None, prices={"monthly": "250.00"})

    assert short(subscriber.bill_changes("2026-03-10"))[:2] == [
        "monthly 01 Mar - 01 Apr: -300.00 of S1/monthly/2026-03-01/2026-04-01/0",
        "monthly 01 Mar - 01 Apr: 250.00",
    ]
    assert short(subscriber.bill("2026-04-01")) == [
        "monthly 01 Apr - 01 May: 250.00",
        "invoice 1003: 250.00 + VAT 50.00 = 300.00",
    ]


def test_a_wrong_vat_rate_credits_all_and_charges_it_again():
    """360.00 net for March with the installation: 72.00 VAT at 20 %, 36.00 at 10 %."""
    subscriber = subscribed("2026-03-01", "2026-03-01")
    subscriber.correct_terms("2026-03-01", "2026-04-01", vat_rates={"monthly": "10", "installation": "10"})

    assert short(subscriber.bill_changes("2026-03-10"))[4:] == [
        "credit note 5001 for 1001: -360.00 + VAT -72.00 = -432.00",
        "432.00 of 5001 settles 1001",
        "invoice 1002: 360.00 + VAT 36.00 = 396.00",
    ]
    assert short(subscriber.bill("2026-04-01"))[1] == "invoice 1003: 300.00 + VAT 60.00 = 360.00"


def test_what_was_paid_is_used_by_the_invoice_of_the_correction():
    subscriber = subscribed("2026-03-01", "2026-03-01")
    subscriber.pay("432.00", "2026-03-05", "1")
    subscriber.correct_terms("2026-03-01", "2026-04-01", vat_rates={"monthly": "10", "installation": "10"})

    assert short(subscriber.bill_changes("2026-03-10"))[-1] == "396.00 of 5001 settles 1002"
    assert (subscriber.balance, subscriber.open_items) == ("36.00", {})


def test_what_was_free_by_mistake_is_charged_without_a_credit_note():
    subscriber = Subscriber(tariff("free", monthly("0.00", vat="20")))
    subscriber.activate("free", "2026-03-01")
    subscriber.bill("2026-03-01")
    subscriber.correct_terms("2026-03-11", "2026-04-01", prices={"monthly": "31.00"})

    assert [type(fact).__name__ for fact in subscriber.bill_changes("2026-03-20")] == ["ChargesPosted", "InvoiceIssued"]
    assert subscriber.balance == "-25.20"


def test_credit_notes_say_the_reason_of_the_correction():
    subscriber = subscribed("2026-03-01", "2026-03-01")
    subscriber.correct_terms("2026-03-01", "2026-04-01", prices={"monthly": "250.00"})
    subscriber.bill_changes("2026-03-10", "mistyped in spring")

    assert [fact.reason for fact in subscriber.events if isinstance(fact, CreditNoteIssued)] == ["mistyped in spring"]


def test_a_beginning_that_is_moved_to_today_and_back_to_tomorrow_is_charged_a_day_early_and_once():
    """300.00 in February (28 days): the first day is 10.71."""
    subscriber = subscribed("2026-01-15", "2026-01-15")
    subscriber.correct_activation("2026-02-02")
    subscriber.bill("2026-02-01")
    subscriber.correct_activation("2026-02-01")
    assert short(subscriber.bill_changes("2026-02-01"))[0] == "monthly 01 Feb - 01 Mar: 300.00"
    subscriber.correct_activation("2026-02-02")

    assert short(subscriber.bill_changes("2026-02-01"))[0] == (
        "monthly 01 Feb - 02 Feb: -10.71 of S1/monthly/2026-02-01/2026-03-01/0"
    )
    assert short(subscriber.bill("2026-02-02")) == ["looked at"]
    audit(subscriber)


def test_what_a_correction_charged_a_day_early_stands_when_it_turns_out_to_begin_tomorrow():
    """31.00 in March (31 days): only the first day goes back, and the run of 2 March has nothing left to charge."""
    subscriber = Subscriber(PLAIN, WITH_TV)
    subscriber.activate("plain", "2026-03-01")
    subscriber.bill("2026-03-01")
    subscriber.change_tariff("with-tv", "2026-03-02")
    subscriber.bill("2026-03-01")
    subscriber.correct_terms("2026-03-01", None, tariff="with-tv")
    assert short(subscriber.bill_changes("2026-03-01"))[0] == "tv 01 Mar - 01 Apr: 31.00"
    subscriber.correct_terms("2026-03-01", "2026-03-02", tariff="plain")

    assert short(subscriber.bill_changes("2026-03-01"))[0] == (
        "tv 01 Mar - 02 Mar: -1.00 of S1/tv/2026-03-01/2026-04-01/0"
    )
    assert short(subscriber.bill("2026-03-02")) == ["looked at"]
    audit(subscriber)


def test_an_installation_that_stood_early_and_was_credited_is_charged_again_on_its_day():
    """It stands while it is owed tomorrow. Taken back and owed tomorrow again, it is due tomorrow."""
    subscriber = Subscriber(NET, PLAIN)
    subscriber.activate("net", "2026-03-01")
    subscriber.bill("2026-03-01")
    subscriber.correct_terms("2026-03-01", "2026-03-02", tariff="plain")
    assert short(subscriber.bill_changes("2026-03-01")) == ["looked at"]
    subscriber.correct_terms("2026-03-02", None, tariff="plain")
    assert short(subscriber.bill_changes("2026-03-01"))[0] == (
        "installation 01 Mar - 02 Mar: -60.00 of S1/installation/2026-03-01/2026-03-02/0"
    )
    subscriber.correct_terms("2026-03-02", None, tariff="net")

    assert short(subscriber.bill_changes("2026-03-01")) == ["looked at"]
    assert short(subscriber.bill("2026-03-02"))[0] == "installation 02 Mar - 03 Mar: 60.00"
    audit(subscriber)


def test_new_days_wait_for_the_run():
    subscriber = subscribed("2026-03-10", "2026-03-10")
    subscriber.correct_activation("2026-03-05")

    subscriber.bill_changes("2026-06-10")

    assert subscriber.account.subscriptions["S1"].charged_until == date(2026, 4, 1)


# --- whatever was recorded and however it is corrected


def play(subscriber: Subscriber, steps: list[Step]) -> date:
    today = START
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            subscriber.bill(today)
        else:
            try_to_record(subscriber, step, today)
    return today


@pytest.mark.slow
@given(
    tariffs=price_lists(),
    billing_day=billing_days,
    steps=histories(5),
    told=corrected,
    days_from_now=st.integers(-80, 10),
    days=st.one_of(st.none(), st.integers(1, 70)),
)
@settings(max_examples=300)
def test_a_correction_and_its_counter_correction_sum_to_zero(
    tariffs: list[Tariff],
    billing_day: int,
    steps: list[Step],
    told: dict[str, object],
    days_from_now: int,
    days: int | None,
):
    """Compared with one that was never corrected, on the first day on which no known change is still to come.

    Until then what a correction made due early may stand: days charged in advance and one-off fees that are still owed,
    on a later day, are not credited for that; and a fee that stood early and was credited is charged again on its day.
    """
    subscriber, uncorrected = (
        Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day) for _ in range(2)
    )
    today = play(subscriber, [*steps, Run(0)])
    play(uncorrected, [*steps, Run(0)])
    known = subscriber.account.subscriptions["S1"]
    before, activated_on = known.segments(), known.activated_on
    correction = Correction("S1", days_from_now, days, **told)  # type: ignore[arg-type]
    assume(try_to_record(subscriber, correction, today))
    subscriber.bill_changes(today)
    audit(subscriber)

    if not told:
        subscriber.correct_activation(activated_on)
    for segment in before if told else ():
        old = segment.in_force
        subscriber.correct_terms(
            segment.from_on, segment.to_on, tariff=old.tariff, prices=texts(old.agreed_prices),
            vat_rates=texts(old.vat_rates),
        )  # fmt: skip
    subscriber.bill_changes(today)
    audit(subscriber)
    begun_on = max(today, before[-1].from_on)
    for billed in (subscriber, uncorrected):
        billed.bill(begun_on)

    assert posted_net(subscriber.events, billing_day) == posted_net(uncorrected.events, billing_day)
    if all(component.vat_rate == 0 for listed in tariffs for component in listed.components):
        assert nets(subscriber) == nets(uncorrected)
    audit(subscriber)


def texts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: str(amount) for code, amount in amounts.items()}


def nets(subscriber: Subscriber) -> object:
    return sum(fact.gross.amount for fact in subscriber.events if isinstance(fact, DocumentEvent))


@pytest.mark.slow
@given(
    tariffs=price_lists(),
    billing_day=billing_days,
    right_days=st.integers(0, 45),
    wrong_days=st.integers(0, 45),
    changes=st.lists(
        st.builds(
            Recording,
            kind=st.sampled_from(["change-tariff", "suspend", "resume", "terminate"]),
            subscription=st.just("S1"),
            days_from_now=st.integers(46, 90),
            tariff=st.sampled_from(CODES),
            agreed_prices=agreed_prices,
            reason=st.sampled_from(["operator", "non-payment"]),
        ),
        max_size=3,
    ),
    billed=st.lists(st.integers(0, 100), max_size=4).map(sorted),
)
@settings(max_examples=200)
def test_an_activation_corrected_late_is_billed_as_one_known_from_the_start(
    tariffs: list[Tariff],
    billing_day: int,
    right_days: int,
    wrong_days: int,
    changes: list[Recording],
    billed: list[int],
):
    late, known = (Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day) for _ in range(2))
    late.activate("A", START + timedelta(days=wrong_days))
    known.activate("A", START + timedelta(days=right_days))
    for recorded in changes:
        assert try_to_record(late, recorded, START) == try_to_record(known, recorded, START)
    for days in billed:
        late.bill(START + timedelta(days=days))
    end = START + timedelta(days=100)

    late.correct_activation(START + timedelta(days=right_days))
    late.bill_changes(end)
    for subscriber in (late, known):
        subscriber.bill(end)
        audit(subscriber)

    assert posted_net(late.events, billing_day) == posted_net(known.events, billing_day)


@pytest.mark.slow
@given(
    tariffs=price_lists(),
    billing_day=billing_days,
    steps=histories(4),
    right=st.sampled_from(CODES),
    price=st.one_of(st.none(), prices),
    first=st.integers(0, 60),
    days=st.integers(1, 80),
)
@settings(max_examples=200)
def test_terms_corrected_late_are_billed_as_those_known_from_the_start(
    tariffs: list[Tariff], billing_day: int, steps: list[Step], right: str, price: str | None, first: int, days: int
):
    """Interruptions as they come; the tariff is only changed by the correction, and there and back by who knew it."""
    late, known = (Subscriber(*tariffs, opened=START.isoformat(), billing_day=billing_day) for _ in range(2))
    agreed = {} if price is None else {"monthly": price}
    from_on, to_on = START + timedelta(days=first), START + timedelta(days=first + days)
    for subscriber in (late, known):
        subscriber.activate("A", START)
    known.change_tariff(right, from_on, **agreed)
    known.change_tariff("A", to_on)
    today = START
    for step in steps:
        if isinstance(step, Run):
            today += timedelta(days=step.days)
            late.bill(today)
        elif isinstance(step, Recording) and step.kind in ("suspend", "resume") and step.subscription == "S1":
            assert try_to_record(late, step, today) == try_to_record(known, step, today)
    end = max(last_day(steps), to_on) + timedelta(days=30)

    late.correct_terms(from_on, to_on, tariff=right, prices=agreed)
    late.bill_changes(today)
    for subscriber in (late, known):
        subscriber.bill(end)

    assert posted_net(late.events, billing_day) == posted_net(known.events, billing_day)


def test_correcting_again_what_is_known_gives_nothing():
    subscriber = subscribed("2026-03-01", "2026-03-01")
    assert subscriber.correct_activation("2026-03-05") != []
    assert subscriber.correct_activation("2026-03-05") == []
    assert subscriber.correct_terms("2026-03-10", "2026-04-01", prices={"monthly": "1.00"}) != []
    assert subscriber.correct_terms("2026-03-12", "2026-03-20", prices={"monthly": "1.00"}) == []
    assert subscriber.bill_changes("2026-03-10") != []
    assert subscriber.bill_changes("2026-03-10") == []


def test_a_correction_without_a_price_on_its_days_is_refused_by_the_bill():
    listed = monthly_from({"2020-01-01": "300.00", "2026-03-15": "310.00"}, vat="20")
    ends = msgspec.structs.replace(listed, prices=listed.prices[:1])
    subscriber = Subscriber(NET, tariff("ends", ends))
    subscriber.activate("net", "2026-03-01")
    subscriber.bill("2026-03-01")
    subscriber.correct_terms("2026-03-01", "2026-04-01", tariff="ends")

    with pytest.raises(RuleViolation, match="no price for component monthly on this date"):
        subscriber.bill_changes("2026-03-20")
    assert [type(fact) for fact in subscriber.events].count(ChargesPosted) == 1
