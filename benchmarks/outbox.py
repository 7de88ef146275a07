"""E-mails that leave the outbox per second, signed and unsigned, into a mail server on this machine.

The limit is a bare client of aiosmtplib in the same run: the same server, the same number of connections, one ready
mail that is sent again and again, nothing read and nothing recorded.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import aiosmtplib
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.outbox import outbox_of
from adapters.bootstrap.settings import Settings
from adapters.jobs.outreach import attached
from adapters.outreach.examples import example_facts
from adapters.outreach.mail import MailFrom, mail_of
from adapters.outreach.ready_made import ready_template
from adapters.outreach.templates import JinjaTemplates
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from billing_core.outreach.messages import MessageQueued
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES
from billing_core.parties.sellers import Seller
from commands.outreach.channels import OutgoingMessage
from commands.outreach.outbox import Outbox
from commands.parties import RegisterCustomer, RegisterSeller
from commands.platform.ports import Append

MAILS, CONNECTIONS = 4_000, 4
ON = date(2026, 3, 1)
DATABASE = "bench_outbox"


class _Taking:
    """A server that takes every mail and keeps none."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 OK"


def _serve(port: int) -> None:
    Controller(_Taking(), hostname="127.0.0.1", port=port).start()
    while True:
        time.sleep(3_600)


@contextmanager
def _server() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    process.start()
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.join()


def main(server_url: str) -> None:
    """Each figure with the bare client right before it, since others may be at work on the machine."""
    url = create_database(server_url, DATABASE)
    initialise(url)
    with TemporaryDirectory(prefix="billing-bench-") as folder, _server() as port:
        settings = Settings(
            database_url=url, mail_from="news@isp.test", smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
            smtp_connections=CONNECTIONS,
        )  # fmt: skip
        signed = {"dkim_selector": "s1", "dkim_key": _key(Path(folder))}
        with closing(Application(url, settings)) as app:
            _found(app)
            for name, signing in (("outbox_mails", {}), ("outbox_signed_mails", signed)):
                _queue(app)
                limit = MAILS / asyncio.run(_bare(port))
                outbox = outbox_of(app, settings.model_copy(update=signing), attached)
                assert outbox is not None
                with closing(outbox):
                    report(name, MAILS / _sent(outbox, app), "e-mails/s", limit)
    drop(server_url, DATABASE)


def _found(app: Application) -> None:
    origin = origin_of_process("bench", ON)
    seller = Seller(code="north", name="North Cable", address=Address(), time_zone="UTC", series=USUAL_SERIES)
    app.bus.execute(RegisterSeller(seller=seller), origin)
    customer = Customer(number="C1", kind="person", name="Anna", email="anna@x.test")
    app.bus.execute(RegisterCustomer(customer=customer), origin_of_process("bench", ON))


def _queue(app: Application) -> None:
    """The messages of an evening, an invoice each."""
    template = ready_template("invoice", "cs", "email")
    assert template is not None
    subject, text, html = JinjaTemplates().render(template, example_facts("invoice", {}))
    with app.store.transaction() as transaction:
        appends = [
            Append(f"message/{uuid4()}", 0, [MessageQueued(
                effective_on=ON, customer="C1", seller="north", kind="invoice", channel="email", cause=str(uuid4()),
                send_at=datetime(2026, 3, 1, tzinfo=UTC), language="cs", recipient="anna@x.test", subject=subject,
                text=text, html=html,
            )])
            for _ in range(MAILS)
        ]  # fmt: skip
        transaction.append(appends, (), origin_of_process("bench", ON))
    app.runner.catch_up()
    note(f"{MAILS:,} messages wait")


def _sent(outbox: Outbox, app: Application) -> float:
    """Seconds until all are sent and recorded. The tables follow meanwhile, as they do in a worker."""
    started, tried = time.perf_counter(), 0
    while tried < MAILS:
        tried += outbox.advance()
        app.runner.follow()
    return time.perf_counter() - started


def _key(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "key.pem"
    path.write_bytes(pem)
    return path


async def _bare(port: int) -> float:
    """Seconds for as many mails by as many connections."""
    message = OutgoingMessage(
        message=str(uuid4()), customer="C1", seller="north", kind="invoice", channel="email",
        recipient="anna@x.test", subject="Faktura", text="Dobrý den\n" * 8, html="<p>Dobrý den</p>\n" * 12,
        language="cs", queued_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    content = mail_of(message, MailFrom("news@isp.test", b"key"))

    async def send_some() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
            for _ in range(MAILS // CONNECTIONS):
                await client.sendmail("news@isp.test", ["anna@x.test"], content)

    started = time.perf_counter()
    await asyncio.gather(*(send_some() for _ in range(CONNECTIONS)))
    return time.perf_counter() - started


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as server, running_server(Path(server)) as address:
        main(address)
