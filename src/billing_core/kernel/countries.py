"""Countries: the two-letter codes of ISO 3166 in which addresses are kept.

Decides what is a country. Does not decide what follows from one: its holidays, or the form of its legal ids.

    LV, CZ, US -> countries      XK -> Kosovo, as banks and the European Union write it: the standard has no code for it
    lv, UK, EU, XX, Latvia -> no countries
"""

from __future__ import annotations

from functools import cache

KOSOVO = "XK"


@cache
def is_country(code: str) -> bool:
    """Whether a text is a current code of ISO 3166, alpha-2 in capital letters."""
    # Imported at the first address: the library parses its list then, and the command line often needs none.
    from pycountry import countries

    found = countries.get(alpha_2=code)
    return code == KOSOVO or (found is not None and found.alpha_2 == code)
