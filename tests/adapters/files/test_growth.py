"""Ten times as much to read takes ten times as many steps, whatever there is so much of.

Counted are the lines of the program that are run, so that it is the same on every machine; what the interpreter does
within a line is timed by `python -m benchmarks.growth_of_files`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
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

FEW, MANY = 30, 300
MOST_TIMES = 11  # As many times as there is more of it, and something for what grows with the logarithm.


def lines_run(work: Callable[[], Any]) -> int:
    """How many lines of Python are run."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with suppress(InvalidValue):  # Some files are wrong throughout.
            work()
    finally:
        sys.settrace(before)
    return count


def times_as_many(work_on: Callable[[int], Callable[[], Any]]) -> float:
    """How many times as many lines are run for many as for few, apart from those that are run for any."""
    work_on(FEW)()  # What is made once for all is made.
    none, few, many = (lines_run(work_on(size)) for size in (1, FEW, MANY))
    return (many - none) / (few - none)


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
