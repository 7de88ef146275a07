"""Amounts of use as people read them.

    4 510 000 000 bytes -> 4.51 GB       3 725 seconds -> 1:02:05
"""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
STEP = 1000


def volume(count: int) -> str:
    """A volume in the unit in which it is below a thousand."""
    amount, unit = float(count), UNITS[0]
    for unit in UNITS:
        if amount < STEP:
            break
        amount /= STEP
    return f"{amount:.0f} {unit}" if unit == UNITS[0] else f"{amount:.2f} {unit}"


def duration(seconds: int) -> str:
    """A duration in hours, minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
