"""A simulated API of Fio banka, to try the client against: `python -m adapters.banks.fio_simulator --port 8099`.

It keeps Fio's rules: one call in 30 seconds for a token, else 409; an unknown token gives 500; a bookmark that every
answer without days moves. Its account has movements that the one who starts it gives, or a few of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from adapters.banks.fio_client import SECONDS_BETWEEN_CALLS

TOKEN = "a" * 64
CALL = re.compile(r"/(?P<call>periods|last|set-last-id|set-last-date)/(?P<token>[A-Za-z0-9]{64})/(?P<rest>.*)")
MOST_DAYS_BACK = 90


class FioMovement(msgspec.Struct, frozen=True, kw_only=True):
    """A movement of the simulated account; ids grow."""

    id: int
    on: date
    amount: Decimal
    variable: str = ""
    payer: str = ""
    payer_account: str = ""
    payer_bank: str = ""
    message: str = ""
    kind: str = "Bezhotovostní příjem"


class FioAccount:
    """A simulated account: its movements, its bookmark, and when it was last asked."""

    def __init__(
        self, movements: Sequence[FioMovement], *, token: str = TOKEN, today: date | None = None,
        seconds_between_calls: float = SECONDS_BETWEEN_CALLS, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.movements = list(movements)
        self.token = token
        self.bookmark = 0
        self._today = today
        self._interval = seconds_between_calls
        self._clock = clock
        self._last_call: float | None = None
        self._lock = threading.Lock()

    def answer(self, path: str) -> tuple[HTTPStatus, bytes]:
        """What Fio answers to a call."""
        found = CALL.fullmatch(path)
        if found is None or found["token"] != self.token:
            return HTTPStatus.INTERNAL_SERVER_ERROR, b""
        with self._lock:
            now = self._clock()
            if self._last_call is not None and now - self._last_call < self._interval:
                return HTTPStatus.CONFLICT, b""
            self._last_call = now
            try:
                return self._call(found["call"], found["rest"].strip("/").split("/"))
            except ValueError:
                return HTTPStatus.BAD_REQUEST, b""

    def _call(self, call: str, words: Sequence[str]) -> tuple[HTTPStatus, bytes]:
        if call == "set-last-id":
            self.bookmark = int(words[0])
        elif call == "set-last-date":
            on = date.fromisoformat(words[0])
            self.bookmark = max((each.id for each in self.movements if each.on < on), default=0)
        elif call == "last":
            chosen = [each for each in self.movements if each.id > self.bookmark]
            self.bookmark = max([self.bookmark, *(each.id for each in chosen)])
            return HTTPStatus.OK, self._statement(chosen)
        else:
            from_on, to_on = date.fromisoformat(words[0]), date.fromisoformat(words[1])
            if self._today is not None and from_on < self._today - timedelta(days=MOST_DAYS_BACK):
                return HTTPStatus.UNPROCESSABLE_ENTITY, b""
            return HTTPStatus.OK, self._statement([each for each in self.movements if from_on <= each.on <= to_on])
        return HTTPStatus.OK, b""

    def _statement(self, chosen: Sequence[FioMovement]) -> bytes:
        first = chosen[0].id if chosen else None
        opening = sum(
            (each.amount for each in self.movements if first is not None and each.id < first), Decimal("0.00")
        )
        closing = opening + sum((each.amount for each in chosen), Decimal(0))
        info = {
            "accountId": "2900000001", "bankId": "2010", "currency": "CZK", "iban": "CZ1420100000002900000001",
            "bic": "FIOBCZPPXXX", "openingBalance": float(opening), "closingBalance": float(closing),
            "dateStart": f"{chosen[0].on}+0100" if chosen else None,
            "dateEnd": f"{chosen[-1].on}+0100" if chosen else None,
            "idList": None, "idFrom": first, "idTo": chosen[-1].id if chosen else None, "idLastDownload": self.bookmark,
        }  # fmt: skip
        listed = {"transaction": [_columns(each) for each in chosen]}
        document = {"accountStatement": {"info": info, "transactionList": listed}}
        return json.dumps(document, ensure_ascii=False).encode()


def _columns(movement: FioMovement) -> dict[str, Any]:
    values: dict[int, tuple[str, Any]] = {
        22: ("ID pohybu", movement.id), 0: ("Datum", f"{movement.on}+0100"), 1: ("Objem", float(movement.amount)),
        14: ("Měna", "CZK"), 2: ("Protiúčet", movement.payer_account), 10: ("Název protiúčtu", movement.payer),
        3: ("Kód banky", movement.payer_bank), 5: ("VS", movement.variable),
        16: ("Zpráva pro příjemce", movement.message), 8: ("Typ", movement.kind),
    }  # fmt: skip
    return {
        f"column{number}": {"value": value, "name": name, "id": number} if value != "" else None
        for number, (name, value) in values.items()
    }


def serve(account: FioAccount, port: int = 0) -> ThreadingHTTPServer:
    """A server of the account on this machine only; port 0 takes a free one. The caller starts and closes it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = account.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the address holds the token."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve a small account until it is interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--seconds-between-calls", type=float, default=SECONDS_BETWEEN_CALLS)
    asked = parser.parse_args()
    movements = [
        FioMovement(id=1001, on=date(2026, 3, 2), amount=Decimal("1234.50"), variable="2026000017",
                    payer="Nováková, Jana", payer_account="1000000005", payer_bank="0800", message="internet"),
        FioMovement(id=1002, on=date(2026, 3, 2), amount=Decimal("-49.00"), kind="Bezhotovostní platba"),
        FioMovement(id=1003, on=date(2026, 3, 3), amount=Decimal("399.00"), kind="Vklad pokladnou"),
    ]  # fmt: skip
    with serve(FioAccount(movements, seconds_between_calls=asked.seconds_between_calls), asked.port) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}  token {TOKEN}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
