"""What the tests of every floor share: how examples are tried, and a PostgreSQL server for those that ask for one.

Each test process has its own server, for a transaction that one test keeps open holds back the read models of every
database of its server. It is started here, unless BILLING_TEST_DATABASE_URL names another one: for trying the program
on other versions. Only tests that kill or restart a server then still start one of their own.

The tests of the rules run without the libraries of a database, so nothing of them is imported at the top.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.counterparts.kafka import Broker

SERVER_FOLDER = "BILLING_TEST_SERVER_FOLDER"
OTHER_SERVER = "BILLING_TEST_DATABASE_URL"
MEMORY, MEMORY_INFO, ROOM_BYTES = Path("/dev/shm"), Path("/proc/meminfo"), 8 << 30
# Modules with a test of more than half a minute, which nobody should begin when the others come to their end.
LONGEST = ("test_real_input.py", "test_any_request.py", "test_demo.py", "test_any_timeline.py")
# No test cuts the power, and no database outlives the tests.
SETTINGS_OF_TESTS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "512MB"}

# Several test processes share the cores, so one slow example says nothing about the code.
hypothesis.settings.register_profile("billing", deadline=None)
hypothesis.settings.load_profile("billing")


def pytest_configure(config: pytest.Config) -> None:
    """The first process chooses the folder; the processes it starts inherit it and keep their servers in it."""
    if not hasattr(config, "workerinput"):
        os.environ[SERVER_FOLDER] = tempfile.mkdtemp(prefix="billing-tests-", dir=_in_memory())


def _in_memory() -> Path | None:
    """A folder that is kept in memory, if there is room: a database is made there in a tenth of the time."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return None
    room = min(shutil.disk_usage(MEMORY).free, _available_bytes())
    return MEMORY if room >= ROOM_BYTES else None


def _available_bytes() -> int:
    """The memory that is free or can be freed, as Linux says it; none elsewhere. Tests of the rules have no psutil."""
    said = MEMORY_INFO.read_text(encoding="ascii") if MEMORY_INFO.exists() else ""
    lines = (line.split() for line in said.splitlines())
    return next((int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:"), 0)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SERVER_FOLDER), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest ways go first: one process is given each whole, the others take the rest meanwhile."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """What was collected stays until the end: it is not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A running server, started by the first test of the process that needs it and stopped after its last one."""
    from adapters.postgres.server import running_server
    from adapters.postgres.server_settings import SETTINGS

    if other := os.environ.get(OTHER_SERVER):
        yield other
        return
    folder = Path(os.environ[SERVER_FOLDER], os.environ.get("PYTEST_XDIST_WORKER", "only"))
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patched:  # Servers that tests start themselves are as the program's.
            for name, value in SETTINGS_OF_TESTS.items():
                patched.setitem(SETTINGS, name, value)
            url = stack.enter_context(running_server(folder))
        yield url


@pytest.fixture(scope="session")
def initialised(server_url: str) -> Iterator[str]:
    """The name of a database that is set up, made by the first test of the process that needs a copy of it."""
    from tests.operators import template_database

    with template_database(server_url, with_business=False) as name:
        yield name


@pytest.fixture(scope="session")
def opened_business(server_url: str) -> Iterator[str]:
    """The name of a database of a small operator, in the same way."""
    from tests.operators import template_database

    with template_database(server_url, with_business=True) as name:
        yield name


@pytest.fixture(scope="session")
def kept_books(server_url: str, opened_business: str) -> Iterator[str]:
    """The name of a database of an operator with a little of everything in its books, in the same way."""
    from tests.operators import Operator, application_on, fresh_database, name_of
    from tests.projections.conftest import keep_books

    with fresh_database(server_url, opened_business) as url:
        with application_on(url) as application:
            keep_books(Operator(application, url))
            application.runner.catch_up()
        yield name_of(url)


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A running broker of Kafka, in the same way; each test has topics of its own."""
    from tests.counterparts.kafka import kafka

    with kafka() as broker, broker.running():
        yield broker
