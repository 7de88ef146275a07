"""A contract in pages: drafted for a customer, printed, signed, and ended by notice, with each way back."""

from __future__ import annotations

from html import unescape

from fastapi.testclient import TestClient

from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.commands.contracts.examples import make_contracts
from tests.operators import Operator


def sent(client: TestClient, address: str, **typed: str) -> str:
    """Where a form leads that was filled in and sent."""
    fields = form_fields(client.get(address).text) | typed
    answer = client.post(address, data=fields, headers=FROM_HERE)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_contract_goes_from_the_draft_to_the_signature_and_its_notice_and_back(
    operator: Operator, signed_in: SignedIn
) -> None:
    operator.subscriber()
    make_contracts(operator)
    operator.application.runner.catch_up()
    eva = signed_in("eva", "administrator")
    path = sent(
        eva, "/customers/A0001/contracts/new", seller="north", kind="internet", language="en", begins_on="today",
        services="A0001/main",
    )  # fmt: skip
    assert "main" in eva.get(path).text
    assert eva.get(f"{path}/paper").content.startswith(b"%PDF")
    sent(eva, f"{path}/issue")
    sent(eva, f"{path}/recall", reason="a wrong name")
    sent(eva, f"{path}/issue")
    sent(eva, f"{path}/sign", signed_by="Customer A0001")
    assert "Customer A0001" in eva.get(path).text
    sent(eva, f"{path}/notice", by="customer")
    assert f"{path}/take-back-notice" in eva.get(path).text
    sent(eva, f"{path}/take-back-notice", reason="she stays")
    assert f"{path}/notice" in eva.get(path).text
    assert path.rpartition("/")[2] in eva.get("/contracts").text


def test_a_kind_and_its_template_are_published_from_the_ready_one(operator: Operator, signed_in: SignedIn) -> None:
    boss = signed_in("boss", "administrator")
    sent(boss, "/set-up/contract-kinds/new", code="internet", name="Internet at home")
    page = boss.get("/set-up/contract-kinds/template").text
    text = unescape(page.partition('name="template"')[2].partition(">")[2].partition("</textarea>")[0])
    sent(boss, "/set-up/contract-kinds/template", template=text)
    assert "en 1" in boss.get("/set-up/contract-kinds").text
    broken = form_fields(page) | {"template": text.replace("{{ contract.number }}", "{{ contract.colour }}")}
    answer = boss.post("/set-up/contract-kinds/template", data=broken, headers=FROM_HERE)
    assert answer.status_code == 422 and "colour" in answer.text
