"""Accounts with a service that is paid before each period and one that is billed afterwards, on a moving clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import Tariff
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import SubscriptionActivated
from billing_core.time.period_rules import PeriodRule
from commands.simulation import DunningPlayed, Entry, Outcome, RunOutcome, Scenario, ScenarioAccount, play
from tests.commands.test_prepaid import listed

JUNE = date(2026, 6, 1)
MIXED = Prepaid(postpaid_tariffs=("phone",))


def tariff(code: str, price: str, **rule: Any) -> Tariff:
    fee = Recurring(
        code="fee", name="Fee", vat_rate=Decimal(0), prices=listed(price), period=PeriodRule(align="own", **rule)
    )
    return Tariff(code=code, name=code, currency="EUR", components=(fee,))


NET, PHONE = tariff("net", "20.00"), tariff("phone", "30.00", charged_in="arrears")


def june(day: int) -> date:
    """A day of June 2026, or beyond it."""
    return JUNE + timedelta(days=day - 1)


def played(
    terms: Prepaid, payments: Sequence[tuple[date, str]], runs: Sequence[date], policy: DunningPolicy | None = None,
    references: Sequence[str] = (), since: date = JUNE, net: Tariff = NET,
) -> list[RunOutcome]:  # fmt: skip
    """Internet paid before, from `since` on, and a telephone billed afterwards, from 1 May on; due after 14 days."""
    may = date(2026, 5, 1)
    begun = [
        Entry(may, SubscriptionActivated(effective_on=may, subscription="T", tariff="phone"), ""),
        Entry(since, SubscriptionActivated(effective_on=since, subscription="N", tariff="net"), ""),
    ]
    paid = [
        Entry(on, PaymentReceived(
            effective_on=on, customer="A1", source="desk", reference=str(number), amount=Money(Decimal(amount), "EUR"),
            payment_reference=references[number] if references else "",
        ), "")
        for number, (on, amount) in enumerate(payments)
    ]  # fmt: skip
    plan = BillingPlan(
        billing_day=1, due_days=14, tolerance_days=0, prepaid=terms, dunning=policy.code if policy else ""
    )
    account = ScenarioAccount("A1", plan, [*begun, *paid], "")
    dunning = DunningPlayed({} if policy is None else {policy.code: policy})
    return play(Scenario("EUR", {"net": net, "phone": PHONE}, [account], runs, {}, dunning=dunning))


def told(outcomes: Sequence[RunOutcome]) -> list[str]:
    """The charges of each run, the balance, and how both services are."""
    lines = []
    for outcome in outcomes:
        of = outcome.accounts["A1"]
        charges = [f"{line.subscription} {line.amount.amount}" for line in of.charges]
        lines.append("; ".join([*charges, f"{of.balance.amount} net {of.state.get('N')}, phone {of.state['T']}"]))
    return lines


def invoices(outcome: Outcome) -> list[InvoiceIssued]:
    return [fact for fact in outcome.documents if isinstance(fact, InvoiceIssued)]


# --- stories


@pytest.mark.parametrize(
    ("settled", "on_the_fifth", "on_the_twentieth"),
    [
        ("when-due", "active", "suspended"),
        ("when-issued", "suspended", "suspended"),
        ("when-named", "active", "active"),
    ],
)
def test_the_policy_says_whether_a_postpaid_invoice_takes_money_before_a_fee_does(
    settled: Any, on_the_fifth: str, on_the_twentieth: str
):
    terms = Prepaid(postpaid_tariffs=("phone",), postpaid_settled=settled)
    early = played(terms, [(JUNE, "35.00")], [JUNE, june(5)], since=june(5))
    late = played(terms, [(JUNE, "35.00")], [JUNE, june(20)], since=june(20))

    assert early[-1].accounts["A1"].state == {"T": "active", "N": on_the_fifth}
    assert late[-1].accounts["A1"].state == {"T": "active", "N": on_the_twentieth}


def test_a_postpaid_invoice_that_is_not_due_stops_no_service_that_is_paid_before():
    runs = [JUNE, june(5), june(16), june(31), june(35), june(66)]
    outcomes = played(MIXED, [(JUNE, "35.00"), (june(31), "50.00")], runs, since=june(5))

    assert told(outcomes) == [
        "T 30.00; 5.00 net None, phone active",  # May, due on 15 June: 35.00 are there until then
        "N 20.00; -15.00 net active, phone active",
        "-15.00 net active, phone active",  # the 15.00 that were left settled a half of May
        "T 30.00; 5.00 net active, phone active",  # 50.00 came: 15.00 settled the rest of May, June is due on 15 July
        "N 20.00; -15.00 net active, phone active",
        "T 30.00; -45.00 net suspended, phone active",  # June took 15.00 on 15 July, and no more came by 5 August
    ]


def test_money_that_names_the_postpaid_invoice_is_not_there_for_the_fee():
    payments, named = [(JUNE, "10.00"), (june(2), "30.00")], ["", "1"]

    (_, outcome) = played(MIXED, payments, [JUNE, june(5)], references=named, since=june(5))

    assert outcome.accounts["A1"].state == {"T": "active", "N": "suspended"}


def test_postpaid_charges_stand_on_invoices_of_their_own():
    (outcome,) = played(MIXED, [(JUNE, "50.00")], [JUNE])

    found = [(fact.gross.amount, fact.due_on, fact.settled_from) for fact in invoices(outcome.accounts["A1"])]
    assert found == [(Decimal("30.00"), june(15), june(15)), (Decimal("20.00"), june(15), None)]


POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(DunningStep(code="suspend", when=DaysFromDue(days=5), actions=(Suspend(),)),),
)  # fmt: skip


@pytest.mark.parametrize(("spares", "net"), [(False, "suspended"), (True, "active")])
def test_the_debt_of_the_telephone_suspends_the_internet_unless_the_policy_spares_it(spares: bool, net: str):
    terms = Prepaid(postpaid_tariffs=("phone",), postpaid_settled="when-named")
    policy = DunningPolicy(code="home", name="Households", currency="EUR", steps=POLICY.steps, spares_prepaid=spares)

    outcomes = played(terms, [(JUNE, "60.00")], [JUNE, june(19), june(20)], policy)

    assert [outcome.accounts["A1"].state for outcome in outcomes[1:]] == [
        {"T": "active", "N": "active"}, {"T": "suspended", "N": net},
    ]  # fmt: skip


# --- properties

DAILY = tariff("net", "1.00", unit="day")
PAYMENTS = st.lists(st.tuples(st.integers(1, 90), st.integers(1, 60)), max_size=8)
SETTLED = st.sampled_from(["when-due", "when-issued", "when-named"])


def days_bought(settled: str, payments: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each day from 1 June on is bought for 1.00: a diary of somebody who knows nothing of the program.

    The telephone of each month costs 30.00, on an invoice of the first of the next one, due on the 15th.
    """
    takes_on = {"when-issued": 1, "when-due": 15}.get(settled)
    money, bought = 0, []
    for number in range(1, 91):
        money += sum(amount for on, amount in payments if on == number)
        money -= 30 if june(number).day == takes_on else 0
        bought.append(money >= 1)
        money -= 1 if bought[-1] else 0
    return bought


