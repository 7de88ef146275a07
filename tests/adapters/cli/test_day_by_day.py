"""What `billing simulate` charges for any scenario is what an independent count, day by day, comes to."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from tests.adapters.cli.any_scenario import scenarios
from tests.adapters.cli.day_by_day import Life, owed
from tests.adapters.cli.simulating import Simulator, half_up


@pytest.fixture(scope="module")
def simulate(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    return Simulator(tmp_path_factory.mktemp("scenarios"))


@given(scenario=scenarios())
@settings(max_examples=100)
def test_each_run_brings_what_is_charged_to_what_is_owed_counted_day_by_day(
    simulate: Simulator, scenario: dict[str, Any]
):
    (payment,) = scenario["accounts"][0]["payments"]
    posted: dict[str, Fraction] = defaultdict(Fraction)
    charges: list[dict[str, Any]] = []
    gross = Fraction(0)
    runs = [(run["on"], run["accounts"]["account"]) for run in simulate(json.dumps(scenario)).runs]
    for on, account in runs:
        day = date.fromisoformat(on)
        charges += account["charges"]
        for charge in account["charges"]:
            posted[charge["component"]] += Fraction(charge["amount"])
        due = owed(scenario, day)
        for component in posted.keys() | due.keys():
            amount, tolerance = due[component]
            assert abs(posted[component] - amount) <= tolerance, f"{component} on {on}: {half_up(amount)} is owed"
        gross += sum(map(gross_of, account["invoices"]))
        assert Fraction(account["balance"]) == (Fraction(payment["amount"]) if on >= payment["on"] else 0) - gross
        assert account["state"] == {"service": Life(scenario, day).on(day).status}
        assert_charged_once(charges)
    _, again = runs[-1]
    assert again["charges"] == again["invoices"] == []


def gross_of(document: dict[str, Any]) -> Fraction:
    """The gross of a document, whose lines are its net and whose VAT is that of each rate's sum, rounded once.

    The last credit note of an invoice takes the remainders of the roundings before it.
    """
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for line in document["lines"]:
        sums[line["vat_rate"]] += Fraction(line["net"])
    net, vat, gross = (Fraction(document[key]) for key in ("net", "vat", "gross"))
    assert (sum(sums.values()), net + vat) == (net, gross)
    expected = sum(Fraction(half_up(total * Fraction(rate) / 100)) for rate, total in sums.items())
    assert abs(vat - expected) <= (Fraction("0.03") if document["kind"] == "credit-note" else 0)
    return gross


def assert_charged_once(charges: Sequence[dict[str, Any]]) -> None:
    """No day of a fee twice, and no correction of more than the charge that it names."""
    covered: Counter[tuple[str, date]] = Counter()
    left: dict[tuple[str, ...], Fraction] = {}
    for charge in charges:
        original = charge["corrects"] or charge
        key = tuple(original[part] for part in ("component", "from", "to", "amount"))
        left[key] = left.get(key, Fraction(0)) + Fraction(charge["amount"])
        if charge["kind"] == "recurring":
            covered.update({(charge["component"], day): -1 if charge["corrects"] else 1 for day in _days_of(charge)})
    assert set(covered.values()) <= {0, 1}
    assert all(amount >= 0 for amount in left.values())


def _days_of(charge: dict[str, Any]) -> Iterator[date]:
    from_on, to_on = date.fromisoformat(charge["from"]), date.fromisoformat(charge["to"])
    return (from_on + timedelta(days=number) for number in range((to_on - from_on).days))
