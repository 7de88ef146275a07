"""Prepaid accounts on a moving clock: served as long as the money lasts, back as soon as there is enough again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.charging.charges import Charge
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionPriceChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTerminated,
)
from billing_core.time.period_rules import PeriodRule
from commands.simulation import Entry, RunOutcome, Scenario, ScenarioAccount, play
from tests.commands.prepaid_diary import Kind, Move, People, kept

JUNE = date(2026, 6, 1)


def listed(price: str) -> tuple[Price, ...]:
    return (Price(amount=Decimal(price), valid_from=date.min),)


def monthly(price: str, vat: str = "0", **rule: Any) -> Tariff:
    """A fee on the subscription's own grid, a month long unless the rule says otherwise."""
    fee = Recurring(
        code="fee", name="Fee", vat_rate=Decimal(vat), prices=listed(price), period=PeriodRule(align="own", **rule)
    )
    return Tariff(code="net", name="Net", currency="EUR", components=(fee,))


def played(
    tariff: Tariff, terms: Prepaid, payments: Sequence[tuple[date, str]], runs: Sequence[date], services: int = 1,
    learnt: Sequence[Entry] = (), since: date = JUNE,
) -> list[RunOutcome]:  # fmt: skip
    """What the runs do on an account whose services are activated on 1 June; `learnt` is what happens to them later."""
    started = [
        Entry(since, SubscriptionActivated(effective_on=since, subscription=f"S{number}", tariff="net"), "")
        for number in range(1, services + 1)
    ]
    paid = [
        Entry(on, PaymentReceived(effective_on=on, customer="A1", source="desk", reference=str(number),
                                  amount=Money(Decimal(amount), "EUR")), "")
        for number, (on, amount) in enumerate(payments)
    ]  # fmt: skip
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=0, prepaid=terms)
    account = ScenarioAccount("A1", plan, [*started, *learnt, *paid], "")
    return play(Scenario("EUR", {"net": tariff}, [account], runs, {}))


def learnt(on: date, fact: SubscriptionEvent, held_until: date | None = None) -> Entry:
    """Something about the service that is learnt on a day."""
    return Entry(on, fact, "", held_until)


def told(outcomes: Sequence[RunOutcome]) -> list[str]:
    """Charges, balance and state after each run, in few words."""
    lines = []
    for outcome in outcomes:
        account = outcome.accounts["A1"]
        charges = [f"{line.from_on:%d %b}-{line.to_on:%d %b} {line.amount.amount}" for line in account.charges]
        state = " ".join(account.state.values())
        lines.append("; ".join([*charges, f"{account.balance.amount} {state}"]))
    return lines


def june(day: int) -> date:
    """A day of June 2026, or beyond it."""
    return JUNE + timedelta(days=day - 1)


# --- stories


def test_a_period_is_served_where_the_balance_covers_it_to_the_cent():
    assert told(played(monthly("30.00"), Prepaid(), [(JUNE, "30.00")], [JUNE])) == ["01 Jun-01 Jul 30.00; 0.00 active"]
    assert told(played(monthly("30.00"), Prepaid(), [(JUNE, "29.99")], [JUNE])) == ["29.99 suspended"]


def test_the_fee_is_taken_with_its_vat():
    assert told(played(monthly("30.00", "20"), Prepaid(), [(JUNE, "35.99")], [JUNE])) == ["35.99 suspended"]
    assert told(played(monthly("30.00", "20"), Prepaid(), [(JUNE, "36.00")], [JUNE])) == [
        "01 Jun-01 Jul 30.00; 0.00 active"
    ]


@pytest.mark.parametrize(("limit", "expected"), [("10.00", "01 Jun-01 Jul 30.00; -10.00 active"),
                                                 ("9.99", "20.00 suspended")])  # fmt: skip
def test_the_credit_limit_counts_and_a_balance_exactly_at_it_is_still_served(limit: str, expected: str):
    assert told(played(monthly("30.00"), Prepaid(credit_limit=Decimal(limit)), [(JUNE, "20.00")], [JUNE])) == [expected]


def test_a_payment_resumes_the_service_for_the_rest_of_the_period_on_the_old_grid():
    outcomes = played(monthly("30.00"), Prepaid(), [(JUNE, "30.00"), (june(46), "20.00")], [june(30), june(60)])

    assert told(outcomes) == ["01 Jun-01 Jul 30.00; 0.00 active", "16 Jul-01 Aug 15.48; 4.52 active"]  # 16/31


