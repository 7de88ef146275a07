"""Tickets: what somebody asked for or what broke, and the steps it goes through until it is done.

Decides how a ticket is opened, taken, told about and ended. What a completed step leads to is decided by its flow
(`courses`) and recorded here, so that a ticket is never read with the help of a flow. Money and service change by the
commands of their areas alone; the actions that are due stand here until each is done or overruled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.work.flows import Audience, Awaited, Outcome, Subject
from billing_core.work.service_levels import Priority

Closing = Literal["completed", "cancelled", "duplicate"]
Source = Literal["phone", "page", "mail", "event", "visit", "flow"]
MOST_TEXT = 20_000
MOST_TAGS = 50
MOST_FILES = 20
MOST_FILE_NAME = 200
TICKET_OF_ACCOUNT = "ticket-of-account"

# --- values


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a ticket is about, apart from the customer: numbers and codes of what they name."""

    account: str = ""
    subscription: str = ""
    address: str = ""
    device: str = ""
    node: str = ""
    product: str = ""
    document: str = ""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is attached: the SHA-256 of its content, by which it is kept, its size in bytes and media type."""

    content_hash: str
    media_type: str
    size_bytes: int


# --- events


@event("ticket-opened")
class TicketOpened(Event, frozen=True, kw_only=True):
    """A ticket begins at `steps`, with `actions` due, by a version of the flow of its kind.

    `cause` names the condition that opened it by itself, if one did. `limits` say until when a step may take. While one
    that `holds_dunning` is open, its account is not suspended for non-payment.
    """

    kind: str
    flow_version: int
    subject: Personal[str]
    customer: PersonNumber = ""
    about: About = About()
    source: Source = "page"
    priority: Priority = "normal"
    queue: str
    reply_due_at: datetime | None = None
    due_at: datetime | None = None
    parent: str = ""
    cause: str = ""
    holds_dunning: bool = False
    values: Personal[dict[str, str]] = msgspec.field(default_factory=dict)
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    limits: dict[str, datetime] = msgspec.field(default_factory=dict)

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The tickets of an account are found by these."""
        account, number = self.about.account, stream.partition("/")[2]
        return (Claim(TICKET_OF_ACCOUNT, f"{account}:{number}", stream, ""),) if account else ()


@event("step-completed")
class StepCompleted(Event, frozen=True, kw_only=True):
    """A step was completed with a resolution; now `steps` wait, with `actions` due first.

    At a step that no person completes, it says what the ticket `waits_for`. Without steps the ticket ends with the last
    of the actions, as `ends_as`. `limits` say until when a step that begins may take, `gone_limits` are those that do
    not matter any more. In a diagram it may have failed with an `error`.
    """

    customer: PersonNumber = ""
    step: str
    resolution: str = ""
    is_back: bool = False
    reason: Personal[str] = ""
    values: Personal[dict[str, str]] = msgspec.field(default_factory=dict)
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    waits_for: Awaited = ""
    queue: str = ""
    ends_as: Outcome | None = None
    error: str = ""
    limits: dict[str, datetime] = msgspec.field(default_factory=dict)
    gone_limits: dict[str, datetime] = msgspec.field(default_factory=dict)


@event("action-done")
class ActionDone(Event, frozen=True, kw_only=True):
    """An action of the flow was done, together with what it changed in the stream `changed`."""

    action: str
    name: str
    changed: str = ""
    left: int = 0


@event("action-overruled")
class ActionOverruled(Event, frozen=True, kw_only=True):
    """Somebody decided that an action is not done by the flow; with an `error` the flow goes on as if it had failed."""

    action: str
    name: str
    reason: str
    error: str = ""
    left: int = 0


@event("ticket-assigned")
class TicketAssigned(Event, frozen=True, kw_only=True):
    """From now on a ticket is in a queue, with an operator and a crew, or nobody."""

    queue: str
    assignee: str = ""
    crew: str = ""


@event("ticket-changed")
class TicketChanged(Event, frozen=True, kw_only=True):
    """Subject, priority, deadline and tags from now on, complete."""

    customer: PersonNumber = ""
    subject: Personal[str]
    priority: Priority
    due_at: datetime | None = None
    tags: tuple[str, ...] = ()


@event("watchers-changed")
class WatchersChanged(Event, frozen=True, kw_only=True):
    """The operators who are told of every change from now on, complete."""

    watchers: tuple[str, ...] = ()


@event("comment-added")
class CommentAdded(Event, frozen=True, kw_only=True):
    """Something was said, inside only or to the customer; or by the customer. `message_id` is that of a mail."""

    customer: PersonNumber = ""
    text: Personal[str]
    audience: Audience = "inside"
    is_from_customer: bool = False
    message_id: Personal[str] = ""
    attachments: tuple[Attachment, ...] = ()
    names: Personal[tuple[str, ...]] = ()


@event("labour-logged")
class LabourLogged(Event, frozen=True, kw_only=True):
    """Minutes that an operator worked on a ticket on a day; negative ones correct earlier ones."""

    operator: str
    minutes: int
    note: str = ""


