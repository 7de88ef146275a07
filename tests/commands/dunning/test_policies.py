"""Policies published and withdrawn; the ladders of known systems, written as data and climbed day by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from adapters.calendars.holiday_calendar import calendar_of
from adapters.files.dunning_policies import read_policy
from billing_core.dunning.ladder import Debtor, due_steps
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend, policy_on, require_policy
from billing_core.dunning.state import FOLDS, Dunning
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.money import Money
from billing_core.payments.ledger import OpenItem
from commands.dunning.policies import PublishDunningPolicy, WithdrawDunningPolicy
from commands.dunning_policy_streams import load_policy
from projections.dunning.policies import policy_named
from tests.commands.dunning.debtors import POLICY
from tests.operators import Operator

LADDERS = Path(__file__).parent / "policies"


def climbed(policy: DunningPolicy, due_on: date, country: str, days: int = 400) -> dict[str, str]:
    """The day of each step, with a run every morning."""
    debtor = Debtor(
        {"1": OpenItem(due_on, Money(Decimal(5000), policy.currency))}, Dunning(), Money(Decimal(500), policy.currency)
    )
    found = {}
    for day in range(-10, days):
        on = due_on + timedelta(days=day)
        for fact in due_steps(policy, debtor, on, calendar_of(country)):
            FOLDS[type(fact)](debtor.dunning, fact)
            found[fact.step] = f"{on:%d %b}"
    return found


# Of invoices due on 31 January 2026, a Saturday.
@pytest.mark.parametrize(
    ("name", "country", "steps"),
    [
        ("adminus", "CZ", {
            "due-soon": "28 Jan", "first-reminder": "04 Feb", "second-reminder": "16 Feb", "block": "23 Feb",
            "call": "09 Mar", "end": "07 Apr",
        }),
        ("mango", "CZ", {
            "level-1": "07 Feb", "level-2": "14 Feb", "block": "21 Feb", "end": "17 Mar", "collection": "01 Apr",
        }),
        ("bulgarian", "BG", {"warning": "28 Jan", "end-of-paid-days": "01 Feb", "cut": "06 Feb"}),
        ("bcrm", "AM", {"warning": "05 Feb", "suspend": "20 Feb", "visit": "05 Mar", "lost": "31 Jan"}),
        ("hydra", "CZ", {"portal": "03 Feb", "block": "10 Feb", "end": "01 May"}),
    ],
)  # fmt: skip
def test_the_ladder_of_a_known_system_is_climbed_on_its_days(name: str, country: str, steps: dict[str, str]):
    policy = require_policy(read_policy(LADDERS / f"{name}.yaml"))

    assert climbed(policy, date(2026, 1, 31), country) == steps


def test_holidays_move_a_step_in_the_country_of_the_seller():
    """Good Friday 2026 is 3 April, Easter Monday the 6th."""
    step = DunningStep(code="suspend", when=DaysFromDue(days=10), actions=(Suspend(),))
    policy = msgspec.structs.replace(POLICY, steps=(step,), skips=("weekends", "holidays"))

    assert climbed(policy, date(2026, 3, 24), "CZ", 30) == {"suspend": "07 Apr"}
    assert climbed(policy, date(2026, 3, 24), "US", 30) == {"suspend": "03 Apr"}


def test_a_day_of_the_month_is_kept_as_intended_after_a_short_month():
    """The 31st eleven months after the first one behind 10 February, which is 28 February."""
    assert climbed(read_policy(LADDERS / "bcrm.yaml"), date(2026, 2, 10), "AM")["lost"] == "31 Jan"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("steps: [{code: a, when: {by: days, days: 3}}]", "does nothing; name a message, a fee or an action"),
        ("steps: [{code: a, when: {by: days, days: 9}, message: x}, {code: b, when: {by: days, days: 3}, message: x}]",
         "comes before step a; put the steps in the order of their days"),
        ("steps: [{code: a, when: {by: days, days: -3}, actions: [{does: suspend}]}]", "may only send a message"),
        ("steps: [{code: a, when: {by: days, days: 3}, actions: [{does: terminate, reason: ' '}]}]",
         "actions.0..reason ' ': must not be empty"),
        ("steps: [{code: a, when: {by: days, days: 3}, message: x}]\nresume_at: '0'", "needs a balance below which"),
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