def test_a_payment_resumes_the_service_for_a_whole_period_on_a_new_grid():
    terms = Prepaid(resume_on="new-grid")
    outcomes = played(monthly("30.00"), terms, [(JUNE, "30.00"), (june(46), "70.00")], [june(30), june(60), june(90)])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 0.00 active",
        "16 Jul-16 Aug 30.00; 40.00 active",
        "16 Aug-16 Sep 30.00; 10.00 active",
    ]


def test_too_little_money_resumes_nothing_until_it_is_enough():
    paid = [(june(3), "10.00"), (june(5), "10.00"), (june(7), "10.00")]

    outcomes = played(monthly("30.00"), Prepaid(), paid, [june(4), june(6), june(8)])

    assert told(outcomes) == ["10.00 suspended", "20.00 suspended", "07 Jun-01 Jul 24.00; 6.00 active"]


def test_as_many_days_as_the_money_buys():
    terms = Prepaid(covers="days")

    outcomes = played(monthly("30.00"), terms, [(JUNE, "20.00"), (june(25), "10.00")], [june(20), june(21), june(30)])

    assert told(outcomes) == [
        "01 Jun-21 Jun 20.00; 0.00 active", "0.00 suspended", "25 Jun-01 Jul 6.00; 4.00 active",
    ]  # fmt: skip


def test_money_that_comes_before_the_days_are_over_goes_on_without_a_gap():
    terms = Prepaid(covers="days")

    outcomes = played(monthly("30.00"), terms, [(JUNE, "20.00"), (june(10), "10.00")], [june(30)])

    assert told(outcomes) == ["01 Jun-21 Jun 20.00; 21 Jun-01 Jul 10.00; 0.00 active"]


def test_thresholds_to_suspend_and_to_resume_are_apart():
    terms = Prepaid(suspend_below=Decimal(5), resume_at=Decimal(50))
    paid = [(JUNE, "35.00"), (june(40), "40.00"), (june(45), "5.00")]

    outcomes = played(monthly("30.00"), terms, paid, [JUNE, june(35), june(42), june(45)])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 5.00 active",  # Exactly at the threshold it is served.
        "5.00 suspended",
        "45.00 suspended",  # Covers the rest of July, but it is below what resumes.
        "15 Jul-01 Aug 16.45; 33.55 active",
    ]


def test_a_daily_fee_is_taken_day_by_day():
    outcomes = played(monthly("1.00", unit="day"), Prepaid(), [(JUNE, "2.50"), (june(6), "1.00")], [june(4), june(7)])

    assert told(outcomes) == [
        "01 Jun-02 Jun 1.00; 02 Jun-03 Jun 1.00; 0.50 suspended", "06 Jun-07 Jun 1.00; 0.50 suspended",
    ]  # fmt: skip


def test_the_service_that_was_sold_last_waits_first():
    (outcome,) = played(monthly("30.00"), Prepaid(), [(JUNE, "45.00")], [JUNE], services=2)

    account = outcome.accounts["A1"]
    assert [line.subscription for line in account.charges] == ["S1"]
    assert (account.state, account.balance.amount) == ({"S1": "active", "S2": "suspended"}, Decimal("15.00"))


def test_no_days_are_sold_beyond_the_termination():
    """15.00 buy one day of 10.00; two days are left up to the termination."""
    ends = learnt(JUNE, SubscriptionTerminated(effective_on=june(3), subscription="S1"))
    terms = Prepaid(covers="days")

    outcomes = played(
        monthly("300.00", last_stub="full"), terms, [(JUNE, "15.00")], [JUNE, june(30)], learnt=[ends]
    )  # fmt: skip

    assert told(outcomes) == ["01 Jun-02 Jun 10.00; 5.00 active", "5.00 terminated"]


