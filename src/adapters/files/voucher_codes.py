"""The file of the codes of a batch of vouchers, for the printer: CSV with the columns voucher and code."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO


def write_codes(file: TextIO, first: str, codes: Sequence[str]) -> None:
    """Each code with the name of its voucher, numbered on from the first one, `SPRING-000001`."""
    series, _, number = first.rpartition("-")
    table = csv.writer(file, lineterminator="\n")
    table.writerow(("voucher", "code"))
    table.writerows((f"{series}-{int(number) + place:06}", code) for place, code in enumerate(codes))
