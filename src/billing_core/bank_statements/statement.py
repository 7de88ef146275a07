"""A bank statement as every format says it: a head, movements one after the other, an end.

Decides nothing: these are the values that a reader of a format yields and that an import takes in. They come in order,
start, movements, end, then the next statement of the file; so a file of a million movements is read with the memory of
one. A field that a format does not have is empty, and nothing is made up for it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.money import Money

# What a bank's own code says that a movement is. `unknown` if the format or the bank does not say.
MovementKind = Literal["payment", "direct-debit", "return", "fee", "interest", "cash", "card", "unknown"]


class StatementStart(msgspec.Struct, frozen=True, kw_only=True):
    """The head: the account, its currency, the number of the statement, and the balance before it.

    `account` is an IBAN, or the domestic number as the bank writes it, `2000145399/0800`. `closing` stands here if the
    format says it before the movements.
    """

    account: str
    currency: str
    number: str = ""
    from_on: date | None = None
    to_on: date | None = None
    opening: Money | None = None
    closing: Money | None = None


class Symbols(msgspec.Struct, frozen=True, kw_only=True):
    """References by their kind. The symbols are those of Czech and Slovak banks, without leading zeros.

    `creditor_reference` is one of ISO 11649 (`RF18...`) or another structured one.
    """

    variable: str = ""
    constant: str = ""
    specific: str = ""
    creditor_reference: str = ""
    end_to_end: str = ""
    mandate: str = ""
    instruction: str = ""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One movement. `amount` is signed: above zero came in, below zero went out, whatever it reverses.

    `line` counts the movements of the statement from 1; a part of a collective entry is a movement of its own.
    `reference` is the bank's id of it, `code` its kind as the bank writes it, `return_reason` a code such as AC04.
    """

    line: int
    booked_on: date
    value_on: date | None = None
    amount: Money
    is_reversal: bool = False
    kind: MovementKind = "unknown"
    code: str = ""
    return_reason: str = ""
    reference: str = ""
    symbols: Symbols = Symbols()
    counterparty: str = ""
    counterparty_account: str = ""
    message: str = ""


class StatementEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The end: the balance, and the sums and counts that the format gives to check against; None without them."""

    closing: Money | None = None
    movements: int | None = None
    credits: Money | None = None
    debits: Money | None = None


StatementPart = StatementStart | Movement | StatementEnd
