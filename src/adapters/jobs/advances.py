"""Tax documents on advances of all accounts: drawn up and corrected."""

from __future__ import annotations

from adapters.bootstrap.advance_run import AdvanceRun, draw_up_for, sellers_with_terms
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work


class DrawUpAdvances(Job, frozen=True, kw_only=True):
    """Issue the tax documents that are due on unused money, and correct those whose money is no longer unused.

    It does so for every seller with terms for advances, or for the named `seller`. A dry run writes nothing. A worker
    does it every night.
    """

    seller: str = ""


def draw_up_advances(asked: DrawUpAdvances, work: Work) -> AdvanceRun:
    """The sum of all sellers."""
    run = AdvanceRun()
    with work.watch("Advances", "accounts", None) as advance:
        for row in sellers_with_terms(work.app, asked.seller):
            run.add(draw_up_for(row, work.app, work.origin.today, work.give, advance))
    return run


JOBS: Jobs = {DrawUpAdvances: Kind(draw_up_advances, rehearses=True)}
