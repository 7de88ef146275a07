"""The outages of a node or an address that are open now, asked of claims and streams, which never lag."""

from __future__ import annotations

from billing_core.kernel.errors import NotFound
from billing_core.work.outages import OUTAGE_PLACE, Gathering, apply_gathering, place_key
from billing_core.work.ticket_events import About
from billing_core.work.tickets import apply_ticket
from commands.platform.ports import Transaction


def known_outage(transaction: Transaction, about: About, but_not: str = "") -> str:
    """The newest open ticket that is an outage of the node or address; empty without one."""
    found = [
        claim.stream
        for kind in ("node", "address")
        if (place := getattr(about, kind))
        for claim in transaction.claims_beginning(OUTAGE_PLACE, place_key(kind, place))
    ]
    for stream in sorted(set(found), key=_number, reverse=True):
        number = stream.partition("/")[2]
        ticket, _ = transaction.load(stream, apply_ticket)
        if number != but_not and ticket is not None and ticket.is_open and _is_of(about, load_at(transaction, stream)):
            return number
    return ""


def load_at(transaction: Transaction, stream: str) -> Gathering:
    """What the events of a ticket say of outages, or `NotFound`."""
    gathering, _ = transaction.load(stream, apply_gathering)
    if gathering is None:
        raise NotFound("no such ticket; `billing work` lists them", field="ticket", value=stream.partition("/")[2])
    return gathering


def _is_of(about: About, outage: Gathering) -> bool:
    """A place that was declared by mistake and replaced is none any more."""
    return any(place and place == getattr(outage, kind) for kind in ("node", "address")
               if (place := getattr(about, kind)))  # fmt: skip


def _number(stream: str) -> int:
    return int(stream.rpartition("-")[2])
