"""What a customer may choose: other tariffs with their prices, a pause; and what a change of tariff would cost."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.bootstrap.origins import origin_of_process
from adapters.views.query import Page, Queries, Query, Reading
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money
from billing_core.self_care import offered
from commands.accounts import load_account
from commands.billing.foreseen import foreseen
from commands.self_care.hold_offers import HoldOffer, hold_offer
from commands.self_care.limits import require_offered
from commands.self_care.offers import difference_before, fee_of, next_period_of
from commands.services.terms import ChangeTariff

# --- what is shown


class ListOwnOffers(Query, frozen=True, kw_only=True):
    """The tariffs that are offered for the services of an account that run, and which of these may be paused."""

    account: str


class PreviewTariff(Query, frozen=True, kw_only=True):
    """What an offered tariff would cost from today, or from the next period: in the period that runs, and later."""

    account: str
    subscription: str
    tariff: str
    from_next_period: bool = False


class TariffOffer(msgspec.Struct):
    """Another tariff: its price and how much more it is than the present one, each period, VAT included."""

    tariff: str
    name: str
    price: Money
    more: Money
    every: str


class ServiceOffers(msgspec.Struct):
    """What is offered for a service; without `hold` it cannot be paused."""

    subscription: str
    name: str
    tariffs: list[TariffOffer]
    hold: HoldOffer | None
    next_period_on: date | None


class TariffPreview(msgspec.Struct):
    """A change of tariff before it is made. `difference` is what the days until `until` cost more, VAT included."""

    name: str
    before: str
    effective_on: date
    until: date
    difference: Money
    price: Money
    price_before: Money
    every: str


# --- answers


def _list_offers(query: ListOwnOffers, reading: Reading) -> Page[ServiceOffers]:
    tariffs, today, found = reading.app.models().tariffs(), reading.today, []
    with reading.app.store.transaction() as transaction:
        account, _ = load_account(transaction, query.account)
        for code, subscription in account.subscriptions.items():
            now = next((each for each in subscription.segments() if each.contains(today)), None)
            if now is None or now.in_force.status != "active":
                continue
            present = tariffs[now.in_force.tariff]
            fee = fee_of(present, now.in_force, today)
            others = [(each, fee_of(each, None, today)) for each in offered(present, tariffs.values(), today)]
            offers = [
                TariffOffer(each.code, each.name, price.amount, price.amount - fee.amount, price.every)
                for each, price in others
                if fee is not None and price is not None and price.every == fee.every
            ]
            next_on = next_period_of(account, code, transaction, today)
            found.append(
                ServiceOffers(
                    code, present.name, offers, hold_offer(account, code, present, now.in_force, today), next_on
                )
            )
    return Page(found, None)


def _preview(query: PreviewTariff, reading: Reading) -> TariffPreview:
    app, today, account = reading.app, reading.today, query.account
    command = ChangeTariff(
        account=account, subscription=query.subscription, tariff=query.tariff, from_next_period=query.from_next_period
    )
    with app.store.transaction() as transaction:
        require_offered(command, transaction, today)
    seen = foreseen(app.bus, command, origin_of_process(reading.actor or "preview", today))
    with app.store.transaction() as transaction:
        known, _ = load_account(transaction, account)
        next_on = next_period_of(known, query.subscription, transaction, today)
    on = next_on if query.from_next_period and next_on else today
    until = next_on or today
    tariffs = app.models().tariffs()
    segments = known.subscriptions[query.subscription].segments()
    now = next(each for each in segments if each.contains(today)).in_force
    before, after = fee_of(tariffs[now.tariff], now, today), fee_of(tariffs[query.tariff], None, on)
    if before is None or after is None:
        raise NotFound("has no fee by which it can be compared", field="tariff", value=query.tariff)
    return TariffPreview(
        name=tariffs[query.tariff].name, before=tariffs[now.tariff].name, effective_on=on, until=until,
        difference=difference_before(seen, until, known.currency), price=after.amount,
        price_before=before.amount, every=after.every,
    )  # fmt: skip


QUERIES: Queries = {ListOwnOffers: _list_offers, PreviewTariff: _preview}
