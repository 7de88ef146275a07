"""A role for programs that read SQL: the views of reports, those made later too, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from adapters.reports.ready import ready_views
from billing_core.kernel.errors import InvalidValue, NotFound
from tests.operators import Operator

REFUSED = ("live.income", "live.customers", "billing.events", "billing.person_keys", "billing.commands")
PASSWORD = "only for this test"


@pytest.fixture
def analyst(operator: Operator) -> Iterator[str]:
    """A role that may log in; the roles of a server are those of all its databases, so it goes afterwards."""
    name = f"analyst_{uuid.uuid4().hex}"
    operator.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    yield name
    operator.execute(f"DROP OWNED BY {name}")
    operator.execute(f"DROP ROLE {name}")


def read_as(operator: Operator, role: str, table: str) -> list[tuple[object, ...]]:
    address = urlsplit(operator.database_url)
    url = address._replace(netloc=f"{role}:{PASSWORD}@{address.netloc.rpartition('@')[2]}").geturl()
    with psycopg.connect(url.replace(" ", "%20")) as connection:
        ((who,),) = connection.execute("SELECT current_user").fetchall()
        assert who == role
        return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()


def test_a_role_reads_every_view_after_a_rebuild_too_and_nothing_else(operator: Operator, analyst: str):
    operator.subscriber("A0001")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(operator, analyst, "report.income")

    operator.application.allow_reports(analyst)
    operator.application.rebuild([each for each in operator.application.projections if each.name == "income"])
    operator.application.make_views()

    for name in ready_views():
        read_as(operator, analyst, f"report.{name}")
    for table in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            read_as(operator, analyst, table)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(operator, analyst, "(SELECT pg_read_file('PG_VERSION')) AS file")


def test_the_right_is_taken_away_and_from_views_made_later(operator: Operator, analyst: str):
    operator.application.allow_reports(analyst)
    operator.application.refuse_reports(analyst)
    operator.application.make_views()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(operator, analyst, "report.income")
    operator.execute(f"GRANT USAGE ON SCHEMA report TO {analyst}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_as(operator, analyst, "report.income")


def test_a_role_that_is_missing_or_reads_everything_anyway_is_refused(operator: Operator, analyst: str):
    with pytest.raises(NotFound, match="the database has no such role"):
        operator.application.allow_reports('nobody"; DROP SCHEMA report; --')
    operator.execute(f"GRANT pg_read_all_data TO {analyst}")
    with pytest.raises(InvalidValue, match="reads everything anyway"):
        operator.application.allow_reports(analyst)
    ((owner,),) = operator.select("SELECT current_user")
    with pytest.raises(InvalidValue, match="reads everything anyway"):
        operator.application.allow_reports(owner)
