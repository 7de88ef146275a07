"""Events of tickets: what somebody asked for or what broke, and everything that was done about it.

What a completed step leads to is recorded in its event, so that a ticket is never read with the help of a flow.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.work.flows import Audience, Awaited, Outcome
from billing_core.work.service_levels import Priority

Closing = Literal["completed", "cancelled", "duplicate"]
Source = Literal["phone", "page", "mail", "event", "visit", "flow"]
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
    custom_fields: Personal[dict[str, str]] = msgspec.field(default_factory=dict)
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
    """An action of the flow was done, together with what it changed in the stream `changed`.

    `left_out` says why it changed nothing, as a message to a customer who cannot be written to.
    """

    action: str
    name: str
    changed: str = ""
    left: int = 0
    left_out: str = ""


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


@event("ticket-fields-set")
class TicketFieldsSet(Event, frozen=True, kw_only=True):
    """The values of the custom fields from now on, complete, by code."""

    customer: PersonNumber = ""
    values: Personal[dict[str, str]] = msgspec.field(default_factory=dict)


@event("watchers-changed")
class WatchersChanged(Event, frozen=True, kw_only=True):
    """The operators who are written every change from now on, complete."""

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
