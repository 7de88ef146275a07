"""Scenarios of plain values, played in memory: the clock, places of refusals, and what holds for every scenario."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from billing_core.accounts.events import AccountBillingDayChanged
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import AnyComponent, Discount, OneOff, Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import Graduated, Tier
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionHeld,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
)
from billing_core.time.period_rules import PeriodRule
from billing_core.usage.records import used_once
from commands.simulation import Entry, Fact, Outcome, RunOutcome, Scenario, ScenarioAccount, play

LONG_AGO = date(2000, 1, 1)
START = date(2023, 12, 20)
MODES = ("whole", "sliced", "fixed-30", "none")

# --- scenarios in few words


def day(text: str) -> date:
    return date.fromisoformat(text)


def price(amount: str) -> tuple[Price, ...]:
    return (Price(amount=Decimal(amount), valid_from=LONG_AGO),)


def fee(amount: str, code: str = "fee", **options: object) -> Recurring:
    return Recurring(code=code, name=code, vat_rate=Decimal(0), prices=price(amount), **options)  # type: ignore[arg-type]


def tariff(code: str, *components: AnyComponent, currency: str = "EUR") -> Tariff:
    return Tariff(code=code, name=code, currency=currency, components=components)


def activated(on: str, code: str = "S", quantity: str = "1", tariff: str = "net") -> SubscriptionActivated:
    return SubscriptionActivated(effective_on=day(on), subscription=code, tariff=tariff, quantity=Decimal(quantity))


def paid(on: str, amount: str, number: int = 1) -> PaymentReceived:
    money = Money(Decimal(amount), "EUR")
    return PaymentReceived(
        effective_on=day(on), customer="A", source="scenario", reference=str(number), amount=money
    )  # fmt: skip


def account(
    *entries: Fact | tuple[str, Fact], code: str = "A", billing_day: int = 1, prepaid: Prepaid | None = None
) -> ScenarioAccount:
    """An account on which facts are learnt on their day, or on the day before them."""
    learnt = [
        Entry(day(entry[0]), entry[1], f"entry {number}")
        if isinstance(entry, tuple)
        else Entry(entry.effective_on, entry, f"entry {number}")
        for number, entry in enumerate(entries)
    ]
    plan = BillingPlan(billing_day=billing_day, due_days=14, tolerance_days=0, prepaid=prepaid)
    return ScenarioAccount(code, plan, learnt, f"account {code}")


def played(tariffs: Sequence[Tariff], accounts: Sequence[ScenarioAccount], *runs: str | date) -> list[RunOutcome]:
    on = [day(run) if isinstance(run, str) else run for run in runs]
    places = {
        (each.code, component.code): f"{each.code}.{component.code}"
        for each in tariffs
        for component in each.components
    }
    catalogue = {each.code: each for each in tariffs}
    return play(Scenario(tariffs[0].currency, catalogue, accounts, on, places))


def told(outcome: Outcome) -> list[str]:
    """Its charges: component, first day, day after the last, amount, and whether it corrects another."""
    return [
        f"{charge.component} {charge.from_on} {charge.to_on} {charge.amount.amount}"
        + (" corrects" if charge.corrects else "")
        for charge in outcome.charges
    ]


NET = tariff("net", fee("310"))

# --- the clock


def test_a_run_knows_only_what_was_learnt_up_to_and_on_its_day():
    late = SubscriptionQuantityChanged(effective_on=day("2024-01-11"), subscription="S", quantity=Decimal(2))
    runs = played([NET], [account(activated("2024-01-01"), ("2024-02-10", late))], "2024-02-09", "2024-02-10")
    assert [told(run.accounts["A"]) for run in runs] == [
        ["fee 2024-01-01 2024-02-01 310.00", "fee 2024-02-01 2024-03-01 310.00"],
        [
            "fee 2024-01-11 2024-02-01 -210.00 corrects",
            "fee 2024-01-11 2024-02-01 420.00",
            "fee 2024-02-01 2024-03-01 -310.00 corrects",
            "fee 2024-02-01 2024-03-01 620.00",
        ],
    ]


def test_runs_are_played_in_the_order_of_their_days_and_each_as_often_as_it_stands():
    runs = played([NET], [account(activated("2024-01-01"))], "2024-02-01", "2024-01-01", "2024-02-01")
    assert [(run.on.isoformat(), len(run.accounts["A"].charges)) for run in runs] == [
        ("2024-01-01", 1), ("2024-02-01", 1), ("2024-02-01", 0),
    ]  # fmt: skip


def test_of_what_is_learnt_on_one_day_changes_come_before_payments_and_both_before_the_bill():
    runs = played(
        [NET], [account(paid("2024-01-01", "310"), activated("2024-01-01"), prepaid=Prepaid())], "2024-01-01"
    )  # fmt: skip
    assert runs[0].accounts["A"].state == {"S": "active"}
    assert runs[0].accounts["A"].balance == Money(Decimal("0.00"), "EUR")


def test_a_prepaid_account_is_decided_on_its_own_days_whenever_the_runs_are():
    entries: list[Fact] = [activated("2024-01-01"), paid("2024-01-01", "320"), paid("2024-02-10", "600", 2)]
    seldom = played([NET], [account(*entries, prepaid=Prepaid())], "2024-03-31")
    days = [day("2024-01-01") + timedelta(days=number) for number in range(91)]
    daily = played([NET], [account(*entries, prepaid=Prepaid())], *days)

    charges = [line for run in daily for line in told(run.accounts["A"])]
    assert charges == told(seldom[0].accounts["A"])
    assert charges[1].startswith("fee 2024-02-10 2024-03-01 ")
    assert daily[-1].accounts["A"].balance == seldom[0].accounts["A"].balance
    assert [run.accounts["A"].state["S"] for run in daily[30:42]] == ["active"] + ["suspended"] * 9 + ["active"] * 2


def test_another_billing_day_is_learnt_like_a_change():
    changed = AccountBillingDayChanged(effective_on=day("2024-02-05"), billing_day=10)
    runs = played([NET], [account(activated("2024-01-01"), changed)], "2024-02-01", "2024-02-09", "2024-02-10")
    assert told(runs[1].accounts["A"]) == ["fee 2024-02-10 2024-03-01 -213.79 corrects"]
    assert told(runs[2].accounts["A"]) == ["fee 2024-02-10 2024-03-10 310.00"]


def test_payments_count_from_the_day_on_which_they_are_learnt():
    late = paid("2024-01-06", "20.50", 2)
    payer = account(activated("2024-01-01"), paid("2024-01-05", "300"), ("2024-01-31", late))
    runs = played([NET], [payer], "2024-01-01", "2024-01-10", "2024-01-31", "2024-02-01")
    balances = [f"{run.accounts['A'].balance.amount:f}" for run in runs]
    assert balances == ["-310.00", "-10.00", "10.50", "-299.50"]


def test_a_service_that_is_learnt_of_before_it_begins_is_pending():
    known = account(("2024-01-20", activated("2024-03-11")))
    runs = played([NET], [known], "2024-01-19", "2024-01-20", "2024-03-10", "2024-03-11")
    assert [run.accounts["A"].state for run in runs] == [{}, {"S": "pending"}, {"S": "pending"}, {"S": "active"}]
    assert [told(run.accounts["A"]) for run in runs] == [[], [], [], ["fee 2024-03-11 2024-04-01 210.00"]]


def test_accounts_and_subscriptions_are_billed_each_on_its_own():
    tv = tariff("tv", fee("62"))
    second = activated("2024-01-16", "T", quantity="2", tariff="tv")
    one = account(activated("2024-01-01"), second, paid("2024-01-20", "400"))
    other = account(activated("2024-01-16", tariff="tv"), code="B", billing_day=16)
    (run,) = played([NET, tv], [one, other], "2024-01-31")
    assert told(run.accounts["A"]) == ["fee 2024-01-01 2024-02-01 310.00", "fee 2024-01-16 2024-02-01 64.00"]
    assert told(run.accounts["B"]) == ["fee 2024-01-16 2024-02-16 62.00"]
    assert [f"{outcome.balance.amount:f}" for outcome in run.accounts.values()] == ["26.00", "-62.00"]
    assert run.accounts["A"].state == {"S": "active", "T": "active"}


# --- refusals have a place


def test_what_the_rules_refuse_is_said_with_the_place_of_the_entry():
    resumed = SubscriptionResumed(effective_on=day("2024-01-11"), subscription="S")
    with pytest.raises(InvalidValue, match=r"^entry 1: resume on '2024-01-11': a subscription that is active"):
        played([NET], [account(activated("2024-01-01"), resumed)], "2024-01-31")


def test_what_is_learnt_after_the_last_run_is_not_looked_at():
    resumed = SubscriptionResumed(effective_on=day("2024-02-11"), subscription="S")
    assert played([NET], [account(activated("2024-01-01"), resumed)], "2024-01-31")


def test_a_price_that_is_missing_is_said_with_the_place_of_its_component():
    ends = Price(amount=Decimal(10), valid_from=LONG_AGO, valid_to=day("2024-03-01"))
    net = tariff("net", Recurring(code="fee", name="fee", vat_rate=Decimal(0), prices=(ends,)))
    with pytest.raises(InvalidValue, match=r"^net\.fee: date '2024-03-01': tariff net has no price for component fee"):
        played([net], [account(activated("2024-01-01"))], "2024-02-29", "2024-03-01")


def test_an_account_that_cannot_be_billed_is_said_with_its_place():
    daily = tariff("net", fee("1", period=PeriodRule(unit="day")))
    with pytest.raises(InvalidValue, match=r"^account A: .*more than 5000 charges"):
        played([daily], [account(activated("2000-01-01"))], "2024-03-01")


# --- what holds for every scenario

rules = some.builds(
    PeriodRule,
    unit=some.sampled_from(["month", "month", "week", "day"]),
    interval=some.integers(1, 3),
    align=some.sampled_from(["account", "own"]),
    charged_in=some.sampled_from(["advance", "arrears"]),
    first_stub=some.sampled_from(["prorate", "full", "free", "join"]),
    last_stub=some.sampled_from(["prorate", "full", "none"]),
).map(lambda rule: rule if rule.unit != "day" else PeriodRule(unit="day", interval=30, charged_in=rule.charged_in))
amounts = some.decimals(0, 100, places=2).map(str)
fees = some.builds(
    lambda amount, rule, mode, code: fee(amount, code, period=rule, proration=mode),
    amounts, rules, some.sampled_from(MODES), some.just("fee"),
)  # fmt: skip
TIERS = (Tier(up_to=Decimal(10), unit=Decimal("1.005"), flat=Decimal(2)), Tier(unit=Decimal("0.5")))
DATA = Usage(code="data", name="data", vat_rate=Decimal(0), pricing=Graduated(tiers=TIERS))
INSTALL = OneOff(code="install", name="install", vat_rate=Decimal(0), prices=price("25"))
TENTH = Discount(code="tenth", name="tenth", vat_rate=Decimal(0), on=("fee",), percent=Decimal(10))


@some.composite
def timelines(draw: some.DrawFn) -> list[tuple[date, Fact]]:
    """A subscription's life: each fact with the day on which it is learnt, none learnt before an earlier one."""
    on = START + timedelta(days=draw(some.integers(0, 40)))
    facts: list[Fact] = [SubscriptionActivated(effective_on=on, subscription="S", tariff="net")]
    is_active, status_on, status_kind = True, on, "activate"
    for _ in range(draw(some.integers(0, 6))):
        on += timedelta(days=draw(some.integers(0, 25)))
        kind = draw(some.sampled_from(["quantity", "price", "tariff", "status", "status", "usage", "cancel"]))
        match kind:
            case "quantity":
                quantity = Decimal(draw(some.integers(1, 3)))
                facts.append(SubscriptionQuantityChanged(effective_on=on, subscription="S", quantity=quantity))
            case "price":
                agreed: dict[str, Decimal | None] = {"fee": Decimal(draw(amounts))}
                facts.append(SubscriptionPriceChanged(effective_on=on, subscription="S", agreed_prices=agreed))
            case "tariff":
                other = draw(some.sampled_from(["net", "big"]))
                facts.append(SubscriptionTariffChanged(effective_on=on, subscription="S", tariff=other))
            case "usage":
                used = draw(some.decimals(0, 30, places=3))
                facts.append(used_once("S", "data", on, used))
            case "status" if is_active:
                percent = draw(some.sampled_from([Decimal(0), Decimal(50), Decimal("33.3")]))
                if draw(some.booleans()):
                    facts.append(SubscriptionHeld(effective_on=on, subscription="S", charge_percent=percent))
                    is_active, status_on, status_kind = False, on, "hold"
                else:
                    reason = draw(some.sampled_from(["operator", "non-payment"]))
                    facts.append(SubscriptionSuspended(effective_on=on, subscription="S", reason=reason))
                    is_active, status_on, status_kind = False, on, "suspend"
            case "status":
                facts.append(SubscriptionResumed(effective_on=on, subscription="S"))
                is_active, status_on, status_kind = True, on, "resume"
            case "cancel" if status_kind == "resume":
                cancelled = SubscriptionChangeCancelled(effective_on=status_on, subscription="S", kind="resume")
                facts.append(cancelled)
                is_active, status_kind = False, "cancelled"
    if draw(some.booleans()):
        facts.append(
            SubscriptionTerminated(effective_on=on + timedelta(days=draw(some.integers(1, 30))), subscription="S")
        )
    learnt: list[tuple[date, Fact]] = []
    for fact in facts:
        lag = draw(some.sampled_from([0, 0, 0, 5, 40, -3]))
        recorded = fact.effective_on + timedelta(days=lag)
        learnt.append((max([recorded, *(entry[0] for entry in learnt[-1:])]), fact))
    return learnt


