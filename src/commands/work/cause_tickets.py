"""The tickets of causes: opened when a cause appears, reopened when it is soon back, closed when it is gone."""

from __future__ import annotations

from typing import NamedTuple

from billing_core.kernel.errors import NotFound
from billing_core.kernel.events import Event
from billing_core.work.causes import (
    Cause,
    CauseAppeared,
    CauseVanished,
    Due,
    OpenOnCause,
    Standing,
    apply_cause,
    apply_progress,
    due_on_ticket,
    handled,
    standing,
)
from billing_core.work.flows import Flow
from billing_core.work.ticket_events import About, CommentAdded, TicketClosed, TicketReopened
from billing_core.work.tickets import Ticket
from commands.accounts import load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.causes import load_rule
from commands.work.due import step_limits
from commands.work.flows import load_flow
from commands.work.opening import Wanted, opened
from commands.work.streams import load_ticket, ticket_stream

# --- commands


class FollowCause(Command, frozen=True, kw_only=True):
    """Open, reopen, close or note on the ticket of a cause what is due now that the cause is there or gone.

    A ticket on which somebody completed a step or logged time is not closed: it gets a note. The cause gives it by
    itself.
    """

    cause: str


# --- handlers


class Followed(NamedTuple):
    """A cause with its rule, and its ticket as far as there is one."""

    name: str
    cause: Cause
    rule: OpenOnCause | None
    ticket: Ticket | None = None
    version: int = 0
    standing: Standing | None = None
    flow: Flow | None = None

    @property
    def about(self) -> About:
        return About(account=self.cause.account, device=self.cause.device, node=self.cause.node)

    @property
    def subject(self) -> str:
        """The subject of the rule with the account, device or node."""
        assert self.rule is not None
        return f"{self.rule.subject}: {self.cause.account or self.cause.device or self.cause.node}"

    @property
    def text(self) -> str:
        cause = self.cause
        return f"{cause.cause} is {'there' if cause.is_there else 'gone'} since {cause.since:%Y-%m-%d %H:%M} UTC"


def load_standing(transaction: Transaction, number: str, flow: Flow) -> Standing:
    """Whether somebody worked on a ticket that exists."""
    progress, _ = transaction.load(ticket_stream(number), apply_progress)
    assert progress is not None
    return standing(progress, flow)


def handle_follow_cause(command: FollowCause, transaction: Transaction, origin: Origin) -> Decision:
    stream = f"cause/{command.cause}"
    cause, version = transaction.load(stream, apply_cause)
    if cause is None:
        raise NotFound("no such cause was reported", field="cause", value=command.cause)
    followed = _followed(command.cause, cause, transaction)
    due = due_on_ticket(cause, followed.rule, followed.ticket, followed.standing)
    if cause.is_there == cause.handled_there:
        return Decision((), {"ticket": cause.ticket, "done": due})
    own = _on_ticket(due, followed, transaction, origin)
    number = own.stream.partition("/")[2] if own else cause.ticket
    note = Append(stream, version, [handled(cause, number, due, origin.today)])
    return Decision((note, own) if own else (note,), {"ticket": number, "done": due})


def _followed(name: str, cause: Cause, transaction: Transaction) -> Followed:
    seller = load_account(transaction, cause.account)[0].seller if cause.account else ""
    rule = load_rule(transaction, cause.cause, seller)
    if not cause.ticket:
        return Followed(name, cause, rule)
    ticket, version = load_ticket(transaction, cause.ticket)
    flow = load_flow(transaction, ticket.kind, ticket.flow_version)
    known = load_standing(transaction, cause.ticket, flow)
    return Followed(name, cause, rule, ticket, version, known, flow)


def _on_ticket(due: Due, followed: Followed, transaction: Transaction, origin: Origin) -> Append | None:
    """What is due on the ticket, which may be a new one."""
    if due == "nothing":
        return None
    if due == "open":
        return _opened(followed, transaction, origin)
    ticket, flow, known = followed.ticket, followed.flow, followed.standing
    assert ticket is not None and flow is not None and known is not None
    customer, today = ticket.customer, origin.today
    events: list[Event] = [CommentAdded(effective_on=today, customer=customer, text=followed.text)]
    if due == "close":
        events.append(TicketClosed(effective_on=today, customer=customer, outcome="completed", reason=followed.text,
                                   parent=ticket.parent, limits=dict(ticket.limits)))  # fmt: skip
    if due == "reopen":
        step = known.reopens_at
        limits = step_limits(flow, (step,), origin.recorded_at, transaction)
        events = [TicketReopened(effective_on=today, customer=customer, reason=followed.text, step=step,
                                 limits=limits)]  # fmt: skip
    return Append(ticket_stream(followed.cause.ticket), followed.version, events)


def _opened(followed: Followed, transaction: Transaction, origin: Origin) -> Append:
    rule = followed.rule
    assert rule is not None
    wanted = Wanted(rule.kind, followed.subject, "", followed.about, "event", priority=rule.priority,
                    queue=rule.queue, cause=followed.name)  # fmt: skip
    number, events = opened(wanted, transaction, origin)
    return Append(ticket_stream(number), 0, events)


# --- what happens by itself


def _follow(entry: RecordedEvent) -> FollowCause:
    return FollowCause(cause=entry.number)


HANDLERS: Handlers = {FollowCause: handle_follow_cause}
CONCERNS: Concerns = {FollowCause: HOUSE}
REACTIONS = (Reaction("follow-cause", (CauseAppeared, CauseVanished), _follow),)
