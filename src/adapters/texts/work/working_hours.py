"""Working hours and lengths of time, in words."""

from __future__ import annotations

from billing_core.work.working_hours import WEEKDAYS, WorkingHours


def hours_text(hours: WorkingHours) -> str:
    """`Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-12:00`: days in a row with equal hours are one entry."""
    runs: list[tuple[str, str, tuple[str, ...]]] = []
    for day in WEEKDAYS:
        spans: tuple[str, ...] = getattr(hours, day)
        name = day[:3].capitalize()
        if runs and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], name, spans)
        else:
            runs.append((name, name, spans))
    parts = [
        f"{first if first == last else f'{first}-{last}'} {', '.join(spans)}" for first, last, spans in runs if spans
    ]
    return "; ".join([*parts, *([f"holidays {', '.join(hours.holiday)}"] if hours.holiday else [])])


def length_text(minutes: int) -> str:
    """`4 h`, `1 h 30 min`, `45 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part, shown in ((f"{hours} h", hours), (f"{rest} min", rest or not hours)) if shown)
