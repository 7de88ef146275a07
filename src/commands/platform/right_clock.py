"""Is the clock of this machine right? Every event says when it was recorded, and dates are taken from that clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from billing_core.kernel.errors import RuleViolation

# The clocks of several machines differ a little.
MOST_BEHIND = timedelta(minutes=5)
# Nobody lets a business lie for longer, and the usual slip is a wrong month or year.
MOST_AHEAD = timedelta(days=31)


class ClockDoubtful(RuleViolation):
    """The clock contradicts the log, or would leave a long gap in it."""

    code = "clock-doubtful"


def require_right_clock(now: datetime, last_recorded_at: datetime | None) -> None:
    """Refuse a clock that is behind the last event of the log, or more than 31 days ahead of it.

    Worked example: the last event was recorded on 1 March at 12:00. On 1 March at 11:00 and on 2 April the clock is
    doubtful; at 11:56 it is not, because machines differ by some minutes, and on 31 March it is not either.
    """
    if last_recorded_at is None:
        return
    if now < last_recorded_at - MOST_BEHIND:
        fault = "is behind the last event, which was recorded at"
    elif now > last_recorded_at + MOST_AHEAD:
        fault = f"is more than {MOST_AHEAD.days} days ahead of the last event, which was recorded at"
    else:
        return
    raise ClockDoubtful(
        f"{fault} {_text(last_recorded_at)}; set this machine's clock, or confirm it: `billing --clock-is-right run`",
        field="clock",
        value=_text(now),
    )


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S %Z}"
