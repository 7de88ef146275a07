"""Purge the rows of usage of a month: its partition goes, its sums stay, and an event proves what went."""

from __future__ import annotations

from billing_core.usage.retention import MonthSums, UsagePurged, apply_usage_month, purge_month, require_month
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class PurgeUsageRows(Command, frozen=True, kw_only=True):
    """Remove the rows of usage of a month, `2026-05` in UTC, for good; reports go on with its sums by the hour.

    It is refused unless the sums are those of the rows. `archive_hash` and `archived_rows` name the file in which they
    were archived before; `billing usage purge` does both.
    """

    month: str
    archive_hash: str = ""
    archived_rows: int = 0


# --- handlers


def handle_purge_usage_rows(command: PurgeUsageRows, transaction: Transaction, origin: Origin) -> Decision:
    stream = f"usage-month/{require_month(command.month)}"
    state, version = transaction.load(stream, apply_usage_month)
    fact = UsagePurged(effective_on=origin.today, month=command.month, sums=MonthSums(), batches=0, rows_hash="",
                       archive_hash=command.archive_hash)  # fmt: skip
    proved = purge_month(state, transaction.usage_rows_of(command.month), fact, command.archived_rows)
    transaction.remove_usage_rows_of(command.month)
    return Decision((Append(stream, version, (proved,)),), proved.sums)


HANDLERS: Handlers = {PurgeUsageRows: handle_purge_usage_rows}