def test_a_service_whose_days_are_free_waits_for_the_money_for_its_one_off_fee():
    """From its second day on it costs nothing; the 25.00 come on 25 June."""
    charged = Recurring(
        code="fee", name="Fee", vat_rate=Decimal(0), prices=listed("300.00"), period=PeriodRule(first_stub="full")
    )
    install = OneOff(code="install", name="Installation", vat_rate=Decimal(0), prices=listed("25.00"))
    both = Tariff(code="net", name="Net", currency="EUR", components=(charged, install))
    free = SubscriptionPriceChanged(effective_on=june(21), subscription="S1", agreed_prices={"fee": Decimal(0)})
    terms, paid = Prepaid(covers="days"), [(june(25), "25.00")]

    outcomes = played(both, terms, paid, [june(20), june(30)], learnt=[learnt(june(21), free)], since=june(20))

    assert [outcome.accounts["A1"].state["S1"] for outcome in outcomes] == ["suspended", "active"]
    assert [outcome.accounts["A1"].balance.amount for outcome in outcomes] == [Decimal(0), Decimal(0)]


def test_what_goes_on_while_it_is_suspended_for_another_reason_is_charged_in_any_case():
    stopped = learnt(june(11), SubscriptionSuspended(effective_on=june(11), subscription="S1", reason="abuse"))

    outcomes = played(monthly("30.00"), Prepaid(), [(JUNE, "30.00")], [JUNE, june(30), june(31)], learnt=[stopped])

    assert told(outcomes) == ["01 Jun-01 Jul 30.00; 0.00 active", "0.00 suspended",
                              "01 Jul-01 Aug 30.00; -30.00 suspended"]  # fmt: skip


# --- what is learnt late goes before what money did

CUT = [(JUNE, "30.00")]
BACK = [(JUNE, "30.00"), (june(41), "50.00")]  # Suspended from 1 July, back on the 11th for 21/31 of 30.00.


def test_a_termination_learnt_late_ends_the_service_before_money_suspended_it():
    ended = learnt(june(40), SubscriptionTerminated(effective_on=june(21), subscription="S1"))

    outcomes = played(monthly("30.00"), Prepaid(), CUT, [june(35), june(40), june(50)], learnt=[ended])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 0.00 suspended", "21 Jun-01 Jul -10.00; 10.00 terminated", "10.00 terminated",
    ]  # fmt: skip


def test_a_termination_learnt_late_takes_back_what_a_payment_brought_back_after_it():
    ended = learnt(june(45), SubscriptionTerminated(effective_on=june(21), subscription="S1"))

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(44), june(45), june(80)], learnt=[ended])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 11 Jul-01 Aug 20.32; 29.68 active",
        "21 Jun-01 Jul -10.00; 11 Jul-01 Aug -20.32; 60.00 terminated",
        "60.00 terminated",
    ]


def test_a_termination_that_is_cancelled_leaves_everything_as_it_was():
    learnt_late = [
        learnt(june(45), SubscriptionTerminated(effective_on=june(21), subscription="S1")),
        learnt(june(46), SubscriptionChangeCancelled(effective_on=june(21), subscription="S1", kind="terminate")),
    ]

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(44), june(45), june(46)], learnt=learnt_late)

    assert [told(outcomes)[number].partition("; ")[2][-13:] for number in (0, 2)] == ["; 29.68 active"[-13:]] * 2
    assert sum(line.amount.amount for line in posted(outcomes)) == Decimal("50.32")


def test_a_hold_learnt_late_is_not_ended_by_what_a_payment_resumed():
    held = learnt(june(45), SubscriptionHeld(effective_on=june(21), subscription="S1"))

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(44), june(45), june(80)], learnt=[held])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 11 Jul-01 Aug 20.32; 29.68 active",
        "21 Jun-01 Jul -10.00; 11 Jul-01 Aug -20.32; 60.00 held",
        "60.00 held",
    ]


def test_a_suspension_for_another_reason_learnt_late_is_not_lifted_by_what_a_payment_resumed():
    stopped = learnt(june(45), SubscriptionSuspended(effective_on=june(21), subscription="S1", reason="operator"))

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(44), june(45), june(80)], learnt=[stopped])

    assert told(outcomes)[1:] == [
        "21 Jun-01 Jul -10.00; 11 Jul-01 Aug -20.32; 60.00 suspended", "60.00 suspended",
    ]  # fmt: skip


def test_no_payment_lifts_a_hold_of_a_service_that_waited_for_money():
    held = learnt(june(35), SubscriptionHeld(effective_on=june(35), subscription="S1"))
    back = learnt(june(50), SubscriptionResumed(effective_on=june(50), subscription="S1"))
    paid = [(JUNE, "30.00"), (june(41), "50.00")]

    outcomes = played(monthly("30.00"), Prepaid(), paid, [june(34), june(41), june(50)], learnt=[held, back])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 0.00 suspended", "50.00 held", "20 Jul-01 Aug 11.61; 38.39 active",
    ]  # fmt: skip


