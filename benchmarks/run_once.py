"""One billing run in a process of its own, so that its peak memory is the run's: `python -m benchmarks.run_once`.

Its business date is the last day that it bills.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.spans import ONE_DAY


def main(database_url: str, until: date) -> None:
    application = Application(database_url)
    started = time.perf_counter()
    with application.billing_run(until) as run:
        totals = run.run(until, origin_of_process("benchmark", until - ONE_DAY), lambda accounts: None)
    seconds = time.perf_counter() - started
    application.close()
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "bills": totals.bills, "peak_bytes": peak_bytes}))


if __name__ == "__main__":
    main(sys.argv[1], date.fromisoformat(sys.argv[2]))
