"""How the import of a catalogue grows with what stands in it, and how long a price file of 60,000 rows takes.

Each file is read, imported into an empty database and imported once more, which changes nothing. The exponent is the
slope of log seconds over log number, from the second size to the last.

    python -m benchmarks.catalogue_import 10 100 1000     # up to smaller files, without the price file
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.bootstrap.origins import origin_of_process
from adapters.files.catalogue import read_catalogue
from adapters.postgres.server import create_database, running_server
from benchmarks.large_files import Maker, components, products, revisions, tariffs
from benchmarks.measurement import drop, exponent, note, report
from benchmarks.runs import ACTIVATED_ON, found_seller

SIZES = (10, 100, 1_000, 10_000)
PRICE_FILE_ROWS = 60_000
LEAST_ROWS_PER_SECOND = 1_000
MOST_EXPONENT = 1.2
# A price list that changes a thousand times has changed every month for 83 years.
DIMENSIONS: Mapping[str, tuple[Maker, int]] = {
    "tariffs": (tariffs, 10_000), "products": (products, 10_000), "components": (components, 10_000),
    "revisions": (revisions, 1_000),
}  # fmt: skip


def main(server_url: str, sizes: Sequence[int] = SIZES) -> None:
    """A line for each thing of which a catalogue may have a lot, and one for a price file."""
    for name, (maker, most) in DIMENSIONS.items():
        measured = [size for size in sizes if size <= most]
        seconds = [_seconds(server_url, maker(size)) for size in measured]
        costs = (f"{size} {1e3 * taken:.0f} ms" for size, taken in zip(measured, seconds, strict=True))
        note(f"import of {name}: {', '.join(costs)}")
        report(f"growth_of_import_{name}", exponent(measured, seconds), "exponent", MOST_EXPONENT)
    if max(sizes) >= max(SIZES):
        speed = PRICE_FILE_ROWS / _seconds(server_url, components(PRICE_FILE_ROWS))
        report("price_file_rows", speed, "rows/s", LEAST_ROWS_PER_SECOND)


def _seconds(server_url: str, text: str) -> float:
    """From the file to its import, and to the second import that changes nothing."""
    application = found_seller(create_database(server_url, "bench_catalogue_import"))
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        path = Path(folder, "catalogue.yaml")
        path.write_text(text, encoding="utf-8")
        started = time.perf_counter()
        for _ in range(2):
            reports = application.catalogue_import().bring_in(
                read_catalogue(path), origin_of_process("benchmark", ACTIVATED_ON), lambda entries: None
            )
        seconds = time.perf_counter() - started
    assert {report.outcome for report in reports} == {"unchanged"}
    application.close()
    drop(server_url, "bench_catalogue_import")
    return seconds


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, tuple(map(int, sys.argv[1:])) or SIZES)
