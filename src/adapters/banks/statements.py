"""Reads a bank's file of any format as statements: heads, movements, ends.

The format is known by what the file begins with, never by its name. A file is read whole or refused: the error names
the file, the line and the reason. It may come after many parts, so nothing may be kept until the last one was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Literal

from adapters.banks.abo import read_abo
from adapters.banks.camt import read_camt
from adapters.banks.csv_statement import read_csv
from adapters.banks.fio_json import read_fio_json
from adapters.banks.ofx import read_ofx
from adapters.banks.refusals import Unreadable
from adapters.banks.swift import read_mt940
from adapters.files.bank_profile import OWN, BankProfile
from billing_core.bank_statements.statement import StatementPart
from billing_core.kernel.errors import NotFound

FormatOfStatement = Literal["camt", "mt940", "abo", "ofx", "fio-json", "csv"]
FIRST_BYTES = 4_096

READERS: Mapping[FormatOfStatement, Callable[[BinaryIO], Iterator[StatementPart]]] = {
    "camt": read_camt,
    "mt940": read_mt940,
    "ofx": read_ofx,
    "fio-json": read_fio_json,
}
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
ABO = re.compile(r"07[4589]")
MT940 = re.compile(r"^(?:\{1:|:20:|:940:|:\d\d[A-Z]?:)", re.MULTILINE)


def read_statement_file(path: Path, profile: BankProfile | None = None) -> Iterator[StatementPart]:
    """The parts of every statement of a file. `profile` says how a CSV file of a bank is written."""
    try:
        with path.open("rb") as file:
            found = format_of(file.read(FIRST_BYTES))
            file.seek(0)
            if found == "csv":
                yield from read_csv(path, profile or OWN)
            elif found == "abo":
                yield from read_abo(file, profile)
            else:
                yield from READERS[found](file)
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}", field="file", value=path) from None
    except Unreadable as fault:
        raise fault.refusal(path) from None


def format_of(first_bytes: bytes) -> FormatOfStatement:
    """The format by what a file begins with. What is none of the others is a CSV file."""
    encoding = next((name for mark, name in MARKS if first_bytes.startswith(mark)), "latin-1")
    text = first_bytes.decode(encoding, errors="replace").lstrip()
    if text.startswith("OFXHEADER") or (text.startswith("<") and "<OFX" in text.upper()):
        return "ofx"
    if text.startswith("<"):
        return "camt"
    if text.startswith("{") and "accountStatement" in text:
        return "fio-json"
    if ABO.match(text):
        return "abo"
    if MT940.search(text):
        return "mt940"
    return "csv"
