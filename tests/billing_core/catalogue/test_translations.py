"""What a tariff is called in other languages, and which document prints it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision, Tariff, revised
from billing_core.catalogue.translations import (
    TariffTexts,
    TariffTranslated,
    apply_tariff_texts,
    texts_of,
    translate_tariff,
    translated,
)
from billing_core.kernel.errors import InvalidValue

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 1)


def fee(name: str) -> Recurring:
    return Recurring(code="fee", name=name, vat_rate=Decimal(20), prices=(Price(amount=Decimal(10), valid_from=MAY),))


NET = Tariff(code="net", name="Net", currency="EUR", components=(fee("Fee"),))
CZECH = {"Net": "Síť", "Fee": "Poplatek"}


def after(texts: TariffTexts, *events: object) -> TariffTexts:
    state: TariffTexts | None = texts
    for event in events:
        state = apply_tariff_texts(state, event)  # type: ignore[arg-type]
    assert state is not None
    return state


def test_a_document_prints_the_translation_of_the_day_before():
    first = TariffTranslated(effective_on=MAY, tariff="net", language="cs", texts=CZECH)
    second = TariffTranslated(effective_on=JUNE, tariff="net", language="cs", texts={"Fee": "Paušál"})
    texts = after(TariffTexts(NET), first, second)
    assert texts.in_language("cs", MAY) == {}
    assert texts.in_language("cs", JUNE) == CZECH
    assert texts.in_language("cs", date(2026, 6, 2)) == {"Fee": "Paušál"}
    assert texts.in_language("bg", date(2026, 6, 2)) == {}


def test_a_tariff_is_translated_as_a_whole_and_the_same_again_changes_nothing():
    (event,) = translate_tariff(TariffTexts(NET), "cs", CZECH, MAY)
    translated_once = after(TariffTexts(NET), event)
    assert translate_tariff(translated_once, "cs", CZECH, JUNE) == []
    (other,) = translate_tariff(translated_once, "cs", {}, JUNE)
    assert after(translated_once, other).in_language("cs", date(2026, 6, 2)) == {}


def test_names_of_every_revision_may_be_translated_and_nothing_else():
    later = revised(NET, Revision(valid_from=JUNE, components=(fee("Flat fee"),)))
    assert set(texts_of(later)) == {"Net", "Fee", "Flat fee"}
    assert translate_tariff(TariffTexts(later), "cs", {"Flat fee": "Paušál", "Fee": "Poplatek"}, MAY)
    with pytest.raises(InvalidValue, match=r"'Fees'.*its texts are Fee, Flat fee, Net"):
        translate_tariff(TariffTexts(later), "cs", {"Fees": "Poplatky"}, MAY)


@pytest.mark.parametrize("language", ["", "de", "CS"])
def test_a_language_that_the_house_does_not_speak_is_refused(language):
    with pytest.raises(InvalidValue, match="language"):
        translate_tariff(TariffTexts(NET), language, CZECH, MAY)


def test_an_empty_translation_is_refused():
    with pytest.raises(InvalidValue, match="translation of 'Fee'"):
        translate_tariff(TariffTexts(NET), "cs", {"Fee": " "}, MAY)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Net: Fee", "Síť: Poplatek"),
        ("Net: Other", "Síť: Other"),
        ("Loyalty (Net: Fee)", "Věrnost (Síť: Poplatek)"),
        ("Loyalty (new) (Net: Fee (old))", "Loyalty (new) (Síť: Fee (old))"),
        ("New modem", "New modem"),
        ("Internet: Fee", "Internet: Fee"),
        ("Planet: Fee", "Planet: Fee"),
    ],
)
def test_a_description_is_translated_by_its_parts(description, expected):
    assert translated(description, "Net", {**CZECH, "Loyalty": "Věrnost"}) == expected
