"""Charge the stored cards of all accounts with what is due."""

from __future__ import annotations

from adapters.bootstrap.card_desk import CardDesk, gateway_of
from adapters.bootstrap.card_run import CardRun, charge_cards
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.settings import read_settings


class ChargeCards(Job, frozen=True, kw_only=True):
    """Charge the stored cards of all accounts with what is due today, by the calendar of tries.

    Charges of earlier days whose end is not known are looked at first. Nothing is charged twice, so it may be run
    again.
    """


def charge_all_cards(asked: ChargeCards, work: Work) -> CardRun:
    """Each account in a transaction of its own; with a dry run nothing is written and no gateway is asked."""
    desk = None if work.is_dry_run else CardDesk(work.app, gateway_of(read_settings().stripe))
    with work.watch("Stored cards", "accounts", None) as advance:
        return charge_cards(work.app, desk, work.origin, advance)


JOBS: Jobs = {ChargeCards: Kind(charge_all_cards, rehearses=True)}
