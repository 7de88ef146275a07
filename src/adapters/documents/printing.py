"""Many documents as PDF files, printed by a process for each core.

The calling process reads the documents, the others set and write them in batches: a file is written whole or not at
all. A process that prints ends with the one that started it, also if that was killed. A document that cannot be printed
is refused with the reason, and the others are printed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import msgspec

from adapters.documents.pdf import render_pdf
from billing_core.invoicing.documents import Document
from billing_core.kernel.errors import BillingError

BATCH = 20
MOST_PROCESSES = 8
BATCHES_WAITING_EACH = 2


class Refused(msgspec.Struct, frozen=True):
    """A document that was not printed, and why."""

    number: str
    reason: str


class Printed(NamedTuple):
    """How many documents of a batch were written, and those that were refused."""

    written: int
    refused: list[Refused]


def print_documents(
    documents: Iterable[Document], folder: Path, *, copy: bool = False, processes: int | None = None
) -> Iterator[Printed]:
    """Write each document into `NUMBER.pdf` of the folder, and yield the result of each batch as it is done."""
    count = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
    source = iter(documents)
    first = list(islice(source, BATCH))
    if len(first) < BATCH or count < 2:
        yield from (print_batch(batch, folder, copy) for batch in (first, *_batches(source)) if batch)
        return
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=_live_with_parent) as pool:
        waiting: set[Future[Printed]] = {pool.submit(print_batch, first, folder, copy)}
        for batch in _batches(source):
            waiting.add(pool.submit(print_batch, batch, folder, copy))
            if len(waiting) > count * BATCHES_WAITING_EACH:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in done)
        yield from (each.result() for each in waiting)


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(documents, BATCH)):
        yield batch


def print_batch(documents: list[Document], folder: Path, copy: bool) -> Printed:
    """Print some documents."""
    refused = []
    for document in documents:
        try:
            _write(folder / f"{document.number}.pdf", render_pdf(document, copy=copy))
        except BillingError as error:
            refused.append(Refused(document.number, str(error)))
    return Printed(len(documents) - len(refused), refused)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _live_with_parent() -> None:
    """Leave Ctrl-C to the process that started this one, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
