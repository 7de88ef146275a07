"""Tags, notes and files of a customer, and the papers of contracts, as a client of the API has them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.adapters.attachments.files import PDF
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.commands.contracts.examples import FIRST, make_contracts
from tests.operators import Operator

HASH = hashlib.sha256(PDF).hexdigest()
DRAFT = {
    "customer": "A0001", "seller": "north", "kind": "internet", "language": "en", "begins_on": "2026-06-01",
    "services": [{"account": "A0001", "subscription": "main"}],
}  # fmt: skip


@pytest.fixture
def clerk(operator: Operator, signed_in: SignedIn) -> Api:
    operator.subscribers(3)
    make_contracts(operator)
    api = signed_in("sam", "support")
    assert api.send_bytes("/attachments", PDF, {"Content-Type": "application/pdf"}).status_code == 201
    return api


def done(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def numbers(api: Api, position: int, **parameters: Any) -> list[str]:
    found = done(api.get("/customers", min_position=position, **parameters))
    return [each["customer"]["number"] for each in found["items"]]


def test_customers_are_found_and_counted_by_their_tags(clerk: Api, admin: Api):
    done(clerk.post("/customers/A0001/tags", {"add": ["vip", "fibre"]}))
    changed = done(admin.post("/tags", {"customers": ["A0001", "A0002"], "add": ["fibre"], "remove": ["vip"]}))

    position = changed["position"]
    assert numbers(clerk, position, tag="fibre") == ["A0001", "A0002"]
    assert numbers(clerk, position, tag="vip") == []
    assert numbers(clerk, position, tag="fibre", search="A0002") == ["A0002"]
    assert done(clerk.get("/tags"))["items"] == [{"tag": "fibre", "customers": 2}]
    assert done(clerk.get("/customers/A0001"))["tags"] == ["fibre"]
    assert changed["result"] == {"changed": 2}


def test_of_many_customers_all_are_tagged_or_none(admin: Api, operator: Operator, clerk: Api):
    before = operator.store_contents()
    problem(admin.post("/tags", {"customers": ["A0001", "nobody"], "add": ["fibre"]}), 404, "not-found")
    assert operator.store_contents() == before


def test_notes_say_who_wrote_them_and_pinned_ones_come_first(clerk: Api):
    for text in ("The dog bites", "Calls after six", "Has moved"):
        done(clerk.post("/customers/A0001/notes", {"text": text}))
    done(clerk.send("PUT", "/customers/A0001/notes/1/pin"))
    position = done(clerk.post("/customers/A0001/notes/2/withdraw"))["position"]

    shown = done(clerk.get("/customers/A0001/notes", min_position=position))["items"]
    every = done(clerk.get("/customers/A0001/notes", with_withdrawn="true"))["items"]
    assert [(each["note"], each["text"], each["added_by"]) for each in shown] == [
        (1, "The dog bites", "sam"), (3, "Has moved", "sam"),
    ]  # fmt: skip
    assert [(each["note"], each["withdrawn_by"]) for each in every] == [(1, ""), (3, ""), (2, "sam")]


def test_a_file_of_a_customer_is_a_download_until_it_is_withdrawn(clerk: Api):
    attached = done(clerk.post("/customers/A0001/files", {"content_hash": HASH, "name": "identity.pdf"}))
    listed = done(clerk.get("/customers/A0001/files", min_position=attached["position"]))["items"]
    taken = clerk.get(f"/customers/A0001/files/{HASH}")

    assert [(each["file"], each["name"], each["size_bytes"]) for each in listed] == [(1, "identity.pdf", len(PDF))]
    assert (taken.content, taken.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="identity.pdf"'
    problem(clerk.get(f"/customers/A0002/files/{HASH}"), 404, "not-found")

    withdrawn = done(clerk.post("/customers/A0001/files/1/withdraw"))
    problem(clerk.get(f"/customers/A0001/files/{HASH}", min_position=withdrawn["position"]), 404, "not-found")


def test_a_contract_is_printed_signed_on_paper_and_its_paper_is_a_download(clerk: Api):
    assert done(clerk.post("/contracts", DRAFT))["result"] == {"contract": FIRST}
    position = done(clerk.post(f"/contracts/{FIRST}/issue"))["position"]
    printed = clerk.get(f"/contracts/{FIRST}/paper", min_position=position)
    assert (printed.headers["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    problem(clerk.get(f"/contracts/{FIRST}/signed-paper"), 404, "not-found")

    position = done(clerk.post(f"/contracts/{FIRST}/sign", {"signed_by": "Ona", "content_hash": HASH}))["position"]
    taken = clerk.get(f"/contracts/{FIRST}/signed-paper", min_position=position)
    assert taken.content == PDF
    assert taken.headers["Content-Disposition"] == f'attachment; filename="contract-{FIRST}-signed.pdf"'
    assert clerk.get(f"/contracts/{FIRST}/paper").content == printed.content
    shown = done(clerk.get(f"/contracts/{FIRST}"))
    assert (shown["status"], shown["signature"]["attachment"]["content_hash"]) == ("signed", HASH)
    assert done(clerk.get("/contracts", account="A0001"))["items"][0]["services"] == ["A0001/main"]
    assert done(clerk.get("/contracts", account="A000"))["items"] == []


def test_a_ready_template_is_shown_in_the_words_in_which_it_is_published(clerk: Api, admin: Api):
    names = done(clerk.get("/ready-contract-templates"))["items"]
    shown = done(clerk.get("/ready-contract-templates/internet.cs"))["template"]
    published = done(admin.send("PUT", "/contract-kinds/internet/templates/cs", without_path(shown)))

    assert names == ["internet.bg", "internet.cs", "internet.en", "internet.hy"]
    assert published["result"] == {"version": 1}
    found = done(clerk.get("/contract-kinds/internet/templates/cs", min_position=published["position"]))
    assert found["template"]["title"] == "Smlouva č. {{ contract.number }}"


def without_path(shown: dict[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in shown.items() if word not in ("kind", "language")}


def test_files_that_are_attached_stay_when_those_that_nothing_names_go(clerk: Api, operator: Operator):
    done(clerk.post("/contracts", DRAFT))
    done(clerk.post(f"/contracts/{FIRST}/issue"))
    done(clerk.post(f"/contracts/{FIRST}/sign", {"signed_by": "Ona", "content_hash": HASH}))
    operator.execute("UPDATE billing.attachments SET kept_at = kept_at - interval '2 days'")

    assert operator.application.attachments.remove_unnamed(lambda _: None) == 0
    assert clerk.get(f"/contracts/{FIRST}/signed-paper").content == PDF
