"""One real PostgreSQL for a whole test run, and a fresh empty database for each test that asks for one."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql

from adapters.postgres.server import create_database, running_server

SERVER_FOLDER = "BILLING_TEST_SERVER_FOLDER"

# Two test processes share two cores, so one slow example says nothing about the code.
hypothesis.settings.register_profile("billing", deadline=None)
hypothesis.settings.load_profile("billing")


def pytest_configure(config: pytest.Config) -> None:
    """The first process chooses the folder; the processes it starts inherit it and share the server."""
    if not hasattr(config, "workerinput"):
        os.environ[SERVER_FOLDER] = tempfile.mkdtemp(prefix="billing-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SERVER_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A running server, started by whichever test process needs it first and stopped by the last one."""
    with running_server(Path(os.environ[SERVER_FOLDER])) as url:
        yield url


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """A fresh empty database, dropped after the test even where the test left connections open."""
    name = f"test_{uuid.uuid4().hex}"
    yield create_database(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
