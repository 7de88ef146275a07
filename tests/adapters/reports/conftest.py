"""Books on which reports are compared with the journal of events."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from adapters.demo.year import DemoYear
from tests.adapters.reports.recounting import Books
from tests.journal_of_earnings import EarningsJournal
from tests.operators import Operator, fresh_database, open_application, operator_on, silent
from tests.random_year import RandomYear


@pytest.fixture(scope="session")
def random_books(server_url: str, opened_business: str) -> Iterator[Books]:
    """Another year each time; the same one if CI is set, or if BILLING_TEST_SEED names it."""
    given = os.environ.get("BILLING_TEST_SEED") or ("19" if "CI" in os.environ else "")
    seed = int(given) if given else random.randrange(10_000)
    with operator_on(server_url, opened_business) as operator:
        RandomYear(operator, seed).live()
        yield Books(operator, EarningsJournal(operator.application), f"BILLING_TEST_SEED={seed}")


@pytest.fixture(scope="session")
def demo_books(server_url: str) -> Iterator[Books]:
    """The demo's year with few subscribers."""
    with fresh_database(server_url) as url, open_application(url) as application:
        year = DemoYear(application, 20)
        year.bring_in(silent)
        for until in year.month_ends():
            year.live_through(until, silent)
        application.runner.catch_up()
        yield Books(Operator(application, url), EarningsJournal(application), "the demo's year")


@pytest.fixture(scope="session")
def rich_books(server_url: str, kept_books: str) -> Iterator[Books]:
    """Books in which everything happened at least once."""
    with operator_on(server_url, kept_books) as operator:
        yield Books(operator, EarningsJournal(operator.application), "the books")


@pytest.fixture(params=["random_books", "demo_books", "rich_books"])
def each_books(request: pytest.FixtureRequest) -> Books:
    """Each of the books."""
    found: Books = request.getfixturevalue(request.param)
    return found
