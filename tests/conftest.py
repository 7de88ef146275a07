"""What the tests of every floor share: how examples are tried, and a PostgreSQL server for those that ask for one.

Each test process has its own server, for a transaction that one test keeps open holds back the read models of every
database of its server. It is started here, unless BILLING_TEST_DATABASE_URL names another one: for trying the program
on other versions. Only tests that kill or restart a server then still start one of their own.

The tests of the rules run without the libraries of a database, so nothing of them is imported at the top.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.counterparts.kafka import Broker

SERVER_FOLDER = "BILLING_TEST_SERVER_FOLDER"
OTHER_SERVER = "BILLING_TEST_DATABASE_URL"

# Two test processes share two cores, so one slow example says nothing about the code.
hypothesis.settings.register_profile("billing", deadline=None)
hypothesis.settings.load_profile("billing")


def pytest_configure(config: pytest.Config) -> None:
    """The first process chooses the folder; the processes it starts inherit it and keep their servers in it."""
    if not hasattr(config, "workerinput"):
        os.environ[SERVER_FOLDER] = tempfile.mkdtemp(prefix="billing-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SERVER_FOLDER), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest way goes first: one of two processes is given it whole, the other takes the rest meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_real_input.py")


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A running server, started by the first test of the process that needs it and stopped after its last one."""
    from adapters.postgres.server import running_server

    if other := os.environ.get(OTHER_SERVER):
        yield other
        return
    with running_server(Path(os.environ[SERVER_FOLDER], os.environ.get("PYTEST_XDIST_WORKER", "only"))) as url:
        yield url


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A running broker of Kafka, in the same way; each test has topics of its own."""
    from tests.counterparts.kafka import kafka

    with kafka() as broker, broker.running():
        yield broker
