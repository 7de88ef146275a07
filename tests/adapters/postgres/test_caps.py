"""A transaction that was abandoned does not keep readers of the log waiting for ever, and whoever does is named."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import InternalError
from psycopg.conninfo import make_conninfo
from psycopg.rows import tuple_row

from adapters.postgres import datastore as limits
from adapters.postgres.datastore import Datastore, open_datastore
from adapters.postgres.failures import translated_errors
from adapters.postgres.log import PostgresLog
from adapters.postgres.tables import PostgresTables
from billing_core.kernel.errors import TookTooLong
from projections.platform import runner
from projections.platform.ports import Holder
from tests.operators import Operator

SHORT_SECONDS = 0.2


@pytest.fixture
def datastore(initialised_url: str) -> Iterator[Datastore]:
    with open_datastore(initialised_url) as datastore:
        yield datastore


@pytest.fixture
def impatient(initialised_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Datastore]:
    """Like ours, with caps that a test can wait for."""
    monkeypatch.setattr(limits, "IDLE_SECONDS", SHORT_SECONDS)
    monkeypatch.setattr(limits, "TRANSACTION_SECONDS", 2 * SHORT_SECONDS)
    with open_datastore(initialised_url) as datastore:
        yield datastore


def draw_position(cursor: Any) -> int:
    """Begin to write, without an end in sight."""
    cursor.row_factory = tuple_row
    cursor.execute("SELECT pg_current_xact_id()")
    return int(cursor.execute("SELECT nextval('billing.event_positions')").fetchone()[0])


def wait_until_final(log: PostgresLog, position: int) -> None:
    gives_up_at = time.monotonic() + 30
    while log.final_position() < position:
        assert time.monotonic() < gives_up_at
        time.sleep(0.01)


def test_an_abandoned_transaction_is_ended_and_the_mark_moves_on(impatient: Datastore, datastore: Datastore):
    log = PostgresLog(datastore)

    def abandon() -> None:
        with translated_errors(), impatient.transaction(commit=True) as cursor:
            position = draw_position(cursor)
            assert log.final_position() < position
            wait_until_final(log, position)  # while our transaction believes to be open

    with pytest.raises(TookTooLong, match=r"waited 60 seconds for this program.*nothing of it was kept"):
        abandon()


def test_a_transaction_that_is_never_idle_is_ended_too(impatient: Datastore):
    with impatient.get_connection() as connection:
        if connection.info.server_version < limits.TRANSACTION_TIMEOUT_SINCE:
            pytest.skip("this server knows no cap on a whole transaction")

    def never_end() -> None:
        with translated_errors(), impatient.transaction(commit=True) as cursor:
            draw_position(cursor)
            cursor.execute("SELECT pg_sleep(30)")

    with pytest.raises(TookTooLong, match="taken 10 minutes"):
        never_end()


def test_what_only_reads_may_take_longer_and_cannot_write(impatient: Datastore):
    tables = PostgresTables(impatient)
    with tables.reading("public") as cursor:
        cursor.execute("SELECT pg_sleep(%s)", (4 * SHORT_SECONDS,))
    with pytest.raises(InternalError, match="read-only"), tables.reading("public") as cursor:
        cursor.execute("CREATE TABLE public.kept (number int)")


def test_who_waits_for_its_turn_may_wait_longer(impatient: Datastore):
    tables = PostgresTables(impatient)

    def wait_for_turn() -> str:
        with tables.only_runner("somebody"):
            return "had its turn"

    with ThreadPoolExecutor() as pool:
        with tables.only_runner("somebody"):
            waiting = pool.submit(wait_for_turn)
            time.sleep(4 * SHORT_SECONDS)
            assert not waiting.done()
        assert waiting.result(timeout=30) == "had its turn"


def test_every_connection_of_ours_has_the_caps_and_a_name(datastore: Datastore):
    names = ["application_name", "idle_in_transaction_session_timeout", "transaction_timeout"]
    statement = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
    with datastore.get_connection() as connection:
        found = {row["name"]: row["setting"] for row in connection.execute(statement, (names,))}
        knows_both = connection.info.server_version >= limits.TRANSACTION_TIMEOUT_SINCE
    wanted = {"application_name": "billing", "idle_in_transaction_session_timeout": "60000"}
    assert found == wanted | ({"transaction_timeout": "600000"} if knows_both else {})


def test_what_the_url_says_beyond_the_database_is_kept(initialised_url: str):
    named = make_conninfo(initialised_url, application_name="kiosk")
    with open_datastore(named) as datastore, datastore.cursor() as cursor:
        assert cursor.execute("SHOW application_name").fetchone() == {"application_name": "kiosk"}


def test_whoever_waits_long_is_told_who_holds_the_log_back(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(runner, "NOTICE_SECONDS", SHORT_SECONDS)
    monkeypatch.setattr(runner, "PATIENCE_SECONDS", 3 * SHORT_SECONDS)
    application = operator.application
    application.runner.catch_up()
    with psycopg.connect(operator.database_url, application_name="month-end report") as foreign:
        foreign.execute("SELECT pg_current_xact_id()")
        operator.subscriber()
        told: list[str] = []
        gives_up_at = time.monotonic() + 30
        while {text.split()[0] for text in told} != {"Waiting", "The"}:
            assert time.monotonic() < gives_up_at  # Other tests' transactions on the server may be older for a moment.
            assert application.runner.catch_up() < application.log.newest_position()
            told = [text for text in caplog.messages if f"process {foreign.info.backend_pid} " in text]
        assert all("application 'month-end report'" in text and " since 20" in text for text in told)
    assert application.runner.catch_up() == application.log.newest_position()


def test_a_prepared_transaction_is_named_too():
    holder = Holder(pid=None, application="transfer 7", database="ledger", user="bank", since=None)
    assert str(holder).startswith("the prepared transaction 'transfer 7' (database ledger, user bank)")
