"""Outages: one ticket gathers the others that it explains, and answers all of them.

Decides which tickets are gathered by an outage, and what each of them is due. A ticket becomes an outage of a node or
an address when its flow says so, or by hand; then the tickets about the same place whose flow joins outages are
gathered by themselves.

    T-1  outage of node N1         gathers T-2 and T-3, faults at N1, and T-4, which is opened later
    T-1  comment to the customer   the same on T-2, T-3 and T-4, once each
    T-1  completed                 T-2 is closed; on T-3 somebody has completed a step: it gets a note and stays open

What is due to each gathered ticket is an event of its own on the outage, so one that cannot take it stops no other.
Events of both halves stand in the streams of tickets; the state here is what they say of outages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.work.ticket_events import CommentAdded, TicketClosed, TicketOpened, TicketReopened
from billing_core.work.tickets import Ticket

OUTAGE_PLACE = "outage-place"
# The message for which a ticket waits until its outage was mended.
RESTORED = "restored"
MOST_GATHERED = 5_000
PlaceKind = Literal["node", "address"]

# --- events of the outage


@event("outage-declared")
class OutageDeclared(Event, frozen=True, kw_only=True):
    """The ticket is an outage of a node, of an address, or of both, for as long as it is open."""

    node: str = ""
    address: str = ""

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The outages of a place are found by these."""
        number = stream.partition("/")[2]
        keys = [place_key(kind, getattr(self, kind)) + number for kind in ("node", "address") if getattr(self, kind)]
        return tuple(Claim(OUTAGE_PLACE, key, stream, "") for key in keys)


@event("ticket-gathered")
class TicketGathered(Event, frozen=True, kw_only=True):
    """Another ticket is explained by this outage."""

    ticket: str


@event("ticket-let-go")
class TicketLetGo(Event, frozen=True, kw_only=True):
    """Another ticket has another cause than this outage."""

    ticket: str


@event("answer-due")
class AnswerDue(Event, frozen=True, kw_only=True):
    """A gathered ticket is due the comment to the customer of this number on the outage, the first is 1.

    -1 is the end of the outage, -2 its end after it was reopened.
    """

    ticket: str
    answer: int


# --- events of a gathered ticket


@event("outage-joined")
class OutageJoined(Event, frozen=True, kw_only=True):
    """The ticket is explained by an outage, which answers it; without one it is on its own again."""

    outage: str


@event("outage-answered")
class OutageAnswered(Event, frozen=True, kw_only=True):
    """The ticket got what it was due of its outage."""

    outage: str
    answer: int


# --- state


class Gathering(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket's events say of outages.

    As an outage: its places, what it gathers, what it said to the customer, how it ended, and how much of that is due
    to all already. As a gathered one: its outage, and what it got of it.
    """

    is_outage: bool = False
    node: str = ""
    address: str = ""
    gathered: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answers_due: int = 0
    closed: TicketClosed | None = None
    ends: int = 0
    ends_due: int = 0
    outage: str = ""
    answered: frozenset[tuple[str, int]] = frozenset()


def apply_gathering(known: Gathering | None, fact: Event) -> Gathering | None:
    """The gathering after an event of a ticket's stream."""
    if isinstance(fact, TicketOpened):
        return Gathering()
    assert known is not None
    change = _gathered(known, fact) or _answered(known, fact)
    return msgspec.structs.replace(known, **change) if change else known


def _gathered(known: Gathering, fact: Event) -> dict[str, object]:
    """What a ticket gathers, and by which it is gathered."""
    match fact:
        case OutageDeclared():
            return {"is_outage": True, "node": fact.node, "address": fact.address}
        case TicketGathered():
            return {"gathered": (*known.gathered, fact.ticket)}
        case TicketLetGo():
            return {"gathered": tuple(each for each in known.gathered if each != fact.ticket)}
        case OutageJoined():
            return {"outage": fact.outage}
    return {}


def _answered(known: Gathering, fact: Event) -> dict[str, object]:
    """What an outage said, what of it is due, and what a gathered ticket got."""
    match fact:
        case CommentAdded(audience="customer", is_from_customer=False):
            return {"answers": (*known.answers, fact.text)}
        case TicketClosed():
            return {"closed": fact, "ends": known.ends + 1}
        case TicketReopened():
            return {"closed": None}
        case AnswerDue(answer=answer):
            return {"answers_due": max(known.answers_due, answer), "ends_due": max(known.ends_due, -answer)}
        case OutageAnswered():
            return {"answered": known.answered | {(fact.outage, fact.answer)}}
    return {}


# --- decisions


def place_key(kind: PlaceKind | str, place: str) -> str:
    """The beginning of the keys of the outages of a place."""
    return f"{kind}:{place}:"


def declare_outage(known: Gathering, wanted: OutageDeclared) -> list[Event]:
    """The ticket is an outage of some place; one that it is already changes nothing."""
    if not (wanted.node or wanted.address):
        raise InvalidValue("an outage is of a node or an address; name it", field="node", value="")
    if known.outage:
        raise RuleViolation(f"is gathered by {known.outage}; let it go there first", field="ticket", value=known.outage)
    is_known = known.is_outage and (known.node, known.address) == (wanted.node, wanted.address)
    return [] if is_known else [wanted]


def gather(known: Gathering, tickets: Iterable[str], on: date) -> list[Event]:
    """The outage gathers these tickets too; they are due what it said to the customer last."""
    new = [ticket for ticket in dict.fromkeys(tickets) if ticket not in known.gathered]
    if len(known.gathered) + len(new) > MOST_GATHERED:
        raise RuleViolation(f"gathers at most {MOST_GATHERED:,} tickets", field="tickets", value=len(new))
    events: list[Event] = [TicketGathered(effective_on=on, ticket=ticket) for ticket in new]
    if known.answers_due:
        events += [AnswerDue(effective_on=on, ticket=ticket, answer=known.answers_due) for ticket in new]
    return events


def reason_against(outage: str, number: str, ticket: Ticket | None, gathering: Gathering | None) -> str:
    """Why a ticket cannot be gathered by an outage; empty if it can."""
    if ticket is None or gathering is None:
        return "no such ticket"
    if number == outage:
        return "is the outage itself"
    if not ticket.is_open:
        return f"is {ticket.outcome}"
    if gathering.is_outage or gathering.gathered:
        return "is an outage itself; close it as a duplicate"
    if gathering.outage not in ("", outage):
        return f"is gathered by {gathering.outage}; let it go there first"
    return ""


def answers_due(known: Gathering, on: date) -> list[Event]:
    """What the gathered tickets are due now: comments to the customer, and the end."""
    due: list[Event] = [
        AnswerDue(effective_on=on, ticket=ticket, answer=answer)
        for answer in range(known.answers_due + 1, len(known.answers) + 1)
        for ticket in known.gathered
    ]
    if known.closed is not None and known.ends_due < known.ends:
        due += [AnswerDue(effective_on=on, ticket=ticket, answer=-known.ends) for ticket in known.gathered]
    return due
