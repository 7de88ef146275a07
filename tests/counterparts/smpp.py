"""Centres of SMS on loopback, of two makes: the server of smpp34, and that of npm's `smpp`, which checks passwords.

A number that ends in 99 is not delivered, one in 88 is answered as too fast twice, one in 77 is refused. Every message
that asks for it gets a receipt. That of smpp34 keeps what it delivers until a session is there that receives: it may
learn of a session that has bound after it has learnt of another's message. npm's is fetched once and kept in the user's
cache; without node and npm the tests that need it are skipped, with the reason.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import smpp34
from platformdirs import user_cache_path
from smpp34._smpp34 import ESME_RINVDSTADR, ESME_RMSGQFUL, ESME_RTHROTTLED

from tests.counterparts.debian import free_port, running

VERSION = "0.5.1"
MOST_DOWNLOAD_SECONDS = 120
USER, PASSWORD = "isp", "pw-smpp"
TIMES_TOO_FAST = 2
DATES = "sub:001 dlvrd:001 submit date:2611282100 done date:2611282101"


class Segment(NamedTuple):
    """A segment as it arrived."""

    to: str
    content: bytes
    data_coding: int
    esm_class: int
    asks_receipt: bool


class Delivery(NamedTuple):
    """What the centre delivers, and its fields."""

    to: str
    content: bytes
    fields: dict[str, Any]


class Centre:
    """Where it listens, and what arrived."""

    def __init__(self) -> None:
        self.port = free_port()
        self.arrived: list[Segment] = []
        self.refused = 0


@contextmanager
def smpp34_centre(written_back: dict[str, str] | None = None) -> Iterator[Centre]:
    """The server of smpp34; a person answers each message to a number that `written_back` names."""
    centre, loop = Centre(), asyncio.new_event_loop()
    listens = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_serve(centre, listens, written_back or {}))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert listens.wait(10)
    try:
        yield centre
    finally:
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
        thread.join()
        loop.close()


async def _serve(centre: Centre, listens: threading.Event, written_back: dict[str, str]) -> None:
    server = smpp34.Server("127.0.0.1", centre.port, system_id="CENTRE")
    await server.start()
    listens.set()
    sessions: dict[str, smpp34.Esme] = {}
    kept: list[Delivery] = []
    try:
        while True:
            came = await server.next()
            if isinstance(came, smpp34.Esme):
                sessions[came.session_id] = came
            elif isinstance(came, smpp34.Unbound):
                sessions.pop(came.session_id, None)
            else:
                kept += _answered(centre, came, written_back)
            receivers = [each for each in sessions.values() if each.can_receive]
            while kept and receivers:
                to, content, fields = kept.pop(0)
                await receivers[-1].deliver_sm(to, content, **fields)
    except asyncio.CancelledError:
        await server.stop()


def _answered(centre: Centre, came: smpp34.SubmitSmEvent, written_back: dict[str, str]) -> list[Delivery]:
    """What is to be delivered because of a segment, which is accepted or refused."""
    to = came.destination_addr
    if to.endswith("77"):
        came.reject(ESME_RINVDSTADR)
        return []
    if to.endswith("88") and centre.refused < TIMES_TOO_FAST:
        centre.refused += 1
        came.reject(ESME_RTHROTTLED)
        return []
    if to.endswith("66"):
        came.reject(ESME_RMSGQFUL)
        return []
    centre.arrived.append(
        Segment(to, came.short_message, came.data_coding, came.esm_class, bool(came.registered_delivery))
    )
    number = f"M{len(centre.arrived)}"
    came.accept(number)
    found: list[Delivery] = []
    if came.registered_delivery:
        state = "UNDELIV" if to.endswith("99") else "DELIVRD"
        error = "027" if to.endswith("99") else "000"
        text = f"id:{number} {DATES} stat:{state} err:{error} text:"
        found.append(Delivery(came.source_addr, text.encode(), {"source_addr": to, "esm_class": 4}))
    if to in written_back:
        content = written_back[to].encode("utf-16-be")
        found.append(Delivery(came.source_addr, content, {"source_addr": to, "source_addr_ton": 1, "data_coding": 8}))
    return found


SCRIPT = """
const smpp = require('smpp'), fs = require('fs');
const [port, log] = [Number(process.argv[2]), process.argv[3]];
const receivers = [];
let count = 0;
smpp.createServer(session => {
  session.on('error', () => {});
  const bind = receives => pdu => {
    if (pdu.system_id !== 'isp' || pdu.password !== 'pw-smpp') {
      session.send(pdu.response({command_status: smpp.ESME_RBINDFAIL})); session.close(); return;
    }
    session.send(pdu.response());
    if (receives) receivers.push(session);
  };
  session.on('bind_transmitter', bind(false));
  session.on('bind_receiver', bind(true));
  session.on('bind_transceiver', bind(true));
  session.on('unbind', pdu => { session.send(pdu.response()); session.close(); });
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('submit_sm', pdu => {
    const to = pdu.destination_addr;
    if (to.endsWith('77')) { session.send(pdu.response({command_status: smpp.ESME_RINVDSTADR})); return; }
    const id = 'N' + (++count), udh = pdu.short_message.udh;
    const header = udh && udh.length ? Buffer.concat(udh.map(each => Buffer.from(each))).toString('hex') : '';
    const text = pdu.short_message.message;
    fs.appendFileSync(log, JSON.stringify({to, text, header, coding: pdu.data_coding}) + '\\n');
    session.send(pdu.response({message_id: id}));
    const state = to.endsWith('99') ? 'UNDELIV' : 'DELIVRD';
    if (pdu.registered_delivery) for (const each of receivers.slice(-1)) each.deliver_sm({
      source_addr: to, destination_addr: pdu.source_addr, esm_class: 4,
      short_message: `id:${id} DATES stat:${state} err:000 text:`});
  });
}).listen(port, '127.0.0.1');
"""


class NpmCentre(NamedTuple):
    """Where it listens, and what it wrote down."""

    port: int
    log: Path

    @property
    def arrived(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@contextmanager
def npm_centre() -> Iterator[NpmCentre]:
    """The server of npm's `smpp`."""
    library = _library()
    folder = Path(tempfile.mkdtemp(prefix="smpp-"))
    try:
        script = folder / "centre.js"
        script.write_text(
            SCRIPT.replace("require('smpp')", f"require({json.dumps(str(library))})").replace("DATES", DATES)
        )
        port = free_port()
        with running(["node", str(script), str(port), str(folder / "log")], port, folder / "output"):
            yield NpmCentre(port, folder / "log")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _library() -> Path:
    """The folder of the package, fetched if it is not there yet."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"the server of npm's smpp needs {program}")
    kept = user_cache_path("billing-tests") / f"smpp-{VERSION}"
    if not kept.is_dir():
        _fetch(kept)
    return kept / "node_modules" / "smpp"


def _fetch(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        fetching = ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts",
                    f"smpp@{VERSION}"]  # fmt: skip
        try:
            ended = subprocess.run(fetching, capture_output=True, text=True, timeout=MOST_DOWNLOAD_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm's smpp was not fetched within {MOST_DOWNLOAD_SECONDS} seconds")
        if ended.returncode:
            pytest.skip(f"npm's smpp cannot be fetched: {(ended.stdout + ended.stderr)[-300:]}")
        try:
            shutil.copytree(folder, kept)
        except OSError:
            if not kept.is_dir():  # Else another test process was faster.
                raise
