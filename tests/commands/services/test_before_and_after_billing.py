"""Each change before its period was billed, after it, and long after: the same sum, and cancelled again none of it.

The fee is 300.00 a month, in advance, billing day 1. The change is true from 11 June; June has 30 days.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from commands.platform.bus import Command
from commands.services import (
    AddOption,
    CancelChange,
    ChangePrice,
    ChangeQuantity,
    ChangeTariff,
    GrantDiscount,
    HoldSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from tests.commands.services.conftest import Story

CREDIT = "fee 06-11..07-01 -200.00, corrects 06-01..07-01"


class Case(NamedTuple):
    """A change and its kind; the lines of June if it is known before it is billed, or learnt after; their sum.

    `later` are lines that become due only within the month.
    """

    command: type[Command]
    fields: dict[str, Any]
    kind: str
    before: list[str]
    after: list[str]
    june: str
    later: tuple[str, ...] = ()


CASES = [
    Case(ChangeTariff, {"tariff": "fast"}, "change-tariff",
         ["fee 06-01..06-11 100.00", "fee 06-11..07-01 333.33"], [CREDIT, "fee 06-11..07-01 333.33"], "433.33"),
    Case(ChangeQuantity, {"quantity": 3}, "change-quantity",
         ["fee 06-01..06-11 100.00", "fee 06-11..07-01 600.00"], [CREDIT, "fee 06-11..07-01 600.00"], "700.00"),
    Case(ChangePrice, {"prices": {"fee": "240"}}, "change-price",
         ["fee 06-01..06-11 100.00", "fee 06-11..07-01 160.00"], [CREDIT, "fee 06-11..07-01 160.00"], "260.00"),
    Case(AddOption, {"option": "tv"}, "add-option",
         ["fee 06-01..07-01 300.00"], ["tv 06-11..07-01 20.00"], "320.00", ("tv 06-11..07-01 20.00",)),
    Case(GrantDiscount, {"discount": {"code": "loyal", "on": "fee", "percent": "10"}}, "grant-discount",
         ["fee 06-01..07-01 300.00", "loyal on fee 06-11..07-01 -20.00"], ["loyal on fee 06-11..07-01 -20.00"],
         "280.00"),
    Case(GrantDiscount, {"discount": {"code": "loyal", "on": "fee", "price": "15"}}, "grant-discount",
         ["fee 06-01..07-01 300.00", "loyal on fee 06-11..07-01 -10.00"], ["loyal on fee 06-11..07-01 -10.00"],
         "290.00"),
    Case(HoldSubscription, {}, "hold", ["fee 06-01..06-11 100.00"], [CREDIT], "100.00"),
    Case(SuspendSubscription, {"reason": "operator"}, "suspend", ["fee 06-01..06-11 100.00"], [CREDIT], "100.00"),
    Case(SuspendSubscription, {"reason": "abuse", "charge_percent": "40"}, "suspend",
         ["fee 06-01..06-11 100.00", "fee 06-11..07-01 80.00"], [CREDIT, "fee 06-11..07-01 80.00"], "180.00"),
    Case(SuspendSubscription, {"reason": "non-payment"}, "suspend", ["fee 06-01..07-01 300.00"], [], "300.00"),
    Case(TerminateSubscription, {"reason": "moves away"}, "terminate", ["fee 06-01..06-11 100.00"], [CREDIT], "100.00"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.fields}")
def test_a_change_costs_the_same_whenever_it_is_learnt_and_nothing_when_cancelled(story: Story, case: Case):
    early, late = (story.subscriber(number, "home", "2026-05-01") for number in ("EARLY", "LATE"))
    story.bill("2026-05-01", early, late)

    story.tell(case.command, "2026-05-20", early, on="2026-06-11", **case.fields)
    assert story.bill("2026-06-01", early) == case.before
    assert story.bill("2026-06-01", late) == ["fee 06-01..07-01 300.00"]
    story.tell(case.command, "2026-06-20", late, on="2026-06-11", **case.fields)
    assert story.bill("2026-06-20", early) == list(case.later)
    assert story.bill("2026-06-20", late) == case.after
    assert [story.net(number) for number in (early, late)] == [f"{300 + float(case.june):.2f}"] * 2

    for number in (early, late):
        story.tell(CancelChange, "2026-06-25", number, kind=case.kind, on="2026-06-11")
    story.bill("2026-06-25", early, late)
    assert [story.net(number) for number in (early, late)] == ["600.00", "600.00"]
    assert story.bill("2026-06-25", early, late) == []
    assert story.operator.findings() == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.fields}")
def test_a_change_learnt_two_periods_later_costs_what_it_would_have_cost(story: Story, case: Case):
    early, late = (story.subscriber(number, "home", "2026-05-01") for number in ("EARLY", "LATE"))
    story.tell(case.command, "2026-05-20", early, on="2026-06-11", **case.fields)
    for day in ("2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01"):
        story.bill(day, early, late)

    story.tell(case.command, "2026-08-20", late, on="2026-06-11", **case.fields)
    delta = story.bill("2026-08-20", late)

    assert story.net(late) == story.net(early)
    assert delta[: len(case.after)] == case.after[: len(delta)]
    story.tell(CancelChange, "2026-08-21", late, kind=case.kind, on="2026-06-11")
    story.bill("2026-08-21", late)
    assert story.net(late) == "1200.00"
