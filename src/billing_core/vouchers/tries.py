"""Decides when an account may try no more codes.

Five wrong codes within an hour, and no code of the account is looked at for a day from the fifth on. A mistyped code
that its check symbol gives away is not a try.

    10:00 10:05 10:10 10:20   four wrong codes        one more is possible until 11:00
    10:30                     the fifth               banned until 10:30 of the next day
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.vouchers.events import VoucherBanLifted, VoucherTryFailed

MOST_TRIES = 5
WITHIN = timedelta(hours=1)
BANNED = timedelta(days=1)


class VoucherTries(msgspec.Struct):
    """The last wrong tries of an account."""

    tried_at: list[datetime] = []

    def banned_until(self) -> datetime | None:
        """The end of the ban that the tries bring, also one that is over; None without one."""
        if len(self.tried_at) < MOST_TRIES or self.tried_at[-1] - self.tried_at[-MOST_TRIES] > WITHIN:
            return None
        return self.tried_at[-1] + BANNED

    def left(self, at: datetime) -> int:
        """How many wrong codes may still be tried before the next ban."""
        return MOST_TRIES - sum(at - tried_at <= WITHIN for tried_at in self.tried_at)


class VouchersBanned(RuleViolation):
    """Too many wrong codes were tried."""


def apply_tries(state: VoucherTries | None, fact: Event) -> VoucherTries | None:
    """Fold one event of an account's tries; only those that can still count are kept."""
    match fact:
        case VoucherTryFailed(tried_at=at):
            known = [] if state is None else state.tried_at
            return VoucherTries([*known, at][-MOST_TRIES:])
        case VoucherBanLifted():
            return VoucherTries()
    return state


def require_not_banned(tries: VoucherTries | None, account: str, at: datetime) -> None:
    """Refuse any code, right or wrong, during a ban: an answer would tell which it was."""
    until = None if tries is None else tries.banned_until()
    if until is not None and at < until:
        raise VouchersBanned(f"tried {MOST_TRIES} wrong codes; try again after {until:%Y-%m-%d %H:%M} UTC, or have the "
                             "ban lifted", field="account", value=account)  # fmt: skip
