"""Who did what: the ways into the log, by author, kind, source, operation and time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adapters.views.audit as view
from adapters.views.audit import Change, ListChanges
from adapters.views.query import Reading, queries
from commands.billing.account import BillAccount
from projections import audit
from tests.operators import Operator

ANSWER = queries()[ListChanges]
TODAY = date(2026, 3, 1)


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "STRETCH_POSITIONS", 3)
    monkeypatch.setattr(view, "STRETCHES_AT_ONCE", 2)
    monkeypatch.setattr(view, "MOST_STRETCHES", 4)


@pytest.fixture
def busy(short_stretches: None, operator: Operator) -> Operator:
    """A month of two people and a run."""
    operator.subscribers(4)
    operator.bill(date(2026, 2, 2))
    operator.tell(BillAccount(account="A0001", on=date(2026, 3, 1)), today=date(2026, 3, 1), actor="anna")
    operator.tell(BillAccount(account="A0003", on=date(2026, 3, 1)), today=date(2026, 3, 1), actor="ben")
    operator.application.runner.catch_up()
    return operator


def pages(operator: Operator, query: ListChanges) -> Iterator[list[Change]]:
    app = operator.application
    page = ANSWER(query, Reading(app, app.queries, TODAY))
    yield page.items
    while page.next is not None:
        again = {name: getattr(query, name) for name in query.__struct_fields__} | {"before": int(page.next)}
        page = ANSWER(ListChanges(**again), Reading(app, app.queries, TODAY))
        yield page.items


def positions(operator: Operator, **wanted: Any) -> list[int]:
    return [change.position for page in pages(operator, ListChanges(**wanted)) for change in page]


def as_read_through(operator: Operator, **wanted: Any) -> list[int]:
    """As reading through the whole log tells, newest first."""
    found = []
    for entry in operator.application.log.newest(1_000):
        change = view.change_of(entry)
        fits = all(str(getattr(change, WAYS[name])) == str(value) for name, value in wanted.items() if name in WAYS)
        since, until = wanted.get("since"), wanted.get("until")
        fits = fits and (since is None or change.recorded_at >= since) and (until is None or change.recorded_at < until)
        if fits:
            found.append(change.position)
    return found


WAYS = {"actor": "actor", "event": "event", "source": "source", "correlation": "correlation_id", "stream": "stream"}


def test_every_page_of_any_question_is_what_reading_through_the_log_tells(busy: Operator):
    log = [view.change_of(entry) for entry in busy.application.log.newest(1_000)]
    times = sorted({change.recorded_at for change in log})

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "actor": st.sampled_from(sorted({change.actor for change in log} | {"nobody"})),
                "event": st.sampled_from(sorted({change.event for change in log} | {"nothing"})),
                "stream": st.sampled_from(sorted({change.stream for change in log})),
                "since": st.sampled_from(times),
                "until": st.sampled_from(times),
                "limit": st.integers(1, 7),
            },
        )
    )
    def compare(wanted: dict[str, Any]) -> None:
        assert positions(busy, **wanted) == as_read_through(busy, **wanted)

    compare()


def test_an_operation_is_found_by_its_correlation_id(busy: Operator):
    by_correlation: dict[str, list[int]] = {}
    for entry in busy.application.log.newest(1_000):
        by_correlation.setdefault(entry.origin.correlation, []).append(entry.position)

    for correlation, expected in by_correlation.items():
        assert positions(busy, correlation=correlation, limit=2) == expected
    assert positions(busy, correlation=uuid4()) == []
    assert busy.findings() == []


def test_a_time_before_the_first_event_has_none(busy: Operator):
    long_ago = datetime.now(UTC) - timedelta(days=1)

    assert positions(busy, until=long_ago) == []
    assert positions(busy, since=long_ago) == as_read_through(busy)
