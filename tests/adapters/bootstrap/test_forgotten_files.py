"""A forgotten customer is gone from every file of the data folder and from every view of the database's catalogue."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import running_server
from billing_core.custom_fields import FieldDefinition
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from commands.custom_fields import PublishCustomFields
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterCustomer
from tests.operators import Operator, fresh_database, open_application

ANNA = Customer(
    number="A0001",
    kind="person",
    name="Anna Kalniņa",
    email="anna@x.example",
    phone="+371 20000001",
    address=Address(street="Jūras iela 1", city="Rīga"),
    custom_fields={"friend": "Juris Bērziņš"},
)
NAMES = tuple(name.encode() for name in ("Kalniņa", "anna@x.example", "20000001", "Jūras", "Juris Bērziņš"))


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="billing-forgotten-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def an_operator(data_folder: Path) -> Iterator[Operator]:
    """An operator on a server of its own, with other customers."""
    with (
        running_server(data_folder) as server_url,
        fresh_database(server_url) as url,
        open_application(url) as application,
    ):
        operator = Operator(application, url).open_business()
        friend = FieldDefinition(code="friend", labels={"en": "Friend"}, is_searchable=True)
        operator.tell(PublishCustomFields(subject="customer", fields=(friend,)))
        operator.subscribers(30, first=100)
        yield operator


def files_with(data_folder: Path, *texts: bytes) -> set[tuple[str, bytes]]:
    """Every file of the folder that holds one of these texts."""
    found = set()
    for path in data_folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found |= {(str(path.relative_to(data_folder)), text) for text in texts if text in content}
    return found


def catalogue_with(operator: Operator, *texts: bytes) -> set[tuple[str, bytes]]:
    """Every table and view of the catalogue that tells one of these texts."""
    found = set()
    with psycopg.connect(operator.database_url, autocommit=True) as connection:
        views = connection.execute(
            "SELECT schemaname, viewname FROM pg_views WHERE schemaname IN ('pg_catalog', 'information_schema') "
            "AND viewname NOT LIKE '%numa%' "  # They fail on a machine without several memory nodes.
            "UNION ALL SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'pg_catalog'"
        ).fetchall()
        assert len(views) > 150
        for view in views:
            statement = sql.SQL("COPY (SELECT t::text FROM {} AS t) TO STDOUT").format(sql.Identifier(*view))
            with connection.cursor().copy(statement) as copy:
                content = b"".join(bytes(block) for block in copy)
            found |= {(".".join(view), text) for text in texts if text in content}
    return found


def test_nothing_of_the_person_is_left_in_a_file_or_in_the_catalogue(data_folder: Path):
    with an_operator(data_folder) as operator:
        registered, changed = origin_of_process("clerk"), origin_of_process("clerk")
        bus, application = operator.application.bus, operator.application
        bus.execute(RegisterCustomer(customer=ANNA), registered)
        application.runner.catch_up()
        application.build_as_of("then", application.log.newest_position())
        operator.execute("ANALYZE")
        keys = operator.select("SELECT personal_key, document_key FROM billing.person_keys WHERE customer = 'A0001'")[0]
        told = (*NAMES, *keys)
        assert {text for _, text in files_with(data_folder, *told)} == set(told)
        assert ("pg_catalog.pg_stats", NAMES[0]) in catalogue_with(operator, *NAMES)

        order = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it")
        application.forgetting.forget(order, changed)

        assert files_with(data_folder, *told) == set()
        assert catalogue_with(operator, *NAMES) == set()
