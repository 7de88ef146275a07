"""Scenarios of faults that were found, each with the right value that was worked out by hand and stands in its head.

The files lie outside the project; the rules' own tests show the same rules without them.
"""

from __future__ import annotations

import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.scenario import read_scenario
from billing_core.charging.charges import explain
from billing_core.kernel.errors import InvalidValue
from commands.simulation.outcomes import Outcome, net_and_vat
from commands.simulation.playing import play

CASES = Path(os.environ.get("BILLING_CASES") or Path(__file__).parents[2] / "shared" / "data" / "cases")
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"{CASES} is absent; name the folder in BILLING_CASES")

# By case and account what is charged for each component in all, without VAT unless the price list includes it.
CHARGED = {
    "commitment-left-by-changing-tariff": {
        "STAYED": {"fee": "120.00", "etf": "200.00"},
        "CHANGED": {"fee": "120.00", "etf": "200.00"},
    },
    "discount-on-more-components": {"A": {"fee": "120.00", "tv": "40.00", "d": "-40.00"}},
    "late-usage-credit": {"A": {"data": "60.00"}},
    "late-usage-two-prices": {"A": {"data": "40.00"}},
    "late-usage-two-prices-discount": {"A": {"data": "40.00", "d": "-4.00"}},
    "minimum-met-by-the-days-before": {"A": {"data": "25.00", "min": "10.00"}},
    "minimum-net-and-gross": {"GN": {"min": "33.00"}, "NG": {"min": "33.00"}},
    "minimum-net-and-gross-used": {
        "GN": {"data": "22.00", "min": "11.00"},
        "NG": {"data": "22.00", "min": "11.00"},
    },
    "minimum-two-vat-rates": {
        "AB": {"min": "30.00"},
        "BA": {"min": "30.00"},
        "REV": {"fee": "30.00", "min": "30.00"},
    },
    "phases-on-upgrade": {"A": {"fee": "130.00"}, "B": {"fee": "170.00", "promo": "-40.00"}},
    "rename-discount": {"A": {"fee": "120.00", "d": "-30.00"}},
    "rename-usage": {"A": {"data": "10.00"}},
    "rename-usage-neighbours": {
        "PACKAGE": {"data": "5.00"},
        "FLAT": {"data": "5.00"},
        "VOLUME": {"data": "5.00"},
        "PERCENT": {"data": "0.50"},
        "VAT": {"data": "10.00"},
    },
    "usage-tariffs-alike-but-named": {"AB": {"data": "10.00"}, "AC": {"data": "10.00"}},
}

# By case and account the net and the VAT of all documents.
DOCUMENTS = {
    "minimum-net-and-gross": {"GN": ("30.00", "6.00"), "NG": ("30.00", "6.00")},
    "minimum-net-and-gross-used": {"GN": ("30.00", "6.00"), "NG": ("30.00", "6.00")},
    "minimum-two-vat-rates": {"AB": ("30.00", "3.75"), "BA": ("30.00", "3.75"), "REV": ("60.00", "12.30")},
    "rename-usage-neighbours": {"VAT": ("10.00", "2.10")},
}

# By case the lines of the last run: component, days, amount, the beginning of its words.
LAST_LINES = {
    "late-usage-credit": [
        "data 04-01 05-01 -40.00 credit: used 120; 120 at 0.5; 100.00 EUR charged before",
    ],
    "late-usage-two-prices": [
        "data 04-16 05-01 10.00 used 15; 15 at 2; 20.00 EUR charged before, price list b",
    ],
    "late-usage-two-prices-discount": [
        "data 04-16 05-01 10.00 used 15; 15 at 2; 20.00 EUR charged before, price list b",
        "d 04-16 05-01 -1.00 10 % off 30.00 EUR; -2.00 EUR charged before, price list b",
    ],
}

# By case what the refusal says.
REFUSED = {
    "amount-with-a-thousands-point": "'3.000' has more decimals than EUR, which has 2",
    "usage-lost-by-backdated-end": "usage would have no price: 3",
}


def outcomes(case: str) -> dict[str, list[Outcome]]:
    """What each run did, by account."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for run in play(read_scenario(CASES / f"{case}.yaml")):
        for account, outcome in run.accounts.items():
            found[account].append(outcome)
    return found


def test_each_case_has_its_right_value_here():
    assert {file.stem for file in CASES.glob("*.yaml")} == {*CHARGED, *REFUSED}


@pytest.mark.parametrize("case", CHARGED)
def test_what_is_charged_is_the_right_value(case: str):
    charged: dict[str, dict[str, Decimal]] = {}
    for account, runs in outcomes(case).items():
        sums = charged.setdefault(account, defaultdict(Decimal))
        for charge in (charge for run in runs for charge in run.charges):
            sums[charge.component] += charge.amount.amount

    assert {account: {code: str(sum_) for code, sum_ in sums.items()} for account, sums in charged.items()} == (
        CHARGED[case]
    )


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents_have_the_right_net_and_vat(case: str):
    found = outcomes(case)
    for account, right in DOCUMENTS[case].items():
        amounts = [net_and_vat(document) for run in found[account] for document in run.documents]
        net, vat = (str(sum(amount.amount for amount in column)) for column in zip(*amounts, strict=True))
        assert (net, vat) == right, account


@pytest.mark.parametrize("case", LAST_LINES)
def test_what_is_learnt_late_stands_on_its_own_tariff_and_days_and_explains_itself(case: str):
    (runs,) = outcomes(case).values()
    lines = [
        f"{charge.component} {charge.from_on:%m-%d} {charge.to_on:%m-%d} {charge.amount.amount} {explain(charge)}"
        for charge in runs[-1].charges
    ]
    assert [line[: len(right)] for line, right in zip(lines, LAST_LINES[case], strict=True)] == LAST_LINES[case]


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_be_taken_is_refused_with_its_reason(case: str):
    with pytest.raises(InvalidValue, match=REFUSED[case]):
        outcomes(case)
