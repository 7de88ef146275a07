"""One batch of usage in a process of its own: prints how long it took, and how much memory it needed."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_sources.rows import Reading
from adapters.files.usage_sources.usage_file import UsageFile
from benchmarks.usage_import import LAST_DAY
from commands.platform.progress import unwatched
from commands.usage.mediation import IncomingBatch
from commands.usage.ports import BatchId

if __name__ == "__main__":
    url, path = sys.argv[1], Path(sys.argv[2])
    application = Application(url)
    origin, batch = origin_of_process("benchmark", LAST_DAY), BatchId("bench", path.name)
    file = UsageFile(path, Reading(load_usage_profile("accounts"), path.name, origin.recorded_at), unwatched)
    started = time.perf_counter()
    found = application.usage_mediation().receive(IncomingBatch(*batch, "accounts"), file, origin)
    received = time.perf_counter()
    application.usage_import().book(batch, origin)
    booked = time.perf_counter()
    application.runner.catch_up()
    ended = time.perf_counter()
    assert not found.refused, found
    measured = {
        "seconds": ended - started,
        "receiving": received - started,
        "booking": booked - received,
        "records": found.taken,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(measured))
    application.close()
