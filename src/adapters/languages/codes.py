"""The languages of the program, and where each must be complete.

A text in the code is English, so English needs no catalogue. What customers read is complete in every language; the
back office in English and Czech. A language is named by its code of ISO 639.
"""

from __future__ import annotations

from collections.abc import Mapping

from billing_core.kernel.languages import LANGUAGES

SOURCE_LANGUAGE = "en"
TRANSLATED = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)
BACK_OFFICE = (SOURCE_LANGUAGE, "cs")

# The areas that customers read, and the languages in which each must be complete; any other area is the back office's.
# The frame is what the pages of customers and those of the back office share.
COMPLETE: Mapping[str, tuple[str, ...]] = {"frame": LANGUAGES, "self_care": LANGUAGES, "printed": LANGUAGES}

# Data files, whose texts are shown in English until somebody has translated them.
REPORT_FILES = "report_files"
MAY_LACK = frozenset({REPORT_FILES})


def required_languages(area: str) -> tuple[str, ...]:
    """The languages in which every text of an area must be translated.

    Worked example: `self_care` needs cs, bg, hy and ru, `billing` only cs.
    """
    return tuple(code for code in COMPLETE.get(area, BACK_OFFICE) if code in TRANSLATED)


def first_known(*wanted: str) -> str:
    """The first of some languages that the program speaks, English if it speaks none of them.

    Worked example: of a customer without a language and a seller with `cs` it is `cs`.
    """
    return next((code for code in wanted if code in LANGUAGES), SOURCE_LANGUAGE)
