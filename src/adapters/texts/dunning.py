"""Dunning, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from adapters.texts.amounts import counted, money
from adapters.texts.sentences import Sentences
from billing_core.accounts.account import Account
from billing_core.dunning.facts import (
    DunningHeld,
    DunningHoldEnded,
    DunningPaused,
    DunningPauseEnded,
    DunningStepTaken,
    FullSpeedRestored,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
    ServicesSlowed,
    SuspensionPutOff,
)
from billing_core.dunning.policies import DunningPolicyPublished, DunningPolicyWithdrawn
from billing_core.dunning.runs import DunningRunCompleted
from commands.dunning.run_ports import DunningTotals


def _published(fact: DunningPolicyPublished) -> str:
    policy = fact.policy
    steps = ", ".join(step.code for step in policy.steps)
    return f"from {fact.effective_on} dunning policy {policy.code} ({policy.name}) has the steps {steps}"


def _withdrawn(fact: DunningPolicyWithdrawn) -> str:
    return f"dunning policy {fact.policy} as from {fact.effective_on} does not take place"


def _step_taken(fact: DunningStepTaken) -> str:
    invoices = ", ".join(f"{item.invoice} ({money(item.open)}, due on {item.due_on})" for item in fact.items)
    parts = [f"step {fact.step} of policy {fact.policy} was taken on {invoices}; {money(fact.debt)} is overdue in all"]
    if fact.message:
        parts.append(f"message {fact.message}")
    if fact.suspends:
        parts.append(f"services are suspended for {fact.suspends} from then on")
    if fact.slows_to:
        parts.append(f"services are slowed to {fact.slows_to} from then on")
    return "; ".join(parts)


def _disputed(fact: ItemDisputed) -> str:
    return f"invoice {fact.invoice} is disputed: {fact.reason}"


def _dispute_ended(fact: ItemDisputeEnded) -> str:
    return f"invoice {fact.invoice} is disputed no longer: {fact.outcome}"


def _paused(fact: DunningPaused) -> str:
    until = "for good" if fact.until_on is None else f"until {fact.until_on}"
    return f"dunning{_of(fact.invoice)} is paused {until}: {fact.reason}"


def _pause_ended(fact: DunningPauseEnded) -> str:
    return f"dunning{_of(fact.invoice)} is paused no longer: {fact.reason}"


def _of(invoice: str) -> str:
    return f" of invoice {invoice}" if invoice else ""


def _held(fact: DunningHeld) -> str:
    return f"dunning is held by ticket {fact.ticket}"


def _hold_ended(fact: DunningHoldEnded) -> str:
    return f"dunning is held no longer by ticket {fact.ticket}"


def _insolvent(fact: InsolvencyNoted) -> str:
    return f"the customer is insolvent, proceedings {fact.reference}"


def _insolvency_ended(fact: InsolvencyEnded) -> str:
    return f"the proceedings over the customer are over: {fact.outcome}"


def _run_completed(fact: DunningRunCompleted) -> str:
    return _totals(fact.accounts, fact.steps, fact.suspended, fact.returned, fact.parked)


def dunning_totals(totals: DunningTotals) -> str:
    """The totals of a dunning run in one line."""
    told = _totals(totals.accounts, totals.steps, totals.suspended, totals.returned, len(totals.parked))
    return told + (f", {totals.put_off:,} put off to the hours of their policy" if totals.put_off else "")


def _totals(accounts: int, steps: Mapping[str, int], suspended: int, returned: int, parked: int) -> str:
    taken = ", ".join(f"{number:,} {step}" for step, number in sorted(steps.items())) or "no step"
    return (
        f"{counted(accounts, 'account')} looked at: {taken}; {suspended:,} suspended, {returned:,} returned, "
        f"{parked:,} parked"
    )


def _account_lines(account: Account, on: date) -> Iterator[str]:
    """What keeps items from counting today."""
    for invoice, stops in account.dunning.stops.items():
        for stop in stops:
            if stop.contains(on) and stop.why != "promised":
                until = "" if stop.to_on is None else f" until {stop.to_on}"
                yield f"dunning{_of(invoice)}: {stop.why}{until}, {stop.reason}"
    steps = sum(1 for invoice in account.ledger.open_items if account.dunning.taken.get(invoice))
    if steps:
        yield f"{counted(steps, 'open invoice')} dunned"


SENTENCES: Sentences = {
    DunningRunCompleted: _run_completed,
    DunningPolicyPublished: _published,
    DunningPolicyWithdrawn: _withdrawn,
    DunningStepTaken: _step_taken,
    ItemDisputed: _disputed,
    ItemDisputeEnded: _dispute_ended,
    DunningPaused: _paused,
    DunningPauseEnded: _pause_ended,
    DunningHeld: _held,
    DunningHoldEnded: _hold_ended,
    SuspensionPutOff: lambda fact: (
        f"services are to be suspended; it is decided again at {fact.until_at:%Y-%m-%d %H:%M}"
    ),
    ServicesSlowed: lambda fact: f"services run at the speed of profile {fact.profile}, as money has not come in",
    FullSpeedRestored: lambda fact: "services run at their own speed again",
    InsolvencyNoted: _insolvent,
    InsolvencyEnded: _insolvency_ended,
}
ACCOUNT_LINES = _account_lines
