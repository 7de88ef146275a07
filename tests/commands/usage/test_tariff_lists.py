"""Tariffs that name price lists, published, revised and imported."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations, UnitPrice
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.kernel.errors import NotFound
from commands.catalogue import PublishTariff, ReviseTariff
from commands.catalogue_import import CatalogueList, ListedTariff
from tests.billing_core.usage.lists import price_list, row
from tests.commands.usage.price_lists import publish
from tests.operators import Operator

PRICED = Usage(code="calls", name="Calls", vat_rate=Decimal(0), pricing=UnitPrice(price=Decimal(1)))
RATED = Usage(code="calls", name="Calls", vat_rate=Decimal(0), pricing=Destinations(price_list="calls"))
LISTED = Revision(valid_from=date(2026, 7, 1), components=(RATED,))


def tariff(code: str, component: Usage) -> Tariff:
    return Tariff(code=code, name=code, currency="EUR", components=(component,))


def test_a_tariff_that_names_an_unknown_list_is_refused_until_it_is_published(operator: Operator):
    operator.tell(PublishTariff(tariff=tariff("later", PRICED)))
    for command in (PublishTariff(tariff=tariff("voice", RATED)), ReviseTariff(tariff="later", revision=LISTED)):
        with pytest.raises(NotFound, match="no such price list is published"):
            operator.tell(command)

    publish(operator, price_list(row("49", "Germany", "0.05")))

    assert operator.tell(PublishTariff(tariff=tariff("voice", RATED))).position
    assert operator.tell(ReviseTariff(tariff="later", revision=LISTED)).position


def test_an_import_of_a_catalogue_says_so_already_when_it_is_rehearsed(operator: Operator):
    run, origin = operator.application.catalogue_import(), origin_of_process("clerk", date(2026, 6, 1))
    listed = CatalogueList((), (ListedTariff("tariffs[0]", tariff("voice", RATED)),))

    (before,) = run.rehearse(listed, origin)
    publish(operator, price_list(row("49", "Germany", "0.05")))
    (after,) = run.rehearse(listed, origin)

    assert (before.outcome, after.outcome) == ("refused", "new")
    assert "no such price list" in before.detail
