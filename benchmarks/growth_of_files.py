"""How reading a file, telling a statement and printing an invoice grow with what there is of each thing.

Time is that of the program's processor, the least of some turns. The exponent is the slope of log time over log number,
from the second size to the last: 1 is as much more as there is more to read.

    python -m benchmarks.growth_of_files 10 100 1000     # up to smaller files
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from adapters.documents.pdf import render_pdf
from adapters.files.bank_csv import read_bank_rows
from adapters.files.catalogue import read_catalogue, write_catalogue
from adapters.files.corrections import read_corrections
from adapters.files.price_changes import read_price_changes
from adapters.files.profile_files import load_profile
from adapters.files.scenario import read_scenario
from benchmarks import large_files
from benchmarks.large_files import CATALOGUES, Maker
from benchmarks.large_statements import STATEMENTS
from benchmarks.measurement import exponent, note, report
from benchmarks.printing import invoice
from billing_core.kernel.errors import InvalidValue
from commands.platform.batch import BatchReport
from projections.statements import statement_of

SIZES = (10, 100, 1_000, 10_000)
MOST_EXPONENT = 1.2
TURNS = 3

Work = Callable[[], Any]


def main(sizes: Sequence[int] = SIZES) -> None:
    """A line for each thing of which there may be a lot."""
    with TemporaryDirectory(prefix="billing-bench-") as folder:
        for name, made in _works(Path(folder)).items():
            seconds = [_least_seconds(made(size)) for size in sizes]
            costs = (f"{size} {1e3 * taken:.1f} ms" for size, taken in zip(sizes, seconds, strict=True))
            note(f"{name}: {', '.join(costs)}")
            report(f"growth_of_{name.replace(' ', '_')}", exponent(sizes, seconds), "exponent", MOST_EXPONENT)


def _works(folder: Path) -> Mapping[str, Callable[[int], Work]]:
    """What is measured, by name; each is prepared for a size."""

    def reading(read: Callable[[Path], Any], maker: Maker) -> Callable[[int], Work]:
        def prepared(size: int) -> Work:
            path = folder / f"{maker.__name__}-{size}.txt"
            path.write_text(maker(size), encoding="utf-8")
            return lambda: _read(read, path)

        return prepared

    return {
        **{f"catalogue {name}": reading(read_catalogue, maker) for name, maker in CATALOGUES.items()},
        "catalogue export": lambda size: _export(folder, size),
        "price changes": reading(read_price_changes, large_files.price_changes),
        "changed prices": reading(read_price_changes, large_files.changed_prices),
        "corrections": reading(read_corrections, large_files.corrections),
        "scenario accounts": reading(read_scenario, large_files.scenario_accounts),
        "scenario subscriptions": reading(read_scenario, large_files.scenario_subscriptions),
        "profile columns": reading(lambda path: load_profile(f"{path.parent}/{path.name}"), large_files.profile),
        "bank rows": reading(_all_bank_rows, large_files.bank_rows),
        "rejected bank rows": reading(_all_bank_rows, large_files.rejected_bank_rows),
        **{f"statement {name}": _statement(made) for name, made in STATEMENTS.items()},
        "invoice lines": lambda size: lambda: render_pdf(_with_lines(size)),
    }


def _read(read: Callable[[Path], Any], path: Path) -> None:
    with suppress(InvalidValue):  # Some are wrong throughout.
        read(path)


def _all_bank_rows(path: Path) -> None:
    for _ in read_bank_rows(path, BatchReport()):
        pass


def _export(folder: Path, size: int) -> Work:
    path = folder / "products.yaml"
    path.write_text(large_files.products(size), encoding="utf-8")
    listed = {entry.product.code: entry.product for entry in read_catalogue(path).products}
    return lambda: write_catalogue(listed, {}, {})


def _statement(made: Callable[[int], Any]) -> Callable[[int], Work]:
    def prepared(size: int) -> Work:
        events = made(size)
        return lambda: _told(events)

    return prepared


def _told(events: Any) -> None:
    statement = statement_of(events)
    assert statement is not None
    for subscription in statement.account.subscriptions.values():
        subscription.segments()


def _with_lines(size: int) -> Any:
    document = invoice(1)
    return msgspec.structs.replace(document, lines=document.lines[:1] * size)


def _least_seconds(work: Work) -> float:
    taken = []
    for _ in range(TURNS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
