"""Reading of usage: a month of calls of Asterisk in files, one in a thousand broken, as rows ready for mediation.

python -m benchmarks.usage_reading 100000     # for fewer calls
"""

from __future__ import annotations

import resource
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import pyarrow.csv as arrow_csv

from adapters.demo.calls import MonthOfCalls, files_of_calls
from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_sources.reading import read_usage
from adapters.files.usage_sources.rows import Reading
from benchmarks.measurement import note, report

CALLS, ROUNDS, CELLS = 1_000_000, 5, 18
NOW = datetime(2026, 11, 20, tzinfo=UTC)
MOST_GROWTH_MB = 300


def main(calls: int = CALLS) -> None:
    """Measure rows a second of processor time, and how much memory reading takes."""
    subscribers = [f"00420601{number:06}" for number in range(10_000)]
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        path, whole = Path(folder, "calls.csv"), Path(folder, "whole.csv")
        with path.open("w") as file, whole.open("w") as whole_file:
            for each in files_of_calls(MonthOfCalls(date(2026, 10, 1), subscribers, calls)):
                file.writelines(each.lines)
                # Half a line ends pyarrow's reading of a file.
                whole_file.writelines(line for line in each.lines if line.count(",") >= CELLS - 1)
        note(f"{calls:,} calls, {path.stat().st_size:,} bytes")
        _read(path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rounds = [(_read(path), _cut(whole)) for _ in range(ROUNDS)]
        rows, cut = (calls / median(times) for times in zip(*rounds, strict=True))
        report("usage_reading_rows", rows, "rows/s of processor time", cut)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_000
        report("usage_reading_memory_after_first_read", grown, "MB", MOST_GROWTH_MB)


def _read(path: Path) -> float:
    """The seconds in which all of the file becomes rows and refusals."""
    began = process_time()
    for _ in read_usage(path, Reading(load_usage_profile("asterisk-uniqueid"), "calls", NOW)):
        pass
    return process_time() - began


def _cut(path: Path) -> float:
    """The seconds in which pyarrow cuts the same cells as texts, and makes nothing of them."""
    profile = load_usage_profile("asterisk-uniqueid")
    began = process_time()
    with arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(use_threads=False, column_names=profile.columns),
        arrow_csv.ParseOptions(invalid_row_handler=lambda _: "skip"),
        arrow_csv.ConvertOptions(check_utf8=False, column_types=dict.fromkeys(profile.columns, "string"),
                                 include_columns=list(profile.used_columns)),
    ) as reader:  # fmt: skip
        for _ in reader:
            pass
    return process_time() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
