"""A program meets a database that holds events of types it does not know, or was never told of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import psycopg
import pytest

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.cli.failures import UNUSABLE_DATABASE
from adapters.postgres.migrations import DatabaseNewer, DatabaseOutdated
from adapters.processes.background import DATABASE_VARIABLE
from billing_core.kernel.events import known_topics
from tests.billing_core.test_samples import topics


def execute(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(statement.encode())


def noted(database_url: str) -> set[str]:
    with psycopg.connect(database_url) as connection:
        return {topic for (topic,) in connection.execute("SELECT topic FROM billing.event_topics")}


def test_setting_up_notes_every_event_type_of_the_program_once(database_url: str):
    assert set(initialise(database_url).event_types) == set(known_topics()) == noted(database_url)
    assert initialise(database_url).event_types == []


def test_a_program_knows_all_its_event_types_when_it_has_started():
    """Whatever module an event is defined in: what is not imported would be neither noted nor read."""
    script = "import adapters.bootstrap.application\n"
    script += "from billing_core.kernel.events import known_topics; print(*known_topics())"
    started = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert set(started.stdout.split()) == topics()


DAMAGE = {
    "event types": (
        "INSERT INTO billing.event_topics (topic) VALUES ('device-lent/1'), ('payment-received/9')",
        r"written by a newer program.*device-lent/1, payment-received/9.*upgrade the program",
    ),
    "tables": (
        "INSERT INTO billing.schema_migrations (number, name, checksum) VALUES (9999, '9999_later.sql', '')",
        r"newer than this program.*9999_later\.sql.*upgrade the program",
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_database_of_a_newer_program_is_refused_at_every_door(initialised_url: str, what: str):
    statement, refusal = DAMAGE[what]
    execute(initialised_url, statement)

    with pytest.raises(DatabaseNewer, match=refusal):
        Application(initialised_url)
    with pytest.raises(DatabaseNewer, match=refusal):
        initialise(initialised_url)
    for arguments, variable, code in (
        (["-m", "adapters.bootstrap.projector"], DATABASE_VARIABLE, 1),
        (["-c", "from adapters.cli import main; main()", "customers"], "BILLING_DATABASE_URL", UNUSABLE_DATABASE),
    ):
        ended = subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | {variable: initialised_url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)
        assert re.search(refusal, ended.stderr)


def test_a_program_with_a_new_event_type_asks_to_tell_the_database_first(initialised_url: str):
    execute(initialised_url, "DELETE FROM billing.event_topics WHERE topic = 'payment-reversed/1'")
    with pytest.raises(DatabaseOutdated, match=r"payment-reversed/1: run `billing init`"):
        Application(initialised_url)

    assert initialise(initialised_url).event_types == ["payment-reversed/1"]
    Application(initialised_url).close()
