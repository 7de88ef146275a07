"""Which commands wait for a second person, and what became of the others?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.approvals import ApprovalRequested, RequestApproved, RequestRejected
from billing_core.kernel.events import Event
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLUMNS = {
    "request": "text", "command": "text", "account": "text", "customer": "text", "requested_by": "text",
    "requested_on": "date", "why": "text", "expires_on": "date", "state": "text", "decided_by": "text",
    "decided_on": "date", "reason": "text",
}  # fmt: skip
UPDATE_DECIDED = """
    UPDATE approval_requests SET state = change.state, decided_by = change.decided_by, decided_on = change.decided_on,
        reason = change.reason
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::text[])
        AS change (request, state, decided_by, decided_on, reason)
    WHERE approval_requests.request = change.request
"""
SELECT_REQUESTS = f"SELECT {', '.join(COLUMNS)} FROM approval_requests"


class ApprovalRequests:
    """Every request for a second person's approval, without the content of the command."""

    name = "approvals"
    version = 1
    tables = ("approval_requests",)
    by_stream = True
    definition = """
        CREATE TABLE approval_requests (
            request text COLLATE "C" PRIMARY KEY, command text NOT NULL, account text COLLATE "C" NOT NULL,
            customer text COLLATE "C" NOT NULL, requested_by text NOT NULL, requested_on date NOT NULL,
            why text NOT NULL, expires_on date NOT NULL, state text NOT NULL, decided_by text NOT NULL,
            decided_on date, reason text NOT NULL);
        CREATE INDEX ON approval_requests (request) WHERE state = 'waiting';
    """
    indexes = "CREATE INDEX ON approval_requests (customer);"
    streams = ("request",)
    folds: tuple[type[Event], ...] = (ApprovalRequested, RequestApproved, RequestRejected)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        asked: list[tuple[Any, ...]] = []
        decided: list[tuple[Any, ...]] = []
        for entry in page:
            match entry.event:
                case ApprovalRequested() as fact:
                    asked.append(
                        (fact.request, fact.command, fact.account, fact.customer, fact.requested_by, fact.effective_on,
                         fact.why, fact.expires_on, "waiting", "", None, "")
                    )  # fmt: skip
                case RequestApproved() as fact:
                    decided.append((fact.request, "approved", fact.approved_by, fact.effective_on, ""))
                case RequestRejected() as fact:
                    decided.append((fact.request, "rejected", fact.rejected_by, fact.effective_on, fact.reason))
        if asked:
            insert_rows(cursor, "approval_requests", COLUMNS, asked)
        if decided:
            cursor.execute(UPDATE_DECIDED, as_columns(decided, 5))


# --- queries


class RequestRow(msgspec.Struct):
    """A command that waits or waited for a second person; `state` is waiting, approved, rejected or expired."""

    request: str
    command: str
    account: str
    customer: str
    requested_by: str
    requested_on: date
    why: str
    expires_on: date
    state: str
    decided_by: str
    decided_on: date | None
    reason: str


def list_requests(
    cursor: Cursor, today: date, limit: int | None, after: str = "", *, all: bool = False, dealer: str = ""
) -> list[RequestRow]:
    """Requests that wait, in order of their ids, which is that of their times; with `all` also the others."""
    rows = cursor.execute(
        f"""{SELECT_REQUESTS} WHERE request > %(after)s
            AND (%(all)s OR state = 'waiting' AND expires_on >= %(today)s) AND {accounts_of("account", dealer)}
            ORDER BY request LIMIT %(limit)s""",
        {"after": after, "all": all, "today": today, "dealer": dealer, "limit": limit},
    )
    return [_listed(row, today) for row in rows]


def request_named(cursor: Cursor, request: str, today: date) -> RequestRow | None:
    """The request of an id."""
    row = cursor.execute(f"{SELECT_REQUESTS} WHERE request = %s", (request,)).fetchone()
    return None if row is None else _listed(row, today)


def _listed(row: Sequence[Any], today: date) -> RequestRow:
    found = RequestRow(*row)
    if found.state == "waiting" and found.expires_on < today:
        found.state = "expired"
    return found


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the requests that concern an account of the customer."""
    rows = cursor.execute("SELECT request FROM approval_requests WHERE customer = %s ORDER BY request", (customer,))
    return [f"request/{request}" for (request,) in rows]


AREA = Area(recorded=(ApprovalRequests(),), streams_of_customer=streams_of_customer)
