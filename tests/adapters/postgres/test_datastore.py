"""Connections are taken, used and given back: none is shared, none is left half done, none that ended comes back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from adapters.postgres import datastore as limits
from adapters.postgres.datastore import Datastore, open_datastore
from adapters.postgres.failures import translated_errors
from billing_core.kernel.errors import ConnectionLost


@pytest.fixture
def datastore(database_url: str) -> Iterator[Datastore]:
    with open_datastore(database_url) as datastore:
        yield datastore


def process_of(datastore: Datastore) -> int:
    """The server's process behind the connection that is taken next."""
    with datastore.get_connection() as connection:
        return connection.info.backend_pid


def taken(datastore: Datastore, count: int) -> list[int]:
    """The server's processes behind so many connections taken at once."""
    with ExitStack() as stack:
        return [stack.enter_context(datastore.get_connection()).info.backend_pid for _ in range(count)]


def test_the_connection_that_was_used_last_is_taken_first(datastore: Datastore):
    first, second = taken(datastore, 2)
    assert first != second
    assert process_of(datastore) == process_of(datastore) == first  # It was given back last.


def test_threads_at_the_same_time_have_connections_of_their_own(datastore: Datastore):
    together = Barrier(4)

    def work(_: int) -> int:
        with datastore.get_connection() as connection:
            together.wait(30)
            return connection.info.backend_pid

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(work, range(4)))) == 4


def test_what_was_not_committed_is_rolled_back_when_a_connection_is_given_back(datastore: Datastore):
    with datastore.get_connection() as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE half_done ()")
        used = connection.info.backend_pid
    with datastore.get_connection() as connection:
        assert connection.info.backend_pid == used
        assert connection.execute("SELECT to_regclass('half_done') AS found").fetchone() == {"found": None}


def test_a_connection_in_the_middle_of_a_copy_is_not_used_again(datastore: Datastore):
    with datastore.get_connection() as connection:
        used = connection.info.backend_pid
        connection.pgconn.send_query(b"COPY (SELECT 1) TO STDOUT")
    assert process_of(datastore) != used


def test_connections_that_the_server_ended_meanwhile_are_replaced_without_a_failure(
    datastore: Datastore, database_url: str
):
    ended = taken(datastore, 3)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for process in ended:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))

    assert not set(taken(datastore, 3)) & set(ended)


def lose_one(datastore: Datastore, other: psycopg.Connection) -> None:
    with translated_errors(), datastore.get_connection() as connection:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
        connection.execute("SELECT 1")


def test_a_connection_that_is_lost_in_use_takes_the_idle_ones_with_it(datastore: Datastore, database_url: str):
    before = taken(datastore, 3)
    with psycopg.connect(database_url, autocommit=True) as other, pytest.raises(ConnectionLost):
        lose_one(datastore, other)
    assert not set(taken(datastore, 3)) & set(before)


def test_who_finds_no_connection_left_waits_and_is_then_refused(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 2)
    monkeypatch.setattr(limits, "WAIT_SECONDS", 0.1)
    with open_datastore(database_url) as datastore:
        with pytest.raises(OperationalError, match="all 2 connections"):
            taken(datastore, 3)
        assert len(taken(datastore, 2)) == 2


def test_a_refused_connection_leaves_room_for_the_next(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(limits, "WAIT_SECONDS", 0.1)
    with open_datastore(f"{database_url}&connect_timeout=1&application_name={'x' * 10}&dbname=nobody") as datastore:
        for _ in range(2):
            with pytest.raises(OperationalError, match="nobody"):
                taken(datastore, 1)


def test_a_connection_of_an_hour_is_opened_anew(datastore: Datastore, monkeypatch: pytest.MonkeyPatch):
    first = process_of(datastore)
    monkeypatch.setattr(limits, "OLDEST_SECONDS", 0)
    assert process_of(datastore) == first  # Its age is looked at when it is given back.
    assert process_of(datastore) != first


def test_connections_that_nobody_used_for_long_are_closed(
    datastore: Datastore, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    taken(datastore, 3)
    monkeypatch.setattr(limits, "IDLEST_SECONDS", 0)
    process_of(datastore)
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'billing'"
        ).fetchone()
    assert row == (1,)
