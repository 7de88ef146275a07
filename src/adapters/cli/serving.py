"""The site that a server answers with, and the processes that answer with it on the same port.

A process computes on one core at a time. Those that are started besides the first one answer only; what happens by
itself is done by the first. The kernel shares new connections out among them. One that dies is started again; all of
them end with the first, also if that is killed.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.context import SpawnProcess
from threading import Event, Thread
from typing import NamedTuple

import structlog
from fastapi import FastAPI

from adapters.bootstrap.accounting import AccountingDesk
from adapters.bootstrap.application import Application
from adapters.bootstrap.card_desk import card_desk_of
from adapters.bootstrap.openid import openid_of
from adapters.bootstrap.settings import Settings
from adapters.door.door import Door
from adapters.http.listening import bound, listen
from adapters.http.logs import log_as_json
from adapters.http.server import http_application
from adapters.pages.site import add_pages

LOOK_SECONDS = 0.5

log = structlog.get_logger(__name__)


class Site(NamedTuple):
    """What each process needs to answer."""

    url: str
    settings: Settings
    host: str
    port: int
    proxies: Sequence[str]


def site_of(app: Application, settings: Settings, desk: AccountingDesk) -> FastAPI:
    """The API and the pages."""
    openid = openid_of(settings)
    api = http_application(
        app, keeps_reads=settings.keep_personal_reads, openid=openid, desk=desk,
        sms_reports=settings.sms_reports, cards=card_desk_of(app, settings.stripe),
    )  # fmt: skip
    add_pages(api, Door(app, keeps_reads=settings.keep_personal_reads), openid)
    return api


def listener_of(host: str, port: int, *, is_shared: bool) -> socket.socket:
    """The socket of the first process. A port that another program has is refused, also if that would share it."""
    listener = bound(host, port)
    if not is_shared:
        return listener
    with listener:
        free = listener.getsockname()[1]
    return bound(host, free, is_shared=True)


@contextmanager
def answered_by_more(site: Site, count: int) -> Iterator[None]:
    """Keep so many more processes that answer; asked to end when the first one has answered what it was asked."""
    ends = Event()
    keeper = Thread(target=_keep, args=(site, count, ends), name="processes")
    keeper.start()
    try:
        yield
    finally:
        ends.set()
        keeper.join()


def _keep(site: Site, count: int, ends: Event) -> None:
    running = [_started(site) for _ in range(count)]
    while not ends.wait(LOOK_SECONDS):
        for place, process in enumerate(running):
            if process.exitcode:  # One that was asked to end has ended with 0.
                log.warning("process died", pid=process.pid, exit_code=process.exitcode)
                running[place] = _started(site)
    for process in running:
        process.terminate()
    for process in running:
        process.join()


def _started(site: Site) -> SpawnProcess:
    process = get_context("spawn").Process(target=_answer, args=(site,), daemon=True)
    process.start()
    return process


def _answer(site: Site) -> None:
    """Answer until asked to end. A terminal speaks to the first process alone, which asks the others."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_the_first, daemon=True).start()
    app = Application(site.url, site.settings)
    try:
        log_as_json()
        desk = AccountingDesk(app.store, app.tables)
        listen(site_of(app, site.settings, desk), bound(site.host, site.port, is_shared=True), site.proxies)
    finally:
        app.close()


def _end_with_the_first() -> None:
    first = parent_process()
    assert first is not None
    first.join()
    os.kill(os.getpid(), signal.SIGTERM)
