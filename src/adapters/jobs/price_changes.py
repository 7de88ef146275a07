"""Announced price changes, simulated or scheduled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.edge.values import AT_LEAST_ONE
from adapters.files.price_changes import read_price_changes
from adapters.files.yaml_documents import YAML
from adapters.jobs.asking import limits_of_all, number_of_accounts
from billing_core.catalogue.components import AnyComponent
from billing_core.confirmation import require_usual_amount, require_usual_day, require_usual_number
from commands.price_changes.announced import PriceChange
from commands.price_changes.effect import PriceChangeEffect
from commands.price_changes.run import Scheduled


class ChangePrices(Job, frozen=True, kw_only=True):
    """Publish announced price changes from a YAML file; a dry run shows their effect on the present customers.

    If days beyond the date were charged already, the next billing run posts the difference. Prices that are far ahead,
    concern many accounts or gain much are published only if they are `confirmed`.
    """

    confirmed: bool = False


class PublishRevision(Job, frozen=True, kw_only=True):
    """Give a tariff other components from a date on; a dry run shows the effect on the present customers.

    It is the same as a file of price changes with one entry.
    """

    tariff: str
    valid_from: date
    components: Annotated[tuple[AnyComponent, ...], AT_LEAST_ONE]
    confirmed: bool = False


def change_prices(asked: ChangePrices, work: Work) -> PriceChangeEffect | Scheduled:
    """Publish the new prices of the file, or with a dry run only show their effect; nothing is written then."""
    assert work.file is not None
    return _change(read_price_changes(work.file), work, is_confirmed=asked.confirmed)


def publish_revision(asked: PublishRevision, work: Work) -> PriceChangeEffect | Scheduled:
    """The same for one revision."""
    change = PriceChange(f"tariff {asked.tariff}", asked.tariff, asked.valid_from, {}, asked.components)
    return _change([change], work, is_confirmed=asked.confirmed)


def _change(listed: Sequence[PriceChange], work: Work, *, is_confirmed: bool) -> PriceChangeEffect | Scheduled:
    run = work.app.price_change_run()
    if work.is_dry_run or not is_confirmed:
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


JOBS: Jobs = {
    ChangePrices: Kind(change_prices, takes=YAML, rehearses=True),
    PublishRevision: Kind(publish_revision, rehearses=True),
}
