"""The dashboards at 100,000 customers with two years: when nobody has looked yet, and when somebody has.

`python -m benchmarks.dashboards 20000` for a smaller base.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from adapters.bootstrap.application import Application
from adapters.postgres.server import running_server
from adapters.reports.ready import ready_dashboards
from adapters.views.query import Reading, queries
from adapters.views.reports.dashboards import ShowDashboard, figures_shown
from benchmarks.catch_up import timed
from benchmarks.many_books import many_books
from benchmarks.measurement import note, report
from projections.reports.dashboards import Figure, asked_together

CUSTOMERS = 100_000
TODAY = date(2025, 12, 31)  # The demo's year ends.
TURNS = 9
MOST_MILLISECONDS = 300
MOST_MILLISECONDS_COUNTED = 2_000


def main(server_url: str, customers: int = CUSTOMERS) -> None:
    """On a base of its own."""
    with many_books(server_url, "bench_dashboards", customers) as url:
        application = Application(url)
        measure(application, TODAY)
        application.close()


def measure(application: Application, today: date) -> None:
    """The figures of the owner, those of a report together, then each dashboard."""
    reading = Reading(application, application.queries, today, actor="anna")
    for figures in asked_together(ready_dashboards()["owner"].figures):
        names = ", ".join(figure.name for figure in figures)
        note(f"{names} of {figures[0].report}: {1e3 * _seconds_of(figures, reading):.0f} ms")
    for name in ready_dashboards():
        report(f"dashboard_{name}_counted", 1e3 * _seconds_until_shown(name, reading), "ms", MOST_MILLISECONDS_COUNTED)
        kept = median(_seconds_until_shown(name, reading) for _ in range(TURNS))
        report(f"dashboard_{name}_kept", 1e3 * kept, "ms", MOST_MILLISECONDS)


def _seconds_of(figures: Sequence[Figure], reading: Reading) -> float:
    with reading.source.cursor() as cursor:
        return timed(lambda: figures_shown(cursor, figures, reading))


def _seconds_until_shown(name: str, reading: Reading) -> float:
    return timed(lambda: queries()[ShowDashboard](ShowDashboard(dashboard=name), reading))


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
