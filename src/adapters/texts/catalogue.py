"""Products and tariffs, in words."""

from __future__ import annotations

from adapters.texts.components import components_text
from adapters.texts.sentences import Sentences
from billing_core.catalogue.products import ProductDefined
from billing_core.catalogue.tariffs import TariffPublished, TariffRevised


def _published(fact: TariffPublished) -> str:
    tariff = fact.tariff
    included = ", prices with VAT" if tariff.prices_include_vat else ""
    return f"{tariff.name}: {components_text(tariff.components, tariff.currency)}{included}"


def _revised(fact: TariffRevised) -> str:
    return f"tariff {fact.tariff} from {fact.effective_on} on: {components_text(fact.components)}"


def _product(fact: ProductDefined) -> str:
    product = fact.product
    return f"{product.name}, under {product.parent}" if product.parent else product.name


SENTENCES: Sentences = {TariffPublished: _published, TariffRevised: _revised, ProductDefined: _product}