@event("material-used")
class MaterialUsed(Event, frozen=True, kw_only=True):
    """Material that was used for a ticket; a negative quantity corrects an earlier one."""

    item: str
    quantity: str
    unit: str = ""


@event("child-opened")
class ChildOpened(Event, frozen=True, kw_only=True):
    """Another ticket was opened below this one."""

    child: str


@event("ticket-escalated")
class TicketEscalated(Event, frozen=True, kw_only=True):
    """A step took longer than its time limit: the ticket goes to a queue, with a priority."""

    step: str
    limit_at: datetime
    queue: str
    priority: Priority


@event("ticket-signalled")
class TicketSignalled(Event, frozen=True, kw_only=True):
    """A signal of the flow for other systems; webhooks may ask for this event."""

    name: str


@event("ticket-closed")
class TicketClosed(Event, frozen=True, kw_only=True):
    """A ticket ended: completed or cancelled by its flow or by hand, or as the same as another ticket.

    `limits` are those that do not matter any more.
    """

    customer: PersonNumber = ""
    outcome: Closing
    reason: Personal[str] = ""
    duplicate_of: str = ""
    parent: str = ""
    limits: dict[str, datetime] = msgspec.field(default_factory=dict)


@event("ticket-reopened")
class TicketReopened(Event, frozen=True, kw_only=True):
    """A ticket that ended goes on at a step."""

    customer: PersonNumber = ""
    reason: Personal[str]
    step: str
    limits: dict[str, datetime] = msgspec.field(default_factory=dict)


# --- state


