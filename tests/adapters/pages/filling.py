"""Forms as a browser without scripts fills them in and sends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi.testclient import TestClient
from lxml import html

from tests.adapters.pages.conftest import FROM_HERE


def forms_of(page: str) -> Sequence[Any]:
    """The forms of a page that post: those of what the page is about, not those of its frame."""
    found: Sequence[Any] = html.document_fromstring(page).xpath("//main//form[@method='post']")
    return found


def filled(page: str) -> dict[str, list[str]]:
    """What would be sent of the form as it is shown."""
    found: dict[str, list[str]] = {}
    first, *_ = forms_of(page)
    for name, value in first.form_values():
        found.setdefault(name, []).append(value)
    return found


def send(client: TestClient, address: str, page: str, do: str, **typed: str) -> Any:
    """The answer to the form of a page, with what is typed over it; words under another one: `account__number`."""
    values = filled(page) | {name.replace("__", "."): [value] for name, value in typed.items()}
    return client.post(address, data={**values, "do": do}, headers=FROM_HERE)
