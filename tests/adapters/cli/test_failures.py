"""The database stays away, fills up or is another program's; people interrupt; the program itself has a fault."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import psycopg
import pytest

import commands.billing.run
from tests.adapters.cli.conftest import Billing
from tests.waiting import eventually

FAIL_AT_THE_THIRD = """
    CREATE FUNCTION billing.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {how}; RETURN NEW; END $$;
    CREATE TRIGGER failing BEFORE INSERT ON billing.events FOR EACH ROW
    WHEN (NEW.topic = 'invoice-issued/1' AND NEW.originator_id = 'account/3') EXECUTE FUNCTION billing.fail();
"""
FAILURES = {
    "disk": ("RAISE 'No space left on device' USING ERRCODE = 'disk_full'", "disk is full"),
    "connection": ("PERFORM pg_terminate_backend(pg_backend_pid())", "connection to the database was lost"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_run_that_the_database_stops_keeps_whole_chunks_and_is_finished_by_the_next(
    opened: Billing, monkeypatch: pytest.MonkeyPatch, failure: str
):
    how, said = FAILURES[failure]
    monkeypatch.setattr(commands.billing.run, "CHUNK_ACCOUNTS", 2)
    expected = opened("run", "--until", "2026-04-01", "--dry-run", "--json").json["totals"]["invoiced"]["EUR"]["amount"]
    opened.execute(FAIL_AT_THE_THIRD.format(how=how))

    ended = opened("run", "--until", "2026-04-01")

    assert ended.code == 3
    assert said in ended.complaint
    kept = opened("invoices", "--json").json["documents"][::-1]
    assert [document["account"] for document in kept] == ["1", "2"]

    opened.execute("DROP TRIGGER failing ON billing.events")
    assert opened("run", "--until", "2026-04-01").code == 0
    documents = opened("invoices", "--json").json["documents"][::-1]
    assert [document["number"] for document in documents] == [f"{1_000_000_000 + n}" for n in range(1, 4)]
    assert sum(Decimal(document["gross"]["amount"]) for document in documents) == Decimal(expected)
    assert opened("check").code == 0


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "BILLING_DATABASE_URL"),
        ("postgresql://nobody@no-such-host.invalid/none", "BILLING_DATABASE_URL"),
        ("not a database", "BILLING_DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_reached_is_said_so(empty_billing: Billing, url: str, named: str):
    for command in ("customers", "init"):
        ended = empty_billing(command, BILLING_DATABASE_URL=url)

        assert ended.code == 3
        assert named in ended.complaint


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://clerk:secret",
        "postgresql://clerk:sec@ret@127.0.0.1:1/none",
        "postgresql://clerk:secret/more@127.0.0.1:1/none",
        "postgresql://clerk:1/secret@127.0.0.1:1/none",
        "postgresql://clerk:sec:ret@x@127.0.0.1:1/none",
        "postgresql://clerk:secret%zz@127.0.0.1:1/none",
        "postgres//clerk:secret@127.0.0.1/none",
        "host=127.0.0.1 password=a secret",
        "host=127.0.0.1 passwort=secret",
    ],
)
def test_a_malformed_database_url_is_named_without_its_password(empty_billing: Billing, url: str):
    for command in ("customers", "init"):
        ended = empty_billing(command, BILLING_DATABASE_URL=url, BILLING_DEBUG="1")

        assert ended.code == 3
        assert "BILLING_DATABASE_URL does not name a database" in ended.complaint
        assert not any(part in ended.errors + ended.output for part in ("secret", "sec@ret", "sec:ret", "ret@"))


@pytest.mark.parametrize(("moved", "said"), [("+ '1 hour'", "behind the last event"), ("- '40 days'", "31 days ahead")])
def test_a_clock_that_contradicts_the_log_is_refused_unless_it_is_confirmed(opened: Billing, moved: str, said: str):
    opened.execute(f"UPDATE billing.events SET recorded_at = recorded_at {moved}::interval")
    for command in (["run", "--until", "2026-04-01"], ["worker", "--once"], ["do", "change-customer", "number=1",
                    "name=Ona", "kind=person"]):  # fmt: skip
        with opened.nothing_written():
            ended = opened(*command)
        assert ended.code == 1
        assert said in ended.complaint and "--clock-is-right" in ended.complaint
    assert opened("customers").code == 0

    assert opened("--clock-is-right", "run", "--until", "2026-04-01").code == 0
    assert opened("run", "--until", "2026-04-01").code == 0


def test_a_data_folder_that_cannot_be_used_is_named(empty_billing: Billing):
    path = empty_billing.file("a-file", "")

    assert "a-file" in empty_billing("--data", path, "customers").complaint
    ended = empty_billing("--data", f"{path}/below", "customers")
    assert ended.code == 3
    assert f"{path}/below" in ended.complaint and "A part of this path is a file" in ended.errors


def test_a_database_that_was_never_set_up_says_what_to_do(empty_billing: Billing):
    ended = empty_billing("customers")

    assert ended.code == 3
    assert "run `billing init`" in ended.complaint


def test_a_database_newer_than_the_program_is_left_alone(opened: Billing):
    opened.execute("INSERT INTO billing.schema_migrations (number, name, checksum) VALUES (9999, '9999_later.sql', '')")
    for command in (["init"], ["customers"], ["run", "--until", "2026-04-01"], ["check"], ["rebuild"]):
        with opened.nothing_written():
            ended = opened(*command)

        assert ended.code == 3
        assert "newer than this program" in ended.complaint and "9999_later.sql" in ended.complaint


def test_a_read_model_of_another_version_says_what_to_do_and_rebuild_does_it(billed: Billing):
    billed.execute("UPDATE billing.checkpoints SET version = 0 WHERE projection = 'invoices'")

    ended = billed("invoices")
    assert ended.code == 3
    assert "'invoices'" in ended.complaint and "billing rebuild" in ended.complaint

    assert billed("rebuild", "invoices").code == 0
    assert len(billed("invoices", "--json").json["documents"]) == 8


def test_a_fault_of_the_program_is_one_line_to_report_and_a_traceback_only_on_demand(opened: Billing):
    opened.execute("ALTER TABLE live.customers DROP COLUMN state CASCADE")

    ended = opened("customers")
    assert ended.code == 70
    assert "report this line" in ended.complaint and "state" in ended.complaint

    assert "Traceback" in opened("customers", BILLING_DEBUG="1").errors


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_command_that_is_stopped_unwinds_and_says_so(opened: Billing, number: signal.Signals, code: int):
    with another_run_under_way(opened):
        waiting = opened.start("run", "--until", "2026-04-01")
        wait_until_it_waits(opened)
        waiting.send_signal(number)
        output, errors = waiting.communicate(timeout=30)

    assert waiting.returncode == code
    assert "Traceback" not in errors and output == ""
    assert ("interrupted" in errors) == (number == signal.SIGINT)
    assert opened("invoices", "--json").json["documents"] == []


def test_a_question_that_is_left_without_an_answer_is_no_fault_and_changes_nothing(opened: Billing):
    opened("do", "register-operator", "operator=eva", "name=Eva", "roles=clerk")

    ended = opened("staff", "password", "eva", given="")

    assert ended.code == 130
    assert "Error: no answer was typed; nothing was changed" in ended.errors


@contextmanager
def another_run_under_way(billing: Billing) -> Iterator[None]:
    with psycopg.connect(billing.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('billing billing run', 0))")
        yield


def wait_until_it_waits(billing: Billing) -> None:
    waiting = (
        "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database "
        "WHERE NOT granted AND datname = current_database()"
    )
    eventually(lambda: billing.select(waiting))


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_goes_away_ends_the_command_quietly(billed: Billing, options: list[str]):
    process = billed.start("invoices", *options)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.wait(timeout=30)
    process.stderr.close()

    assert process.returncode == 141
    assert errors == ""