@some.composite
def scenarios(draw: some.DrawFn) -> tuple[list[Tariff], list[ScenarioAccount], date]:
    net, big = draw(fees), draw(fees)
    shares = draw(some.sampled_from([(), (TENTH,)]))
    tariffs = [tariff("net", net, DATA, INSTALL, *shares), tariff("big", big, DATA, *shares)]
    learnt = draw(timelines())
    payments = [
        (START + timedelta(days=draw(some.integers(0, 200))), Decimal(draw(some.integers(1, 20_000))) / 100)
        for _ in range(draw(some.integers(0, 3)))
    ]
    entries = [Entry(on, fact, "here") for on, fact in learnt]
    entries += [
        Entry(on, paid(on.isoformat(), str(amount), number), "here") for number, (on, amount) in enumerate(payments)
    ]
    plan = BillingPlan(billing_day=draw(some.sampled_from([1, 15, 30, 31])), due_days=14, tolerance_days=0)
    last = max([START + timedelta(days=150), *(entry.recorded_on for entry in entries)])
    return tariffs, [ScenarioAccount("A", plan, entries, "account A")], last


def outcomes(tariffs: Sequence[Tariff], accounts: Sequence[ScenarioAccount], runs: Sequence[date]) -> list[Outcome]:
    """What the runs did on account A."""
    return [run.accounts["A"] for run in played(tariffs, accounts, *runs)]


