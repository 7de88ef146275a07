"""Ids of companies and persons: is the form that of their country?

An id is known by its printed label, as in "VAT ID". Whether it is somebody's, only a register knows, and old or foreign
ids may have another form. So nothing is refused here: a doubt is a warning, which does not repeat the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

IdKind = Literal["vat", "businessid", "personalid"]
# How the kinds are called in the languages of the countries that have an own entry below, without signs.
LABELS: dict[str, IdKind] = {
    "vat": "vat", "vatid": "vat", "vatnumber": "vat", "dič": "vat", "dic": "vat", "icdph": "vat", "ičdph": "vat",
    "pvn": "vat", "ддс": "vat", "иинддс": "vat", "ustidnr": "vat", "nip": "vat",
    "companyid": "businessid", "registrationnumber": "businessid", "ičo": "businessid", "ico": "businessid",
    "еик": "businessid", "eik": "businessid", "булстат": "businessid",
    "personalid": "personalid", "nationalid": "personalid", "rodnéčíslo": "personalid", "rč": "personalid",
    "егн": "personalid", "egn": "personalid", "personaskods": "personalid",
}  # fmt: skip
# The library's modules for kinds that it does not list under their general name.
MODULES: dict[tuple[str, IdKind], str] = {
    ("BG", "businessid"): "vat", ("BG", "personalid"): "egn", ("CZ", "businessid"): "dic", ("CZ", "personalid"): "rc",
    ("LV", "businessid"): "pvn", ("LV", "personalid"): "pvn", ("SK", "personalid"): "rc",
}  # fmt: skip
# Greece and Northern Ireland begin their VAT ids otherwise than with their code of ISO 3166.
VAT_COUNTRIES = {"EL": "GR", "XI": "GB"}


def doubts(legal_ids: Mapping[str, str], country: str) -> Iterator[str]:
    """A warning for each id whose form or check digit is not that of its country.

    A VAT id names its country itself, others are of the country of the address. An id whose label or country is not
    known is taken as it is: 27082440 is right as an IČO of CZ, and 27082441 is doubted.
    """
    for label, value in legal_ids.items():
        kind = _kind(label)
        if kind is None:
            continue
        prefix = value[:2].upper() if kind == "vat" and value[:2].isalpha() else ""
        of = VAT_COUNTRIES.get(prefix, prefix) or country
        module = _module(of, kind)
        if module is not None and not _is_valid(module, value):
            yield f"{label}: has not the form or the check digit of such an id in {of}; compare it with the register"


def is_vat_id(label: str) -> bool:
    """Whether a label is that of a VAT id: `VAT ID` and `DIČ` are, `IČO` is not."""
    return _kind(label) == "vat"


def _kind(label: str) -> IdKind | None:
    return LABELS.get(re.sub(r"[\W_]", "", label.casefold()))


def _module(country: str, kind: IdKind) -> Any:
    if not country:
        return None
    return get_cc_module(country.lower(), MODULES.get((country, kind), kind))


def _is_valid(module: Any, value: str) -> bool:
    try:
        module.validate(value)
    except ValidationError:
        return False
    return True
