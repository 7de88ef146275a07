"""Which days may be named at all: any other is a slip of the keyboard, such as 0206 or 2206 for 2026.

Decides nothing about what may happen on a day. Within the bounds no rule can count beyond the end of the calendar.
"""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import InvalidValue

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
# The first day of prices and the like without a beginning.
ALWAYS = date.min


def require_day(on: date, field: str) -> date:
    """The day itself, if it lies within the bounds."""
    if not FIRST_DAY <= on <= LAST_DAY:
        raise InvalidValue(f"must lie between {FIRST_DAY} and {LAST_DAY}", field=field, value=on)
    return on
