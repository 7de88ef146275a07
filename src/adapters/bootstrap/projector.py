"""The process that keeps the read models for a run: `python -m adapters.bootstrap.projector`.

Started by `adapters.processes.background`, which explains how it lives and ends.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from adapters.bootstrap.application import Application
from adapters.processes.background import DATABASE_VARIABLE, collect_rarely
from billing_core.kernel.errors import BillingError, Unavailable

POLL_SECONDS = 0.025


def main() -> int:
    """Follow the log until standard input is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which closes our input.
    collect_rarely()
    try:
        application = Application(os.environ[DATABASE_VARIABLE])
        try:
            while _input_is_open():
                application.runner.follow()
        finally:
            application.close()
    except (BillingError, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _input_is_open() -> bool:
    """Wait a moment for a wake-up; False after the sender has ended."""
    readable, _, _ = select.select([sys.stdin], [], [], POLL_SECONDS)
    return not readable or bool(os.read(sys.stdin.fileno(), 1024))


if __name__ == "__main__":
    sys.exit(main())
