"""Telephone numbers as digits of E.164, by the tables of the library `phonenumbers`.

+420 601 234 567    -> 420601234567      an international prefix is taken off
601234567           -> 420601234567      a number of the country CZ gets its code
0905 123 456        -> 421905123456      the 0 of the country SK is not part of the number
112, 1188, *21      -> as they are       short numbers and codes are the same in no two countries
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

from adapters.files.usage_fields import NumberForm

BETWEEN_DIGITS = r"[ ()/.\-\x{00a0}]"
NOTHING = r"[^\s\S]"


class _Plan(NamedTuple):
    """How a country writes its numbers: patterns of a number with what precedes it, of it alone, and of short ones."""

    code: str
    prefix: str
    own: str
    short: str
    is_plain: bool


def normalised(texts: pa.StringArray, form: NumberForm) -> pa.StringArray:
    """The numbers as digits of E.164; what is no number, or a short one, stays as it is."""
    bare = _bare(texts)
    is_number = pc.ascii_is_decimal(bare)
    found = pc.if_else(is_number, _national(bare, form.country) if form.country else bare, texts)
    for prefix in form.international:
        rest = pc.utf8_slice_codeunits(bare, len(prefix))
        is_whole = pc.and_not(pc.ascii_is_decimal(rest), pc.starts_with(rest, "0"))
        is_abroad = pc.and_(pc.and_(pc.starts_with(bare, prefix), is_whole), pc.greater(pc.binary_length(rest), 3))
        found = pc.if_else(is_abroad, rest, found)
    return found


def _bare(texts: pa.StringArray) -> pa.StringArray:
    """The texts without what people write between digits."""
    has_more = pc.invert(pc.ascii_is_decimal(texts))
    bare = pc.replace_substring_regex(texts.filter(has_more), BETWEEN_DIGITS, "")
    return pc.replace_with_mask(texts, has_more, bare)


def _national(bare: pa.StringArray, country: str) -> pa.StringArray:
    """Numbers of a country with its code in front; others, and short ones, as they are."""
    plan = _plan(country)
    if not plan.is_plain:
        return _one_by_one(bare, country)
    without = pc.replace_substring_regex(bare, f"^(?:{plan.prefix})", "") if plan.prefix else bare
    is_own = pc.match_substring_regex(without, plan.own)
    # What begins as a prefix does may be a part of the number itself.
    whole = pc.if_else(is_own, without, bare)
    is_number = pc.and_not(pc.match_substring_regex(whole, plan.own), pc.match_substring_regex(bare, plan.short))
    return pc.if_else(is_number, pc.binary_join_element_wise(plan.code, whole, ""), bare)


@cache
def _plan(country: str) -> _Plan:
    """The plan of a country. It is plain unless its prefixes change numbers, as those that name a carrier do."""
    own = PhoneMetadata.metadata_for_region(country)
    short = PhoneMetadata.short_metadata_for_region(country)
    assert own is not None and own.general_desc is not None, country
    is_short = short.general_desc.national_number_pattern if short is not None and short.general_desc else None
    return _Plan(
        str(own.country_code),
        own.national_prefix_for_parsing or "",
        f"^(?:{own.general_desc.national_number_pattern})$",
        f"^(?:{is_short})$" if is_short else NOTHING,
        not own.national_prefix_transform_rule,
    )


def _one_by_one(bare: pa.StringArray, country: str) -> pa.StringArray:
    """The numbers as the library reads each; every one is read once."""
    coded = bare.dictionary_encode()
    read = pa.array([_read(str(number), country) for number in coded.dictionary.to_pylist()], pa.string())
    return read.take(coded.indices)


def _read(number: str, country: str) -> str:
    try:
        found = phonenumbers.parse(number, country)
    except NumberParseException:
        return number
    if not phonenumbers.is_possible_number(found) or phonenumbers.is_possible_short_number_for_region(found, country):
        return number
    return phonenumbers.format_number(found, PhoneNumberFormat.E164).removeprefix("+")
