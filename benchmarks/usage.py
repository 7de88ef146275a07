"""Mediation, end to end: files of call records read, checked, given to their owners, and kept with the event of each.

Calls come nearly in the order of their start, from any of the subscribers; 1 % were sent before, 0.1 % are broken.

    python -m benchmarks.usage 2 2000     # for two files, and fewer subscribers
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from itertools import repeat
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.files.usage_rows import USAGE_ROWS, UsageChunk
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from benchmarks.runs import account_number, found_base, tidy
from commands.usage.mediation import IncomingBatch

RECORDS = 100_000
STARTED_AT = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 25, tzinfo=UTC)
COLUMNS = """
    line, started_at, used_on, seconds, quantity, bytes_in, bytes_out, source, batch, key, kind, subscriber, account,
    subscription, component, number, network, session, direction
"""


def main(server_url: str, files: int = 10, subscribers: int = 20_000) -> None:
    """Files of one source one after the other, then those of two sources at once in two processes."""
    url = create_database(server_url, "bench_usage")
    found_base(url, subscribers, "19.90").close()
    tidy(url)
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        made = [file_of(Path(folder), turn, subscribers) for turn in range(files)]
        note(f"{files} files of {RECORDS} records, {made[0].stat().st_size / RECORDS:.0f} bytes each")
        (alone,) = _received(url, ["one"], made)
        raw, indexed = (_copied(url, "one", like) for like in ("", "INCLUDING INDEXES"))
        seconds, processor = alone
        each = 1e6 / files / RECORDS
        note(f"a record takes {seconds * each:.2f} us, of its program {processor * each:.2f} us of processor time")
        report("usage_records", files * RECORDS / seconds, "records/s", 1 / raw, raw * files * RECORDS / seconds)
        report("usage_records_against_copy_with_indexes", files * RECORDS / seconds, "records/s", 1 / indexed)
        began = time.perf_counter()
        both = _received(url, ["two", "three"], made)
        slower = max(seconds for seconds, _ in both)
        note(f"two sources with their programs: {time.perf_counter() - began:.1f} s")
        report("usage_records_of_two_sources", 2 * files * RECORDS / slower, "records/s", 300_000)
    drop(server_url, "bench_usage")


def file_of(folder: Path, turn: int, subscribers: int) -> Path:
    """A file of calls."""
    chance = np.random.default_rng(turn)
    number = np.arange(RECORDS) + turn * RECORDS
    number[: RECORDS // 100] -= RECORDS if turn else 0
    called = number % 900_000_000 + 100_000_000
    owner = number * 7_919 % subscribers
    started_at = STARTED_AT.timestamp() * 1e6 + number * 400_000 + number * 104_729 % 60_000_000
    seconds = number * 31 % 900
    seconds[chance.integers(0, RECORDS, RECORDS // 1000)] = -1
    text = pa.array(number).cast(pa.string())
    accounts = pa.array([account_number(each) for each in range(subscribers)]).take(pa.array(owner))
    same = {"kind": "call", "component": "calls", "network": "trunk", "session": "", "direction": "out"}
    columns = {
        "line": pa.array(np.arange(RECORDS) + 2),
        "key": pc.binary_join_element_wise("call", pc.utf8_lpad(text, 10, "0"), "-"),
        "subscriber": pc.binary_join_element_wise(accounts, "S1", "/"),
        "started_at": pa.array(started_at.astype(np.int64)).cast(pa.timestamp("us", tz="UTC")),
        "seconds": pa.array(seconds),
        "number": pc.binary_join_element_wise("420", pa.array(called).cast(pa.string()), ""),
        **dict.fromkeys(("quantity", "bytes_in", "bytes_out"), pa.array(np.zeros(RECORDS, np.int64))),
        **{name: pa.array(list(repeat(value, RECORDS))) for name, value in same.items()},
    }
    path = folder / f"calls-{turn:04}.csv"
    pyarrow.csv.write_csv(pa.table({name: columns[name] for name in USAGE_ROWS.names}), path)
    return path


def _received(url: str, sources: list[str], files: list[Path]) -> list[tuple[float, float]]:
    """How long each source took, and how much processor time of its program."""
    with ProcessPoolExecutor(len(sources)) as pool:
        return list(pool.map(_receive, repeat(url), sources, repeat(files)))


def _receive(url: str, source: str, files: list[Path]) -> tuple[float, float]:
    application = Application(url)
    began, processor = time.perf_counter(), time.process_time()
    for file in files:
        received(application, source, file)
    ended = time.perf_counter() - began, time.process_time() - processor
    application.close()
    return ended


def received(application: Application, source: str, file: Path) -> None:
    """Read a file, and give it to mediation as a batch."""
    options = pyarrow.csv.ConvertOptions(
        column_types=USAGE_ROWS, strings_can_be_null=False, timestamp_parsers=[pyarrow.csv.ISO8601]
    )
    rows = pyarrow.csv.read_csv(file, convert_options=options)
    origin = origin_of_process("benchmark", NOW.date(), uuid4())._replace(recorded_at=NOW)
    mediation = application.usage_mediation()
    found = mediation.receive(IncomingBatch(source, file.name), [UsageChunk(rows, ())], origin)
    assert found.taken > RECORDS * 0.98, found


def _copied(url: str, source: str, like: str) -> float:
    """Seconds per row of a raw COPY of the rows of a source, ready bytes, into an empty table like that of a month.

    By default it has neither a key nor an index.
    """
    with psycopg.connect(url) as connection:
        cursor, content = connection.cursor(), BytesIO()
        select = f"COPY (SELECT {COLUMNS} FROM billing.usage_rows WHERE source = '{source}') TO STDOUT (FORMAT BINARY)"
        with cursor.copy(select.encode()) as copy:
            for part in copy:
                content.write(part)
        rows = cursor.rowcount
        taken = []
        for _ in range(3):
            cursor.execute(f"CREATE TABLE public.raw (LIKE billing.usage_rows_{STARTED_AT:%Y_%m} {like})".encode())
            connection.commit()
            began = time.perf_counter()
            with cursor.copy(f"COPY public.raw ({COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()) as copy:
                copy.write(content.getbuffer())
            connection.commit()
            taken.append((time.perf_counter() - began) / rows)
            cursor.execute("DROP TABLE public.raw")
        return median(taken)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *map(int, sys.argv[1:]))
