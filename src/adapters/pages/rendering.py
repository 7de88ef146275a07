"""Templates, and what all of them know."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.languages.codes import BACK_OFFICE
from adapters.languages.language import language_of
from adapters.languages.templates import speak
from adapters.pages import shown
from adapters.pages.as_of import kept_as_of
from adapters.pages.assets import address
from adapters.pages.page import menu
from adapters.pages.visit import Visit
from adapters.texts.sentences import sentence
from billing_core.kernel.languages import LANGUAGES
from projections.parties import list_sellers

FOLDER = Path(__file__).parent


@cache
def environment(language: str) -> Environment:
    """The templates in a language; a value that is missing in one is a fault of the program, not an empty place."""
    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.do"],
    )  # fmt: skip
    speak(made, language)
    made.filters |= {
        "amount": shown.amount, "moved": shown.moved, "money": shown.amount_with_currency, "number": shown.number,
        "day": shown.day, "sentence": sentence,
    }  # fmt: skip
    made.globals |= {
        "assets": address(),
        "languages": [language_of(code) for code in BACK_OFFICE],
        "own_languages": [language_of(code) for code in LANGUAGES],
        "state": shown.state,
    }
    return made


def rendered(template: str, values: dict[str, Any], visit: Visit) -> str:
    """A template with its values, and those of the frame: who reads, the menu, what was done just now."""
    zone = visit.door.zone()
    frame = {
        "visit": visit, "look": visit.look, "language": visit.language, "form_token": visit.form_token,
        "instant": lambda value: shown.instant(value, zone), "house": _house(visit), "today": visit.today,
    }  # fmt: skip
    page = environment(visit.language).get_template(template).render({**frame, **values})
    return kept_as_of(page, visit.as_of) if visit.as_of else page


def menu_of(visit: Visit) -> list[list[Any]]:
    """The entries that who has signed in may open, in their groups."""
    groups: dict[int, list[Any]] = {}
    for entry in menu():
        if entry.is_open_to(visit):
            groups.setdefault(entry.place[0], []).append(entry)
    return list(groups.values())


def _house(visit: Visit) -> str:
    """The name of the house: of its seller, the first if there are several."""
    with visit.door.app.queries.cursor() as cursor:
        sellers = list_sellers(cursor)
    return sellers[0].name if sellers else "Billing"
