"""A reader that follows the log misses nothing, whatever the writers do, and whoever reads up to the newest does."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator

import psycopg
import pytest

from adapters.bootstrap import initialise
from adapters.postgres.recorder import FinalPositions

# Four kinds of writers at once: single saves, batches by COPY, batches that are taken back, and transactions that draw
# a position early and commit late.
WRITER = """
    import random, sys, time, uuid
    from datetime import UTC, date, datetime
    from psycopg.rows import tuple_row
    from adapters.postgres.recorder import EventRecorder, EventRow, open_datastore

    url, kind, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    chance = random.Random()
    now = datetime.now(UTC)

    def rows(count):
        stream = f"{kind}/{uuid.uuid4()}"
        return [EventRow(stream, version, "t/1", b"{}", "{}", date(2026, 1, 1), now) for version in range(1, count + 1)]

    with open_datastore(url) as datastore:
        recorder = EventRecorder(datastore)
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            with datastore.transaction(commit=kind != "rollback") as cursor:
                cursor.row_factory = tuple_row
                if kind == "late":
                    recorder.append(cursor, rows(1))
                    time.sleep(chance.uniform(0, 0.05))
                    recorder.append(cursor, rows(3))
                elif kind == "single":
                    recorder.append(cursor, rows(1))
                else:
                    recorder.append(cursor, rows(chance.randint(50, 400)))
"""
KINDS = ("single", "single", "copy", "rollback", "late", "late", "late")
WRITING_SECONDS = 3


class Follower:
    """Reads the log in pages, in order of position, up to a mark."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def read_upto(self, mark: int, connection: psycopg.Connection) -> None:
        last = self.seen[-1] if self.seen else 0
        rows = connection.execute(
            "SELECT position FROM billing.events WHERE position > %s AND position <= %s ORDER BY position", [last, mark]
        )
        self.seen += [position for (position,) in rows]


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    initialise(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def newest(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT coalesce(max(position), 0) FROM billing.events").fetchone()
    assert row is not None
    return int(row[0])


def test_a_reader_below_the_mark_misses_nothing_that_a_reader_up_to_the_newest_misses(
    connection: psycopg.Connection, database_url: str
):
    writers = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITER), database_url, kind, str(WRITING_SECONDS)])
        for kind in KINDS
    ]
    final, careful, careless = FinalPositions(), Follower(), Follower()
    while any(writer.poll() is None for writer in writers):
        careful.read_upto(final.advance(connection.cursor()), connection)
        careless.read_upto(newest(connection), connection)
    assert [writer.returncode for writer in writers] == [0] * len(writers)
    while final.mark < newest(connection):
        careful.read_upto(final.advance(connection.cursor()), connection)
    careless.read_upto(newest(connection), connection)

    written = [row[0] for row in connection.execute("SELECT position FROM billing.events ORDER BY position")]
    assert len(written) > 1_000
    assert careful.seen == written
    missed = set(written) - set(careless.seen)
    assert missed, "the control saw everything, so these writers prove nothing"


def insert(connection: psycopg.Connection, stream: str) -> int:
    row = connection.execute(
        """INSERT INTO billing.events
               (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at)
           VALUES (%s, 1, 't/1', '{}', '{}', '2026-01-01', now()) RETURNING position""",
        [stream],
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_position_is_final_only_when_no_lower_one_can_appear_any_more(
    connection: psycopg.Connection, database_url: str
):
    final, careful, careless = FinalPositions(), Follower(), Follower()
    with psycopg.connect(database_url) as slow:
        first = insert(slow, "a/1")
        second = insert(connection, "b/1")
        careful.read_upto(final.advance(connection.cursor()), connection)
        careless.read_upto(newest(connection), connection)
        assert (careful.seen, careless.seen) == ([], [second])
        slow.commit()
        careful.read_upto(wait_for(final, second, connection), connection)
        careless.read_upto(newest(connection), connection)
    assert careful.seen == [first, second]
    assert careless.seen == [second]


def test_a_position_that_was_taken_back_does_not_hold_the_mark_up(connection: psycopg.Connection, database_url: str):
    final = FinalPositions()
    with psycopg.connect(database_url) as slow:
        lost = insert(slow, "a/1")
        slow.rollback()
    assert wait_for(final, lost, connection) == lost
    kept = insert(connection, "b/1")
    assert wait_for(final, kept, connection) == kept


def test_the_mark_never_goes_back_and_an_empty_log_has_none(connection: psycopg.Connection):
    final = FinalPositions()
    assert final.advance(connection.cursor()) == 0
    marks = []
    for number in range(20):
        insert(connection, f"a/{number}")
        marks.append(final.advance(connection.cursor()))
    assert marks == sorted(marks)
    assert wait_for(final, 20, connection) == 20


def test_a_transaction_has_its_id_before_it_draws_a_position(connection: psycopg.Connection):
    """Defaults are evaluated from left to right: on that order the proof of the mark rests."""
    query = "SELECT attname FROM pg_attribute WHERE attrelid = 'billing.events'::regclass ORDER BY attnum"
    columns = [name for (name,) in connection.execute(query)]
    assert columns.index("transaction_id") < columns.index("position")
    query = "SELECT seqcache FROM pg_sequence WHERE seqrelid = 'billing.event_positions'::regclass"
    assert connection.execute(query).fetchone() == (1,)  # no session draws positions in stock


def wait_for(final: FinalPositions, position: int, connection: psycopg.Connection) -> int:
    """The mark once it has reached a position; other tests' transactions on the server may hold it up a little."""
    while (mark := final.advance(connection.cursor())) < position:
        connection.execute("SELECT pg_sleep(0.01)")
    return mark
