"""Which tags, notes and files does a customer have? Which customers have a tag, and how many are they?

All of it is personal: the rows go when the customer is forgotten, and with them the files, which nothing names any
more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.notes import (
    CustomerFileAttached,
    CustomerFileWithdrawn,
    CustomerTagged,
    CustomerUntagged,
    NoteAdded,
    NotePinned,
    NoteRestored,
    NoteWithdrawn,
)
from billing_core.parties.forgotten import CustomerForgotten
from projections.dealers import customers_of
from projections.parties import SELECT_RECORDS
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

INSERT_TAGS = "INSERT INTO customer_tags (customer, tag) SELECT * FROM unnest(%b::text[], %b::text[])"
DELETE_TAGS = """
    DELETE FROM customer_tags USING unnest(%b::text[], %b::text[]) AS gone (customer, tag)
    WHERE (customer_tags.customer, customer_tags.tag) = (gone.customer, gone.tag)
"""
INSERT_NOTES = """
    INSERT INTO customer_notes (customer, note, text, added_at, added_by)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[], %b::timestamptz[], %b::text[])
"""
UPDATE_PINNED = """
    UPDATE customer_notes SET is_pinned = change.is_pinned
    FROM unnest(%b::text[], %b::int8[], %b::bool[]) AS change (customer, note, is_pinned)
    WHERE (customer_notes.customer, customer_notes.note) = (change.customer, change.note)
"""
UPDATE_WITHDRAWN = """
    UPDATE customer_notes SET withdrawn_at = change.at, withdrawn_by = change.actor
    FROM unnest(%b::text[], %b::int8[], %b::timestamptz[], %b::text[]) AS change (customer, note, at, actor)
    WHERE (customer_notes.customer, customer_notes.note) = (change.customer, change.note)
"""
INSERT_FILES = """
    INSERT INTO customer_files (customer, file, content_hash, name, media_type, size_bytes, added_at, added_by)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[], %b::text[], %b::text[], %b::int8[], %b::timestamptz[],
                         %b::text[])
"""
DELETE_FILES = """
    DELETE FROM customer_files USING unnest(%b::text[], %b::int8[]) AS gone (customer, file)
    WHERE (customer_files.customer, customer_files.file) = (gone.customer, gone.file)
