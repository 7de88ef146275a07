"""Are the claims those that the events make? What is wrong can be made again from the events.

Claims and events are written in one transaction, so in one snapshot of the store they must agree, and what is wrong
in it stays wrong until somebody mends it. Nobody need wait while they are compared or mended.

- missing: an event's claim is not kept, so nothing keeps another stream from claiming the key.
- different: the claim of an event's key has another stream or content, which no event gives it.
- claimed twice: two events claim one key. The claim is that of one of them; people must mend the other.
- unfounded: no event of its stream makes the claim.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from billing_core.kernel.claims import Claim
from billing_core.kernel.events import claiming_topics, decode
from projections.platform.ports import Tables
from projections.platform.projection import Cursor, as_columns

PAGE_EVENTS = 5_000
PAGE_CLAIMS = 1_000

Fault = Literal["missing", "different", "claimed twice", "unfounded"]

SELECT_EVENTS = """
    SELECT position, originator_id, topic, state FROM billing.events
    WHERE position > %s AND topic = ANY(%s) ORDER BY position LIMIT %s
"""
SELECT_EVENTS_OF = """
    SELECT originator_id, topic, state FROM billing.events WHERE originator_id = ANY(%s) AND topic = ANY(%s)
"""
SELECT_NAMED = """
    SELECT kind, key, stream, content FROM billing.claims
    JOIN unnest(%b::text[], %b::text[]) AS wanted (kind, key) USING (kind, key)
"""
SELECT_CLAIMS = """
    SELECT kind, key, stream, content FROM billing.claims
    WHERE kind = ANY(%s) AND (kind, key) > (%s, %s) ORDER BY kind, key LIMIT %s
"""
COUNT_CLAIMS = "SELECT count(*) FROM billing.claims WHERE kind = ANY(%s)"
# What came with a file's row and not with an event is known by its stream alone.
SELECT_WITHOUT_STREAM = """
    SELECT kind, key, stream, content FROM billing.claims WHERE kind <> ALL(%s)
    AND NOT EXISTS (SELECT FROM billing.events WHERE originator_id = claims.stream)
"""

ROWS = "unnest(%b::text[], %b::text[], %b::text[], %b::text[])"
MENDING: dict[Fault, str] = {
    "missing": f"""
        INSERT INTO billing.claims (kind, key, stream, content) SELECT * FROM {ROWS} ON CONFLICT (kind, key) DO NOTHING
    """,
    "different": f"""
        UPDATE billing.claims SET stream = made.stream, content = made.content
        FROM {ROWS} AS made (kind, key, stream, content) WHERE claims.kind = made.kind AND claims.key = made.key
    """,
    "unfounded": f"""
        DELETE FROM billing.claims USING {ROWS} AS unfounded (kind, key, stream, content)
        WHERE claims.kind = unfounded.kind AND claims.key = unfounded.key
    """,
}


class WrongClaim(NamedTuple):
    """What is wrong, and the claim as an event makes it; the claim itself if none does."""

    fault: Fault
    claim: Claim

    def __str__(self) -> str:
        return f"{self.claim.kind} {self.claim.key} of {self.claim.stream}: {self.fault}"


def wrong_claims(cursor: Cursor) -> Iterator[WrongClaim]:
    """What is wrong in the cursor's snapshot.

    If every event has its claim and there are as many claims as events make, there are no others.
    """
    made, kinds, different = 0, set[str](), set[tuple[str, str]]()
    for page in _made_by_events(cursor):
        made += len(page)
        kinds.update(claim.kind for claim in page)
        for wrong in _compared(cursor, page):
            if wrong.fault != "missing":
                different.add(wrong.claim[:2])
            made -= wrong.fault in ("missing", "claimed twice")  # These have no claim of their own.
            yield wrong
    without_stream = cursor.execute(SELECT_WITHOUT_STREAM, (list(kinds),)).fetchall()
    yield from (WrongClaim("unfounded", Claim(*row)) for row in without_stream)
    (kept,) = cursor.execute(COUNT_CLAIMS, (list(kinds),)).fetchone()
    if kept != made:
        for claim in _unfounded(cursor, kinds):
            if claim[:2] not in different:
                yield WrongClaim("unfounded", claim)


def wrong_claims_as_text(cursor: Cursor) -> Iterator[str]:
    """The same, for the check of the whole store."""
    return map(str, wrong_claims(cursor))


def mend_claims(tables: Tables) -> dict[Fault, int]:
    """Make the claims those that the events make; how many were wrong, by what was wrong.

    The same again finds nothing, but for keys that two events claim.
    """
    found: dict[Fault, int] = {}
    with tables.reading("billing") as cursor:
        wrong = wrong_claims(cursor)
        while some := list(islice(wrong, PAGE_CLAIMS)):
            for fault in dict.fromkeys(each.fault for each in some):
                claims = [each.claim for each in some if each.fault == fault]
                found[fault] = found.get(fault, 0) + len(claims)
                if fault in MENDING:
                    with tables.transaction("billing") as writing:
                        writing.execute(MENDING[fault], as_columns(claims, 4))
    return found


def _made_by_events(cursor: Cursor) -> Iterator[list[Claim]]:
    """The claims of all events, page by page, in the order of the log."""
    after, topics = 0, claiming_topics()
    while rows := cursor.execute(SELECT_EVENTS, (after, topics, PAGE_EVENTS)).fetchall():
        yield _claims_of(row[1:] for row in rows)
        after = rows[-1][0]


def _claims_of(rows: Iterable[tuple[str, str, bytes]]) -> list[Claim]:
    return [claim for stream, topic, state in rows for claim in decode(topic, state).claims(stream)]


def _compared(cursor: Cursor, made: Sequence[Claim]) -> Iterator[WrongClaim]:
    """What is wrong with the claims that some events make."""
    rows = cursor.execute(SELECT_NAMED, as_columns((claim[:2] for claim in made), 2)).fetchall()
    kept = {row[:2]: Claim(*row) for row in rows}
    for claim in made:
        found = kept.get(claim[:2])
        if found is None:
            yield WrongClaim("missing", claim)
        elif found != claim:
            yield WrongClaim("claimed twice" if found in _claims_in(cursor, [found.stream]) else "different", claim)


def _unfounded(cursor: Cursor, kinds: Collection[str]) -> Iterator[Claim]:
    """The claims of these kinds whose keys no event of their streams claims."""
    kind, key = "", ""
    while rows := cursor.execute(SELECT_CLAIMS, (list(kinds), kind, key, PAGE_CLAIMS)).fetchall():
        founded = {claim[:3] for claim in _claims_in(cursor, {row[2] for row in rows})}
        yield from (Claim(*row) for row in rows if row[:3] not in founded)
        kind, key = rows[-1][:2]


def _claims_in(cursor: Cursor, streams: Collection[str]) -> list[Claim]:
    return _claims_of(cursor.execute(SELECT_EVENTS_OF, (list(streams), claiming_topics())).fetchall())
