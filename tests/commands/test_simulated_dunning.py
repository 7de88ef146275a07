"""What customers do about money in a scenario with a policy, day by day; and how scenarios are refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from adapters.calendars.holiday_calendar import calendar_of
from adapters.files.scenario import scenario_in
from adapters.files.yaml_documents import Document
from adapters.texts.sentences import event_name
from billing_core.kernel.errors import InvalidValue
from commands.simulation import play

STEPS: list[dict[str, Any]] = [
    {"code": "reminder", "when": {"by": "days", "days": 7}, "message": "overdue"},
    {"code": "suspend", "when": {"by": "days", "days": 14}, "actions": [{"does": "suspend"}]},
]


def written(account: dict[str, Any], policy: dict[str, Any] | None = None, **scenario: Any) -> dict[str, Any]:
    """An account that owes 100.00 since 31 March 2026, with a reminder on 7 and a suspension on 14 April."""
    timeline = [{"on": date(2026, 3, 17), "do": "activate"}]
    fee = {"code": "fee", "kind": "recurring", "price": "100", "every": "1 year", "align": "own"}
    home = {"code": "home", "name": "Households", "currency": "EUR", "steps": STEPS}
    debtor = {
        "code": "A", "dunning": "home", "due_days": 14,
        "subscriptions": [{"code": "S", "tariff": "net", "timeline": timeline}],
    }  # fmt: skip
    return {
        "currency": "EUR",
        "tariffs": [{"code": "net", "components": [fee]}],
        "dunning_policies": [home | (policy or {})],
        "accounts": [debtor | account],
        "runs": [date(2026, 3, 17), date(2026, 6, 1)],
    } | scenario


def played(account: dict[str, Any], policy: dict[str, Any] | None = None, **scenario: Any) -> Sequence[tuple[str, str]]:
    """Day and event, from 1 April on."""
    runs = play(scenario_in(Document("scenario", written(account, policy, **scenario), 1, {})), calendar_of)
    days = [each for run in runs for each in run.accounts["A"].days]
    return [(f"{each.on:%d %b}", _name(each.fact)) for each in days if each.on > date(2026, 3, 31)]


def _name(fact: Any) -> str:
    return f"step {fact.step}" if hasattr(fact, "step") else event_name(fact)


def on(month: int, day: int, **details: Any) -> dict[str, Any]:
    return {"on": date(2026, month, day), **details}


REMINDED, SUSPENDED = ("07 Apr", "step reminder"), ("14 Apr", "step suspend")


def test_who_pays_in_part_is_suspended_as_before_and_who_pays_all_is_not() -> None:
    assert played({"payments": [on(4, 10, amount="99.99")]})[-1] == ("14 Apr", "subscription-suspended")
    assert played({"payments": [on(4, 10, amount="100")]}) == [REMINDED, ("10 Apr", "payment-received")]


def test_a_payment_on_the_day_of_the_suspension_brings_the_service_back_on_it() -> None:
    assert played({"payments": [on(4, 14, amount="100")]}) == [
        REMINDED, SUSPENDED, ("14 Apr", "subscription-suspended"), ("14 Apr", "payment-received"),
        ("14 Apr", "subscription-resumed"),
    ]  # fmt: skip


def test_a_service_returns_on_the_next_morning_if_the_policy_says_so() -> None:
    assert played({"payments": [on(4, 20, amount="100")]}, {"returns": "next-morning"})[2:] == [
        ("14 Apr", "subscription-suspended"), ("20 Apr", "payment-received"), ("21 Apr", "subscription-resumed"),
    ]  # fmt: skip


def test_a_payment_that_bounces_suspends_again_without_another_step() -> None:
    money = {"payments": [on(4, 20, amount="100")], "reversals": [on(4, 23, payment=1)]}
    assert played(money)[3:] == [
        ("20 Apr", "payment-received"), ("20 Apr", "subscription-resumed"), ("23 Apr", "payment-reversed"),
        ("23 Apr", "subscription-suspended"),
    ]  # fmt: skip


def test_a_promise_brings_the_service_back_and_breaks_by_itself() -> None:
    terms = {"most_days": 10}
    broken = played({"promises": [on(4, 16, until=date(2026, 4, 20))]}, promise_terms=terms)
    assert broken[3:] == [
        ("16 Apr", "promise-opened"), ("16 Apr", "subscription-resumed"), ("21 Apr", "promise-broken"),
        ("21 Apr", "subscription-suspended"),
    ]  # fmt: skip
    kept = played(
        {"promises": [on(4, 16, until=date(2026, 4, 20))], "payments": [on(4, 20, amount="100")]}, promise_terms=terms
    )
    assert kept[5:] == [("20 Apr", "payment-received"), ("20 Apr", "promise-kept")]


def test_a_disputed_item_waits_and_goes_on_where_it_was() -> None:
    """Seven days are between both steps; three of them were before the dispute from 10 to 20 April, four come after."""
    dispute = on(4, 10, invoice="1", until=date(2026, 4, 20))
    assert played({"disputes": [dispute]}) == [
        REMINDED, ("10 Apr", "item-disputed"), ("20 Apr", "item-dispute-ended"), ("24 Apr", "step suspend"),
        ("24 Apr", "subscription-suspended"),
    ]  # fmt: skip


def test_nothing_happens_to_an_insolvent_customer_until_the_proceedings_are_over() -> None:
    known = on(4, 10, reference="KSPH 12 INS 34/2026", until=date(2026, 5, 10))
    assert played({"insolvencies": [known]})[1:] == [
        ("10 Apr", "insolvency-noted"), ("10 May", "insolvency-ended"), ("14 May", "step suspend"),
        ("14 May", "subscription-suspended"),
    ]  # fmt: skip


def test_an_account_without_a_policy_tells_no_days() -> None:
    assert played({"dunning": ""}) == []


@pytest.mark.parametrize(
    ("account", "scenario", "said"),
    [
        ({"dunning": "other"}, {}, "'other' is not a policy of the scenario: home"),
        ({"reversals": [on(4, 1, payment=1)]}, {}, "the account has no payment 1; they count from 1"),
        ({"disputes": [on(4, 1, invoice="9")]}, {}, "the account has no open invoice of this number"),
        ({"promises": [on(4, 1, until=date(2026, 4, 3))]}, {}, "the seller takes no promises"),
        ({}, {"currency": "CZK"}, "'EUR' is not that of the scenario"),
        ({"payments": [on(4, 1, amount="1.001")]}, {}, "1.001"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(account: dict[str, Any], scenario: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        played(account, **scenario)
    assert said in str(refused.value)


def test_a_policy_that_cannot_be_followed_is_refused() -> None:
    with pytest.raises(InvalidValue, match="comes before step reminder"):
        played({}, {"steps": [STEPS[0], STEPS[1] | {"when": {"by": "days", "days": 3}}]})
