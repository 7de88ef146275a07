"""FreeRADIUS on loopback, configured as docs/radius.md says: accounting that is handed on to the billing.

Started by root it works as the user `nobody`.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from string import Template

from tests.counterparts.debian import MOST_START_SECONDS, require_program

DOCUMENTED = Path(__file__).parents[2] / "docs" / "radius.md"
FILE = re.compile(r"<!-- file: (\S+) -->\n```text\n(.*?)```", re.DOTALL)
SECRET = "secret-of-loopback"
MAIN = Template("""
prefix = /usr
libdir = /usr/lib/freeradius
logdir = $folder
run_dir = $folder
radacctdir = $folder
cleanup_delay = 0
log {
 destination = files
 file = $folder/log
}
client loopback {
 ipaddr = 127.0.0.1
 secret = $secret
}
modules {
 preprocess {
  huntgroups = $folder/empty
  hints = $folder/empty
 }
 expr {
 }
 always ok {
  rcode = ok
 }
 $$INCLUDE $folder/mods-enabled/
}
policy {
 acct_unique {
  update request {
   &Acct-Unique-Session-Id := "%{md5:%{User-Name},%{Acct-Session-ID},%{NAS-Identifier}}"
  }
 }
}
$$INCLUDE $folder/sites-enabled/
""")


class Radius:
    """A running FreeRADIUS, and what an access server sends to it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder

    def send(self, *messages: str) -> int:
        """Send messages of accounting, one after the other; how many were answered."""
        given = "\n\n".join(messages)
        command = [
            require_program("radclient", "freeradius-utils"), "-x", "-r", "1", "-t", "40", f"127.0.0.1:{self.port}",
            "acct", SECRET,
        ]  # fmt: skip
        ended = subprocess.run(command, input=given, text=True, capture_output=True, timeout=120, check=False)
        return ended.stdout.count("Received Accounting-Response")

    @property
    def waits_in_file(self) -> bool:
        """Whether a message lies in the file until the billing is there again."""
        return any(self.folder.glob("billing*"))


@contextmanager
def freeradius(billing_port: int, key: str) -> Iterator[Radius]:
    """A server that hands accounting on to a port, with an API key."""
    program = require_program("freeradius", "freeradius-rest")
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="radius-", dir="/tmp"))
    try:
        port = _free_port()
        # A busy machine answers late.
        instead = {"8000": str(billing_port), "key.radius.front.SECRET": key, "1813": str(port)}
        _configure(folder, {**instead, "timeout = 4": "timeout = 30"})
        if account is not None:
            for each in (folder, *folder.rglob("*")):
                shutil.chown(each, account.pw_uid, account.pw_gid)
        with _running([program, "-f", "-d", str(folder)], folder, account):
            yield Radius(port, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, instead: dict[str, str]) -> None:
    """Write the documented files, with other ports and another key."""
    (folder / "radiusd.conf").write_text(MAIN.substitute(folder=folder, secret=SECRET))
    (folder / "empty").write_text("")
    for name, text in FILE.findall(DOCUMENTED.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(reduce(lambda written, each: written.replace(*each), instead.items(), text))


@contextmanager
def _running(command: list[str], folder: Path, account: pwd.struct_passwd | None) -> Iterator[None]:
    log = folder / "log"
    rights = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    process = subprocess.Popen(command, start_new_session=True, env=os.environ | {"TZ": "UTC"}, **rights)  # type: ignore[call-overload]
    try:
        end = time.monotonic() + MOST_START_SECONDS
        while not (log.exists() and "Ready to process" in log.read_text(errors="replace")):
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"FreeRADIUS did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(MOST_START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    """A port of UDP that nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
