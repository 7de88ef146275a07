"""Dunning for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.dunning.policies import DaysFromDue, DunningStep, SlowDown
from commands.accounts import ChangeBillingPlan
from commands.dunning.policies import PublishDunningPolicy, WithdrawDunningPolicy
from commands.dunning.stops import DisputeItem, EndDispute, EndDunningPause, PauseDunning
from commands.dunning.taking import TakeDunningSteps
from tests.commands.dunning.debtors import POLICY
from tests.operators import Operator

ON = date(2026, 4, 10)


def keep_dunning(operator: Operator) -> None:
    """A policy with a publication that was withdrawn, pauses that stand and ended, a dispute, and a first step."""
    later = msgspec.structs.replace(POLICY, steps=POLICY.steps[1:])
    operator.tell(PublishDunningPolicy(policy=POLICY), today=ON)
    operator.tell(PublishDunningPolicy(policy=later, valid_from=date(2026, 6, 1)), today=ON)
    operator.tell(PublishDunningPolicy(policy=later, valid_from=date(2026, 7, 1)), today=ON)
    operator.tell(WithdrawDunningPolicy(policy="home", valid_from=date(2026, 7, 1)), today=ON)
    operator.tell(PauseDunning(account="A0002", until=date(2026, 5, 1), reason="in hospital"), today=ON)
    operator.tell(PauseDunning(account="A0003", until=date(2026, 5, 1), reason="in hospital"), today=ON)
    operator.tell(EndDunningPause(account="A0003", reason="back"), today=ON)
    invoice = min(operator.account("A0003").ledger.open_items)
    operator.tell(DisputeItem(account="A0003", invoice=invoice, reason="wrong amount"), today=ON)
    operator.tell(EndDispute(account="A0003", invoice=invoice, outcome="right"), today=ON)
    plan = msgspec.structs.replace(operator.account("A0003").plan, dunning="home")
    operator.tell(ChangeBillingPlan(account="A0003", plan=plan), today=ON)
    operator.tell(TakeDunningSteps(account="A0003"), today=ON)
    slow = DunningStep(code="slow", when=DaysFromDue(days=1), actions=(SlowDown(profile="slow-1M"),))
    operator.tell(PublishDunningPolicy(policy=msgspec.structs.replace(POLICY, code="slow", steps=(slow,))), today=ON)
    plan = msgspec.structs.replace(operator.account("A0006").plan, dunning="slow")
    operator.tell(ChangeBillingPlan(account="A0006", plan=plan), today=ON)
    operator.tell(TakeDunningSteps(account="A0006"), today=ON)
