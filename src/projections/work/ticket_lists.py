"""Which tickets are looked for: by what they are about, where they stand, by words of their subject; whose are they?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from projections.customer_search import words_in
from projections.dealers import customers_of
from projections.parties import SELECT_RECORDS
from projections.platform.ordering import Order
from projections.platform.projection import Cursor
from projections.work.crews import crews_after
from projections.work.tickets import NAMES, TicketRow

NUMBER = re.compile(r"T-\d+", re.IGNORECASE)
MOST_WORDS = 8
Sort = Literal["number", "newest", "due", "waiting"]
# What comes first when somebody chooses what to do next.
URGENCY = """
    CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'normal' THEN 3 ELSE 4 END, due_at NULLS LAST, sequence
"""

# --- lists


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which tickets are asked for: what is empty is not asked."""

    state: str = "open"
    queue: str = ""
    assignee: str = ""
    crew: str = ""
    kind: str = ""
    step: str = ""
    customer: str = ""
    account: str = ""
    subscription: str = ""
    address: str = ""
    device: str = ""
    node: str = ""
    product: str = ""
    document: str = ""
    parent: str = ""
    duplicate_of: str = ""
    source: str = ""
    priority: str = ""
    tag: str = ""
    watcher: str = ""
    search: str = ""
    overdue_at: datetime | None = None


EQUAL = (
    "queue", "assignee", "crew", "kind", "account", "subscription", "address", "device", "node", "product",
    "document", "parent", "duplicate_of", "source", "priority",
)  # fmt: skip
IN_LIST = {"step": "steps", "tag": "tags", "watcher": "watchers"}


ORDERS: Mapping[Sort, Order] = {
    "number": Order("sequence"),
    "newest": Order("sequence", is_descending=True),
    "due": Order("sequence", "due_at"),
    "waiting": Order("sequence", "step_since"),
}


def place_of(row: TicketRow, sort: Sort) -> str:
    """Where a ticket stands in a list, as the `after` of the page that follows it."""
    column = ORDERS[sort].column
    return f"{getattr(row, column).isoformat()}/{row.sequence}" if column else str(row.sequence)


def _last_one(after: str, order: Order) -> Mapping[str, Any]:
    """The last ticket of the page before."""
    at, _, sequence = after.rpartition("/")
    try:
        return {"at": datetime.fromisoformat(at) if order.column else None, "after": int(sequence)}
    except ValueError:
        raise InvalidValue("must be the `next` of a page before", field="after", value=after) from None


def list_tickets(
    cursor: Cursor, sought: Sought, limit: int | None, sort: Sort = "number", after: str = "", dealer: str = ""
) -> list[TicketRow]:
    """Tickets in an order, after a place in it; of a dealer's customers if one is named."""
    order = ORDERS[sort]
    conditions, parameters = _conditions(sought)
    if after:
        parameters |= _last_one(after, order)
    where = " AND ".join([*conditions, order.beyond(is_first=not after), customers_of("customer", dealer)])
    rows = cursor.execute(
        f"SELECT {NAMES} FROM tickets WHERE {where} ORDER BY {order.by} LIMIT %(limit)s",
        {**parameters, "limit": limit, "dealer": dealer},
    )
    return [TicketRow(*row) for row in rows]


def _conditions(sought: Sought) -> tuple[list[str], dict[str, Any]]:
    """What must hold for each ticket, with the parameters."""
    parameters = msgspec.structs.asdict(sought)
    conditions = [f"{name} = %({name})s" for name in EQUAL if parameters[name]]
    if sought.customer:
        # As an array, and without those of nobody, so that the index is of use.
        conditions.append(f"customer = ANY(ARRAY({SELECT_RECORDS})) AND customer <> ''")
    # As an array, for then an index of lists is of use.
    conditions += [f"{column} @> ARRAY[%({name})s]" for name, column in IN_LIST.items() if parameters[name]]
    if sought.watcher:
        conditions.append("watchers <> '{}'")
    if sought.state:
        # In the statement itself, so that the indexes of open tickets are taken.
        conditions.append("state = 'open'" if sought.state == "open" else "state = %(state)s")
    if sought.overdue_at:
        conditions.append("due_at < %(overdue_at)s")
    if NUMBER.fullmatch(sought.search.strip()):
        conditions.append("number = %(number)s")
        parameters["number"] = sought.search.strip().upper()
    else:
        for place, word in enumerate(words_in(sought.search)[:MOST_WORDS]):
            conditions.append(f"words LIKE %(word{place})s")
            parameters[f"word{place}"] = f"% {word}%"
    return conditions, parameters


