"""A new version of the program meets a database: what is missing is applied once, in order, or nothing is."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from adapters.postgres.migrations import (
    DatabaseNewer,
    DatabaseOutdated,
    MigrationChanged,
    MigrationFailed,
    MigrationsMalformed,
    migrate,
    migrations_in,
    packaged_migrations,
    require_current,
)

CUSTOMERS = "CREATE TABLE billing.customers (number text PRIMARY KEY);"
# Several statements, and a percent sign that must reach the database as it is.
PHONES = "ALTER TABLE billing.customers ADD phone text; COMMENT ON TABLE billing.customers IS '100 %s sure';"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_customers.sql").write_text(CUSTOMERS)
    (tmp_path / "0002_phones.sql").write_text(PHONES)
    return tmp_path


def recorded(connection: psycopg.Connection) -> list[tuple[int, str]]:
    with connection.transaction():
        return connection.execute("SELECT number, name FROM billing.schema_migrations ORDER BY number").fetchall()


def tables(connection: psycopg.Connection) -> set[str]:
    with connection.transaction():
        rows = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'billing'")
        return {name for (name,) in rows}


def test_what_the_program_brings_fits_an_empty_database(database_url: str):
    with psycopg.connect(database_url) as connection:
        applied = migrate(connection)

        require_current(connection)
        assert applied == [migration.name for migration in packaged_migrations()]
        assert migrate(connection) == []


@pytest.mark.parametrize("options", [{}, {"autocommit": True}, {"row_factory": dict_row}])
def test_missing_migrations_are_applied_in_order_and_recorded(database_url: str, folder: Path, options: dict):
    with psycopg.connect(database_url, **options) as connection:
        assert migrate(connection, migrations_in(folder)) == ["0001_customers.sql", "0002_phones.sql"]
        require_current(connection, migrations_in(folder))

    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT checksum, applied_at BETWEEN now() - interval '1 minute' AND now() FROM billing.schema_migrations"
            " WHERE number = 1"
        ).fetchone()
        connection.execute("INSERT INTO billing.customers (number, phone) VALUES ('7', '+374 10 000000')")
        assert row == (migrations_in(folder)[0].checksum, True)


def test_only_what_came_since_is_applied(database_url: str, folder: Path):
    with psycopg.connect(database_url) as connection:
        migrate(connection, migrations_in(folder)[:1])

        assert migrate(connection, migrations_in(folder)) == ["0002_phones.sql"]
        assert migrate(connection, migrations_in(folder)) == []
        assert recorded(connection) == [(1, "0001_customers.sql"), (2, "0002_phones.sql")]


def test_a_migration_that_fails_leaves_nothing_and_names_itself(database_url: str, folder: Path):
    (folder / "0003_broken.sql").write_text(
        "CREATE TABLE billing.half (n int); CREATE TABLE billing.customers (n int);"
    )

    with psycopg.connect(database_url) as connection:
        with pytest.raises(MigrationFailed, match=r"0003_broken\.sql.*already exists"):
            migrate(connection, migrations_in(folder))

        assert tables(connection) == {"customers", "schema_migrations"}
        assert recorded(connection) == [(1, "0001_customers.sql"), (2, "0002_phones.sql")]
        (folder / "0003_broken.sql").write_text("CREATE TABLE billing.whole (n int);")
        assert migrate(connection, migrations_in(folder)) == ["0003_broken.sql"]


def test_a_first_migration_that_fails_leaves_the_database_empty(database_url: str, tmp_path: Path):
    (tmp_path / "0001_broken.sql").write_text("CREATE TABEL billing.customers (number text)")

    with psycopg.connect(database_url) as connection:
        with pytest.raises(MigrationFailed, match="syntax error"):
            migrate(connection, migrations_in(tmp_path))

        assert tables(connection) == set()


def test_programs_that_migrate_at_once_do_no_harm(database_url: str, folder: Path):
    slow = "SELECT pg_sleep(0.2); CREATE TABLE billing.table_{0} (number int);"
    for number in range(3, 7):
        (folder / f"{number:04}_slow.sql").write_text(slow.format(number))
    script = """
        import sys
        from pathlib import Path
        import psycopg
        from adapters.postgres.migrations import migrate, migrations_in

        with psycopg.connect(sys.argv[1]) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # the caller's choice must not matter
            print("ready", flush=True)
            sys.stdin.readline()
            print(*migrate(connection, migrations_in(Path(sys.argv[2]))), sep="\\n")
    """
    command = [sys.executable, "-c", textwrap.dedent(script), database_url, str(folder)]
    programs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()

    outputs = [program.communicate(timeout=60) for program in programs]

    assert [program.returncode for program in programs] == [0, 0, 0], outputs
    applied = [name for output, _ in outputs for name in output.split()]
    assert sorted(applied) == [migration.name for migration in migrations_in(folder)]


def test_a_released_file_that_was_edited_is_refused(database_url: str, folder: Path):
    with psycopg.connect(database_url) as connection:
        migrate(connection, migrations_in(folder))
        (folder / "0001_customers.sql").write_text(CUSTOMERS.replace("text", "bigint"))
        (folder / "0003_more.sql").write_text("CREATE TABLE billing.more (number int);")

        with pytest.raises(MigrationChanged, match=r"0001_customers\.sql.*new migration"):
            migrate(connection, migrations_in(folder))
        with pytest.raises(MigrationChanged):
            require_current(connection, migrations_in(folder))

        assert "more" not in tables(connection)


def test_line_endings_change_nothing(database_url: str, folder: Path):
    text = "-- a comment\nSELECT 1;\n"
    (folder / "0003_comment.sql").write_bytes(text.encode())
    with psycopg.connect(database_url) as connection:
        migrate(connection, migrations_in(folder))
        (folder / "0003_comment.sql").write_bytes(text.replace("\n", "\r\n").encode())

        require_current(connection, migrations_in(folder))


def test_a_database_that_is_newer_than_the_program_is_refused(database_url: str, folder: Path):
    with psycopg.connect(database_url) as connection:
        migrate(connection, migrations_in(folder))
        older_program = migrations_in(folder)[:1]

        with pytest.raises(DatabaseNewer, match=r"newer than this program.*0002_phones\.sql.*upgrade the program"):
            require_current(connection, older_program)
        with pytest.raises(DatabaseNewer):
            migrate(connection, older_program)


def test_an_outdated_database_says_what_to_run(database_url: str, folder: Path):
    with psycopg.connect(database_url) as connection:
        with pytest.raises(DatabaseOutdated, match=r"0001_customers\.sql, 0002_phones\.sql.*billing init"):
            require_current(connection, migrations_in(folder))
        migrate(connection, migrations_in(folder)[:1])

        with pytest.raises(DatabaseOutdated, match=r"lacks 0002_phones\.sql: run `billing init`"):
            require_current(connection, migrations_in(folder))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("0004_gap.sql", "number 0003 is expected"),
        ("0002_twice.sql", "number 0003 is expected"),
        ("3_short.sql", "must be named like"),
        ("0003-dash.sql", "must be named like"),
    ],
)
def test_wrong_file_names_are_refused(folder: Path, name: str, complaint: str):
    (folder / name).touch()

    with pytest.raises(MigrationsMalformed, match=complaint) as error:
        migrations_in(folder)

    assert error.value.value == name


def test_a_connection_inside_a_transaction_is_refused(database_url: str, folder: Path):
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT 1")

        with pytest.raises(ValueError, match="outside a transaction"):
            migrate(connection, migrations_in(folder))
