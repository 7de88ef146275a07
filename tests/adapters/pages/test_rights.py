"""Who may do what on the pages: for every form of every area and every ready role, by the role's own permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from adapters.bootstrap.operations import operations
from adapters.edge.models import annotation_of
from adapters.http.route import routes
from adapters.pages.filled_in import WORDS
from adapters.pages.forms import Field, Form, forms
from adapters.pages.job_forms import JobForm, job_forms
from adapters.pages.site import every_page
from billing_core.staff.roles import READY_ROLES, permits
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.operators import Operator

MOST_PAGES = 120
AFTER_ANYTHING = "[^/?#]+"
# A page of one thing needs that thing; these roles' crawls reach the things of the small operator.
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
LEADS_OUT = ("/static/", "/sign-", "/v1/")


def all_forms() -> list[Form | JobForm]:
    return [*forms(), *job_forms()]


def forms_of_operators() -> list[Form | JobForm]:
    """Those of the back office: customers have their own, and their own sessions."""
    return [form for form in all_forms() if not form.path.startswith("/my")]


def struct_of(form: Form | JobForm) -> type:
    return form.command if isinstance(form, Form) else form.job


def address_of(form: Form | JobForm) -> str:
    """The address of a form about things that are not there."""
    return WORDS.sub("0", form.path)


def pattern_of(form: Form | JobForm) -> re.Pattern[str]:
    parts = WORDS.split(form.path)
    return re.compile(AFTER_ANYTHING.join(re.escape(part) for part in parts[::2]))


def test_every_form_posts_what_the_api_takes():
    known = {route.struct for route in routes()}
    assert [form.path for form in all_forms() if struct_of(form) not in known] == []


def test_every_form_has_an_address_of_its_own():
    addresses = [form.path for form in all_forms()]
    assert sorted(set(addresses)) == sorted(addresses)
    pages = [(page.method, page.path) for page in every_page()]
    assert sorted(set(pages)) == sorted(pages)


@pytest.mark.parametrize("role", sorted(READY_ROLES))
def test_a_role_gets_the_forms_that_it_may_give_and_no_others(role: str, signed_in: SignedIn, operator: Operator):
    clerk = signed_in("eva", role)
    token = form_fields(clerk.get("/profile").text)["_form"]
    refused = 0
    for form in forms_of_operators():
        operation, address = operations()[struct_of(form)], address_of(form)
        shown = clerk.get(address)
        if permits(READY_ROLES[role], operation.permission):
            # What is not there is not found; what the role may not read on the way is for the role to hold.
            assert shown.status_code in (200, 303, 404, 422), (form.path, shown.status_code, shown.text)
            continue
        assert shown.status_code == 403, (form.path, shown.status_code)
        sent = clerk.post(address, data={"_form": token, "do": "confirm"}, headers=FROM_HERE)
        assert sent.status_code == 403, (form.path, sent.status_code)
        refused += 2
    noted = operator.select("SELECT count(*) FROM billing.refused_attempts WHERE actor = 'eva' AND code <> 'not-found'")
    assert noted[0][0] >= refused


def pages_for(client: TestClient) -> Iterator[tuple[str, str]]:
    """The pages that who has signed in reaches by links from the first one, with their texts; bounded."""
    waiting, seen = ["/", "/profile", "/jobs"], set[str]()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        shape = re.sub(r"\d+", "0", address)
        if shape in seen or address.startswith(LEADS_OUT):
            continue
        seen.add(shape)
        answer = client.get(address)
        if answer.status_code == 303:
            waiting.append(answer.headers["location"])
        if answer.status_code != 200 or "text/html" not in answer.headers.get("content-type", ""):
            assert answer.status_code in (200, 303, 404, 422), (address, answer.status_code, answer.text)
            continue
        yield address, answer.text
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(answer.text)]


@pytest.mark.parametrize("role", sorted(READY_ROLES))
def test_no_page_shows_a_role_a_button_that_is_refused(role: str, signed_in: SignedIn, operator: Operator):
    operator.subscribers(2)
    operator.application.runner.catch_up()
    clerk = signed_in("eva", role)
    refused = [
        (pattern_of(form), form.path)
        for form in forms_of_operators()
        if not permits(READY_ROLES[role], operations()[struct_of(form)].permission)
    ]
    permitted = [
        pattern_of(form) for form in forms_of_operators()
        if permits(READY_ROLES[role], operations()[struct_of(form)].permission)
    ]  # fmt: skip
    for address, text in pages_for(clerk):
        for link in set(LINK.findall(text)):
            path = urlsplit(link).path
            found = [form for pattern, form in refused if pattern.fullmatch(path)]
            assert not found or any(pattern.fullmatch(path) for pattern in permitted), (address, link, found)


def test_who_has_not_signed_in_sees_no_page(client: TestClient, site: FastAPI):
    for page in every_page():
        address, sign_in = WORDS.sub("0", page.path), "/my/sign-in" if page.is_own else "/sign-in"
        if page.is_public:
            continue
        if page.method == "GET":
            answer = client.get(address)
        else:
            answer = client.post(address, data={"do": "confirm"}, headers=FROM_HERE)
        assert answer.status_code == 303 and answer.headers["location"].startswith(sign_in), page


def words_given(field: Field, known: set[str]) -> set[str]:
    """The words of the command that a field gives; some kinds of fields give two, as far as the command has them."""
    named = {"from": {field.name, "from_next_period"}, "file": {"content_hash", "name"} & known}
    return named.get(field.kind, {field.name.partition(".")[0]})


@pytest.mark.parametrize("form", all_forms(), ids=lambda form: form.path)
def test_every_field_of_a_form_is_a_word_of_what_it_gives(form: Form | JobForm):
    schema = TypeAdapter(annotation_of(struct_of(form))).json_schema()
    known = set(schema.get("properties", {}))
    fixed = set() if callable(form.fixed) else set(form.fixed)
    given = (
        set().union(*(words_given(field, known) for field in form.fields))
        | known & set(WORDS.findall(form.path))
        | fixed
    )
    is_made_later = callable(form.fixed) or getattr(form, "asks", None) is not None
    if form.adds is None:
        assert given <= known, given
        assert is_made_later or set(schema.get("required", ())) <= given, given
    else:
        # What is made from what was typed has no field; what is fixed is a word all the same.
        assert fixed <= known
