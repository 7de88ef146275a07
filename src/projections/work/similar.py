"""Which open tickets are about the same building, node, device, product or account as a ticket, or as one to be opened?

    ticket T-9 about address 12, node N1, product net
    T-5   address, node      before    T-7   node      before    T-2   product

A ticket about the same address and node is more likely the same trouble than one about the same product. Of each
sameness only the newest tickets are looked at: a product has thousands.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from projections.dealers import customers_of
from projections.platform.projection import Cursor
from projections.work.tickets import NAMES, TicketRow

REASONS = ("address", "node", "device", "account", "product")
WEIGHTS = {"address": 8, "node": 4, "device": 8, "account": 4, "product": 1}
MOST_OF_EACH = 50
MOST_SHOWN = 20
SELECT_SAME = """
    (SELECT number, '{reason}' AS reason FROM tickets
     WHERE state = 'open' AND {reason} <> '' AND {reason} = %({reason})s AND number <> %(ticket)s AND {of_dealer}
     ORDER BY sequence DESC LIMIT {most})
"""


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket is about, or one that is to be opened."""

    address: str = ""
    node: str = ""
    device: str = ""
    account: str = ""
    product: str = ""


class SimilarTicket(msgspec.Struct):
    """An open ticket with the reasons for which it may be the same trouble."""

    number: str
    kind: str
    subject: str
    customer: str
    queue: str
    assignee: str
    steps: list[str]
    reasons: list[str]


def alike(row: TicketRow) -> Alike:
    """What a ticket is about."""
    return Alike(**{reason: getattr(row, reason) for reason in REASONS})


def similar_tickets(cursor: Cursor, about: Alike, ticket: str = "", dealer: str = "") -> list[SimilarTicket]:
    """Open tickets that may be the same trouble, the likeliest first, and the newest of those that are equally so."""
    reasons: dict[str, list[str]] = {}
    asked = [reason for reason in REASONS if getattr(about, reason)]
    if not asked:
        return []
    of_dealer = customers_of("customer", dealer)
    statement = " UNION ALL ".join(
        SELECT_SAME.format(reason=reason, of_dealer=of_dealer, most=MOST_OF_EACH) for reason in asked
    )
    for number, reason in cursor.execute(
        statement, {**msgspec.structs.asdict(about), "ticket": ticket, "dealer": dealer}
    ):
        reasons.setdefault(number, []).append(reason)
    chosen = sorted(reasons, key=lambda number: _order(number, reasons[number]))[:MOST_SHOWN]
    rows = {row.number: row for row in _rows(cursor, chosen)}
    return [_shown(rows[number], reasons[number]) for number in chosen if number in rows]


def _order(number: str, reasons: Sequence[str]) -> tuple[int, int]:
    return -sum(WEIGHTS[reason] for reason in reasons), -int(number.rpartition("-")[2])


def _rows(cursor: Cursor, numbers: Sequence[str]) -> list[TicketRow]:
    found = cursor.execute(f"SELECT {NAMES} FROM tickets WHERE number = ANY(%s)", (list(numbers),)).fetchall()
    return [TicketRow(*row) for row in found]


def _shown(row: TicketRow, reasons: Sequence[str]) -> SimilarTicket:
    return SimilarTicket(
        row.number, row.kind, row.subject, row.customer, row.queue, row.assignee, row.steps, sorted(reasons)
    )
