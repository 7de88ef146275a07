"""Scenarios are read as they are written, and every fault is told with file, line and path."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.files.scenario import read_scenario
from billing_core.accounts.events import AccountBillingDayChanged
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import Discount
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionHeld,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
)
from billing_core.usage.records import UsageWithdrawn, used_once
from commands.simulation import ChargeToWaive, Scenario, play

SCENARIO = """currency: EUR
tariffs:
  - code: net
    components:
      - {code: monthly, kind: recurring, price: "30", every: "1 month"}
      - {code: data, kind: usage, model: unit, price: "1"}
      - {code: calls, kind: usage, model: graduated, tiers: [{up_to: "10", unit: "10"}, {unit: "5"}]}
  - code: big
    components:
      - {code: monthly, kind: recurring, price: "60"}
      - {code: extra, kind: recurring, price: "5"}
accounts:
  - code: A1
    billing_day: 1
    plan: postpaid
    subscriptions:
      - code: S1
        tariff: net
        quantity: "1"
        timeline:
          - {on: 2024-01-01, do: activate}
          - {on: 2024-02-01, do: change-tariff, tariff: big}
        usage:
          - {on: 2024-01-10, component: data, quantity: "5"}
    payments: [{on: 2024-01-20, amount: "10"}]
runs: [2024-01-31, 2024-02-29]
"""


def read(folder: Path, text: str) -> Scenario:
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return read_scenario(file)


# --- what is written is what is played

WORDS = """
currency: EUR
tariffs: [{code: net, components: [{code: monthly, kind: recurring, price: 19.90}]}]
accounts:
  - code: A
    billing_day: last
    billing_days: [{on: 2024-05-01, day: 15, recorded: 2024-05-03}]
    plan: prepaid
    due_days: 7
    credit_limit: 5
    covers: days
    resume_on: new-grid
    suspend_below: -2
    resume_at: "10.50"
    subscriptions:
      - code: S
        tariff: net
        quantity: 2
        options: [sports]
        customer_class: student
        timeline:
          - {on: 2024-01-31, do: activate, prices: {monthly: 15}, until: 2024-06-01, recorded: 2024-02-02}
          - {on: 2024-02-01, do: change-tariff, tariff: net, prices: {monthly: 16}, until: 2024-07-01}
          - {on: 2024-02-02, do: change-quantity, quantity: 3}
          - {on: 2024-02-03, do: change-price, price: 17}
          - {on: 2024-02-04, do: change-price, prices: {monthly: 18}, until: 2024-08-01}
          - {on: 2024-02-05, do: hold, charge_percent: 10}
          - {on: 2024-02-06, do: suspend, reason: abuse}
          - {on: 2024-02-07, do: suspend, reason: holidays, charge_percent: 20}
          - {on: 2024-02-08, do: resume}
          - {on: 2024-02-09, do: add-option, option: films}
          - {on: 2024-02-10, do: drop-option, option: films}
          - {on: 2024-02-11, do: grant-discount, discount: {code: winter, kind: discount, on: [monthly], percent: 10}}
          - {on: 2024-02-12, do: end-discount, discount: winter}
          - {on: 2024-02-03, do: waive-charge, component: extra, of: monthly, reason: outage}
          - {on: 2024-01-30, do: correct-activation, reason: typed wrongly, recorded: 2024-03-02}
          - on: 2024-02-01
            do: correct-terms
            to: 2024-02-03
            tariff: net
            prices: {monthly: 14}
            vat: {fee: 12}
          - {on: 2024-02-03, do: cancel, change: change-price, recorded: 2024-03-01}
          - {on: 2024-02-13, do: terminate, unpriced_usage: waive}
        usage: [{on: 2024-02-01, component: data, quantity: "1.5", recorded: 2024-03-01, withdrawn: 2024-03-02}]
    payments: [{on: 2024-02-01, amount: 19.90}, {on: 2024-02-02, amount: "1", recorded: 2024-02-05}]
