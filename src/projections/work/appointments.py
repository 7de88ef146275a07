"""Who goes where, when and for which ticket, and what became of it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.personal import erased
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.work.appointments import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentDone,
    AppointmentMoved,
    Place,
    State,
)
from billing_core.work.working_hours import Interval
from projections.platform.projection import Cursor, LoggedEvent, as_columns

COLUMNS = {
    "number": "text", "crew": "text", "on_day": "date", "begins_at": "timestamptz",
    "ends_at": "timestamptz", "ticket": "text",
    "customer": "text", "state": "text", "details": "text",
}  # fmt: skip
PASSED = ", ".join(f"%b::{kind}[]" for kind in COLUMNS.values())
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "number")
UPSERT = f"""
    INSERT INTO appointments ({", ".join(COLUMNS)}) SELECT * FROM unnest({PASSED})
    ON CONFLICT (number) DO UPDATE SET {REPLACED}
"""
SELECT = """
    SELECT details FROM appointments
    WHERE number > %(after)s AND (%(crew)s = '' OR crew = %(crew)s) AND (%(ticket)s = '' OR ticket = %(ticket)s)
        AND (%(state)s = '' OR state = %(state)s) AND on_day >= %(from_on)s AND on_day < %(to_on)s
"""


class AppointmentRow(msgspec.Struct):
    """An appointment. `time` is the planned one, or the actual one once it is done; `technicians` are who did it.

    `version` grows with every change, the last of which was at `changed_at`.
    """

    number: str
    ticket: str
    job_kind: str
    crew: str
    on: date
    time: Interval
    place: Place
    changed_at: datetime
    version: int = 1
    state: State = "booked"
    forced: str = ""
    technicians: tuple[str, ...] = ()
    reason: str = ""


class Appointments:
    """Every appointment, as now known."""

    name = "appointments"
    version = 1
    tables = ("appointments",)
    by_stream = True
    definition = """
        CREATE TABLE appointments (
            number text COLLATE "C" PRIMARY KEY, crew text COLLATE "C" NOT NULL, on_day date NOT NULL,
            begins_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, ticket text COLLATE "C" NOT NULL,
            customer text COLLATE "C" NOT NULL, state text NOT NULL, details text NOT NULL
        );
        CREATE INDEX ON appointments (customer) WHERE customer <> '';
    """
    indexes = """
        CREATE INDEX ON appointments (crew, on_day);
        CREATE INDEX ON appointments (on_day);
        CREATE INDEX ON appointments (ticket);
    """
    streams = ("appointment", "customer")
    folds: tuple[type[Event], ...] = (
        AppointmentBooked, AppointmentMoved, AppointmentCancelled, AppointmentDone, CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        forgotten = [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]
        changed = [entry for entry in page if not isinstance(entry.event, CustomerForgotten)]
        known = {row.number: row for row in _named(cursor, [entry.number for entry in changed])}
        for entry in changed:
            known[entry.number] = _applied(known.get(entry.number), entry)
        if known:
            cursor.execute(UPSERT, as_columns(map(_values, known.values()), len(COLUMNS)))
        if forgotten:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        rows = _read(cursor.execute("SELECT details FROM appointments WHERE customer = ANY(%s)", (customers,)))
        left = [msgspec.structs.replace(row, place=erased(row.place)) for row in rows]
        if left:
            cursor.execute(UPSERT, as_columns(map(_values, left), len(COLUMNS)))


def _applied(row: AppointmentRow | None, entry: LoggedEvent) -> AppointmentRow:
    fact = entry.event
    if isinstance(fact, AppointmentBooked):
        return AppointmentRow(
            entry.number, fact.ticket, fact.job_kind, fact.crew, fact.on, fact.time, fact.place, entry.recorded_at,
            forced=fact.forced,
        )  # fmt: skip
    assert row is not None
    changes: dict[str, Any] = {"version": entry.version, "changed_at": entry.recorded_at}
    match fact:
        case AppointmentMoved():
            changes |= {"crew": fact.crew, "on": fact.on, "time": fact.time, "forced": fact.forced}
        case AppointmentCancelled():
            changes |= {"state": "cancelled", "reason": fact.reason}
        case AppointmentDone():
            changes |= {"state": "done", "on": fact.on, "time": fact.time, "technicians": fact.technicians}
    return msgspec.structs.replace(row, **changes)


def _values(row: AppointmentRow) -> tuple[Any, ...]:
    time, details = row.time, msgspec.json.encode(row).decode()
    who = row.ticket, row.place.customer, row.state
    return row.number, row.crew, row.on, time.begins_at, time.ends_at, *who, details


def _read(rows: Iterable[Any]) -> list[AppointmentRow]:
    return [msgspec.json.decode(details, type=AppointmentRow) for (details,) in rows]


def _named(cursor: Cursor, numbers: Sequence[str]) -> list[AppointmentRow]:
    return _read(cursor.execute("SELECT details FROM appointments WHERE number = ANY(%s)", (list(numbers),)))


# --- queries


class Sought(NamedTuple):
    """Which appointments are wanted; an empty text stands for all."""

    from_on: date
    to_on: date
    crew: str = ""
    ticket: str = ""
    state: str = ""


def appointments_after(cursor: Cursor, sought: Sought, after: str, limit: int) -> list[AppointmentRow]:
    """Appointments in order of number, after a number."""
    wanted = sought._asdict() | {"after": after, "limit": limit}
    return _read(cursor.execute(f"{SELECT} ORDER BY number LIMIT %(limit)s", wanted))


def appointments_by_time(cursor: Cursor, sought: Sought) -> list[AppointmentRow]:
    """All of them in order of time."""
    return _read(cursor.execute(f"{SELECT} ORDER BY begins_at, number", sought._asdict() | {"after": ""}))


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the appointments at a customer's."""
    rows = cursor.execute(
        "SELECT 'appointment/' || number FROM appointments WHERE customer = %s ORDER BY number", (customer,)
    )
    return [stream for (stream,) in rows]


# --- what must hold

INVARIANTS = {
    "a crew is never in two places at once": """
        SELECT one.number FROM appointments AS one JOIN appointments AS other USING (crew, on_day)
        WHERE one.number < other.number AND one.state = 'booked' AND other.state = 'booked'
            AND one.begins_at < other.ends_at AND other.begins_at < one.ends_at
    """,
}