"""
Key = tuple[str, int]


class NotesOfCustomers:
    """The tags, notes and files of each customer. A note that was withdrawn keeps its row, a file does not."""

    name = "notes-of-customers"
    version = 1
    tables = ("customer_tags", "customer_notes", "customer_files")
    by_stream = True
    definition = """
        CREATE TABLE customer_tags (
            customer text COLLATE "C" NOT NULL, tag text COLLATE "C" NOT NULL, PRIMARY KEY (customer, tag));
        CREATE TABLE customer_notes (
            customer text COLLATE "C" NOT NULL, note bigint NOT NULL, text text NOT NULL, added_at timestamptz NOT NULL,
            added_by text NOT NULL, is_pinned boolean NOT NULL DEFAULT false, withdrawn_at timestamptz,
            withdrawn_by text NOT NULL DEFAULT '', PRIMARY KEY (customer, note));
        CREATE TABLE customer_files (
            customer text COLLATE "C" NOT NULL, file bigint NOT NULL, content_hash text COLLATE "C" NOT NULL,
            name text NOT NULL, media_type text NOT NULL, size_bytes bigint NOT NULL, added_at timestamptz NOT NULL,
            added_by text NOT NULL, PRIMARY KEY (customer, file));
    """
    indexes = """
        CREATE INDEX ON customer_tags (tag, customer);
        CREATE INDEX ON customer_files (content_hash);
    """
    streams = ("notes", "customer")
    folds: tuple[type[Event], ...] = (
        CustomerTagged, CustomerUntagged, NoteAdded, NotePinned, NoteWithdrawn, NoteRestored, CustomerFileAttached,
        CustomerFileWithdrawn, CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        _write_tags(cursor, page)
        _write_notes(cursor, page)
        _write_files(cursor, page)
        if forgotten := [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        for table in self.tables:
            cursor.execute(f"DELETE FROM {table} WHERE customer = ANY(%s)", (customers,))


def _write_tags(cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
    """The last word on each tag counts."""
    has: dict[tuple[str, str], bool] = {}
    for entry in page:
        if isinstance(entry.event, CustomerTagged | CustomerUntagged):
            has |= dict.fromkeys(
                ((entry.number, tag) for tag in entry.event.tags), isinstance(entry.event, CustomerTagged)
            )
    if has:
        cursor.execute(DELETE_TAGS, as_columns(has, 2))
        cursor.execute(INSERT_TAGS, as_columns((key for key, is_tagged in has.items() if is_tagged), 2))


def _write_notes(cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
    added: list[tuple[Any, ...]] = []
    pinned: dict[Key, bool] = {}
    withdrawn: dict[Key, tuple[datetime | None, str]] = {}
    for entry in page:
        match entry.event:
            case NoteAdded(note=note, text=text, is_pinned=is_pinned):
                added.append((entry.number, note, text, entry.recorded_at, entry.origin.actor))
                pinned[entry.number, note] = is_pinned
            case NotePinned(note=note, is_pinned=is_pinned):
                pinned[entry.number, note] = is_pinned
            case NoteWithdrawn(note=note):
                withdrawn[entry.number, note] = entry.recorded_at, entry.origin.actor
            case NoteRestored(note=note):
                withdrawn[entry.number, note] = None, ""
    if added:
        cursor.execute(INSERT_NOTES, as_columns(added, 5))
    if pinned:
        cursor.execute(UPDATE_PINNED, as_columns(((*key, is_pinned) for key, is_pinned in pinned.items()), 3))
    if withdrawn:
        cursor.execute(UPDATE_WITHDRAWN, as_columns(((*key, *by) for key, by in withdrawn.items()), 4))


def _write_files(cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
    rows: list[tuple[Any, ...]] = []
    gone: list[Key] = []
    for entry in page:
        match entry.event:
            case CustomerFileAttached(file=file, attachment=attachment, name=name):
                rows.append((entry.number, file, attachment.content_hash, name, attachment.media_type,
                             attachment.size_bytes, entry.recorded_at, entry.origin.actor))  # fmt: skip
            case CustomerFileWithdrawn(file=file):
                gone.append((entry.number, file))
    if rows:
        cursor.execute(INSERT_FILES, as_columns(rows, 8))
    if gone:
        cursor.execute(DELETE_FILES, as_columns(gone, 2))


# --- queries


class TagCount(msgspec.Struct):
    """A tag, and how many customers have it."""

    tag: str
    customers: int


class NoteRow(msgspec.Struct):
    """A note of a customer, or of a record merged into it, by whom and when.

    It is withdrawn if `withdrawn_at` is not None.
    """

    customer: str
    note: int
    text: str
    is_pinned: bool
    added_at: datetime
    added_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str


class CustomerFile(msgspec.Struct):
    """A file of a customer, or of a record merged into it, with the hash of its content."""

    customer: str
    file: int
    content_hash: str
    name: str
    media_type: str
    size_bytes: int
    added_at: datetime
    added_by: str


def count_tags(cursor: Cursor, dealer: str = "") -> list[TagCount]:
    """Every tag that a customer has, of a dealer if it is named, with how many have it, in order of the tags."""
    rows = cursor.execute(
        f"""SELECT tag, count(DISTINCT coalesce(nullif(merged_into, ''), number)) FROM customer_tags
            JOIN customers ON customers.number = customer WHERE {customers_of("customer", dealer)}
            GROUP BY tag ORDER BY tag""",
        {"dealer": dealer},
    )
    return [TagCount(*row) for row in rows]


def tags_of(cursor: Cursor, customers: Sequence[str]) -> Mapping[str, list[str]]:
    """The tags of some customers, by customer, in order of their letters; an empty list for one without any."""
    rows = cursor.execute(
        "SELECT customer, tag FROM customer_tags WHERE customer = ANY(%s) ORDER BY customer, tag", (list(customers),)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for customer, tag in rows:
        found[customer].append(tag)
    return found


def notes_of(cursor: Cursor, customer: str, *, with_withdrawn: bool = False) -> list[NoteRow]:
    """The notes of a customer and of the records merged into it: pinned ones first, then the newest."""
    rows = cursor.execute(
        f"""SELECT customer, note, text, is_pinned, added_at, added_by, withdrawn_at, withdrawn_by FROM customer_notes
            WHERE customer = ANY(ARRAY({SELECT_RECORDS})) AND (%(every)s OR withdrawn_at IS NULL)
            ORDER BY is_pinned DESC, added_at DESC, customer, note DESC""",
        {"customer": customer, "every": with_withdrawn},
    )
    return [NoteRow(*row) for row in rows]


def files_of_customer(cursor: Cursor, customer: str) -> list[CustomerFile]:
    """The files of a customer and of the records merged into it, the newest first."""
    rows = cursor.execute(
        f"""SELECT customer, file, content_hash, name, media_type, size_bytes, added_at, added_by FROM customer_files
            WHERE customer = ANY(ARRAY({SELECT_RECORDS})) ORDER BY added_at DESC, customer, file DESC""",
        {"customer": customer},
    )
    return [CustomerFile(*row) for row in rows]


# --- what must hold

INVARIANTS = {
    "tags, notes and files belong to a customer who was not forgotten": """
        SELECT DISTINCT noted.customer FROM (
            SELECT customer FROM customer_tags UNION SELECT customer FROM customer_notes
            UNION SELECT customer FROM customer_files
        ) AS noted LEFT JOIN customers ON customers.number = noted.customer
        WHERE customers.number IS NULL OR customers.forgotten_on IS NOT NULL
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The stream of the customer's notes."""
    return [f"notes/{customer}"]


AREA = Area(
    true_by_date=(NotesOfCustomers(),),
    invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
    attachments="SELECT content_hash FROM customer_files",
)
