"""One batch of usage in a process of its own: prints how long it took, and how much memory it needed."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.files.usage_csv import read_usage_records
from benchmarks.usage_import import LAST_DAY
from commands.platform.batch import BatchReport
from commands.usage.ports import BatchId

if __name__ == "__main__":
    url, path = sys.argv[1], Path(sys.argv[2])
    application = Application(url)
    origin, report, batch = origin_of_process("benchmark", LAST_DAY), BatchReport(), BatchId("bench", path.name)
    started = time.perf_counter()
    usage = application.usage_import()
    was_booked = usage.receive(batch, read_usage_records(path, report), origin, lambda records: None)
    received = time.perf_counter()
    usage.book(batch, origin, lambda records: None)
    booked = time.perf_counter()
    application.runner.catch_up()
    ended = time.perf_counter()
    usage.report(batch, report, was_booked=was_booked)
    assert not report.rejected, report.rejected[:3]
    found = {
        "seconds": ended - started,
        "receiving": received - started,
        "booking": booked - received,
        "records": report.accepted,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(found))
    application.close()