def test_a_service_that_waited_for_money_waits_on_where_its_hold_ends_by_itself():
    held = learnt(june(35), SubscriptionHeld(effective_on=june(35), subscription="S1"), held_until=june(50))
    paid = [(JUNE, "30.00"), (june(60), "50.00")]

    outcomes = played(monthly("30.00"), Prepaid(), paid, [june(40), june(50), june(59), june(60)], learnt=[held])

    assert told(outcomes) == [
        "01 Jun-01 Jul 30.00; 0.00 held", "0.00 suspended", "0.00 suspended", "30 Jul-01 Aug 1.94; 48.06 active",
    ]  # fmt: skip


def test_money_that_came_during_a_hold_resumes_the_service_on_the_day_the_hold_ends_by_itself():
    held = learnt(june(35), SubscriptionHeld(effective_on=june(35), subscription="S1"), held_until=june(50))

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(49), june(55)], learnt=[held])

    assert told(outcomes) == ["01 Jun-01 Jul 30.00; 50.00 held", "20 Jul-01 Aug 11.61; 38.39 active"]


def test_days_without_the_service_are_not_charged_where_a_hold_learnt_late_ended_among_them():
    held = learnt(june(45), SubscriptionHeld(effective_on=june(21), subscription="S1"), held_until=june(36))

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(44), june(45)], learnt=[held])

    assert told(outcomes)[1] == "21 Jun-01 Jul -10.00; 39.68 active", "it was back on 11 July, not on the 6th"


def test_a_hold_that_was_planned_ends_with_a_look_at_the_money_that_is_there():
    held = learnt(june(34), SubscriptionHeld(effective_on=june(35), subscription="S1"), held_until=june(50))
    paid = [(JUNE, "30.00"), (june(33), "15.00")]  # Not enough for 29/31 of July, but for 12/31.

    outcomes = played(monthly("30.00"), Prepaid(), paid, [june(34), june(49), june(50)], learnt=[held])

    assert told(outcomes) == ["01 Jun-01 Jul 30.00; 15.00 suspended", "15.00 held", "20 Jul-01 Aug 11.61; 3.39 active"]


def test_a_dearer_tariff_learnt_late_is_charged_for_days_that_were_used_and_only_bought_for_those_to_come():
    changed = learnt(june(45), SubscriptionPriceChanged(effective_on=june(21), subscription="S1",
                                                        agreed_prices={"fee": Decimal("60.00")}))  # fmt: skip

    outcomes = played(monthly("30.00"), Prepaid(), BACK, [june(44), june(45)], learnt=[changed])

    assert told(outcomes)[1] == "; ".join([
        "21 Jun-01 Jul -10.00", "21 Jun-01 Jul 20.00", "11 Jul-01 Aug -20.32", "11 Jul-15 Jul 7.75",
        "32.25 suspended",  # 21/31 of 60.00 are 40.65, of which the last 17/31 are 32.90.
    ])  # fmt: skip


def test_what_is_given_back_counts_towards_the_balance_that_resumes():
    held = learnt(june(13), SubscriptionHeld(effective_on=june(2), subscription="S1"), held_until=june(10))
    paid = [(JUNE, "10.00"), (june(12), "12.00")]

    outcomes = played(monthly("1.00", unit="day"), Prepaid(resume_at=Decimal(20)), paid, [june(12), june(13)],
                      learnt=[held])  # fmt: skip

    assert told(outcomes)[0].endswith("; 12.00 suspended")
    assert told(outcomes)[1].startswith("02 Jun-03 Jun -1.00; ")
    assert told(outcomes)[1].endswith("; 13 Jun-14 Jun 1.00; 19.00 active")


def test_what_is_given_back_of_a_debt_buys_no_more_days():
    learnt_late = [
        learnt(june(3), SubscriptionHeld(effective_on=june(3), subscription="S1")),
        learnt(june(20), SubscriptionChangeCancelled(effective_on=june(3), subscription="S1", kind="hold")),
        learnt(june(21), SubscriptionHeld(effective_on=june(5), subscription="S1"), held_until=june(18)),
    ]

    outcomes = played(monthly("1.00", unit="day"), Prepaid(), [(JUNE, "4.00")], [june(19), june(20), june(21)],
                      learnt=learnt_late)  # fmt: skip

    assert [line.rpartition("; ")[2] for line in told(outcomes)] == [
        "2.00 held", "-15.00 suspended", "-2.00 suspended",  # It was there from the 3rd to the 19th, less 13 days.
    ]  # fmt: skip


