"""Amounts of use as people read them.

4 510 000 000 bytes -> 4.51 GB       3 725 seconds -> 1:02:05
"""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
STEP_DIGITS = 3


def volume(count: int) -> str:
    """A volume in the unit in which it is below a thousand."""
    step = min(len(f"{abs(count)}") - 1, STEP_DIGITS * (len(UNITS) - 1)) // STEP_DIGITS
    return f"{count} {UNITS[0]}" if step == 0 else f"{count / 10 ** (STEP_DIGITS * step):.2f} {UNITS[step]}"


def duration(seconds: int) -> str:
    """A duration in hours, minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
