"""Products and tariffs, in words."""

from __future__ import annotations

from adapters.texts.components import components_text
from adapters.texts.sentences import Sentences
from billing_core.catalogue.products import ProductDefined
from billing_core.catalogue.tariffs import (
    TariffClosed,
    TariffPublished,
    TariffReopened,
    TariffRevised,
    TariffRevisionReplaced,
    TariffRevisionWithdrawn,
)
from billing_core.catalogue.translations import TariffTranslated


def _published(fact: TariffPublished) -> str:
    tariff = fact.tariff
    included = ", prices with VAT" if tariff.prices_include_vat else ""
    return f"{tariff.name}: {components_text(tariff.components, tariff.currency)}{included}"


def _revised(fact: TariffRevised) -> str:
    return f"tariff {fact.tariff} from {fact.effective_on} on: {components_text(fact.components)}"


def _replaced(fact: TariffRevisionReplaced) -> str:
    now = components_text(fact.components)
    return f"tariff {fact.tariff}, revision from {fact.effective_on} on, is now: {now}"


def _product(fact: ProductDefined) -> str:
    product = fact.product
    return f"{product.name}, under {product.parent}" if product.parent else product.name


def _translated(fact: TariffTranslated) -> str:
    texts = ", ".join(f"{text} is {translation}" for text, translation in fact.texts.items()) or "none"
    return f"tariff {fact.tariff}, translations into {fact.language}: {texts}"


SENTENCES: Sentences = {
    TariffPublished: _published,
    TariffRevised: _revised,
    TariffRevisionReplaced: _replaced,
    TariffRevisionWithdrawn: lambda fact: f"tariff {fact.tariff}, revision from {fact.effective_on} on: withdrawn",
    TariffClosed: lambda fact: f"tariff {fact.tariff} is closed for new sale from {fact.effective_on} on",
    TariffReopened: lambda fact: f"tariff {fact.tariff} is sold again",
    TariffTranslated: _translated,
    ProductDefined: _product,
}
