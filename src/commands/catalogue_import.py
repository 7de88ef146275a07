"""Import a catalogue: publish new entries, revise tariffs from the stated dates, and change nothing of the past.

It is decided on the whole catalogue in memory, so a rehearsal sees the effect of its own earlier entries; each entry is
written by a command of its own. The same catalogue again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, Protocol

import msgspec

from billing_core.catalogue.products import Product, define_product, require_product
from billing_core.catalogue.tariffs import (
    Catalogue,
    Tariff,
    as_published,
    new_revisions,
    publish_tariff,
    tariff_named,
)
from billing_core.catalogue.translations import TariffTexts, TariffTranslated, Translation, translate_tariff
from billing_core.kernel.errors import BillingError, RuleViolation
from billing_core.usage.price_lists.tariff_lists import require_lists
from billing_core.usage.price_lists.versions import ListVersions
from commands.catalogue import DefineProduct, PublishTariff, ReviseTariff, TranslateTariff
from commands.platform.bus import Bus, Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from commands.platform.progress import Progress

Outcome = Literal["new", "changed", "revised", "unchanged", "refused"]

# --- what is brought in


class ListedProduct(NamedTuple):
    """A product of the catalogue; `place` is its place in the file."""

    place: str
    product: Product


class ListedTariff(NamedTuple):
    """A tariff of the catalogue with all its revisions."""

    place: str
    tariff: Tariff


class ListedTranslation(NamedTuple):
    """The translations of a tariff into a language."""

    place: str
    translation: Translation


class CatalogueList(NamedTuple):
    products: Sequence[ListedProduct]
    tariffs: Sequence[ListedTariff]
    translations: Sequence[ListedTranslation] = ()


class KnownCatalogue(Protocol):
    """The products and tariffs that are defined already."""

    def products(self) -> Mapping[str, Product]:
        """All products by code."""

    def tariffs(self) -> Catalogue:
        """All published tariffs by code, with their revisions."""

    def price_lists(self) -> Mapping[str, ListVersions]:
        """All published price lists by code."""

    def tariff_texts(self) -> Mapping[str, TariffTexts]:
        """All published tariffs by code, with the translations of their texts."""


# --- what comes of it


class EntryReport(msgspec.Struct, frozen=True):
    """The result of one entry, and the reason of a refusal."""

    place: str
    kind: Literal["product", "tariff", "translation"]
    code: str
    outcome: Outcome
    detail: str = ""


class Step(NamedTuple):
    """The result of an entry, and the commands for it."""

    report: EntryReport
    commands: tuple[Command, ...] = ()


class CatalogueImport:
    """Imports catalogues, and rehearses imports."""

    def __init__(self, bus: Bus, known: KnownCatalogue) -> None:
        self._bus = bus
        self._known = known

    def rehearse(self, listed: CatalogueList, origin: Origin) -> list[EntryReport]:
        """The result that `bring_in` would have now."""
        return [step.report for step in self._steps(listed, origin.today)]

    def bring_in(self, listed: CatalogueList, origin: Origin, progress: Progress) -> list[EntryReport]:
        """Import every entry that the rules allow; the others are reported and unchanged."""
        reports = []
        for step in self._steps(listed, origin.today):
            progress(1)
            report = step.report
            try:
                for command in step.commands:
                    self._bus.execute(command, origin._replace(command_id=new_id(), causation_id=origin.command_id))
            except BillingError as error:
                report = _refused(report, error)
            reports.append(report)
        return reports

    def _steps(self, listed: CatalogueList, on: date) -> list[Step]:
        products = dict(self._known.products())
        steps = [_product_step(entry, products, on) for entry in _parents_first(listed.products)]
        tariffs, lists = dict(self._known.tariffs()), self._known.price_lists()
        steps += [_tariff_step(entry, products, tariffs, lists, on) for entry in listed.tariffs]
        if not listed.translations:
            return steps
        known = {code: texts.translations for code, texts in self._known.tariff_texts().items()}
        return steps + [_translation_step(entry, tariffs, known, on) for entry in listed.translations]


def _parents_first(listed: Sequence[ListedProduct]) -> Iterator[ListedProduct]:
    """In the order of the list, but each product after its parent."""
    waiting = {entry.product.code: entry for entry in listed}
    for entry in listed:
        upwards = []
        above = waiting.pop(entry.product.code, None)
        while above is not None:
            upwards.append(above)
            above = waiting.pop(above.product.parent, None)
        yield from reversed(upwards)


def _product_step(entry: ListedProduct, products: dict[str, Product], on: date) -> Step:
    product = entry.product
    existing = products.get(product.code)
    report = EntryReport(entry.place, "product", product.code, "unchanged")
    try:
        events = define_product(existing, product, list(_ancestors(product, products)), on)
    except BillingError as error:
        return Step(_refused(report, error))
    if not events:
        return Step(report)
    products[product.code] = product
    detail = f"under {product.parent}" if product.parent else "a root of the tree"
    report = msgspec.structs.replace(report, outcome="changed" if existing else "new", detail=detail)
    return Step(report, (DefineProduct(product=product),))


def _ancestors(product: Product, products: Mapping[str, Product]) -> Iterator[str]:
    above, seen = product.parent, {""}
    while above not in seen:
        yield above
        seen.add(above)
        if above == product.code:
            return
        above = require_product(products.get(above), above, "parent").parent


def _tariff_step(
    entry: ListedTariff, products: Mapping[str, Product], tariffs: dict[str, Tariff],
    lists: Mapping[str, ListVersions], on: date,
) -> Step:  # fmt: skip
    tariff = entry.tariff
    published = as_published(tariff)
    existing = tariffs.get(tariff.code)
    report = EntryReport(entry.place, "tariff", tariff.code, "unchanged")
    commands: list[Command] = []
    try:
        if tariff.product:
            require_product(products.get(tariff.product), tariff.product)
        if publish_tariff(existing, published, on):
            require_lists(published.components, published.currency, lists.get)
            commands.append(PublishTariff(tariff=published))
        current = existing or published
        _require_all_listed(current, tariff)
        added = new_revisions(current, tariff.revisions)
        for revision in added:
            require_lists(revision.components, current.currency, lists.get)
        commands += [ReviseTariff(tariff=tariff.code, revision=revision) for revision in added]
        current = msgspec.structs.replace(current, revisions=(*current.revisions, *added))
    except BillingError as error:
        return Step(_refused(report, error))
    tariffs[tariff.code] = current
    if not commands:
        return Step(report)
    dates = [str(command.revision.valid_from) for command in commands if isinstance(command, ReviseTariff)]
    detail = f"revised from {', '.join(dates)}" if dates else ""
    return Step(msgspec.structs.replace(report, outcome="revised" if existing else "new", detail=detail),
                tuple(commands))  # fmt: skip


def _translation_step(
    entry: ListedTranslation, tariffs: Catalogue, known: Mapping[str, tuple[TariffTranslated, ...]], on: date
) -> Step:
    """The translation of a tariff as it is after the other entries."""
    translation = entry.translation
    report = EntryReport(entry.place, "translation", f"{translation.tariff}/{translation.language}", "unchanged")
    try:
        texts = TariffTexts(tariff_named(tariffs, translation.tariff), known.get(translation.tariff, ()))
        events = translate_tariff(texts, translation.language, translation.texts, on)
    except BillingError as error:
        return Step(_refused(report, error))
    if not events:
        return Step(report)
    outcome: Outcome = "changed" if translation.language in texts.newest else "new"
    command = TranslateTariff(
        tariff=translation.tariff, language=translation.language, texts=translation.texts
    )  # fmt: skip
    return Step(msgspec.structs.replace(report, outcome=outcome), (command,))


def _require_all_listed(existing: Tariff, tariff: Tariff) -> None:
    listed = {revision.valid_from: revision for revision in tariff.revisions}
    for revision in existing.revisions:
        if listed.get(revision.valid_from) != revision:
            raise RuleViolation(
                f"is revised from {revision.valid_from} on, but the file differs or lacks this revision; "
                "a published revision never changes, so list it unchanged and add a later one",
                field="tariff",
                value=tariff.code,
            )


def _refused(report: EntryReport, error: BillingError) -> EntryReport:
    return msgspec.structs.replace(report, outcome="refused", detail=str(error))
