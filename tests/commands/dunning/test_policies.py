"""Policies published and withdrawn, and what a policy may be. The ladders of known systems: `cli/test_ladders.py`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from adapters.calendars.holiday_calendar import calendar_of
from adapters.files.dunning_policies import read_policy
from billing_core.dunning.ladder import Debtor, Ladder
from billing_core.dunning.policies import (
    DayOfMonthAfterDue,
    DaysFromDue,
    DunningPolicy,
    DunningStep,
    Suspend,
    WriteOff,
    policy_on,
    require_policy,
)
from billing_core.dunning.state import FOLDS, Dunning
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.payments.ledger import OpenItem
from commands.dunning.policies import PublishDunningPolicy, WithdrawDunningPolicy
from commands.dunning_policy_streams import load_policy
from projections.dunning.policies import policy_named
from tests.commands.dunning.debtors import POLICY
from tests.operators import Operator


def climbed(policy: DunningPolicy, due_on: date, country: str, days: int = 400) -> dict[str, str]:
    """The day of each step, with a run every morning."""
    debtor = Debtor(
        {"1": OpenItem(due_on, Money(Decimal(5000), policy.currency))}, Dunning(), Money(Decimal(500), policy.currency)
    )
    found = {}
    for day in range(-10, days):
        on = due_on + timedelta(days=day)
        for fact in Ladder(policy, calendar_of(country)).due_steps(debtor, on):
            FOLDS[type(fact)](debtor.dunning, fact)
            found[fact.step] = f"{on:%d %b}"
    return found


def test_holidays_move_a_step_in_the_country_of_the_seller():
    """Good Friday 2026 is 3 April, Easter Monday the 6th."""
    step = DunningStep(code="suspend", when=DaysFromDue(days=10), actions=(Suspend(),))
    policy = msgspec.structs.replace(POLICY, steps=(step,), skips=("weekends", "holidays"))

    assert climbed(policy, date(2026, 3, 24), "CZ", 30) == {"suspend": "07 Apr"}
    assert climbed(policy, date(2026, 3, 24), "US", 30) == {"suspend": "03 Apr"}


def test_a_day_of_the_month_is_kept_as_intended_after_a_short_month():
    """The 31st eleven months after the first one behind 10 February, which is 28 February."""
    lost = DunningStep(code="lost", when=DayOfMonthAfterDue(day=31, months=11), actions=(WriteOff(reason="lost"),))
    policy = msgspec.structs.replace(POLICY, steps=(lost,))

    assert climbed(policy, date(2026, 2, 10), "AM") == {"lost": "31 Jan"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("steps: [{code: a, when: {by: days, days: 3}}]", "does nothing; name a message, a fee or an action"),
        ("steps:\n- {code: a, when: {by: days, days: 9}, message: overdue}\n"
         "- {code: b, when: {by: days, days: 3}, message: overdue}",
         "comes before step a; put the steps in the order of their days"),
        ("steps: [{code: a, when: {by: days, days: -3}, message: overdue}]", "does not fit its day"),
        ("steps: [{code: a, when: {by: days, days: 3}, message: suspended}]", "has no action that suspends"),
        ("steps: [{code: a, when: {by: days, days: 3}, message: overdeu}]", "overdeu"),
        ("steps: [{code: a, when: {by: days, days: -3}, actions: [{does: suspend}]}]", "may only send a message"),
        ("steps: [{code: a, when: {by: days, days: 3}, actions: [{does: terminate, reason: ' '}]}]",
         "actions.0..reason ' ': must not be empty"),
        ("steps: [{code: a, when: {by: days, days: 3}, message: overdue}]\nresume_at: '0'",
         "needs a balance below which"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_be_followed_is_refused(tmp_path: Path, text: str, told: str):
    file = tmp_path / "policy.yaml"
    file.write_text(f"code: x\nname: X\ncurrency: EUR\n{text}\n")

    with pytest.raises(InvalidValue, match=told):
        require_policy(read_policy(file))


def test_a_file_that_is_not_well_formed_names_the_line(tmp_path: Path):
    file = tmp_path / "policy.yaml"
    file.write_text("code: x\nname: X\ncurrency: EUR\nsteps:\n  - {code: a, when: {by: weeks, days: 3}}\n")

    with pytest.raises(InvalidValue, match="line 5, steps"):
        read_policy(file)


def test_a_policy_holds_from_its_day_and_what_is_to_come_can_be_withdrawn(operator: Operator):
    today, july, august = date(2026, 5, 1), date(2026, 7, 1), date(2026, 8, 1)
    later = msgspec.structs.replace(POLICY, tolerance_days=3)
    operator.tell(PublishDunningPolicy(policy=POLICY), today=today)
    operator.tell(PublishDunningPolicy(policy=later, valid_from=july), today=today)
    operator.tell(PublishDunningPolicy(policy=POLICY, valid_from=august), today=today)

    operator.tell(WithdrawDunningPolicy(policy="home", valid_from=august), today=july)
    assert operator.tell(PublishDunningPolicy(policy=later), today=july).position == 0

    with operator.application.store.transaction() as transaction:
        versions, _ = load_policy(transaction, "home")
    assert [policy_on(versions, on) for on in (date(2026, 4, 30), today, july, august)] == [None, POLICY, later, later]
    assert operator.ask(policy_named, "home") == versions
    with pytest.raises(InvalidValue, match="must not lie before today"):
        operator.tell(PublishDunningPolicy(policy=POLICY, valid_from=today), today=july)
    with pytest.raises(RuleViolation, match="is in force already"):
        operator.tell(WithdrawDunningPolicy(policy="home", valid_from=july), today=july)
    with pytest.raises(NotFound, match="they hold from 2026-05-01, 2026-07-01"):
        operator.tell(WithdrawDunningPolicy(policy="home", valid_from=august), today=july)
    with pytest.raises(InvalidValue, match="policy home is in EUR"):
        operator.tell(PublishDunningPolicy(policy=msgspec.structs.replace(POLICY, currency="CZK")), today=july)


def test_a_policy_suspends_only_for_reasons_that_are_defined(operator: Operator):
    suspends = DunningStep(code="suspend", when=DaysFromDue(days=21), actions=(Suspend(reason="rain"),))
    with pytest.raises(NotFound, match="no such reason for a suspension"):
        operator.tell(PublishDunningPolicy(policy=msgspec.structs.replace(POLICY, steps=(suspends,))))