# --- whatever is paid, whatever people do, and whenever

KINDS: tuple[Kind, ...] = ("hold", "suspend", "resume", "resume", "terminate")

prices = st.integers(1, 5000).map(lambda cents: f"{cents / 100:.2f}")
payments = st.lists(st.tuples(st.integers(1, 150).map(june), prices), max_size=8)
all_terms = st.builds(
    Prepaid,
    credit_limit=st.sampled_from([Decimal(0), Decimal("12.34")]),
    covers=st.sampled_from(["whole", "days"]),
    resume_on=st.sampled_from(["old-grid", "new-grid"]),
    resume_at=st.sampled_from([None, Decimal(20)]),
    suspend_below=st.sampled_from([None, Decimal(5)]),
)
rules = st.sampled_from([{}, {"unit": "day"}, {"unit": "week"}, {"unit": "day", "interval": 30}])
LAST = 45


@st.composite
def moves(draw: st.DrawFn) -> list[Move]:
    """What people do to a service, often learnt late, and often taken back; all of it makes sense."""
    people, made = People(), list[Move]()
    for day in sorted(draw(st.lists(st.integers(1, LAST), max_size=7))):
        kind = draw(st.sampled_from(KINDS))
        if draw(st.integers(0, 4)) == 4 and made:
            taken_back = draw(st.sampled_from(made))
            move = taken_back._replace(learnt_on=june(day), until=None, cancels=True)
        elif kind == "resume":
            move = Move(june(day), kind, june(day))
        else:
            on = june(max(1, day - draw(st.integers(-3, 12))))
            until = on + timedelta(days=draw(st.integers(1, 12))) if kind == "hold" and draw(st.booleans()) else None
            move = Move(june(day), kind, on, until)
        if people.take(move):
            made.append(move)
    return made


@st.composite
def dearer_or_cheaper(draw: st.DrawFn) -> Entry:
    """Another price, often learnt late."""
    day, late = draw(st.integers(1, LAST)), draw(st.integers(0, 12))
    agreed: dict[str, Decimal | None] = {"fee": Decimal(draw(prices))}
    changed = SubscriptionPriceChanged(effective_on=june(max(1, day - late)), subscription="S1", agreed_prices=agreed)
    return learnt(june(day), changed)


def entries(made: Sequence[Move]) -> list[Entry]:
    facts: dict[Kind, type[SubscriptionEvent]] = {
        "hold": SubscriptionHeld, "suspend": SubscriptionSuspended, "resume": SubscriptionResumed,
        "terminate": SubscriptionTerminated,
    }  # fmt: skip
    found = []
    for move in made:
        if move.cancels:
            fact: SubscriptionEvent = SubscriptionChangeCancelled(
                effective_on=move.on, subscription="S1", kind=move.kind
            )
        else:
            reason = {"reason": "operator"} if move.kind == "suspend" else {}
            fact = facts[move.kind](effective_on=move.on, subscription="S1", **reason)
        found.append(Entry(move.learnt_on, fact, "", move.until))
    return found


run_dates = st.lists(st.integers(1, 160).map(june), min_size=1, max_size=6, unique=True)


def posted(outcomes: Sequence[RunOutcome]) -> list[Charge]:
    return [line for outcome in outcomes for line in outcome.accounts["A1"].charges]


@given(price=prices, vat=st.sampled_from(["0", "21"]), rule=rules, terms=all_terms, paid=payments, runs=run_dates,
       services=st.integers(1, 2))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_day_is_served_that_is_not_paid_and_none_is_paid_twice(
    price: str, vat: str, rule: dict[str, Any], terms: Prepaid, paid: list[tuple[date, str]], runs: list[date],
    services: int,
):  # fmt: skip
    outcomes = played(monthly(price, vat, **rule), terms, paid, runs, services)

    received = Decimal(0)
    for outcome in outcomes:
        account = outcome.accounts["A1"]
        assert account.balance.amount >= min(terms.floor, Decimal(0))
        received += sum((document.gross.amount for document in account.documents), Decimal(0))
        arrived = sum((Decimal(amount) for on, amount in paid if on <= outcome.on), Decimal(0))
        assert account.balance.amount == arrived - received
    days = [
        (line.subscription, line.from_on + timedelta(days=ahead))
        for line in posted(outcomes)
        for ahead in range((line.to_on - line.from_on).days)
    ]
    assert len(days) == len(set(days)), "no day twice"
    assert all(line.amount.amount >= 0 for line in posted(outcomes)), "nothing has to be given back"


