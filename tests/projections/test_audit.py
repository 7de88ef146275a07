"""Who did what: the ways into the log, by author and by the larger whole that something belongs to."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID, uuid4

import pytest

from commands.billing.account import BillAccount
from projections import audit
from projections.audit import stretches_of_correlation
from tests.operators import Operator


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "STRETCH_POSITIONS", 3)


def positions_by_correlation(operator: Operator) -> dict[UUID, list[int]]:
    """As reading through the whole log tells, newest first."""
    found: dict[UUID, list[int]] = defaultdict(list)
    for entry in operator.application.log.newest(1_000):
        found[UUID(entry.origin.correlation)].append(entry.position)
    return found


def test_what_belongs_to_one_larger_whole_is_found_without_reading_the_whole_log(
    operator: Operator, short_stretches: None
):
    operator.subscribers(4)
    operator.bill(date(2026, 2, 2))
    operator.tell(BillAccount(account="A0001", on=date(2026, 3, 1)), today=date(2026, 3, 1))
    log = operator.application.log

    known = positions_by_correlation(operator)
    assert sorted(map(len, known.values()))[-3:] == [2, 9, 12]  # The bill, the run, and the subscribers.
    for correlation, positions in known.items():
        stretches = operator.ask(stretches_of_correlation, correlation)
        assert {stretch.start for stretch in stretches} == {position // 3 * 3 for position in positions}
        found, count = log.of_correlation(correlation, stretches)
        assert ([entry.position for entry in found], count) == (positions, len(positions))
        older, count = log.of_correlation(correlation, stretches, limit=2, before=positions[0])
        assert ([entry.position for entry in older], count) == (positions[1:3], len(positions) - 1)

    assert operator.ask(stretches_of_correlation, uuid4()) == []
    assert operator.findings() == []
