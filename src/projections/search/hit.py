"""A hit of the search, and the text that is sought."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from billing_core.kernel.money import Money

HitKind = Literal["customer", "account", "document", "payment", "remittance", "service", "ticket"]
# How well a text matches: it is the text, begins like it, or has a slip in a name.
IS_IT, BEGINS, NEARLY = range(3)
LAST_LETTER = chr(0x10FFFF)


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a text found: `number` is its own, of a service its code on the `account`.

    `matched` names what of it the text found, and `value` is that. `rank` is 0 for the text itself, 1 for what begins
    like it, 2 for a name with a slip. `on` is the day of a document, a payment or a ticket. The amount is the balance
    of an account, the total of a document, or what was paid.
    """

    kind: HitKind
    number: str
    title: str = ""
    matched: str
    value: str
    rank: int
    customer: str = ""
    customer_name: str = ""
    account: str = ""
    amount: Money | None = None
    state: str = ""
    on: date | None = None


class Sought(NamedTuple):
    """A text, and how many hits of a kind are wanted at most; with a dealer, those of its customers alone."""

    text: str
    most: int
    today: date
    dealer: str = ""

    def parameters(self, *texts: str) -> dict[str, Any]:
        """The texts with which numbers and codes may begin; without any, the text as it is typed and in capitals."""
        beginnings = dict.fromkeys(texts or (self.text, self.text.upper()))
        return {
            "texts": [text for text in beginnings if text], "last": LAST_LETTER, "most": self.most,
            "dealer": self.dealer, "today": self.today,
        }  # fmt: skip

    def rank(self, value: str) -> int:
        """How well a number or code that begins like the text matches it."""
        return IS_IT if value.casefold() == self.text.casefold() else BEGINS


def beginning_like(table: str, column: str, condition: str = "true") -> str:
    """The rows of a table of which a column begins with one of `texts`, through the index of the column."""
    return f"""
        unnest(%(texts)s::text[]) AS sought (beginning) CROSS JOIN LATERAL (
            SELECT * FROM {table} WHERE {column} >= beginning AND {column} < beginning || %(last)s AND {condition}
            ORDER BY {column} LIMIT %(most)s
        ) AS {table}
    """
