"""What lies in the store names nobody, and what is read does, until the keys are destroyed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest

import adapters.postgres.person_keys
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.person_keys import PersonalDataUnreadable
from billing_core.custom_fields import FieldDefinition
from billing_core.kernel.events import Event
from billing_core.kernel.personal import ERASED
from billing_core.parties.customers import Customer, CustomerRegistered, apply_customer
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.payments.events import PaymentReceived
from commands.custom_fields import PublishCustomFields
from commands.onboarding import NewSubscriber
from commands.parties import RegisterCustomer
from commands.payments.account import ReceivePayment
from commands.platform.ports import Append, VersionConflict
from projections.parties import list_customers
from tests.operators import Operator, bank_row, eur, new_subscriber

TELLING = ("Kalni", "Anna", "anna@x.example", "2000 0001", "blue door", "LV-17")
DETAILS = {
    "name": "Anna Kalniņa",
    "email": "anna@x.example",
    "phone": "+371 2000 0001",
    "custom_fields": {"note": "blue door"},
    "legal_ids": {"code": "LV-17"},
}


@pytest.fixture
def note(operator: Operator) -> None:
    """The custom field that the details have."""
    fields = (FieldDefinition(code="note", labels={"en": "Note"}),)
    operator.tell(PublishCustomFields(subject="customer", fields=fields))


def known_subscriber(number: str) -> NewSubscriber:
    anna = Customer(number=number, kind="person", **DETAILS)  # type: ignore[arg-type]
    return msgspec.structs.replace(new_subscriber(number), customer=anna)


def states(operator: Operator) -> str:
    """All that the store holds, as text."""
    rows = operator.select("SELECT convert_from(state, 'UTF8') FROM billing.events ORDER BY position")
    return "\n".join([*(state for (state,) in rows), *map(str, operator.store_contents().values())])


@pytest.mark.usefixtures("note")
def test_no_way_into_the_store_leaves_anything_personal_in_it(operator: Operator):
    """A single command, many subscribers at once, a bank file of many rows, and a single payment."""
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", **DETAILS)))  # type: ignore[arg-type]
    assert operator.bring_in([known_subscriber(f"A{n}") for n in range(60)]).accepted == 60
    rows = [bank_row(n, "1.00", f"A{n}", payer="Anna Kalniņa") for n in range(60)]
    assert operator.take_in(rows).accepted == 60
    operator.tell(ReceivePayment(account="A1", source="desk", reference="1", amount=eur("2.00"),
                                 payer="Anna Kalniņa", payment_reference="blue door"))  # fmt: skip

    held = states(operator)

    assert [word for word in TELLING if word in held] == []
    assert held.count('"on_documents":"') == 61
    assert held.count('"personal":"') == 61 + 61
    found = operator.ask(list_customers, "Kalniņa", 100)
    assert len(found) == 61 and found[0].customer == Customer(number="A0", kind="person", **DETAILS)  # type: ignore[arg-type]
    payers = [fact.payer for fact in operator.facts("account/A1") if isinstance(fact, PaymentReceived)]
    assert payers == ["Anna Kalniņa"] * 2
    assert operator.findings() == []


@pytest.mark.usefixtures("note")
def test_every_customer_has_keys_of_its_own_and_every_event_another_token(operator: Operator):
    operator.bring_in([known_subscriber(f"A{n}") for n in range(60)])
    keys = operator.select("SELECT personal_key, document_key FROM billing.person_keys")
    assert len({key for row in keys for key in row}) == 120
    assert {len(key) for row in keys for key in row} == {32}
    tokens = operator.select("SELECT state ->> 'personal' FROM billing.event_log WHERE topic = 'customer-registered/1'")
    assert len({token for (token,) in tokens}) == 60


@pytest.mark.parametrize("column", ["originator_id", "originator_version"])
def test_a_token_that_was_moved_to_another_event_is_refused(operator: Operator, column: str):
    """Even under its own key: a customer's address of today is not passed off as that of yesterday."""
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    moved = {"originator_id": "'customer/C2'", "originator_version": "2"}[column]
    assert operator.execute(f"UPDATE billing.events SET {column} = {moved} WHERE originator_id = 'customer/C1'") == 1
    stream = "customer/C2" if column == "originator_id" else "customer/C1"
    with pytest.raises(PersonalDataUnreadable, match=f"event '{stream} .*billing verify"):
        operator.facts(stream)


@pytest.mark.parametrize("token", ["", "AAAA", "no base 64", "A" * 100])
def test_a_token_that_is_none_is_refused(operator: Operator, token: str):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    operator.execute(
        """UPDATE billing.events SET state = convert_to(jsonb_set(convert_from(state, 'UTF8')::jsonb,
           '{on_documents}', to_jsonb(%s::text))::text, 'UTF8') WHERE originator_id = 'customer/C1'""", token
    )  # fmt: skip
    with pytest.raises(PersonalDataUnreadable, match="customer/C1 1"):
        operator.application.store.load("customer/C1", apply_customer)


