"""A whole catalogue as YAML: the tree of products, and the tariffs with their revisions.

    products:
      - {code: internet, name: Internet}
      - {code: home, name: Internet at home, parent: internet}
    tariffs:
      - code: net-100
        currency: EUR
        product: home
        parameters: [{code: speed, value: "100"}, {code: user, name: User name}]
        components:
          - {code: monthly, kind: recurring, price: "19.90", vat: "20"}
        revisions:
          - from: 2027-01-01
            components:
              - {code: monthly, kind: recurring, price: "21.90", vat: "20"}
    translations:
      - {tariff: net-100, language: cs, texts: {Monthly fee: Měsíční poplatek}}

The words of tariffs are those of `adapters.files.tariffs`; here every tariff names its currency. An exported file can
be imported, and an imported catalogue is exported as the same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from adapters.edge.faults import FaultAt
from adapters.edge.models import written
from adapters.files.tariffs import TariffSchema, tariff_in
from adapters.files.yaml_documents import FilePart, read_document
from billing_core.catalogue.products import Product
from billing_core.catalogue.tariffs import Catalogue
from billing_core.catalogue.translations import TariffTexts, Translation
from billing_core.kernel.repetitions import first_repeated
from commands.catalogue_import import CatalogueList, ListedProduct, ListedTariff, ListedTranslation


class CatalogueFile(FilePart, frozen=True, kw_only=True):
    products: tuple[Product, ...] = ()
    tariffs: tuple[TariffSchema, ...] = ()
    translations: tuple[Translation, ...] = ()

    def __post_init__(self) -> None:
        _require_once("products", [product.code for product in self.products])
        _require_once("tariffs", [tariff.code for tariff in self.tariffs])
        if twice := first_repeated((each.tariff, each.language) for each in self.translations):
            raise FaultAt(("translations", twice[0], "language"), f"{twice[1][1]!r}: stands twice")
        for number, tariff in enumerate(self.tariffs):
            if not tariff.currency:
                raise FaultAt(("tariffs", number, "currency"), "is missing")


def _require_once(kind: str, codes: Sequence[str]) -> None:
    if twice := first_repeated(codes):
        number, code = twice
        raise FaultAt((kind, number, "code"), f"{code!r}: stands twice")


def read_catalogue(path: Path) -> CatalogueList:
    """The catalogue in a file; every fault of it, each with line and place, in one `InvalidValue`."""
    document = read_document(path)
    listed = document.read_as(CatalogueFile)

    def place(kind: str, number: int) -> str:
        return document.place((kind, number))

    return CatalogueList(
        [ListedProduct(place("products", n), product) for n, product in enumerate(listed.products)],
        [ListedTariff(place("tariffs", n), tariff_in(tariff, "")) for n, tariff in enumerate(listed.tariffs)],
        [ListedTranslation(place("translations", n), each) for n, each in enumerate(listed.translations)],
    )


def write_catalogue(products: Mapping[str, Product], tariffs: Catalogue, texts: Mapping[str, TariffTexts]) -> str:
    """All products, each after its parent, and all tariffs by code with their translations, as the text of a file."""
    listed = {
        "products": [written(product) for product, _ in in_tree_order(products)],
        "tariffs": [written(tariff) for _, tariff in sorted(tariffs.items())],
    }
    if translations := list(_translations(texts)):
        listed["translations"] = [written(each) for each in translations]
    text: str = yaml.safe_dump(listed, sort_keys=False, allow_unicode=True, width=120)
    return text


def _translations(texts: Mapping[str, TariffTexts]) -> Iterator[Translation]:
    for code, of_tariff in sorted(texts.items()):
        for language, translated in sorted(of_tariff.newest.items()):
            if translated:
                yield Translation(tariff=code, language=language, texts=dict(translated))


def in_tree_order(products: Mapping[str, Product], parent: str = "", level: int = 0) -> Iterator[tuple[Product, int]]:
    """Each product after its parent, siblings by code, with how deep it stands."""
    below: dict[str, list[Product]] = defaultdict(list)
    for _, product in sorted(products.items(), reverse=True):
        below[product.parent].append(product)
    waiting = [(product, level) for product in below[parent]]
    while waiting:
        product, depth = waiting.pop()
        yield product, depth
        waiting += [(child, depth + 1) for child in below.get(product.code, ())]