class Passed(msgspec.Struct, frozen=True, gc=False):
    """A step that was completed, with what was answered."""

    step: str
    resolution: str
    values: Mapping[str, str]
    error: str = ""


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as of now. It is open while steps wait or actions are due. `given` was answered when it was opened."""

    kind: str
    flow_version: int
    opened_on: date
    subject: str
    customer: str
    about: About
    priority: Priority
    queue: str
    due_at: datetime | None
    parent: str
    assignee: str = ""
    crew: str = ""
    tags: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    given: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()
    labour_minutes: int = 0
    limits: Mapping[str, datetime] = {}
    ends_as: Outcome | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        return not self.outcome


def apply_ticket(ticket: Ticket | None, fact: Event) -> Ticket | None:
    """The ticket after an event of its stream."""
    if isinstance(fact, TicketOpened):
        return _opened(fact)
    assert ticket is not None
    change = _changes(ticket, fact)
    return msgspec.structs.replace(ticket, **change) if change else ticket


def _opened(fact: TicketOpened) -> Ticket:
    return Ticket(
        kind=fact.kind, flow_version=fact.flow_version, opened_on=fact.effective_on, subject=fact.subject,
        customer=fact.customer, about=fact.about, priority=fact.priority, queue=fact.queue, due_at=fact.due_at,
        parent=fact.parent, given=fact.values, values=fact.values, steps=fact.steps, actions=fact.actions,
        limits=fact.limits,
    )  # fmt: skip


def _changes(ticket: Ticket, fact: Event) -> Mapping[str, object]:
    match fact:
        case StepCompleted():
            return _after_step(ticket, fact)
        case ActionDone() | ActionOverruled():
            return {"actions": actions_left(ticket.actions, fact)}
        case TicketAssigned():
            return {"queue": fact.queue, "assignee": fact.assignee, "crew": fact.crew}
        case TicketChanged():
            return {"subject": fact.subject, "priority": fact.priority, "due_at": fact.due_at, "tags": fact.tags}
        case TicketEscalated():
            limits = {step: at for step, at in ticket.limits.items() if step != fact.step}
            return {"queue": fact.queue, "priority": fact.priority, "limits": limits}
        case _:
            return _small_changes(ticket, fact)


def _small_changes(ticket: Ticket, fact: Event) -> Mapping[str, object]:
    match fact:
        case WatchersChanged():
            return {"watchers": fact.watchers}
        case LabourLogged():
            return {"labour_minutes": ticket.labour_minutes + fact.minutes}
        case ChildOpened():
            return {"children": (*ticket.children, fact.child)}
        case TicketClosed():
            return {"outcome": fact.outcome, "steps": (), "actions": (), "limits": {}}
        case TicketReopened():
            return {"outcome": "", "steps": (fact.step,), "limits": fact.limits}
    return {}


def actions_left(due: Sequence[str], fact: ActionDone | ActionOverruled) -> tuple[str, ...]:
    """What is still due; after an error nothing else of the same step is."""
    if isinstance(fact, ActionOverruled) and fact.error:
        failed = fact.action.partition("/")[0]
        return tuple(each for each in due if each.partition("/")[0] != failed)
    return tuple(due[1:])


def _after_step(ticket: Ticket, fact: StepCompleted) -> Mapping[str, object]:
    return {
        "values": {**ticket.values, **fact.values},
        "steps": fact.steps,
        "actions": (*ticket.actions, *fact.actions),
        "passed": (*ticket.passed, Passed(fact.step, fact.resolution, fact.values, fact.error)),
        "queue": fact.queue or ticket.queue,
        "ends_as": fact.ends_as,
        "limits": {**{step: at for step, at in ticket.limits.items() if step not in fact.gone_limits}, **fact.limits},
    }


# --- decisions


def require_about(wanted: Collection[Subject], customer: str, about: About) -> None:
    """A ticket says what its flow needs it to be about."""
    for subject in wanted:
        if not (customer if subject == "customer" else getattr(about, subject)):
            raise InvalidValue("is needed for tickets of this kind", field=subject, value="")


def require_open(ticket: Ticket, number: str) -> None:
    """A ticket that has not ended."""
    if not ticket.is_open:
        raise RuleViolation(f"is {ticket.outcome}; reopen it first", field="ticket", value=number)


def require_no_actions(ticket: Ticket, number: str) -> None:
    """Nothing of the flow is still to be done: what comes next rests on it."""
    if ticket.actions:
        raise RuleViolation(
            f"the action {ticket.actions[0]} is still to be done by itself; if it was refused, mend the cause and "
            "retry it, or overrule it with `overrule-action`", field="ticket", value=number,
        )  # fmt: skip


def assign(ticket: Ticket, queue: str | None, assignee: str | None, crew: str | None, on: date) -> list[Event]:
    """Another queue, operator or crew; what is None stays, an empty text is nobody."""
    wanted = TicketAssigned(
        effective_on=on,
        queue=ticket.queue if queue is None else queue,
        assignee=ticket.assignee if assignee is None else assignee,
        crew=ticket.crew if crew is None else crew,
    )
    if not wanted.queue:
        raise InvalidValue("must not be empty", field="queue", value="")
    is_same = (wanted.queue, wanted.assignee, wanted.crew) == (ticket.queue, ticket.assignee, ticket.crew)
    return [] if is_same else [wanted]


def change_ticket(ticket: Ticket, wanted: TicketChanged) -> list[Event]:
    """Subject, priority, deadline and tags; those that it has change nothing."""
    require_words("subject", wanted.subject)
    if len(wanted.tags) > MOST_TAGS:
        raise InvalidValue(f"are more than {MOST_TAGS}", field="tags", value=len(wanted.tags))
    known = (ticket.subject, ticket.priority, ticket.due_at, ticket.tags)
    return [] if known == (wanted.subject, wanted.priority, wanted.due_at, wanted.tags) else [wanted]


def watch(ticket: Ticket, operator: str, on: date) -> list[Event]:
    """The operator is told of every change from now on."""
    if operator in ticket.watchers:
        return []
    return [WatchersChanged(effective_on=on, watchers=tuple(sorted({*ticket.watchers, operator})))]


def unwatch(ticket: Ticket, operator: str, on: date) -> list[Event]:
    """The operator is not told any more."""
    if operator not in ticket.watchers:
        return []
    return [WatchersChanged(effective_on=on, watchers=tuple(each for each in ticket.watchers if each != operator))]


def log_labour(ticket: Ticket, operator: str, minutes: int, note: str, on: date) -> list[Event]:
    """Time that was worked; a correction never makes it less than nothing."""
    if not minutes or abs(minutes) > 24 * 60:
        raise InvalidValue("must be 1 to 1,440, or -1 to -1,440 as a correction", field="minutes", value=minutes)
    if ticket.labour_minutes + minutes < 0:
        raise RuleViolation(f"only {ticket.labour_minutes} minutes are logged", field="minutes", value=minutes)
    return [LabourLogged(effective_on=on, operator=operator, minutes=minutes, note=note)]


def close(ticket: Ticket, number: str, closed: TicketClosed) -> list[Event]:
    """End a ticket by hand; a duplicate names another ticket."""
    require_open(ticket, number)
    require_no_actions(ticket, number)
    if (closed.outcome == "duplicate") != bool(closed.duplicate_of) or closed.duplicate_of == number:
        raise InvalidValue("a duplicate names another ticket", field="duplicate of", value=closed.duplicate_of)
    if closed.outcome != "duplicate":
        require_words("reason", closed.reason)
    return [closed]


def reopen(ticket: Ticket, number: str, reopened: TicketReopened) -> list[Event]:
    """A ticket that ended goes on at a step, for a reason."""
    require_words("reason", reopened.reason)
    if ticket.is_open:
        raise RuleViolation("is open", field="ticket", value=number)
    return [reopened]


def require_file_name(name: str) -> str:
    """The name of a file alone: without folders, and without letters that no file system shows."""
    if not name.strip() or len(name) > MOST_FILE_NAME or not name.isprintable() or "/" in name or "\\" in name:
        raise InvalidValue(f"must be the name of a file, up to {MOST_FILE_NAME} letters", field="name", value=name[:40])
    return name.strip()


def require_words(field: str, text: str) -> str:
    """A text that says something, and not a whole book."""
    if not text.strip():
        raise InvalidValue("must not be empty", field=field, value=text)
    if len(text) > MOST_TEXT:
        raise InvalidValue(f"is longer than {MOST_TEXT:,} letters", field=field, value=f"{text[:40]}...")
    return text.strip()
