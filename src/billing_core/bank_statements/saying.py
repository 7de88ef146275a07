"""What a movement says, as it can be kept: the reference that the payer gave, and texts on one line."""

from __future__ import annotations

from billing_core.bank_statements.statement import Symbols
from billing_core.parties.details import MOST_TEXT

# What banks write if the payer gave no end-to-end id.
NOT_PROVIDED = "NOTPROVIDED"


def said(symbols: Symbols) -> str:
    """The reference that the payer gave: a variable symbol, else a creditor reference, else an end-to-end id."""
    end_to_end = "" if symbols.end_to_end == NOT_PROVIDED else symbols.end_to_end
    return shown(symbols.variable or symbols.creditor_reference or end_to_end)


def shown(text: str) -> str:
    """A text of the bank on one line, cut at the length that a document can show.

    >>> shown("first line\\nsecond")
    'first line second'
    """
    if text.isprintable() and len(text) <= MOST_TEXT:
        return text
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:MOST_TEXT]
