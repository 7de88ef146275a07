"""Failures of a command: one clear line on standard error, and an exit code that scripts can distinguish.

With `--json` the failure is the one JSON document on standard output, in place of the result:

    {"error": {"code": "not-found", "message": "account '7': no such account", "field": "account", "value": "7",
               "exit_code": 1}}

A user's error never shows a traceback. A fault of the program shows one only if BILLING_DEBUG is set.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple, NoReturn

from adapters.cli.terminal import leave_broken_pipe, printable
from adapters.processes.signals import not_ignored

OK = 0
REFUSED = 1
WRONG_USAGE = 2
UNUSABLE_DATABASE = 3
FAULT = 70
INTERRUPTED = 128 + signal.SIGINT

EXIT_CODES = f"""\b
Exit codes:
  {OK}    done
  {REFUSED}    refused by a rule, some rows were rejected, or `check` or `verify`
       found something or lacked a file
  {WRONG_USAGE}    wrong usage: an unknown option, a malformed value, a missing file
  {UNUSABLE_DATABASE}    the database cannot be reached, is full, or does not fit this program
  {FAULT}   a fault of this program: please report the line it shows
  {INTERRUPTED}  interrupted by Ctrl-C; {128 + signal.SIGTERM} ended by SIGTERM. What was committed is kept
"""

# Errors of the rules' kind that concern the database as a whole.
DATABASE_CODES = {
    "database-newer",
    "database-outdated",
    "event-unreadable",
    "migration-changed",
    "migration-failed",
    "migrations-malformed",
    "personal-data-unreadable",
    "projection-failed",
    "projection-outdated",
    "server-unavailable",
    "unknown-event",
}


class Failure(NamedTuple):
    """What went wrong: the text for people, the exit code, and for programs a stable code, the field and its value."""

    message: str
    exit_code: int
    code: str
    field: str | None = None
    value: str | None = None


@contextmanager
def explained(as_json: bool = False) -> Iterator[None]:
    """Around a whole command: an error that leaves it becomes a line, or a JSON document, and an exit code."""
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        _end(Failure("interrupted; everything that was committed is kept", INTERRUPTED, "interrupted"), as_json)
    except BrokenPipeError:
        leave_broken_pipe()
    except Exception as error:
        if _is_unanswered(error):
            _end(Failure("no answer was typed; nothing was changed", INTERRUPTED, "interrupted"), as_json)
        if not hasattr(error, "exit_code"):
            _end(_failure(error), as_json)
        if as_json and hasattr(error, "format_message"):
            _end(Failure(error.format_message(), error.exit_code, "wrong-usage"), as_json)
        raise  # An error of usage is shown with the usage of its command.


def end_at_signals() -> None:
    """Make SIGTERM and SIGHUP unwind the program, so that a server of our own is stopped and locks are given back."""
    for number in not_ignored(signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _unwind)


def _unwind(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # The way out is not interrupted once more.
    raise SystemExit(128 + number)


def _end(failure: Failure, as_json: bool) -> NoReturn:
    if as_json:
        described: dict[str, Any] = failure._asdict()
        document = json.dumps({"error": described}, ensure_ascii=False, indent=2)
        sys.stdout.buffer.write(document.encode("utf-8", errors="replace") + b"\n")
        sys.stdout.buffer.flush()
    else:
        sys.stderr.write(f"Error: {printable(failure.message)}\n")
    raise SystemExit(failure.exit_code)


def _failure(error: Exception) -> Failure:
    """The text for an error, and its codes."""
    from pydantic import ValidationError

    from adapters.edge.faults import explained
    from billing_core.kernel.errors import BillingError, Unavailable

    if isinstance(error, BillingError):
        exit_code = UNUSABLE_DATABASE if error.code in DATABASE_CODES else REFUSED
        return Failure(str(error), exit_code, error.code, error.field, error.value)
    if isinstance(error, Unavailable):
        return Failure(str(error), UNUSABLE_DATABASE, "unavailable")
    if isinstance(error, ValidationError):
        faults = "; ".join(explained(fault, _place) for fault in error.errors())
        return Failure(faults, WRONG_USAGE, "wrong-usage")
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(f"file {str(error.filename)!r}: {error.strerror}", WRONG_USAGE, "file-unusable")
    if _is_of_database(error):
        advice = "the database cannot be used; check that it runs and has free space, then repeat"
        return Failure(f"{advice}: {error}", UNUSABLE_DATABASE, "unavailable")
    if os.environ.get("BILLING_DEBUG"):
        traceback.print_exception(error)
    advice = "This is a fault of the program, nothing of the command was kept except what it reported"
    report = "Please report this line and what you did; BILLING_DEBUG=1 shows more"
    return Failure(f"{_fault(error)}. {advice}. {report}", FAULT, "fault")


def _place(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location)


def _is_of_database(error: Exception) -> bool:
    """Errors of the driver that no layer below has translated; none if it was never loaded."""
    driver, library = sys.modules.get("psycopg"), sys.modules.get("eventsourcing.persistence")
    kinds = tuple(module.OperationalError for module in (driver, library) if module is not None)
    return isinstance(error, kinds)


def _is_unanswered(error: Exception) -> bool:
    """A question at the terminal was left by Ctrl-C or Ctrl-D, or there is no terminal to type an answer at."""
    from typer import Abort

    return isinstance(error, Abort)


def _fault(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}: {' '.join(str(error).split())}"