@given(SETTLED, PAYMENTS)
@settings(max_examples=25)
def test_the_days_that_are_served_are_those_of_a_diary(settled: Any, payments: list[tuple[int, int]]):
    terms = Prepaid(postpaid_tariffs=("phone",), postpaid_settled=settled)
    paid = [(june(on), f"{amount}.00") for on, amount in payments]

    outcomes = played(terms, paid, [june(day) for day in range(1, 91)], net=DAILY)

    served = {line.from_on for of in outcomes for line in of.accounts["A1"].charges if line.subscription == "N"}
    assert [june(day) in served for day in range(1, 91)] == days_bought(settled, payments)


@given(SETTLED, PAYMENTS, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_no_cent_is_lost_and_the_order_of_the_payments_of_a_day_does_not_matter(
    settled: Any, payments: list[tuple[int, int]], random: Any
):
    terms = Prepaid(postpaid_tariffs=("phone",), postpaid_settled=settled)
    paid = [(june(on), f"{amount}.00") for on, amount in payments]
    other = list(paid)
    random.shuffle(other)

    one, two = (played(terms, each, [june(45), june(90)])[-1].accounts["A1"] for each in (paid, other))

    charged = sum(line.amount.amount for line in one.known)
    assert one.balance.amount == sum(amount for _, amount in payments) - charged
    assert (one.balance, one.state) == (two.balance, two.state)
