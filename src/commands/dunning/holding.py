"""Tickets that hold dunning, such as a complaint about a bill: while one is open, no item of its account counts."""

from __future__ import annotations

import msgspec

from billing_core.dunning.stops import follow_ticket
from billing_core.kernel.events import Event
from billing_core.work.ticket_events import TicketClosed, TicketOpened, TicketReopened
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.work.streams import ticket_stream

# --- commands


class FollowDunningHold(Command, frozen=True, kw_only=True):
    """Hold the dunning of a ticket's account, or end the hold, as the ticket is open or closed now.

    Nothing if its flow holds no dunning. Tickets give it by themselves.
    """

    ticket: str


# --- handlers


class TicketHold(msgspec.Struct, frozen=True):
    """A ticket that holds dunning: its account, and whether it is open."""

    account: str
    is_open: bool = True


def apply_hold(state: TicketHold | None, fact: Event) -> TicketHold | None:
    """Fold one event of a ticket; None if it holds no dunning."""
    match fact:
        case TicketOpened(holds_dunning=True) if fact.about.account:
            return TicketHold(fact.about.account)
        case TicketClosed() | TicketReopened() if state is not None:
            return TicketHold(state.account, isinstance(fact, TicketReopened))
    return state


def handle_follow_hold(command: FollowDunningHold, transaction: Transaction, origin: Origin) -> Decision:
    hold, _ = transaction.load(ticket_stream(command.ticket), apply_hold)
    if hold is None:
        return Decision(())
    account, version = load_account(transaction, hold.account)
    events = follow_ticket(account.dunning, command.ticket, origin.today, is_open=hold.is_open)
    return Decision((Append(account_stream(hold.account), version, events),) if events else ())


# --- what happens by itself


def _follow(entry: RecordedEvent) -> FollowDunningHold | None:
    holds = not isinstance(entry.event, TicketOpened) or (entry.event.holds_dunning and entry.event.about.account)
    return FollowDunningHold(ticket=entry.number) if holds else None


HANDLERS: Handlers = {FollowDunningHold: handle_follow_hold}
REACTIONS = (Reaction("hold-dunning", (TicketOpened, TicketClosed, TicketReopened), _follow),)
