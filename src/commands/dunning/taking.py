"""Take the steps of the ladder that are due on an account, and do what each step does.

step taken                 DunningStepTaken; its message is sent by a reaction to it
fee                        an item charged by hand, which waits for the next invoice
terminate                  all services end in the same decision
write off, call, ticket    by a reaction to the step (`commands.collection.steps`)
suspend, slow down         by the difference that follows (`settling`)
"""

from __future__ import annotations

from billing_core.accounts.account import Account
from billing_core.accounts.debtor import is_spared
from billing_core.accounts.items import charge_once
from billing_core.billing.run import HistoryNeeded
from billing_core.billing.unpriced_usage import UsageWithoutPrice, prices_usage, settle_usage
from billing_core.dunning.facts import DunningStepTaken
from billing_core.dunning.policies import StepFee, Terminate
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.services.events import SubscriptionChangeCancelled, SubscriptionEvent, SubscriptionTerminated
from billing_core.services.subscriptions import Subscription, after_facts
from billing_core.services.terminations import Notice, terminate
from billing_core.services.timeline import end_of, is_of_money
from commands.accounts import account_stream
from commands.dunning.debtors import Setting, debtor_of, load_debtor
from commands.dunning.run_ports import DunningTotals, standing_of
from commands.dunning.settling import services_present, settle
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class TakeDunningSteps(Command, frozen=True, kw_only=True):
    """Take the steps that are due on an account today, by the policy of its billing plan. The dunning run does it.

    It answers what was done, as the run does.
    """

    account: str


# --- handlers


def handle_take_steps(command: TakeDunningSteps, transaction: Transaction, origin: Origin) -> Decision:
    account, version, setting = load_debtor(transaction, command.account, origin)
    if setting is None:
        return Decision((), DunningTotals(accounts=1))
    totals, before = DunningTotals(), standing_of(account)
    events = dun(account, version, setting)
    totals.add(events, before, standing_of(account))
    return Decision((Append(account_stream(account.number), version, events),) if events else (), totals)


def dun(account: Account, version: int, setting: Setting) -> list[Event]:
    """The steps that are due on an account today, and the suspensions and returns; the account is moved on by them."""
    taken = take_steps(account, version, setting)
    return [*taken, *settle(account, version + len(taken), setting)]


def take_steps(account: Account, version: int, setting: Setting) -> list[Event]:
    """The steps that are due on an account today, each with what it does; the account is moved on by them.

    A fee is charged once for the step and day, on however many items it is taken. What concerns other streams or the
    history of the account, as a ticket or a write-off, follows by a reaction (`commands.collection.steps`).
    """
    if not account.ledger.open_items:
        return []
    events: list[Event] = []
    steps = {step.code: step for step in setting.policy.steps}
    for taken in setting.ladder.due_steps(debtor_of(account, setting), setting.today):
        step = steps[taken.step]
        events += _noted(account, [taken])
        if step.fee is not None:
            events += _noted(account, _charged(account, version + len(events), step.fee, taken))
        for action in step.actions:
            if isinstance(action, Terminate):
                events += _noted(account, _terminated(account, action, setting))
    return events


def _noted(account: Account, events: list[Event]) -> list[Event]:
    for fact in events:
        account.apply(fact)
    return events


# --- what a step does


def _charged(account: Account, number: int, fee: StepFee, taken: DunningStepTaken) -> list[Event]:
    net = Money(fee.amount, account.currency)
    return charge_once(account, number, fee.description, net, fee.vat_rate, taken.effective_on)


def _terminated(account: Account, action: Terminate, setting: Setting) -> list[Event]:
    """All services that have not ended end today, without those that the policy spares; what was planned for them does
    not take place.
    """
    events: list[Event] = []
    present = services_present(account, setting.today)
    for code in sorted(account.subscriptions):
        subscription = account.subscriptions[code]
        part = present.get(code) or subscription.segments()[0]
        if is_spared(account, part.in_force.tariff, setting.policy):
            continue
        end = end_of(subscription.timeline)
        if end is None or (setting.today < end.on and end.kind == "terminate"):
            events += _ended(subscription, action.reason, setting)
    return events


def _ended(subscription: Subscription, reason: str, setting: Setting) -> list[Event]:
    today, code = setting.today, subscription.code
    ended_on = max(today, subscription.activated_on)
    planned: list[SubscriptionEvent] = [
        SubscriptionChangeCancelled(effective_on=change.on, subscription=code, kind=change.kind, reason=reason)
        for change in reversed(subscription.timeline[1:])
        if change.on > ended_on and not is_of_money(change)
    ]
    left = _without(subscription, planned)
    fact = SubscriptionTerminated(effective_on=ended_on, subscription=code, reason=reason)
    changes: list[Event] = [*planned, *terminate(left, fact, Notice(today, today), is_waived=True)]
    return [*changes, *_usage_settled(subscription, changes, setting)]


def _without(subscription: Subscription, planned: list[SubscriptionEvent]) -> Subscription:
    return after_facts(subscription, planned) if planned else subscription


def _usage_settled(subscription: Subscription, changes: list[Event], setting: Setting) -> list[Event]:
    """Usage that was recorded for days after the end is charged at the last price, or waived if it never had one."""
    tariffs = {code: setting.catalogue[code] for code in subscription.tariffs()}
    if not prices_usage(tariffs.values()):
        return []
    if setting.usage_of is None:
        raise HistoryNeeded("a termination looks at all usage of the service", field="subscription",
                            value=subscription.code)  # fmt: skip
    usage = setting.usage_of(subscription.code)
    reason = f"waived at the termination on {setting.today}"
    try:
        return list(settle_usage(subscription, changes, usage, tariffs, "last-price", reason))
    except UsageWithoutPrice:
        return list(settle_usage(subscription, changes, usage, tariffs, "waive", reason))


HANDLERS: Handlers = {TakeDunningSteps: handle_take_steps}
