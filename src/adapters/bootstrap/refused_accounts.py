"""Accounts that a run over many of them could not serve: the run goes on, and says of which it did not and why."""

from __future__ import annotations

import msgspec

from billing_core.kernel.errors import BillingError

MOST_REFUSED = 1_000


class RefusedAccount(msgspec.Struct):
    """An account that was refused, and why."""

    account: str
    reason: str


class RunOfAccounts(msgspec.Struct, kw_only=True):
    """What came of a run over accounts: so many are listed with their reason, those beyond are counted."""

    refused: list[RefusedAccount] = []
    refused_beyond: int = 0

    def note_refused(self, account: str, error: BillingError) -> None:
        if len(self.refused) < MOST_REFUSED:
            self.refused = [*self.refused, RefusedAccount(account, str(error))]
        else:
            self.refused_beyond += 1
