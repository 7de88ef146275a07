"""Publish dunning policies, and withdraw publications that have not come into force."""

from __future__ import annotations

from datetime import date

from billing_core.dunning.policies import DunningPolicy, publish_policy, withdraw_policy
from billing_core.kernel.errors import NotFound
from commands.dunning_policy_streams import load_policy, policy_stream
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction
from commands.suspensions import load_reasons

# --- commands


class PublishDunningPolicy(Command, frozen=True, kw_only=True):
    """Publish a policy as from a day, today unless it is named: what happens when money has not come in, step by step.

    Billing plans name it. It takes the place of what the policy was before; an item goes on behind the last step that
    was taken on it.
    """

    policy: DunningPolicy
    valid_from: date | None = None


class WithdrawDunningPolicy(Command, frozen=True, kw_only=True):
    """A publication of a policy, as from a day that is still to come, does not take place."""

    policy: str
    valid_from: date


# --- handlers


def handle_publish_policy(command: PublishDunningPolicy, transaction: Transaction, origin: Origin) -> Decision:
    policy, valid_from = command.policy, command.valid_from or origin.today
    known, version = load_policy(transaction, policy.code)
    load_reasons(transaction, (step.suspension.reason for step in policy.steps if step.suspension is not None))
    events = publish_policy(known, policy, valid_from, origin.today)
    return Decision((Append(policy_stream(policy.code), version, events),), {"valid_from": valid_from})


def handle_withdraw_policy(command: WithdrawDunningPolicy, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_policy(transaction, command.policy)
    if known is None:
        raise NotFound(
            "no such dunning policy is published; `billing dunning policies` lists them",
            field="policy",
            value=command.policy,
        )
    events = withdraw_policy(known, command.policy, command.valid_from, origin.today)
    return Decision((Append(policy_stream(command.policy), version, events),))


HANDLERS: Handlers = {PublishDunningPolicy: handle_publish_policy, WithdrawDunningPolicy: handle_withdraw_policy}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
