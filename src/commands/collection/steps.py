"""What a step of a policy asks for besides money and services: a call, a ticket, an agency, a write-off.

A ticket is a stream of its own, and a write-off needs the history of the account for its VAT. So all of it follows the
step, by a reaction.
"""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.dunning.calls import want_call
from billing_core.dunning.facts import DunningStepTaken
from billing_core.dunning.policies import Action, CallCustomer, HandToCollection, OpenTicket, WriteOff, policy_on
from billing_core.kernel.events import Event
from billing_core.work.ticket_events import About
from commands.accounts import account_stream, load_account
from commands.collection.agencies import handed_over
from commands.dunning_policy_streams import load_policy
from commands.payments.giving_back import GivenUp, written_off
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.opening import Wanted, opened
from commands.work.streams import ticket_stream

# --- commands


class FollowStep(Command, frozen=True, kw_only=True):
    """Do what a step asks for that was taken on some invoices of an account: a call, an agency, a ticket, a write-off.

    The step is that of the policy as it stood on the date `taken`. What was paid meanwhile, or does not count any more,
    as it was disputed or promised, is left out. The step gives it by itself.
    """

    account: str
    policy: str
    step: str
    taken: date
    invoices: tuple[str, ...]


# --- handlers


def handle_follow_step(command: FollowStep, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    overdue = tuple(
        code for code in command.invoices
        if (item := account.ledger.open_items.get(code)) and item.due_on < origin.today
        and account.dunning.stopped_by(code, origin.today) is None
    )  # fmt: skip
    if not overdue:
        return Decision(())
    events, tickets = list[Event](), list[Append]()
    reason = f"Overdue, step {command.step} of policy {command.policy}: {', '.join(overdue)}"
    for action in _actions(command, transaction):
        match action:
            case CallCustomer():
                events += want_call(account.dunning.debts.call, reason, origin.today, command.step)
            case HandToCollection(agency=agency):
                collected = account.dunning.debts.collected
                free = tuple(code for code in overdue if code not in collected)
                events += handed_over(account, free, agency, transaction, origin.today) if free else []
            case OpenTicket(kind=kind):
                wanted = Wanted(kind, reason, account.customer, About(account=account.number), "event")
                number, opening = opened(wanted, transaction, origin)
                tickets.append(Append(ticket_stream(number), 0, opening))
            case WriteOff(reason=why):
                events += _written_off(account, version, overdue, why, transaction, origin)
    own = (Append(account_stream(account.number), version, events),) if events else ()
    return Decision((*own, *tickets), {"tickets": [append.stream.partition("/")[2] for append in tickets]})


def _written_off(
    account: Account, version: int, invoices: tuple[str, ...], why: str, transaction: Transaction, origin: Origin
) -> list[Event]:
    """All that is open of the items, with the base and VAT in it."""
    events: list[Event] = []
    for code in invoices:
        events += written_off(account, version, GivenUp(code, None, why), transaction, origin.today)
    return events


def _actions(command: FollowStep, transaction: Transaction) -> tuple[Action, ...]:
    """What the step does as it was taken; nothing if the policy of that day has none of this code."""
    policy = policy_on(load_policy(transaction, command.policy)[0], command.taken)
    place = policy.place_of(command.step) if policy else None
    return () if policy is None or place is None else policy.steps[place].actions


# --- what happens by itself


def _follow(entry: RecordedEvent) -> FollowStep:
    fact = entry.event
    assert isinstance(fact, DunningStepTaken)
    return FollowStep(account=entry.number, policy=fact.policy, step=fact.step, taken=fact.effective_on,
                      invoices=tuple(item.invoice for item in fact.items))  # fmt: skip


HANDLERS: Handlers = {FollowStep: handle_follow_step}
REACTIONS = (Reaction("follow-step", (DunningStepTaken,), _follow),)
