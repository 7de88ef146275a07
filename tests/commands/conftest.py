"""Other processes that work on the same database, to be raced with, and servers that may be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from adapters.postgres.server import running_server
from adapters.postgres.store import PostgresStore
from adapters.postgres.transaction import PostgresTransaction
from tests.operators import Operator, application, database_url, found_operator, operator

__all__ = ["application", "database_url", "found_operator", "operator"]

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


class OwnServer:
    """A server that no other test uses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._uses = ExitStack()
        self.url = ""

    def start(self) -> None:
        """Start it, also after it was killed."""
        self.url = self._uses.enter_context(running_server(self._folder))

    def kill(self) -> None:
        """Kill the postmaster as a power cut would, and wait until its children have noticed."""
        postmaster = psutil.Process(int((self._folder / "postgres" / "postmaster.pid").read_text().split()[0]))
        children = postmaster.children()
        os.kill(postmaster.pid, signal.SIGKILL)
        psutil.wait_procs([postmaster, *children], timeout=30)

    def stop(self) -> None:
        self._uses.close()


@pytest.fixture(scope="module")
def own_server() -> Iterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="billing-own-server-"))
    server = OwnServer(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


class SomebodyFirst(PostgresStore):
    """A store in which somebody else writes after the rows were looked up and before they are written, once."""

    def __init__(self, operator: Operator, meanwhile: Any) -> None:
        super().__init__(operator.application.recorder)
        self._meanwhile = [meanwhile]

    @contextmanager
    def transaction(self, *, optimistic: bool = False) -> Iterator[PostgresTransaction]:
        with super().transaction(optimistic=optimistic) as transaction:
            write = transaction.append

            def append(*arguments: Any) -> int:
                if self._meanwhile:
                    self._meanwhile.pop()()
                return write(*arguments)

            transaction.append = append  # type: ignore[method-assign, assignment]
            yield transaction
