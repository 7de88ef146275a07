"""Draw up a batch of pay-backs for all overpayments that are old and large enough."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from billing_core.pay_backs.batches import MOST_ACCOUNTS
from commands.pay_backs import DrawUpPayBackBatch
from projections.unused_credits import Overpaid, overpayments_after


class DrawUpPayBacks(Job, frozen=True, kw_only=True):
    """Draw up a batch that pays back the unused credit of a seller's accounts, of credit older than so many days.

    A batch has 1,000 accounts at most; the others wait for the next one. `at_least` leaves smaller ones out. A dry run
    shows the sum and which accounts would be left out, and why.
    """

    seller: str
    currency: str = "EUR"
    older_than_days: int = 30
    at_least: Decimal = Decimal(1)


def draw_up_pay_backs(asked: DrawUpPayBacks, work: Work) -> dict[str, Any]:
    """The answer of the command for the accounts that are found; nothing is written with a dry run."""
    work.app.runner.catch_up()
    before = work.origin.today - timedelta(days=max(asked.older_than_days, 0)) + timedelta(days=1)
    chosen = Overpaid(before, asked.seller, asked.currency, asked.at_least)
    with work.app.queries.cursor() as cursor:
        found = [row.account for row in overpayments_after(cursor, chosen, "", MOST_ACCOUNTS)]
    with work.watch("Pay-backs", "accounts", len(found)) as advance:
        command = DrawUpPayBackBatch(seller=asked.seller, currency=asked.currency, accounts=tuple(found))
        give = work.app.bus.rehearse if work.is_dry_run else work.app.execute
        answer = give(command, work.origin)
        advance(len(found))
    result: dict[str, Any] = answer.result
    return result


JOBS: Jobs = {DrawUpPayBacks: Kind(draw_up_pay_backs, rehearses=True)}
