"""The actions of flows: each is done once, with what it changes, in one write; or overruled by a person.

    ticket/T-17   StepCompleted(installation, done)  actions: activate-subscription, charge-once
    reaction      RunNextAction(T-17)    account/1001  SubscriptionActivated      ticket/T-17  ActionDone, 1 left
    reaction      RunNextAction(T-17)    account/1001  ChargesPosted              ticket/T-17  ActionDone, 0 left,
                                                                                  StepCompleted(activation)

A crash before the write leaves both undone, and the reaction gives the command again; after it both are done. An action
that is refused stands on the list of refused commands with its reason: `billing reactions`. Once its cause is mended it
is retried there; otherwise `overrule-action` says why the flow goes on without it.
"""

from __future__ import annotations

from collections.abc import Mapping

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.work.courses import action_at
from billing_core.work.expressions import evaluate, parse
from billing_core.work.flows import Action, AddComment, GiveCommand, OpenChild, SendSignal
from billing_core.work.moves import Completion, action_done, facts_at, overrule
from billing_core.work.ticket_events import (
    ActionDone,
    ActionOverruled,
    ChildOpened,
    CommentAdded,
    StepCompleted,
    TicketOpened,
    TicketSignalled,
)
from commands.parties import kept_number
from commands.platform.answers import plain
from commands.platform.bus import Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.effects import command_of
from commands.work.opening import Wanted, opened
from commands.work.progress import OpenedTicket, complete, load_opened, passed_on
from commands.work.streams import OfTicket, ticket_stream

# --- commands


class RunNextAction(OfTicket, frozen=True, kw_only=True):
    """Do the next action of a ticket's flow, if one is due. The ticket gives it by itself."""


class OverruleAction(OfTicket, frozen=True, kw_only=True):
    """Let a ticket go on without the next action of its flow, which was done by hand or is not needed.

    With an `error` a diagram goes on at the boundary event of this error.
    """

    reason: str
    error: str = ""


# --- handlers


def handle_run_next_action(command: RunNextAction, transaction: Transaction, origin: Origin) -> Decision:
    found = load_opened(transaction, command.ticket, origin)
    if not found.ticket.actions:
        return Decision(())
    action = action_at(found.flow, found.ticket.actions[0])
    done = _do(action, found, transaction, origin)
    changed = done.appends[0].stream if done.appends else ""
    left_out = done.result.get("left_out", "") if isinstance(done.result, Mapping) else ""
    events = [*_own(done, found), action_done(found.ticket, name_of(action), changed, left_out, origin.today)]
    others = tuple(append for append in done.appends if append.stream != ticket_stream(found.number))
    return Decision((*others, found.append([*events, *passed_on(found.after(events), transaction)])))


def handle_overrule_action(command: OverruleAction, transaction: Transaction, origin: Origin) -> Decision:
    found = load_opened(transaction, command.ticket, origin)
    due = found.ticket.actions
    name = name_of(action_at(found.flow, due[0])) if due else ""
    if command.error and not found.flow.diagram:
        raise InvalidValue("only a diagram has ways for errors", field="error", value=command.error)
    overruled = overrule(found.ticket, found.number, name, command.reason, command.error, origin.today)
    after = found.after([overruled])
    if command.error:
        failed = Completion(due[0].partition("/")[0], "", {}, error=command.error)
        return found.decision([overruled, *complete(after, failed, transaction)])
    return found.decision([overruled, *passed_on(after, transaction)])


def name_of(action: Action) -> str:
    """An action in one word: the command that it gives, or what else it does."""
    match action:
        case GiveCommand():
            return action.command
        case OpenChild():
            return f"open {action.kind}"
        case AddComment():
            return "comment"
        case SendSignal():
            return f"signal {action.name}"


def _do(action: Action, found: OpenedTicket, transaction: Transaction, origin: Origin) -> Decision:
    """What the action changes."""
    facts = facts_at(found.flow, found.ticket.values, found.outside)
    match action:
        case GiveCommand():
            command, handler = command_of(action, facts)
            return handler(command, transaction, origin)
        case OpenChild():
            values = {name: _text(evaluate(parse(text), facts)) for name, text in action.fields.items()}
            given = {name: text for name, text in values.items() if text}
            return _child(action, found, given, transaction, origin)
        case AddComment():
            return _comment(action, found, origin)
        case SendSignal():
            return Decision((found.append([TicketSignalled(effective_on=origin.today, name=action.name)]),))


def _comment(action: AddComment, found: OpenedTicket, origin: Origin) -> Decision:
    """What is said; the answer of a field that was left empty says nothing."""
    text = found.ticket.values.get(action.field, "") if action.field else action.text
    said = CommentAdded(effective_on=origin.today, customer=found.ticket.customer, text=text, audience=action.audience)
    return Decision((found.append([said]),) if text else ())


def _text(value: object) -> str:
    """A value as it is kept in a form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(plain(value))


def _child(
    action: OpenChild, found: OpenedTicket, values: dict[str, str], transaction: Transaction, origin: Origin
) -> Decision:
    ticket = found.ticket
    customer = kept_number(transaction, ticket.customer)
    wanted = Wanted(action.kind, action.subject, customer, ticket.about, "flow", values, parent=found.number)
    number, events = opened(wanted, transaction, origin)
    child = Append(ticket_stream(number), 0, events)
    return Decision((child, found.append([ChildOpened(effective_on=origin.today, child=number)])))


def _own(done: Decision, found: OpenedTicket) -> list[Event]:
    """What the action changes of the ticket itself."""
    own = ticket_stream(found.number)
    return [fact for append in done.appends if append.stream == own for fact in append.events]


# --- what happens by itself


def _run_next(entry: RecordedEvent) -> RunNextAction | None:
    """An action is due: of the steps that begin, or after another one."""
    match entry.event:
        case TicketOpened(actions=actions) | StepCompleted(actions=actions):
            is_due = bool(actions)
        case ActionDone(left=left) | ActionOverruled(left=left):
            is_due = left > 0
        case _:
            is_due = False
    return RunNextAction(ticket=entry.number) if is_due else None


HANDLERS: Handlers = {RunNextAction: handle_run_next_action, OverruleAction: handle_overrule_action}
REACTIONS = (Reaction("run-ticket-actions", (TicketOpened, StepCompleted, ActionDone, ActionOverruled), _run_next),)
