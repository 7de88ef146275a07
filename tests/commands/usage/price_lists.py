"""Price lists for tests, published by the real import."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.origins import origin_of_process
from adapters.files.ported_numbers import Porting, ported_content
from adapters.files.price_list_content import content_of
from billing_core.usage.price_list_events import ListedAs, PortedNumbersPublished, PriceListPublished
from billing_core.usage.price_lists import PriceList
from commands.usage.price_lists import PriceListPublishing, Published
from tests.operators import Operator

TODAY = date(2026, 6, 1)
SALE = ListedAs()


def publish(operator: Operator, price_list: PriceList, today: date = TODAY, listed_as: ListedAs = SALE) -> Published:
    """Publish a list as the import of a file does."""
    application = operator.application
    kept = application.price_lists.keep(content_of(price_list.rows))
    fact = PriceListPublished(
        effective_on=today, terms=price_list.terms, valid_from_on=price_list.valid_from_on,
        content_hash=kept.content_hash, rows=len(price_list.rows),
        destinations=len({row.destination for row in price_list.rows}), listed_as=listed_as,
    )  # fmt: skip
    return PriceListPublishing(application.store).publish(fact, origin_of_process("clerk", today))


def publish_ported(operator: Operator, *portings: Porting, country: str = "CZ") -> Published:
    """Publish a table of ported numbers."""
    application = operator.application
    kept = application.price_lists.keep(ported_content(portings))
    fact = PortedNumbersPublished(
        effective_on=TODAY, country=country, content_hash=kept.content_hash, numbers=len(portings)
    )
    return PriceListPublishing(application.store).publish_ported(fact, origin_of_process("clerk", TODAY))