runs: [2024-02-29, 2024-01-31]
""".replace("price: 19.90}]", "price: 19.90}, {code: data, kind: usage, unit: {price: 1}}]")


def test_all_words_of_a_scenario(tmp_path: Path):
    scenario = read(tmp_path, WORDS)

    (account,) = scenario.accounts
    assert account.plan == BillingPlan(
        billing_day=31, due_days=7, tolerance_days=0,
        prepaid=Prepaid(
            credit_limit=Decimal(5), covers="days", resume_on="new-grid", suspend_below=Decimal(-2),
            resume_at=Decimal("10.50"),
        ),
    )  # fmt: skip
    assert (scenario.currency, scenario.runs) == ("EUR", (date(2024, 2, 29), date(2024, 1, 31)))

    def on(day: int) -> dict[str, Any]:
        return {"effective_on": date(2024, 2, day), "subscription": "S"}

    winter = Discount(code="winter", name="winter", vat_rate=Decimal(0), on=("monthly",), percent=Decimal(10))
    assert [(entry.recorded_on.isoformat(), entry.fact) for entry in account.entries] == [
        ("2024-05-03", AccountBillingDayChanged(effective_on=date(2024, 5, 1), billing_day=15)),
        ("2024-02-02", SubscriptionActivated(
            effective_on=date(2024, 1, 31), subscription="S", tariff="net", agreed_prices={"monthly": Decimal(15)},
            agreed_until=date(2024, 6, 1), quantity=Decimal(2), options=("sports",), customer_class="student",
        )),
        # Nothing is learnt before the activation is.
        ("2024-02-02", SubscriptionTariffChanged(
            **on(1), tariff="net", agreed_prices={"monthly": Decimal(16)}, agreed_until=date(2024, 7, 1)
        )),
        ("2024-02-02", SubscriptionQuantityChanged(**on(2), quantity=Decimal(3))),
        ("2024-02-03", SubscriptionPriceChanged(**on(3), agreed_prices={"monthly": Decimal(17)})),
        ("2024-02-04", SubscriptionPriceChanged(
            **on(4), agreed_prices={"monthly": Decimal(18)}, agreed_until=date(2024, 8, 1)
        )),
        ("2024-02-05", SubscriptionHeld(**on(5), charge_percent=Decimal(10))),
        ("2024-02-06", SubscriptionSuspended(**on(6), reason="abuse")),
        ("2024-02-07", SubscriptionSuspended(**on(7), reason="holidays", charge_percent=Decimal(20))),
        ("2024-02-08", SubscriptionResumed(**on(8))),
        ("2024-02-09", SubscriptionOptionAdded(**on(9), option="films")),
        ("2024-02-10", SubscriptionOptionDropped(**on(10), option="films")),
        ("2024-02-11", SubscriptionDiscountGranted(**on(11), discount=winter)),
        ("2024-02-12", SubscriptionDiscountEnded(**on(12), discount="winter")),
        ("2024-02-03", ChargeToWaive(date(2024, 2, 3), "S", "extra", "monthly", "outage")),
        ("2024-03-02", SubscriptionActivationCorrected(
            effective_on=date(2024, 1, 30), subscription="S", reason="typed wrongly"
        )),
        ("2024-02-02", SubscriptionTermsCorrected(
            **on(1), to_on=date(2024, 2, 3), tariff="net", agreed_prices={"monthly": Decimal(14)},
            vat_rates={"fee": Decimal(12)}, reason="correction",
        )),
        ("2024-03-01", SubscriptionChangeCancelled(**on(3), kind="change-price")),
        ("2024-02-13", SubscriptionTerminated(**on(13))),
        ("2024-03-01", used_once("S", "data", date(2024, 2, 1), Decimal("1.5"))),
        ("2024-03-02", UsageWithdrawn(**on(1), component="data", quantity=Decimal("1.5"), reason="withdrawn")),
        ("2024-02-01", _paid(date(2024, 2, 1), "1", "19.90")),
        ("2024-02-05", _paid(date(2024, 2, 2), "2", "1.00")),
    ]  # fmt: skip
    assert [type(entry.fact) for entry in account.entries if entry.unpriced_usage == "waive"] == [
        SubscriptionTerminated
    ]


def _paid(on: date, reference: str, amount: str) -> PaymentReceived:
    money = Money(Decimal(amount), "EUR")
    return PaymentReceived(effective_on=on, customer="A", source="scenario", reference=reference, amount=money)


def test_what_is_not_said(tmp_path: Path):
    text = """{currency: JPY, runs: [2024-01-31], accounts: [{code: A}],
               tariffs: [{code: net, components: [{code: fee, kind: recurring, price: 100}]}]}"""
    scenario = read(tmp_path, text)
    assert scenario.accounts[0].plan == BillingPlan(billing_day=1, due_days=14, tolerance_days=0)
    assert [run.accounts["A"].balance for run in play(scenario)] == [Money(Decimal(0), "JPY")]


def charged(folder: Path, timeline: str, *runs: str) -> list[list[str]]:
    """What each run charges of a fee of 30.00 a month that is active from 1 January on."""
    text = f"""{{currency: EUR, tariffs: [{{code: net, components: [{{code: fee, kind: recurring, price: 30}}]}}],
      accounts: [{{code: A, subscriptions: [{{code: S, tariff: net, timeline: [
        {{on: 2024-01-01, do: activate}}, {timeline}]}}]}}], runs: [{", ".join(runs)}]}}"""
    return [
        [f"{line.from_on:%d %b} - {line.to_on:%d %b} {line.amount.amount}" for line in run.accounts["A"].charges]
        for run in play(read(folder, text))
    ]


def test_a_waiver_is_of_the_charge_that_stands_on_its_day_and_may_be_cancelled(tmp_path: Path):
    timeline = """{on: 2024-01-20, do: waive-charge, component: fee, recorded: 2024-01-21},
                  {on: 2024-01-01, do: cancel, change: waive, recorded: 2024-01-23}"""

    assert charged(tmp_path, timeline, "2024-01-01", "2024-01-22", "2024-01-24") == [
        ["01 Jan - 01 Feb 30.00"], ["01 Jan - 01 Feb -30.00"], ["01 Jan - 01 Feb 30.00"],
    ]  # fmt: skip


def test_corrections_of_the_activation_and_of_terms_count_from_the_day_they_are_learnt(tmp_path: Path):
    timeline = """{on: 2023-12-31, do: correct-activation, recorded: 2024-01-20},
                  {on: 2024-01-01, do: correct-terms, to: 2024-02-01, prices: {fee: 31}, recorded: 2024-01-21}"""

    assert charged(tmp_path, timeline, "2024-01-01", "2024-01-20", "2024-01-21") == [
        ["01 Jan - 01 Feb 30.00"],
        ["31 Dec - 01 Jan 0.97"],
        ["01 Jan - 01 Feb -30.00", "01 Jan - 01 Feb 31.00"],
    ]


def test_a_price_without_a_component_is_that_of_the_only_fee_of_the_tariff_of_that_day(tmp_path: Path):
    changed = SCENARIO.replace("tariff: big}", "tariff: big}\n          - {on: 2024-01-15, do: change-price, price: 7}")
    entry = next(entry for entry in read(tmp_path, changed).accounts[0].entries if "timeline[2]" in entry.place)
    assert isinstance(entry.fact, SubscriptionPriceChanged)
    assert entry.fact.agreed_prices == {"monthly": Decimal(7)}


def test_what_a_tariff_asks_of_its_subscribers_is_not_asked_in_a_scenario(tmp_path: Path):
    asking = SCENARIO.replace("    components:", "    parameters: [{code: user}]\n    components:", 1)
    assert play(read(tmp_path, asking)) == play(read(tmp_path, SCENARIO))


def test_places_of_components_also_of_those_of_a_revision(tmp_path: Path):
    revision = "    revisions: [{from: 2024-06-01, components: [{code: new, kind: recurring, price: 1}]}]\n"
    revised = SCENARIO.replace("accounts:", f"{revision}accounts:")
    places = read(tmp_path, revised).places
    assert places["net", "data"].endswith("scenario.yaml': line 6, tariffs[0].components[1]")
    assert places["big", "new"].endswith("line 12, tariffs[1].revisions[0].components[0]")


# --- faults

TIMELINE = "accounts[0].subscriptions[0].timeline"

# What is written in place of what, the line and path that are named, and what is said about it.
FAULTS = [
    ("currency: EUR", "currency: EURO", "line 1, currency 'EURO'", "unknown currency"),
    ("currency: EUR", "currency: EUR\ncurrency: CZK", "line 2, column 1", "'currency' stands twice"),
    ("currency: EUR", "curency: EUR", "line 1, currency", "is missing"),
    ("runs: [2024-01-31, 2024-02-29]", "runs: []", "line 26, runs", "must not be empty"),
    ("runs: [2024-01-31, 2024-02-29]", "runs:", "line 26, runs ''", "must not be empty"),
    ("runs: [2024-01-31, 2024-02-29]", "", "line 1, runs", "is missing"),
    ("2024-02-29]", "2024-02-30]", "line 26, runs[1] '2024-02-30'", "is not a date"),
    ("2024-02-29]", "0001-01-01]", "line 26, runs[1] '0001-01-01'", "must lie between 1900-01-01 and 2099-12-31"),
    ("2024-02-29]", "9999-12-31]", "line 26, runs[1] '9999-12-31'", "must lie between 1900-01-01 and 2099-12-31"),
    ("2024-02-29]", "29.2.2024]", "line 26, runs[1] '29.2.2024'", "is not a date"),
    ("runs: [", "runs: [[", "line 27, column 1", "is not well-formed YAML"),
    # price lists
    ('price: "30"', 'prices: [{price: "30", from: 2020-01-01, to: 2024-02-01}, {price: "31", from: 2024-01-01}]',
     "line 5, tariffs[0].components[0].prices[1]", "overlaps the price valid from 2020-01-01"),
    ('price: "30"', 'prices: [{price: "30"}, {price: "31", from: 2024-01-01}]',
     "line 5, tariffs[0].components[0].prices[1]", "overlaps"),
    ('{up_to: "10", unit: "10"}', '{up_to: "10", unit: "10"}, {up_to: "8", unit: 7}',
     "line 7, tariffs[0].components[2].tiers[1].up_to", "must be above 10"),
    ('{up_to: "10", unit: "10"}', '{unit: "10"}', "line 7, tariffs[0].components[2].tiers[0]", "has no up_to"),
    ('{unit: "5"}', '{up_to: "20", unit: "5"}', "line 7, tariffs[0].components[2].tiers[1].up_to", "has no price"),
    ('{unit: "5"}', '{from: "12", unit: "5"}', "line 7, tariffs[0].components[2].tiers[1].from", "not known here"),
    ('price: "30"', 'price: "-30"', "line 5, tariffs[0].components[0].price", "must not be negative"),
    ('price: "30"', 'price: "1.1234567"', "line 5, tariffs[0].components[0].price", "6 decimals"),
    ('price: "30"', 'price: cheap', "line 5, tariffs[0].components[0].price 'cheap'", "is not a number"),
    ('price: "30"', 'price: "30", vat: 120', "line 5, tariffs[0].components[0].vat", "percentage"),
    ('price: "30"', 'price: "30", align: acount', "line 5, tariffs[0].components[0].align 'acount'", "account or own"),
    ('price: "30"', 'price: "30", evry: 1', "line 5, tariffs[0].components[0].evry", "is not known here"),
    ('every: "1 month"', 'every: "1 fortnight"', "line 5, tariffs[0].components[0].every", "1 fortnight"),
    ('every: "1 month"', 'every: "0 days"', "line 5, tariffs[0].components[0].every", "1 to 3653 days"),
    ("kind: recurring", "kind: recuring", "line 5, tariffs[0].components[0]", "kind 'recuring': must be one of"),
    ("kind: recurring, ", "", "line 5, tariffs[0].components[0]", "kind: is missing"),
    ("code: data", "code: monthly", "line 6, tariffs[0].components[1].code", "stands twice"),
    ("code: big", "code: net", "line 8, tariffs[1].code", "tariff 'net' stands twice"),
    ("code: big", "code: big\n    currency: USD", "line 9, tariffs[1].currency", "'USD' is not that of the scenario"),
    # accounts
    ("billing_day: 1", "billing_day: 32", "line 14, accounts[0].billing_day '32'", "must be 1 to 31"),
    ("billing_day: 1", "billing_day: 0", "line 14, accounts[0].billing_day '0'", "must be 1 to 31"),
    ("billing_day: 1", "billing_day: first", "line 14, accounts[0].billing_day 'first'", "not a whole number"),
    ("billing_day: 1", "billing_dya: 1", "line 14, accounts[0].billing_dya", "is not known here"),
    ("plan: postpaid", "plan: pospaid", "line 15, accounts[0].plan 'pospaid'", "must be postpaid or prepaid"),
    ("plan: postpaid", "plan: prepaid\n    credit_limit: -1", "line 13, accounts[0]", "must not be negative"),
    ("plan: postpaid", "minimum_invoice: 3.000", "line 13, accounts[0]", "minimum invoice '3.000': has more decimals"),
    ("plan: postpaid", "plan: prepaid\n    credit_limit: 3.000", "line 13, accounts[0]",
     "credit limit '3.000': has more decimals than EUR"),
    ("plan: postpaid", "plan: prepaid\n    suspend_below: -3.000", "line 13, accounts[0]",
     "suspend below '-3.000': has more decimals than EUR"),
    ("plan: postpaid", "plan: prepaid\n    resume_at: 3.000", "line 13, accounts[0]",
     "resume at '3.000': has more decimals than EUR"),
    ("runs:", "  - code: A1\nruns:", "line 26, accounts[1].code", "account 'A1' stands twice"),
    ("code: S1", "code: ''", "line 17, accounts[0].subscriptions[0].code ''", "must not be empty"),
    ("    payments", "      - {code: S1, tariff: net, timeline: [{on: 2024-01-01, do: activate}]}\n    payments",
     "line 25, accounts[0].subscriptions[1].code", "subscription 'S1' stands twice"),
    ("tariff: net", "tariff: nett", "line 18, accounts[0].subscriptions[0].tariff", "'nett' is not among the tariffs"),
    ('quantity: "1"', 'quantity: "-1"', "line 19, accounts[0].subscriptions[0].quantity '-1'", "above 0"),
    ('quantity: "1"', 'quantity: "1000000000"', "line 19, accounts[0].subscriptions[0].quantity '1000000000'",
     "below 10^9"),
    ('quantity: "1"', 'quantity: "1e30"', "line 19, accounts[0].subscriptions[0].quantity '1e30'", "is not a number"),
    ('quantity: "1"', 'quantity: "nan"', "line 19, accounts[0].subscriptions[0].quantity 'nan'", "is not a number"),
    ('amount: "10"', 'amount: "10.123"', "line 25, accounts[0].payments[0].amount", "has more decimals than EUR"),
    ('amount: "10"', 'amount: "3.000"', "line 25, accounts[0].payments[0].amount", "'3.000' has more decimals than"),
    ('amount: "10"', 'amount: "-10"', "line 25, accounts[0].payments[0]", "must be more than zero"),
    ('amount: "10"', 'amount: ten', "line 25, accounts[0].payments[0].amount", "'ten' is not a number"),
    # timelines
    ("          - {on: 2024-01-01, do: activate}\n", "", f"line 20, {TIMELINE}", "has no activate"),
    ("do: change-tariff, tariff: big", "do: activate", f"line 22, {TIMELINE}[1]", "activated more than once"),
    ("on: 2024-02-01, do: change", "on: 2023-02-01, do: change", f"line 22, {TIMELINE}[1].on",
     "'2023-02-01' lies before the activation on 2024-01-01"),
    ("tariff: big}", "tariff: big, recorded: 2023-12-01}", f"line 22, {TIMELINE}[1].recorded", "lies before the day"),
    ("on: 2024-02-01, do: change", "on: 2017-02-30, do: change", f"line 22, {TIMELINE}[1].on '2017-02-30'",
     "is not a date"),
    ("on: 2024-02-01, do: change", "do: change", f"line 22, {TIMELINE}[1].on", "is missing"),
    ("do: activate", "do: actvate", f"line 21, {TIMELINE}[0]", "do 'actvate': must be one of activate, change-tariff"),
    ("on: 2024-01-01, do: activate", "on: 2024-01-01", f"line 21, {TIMELINE}[0]", "do: is missing"),
    ("do: activate", "do: activate, when: now", f"line 21, {TIMELINE}[0].when", "is not known here"),
    ("tariff: big}", "tariff: bg}", f"line 22, {TIMELINE}[1].tariff", "'bg' is not among the tariffs"),
    ("do: change-tariff, tariff: big", "do: change-quantity", f"line 22, {TIMELINE}[1].quantity", "is missing"),
    ("do: change-tariff, tariff: big", "do: change-quantity, quantity: -2", f"line 22, {TIMELINE}[1].quantity '-2'",
     "above 0"),
    ("do: change-tariff, tariff: big", "do: hold, charge_percent: 101", f"line 22, {TIMELINE}[1].charge_percent '101'",
     "must be 0 to 100"),
    ("do: change-tariff, tariff: big", "do: suspend, reason: rain", f"line 22, {TIMELINE}[1].reason",
     "supply its charge_percent"),
    ("do: change-tariff, tariff: big", "do: change-price", f"line 22, {TIMELINE}[1].price", "either price or prices"),
    ("tariff: big}", "tariff: big}\n          - {on: 2024-03-01, do: change-price, price: 1}",
     f"line 23, {TIMELINE}[2].component", "one of monthly, extra"),
    ("do: change-tariff, tariff: big", "do: cancel, change: dance", f"line 22, {TIMELINE}[1].change 'dance'",
     "must be activate"),
    ("component: data", "component: dta", "line 24, accounts[0].subscriptions[0].usage[0].component",
     "'dta' is not a usage component of the subscription's tariffs: data, calls"),
    ("component: data", "component: monthly", "line 24, accounts[0].subscriptions[0].usage[0].component",
     "not a usage component"),
    ('quantity: "5"', 'quantity: "-5"', "line 24, accounts[0].subscriptions[0].usage[0].quantity '-5'", "from 0"),
    ("on: 2024-01-10", "on: 2023-12-31", "line 24, accounts[0].subscriptions[0].usage[0].on", "before the activation"),
    ('quantity: "5"', 'quantity: "5", withdrawn: 2024-01-09',
     "line 24, accounts[0].subscriptions[0].usage[0].withdrawn",
     "'2024-01-09' lies before the day on which the usage became known, 2024-01-10"),
    ("tariff: big}", "tariff: big, unpriced_usage: lost}", f"line 22, {TIMELINE}[1].unpriced_usage 'lost'",
     "must be last-price or waive"),
]  # fmt: skip

# What only a run finds out.
REFUSED = [
    ('price: "30"', 'prices: [{price: "30", from: 2024-01-15}]', "line 5, tariffs[0].components[0]",
     "no price for component monthly"),
    ('price: "30"', 'prices: [{price: "30", from: 2020-01-01, to: 2024-01-20}]', "line 5, tariffs[0].components[0]",
     "date '2024-01-20'"),
    ("do: change-tariff, tariff: big", "do: resume", f"line 22, {TIMELINE}[1]", "resume on '2024-02-01'"),
    ("tariff: big}", "tariff: big}\n          - {on: 2024-02-05, do: terminate}"
     "\n          - {on: 2024-02-10, do: hold}",
     f"line 24, {TIMELINE}[3]", "is terminated on that day"),
    ("do: change-tariff, tariff: big", "do: change-price, component: x, price: 1", f"line 22, {TIMELINE}[1]", "'x'"),
    ("do: change-tariff, tariff: big", "do: change-price, price: -1", f"line 22, {TIMELINE}[1]",
     "must not be negative"),
    ("do: change-tariff, tariff: big", "do: add-option, option: monthly", f"line 22, {TIMELINE}[1]", "'monthly'"),
    ("do: change-tariff, tariff: big", "do: end-discount, discount: none", f"line 22, {TIMELINE}[1]", "is not granted"),
    ("do: change-tariff, tariff: big", "do: waive-charge, component: monthly", f"line 22, {TIMELINE}[1]",
     "no charge of monthly is on record for this day"),
    ("do: change-tariff, tariff: big", "do: correct-terms, tariff: huge", f"line 22, {TIMELINE}[1].tariff",
     "'huge' is not among the tariffs"),
    ("do: change-tariff, tariff: big", "do: cancel, change: hold", f"line 22, {TIMELINE}[1]", "no hold on this day"),
    ("on: 2024-01-10", "on: 2024-02-10", "line 24, accounts[0].subscriptions[0].usage[0]", "no such component"),
    ("tariff: big}", "tariff: big}\n          - {on: 2024-01-08, do: terminate, recorded: 2024-01-15}",
     f"line 23, {TIMELINE}[2]",
     "subscription 'S1': usage would have no price: 5 of data on 2024-01-10; use unpriced_usage=last-price"),
    ('amount: "10"', 'amount: "0"', "line 25, accounts[0].payments[0]", "must be more than zero"),
    ("      - {code: data,", "      - {code: bound, kind: one-off, price: 90, at: termination, committed_months: 12,"
     " on_tariff_change: refuse}\n      - {code: data,", f"line 23, {TIMELINE}[1]", "ends on 2025-01-01"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "instead", "place", "told"), FAULTS + REFUSED)
def test_a_fault_is_told_with_file_line_and_path(tmp_path: Path, found: str, instead: str, place: str, told: str):
    assert found in SCENARIO
    with pytest.raises(InvalidValue) as refused:
        play(read(tmp_path, SCENARIO.replace(found, instead, 1)))

    assert str(refused.value).startswith(f"file '{tmp_path / 'scenario.yaml'}': {place}")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_scenario_without_a_fault(tmp_path: Path):
    assert [run.on.isoformat() for run in play(read(tmp_path, SCENARIO))] == ["2024-01-31", "2024-02-29"]


@pytest.mark.parametrize("text", ["", "- a", "words", "{}", "\t"])
def test_a_file_that_is_no_scenario(tmp_path: Path, text: str):
    with pytest.raises(InvalidValue, match=r"scenario\.yaml': line 1"):
        read(tmp_path, text)


def test_several_faults_are_told_at_once(tmp_path: Path):
    wrong = SCENARIO.replace("plan: postpaid", "plan: none").replace("2024-02-29", "soon")
    wrong = wrong.replace("do: activate", "do: x")
    with pytest.raises(InvalidValue) as refused:
        read(tmp_path, wrong)
    for place in ("line 15, accounts[0].plan 'none'", f"line 21, {TIMELINE}[0].do 'x'", "line 26, runs[1] 'soon'"):
        assert place in str(refused.value)
