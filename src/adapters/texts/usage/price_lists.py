"""Price lists and ported numbers, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.usage.price_lists.versions import PortedNumbersPublished, PriceListPublished, PriceListWithdrawn


def _published(fact: PriceListPublished) -> str:
    carrier = f" of {fact.listed_as.carrier}" if fact.listed_as.carrier else ""
    size = f"{counted(fact.rows, 'row')} for {counted(fact.destinations, 'destination')}"
    return f"{fact.listed_as.kind} list {fact.terms.code}{carrier} from {fact.valid_from_on}: {size}"


SENTENCES: Sentences = {
    PriceListPublished: _published,
    PriceListWithdrawn: lambda fact: (
        f"version {fact.version} of the list {fact.code} withdrawn, because: {fact.reason}"
    ),
    PortedNumbersPublished: lambda fact: f"{counted(fact.numbers, 'ported number')} of {fact.country}",
}
