"""The generator of a month of calls: the same for a seed, read by the profile it is written for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from adapters.demo.calls import MonthOfCalls, files_of_calls
from tests.adapters.files.usage_reading import take

OCTOBER = MonthOfCalls(date(2026, 10, 1), ["420601111111", "420601111112"], calls=10_000)


def test_a_seed_gives_the_same_files_and_another_one_others():
    first = list(files_of_calls(OCTOBER))

    assert list(files_of_calls(OCTOBER)) == first
    assert list(files_of_calls(OCTOBER._replace(seed=2))) != first
    assert [file.name for file in first] == [f"calls-202610{day:02}.csv" for day in range(1, 32)]


def test_one_call_in_a_hundred_is_late_one_comes_twice_and_one_in_a_thousand_is_broken(tmp_path: Path):
    files = list(files_of_calls(OCTOBER))
    lines = [line for file in files for line in file.lines]
    counts = Counter(lines)
    late = sum(f"2026-10-{day:02}" not in line for day, file in enumerate(files, 1) for line in file.lines)
    taken = take(tmp_path / "month.csv", "".join(lines), "asterisk-uniqueid")

    assert len(counts) == 10_000
    assert 70 < sum(count - 1 for count in counts.values()) < 130
    assert 130 < late < 230  # Those that come twice come on another day, too.
    assert 2 < len(taken.refused) < 25
    assert {row.field for row in taken.refused} <= {"row", "key", "started_at", "seconds"}
    assert 0.85 < len(taken.rows) / 10_000 < 0.95
    assert {row["subscriber"] for row in taken.rows} == {"420601111111", "420601111112"}
