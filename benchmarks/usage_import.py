"""A batch of usage, end to end: a file's records received, booked on their accounts, and read models caught up.

Each account has several records on each of some days, and they come in the order of their days, as a source sends them.

    python -m benchmarks.usage_import 1000     # for fewer accounts
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from benchmarks.runs import ACTIVATED_ON, account_number, copy_seconds, found_base, tidy, transaction_now
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice

DAYS, RECORDS_OF_DAY = 7, 3
LAST_DAY = ACTIVATED_ON + timedelta(days=DAYS - 1)
MOST_PEAK_MB = 400
DATA = Usage(code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal("0.10")))


def main(server_url: str, small: int = 1_000, large: int = 20_000) -> None:
    """Measure both sizes: records per second of the large one, and the peak memory of each."""
    for accounts in (small, large):
        url = create_database(server_url, "bench_usage_import")
        found_base(url, accounts, "19.90", components=(DATA,)).close()
        tidy(url)
        mark = transaction_now(url)
        with TemporaryDirectory(prefix="billing-bench-") as folder:
            file = Path(folder, "usage.csv")
            file.write_text("\n".join(_lines(accounts)))
            command = [sys.executable, "-m", "benchmarks.usage_once", url, str(file)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        records = found["records"]
        note(f"{records} records: received in {found['receiving']:.1f} s, booked in {found['booking']:.1f} s")
        if accounts == large:
            report("usage_import_records", records / found["seconds"], "records/s", records / copy_seconds(url, mark))
        report(f"usage_import_peak_memory_{accounts}", found["peak_bytes"] / 1e6, "MB", MOST_PEAK_MB)
        drop(server_url, "bench_usage_import")


def _lines(accounts: int) -> Iterator[str]:
    yield "account,subscription,component,on,quantity,reference"
    for day in range(DAYS):
        on = ACTIVATED_ON + timedelta(days=day)
        for turn in range(RECORDS_OF_DAY):
            for account in range(accounts):
                quantity = f"{account % 97 + 1}.{turn + 1}"
                yield f"{account_number(account)},S1,data,{on},{quantity},{on}-{turn}-{account}"


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as own_folder, running_server(Path(own_folder)) as own_server_url:
        main(own_server_url, *([int(sys.argv[1]) // 20, int(sys.argv[1])] if len(sys.argv) > 1 else ()))