def totals(runs: Sequence[Outcome]) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for run in runs:
        for charge in run.charges:
            sums[charge.subscription, charge.component] += charge.amount.amount
    return {key: amount for key, amount in sums.items() if amount}


@given(scenarios(), some.lists(some.integers(0, 150), max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_days_of_runs_end_with_the_same_totals_and_balance(
    scenario: tuple[list[Tariff], list[ScenarioAccount], date], days: list[int]
):
    tariffs, accounts, last = scenario
    at_once = outcomes(tariffs, accounts, [last])
    between = sorted({START + timedelta(days=number) for number in days})
    in_steps = outcomes(tariffs, accounts, [*between, last, last])

    assert totals(in_steps) == totals(at_once)
    assert in_steps[-1].balance == at_once[-1].balance
    assert in_steps[-1].charges == [] and in_steps[-1].documents == []


@given(scenarios(), some.lists(some.integers(0, 150), max_size=6))
@settings(max_examples=100, deadline=None)
def test_documents_less_payments_are_the_balance_and_no_period_is_covered_twice(
    scenario: tuple[list[Tariff], list[ScenarioAccount], date], days: list[int]
):
    tariffs, accounts, last = scenario
    runs = outcomes(tariffs, accounts, [*(START + timedelta(days=number) for number in days), last])

    gross = sum((document.gross.amount for run in runs for document in run.documents), Decimal(0))
    received = sum(
        (entry.fact.amount.amount for entry in accounts[0].entries if isinstance(entry.fact, PaymentReceived)),
        Decimal(0),
    )
    assert runs[-1].balance.amount == received - gross
    assert gross == sum(totals(runs).values())
    covered: dict[tuple[str, date], int] = defaultdict(int)
    for run in runs:
        for charge in run.charges:
            assert charge.amount.amount == round(charge.amount.amount, 2)
            if charge.kind == "recurring":
                for number in range((charge.to_on - charge.from_on).days):
                    covered[charge.component, charge.from_on + timedelta(days=number)] += -1 if charge.corrects else 1
    assert set(covered.values()) <= {0, 1}


@given(scenarios(), some.lists(some.integers(0, 150), max_size=6), some.sampled_from(["whole", "days"]))
@settings(max_examples=60, deadline=None)
def test_a_prepaid_account_does_not_depend_on_the_days_of_runs(
    scenario: tuple[list[Tariff], list[ScenarioAccount], date], days: list[int], covers: str
):
    tariffs, (postpaid,), last = scenario
    prepaid = Prepaid(covers=covers)  # type: ignore[arg-type]
    plan = BillingPlan(billing_day=postpaid.plan.billing_day, due_days=14, tolerance_days=0, prepaid=prepaid)
    accounts = [postpaid._replace(plan=plan)]
    at_once = outcomes(tariffs, accounts, [last])
    in_steps = outcomes(tariffs, accounts, [*sorted(START + timedelta(days=number) for number in days), last])

    assert totals(in_steps) == totals(at_once)
    assert in_steps[-1].balance == at_once[-1].balance
    assert in_steps[-1].state == at_once[-1].state
