"""Ten times as much to read takes ten times as many steps, whatever there is so much of.

What the interpreter does within a line is timed by `python -m benchmarks.growth_of_files`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.commands.accounts import segment_on
from adapters.files.bank_csv import read_bank_rows
from adapters.files.catalogue import read_catalogue
from adapters.files.corrections import read_corrections
from adapters.files.price_changes import read_price_changes
from adapters.files.profile_files import load_profile
from adapters.files.scenario import read_scenario
from benchmarks import large_files
from benchmarks.large_files import CATALOGUES
from benchmarks.large_statements import STATEMENTS
from billing_core.kernel.errors import InvalidValue
from commands.platform.batch import BatchReport
from projections.statements import statement_of
from tests.lines_run import MOST_TIMES, times_as_many

READERS: dict[str, tuple[Callable[[Path], Any], large_files.Maker]] = {
    **{f"catalogue: {name}": (read_catalogue, maker) for name, maker in CATALOGUES.items()},
    "price changes": (read_price_changes, large_files.price_changes),
    "changed prices": (read_price_changes, large_files.changed_prices),
    "corrections": (read_corrections, large_files.corrections),
    "scenario accounts": (read_scenario, large_files.scenario_accounts),
    "scenario subscriptions": (read_scenario, large_files.scenario_subscriptions),
    "profile": (lambda path: load_profile(str(path)), large_files.profile),
    "bank rows": (lambda path: list(read_bank_rows(path, BatchReport())), large_files.bank_rows),
    "rejected bank rows": (lambda path: list(read_bank_rows(path, BatchReport())), large_files.rejected_bank_rows),
}


@pytest.mark.parametrize("name", READERS)
def test_reading_a_file_takes_as_many_times_the_steps_as_there_is_more_to_read(tmp_path: Path, name: str):
    read, maker = READERS[name]

    def work_on(size: int) -> Callable[[], Any]:
        path = tmp_path / f"file-{size}.yaml"
        path.write_text(maker(size), encoding="utf-8")
        return lambda: _reading(read, path)

    assert times_as_many(work_on) < MOST_TIMES


def _reading(read: Callable[[Path], Any], path: Path) -> None:
    with suppress(InvalidValue):
        read(path)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_takes_as_many_times_the_steps_as_there_is_more_to_tell(name: str):
    def work_on(size: int) -> Callable[[], Any]:
        events = STATEMENTS[name](size)
        return lambda: _telling(events)

    assert times_as_many(work_on) < MOST_TIMES


def _telling(events: Any) -> None:
    statement = statement_of(events)
    assert statement is not None
    for subscription in statement.account.subscriptions.values():
        segment_on(subscription, subscription.activated_on)
