"""Currencies: the codes of ISO 4217 in which money is kept, and the decimals of each.

Decides what is a currency. Does not decide how an amount is rounded or written.

The list of the standard comes from the library `iso4217`. Babel carries CLDR, which says what cash is paid with and
differs from the standard: it gives RSD, ALL, MGA and others no decimals, the standard gives them 2.

    minor_digits("EUR") -> 2      minor_digits("JPY") -> 0      minor_digits("KWD") -> 3      minor_digits("CLF") -> 4
    XAU (gold), XDR, XTS (tests), XXX (none)  are refused: the standard gives them no minor unit
    DEM, HRK, BGN                             are refused: the standard withdrew them
"""

from __future__ import annotations

from functools import cache

from billing_core.kernel.errors import InvalidValue


@cache
def minor_digits(currency: str) -> int:
    """The decimals of a currency. Anything but a current code of ISO 4217 with a minor unit is `InvalidValue`."""
    # Imported at the first amount: the library parses its list then, and the command line often needs none.
    from iso4217 import Currency

    try:
        digits = Currency(currency).exponent
    except ValueError:
        raise InvalidValue(
            "unknown currency; give a current ISO 4217 code such as EUR, CZK or USD", field="currency", value=currency
        ) from None
    if digits is None:
        raise InvalidValue(
            "has no minor unit in ISO 4217, so no amount is kept in it; give a currency such as EUR, CZK or USD",
            field="currency", value=currency,
        )  # fmt: skip
    return digits
