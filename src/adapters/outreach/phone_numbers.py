"""Telephone numbers as networks take them, by the tables of the library `phonenumbers`.

602 123 456 in the Czech Republic, +420 602 123 456, 00420602123456  ->  +420602123456
12345                                                                ->  none
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def international(number: str, country: str) -> str:
    """A number in the form +420602123456; a number without its country is one of `country`. Empty if it is none."""
    written = number.strip()
    if written.startswith("00"):
        written = f"+{written[2:]}"
    try:
        found = phonenumbers.parse(written, country.upper() or None)
    except NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(found):
        return ""
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)
