"""The program's own log as lines of JSON on standard error: one object per line, with the time in UTC.

What the program logs itself is written at once. What libraries log comes through the standard library, which makes the
same lines of it; a line of each request by that way takes a tenth of the request's time.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import Processor


class _StandardError:
    """Standard error as far as somebody takes it: no request fails because its line cannot be written."""

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # Its reader has gone, its disk is full, or it is closed.
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


STANDARD_ERROR = cast("TextIO", _StandardError())


class _Logger(structlog.WriteLogger):
    """Writes lines to standard error, and knows the part of the program whose lines they are."""

    def __init__(self, name: str = "") -> None:
        super().__init__(STANDARD_ERROR)
        self.name = name


def log_as_json(level: int = logging.INFO) -> None:
    """Write everything that any part of the process logs as JSON, by structlog or by the standard library."""
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *written],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Logger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
