"""Account for sessions of access servers. It is no event: the batches that take their usage are."""

from __future__ import annotations

ACCOUNT_SESSIONS = "usage.change.account-sessions"
PERMISSIONS = (ACCOUNT_SESSIONS,)
