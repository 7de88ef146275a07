"""Other processes that work on the same database, to be raced with and killed."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

StartProcess = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start_process() -> Iterator[StartProcess]:
    """Starts a Python program; those still running after the test are killed."""
    started: list[subprocess.Popen[str]] = []

    def start(program: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        with suppress(ValueError, BrokenPipeError):
            process.communicate()