def test_a_key_that_is_lost_is_an_error_and_not_an_erased_person(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    operator.execute("DELETE FROM billing.person_keys")
    with pytest.raises(PersonalDataUnreadable, match=r"customer 'C1': .*billing.person_keys"):
        operator.ask(list_customers, "", 10)


def test_events_stored_before_there_were_keys_are_read_as_they_are(operator: Operator):
    number, plain = "C1", {"effective_on": "2026-01-01", "customer": {"number": "C1", "kind": "person", **DETAILS}}
    store_plainly(operator, f"customer/{number}", "customer-registered/1", plain)
    assert operator.facts("customer/C1") == [
        CustomerRegistered(effective_on=date(2026, 1, 1), customer=Customer(number="C1", kind="person", **DETAILS))  # type: ignore[arg-type]
    ]
    payment = {"effective_on": "2026-01-01", "customer": "C1", "source": "b", "reference": "1",
               "amount": ["1.00", "EUR"], "payer": "Ona"}  # fmt: skip
    store_plainly(operator, "account/A1", "payment-received/1", payment)
    (received,) = operator.facts("account/A1")
    assert isinstance(received, PaymentReceived) and (received.customer, received.payer) == ("C1", "Ona")


def store_plainly(operator: Operator, stream: str, topic: str, event: dict[str, Any]) -> None:
    operator.execute(
        """INSERT INTO billing.events (originator_id, originator_version, topic, state, metadata, effective_on,
           recorded_at) VALUES (%s, 1, %s, convert_to(%s, 'UTF8'), '{}', '2026-01-01', now())""",
        stream, topic, json.dumps(event),
    )  # fmt: skip


def test_two_who_make_the_keys_of_one_customer_at_once_do_not_both_succeed(operator: Operator):
    """Their events would be encrypted under keys of which only one is kept."""
    plain = {"effective_on": "2026-01-01", "customer": {"number": "C1", "kind": "person", "name": "Ona"}}
    store_plainly(operator, "customer/C1", "customer-registered/1", plain)
    fact = CustomerRegistered(effective_on=date(2026, 1, 1), customer=Customer(number="C1", kind="person", name="Ona"))
    store, origin = operator.application.store, origin_of_process()
    with store.transaction() as transaction:
        transaction.append([Append("customer/C1", 1, [fact])], (), origin)
    with pytest.raises(VersionConflict), store.transaction() as transaction:
        transaction.append([Append("customer/X", 0, [fact])], (), origin)
    assert len(operator.select("SELECT FROM billing.person_keys")) == 1


@pytest.mark.usefixtures("note")
def test_keys_are_looked_up_once_for_many_events(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    look_up = adapters.postgres.person_keys._keys_to_read

    def counted(cursor: Any, customers: Any, on: date | None) -> Any:
        calls.append(len(customers))
        return look_up(cursor, customers, on)

    monkeypatch.setattr(adapters.postgres.person_keys, "_keys_to_read", counted)
    operator.bring_in([known_subscriber(f"A{n}") for n in range(60)])
    assert calls == []  # They are new, and nothing was read of them.
    operator.application.runner.catch_up()
    operator.take_in([bank_row(n, "1.00", f"A{n}", payer="Ona") for n in range(60)])
    operator.facts("tariff/net")
    assert calls == [60, 60]  # The page of subscribers and the chunk of payments; no read model shows who paid.


def test_a_stream_of_its_own_may_begin_with_something_personal_of_a_known_customer(operator: Operator):
    """The keys are those of the customer, whichever stream tells of it first."""
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    keys = operator.select("SELECT * FROM billing.person_keys")
    heard = PaymentReceived(
        effective_on=date(2026, 1, 5), customer="C1", source="desk", reference="1", amount=eur("1.00"), payer="Eva"
    )  # fmt: skip

    with operator.application.store.transaction() as transaction:
        transaction.append([Append("remittance/1", 0, [heard])], (), origin_of_process("clerk"))

    assert operator.facts("remittance/1") == [heard]
    assert operator.select("SELECT * FROM billing.person_keys") == keys


def registered(known: CustomerRegistered | None, fact: Event) -> CustomerRegistered | None:
    """What was said of a customer at first, whatever came later."""
    return fact if isinstance(fact, CustomerRegistered) else known


def test_who_is_forgotten_is_not_shown_by_keys_that_were_read_before(operator: Operator):
    """A transaction looks up the keys of a person once, but not those that it has destroyed."""
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    with operator.application.store.transaction() as transaction:
        before, version = transaction.load("customer/C1", registered)
        forgotten = CustomerForgotten(effective_on=date(2026, 1, 5), customer="C1", ordered_by="clerk", reason="asked")
        transaction.append([Append("customer/C1", version, [forgotten])], (), origin_of_process("clerk"))
        after, _ = transaction.load("customer/C1", registered)
    assert [known.customer.name for known in (before, after) if known is not None] == ["Ona", ERASED]
