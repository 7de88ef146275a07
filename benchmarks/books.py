"""The log that the figures are taken on: the made-up operator of the demo and its year.

Customers, accounts and subscriptions are brought in, a year (and what lies before it) is charged and invoiced month by
month, and payments are booked and allocated as their payers' habits have it: about 65 events for each subscriber.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.demo.year import DemoYear
from adapters.postgres.server import create_database
from benchmarks.measurement import drop, note

EVENTS_PER_SUBSCRIBER = 65


@contextmanager
def books(server_url: str, events: int) -> Iterator[str]:
    """The URL of a database with about so many events and all read models; it is dropped afterwards."""
    name = f"bench_books_{events}"
    url = create_database(server_url, name)
    keep_books(url, events)
    yield url
    drop(server_url, name)


def keep_books(url: str, events: int) -> None:
    """Live through the year."""
    initialise(url)
    application = Application(url)
    try:
        year = DemoYear(application, max(20, events // EVENTS_PER_SUBSCRIBER))
        year.bring_in(lambda done: None)
        for until in year.month_ends():
            note(f"books of about {events:,} events: the month up to {until}")
            year.live_through(until, lambda done: None)
        application.runner.catch_up()
    finally:
        application.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    settle(url)


def settle(url: str) -> None:
    """Leave the server nothing of what was before to write while something is measured."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
