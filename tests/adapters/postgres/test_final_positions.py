"""A reader that follows the log misses nothing, whatever the writers do, and whoever reads up to the newest does.

The story is told three times by the same writers, readers and claims: below the mark it holds; without the mark it
must fail, or the writers prove nothing; and with writers that lock the table it holds without the mark too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from eventsourcing.postgres import PostgresDatastore

from adapters.postgres.datastore import open_datastore
from adapters.postgres.final_positions import FinalPositions
from adapters.postgres.log import PostgresLog

WRITERS = 12
WRITING_SECONDS = 3
PAGE_EVENTS = 500


class Follower:
    """Reads the log in pages, as the runner does: after a page that is not full it goes on behind the mark."""

    def __init__(self, log: PostgresLog, mark: Callable[[], int]) -> None:
        self._log = log
        self._mark = mark
        self.position = 0
        self.seen: list[int] = []

    def read(self) -> None:
        while True:
            mark = self._mark()
            page = self._log.read(self.position, mark, PAGE_EVENTS)
            self.seen += [logged.position for logged in page]
            if len(page) < PAGE_EVENTS:
                self.position = max(self.position, mark)
                return
            self.position = page[-1].position


def require_all_once_in_order(seen: list[int], written: list[int]) -> None:
    """What a reader of the log may rely on."""
    missed = set(written) - set(seen)
    assert not missed, f"missed {len(missed)} of {len(written)}"
    assert len(seen) == len(set(seen)), "saw an event twice"
    assert seen == sorted(seen), "saw events out of order"
    assert seen == written, "saw events that were taken back"


class Scene:
    """Twelve writers at work on one log, and readers that follow it meanwhile."""

    def __init__(self, database_url: str, datastore: PostgresDatastore, connection: psycopg.Connection) -> None:
        self._database_url = database_url
        self._connection = connection
        self.log = PostgresLog(datastore)

    def below_the_mark(self) -> Follower:
        return Follower(self.log, self.log.final_position)

    def without_the_mark(self) -> Follower:
        return Follower(self.log, lambda: newest(self._connection))

    def play(self, *readers: Follower, locks_table: bool = False) -> list[int]:
        """All positions that were written while the readers read."""
        with ExitStack() as stack:
            writers = [stack.enter_context(self._writer(number, locks_table)) for number in range(WRITERS)]
            for writer in writers:
                assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
            for writer in writers:
                assert writer.stdin is not None
                writer.stdin.write("go\n")
                writer.stdin.flush()
            while any(writer.poll() is None for writer in writers):
                for reader in readers:
                    reader.read()
        assert [writer.returncode for writer in writers] == [0] * WRITERS
        written = [row[0] for row in self._connection.execute("SELECT position FROM billing.events ORDER BY position")]
        for reader in readers:
            while reader.position < written[-1]:
                reader.read()
        assert len({stream for (stream,) in self._streams()}) > 10 * WRITERS
        assert written[-1] > len(written), "nothing was taken back"
        return written

    def _streams(self) -> list[tuple[str]]:
        return self._connection.execute("SELECT DISTINCT originator_id FROM billing.events").fetchall()

    def _writer(self, number: int, locks_table: bool) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("log_writer.py")
        order = [str(number), str(WRITING_SECONDS), "locks" if locks_table else "queues-nowhere"]
        return subprocess.Popen(
            [sys.executable, str(script), self._database_url, *order],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def scene(initialised_url: str, connection: psycopg.Connection) -> Iterator[Scene]:
    with open_datastore(initialised_url) as datastore:
        yield Scene(initialised_url, datastore, connection)


@pytest.fixture
def connection(initialised_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(initialised_url, autocommit=True) as connection:
        yield connection


def newest(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT coalesce(max(position), 0) FROM billing.events").fetchone()
    assert row is not None
    return int(row[0])


def test_a_reader_below_the_mark_misses_nothing_that_a_reader_without_it_misses(scene: Scene):
    protected, unprotected = scene.below_the_mark(), scene.without_the_mark()
    written = scene.play(protected, unprotected)

    require_all_once_in_order(protected.seen, written)
    with pytest.raises(AssertionError, match="missed"):
        require_all_once_in_order(unprotected.seen, written)


def test_where_writers_lock_the_table_a_reader_misses_nothing_without_the_mark_either(scene: Scene):
    protected, unprotected = scene.below_the_mark(), scene.without_the_mark()
    written = scene.play(protected, unprotected, locks_table=True)

    require_all_once_in_order(protected.seen, written)
    require_all_once_in_order(unprotected.seen, written)


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
    final = FinalPositions()
    with psycopg.connect(database_url) as slow:
        first = insert(slow, "a/1")
        second = insert(connection, "b/1")
        assert newest(connection) == second > first
        assert final.advance(connection.cursor()) < first
        slow.commit()
        assert wait_for(final, second, connection) == second


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
