"""Announced price changes, simulated or scheduled."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.price_changes import read_price_changes
from adapters.files.yaml_documents import YAML
from adapters.jobs.asking import limits_of_all, number_of_accounts
from billing_core.confirmation import require_usual_amount, require_usual_day, require_usual_number
from commands.price_changes.effect import PriceChangeEffect
from commands.price_changes.run import Scheduled


class ChangePrices(Job, frozen=True, kw_only=True):
    """Publish announced price changes from a YAML file; a dry run shows their effect on the present customers.

    If days beyond the date were charged already, the next billing run posts the difference. Prices that are far ahead,
    concern many accounts or gain much are published only if they are `confirmed`.
    """

    confirmed: bool = False


def change_prices(asked: ChangePrices, work: Work) -> PriceChangeEffect | Scheduled:
    """Publish the new prices of the file, or with a dry run only show their effect; nothing is written then."""
    assert work.file is not None
    listed = read_price_changes(work.file)
    run = work.app.price_change_run()
    if work.is_dry_run or not asked.confirmed:
        with work.watch("Effect", "accounts", None) as advance:
            effect = run.simulate(listed, work.origin.today, advance)
        if work.is_dry_run:
            return effect
        _require_usual(work, effect)
    with work.watch("Price changes", "accounts", None) as advance:
        scheduled = run.schedule(listed, work.origin, advance)
    work.app.runner.catch_up()
    return scheduled


def _require_usual(work: Work, effect: PriceChangeEffect) -> None:
    """Nothing of the effect is beyond the limits: neither a date, nor the number of accounts, nor a year's gain."""
    limits = limits_of_all(work.app)
    for each in effect.tariffs:
        require_usual_day(limits, f"{each.tariff} from", each.valid_from, effect.on)
    require_usual_number(limits, effect.accounts, number_of_accounts(work.app))
    for sums in effect.currencies.values():
        require_usual_amount(limits, "gain of a year", sums.year)


JOBS: Jobs = {ChangePrices: Kind(change_prices, takes=YAML, rehearses=True)}
