"""Causes: what opens tickets by itself, and closes them when it is gone.

Decides when a cause counts as there, and what its ticket is due: to be opened, reopened, closed, or a note. Which cause
opens which kind of ticket are rules of the house, and of its sellers. Each cause has a stream of its own, so that two
reports at once open one ticket.

    rule: device-down opens a fault ticket; one that is back within 10 minutes reopens the same ticket

    10:00  OLT-7 down     the ticket T-1 is opened
    10:02  OLT-7 up       nobody has worked on T-1: closed
    10:09  OLT-7 down     7 minutes later: T-1 is reopened
    10:15  a technician completes its first step
    10:20  OLT-7 up       a note on T-1, which stays open: it is the technician's now
    11:00  OLT-7 down     T-1 is still open: another note on it
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event, event
from billing_core.work.flows import Flow
from billing_core.work.service_levels import Priority
from billing_core.work.ticket_changes import require_words
from billing_core.work.ticket_events import LabourLogged, StepCompleted, TicketOpened, TicketReopened
from billing_core.work.tickets import Ticket

PROMISE_BROKEN, PAYMENT_REVERSED = "promise-broken", "payment-reversed"
CAUSES_OF_ACCOUNT = (PROMISE_BROKEN, PAYMENT_REVERSED)
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
NAME = re.compile(r"[^\s/@][^\s/@]{0,99}")
MOST_REOPEN_MINUTES = 24 * 60
MOST_AHEAD = timedelta(minutes=5)
Due = Literal["nothing", "open", "reopen", "close", "note"]

# --- values and events


class OpenOnCause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The ticket that a cause opens: its kind and subject; queue and priority are its flow's unless they are named.

    If the cause is back within `reopen_minutes` after it was gone, the same ticket is reopened.
    """

    kind: str
    subject: str
    queue: str = ""
    priority: Priority | None = None
    reopen_minutes: int = 0


@event("cause-rule-set")
class CauseRuleSet(Event, frozen=True, kw_only=True):
    """From now on a cause opens such tickets, or none; for the accounts of a seller if one is named."""

    cause: str
    seller: str = ""
    rule: OpenOnCause | None


@event("cause-appeared")
class CauseAppeared(Event, frozen=True, kw_only=True):
    """A cause is there since an instant: on an account, or at a device or node."""

    cause: str
    account: str = ""
    device: str = ""
    node: str = ""
    at: datetime


@event("cause-vanished")
class CauseVanished(Event, frozen=True, kw_only=True):
    """A cause is gone since an instant."""

    at: datetime


@event("cause-handled")
class CauseHandled(Event, frozen=True, kw_only=True):
    """What was due on the ticket of a cause is done, now that the cause is there or gone."""

    ticket: str
    is_there: bool
    done: Due


