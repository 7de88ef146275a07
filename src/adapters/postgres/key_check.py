"""Do the keys of every customer open its personal data? No seal covers a key, so a swapped one shows only by that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Cursor

from adapters.postgres.person_keys import PersonalDataUnreadable, StoredFact, reveal
from billing_core.kernel.events import known_topics
from billing_core.kernel.personal import find_personal_fields, person_of

PAGE_EVENTS = 5_000

SELECT_PERSONAL = """
    SELECT position, originator_id, originator_version, topic, state FROM billing.events
    WHERE position > %s AND topic = ANY(%s)
    AND (position('"personal":"'::bytea IN state) > 0 OR position('"on_documents":"'::bytea IN state) > 0)
    ORDER BY position LIMIT %s
"""

KEYS_FIT = "every customer's keys open its personal data"


def customers_with_wrong_keys(cursor: Cursor[Any], most: int) -> list[str]:
    """The first customers with personal data that their keys do not open, each with the first such event."""
    found: dict[str, str] = {}
    for customer, event in _unopened(cursor):
        found.setdefault(customer, event)
        if len(found) == most:
            break
    return [f"{customer}: {event} was encrypted with another key, or was altered" for customer, event in found.items()]


def _unopened(cursor: Cursor[Any]) -> Iterator[tuple[str, str]]:
    after, topics = 0, [topic for topic, kind in known_topics().items() if find_personal_fields(kind)]
    while rows := cursor.execute(SELECT_PERSONAL, (after, topics, PAGE_EVENTS)).fetchall():
        facts = [StoredFact.read(*row[1:]) for row in rows]
        if not _opens(cursor, facts):
            unopened = [fact for fact in facts if not _opens(cursor, [fact])]
            yield from ((_customer_of(fact), f"{fact.stream} {fact.version}") for fact in unopened)
        after = rows[-1][0]


def _opens(cursor: Cursor[Any], facts: list[StoredFact]) -> bool:
    try:
        reveal(cursor, facts)
    except PersonalDataUnreadable:
        return False
    return True


def _customer_of(item: StoredFact) -> str:
    fields = find_personal_fields(type(item.fact))
    assert fields is not None
    return person_of(fields, item.fact) or item.stream
