"""`make bench`: every benchmark against a PostgreSQL of its own in a temporary folder.

One that fails is noted, the others go on, and the exit code says so at the end: a night of measuring is not lost by it.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.postgres.server import running_server
from benchmarks import (
    bank_import,
    billing_run,
    bulk_append,
    catch_up,
    changed_run,
    customer_card,
    customer_search,
    daily_run,
    dunning_run,
    durable_commands,
    find_anything,
    growth,
    growth_of_an_account,
    growth_of_files,
    http_api,
    http_latency,
    idle_readers,
    kafka,
    kiosk_pay,
    latency,
    loading,
    log_queries,
    mixed_run,
    outbox,
    pages,
    policy_simulation,
    price_change,
    price_lists,
    printing,
    process_positions,
    radius,
    rating,
    rebuild,
    report_files,
    reports,
    statement_import,
    statement_reading,
    suspended,
    tickets,
    traffic,
    unmatched,
    usage,
    usage_import,
    usage_rating,
    usage_reading,
    verify,
)
from benchmarks.books import books
from benchmarks.measurement import note

SIZES = (10_000, 100_000, 1_000_000)

WITHOUT_SERVER: tuple[Callable[[], None], ...] = (
    printing.main,
    process_positions.main,
    rating.main,
    price_lists.main,
    growth_of_files.main,
    usage_reading.main,
    statement_reading.main,
)
ON_A_SERVER: tuple[Callable[[str], None], ...] = (
    durable_commands.main,
    http_api.main,
    http_latency.main,
    loading.main,
    customer_search.main,
    customer_card.main,
    pages.main,
    find_anything.main,
    unmatched.main,
    report_files.main,
    reports.main,
    bulk_append.main,
    verify.main,
    billing_run.main,
    mixed_run.main,
    changed_run.main,
    daily_run.main,
    dunning_run.main,
    suspended.main,
    usage.main,
    usage_rating.main,
    usage_import.main,
    radius.main,
    kiosk_pay.main,
    kafka.main,
    bank_import.main,
    statement_import.main,
    tickets.main,
    traffic.main,
    policy_simulation.main,
    price_change.main,
    outbox.main,
    growth_of_an_account.main,
    idle_readers.main,
)


def main() -> int:
    """How many benchmarks failed."""
    failed = sum(map(_fails, WITHOUT_SERVER))
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server_url:
        failed += sum(_fails(partial(benchmark, server_url)) for benchmark in ON_A_SERVER)
        failed += _fails(partial(_on_a_year, server_url))
    return failed


def _on_a_year(server_url: str) -> None:
    """Those that are taken on the log of a made-up operator's year, of three sizes."""
    with ExitStack() as stack:
        kept = {events: stack.enter_context(books(server_url, events)) for events in SIZES}
        catch_up.main(kept[max(SIZES)])
        rebuild.main(kept[max(SIZES)])
        growth.main(kept)
        latency.main(kept[min(SIZES)])
        log_queries.main(kept[max(SIZES)])


def _fails(benchmark: Callable[[], None]) -> bool:
    began = time.monotonic()
    try:
        benchmark()
    except Exception:
        traceback.print_exc()
        return True
    note(f"{time.monotonic() - began:.0f} s")
    return False


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
