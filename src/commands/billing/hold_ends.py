"""The end of a hold: on its day the account is billed, whatever its billing day and whether a run is started or not.

Up to that day, that is: one that is taken up later has documents of the day on which it is.
That the service goes on is in its timeline since the hold was recorded, so nothing about it is decided here. What is
due from this day on is charged on it; on a prepaid account this is when it turns out whether the money covers it.
"""

from __future__ import annotations

from billing_core.kernel.spans import ONE_DAY
from billing_core.services.holds import HOLD_END
from commands.billing.account import BillAccount
from commands.platform.bus import Command
from commands.platform.wakes import WakeHandlers, WakeUp


def _bill(wake_up: WakeUp) -> Command:
    return BillAccount(account=wake_up.number, until=wake_up.on + ONE_DAY)


WAKES: WakeHandlers = {HOLD_END: _bill}
