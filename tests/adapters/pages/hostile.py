"""Hostile texts in every field of a form, and what of them has become a part of a page.

Each text opens elements and attributes with `xss` in their names, so nothing else on a page is called so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count, cycle
from typing import Any
from urllib.parse import quote

from fastapi.testclient import TestClient
from lxml import html

from adapters.pages.forms import Field
from tests.adapters.pages.conftest import FROM_HERE
from tests.adapters.pages.filling import filled, forms_of

MARK, EVALUATED = "xss", "xss49"
TAG = "<xss-a xss-b=1>"
CORPUS = (
    f"\"' xss-b=1 >{TAG}</textarea></title></script><xss-c>{{{{ 'xs' ~ 's49' }}}}",
    f"javascript:xss(1)//{TAG}",
    f"=xss(1){TAG}",
    f"<!--xss--><script>xss(1)</script>{TAG}",
)
# Kinds of fields in which anything may be typed.
TYPED = {"text", "lines", "list", "pairs", "yaml", "secret", "email", "tel"}
LED_BY = ("href", "src", "action", "formaction", "hx-get", "hx-post")
MOST_TRIES = 3
RUN = ("script", "style")
harmless = map("x{}".format, count())


def parts_of(page: str) -> list[str]:
    """What in a page comes of a hostile text: an element, an attribute, a script, or an address that runs one."""
    if not page.strip():
        return []
    found = []
    root = html.document_fromstring(page)
    for element in root.iter():
        if not isinstance(element.tag, str):
            found += [f"comment {element.text}"] if MARK in (element.text or "") else []
            continue
        found += [f"element {element.tag}"] if MARK in element.tag else []
        found += [f"{element.tag} runs"] if element.tag in RUN and MARK in (element.text or "") else []
        for name, value in element.attrib.items():
            found += [f"attribute {name}"] if MARK in name or name.startswith("on") else []
            found += [f"{name} runs"] if name in LED_BY and value.strip().lower().startswith("javascript:") else []
    found += ["evaluated"] if EVALUATED in page else []
    return found


def formulas_of(text: str) -> list[str]:
    """The cells of CSV that a spreadsheet would take for a formula of a hostile text."""
    return [cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in row if cell.startswith("=xss")]


def typed_into(fields: Sequence[Field], page: str) -> dict[str, list[str]]:
    """A form with a hostile text in each of its fields in which anything may be typed."""
    values, corpus = filled(page), cycle(CORPUS)
    for field in fields:
        if field.kind in TYPED:
            values[field.name] = [next(corpus)]
        elif field.kind == "rows":
            values |= {f"{field.name}.0.{each.name}": [next(corpus)] for each in field.columns}
        elif not any(values.get(field.name, ())):
            values[field.name] = [_plain(field, page)]
    return values


def _plain(field: Field, page: str) -> str:
    """What fits a field in which not anything may be typed."""
    if field.kind == "choice":
        found = html.document_fromstring(page).xpath(f"//select[@name='{field.name}']/option[@value!='']/@value")
        return str(found[0]) if found else ""
    return datetime.now(UTC).date().isoformat() if field.kind == "day" else "1"


def faulty_in(page: str) -> list[str]:
    """The fields that a page calls wrong."""
    found = html.document_fromstring(page).xpath("//*[contains(@class, 'problem')]/@id")
    return [str(name)[len("f-") : -len("-e")] for name in found]


def given(client: TestClient, address: str, fields: Sequence[Field]) -> Iterator[Any]:
    """The answers to a form with hostile texts; what it does not take of them gives way to harmless ones."""
    shown = client.get(address)
    yield shown
    if shown.status_code != 200 or not forms_of(shown.text):
        return
    values = typed_into(fields, shown.text)
    for _ in range(MOST_TRIES):
        answer = _sent(client, address, values, "preview")
        if answer.status_code == 200 and forms_of(answer.text):
            yield answer
            values |= {name: value for name, value in filled(answer.text).items() if name.startswith("_")}
            answer = _sent(client, address, values, "confirm")
        yield answer
        wrong = faulty_in(answer.text) if answer.status_code == 422 else []
        if not wrong:
            return
        values |= {name: [next(harmless)] for name in wrong}


def _sent(client: TestClient, address: str, values: Mapping[str, list[str]], do: str) -> Any:
    return client.post(address, data={**values, "do": do}, headers=FROM_HERE)


def hostile_addresses(address: str) -> Iterator[str]:
    """An address with a hostile text in its query, as somebody may send it to another one."""
    joined = "&" if "?" in address else "?"
    yield f"{address}{joined}" + "&".join(f"{word}={quote(CORPUS[0])}" for word in ("after", "search", "q", "why"))
