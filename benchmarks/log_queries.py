"""The LOG of a million events: milliseconds until a page of 50 changes is there, by each way in which it is asked.

The log is that of the demo's year, as if its commands had been given by forty operators from a hundred addresses. What
is asked for is drawn at random of the log itself: the customer, object, kind, author, address, minute and operation of
some event, all together and a later page, and what never occurs together.
`python -m benchmarks.log_queries 100000` makes a smaller log.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg

from adapters.bootstrap.application import Application
from adapters.postgres.server import running_server
from adapters.views.audit import ListChanges, list_changes
from adapters.views.query import Reading
from benchmarks.books import books, settle
from benchmarks.measurement import note, report
from benchmarks.pace import percentiles
from billing_core.kernel.events import topic_of
from projections.platform.projection import LoggedEvent

EVENTS, DRAWN, TURNS = 1_000_000, 60, 200
MOST_MILLISECONDS = 50.0
TODAY = date(2027, 1, 1)


# Each command gets one of forty operators and one of a hundred addresses by its id.
SPREAD = """
    UPDATE billing.events SET metadata = (metadata::jsonb || jsonb_build_object(
        'actor', 'clerk-' || abs(hashtext(metadata::jsonb ->> 'correlation')) % 40,
        'source', '10.0.0.' || abs(hashtext(metadata::jsonb ->> 'correlation')) / 40 % 100))::text
"""
MINUTE = timedelta(minutes=1)

Question = Callable[[LoggedEvent], ListChanges]
QUESTIONS: dict[str, Question] = {
    "nothing": lambda drawn: ListChanges(),
    "later_page": lambda drawn: ListChanges(before=drawn.position),
    "object": lambda drawn: ListChanges(stream=drawn.stream),
    "kind": lambda drawn: ListChanges(event=_kind(drawn)),
    "author": lambda drawn: ListChanges(actor=drawn.origin.actor),
    "address": lambda drawn: ListChanges(source=drawn.origin.source),
    "operation": lambda drawn: ListChanges(correlation=UUID(drawn.origin.correlation)),
    "minute": lambda drawn: ListChanges(since=drawn.recorded_at - MINUTE, until=drawn.recorded_at),
    "author_and_kind": lambda drawn: ListChanges(actor=drawn.origin.actor, event=_kind(drawn)),
    "author_and_address": lambda drawn: ListChanges(actor=drawn.origin.actor, source=drawn.origin.source),
    "what_never_met": lambda drawn: ListChanges(actor=drawn.origin.actor, event="seller-registered"),
}


def main(url: str) -> None:
    """The p99 of each way, the slowest last, and that of all of them together."""
    _spread(url)
    application = Application(url)
    reading = Reading(application, application.queries, TODAY)
    drawn, chosen = _drawn(application), random.Random(1)
    every, p99 = list[float](), dict[str, float]()
    for name, question in QUESTIONS.items():
        took = [_milliseconds(question(chosen.choice(drawn)), reading) for _ in range(TURNS)]
        every += took
        waits = percentiles(took)
        p99[name] = waits.p99
        note(f"LOG by {name}: {waits}")
    for name, value in sorted(p99.items(), key=lambda each: each[1]):
        report(f"log_query_by_{name}_p99", value, "ms", MOST_MILLISECONDS)
    report("log_query_p99", percentiles(every).p99, "ms", MOST_MILLISECONDS)
    application.close()


def _spread(url: str) -> None:
    """Other authors and addresses, and the ways into the log built anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SPREAD)
        connection.execute("VACUUM ANALYZE billing.events")
    application = Application(url)
    application.rebuild([each for each in application.projections if each.name == "audit"])
    application.close()
    settle(url)


def _drawn(application: Application) -> list[LoggedEvent]:
    newest, chosen = application.log.newest_position(), random.Random(2)
    positions = (chosen.randrange(newest) for _ in range(DRAWN))
    return [entry for position in positions for entry in application.log.newest(1, position + 1)]


def _kind(drawn: LoggedEvent) -> str:
    return topic_of(type(drawn.event)).partition("/")[0]


def _milliseconds(question: ListChanges, reading: Reading) -> float:
    started = time.perf_counter()
    list_changes(question, reading)
    return 1_000 * (time.perf_counter() - started)


if __name__ == "__main__":
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with (
        TemporaryDirectory(prefix="billing-bench-") as folder,
        running_server(Path(folder)) as server_url,
        books(server_url, events) as url_of_books,
    ):
        main(url_of_books)
