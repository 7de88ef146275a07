"""A printer that is reached over TCP: a line of JSON for each job, and a line for each answer.

    > {"receipt":"H1-0914","kind":"taking","amount":"549.00","currency":"CZK","method":"cash","cashier":"petra"}
    < {"receipt":"H1-0914","printer":"FP-3021","fiscal_number":"00004711"}
    < {"error":"out of paper"}

An answer to another job is passed over: a printer may repeat what it said before.
"""

from __future__ import annotations

import socket

import msgspec

from adapters.fiscal.port import FiscalJob, Printed, PrinterNotReady, PrinterOffline

WAIT_SECONDS = 5.0
MOST_LINE_BYTES, MOST_ANSWERS = 4_096, 100
_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct):
    """A line of the printer: what it printed, or why it cannot."""

    receipt: str = ""
    printer: str = ""
    fiscal_number: str = ""
    error: str = ""


_decode = msgspec.json.Decoder(Answer).decode


class TcpPrinter:
    """A printer at an address, `host:port`; each job has a connection of its own."""

    def __init__(self, address: str, wait_seconds: float = WAIT_SECONDS) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._wait = wait_seconds

    def print(self, job: FiscalJob) -> Printed:
        """Send a job and wait for the answer to it."""
        try:
            with socket.create_connection(self._address, self._wait) as connection:
                connection.sendall(_encode(job) + b"\n")
                with connection.makefile("rb") as lines:
                    for _ in range(MOST_ANSWERS):
                        answer = _read(lines.readline(MOST_LINE_BYTES))
                        if answer.error:
                            raise PrinterNotReady(f"cannot print now: {answer.error}", field="receipt",
                                                  value=job.receipt)  # fmt: skip
                        if answer.receipt == job.receipt:
                            return Printed(receipt=answer.receipt, printer=answer.printer,
                                           fiscal_number=answer.fiscal_number)  # fmt: skip
        except OSError as error:
            raise PrinterOffline(f"the printer at {self._address[0]}:{self._address[1]} does not answer: {error}",
                                 field="receipt", value=job.receipt) from error  # fmt: skip
        raise PrinterOffline("the printer answers other jobs only", field="receipt", value=job.receipt)


def _read(line: bytes) -> Answer:
    if not line:
        raise ConnectionResetError("it closed the connection without an answer")
    try:
        return _decode(line)
    except msgspec.MsgspecError as error:
        raise ConnectionAbortedError(f"its answer cannot be read: {error}") from error