# --- state


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A cause as of now, since an instant; `handled_there` is the last state that its ticket took notice of."""

    cause: str
    account: str
    device: str
    node: str
    is_there: bool
    since: datetime
    gone_at: datetime | None = None
    ticket: str = ""
    handled_there: bool = False


class Progress(msgspec.Struct, frozen=True):
    """At which steps a ticket waited last, which ones were completed, and whether time was logged."""

    waited_at: tuple[str, ...]
    completed: frozenset[str] = frozenset()
    has_labour: bool = False


class Standing(NamedTuple):
    """Whether somebody worked on a ticket, and at which step it would be reopened; empty if it could not be."""

    is_touched: bool
    reopens_at: str


def apply_rule(rule: OpenOnCause | None, fact: Event) -> OpenOnCause | None:
    """The rule for a cause after an event of its stream of rules."""
    return fact.rule if isinstance(fact, CauseRuleSet) else rule


def apply_cause(cause: Cause | None, fact: Event) -> Cause | None:
    """The cause after an event of its stream."""
    match fact:
        case CauseAppeared():
            known = cause or Cause(cause=fact.cause, account=fact.account, device=fact.device, node=fact.node,
                                   is_there=True, since=fact.at)  # fmt: skip
            return msgspec.structs.replace(known, is_there=True, since=fact.at, device=fact.device, node=fact.node)
        case CauseVanished() if cause is not None:
            return msgspec.structs.replace(cause, is_there=False, since=fact.at, gone_at=fact.at)
        case CauseHandled() if cause is not None:
            return msgspec.structs.replace(cause, ticket=fact.ticket, handled_there=fact.is_there)
    return cause


def apply_progress(progress: Progress | None, fact: Event) -> Progress | None:
    """What was done on a ticket after an event of its stream."""
    match fact:
        case TicketOpened(steps=steps):
            return Progress(steps)
        case StepCompleted(step=step, steps=steps) if progress is not None:
            return Progress(steps or progress.waited_at, progress.completed | {step}, progress.has_labour)
        case TicketReopened(step=step) if progress is not None:
            return msgspec.structs.replace(progress, waited_at=(step,))
        case LabourLogged() if progress is not None:
            return msgspec.structs.replace(progress, has_labour=True)
    return progress


def standing(progress: Progress, flow: Flow) -> Standing:
    """Somebody worked on a ticket who completed a step of a person, or logged time; what its flow did by itself is no
    work. It is reopened where it waited for a person last, or at the first step of a person."""
    of_person = [step.code for step in flow.steps if step.by == "person"]
    is_touched = progress.has_labour or any(flow.step(code).by == "person" for code in progress.completed)
    waited_at = [code for code in progress.waited_at if flow.step(code).by == "person"]
    return Standing(is_touched, next(iter([*waited_at, *of_person]), ""))


# --- decisions


def set_rule(known: OpenOnCause | None, fact: CauseRuleSet) -> list[Event]:
    """A rule that makes sense, or none; one that holds already changes nothing."""
    require_code("cause", fact.cause)
    rule = fact.rule
    if rule is not None:
        require_words("subject", rule.subject)
        if rule.queue:
            require_code("queue", rule.queue)
        if not 0 <= rule.reopen_minutes <= MOST_REOPEN_MINUTES:
            raise InvalidValue(f"must be 0 to {MOST_REOPEN_MINUTES:,}", field="reopen minutes",
                               value=rule.reopen_minutes)  # fmt: skip
    return [] if rule == known else [fact]


def require_condition(appeared: CauseAppeared, now: datetime) -> None:
    """A condition is of a device or node, and of no account; its clock is at most 5 minutes ahead."""
    require_code("kind", appeared.cause)
    if appeared.cause in CAUSES_OF_ACCOUNT:
        raise InvalidValue("is a cause of accounts, which is found by itself", field="kind", value=appeared.cause)
    if not (appeared.device or appeared.node):
        raise InvalidValue("a device or a node is needed", field="device", value="")
    for field, name in (("device", appeared.device), ("node", appeared.node)):
        if name and not NAME.fullmatch(name):
            raise InvalidValue("must be 1 to 100 letters without spaces, / and @", field=field, value=name)
    if appeared.at > now + MOST_AHEAD:
        raise InvalidValue("is in the future; set the clock of who reports it", field="since", value=appeared.at)


def report_condition(known: Cause | None, appeared: CauseAppeared, *, is_there: bool) -> list[Event]:
    """A report changes something if it is newer than the last one, and says another thing.

    Reports may come twice, and late: what was down at 10:00 and up at 10:02 stays up when 10:00 comes again.
    """
    if known is not None and appeared.at <= known.since:
        return []
    return changed_cause(known, appeared, is_there=is_there)


def changed_cause(known: Cause | None, appeared: CauseAppeared, *, is_there: bool) -> list[Event]:
    """A cause appears or vanishes; nothing happens to one that is as it was."""
    if is_there == (known is not None and known.is_there):
        return []
    return [appeared] if is_there else [CauseVanished(effective_on=appeared.effective_on, at=appeared.at)]


def due_on_ticket(cause: Cause, rule: OpenOnCause | None, ticket: Ticket | None, known: Standing | None) -> Due:
    """What the ticket of a cause is due now, as in the example above.

    A ticket on which somebody works is not closed under the hands of who does: it gets a note. So does one with
    something still to be done by its flow. Holding or having a ticket is not yet working on it.
    """
    if cause.is_there == cause.handled_there:
        return "nothing"
    if not cause.is_there:
        if ticket is None or known is None or not ticket.is_open:
            return "nothing"
        return "note" if known.is_touched or ticket.actions else "close"
    if ticket is not None and ticket.is_open:
        return "note"
    if rule is None:
        return "nothing"
    can_reopen = ticket is not None and ticket.outcome != "duplicate" and known is not None and known.reopens_at
    return "reopen" if can_reopen and _is_soon(cause, rule) else "open"


def _is_soon(cause: Cause, rule: OpenOnCause) -> bool:
    """Whether the cause is back within the minutes of the rule."""
    within = timedelta(minutes=rule.reopen_minutes)
    return cause.gone_at is not None and bool(within) and cause.since - cause.gone_at <= within


def handled(cause: Cause, ticket: str, done: Due, on: date) -> CauseHandled:
    """What was due is done."""
    return CauseHandled(effective_on=on, ticket=ticket or cause.ticket, is_there=cause.is_there, done=done)


def require_code(field: str, code: str) -> None:
    """A code as flows have them."""
    if not CODE.fullmatch(code):
        raise InvalidValue("must be 1 to 50 of a to z, digits, - and _", field=field, value=code)
