"""Dunning policies, simulated on the live base."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import msgspec

from adapters.bootstrap.jobs import Job, Work
from adapters.files.dunning_policies import read_policy
from adapters.files.yaml_documents import read_text
from billing_core.dunning.habits import NOBODY_PAYS, Habits, share_pays
from billing_core.dunning.policies import DunningPolicy, policy_on, require_policy
from billing_core.kernel.errors import InvalidValue
from commands.dunning_policy_streams import load_policy
from commands.policy_simulation.effect import AccountForeseen, PolicyEffect
from commands.policy_simulation.simulation import PolicySimulation, Question

MOST_DAYS = 400
MOST_ROWS = 1_000

# --- what is asked for


class SimulateDunningPolicy(Job, frozen=True, kw_only=True):
    """What a dunning policy would do within so many days, before it is published; nothing is written.

    It is played for the accounts whose billing plan names the policy `instead_of`, by default the one of the same code,
    or for those `without_policy`, and compared with that policy as it is in force. The payments that come in meanwhile
    are assumed: `nobody` pays; they pay as the base did in the last year (`history`); or `percent` of those who owe pay
    `within_days` days after each step (`share`).
    """

    days: int = 60
    instead_of: str = ""
    without_policy: bool = False
    payments: Literal["history", "nobody", "share"] = "history"
    percent: Decimal = Decimal(0)
    within_days: int = 7


class PolicySimulated(msgspec.Struct):
    """The effect of a policy, as it is `written`, and the accounts for which it does other things than the present.

    Of these the first ones are told, in order of number, and how many more they are.
    """

    written: str
    effect: PolicyEffect
    accounts: list[AccountForeseen]
    more: int


# --- how it is done


def simulate_policy(
    asked: SimulateDunningPolicy, work: Work, tell: Callable[[AccountForeseen], None] = lambda row: None
) -> PolicySimulated:
    """Simulate the policy of the file; `tell` is handed every account with open items."""
    assert work.file is not None
    if not 1 <= asked.days <= MOST_DAYS:
        raise InvalidValue(f"must be 1 to {MOST_DAYS}", field="days", value=asked.days)
    policy = require_policy(read_policy(work.file))
    simulation = work.app.policy_simulation()
    habits = _habits(asked, simulation, work)
    instead_of = "" if asked.without_policy else asked.instead_of or policy.code
    question = Question(policy, _in_force(work, instead_of), instead_of, work.origin.today, asked.days)
    found, more = list[AccountForeseen](), 0

    def note(row: AccountForeseen) -> None:
        nonlocal more
        tell(row)
        if not row.is_same:
            if len(found) < MOST_ROWS:
                found.append(row)
            else:
                more += 1

    with work.watch("Simulation", "accounts", None) as advance:
        effect = simulation.simulate(question, habits, advance, note)
    return PolicySimulated(read_text(work.file, work.file), effect, found, more)


def _habits(asked: SimulateDunningPolicy, simulation: PolicySimulation, work: Work) -> Habits:
    match asked.payments:
        case "nobody":
            return NOBODY_PAYS
        case "share":
            return share_pays(asked.percent, asked.within_days)
    with work.watch("Payments of the last year", "accounts", None) as advance:
        return simulation.learn(work.origin.today, advance)


def _in_force(work: Work, code: str) -> DunningPolicy | None:
    if not code:
        return None
    with work.app.store.transaction() as transaction:
        versions, _ = load_policy(transaction, code)
    return policy_on(versions, work.origin.today)
