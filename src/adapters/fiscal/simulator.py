"""A fiscal printer to try the program with: it prints into memory, and misbehaves as real ones do.

    python -m adapters.fiscal.simulator 9100 --paper 20 --offline-every 5 --repeat-every 3

It goes offline (closes the connection after it printed, so that the answer is lost), repeats an earlier answer before
the right one, and runs out of paper until some is put in. A job that it printed before it does not print again.
"""

from __future__ import annotations

import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Any

import msgspec

from adapters.fiscal.port import FiscalJob, Printed

SERIAL = "SIM-1"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(FiscalJob).decode


class SimulatedPrinter:
    """What the printer has printed, and how it fails: each count is of jobs, 0 is never."""

    def __init__(self, *, paper: int = 1_000_000, offline_every: int = 0, repeat_every: int = 0) -> None:
        self.paper = paper
        self.is_offline = False
        self.printed: list[FiscalJob] = []
        self._numbers: dict[str, str] = {}
        self._offline_every, self._repeat_every, self._jobs = offline_every, repeat_every, 0
        self._turn = Lock()

    def answers(self, job: FiscalJob) -> list[dict[str, Any]] | None:
        """The lines that it answers with; None if it goes offline instead."""
        with self._turn:
            self._jobs += 1
            if self.is_offline:
                return None
            if job.receipt not in self._numbers:
                if not self.paper:
                    return [{"error": "out of paper"}]
                self.paper -= 1
                self.printed.append(job)
                self._numbers[job.receipt] = f"{len(self.printed):08d}"
            if self._offline_every and self._jobs % self._offline_every == 0:
                return None
            lines = [self._answer(job.receipt)]
            if self._repeat_every and self._jobs % self._repeat_every == 0:
                lines.insert(0, self._answer(self.printed[0].receipt))
            return lines

    def _answer(self, receipt: str) -> dict[str, Any]:
        found = Printed(receipt=receipt, printer=SERIAL, fiscal_number=self._numbers[receipt])
        return msgspec.structs.asdict(found)


@contextmanager
def listening(printer: SimulatedPrinter, port: int = 0) -> Iterator[str]:
    """The printer at a port of loopback as long as the body runs; its address."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                answers = printer.answers(_decode(line))
                if answers is None:
                    return
                for answer in answers:
                    self.wfile.write(_encode(answer) + b"\n")

    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def main(arguments: list[str]) -> None:
    """Print until Enter is pressed."""
    port, *options = arguments or ["9100"]
    words = dict(zip(options[::2], options[1::2], strict=True))
    printer = SimulatedPrinter(
        paper=int(words.get("--paper", 1_000_000)), offline_every=int(words.get("--offline-every", 0)),
        repeat_every=int(words.get("--repeat-every", 0)),
    )  # fmt: skip
    with listening(printer, int(port)) as address:
        sys.stdout.write(f"A simulated fiscal printer listens on {address}. Enter puts paper in, Ctrl-D ends it.\n")
        for _ in sys.stdin:
            printer.paper += 10
            sys.stdout.write(f"{len(printer.printed)} receipts are printed, paper for {printer.paper} is left.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
