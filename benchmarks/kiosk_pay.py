"""How long a kiosk waits for the answer to a payment over HTTP, at 200 payments a second.

Payments of OSMP come at a steady pace, each for its own account of many. Turn about the same messages go to a bare
endpoint of the same framework, which writes two rows durably and answers. Servers are processes of their own, and
nobody keeps read models up to date meanwhile.
"""

from __future__ import annotations

import base64
import subprocess
import sys
from asyncio import to_thread
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from fastapi import FastAPI, Request, Response

from adapters.bootstrap.application import Application
from adapters.bootstrap.origins import origin_of_process
from adapters.http.arrivals import Arrivals
from adapters.http.listening import bound, listen
from adapters.http.logs import log_as_json
from adapters.postgres.server import create_database, running_server
from benchmarks.billing_run import prepare
from benchmarks.http_api import free_port, served, wait_for
from benchmarks.measurement import drop, note, report
from benchmarks.pace import Waits, paced
from billing_core.kiosks.connections import KioskCurrency, KioskTerms
from commands.kiosks.connections import ChangeKioskSecret, ConnectKiosk

ACCOUNTS, PER_SECOND, SECONDS, ROUNDS = 2_000, 200, 15, 3
CONNECTIONS = 15  # As many parallel calls as QIWI makes at most.
MOST_MILLISECONDS = 50.0
NAME, KIOSK, SECRET = "bench_kiosk", "hall", "bench secret"
BASIC = base64.b64encode(f"terminal:{SECRET}".encode()).decode()
CREATE = "CREATE TABLE public.bare_payments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content text NOT NULL)"
INSERT = b"INSERT INTO public.bare_payments (content) VALUES (%s), (%s)"
ANSWER = b"<response><osmp_txn_id>1</osmp_txn_id><result>0</result></response>"


def main(server_url: str, seconds: int = SECONDS) -> None:
    """Rounds of payments at the pace, turn about with the bare endpoint."""
    url = create_database(server_url, NAME)
    prepare(url, ACCOUNTS)
    application = Application(url)
    application.runner.catch_up()
    _connect(application)
    application.close()
    accounts, first, kiosk, bare = [f"{number:08}" for number in range(ACCOUNTS)], 1, [], []
    with served("api", url) as api, _served_bare(url) as bare_port:
        _paced(api, first, accounts, 2)  # It warms up: what the process does not remember yet is read.
        _paced(bare_port, first, accounts, 2)
        for _ in range(ROUNDS):
            first += PER_SECOND * seconds
            kiosk.append(_paced(api, first, accounts, seconds))
            bare.append(_paced(bare_port, first, accounts, seconds))
            note(f"kiosk {kiosk[-1]}, bare {bare[-1]}")
    p99 = median(each.p99 for each in kiosk)
    report(f"kiosk_pay_p99_at_{PER_SECOND}_per_second", p99, "ms", MOST_MILLISECONDS)
    report(f"kiosk_pay_p99_at_{PER_SECOND}_per_second_against_bare", p99, "ms", median(each.p99 for each in bare))
    drop(server_url, NAME)


def _connect(application: Application) -> None:
    """A connection of the seller whose the accounts are."""
    with application.tables.transaction("live") as cursor:
        seller, currency = cursor.execute("SELECT seller, currency FROM accounts LIMIT 1").fetchone() or ("", "")
    since = KioskCurrency(from_on=date(2026, 1, 1), currency=currency)
    terms = KioskTerms(protocol="osmp", seller=seller, currencies=(since,), user="terminal")
    application.bus.execute(ConnectKiosk(kiosk=KIOSK, terms=terms), origin_of_process("bench"))
    application.bus.execute(ChangeKioskSecret(kiosk=KIOSK, secret=SECRET), origin_of_process("bench"))


def _paced(port: int, first: int, accounts: list[str], seconds: int) -> Waits:
    """Payments from a number on, at the pace; every answer must be that it is taken."""
    numbers = range(first, first + PER_SECOND * seconds)
    payments = (_payment(number, accounts[number * 7919 % len(accounts)]) for number in numbers)
    return paced(port, payments, PER_SECOND, CONNECTIONS, b"<result>0</result>")


def _payment(number: int, account: str) -> bytes:
    fields = f"command=pay&txn_id={number}&account={account}&sum=1.00&txn_date={datetime.now(UTC):%Y%m%d%H%M%S}"
    return f"GET /kiosk/{KIOSK}?{fields} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {BASIC}\r\n\r\n".encode()


@contextmanager
def _served_bare(url: str) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.kiosk_pay", "bare", url, str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _bare(application: Application) -> FastAPI:
    """One endpoint that writes two rows in a transaction, and nothing else."""
    api = FastAPI()
    api.state.arrivals = Arrivals(application.log)
    with application.tables.transaction("billing") as cursor:
        cursor.execute(CREATE)

    def write(content: str) -> None:
        with application.tables.transaction("billing") as cursor:
            cursor.execute(INSERT, (content, content))

    async def pay(request: Request) -> Response:
        await to_thread(write, str(request.url))
        return Response(ANSWER, media_type="text/xml")

    api.add_route("/kiosk/{kiosk}", pay)
    return api


if __name__ == "__main__":
    if sys.argv[1:2] == ["bare"]:
        log_as_json()
        listen(_bare(Application(sys.argv[2])), bound("127.0.0.1", int(sys.argv[3])))
    else:
        with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
            main(own_server_url, *map(int, sys.argv[1:2]))
