"""Fields that the house has defined stand in forms, typed and checked, without a line of code for them."""

from __future__ import annotations

from decimal import Decimal

from billing_core.custom_fields import FieldDefinition
from commands.custom_fields import PublishCustomFields
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.filling import send
from tests.adapters.pages.test_frame import form_fields
from tests.adapters.pages.test_new_customer import registered_alone
from tests.operators import Operator

FLOOR = FieldDefinition(code="floor", labels={"en": "Floor", "cs": "Patro"}, kind="number", least=Decimal(0))
BARKS = FieldDefinition(code="barks", labels={"en": "Dog that barks"}, kind="yes-no")
OLD = FieldDefinition(code="old", labels={"en": "No longer asked"}, is_retired=True)


def test_a_defined_field_is_asked_checked_kept_and_cleared(operator: Operator, signed_in: SignedIn) -> None:
    operator.tell(PublishCustomFields(subject="customer", fields=(FLOOR, BARKS, OLD)))
    operator.application.runner.catch_up()
    eva = signed_in("eva", "clerk")
    page = eva.get("/customers/new").text
    assert "Floor" in page and "Dog that barks" in page and "No longer asked" not in page
    wrong = send(eva, "/customers/new", page, "next", number="7", name="Eva", custom_fields__floor="-1")
    assert wrong.status_code == 422 and 'value="-1"' in wrong.text
    assert registered_alone(eva, number="7", name="Eva", custom_fields__floor="3").status_code == 303
    details = eva.get("/customers/7/details").text
    assert 'name="custom_fields.floor" type="text" value="3"' in details
    cleared = form_fields(details) | {"name": "Eva", "kind": "person", "custom_fields.floor": ""}
    assert eva.post("/customers/7/details", data=cleared, headers=FROM_HERE).status_code == 303
    assert 'name="custom_fields.floor" type="text" value=""' in eva.get("/customers/7/details").text


def test_a_label_is_in_the_readers_language(operator: Operator, signed_in: SignedIn) -> None:
    operator.tell(PublishCustomFields(subject="customer", fields=(FLOOR,)))
    operator.application.runner.catch_up()
    assert "Patro" in signed_in("eva", "clerk").get("/customers/new", headers={"Accept-Language": "cs"}).text


def test_a_service_has_its_own_fields(operator: Operator, signed_in: SignedIn) -> None:
    operator.tell(PublishCustomFields(subject="service", fields=(FLOOR,)))
    operator.subscriber()
    operator.application.runner.catch_up()
    eva, path = signed_in("eva", "clerk"), "/accounts/A0001/subscriptions/main/fields"
    fields = form_fields(eva.get(path).text) | {"values.floor": "4"}
    assert eva.post(path, data=fields, headers=FROM_HERE).status_code == 303
    assert 'name="values.floor" type="text" value="4"' in eva.get(path).text


def test_fields_are_defined_as_text_that_is_checked(operator: Operator, signed_in: SignedIn) -> None:
    boss, path = signed_in("boss", "administrator"), "/set-up/custom-fields/ticket/define"
    fields = form_fields(boss.get(path).text)
    wrong = boss.post(path, data=fields | {"fields": "- code: 1 floor"}, headers=FROM_HERE)
    assert wrong.status_code == 422 and "1 floor" in wrong.text
    text = "- {code: floor, kind: number, labels: {en: Floor}}"
    assert boss.post(path, data=fields | {"fields": text}, headers=FROM_HERE).status_code == 303
    assert "Floor" in boss.get("/set-up/custom-fields/ticket").text