@st.composite
def planned_price(draw: st.DrawFn) -> Entry:
    """Another price that is planned ahead."""
    day, ahead = draw(st.integers(1, 120)), draw(st.integers(0, 45))
    agreed: dict[str, Decimal | None] = {"fee": Decimal(draw(prices))}
    changed = SubscriptionPriceChanged(effective_on=june(day + ahead), subscription="S1", agreed_prices=agreed)
    return learnt(june(day), changed)


@given(price=prices, rule=rules, terms=all_terms, paid=payments, runs=run_dates,
       planned=st.lists(planned_price(), max_size=3))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_it_does_not_matter_on_which_days_it_is_run(
    price: str, rule: dict[str, Any], terms: Prepaid, paid: list[tuple[date, str]], runs: list[date],
    planned: list[Entry],
):  # fmt: skip
    end = june(170)
    often = played(monthly(price, **rule), terms, paid, [*runs, end], learnt=planned)
    once = played(monthly(price, **rule), terms, paid, [end], learnt=planned)

    assert [(line.key, line.amount) for line in posted(often)] == [(line.key, line.amount) for line in posted(once)]
    assert often[-1].accounts["A1"].balance == once[-1].accounts["A1"].balance
    assert often[-1].accounts["A1"].state == once[-1].accounts["A1"].state


every_day = [june(day) for day in range(1, LAST + 1)]


@given(price=st.integers(1, 9).map(lambda euros: f"{euros}.00"), terms=all_terms, made=moves(),
       paid=st.lists(st.tuples(st.integers(1, LAST).map(june), st.integers(1, 60).map(lambda euros: f"{euros}.00")),
                     max_size=8))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_a_daily_fee_is_as_a_diary_of_the_days_has_it(
    price: str, terms: Prepaid, made: list[Move], paid: list[tuple[date, str]]
):
    outcomes = played(monthly(price, unit="day"), terms, paid, every_day, learnt=entries(made))

    amounts = [(on, Decimal(amount)) for on, amount in paid]
    diary = kept(Decimal(price), terms, JUNE, june(LAST), made, amounts)
    net = Decimal(0)
    for day, outcome in zip(diary, outcomes, strict=True):
        account = outcome.accounts["A1"]
        net += sum(line.amount.amount for line in account.charges)
        assert (account.balance.amount, account.state["S1"]) == (day.balance, day.status), day.on
        assert net == day.served * Decimal(price), day.on


@given(price=prices, vat=st.sampled_from(["0", "21"]), rule=rules, terms=all_terms, made=moves(), paid=payments,
       services=st.integers(1, 2), repriced=st.lists(dearer_or_cheaper(), max_size=2))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_whatever_people_do_nothing_is_refused_and_no_fee_is_taken_that_is_not_covered(
    price: str, vat: str, rule: dict[str, Any], terms: Prepaid, made: list[Move], paid: list[tuple[date, str]],
    services: int, repriced: list[Entry],
):  # fmt: skip
    twice_a_day = sorted([*every_day, *every_day])
    ends_on = min((move.on for move in made if move.kind == "terminate"), default=date.max)
    repriced = [entry for entry in repriced if entry.fact.effective_on < ends_on]

    outcomes = played(monthly(price, vat, **rule), terms, paid, twice_a_day, services, [*entries(made), *repriced])

    standing: Counter[tuple[str, date]] = Counter()
    for first, again in zip(outcomes[::2], outcomes[1::2], strict=True):
        account = first.accounts["A1"]
        assert not again.accounts["A1"].charges and not again.accounts["A1"].documents
        taken = [line for line in account.charges if line.to_on > first.on and line.amount.amount > 0]
        assert not taken or account.balance.amount >= terms.floor
        for line in account.charges:
            for ahead in range((line.to_on - line.from_on).days):
                day = line.subscription, line.from_on + timedelta(days=ahead)
                standing[day] += 1 if line.corrects is None else -1
        assert set(standing.values()) <= {0, 1}, "no day twice, and none taken back that was not charged"
