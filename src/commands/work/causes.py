"""Causes open tickets by themselves, and close them when they are gone.

    report-condition, or a promise broken, a payment reversed     the stream of the cause   CauseAppeared
    reaction follow-cause                                         ticket/T-1  TicketOpened, and CauseHandled
    report-condition, or a payment                                the stream of the cause   CauseVanished
    reaction follow-cause                                         ticket/T-1  CommentAdded, TicketClosed ...

Two reports at once meet on the stream of the cause, so one cause has one open ticket. Whether an account still has a
cause is asked of its facts whenever one of them is recorded, in whatever order: a payment reversed, and the money paid
again before anybody looked, is no cause.
"""

from __future__ import annotations

from datetime import datetime

from billing_core.accounts.account import Account
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.events import Event
from billing_core.payments import paid_again
from billing_core.payments.events import InvoiceWrittenOff
from billing_core.promises import PromiseBroken, PromiseKept, apply_broken
from billing_core.work.causes import (
    CAUSES_OF_ACCOUNT,
    PAYMENT_REVERSED,
    PROMISE_BROKEN,
    CauseAppeared,
    CauseRuleSet,
    OpenOnCause,
    apply_cause,
    apply_rule,
    changed_cause,
    report_condition,
    require_condition,
    set_rule,
)
from billing_core.work.flows import flow_in_force
from commands.accounts import account_stream, load_account
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.flows import load_flows

# --- commands


class SetCauseRule(Command, frozen=True, kw_only=True):
    """Which ticket a cause opens by itself: promise-broken, payment-reversed, or the kind of a condition that a
    monitoring system reports, such as device-down. Without a rule it opens none.

    With a `seller` the rule is for accounts of that seller, in place of the house's.
    """

    cause: str
    seller: str = ""
    rule: OpenOnCause | None = None


class ReportCondition(Command, frozen=True, kw_only=True):
    """Say that a condition of a device or node is there, or gone, since an instant. For monitoring systems.

    The same report again, and one that is older than the last, changes nothing.
    """

    kind: str
    device: str = ""
    node: str = ""
    is_active: bool
    since: datetime


class ReviewCauses(Command, frozen=True, kw_only=True):
    """See whether a broken promise or a reversed payment of an account is there or gone. Its facts give it by
    themselves."""

    account: str


# --- handlers


def rule_stream(cause: str, seller: str) -> str:
    return f"cause-rule/{cause}@{seller}" if seller else f"cause-rule/{cause}"


def cause_stream(cause: str, key: str) -> str:
    """The stream of a cause; `key` is the account, or the device or node."""
    return f"cause/{cause}:{key}"


def load_rule(transaction: Transaction, cause: str, seller: str) -> OpenOnCause | None:
    """The rule of the seller, else that of the house."""
    of_seller = transaction.load(rule_stream(cause, seller), apply_rule)[0] if seller else None
    return of_seller or transaction.load(rule_stream(cause, ""), apply_rule)[0]


def handle_set_cause_rule(command: SetCauseRule, transaction: Transaction, origin: Origin) -> Decision:
    if command.seller:
        load_seller(transaction, command.seller)
    if command.rule is not None:
        flows, _ = load_flows(transaction, command.rule.kind)
        flow_in_force(flows, command.rule.kind)
    fact = CauseRuleSet(effective_on=origin.today, cause=command.cause, seller=command.seller, rule=command.rule)
    stream = rule_stream(command.cause, command.seller)
    known, version = transaction.load(stream, apply_rule)
    return Decision((Append(stream, version, set_rule(known, fact)),))


def handle_report_condition(command: ReportCondition, transaction: Transaction, origin: Origin) -> Decision:
    appeared = CauseAppeared(effective_on=origin.today, cause=command.kind, device=command.device, node=command.node,
                             at=command.since)  # fmt: skip
    require_condition(appeared, origin.recorded_at)
    place = f"device:{command.device}" if command.device else f"node:{command.node}"
    stream = cause_stream(command.kind, place)
    known, version = transaction.load(stream, apply_cause)
    events = report_condition(known, appeared, is_there=command.is_active)
    return Decision((Append(stream, version, events),), {"ticket": known.ticket if known else ""})


def handle_review_causes(command: ReviewCauses, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    reviewed = (_reviewed(cause, account, version, transaction, origin) for cause in CAUSES_OF_ACCOUNT)
    return Decision(tuple(append for append in reviewed if append.events))


def _reviewed(cause: str, account: Account, version: int, transaction: Transaction, origin: Origin) -> Append:
    stream = cause_stream(cause, account.number)
    known, at_version = transaction.load(stream, apply_cause)
    is_there = account.ledger.balance.amount < 0 and _is_there(cause, account, version, transaction)
    was_there = known is not None and known.is_there
    if not was_there and (not is_there or load_rule(transaction, cause, account.seller) is None):
        return Append(stream, at_version, [])
    at = max(origin.recorded_at, known.since) if known else origin.recorded_at
    appeared = CauseAppeared(effective_on=origin.today, cause=cause, account=account.number, at=at)
    return Append(stream, at_version, changed_cause(known, appeared, is_there=is_there))


def _is_there(cause: str, account: Account, version: int, transaction: Transaction) -> bool:
    """Whether an account that owes money has the cause: a promise that was broken, or a payment not paid again."""
    stream = account_stream(account.number)
    if cause == PROMISE_BROKEN:
        if account.promises.broken_on is None:
            return False
        ended = transaction.load_all({stream: version}, (PromiseBroken, PromiseKept), apply_broken)
        return ended.get(stream, False)
    assert cause == PAYMENT_REVERSED
    found = transaction.load_all({stream: version}, paid_again.FACTS, paid_again.apply_reversed)
    return stream in found and not found[stream].is_paid_again


# --- what happens by itself


def _review(entry: RecordedEvent) -> ReviewCauses:
    return ReviewCauses(account=entry.number)


HANDLERS: Handlers = {
    SetCauseRule: handle_set_cause_rule,
    ReportCondition: handle_report_condition,
    ReviewCauses: handle_review_causes,
}
CONCERNS: Concerns = {SetCauseRule: HOUSE, ReportCondition: HOUSE}
REVIEWED: tuple[type[Event], ...] = (*paid_again.FACTS, PromiseBroken, PromiseKept, InvoiceWrittenOff, CreditNoteIssued)
REACTIONS = (Reaction("review-causes", REVIEWED, _review),)
