"""Real programs of the other side, from Debian's packages: a mail server and the like, started for a test.

A program that is absent is installed if the tests run as root on a system with apt; otherwise the tests that need it
are skipped, with the reason.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

MOST_INSTALLATION_SECONDS = 240
MOST_START_SECONDS = 60


def require_program(program: str, package: str) -> str:
    """The path of a program; the test is skipped if it is absent and cannot be installed."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None and (failed := _install(package)):
        pytest.skip(f"{program} is absent: {failed}")
    return found or require_program(program, package)


@cache
def _install(package: str) -> str:
    """Install a package; why that failed, or nothing."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"install the package {package} of Debian"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wanted = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    # Several test processes may want it at once: each waits for the lock of the others.
    waiting = [*wanted[:1], "-o", f"DPkg::Lock::Timeout={MOST_INSTALLATION_SECONDS}", *wanted[1:]]
    for command in (waiting, ["apt-get", "update"], waiting):
        try:
            ended = subprocess.run(
                command, env=quiet, capture_output=True, text=True, timeout=MOST_INSTALLATION_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"the package {package} was not installed within {MOST_INSTALLATION_SECONDS} seconds"
        if command is waiting and ended.returncode == 0:
            return ""
    return f"the package {package} could not be installed: {ended.stderr[-300:]}"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, log: Path, account: pwd.struct_passwd | None = None) -> Iterator[None]:
    """A program that listens on a port as long as the body runs, in the name of an account."""
    rights: dict[str, Any] = (
        {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    )
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **rights)
    try:
        wait_until_it_listens(process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(MOST_START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_answers(port: int) -> None:
    """Return when somebody listens on a port of loopback."""
    end = time.monotonic() + MOST_START_SECONDS
    while not _listens(port):
        if time.monotonic() > end:
            raise AssertionError(f"nobody listens on port {port}")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("127.0.0.1", port)) == 0


def wait_until_it_listens(process: subprocess.Popen[Any], port: int, log: Path | None = None) -> None:
    """Return when a program that was started listens on a port of loopback."""
    end = time.monotonic() + MOST_START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if _listens(port):
            return
        time.sleep(0.05)
    said = log.read_text(errors="replace")[-2000:] if log else ""
    raise AssertionError(f"it does not listen on port {port}: {said}")
