"""Finds references in what a payer or a bank wrote.

Czech and Slovak payers name an invoice by a variable symbol of at most ten digits. In formats that have no field for
it, it hides in another one: `/VS2026000017/SS0/KS0308`, `VS:2026000017`, `platba vs 2026000017 za internet`. One that
stands with different numbers names nothing: it is left in the text, for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SYMBOL = re.compile(r"(?<![A-Za-z])(VS|SS|KS|vs|ss|ks|Vs|Ss|Ks)(?:\s?[:=/.]\s?|\s)?([0-9]{1,10})(?![0-9])")
DIGITS = re.compile(r"[0-9]{1,10}")


def bare(digits: str) -> str:
    """A symbol without the zeros that fill it up; empty if it says nothing: `0000000017` -> `17`, `0` -> nothing."""
    return digits.strip().lstrip("0")


def symbols_in(texts: Iterable[str]) -> dict[str, str]:
    """The symbols that some texts name, by `VS`, `SS` and `KS`; the first text that names one counts.

    `["/VS17/KS0308", "VS 18"]` -> VS 17, KS 308. `["VS 17 a VS 18"]` -> nothing.
    """
    found: dict[str, str] = {}
    for text in texts:
        if not text or not (written := SYMBOL.findall(text)):
            continue
        named: dict[str, set[str]] = {}
        for kind, digits in written:
            named.setdefault(kind.upper(), set()).add(bare(digits))
        for kind, values in named.items():
            if len(values) == 1 and kind not in found:
                found[kind] = values.pop()
    return found


def is_plain_symbol(text: str) -> bool:
    """Whether a text is nothing but a number that could be a symbol."""
    return DIGITS.fullmatch(text) is not None
