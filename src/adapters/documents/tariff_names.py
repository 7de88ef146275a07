"""What tariffs and their components are called in the language of a document.

The names are those of the day before the document was issued, so that it always prints the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from adapters.postgres.store import PostgresStore
from billing_core.catalogue.translations import TariffTexts, apply_tariff_texts, translated
from billing_core.charging.charges import Charge
from commands.catalogue import tariff_stream


class TariffNames:
    """The names that one document prints."""

    def __init__(self, store: PostgresStore, language: str, issued_on: date) -> None:
        self._store = store
        self._language = language
        self._issued_on = issued_on
        self._tariffs: dict[str, TariffTexts] = {}

    def on(self, charge: Charge) -> Charge:
        """The charge with its description in the language; one by hand is of no tariff and says what was written."""
        if not charge.tariff:
            return charge
        texts = self._texts_of(charge.tariff)
        described = translated(charge.description, texts.tariff.name, self._translations(texts))
        return msgspec.structs.replace(charge, description=described)

    def newest(self, charges: Iterable[Charge]) -> str:
        """The name of a service's newest tariff; a published tariff never changes its name."""
        texts = self._texts_of(max(charges, key=lambda charge: charge.from_on).tariff)
        return self._translations(texts).get(texts.tariff.name, texts.tariff.name)

    def _translations(self, texts: TariffTexts) -> Mapping[str, str]:
        return texts.in_language(self._language, self._issued_on)

    def _texts_of(self, code: str) -> TariffTexts:
        if code not in self._tariffs:
            texts = self._store.load(tariff_stream(code), apply_tariff_texts)
            assert texts is not None, f"a charge names tariff {code}, which was never published"
            self._tariffs[code] = texts
        return self._tariffs[code]
