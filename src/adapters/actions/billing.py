"""Bill an account again that was parked."""

from __future__ import annotations

from typing import Any

from adapters.actions.action import Acting, Action, Actions
from commands.platform.answers import plain


class RetryParkedAccount(Action, frozen=True, kw_only=True):
    """Bill a parked account again, up to the day on which it was parked; what stops it now is recorded on it."""

    account: str


def _retry(action: RetryParkedAccount, acting: Acting) -> dict[str, Any]:
    """`outcome` is billed, nothing-left, parked with what stops it now, or not-parked."""
    retried: dict[str, Any] = plain(acting.app.parked_accounts().retry(action.account, acting.origin))
    return retried


ACTIONS: Actions = {RetryParkedAccount: _retry}
