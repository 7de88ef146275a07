"""When a policy suspends: on days that it does not skip, between two times of the day in the seller's time zone.

Customers who are cut in the night or on a Saturday find nobody to pay or to call. A suspension that is due at another
time is put off to the next instant at which it may be made; what returns services knows no hours. Does not decide which
services are suspended (`suspensions`).

    weekends skipped, 09:00 to 16:00
        Friday 01:45    Friday 09:00        Friday 09:00 to 15:59    now
        Friday 16:00    Monday 09:00        Saturday 10:00           Monday 09:00
"""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from billing_core.dunning.ladder import is_skipped, unskipped
from billing_core.dunning.policies import DunningPolicy
from billing_core.kernel.spans import ONE_DAY
from billing_core.time.due_dates import Calendar


def may_suspend(policy: DunningPolicy, on: date, clock: time | None, calendar: Calendar) -> bool:
    """Whether services may be suspended on a day, at a time of it; without one, at some time of it."""
    if is_skipped(on, policy.skips, calendar):
        return False
    if clock is None or not policy.suspends_from:
        return True
    return time.fromisoformat(policy.suspends_from) <= clock < time.fromisoformat(policy.suspends_until)


def put_off_to(
    policy: DunningPolicy, on: date, clock: time | None, calendar: Calendar, time_zone: str
) -> datetime:  # fmt: skip
    """The next instant at which services may be suspended, if they may not at this time of the day."""
    begins = time.fromisoformat(policy.suspends_from) if policy.suspends_from else time.min
    is_over = clock is None or clock >= begins
    day = unskipped(on + ONE_DAY if is_over else on, policy.skips, calendar)
    return datetime.combine(day, begins, ZoneInfo(time_zone))