# --- of one customer, of one operator


def tickets_of_customers(
    cursor: Cursor, customers: Sequence[str], limit: int
) -> tuple[list[TicketRow], list[TicketRow]]:
    """The open tickets of some customers, and those that ended last, at most so many of each."""
    wanted = (list(customers), limit)
    is_theirs = f"SELECT {NAMES} FROM tickets WHERE customer = ANY(%s) AND customer <> '' AND"
    open_ones = cursor.execute(f"{is_theirs} state = 'open' ORDER BY {URGENCY} LIMIT %s", wanted).fetchall()
    ended = cursor.execute(
        f"{is_theirs} state <> 'open' ORDER BY closed_at DESC, sequence DESC LIMIT %s", wanted
    ).fetchall()
    return [TicketRow(*row) for row in open_ones], [TicketRow(*row) for row in ended]


class MyWork(msgspec.Struct):
    """The open tickets of an operator, the most urgent first: assigned, of the operator's crews, and watched only."""

    operator: str
    crews: list[str]
    assigned: list[TicketRow]
    of_crews: list[TicketRow]
    watched: list[TicketRow]


# Each ticket is in the first of these to which it belongs.
MINE = {
    "assigned": "assignee = %(operator)s AND assignee <> ''",
    "of_crews": "crew = ANY(%(crews)s) AND assignee <> %(operator)s",
    "watched": """watchers @> ARRAY[%(operator)s] AND watchers <> '{}' AND assignee <> %(operator)s
        AND crew <> ALL(%(crews)s)""",
}


def work_of_operator(cursor: Cursor, operator: str, limit: int, dealer: str = "") -> MyWork:
    """What an operator has to do, at most so many of each."""
    crews = [known.crew.code for known in crews_after(cursor, "", None) if operator in known.crew.members]
    wanted = {"operator": operator, "crews": crews, "limit": limit, "dealer": dealer}
    of_dealer = customers_of("customer", dealer)
    found: dict[str, list[TicketRow]] = {}
    for name, condition in MINE.items():
        rows = cursor.execute(
            f"""SELECT {NAMES} FROM tickets WHERE state = 'open' AND {condition} AND {of_dealer}
                ORDER BY {URGENCY} LIMIT %(limit)s""",
            wanted,
        )
        found[name] = [TicketRow(*row) for row in rows]
    return MyWork(operator, crews, **found)


# --- duplicates


class DuplicatesRow(msgspec.Struct):
    """A ticket with those that were closed as the same: how many, whose they are, and from when to when they ended."""

    duplicate_of: str
    duplicates: int
    tickets: list[str]
    customers: list[str]
    first_on: date
    last_on: date


def duplicates(cursor: Cursor, after: str, limit: int, dealer: str = "") -> Sequence[DuplicatesRow]:
    """Tickets that have duplicates, in order of number."""
    rows = cursor.execute(
        f"""SELECT duplicate_of, count(*), array_agg(number ORDER BY sequence),
                   array_agg(DISTINCT customer) FILTER (WHERE customer <> ''), min(closed_on), max(closed_on)
            FROM tickets WHERE duplicate_of <> '' AND duplicate_of > %(after)s AND {customers_of("customer", dealer)}
            GROUP BY 1 ORDER BY 1 LIMIT %(limit)s""",
        {"after": after, "limit": limit, "dealer": dealer},
    )
    return [
        DuplicatesRow(of, count, tickets, customers or [], first_on, last_on)
        for of, count, tickets, customers, first_on, last_on in rows
    ]
