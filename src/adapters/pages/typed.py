"""What people type into forms: days and amounts in the ways they write them.

    on 2026-06-11:   today, dnes -> 2026-06-11   +14 -> 2026-06-25   11.6. -> 2026-06-11   1.7.2026 -> 2026-07-01
    amounts:                 1 234,50 -> 1234.50         −5 -> -5

What cannot be understood stays as it was typed, and the command says what is wrong with it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from adapters.pages.shown import MINUS

TODAY = {"today", "dnes", "днес", "сегодня", "այսօր"}
AHEAD = re.compile(r"([+-])(\d{1,4})")
DOTTED = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.?\s*(\d{4})?")


def day_typed(text: str, today: date) -> str:
    """The day as a command reads it. A day without a year is the one of this year."""
    text = text.strip().replace(MINUS, "-")
    if text.casefold() in TODAY:
        return today.isoformat()
    if ahead := AHEAD.fullmatch(text):
        days = int(ahead[2]) * (1 if ahead[1] == "+" else -1)
        return (today + timedelta(days)).isoformat()
    if dotted := DOTTED.fullmatch(text):
        try:
            return date(int(dotted[3] or today.year), int(dotted[2]), int(dotted[1])).isoformat()
        except ValueError:
            return text
    return text


def amount_typed(text: str) -> str:
    """The amount as a command reads it: a comma is a point, spaces between thousands are left out."""
    plain = "".join(text.split()).replace(MINUS, "-")
    return plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
