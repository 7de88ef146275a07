"""One of the processes that fill read models: `python -m adapters.bootstrap.rebuild_worker`.

Started by `adapters.processes.rebuild_workers`, which explains how it lives and ends.
"""

from __future__ import annotations

import os
import select
import signal
import sys

import msgspec

from adapters.bootstrap.application import Application
from adapters.processes.background import DATABASE_VARIABLE, collect_rarely
from adapters.processes.rebuild_workers import REFUSED, UNAVAILABLE, Task
from billing_core.kernel.errors import BillingError, Unavailable
from projections.platform.bulk_load import BulkLoad, load_share


def main() -> int:
    """Load a share, reporting the events of each page, until it is done or standard input is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the process that gave the task.
    collect_rarely()
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    application = Application(os.environ[DATABASE_VARIABLE])
    try:
        projections = [each for each in application.projections if each.name in task.projections]
        whole = BulkLoad(task.schema, task.schema_id, projections, task.upto)
        for events in load_share(application.log, application.tables, whole, task.share):
            if not _input_is_open():
                break
            sys.stdout.write(f"{events}\n")
            sys.stdout.flush()
    except BillingError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except Unavailable as error:
        sys.stderr.write(f"{error}\n")
        return UNAVAILABLE
    finally:
        application.close()
    return 0


def _input_is_open() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], 0)
    return not readable


if __name__ == "__main__":
    sys.exit(main())
