"""Personal fields leave an event that anybody may read, and come back only with what was hidden."""

from __future__ import annotations

import json
import pkgutil
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import billing_core
from billing_core.kernel.events import Event, decode, encode, known_topics, topic_of
from billing_core.kernel.money import Money
from billing_core.kernel.personal import (
    KINDS,
    OnDocuments,
    Personal,
    PersonalFields,
    PersonNumber,
    contents_of,
    erase,
    erased,
    find_personal_fields,
    person_of,
    read_tokens,
    show,
    with_tokens,
)
from billing_core.parties.customers import Customer, CustomerChanged, CustomerRegistered
from billing_core.parties.details import Address
from billing_core.payments.events import PaymentReceived

ON = date(2026, 3, 1)
ANNA = Customer(
    number="C1",
    kind="person",
    name="Anna Kalniņa",
    address=Address(city="Rīga"),
    legal_ids={"VAT ID": "LV1"},
    email="anna@x.example",
    custom_fields={"door": "blue"},
)
REGISTERED = CustomerRegistered(effective_on=ON, customer=ANNA)
PAID = PaymentReceived(
    effective_on=ON, customer="C1", source="bank", reference="7", amount=Money(Decimal("5.00"), "EUR"), payer="Anna"
)


def fields_of(fact: Event) -> PersonalFields:
    fields = find_personal_fields(type(fact))
    assert fields is not None
    return fields


def test_what_is_left_names_nobody_and_is_an_event_like_any_other():
    left = encode(erase(fields_of(REGISTERED), REGISTERED))

    assert json.loads(left) == {
        "effective_on": "2026-03-01",
        "customer": {"number": "C1", "kind": "person", "name": "erased"},
    }
    assert decode("customer-registered/1", left) == CustomerRegistered(
        effective_on=ON, customer=Customer(number="C1", kind="person", name="erased")
    )


def test_what_documents_show_is_hidden_apart_from_the_rest():
    hidden = {kind: json.loads(contents) for kind, contents in contents_of(fields_of(REGISTERED), REGISTERED).items()}

    assert hidden == {
        "personal": [{"email": "anna@x.example", "custom_fields": {"door": "blue"}}],
        "on_documents": [{"name": "Anna Kalniņa", "address": {"city": "Rīga"}, "legal_ids": {"VAT ID": "LV1"}}],
    }


def test_only_what_is_shown_comes_back():
    fields = fields_of(REGISTERED)
    hidden = contents_of(fields, REGISTERED)

    shown = show(fields, erase(fields, REGISTERED), {"on_documents": hidden["on_documents"]})

    printed = msgspec.structs.replace(ANNA, email=None, phone=None, custom_fields={})
    assert shown == CustomerRegistered(effective_on=ON, customer=printed)
    assert show(fields, shown, {"personal": hidden["personal"]}) == REGISTERED


def test_a_payment_says_whose_it_is_and_hides_who_paid():
    fields = fields_of(PAID)

    assert person_of(fields, PAID) == "C1"
    assert contents_of(fields, PAID) == {"personal": b'[{"payer":"Anna"}]'}
    assert erase(fields, PAID) == msgspec.structs.replace(PAID, payer="")


def test_an_event_may_say_what_was_before_of_one_and_the_same_person():
    moved = msgspec.structs.replace(ANNA, address=Address(city="Liepāja"), email=None)
    fact = CustomerChanged(effective_on=ON, customer=moved, before=ANNA)

    hidden = {kind: json.loads(contents) for kind, contents in contents_of(fields_of(fact), fact).items()}

    assert hidden["personal"] == [
        {"custom_fields": {"door": "blue"}}, {"email": "anna@x.example", "custom_fields": {"door": "blue"}}
    ]  # fmt: skip
    assert [each["address"] for each in hidden["on_documents"]] == [{"city": "Liepāja"}, {"city": "Rīga"}]
    assert erase(fields_of(fact), fact) == CustomerChanged(effective_on=ON, customer=erased(ANNA), before=erased(ANNA))
    other = msgspec.structs.replace(ANNA, number="C2")
    with pytest.raises(ValueError, match="CustomerChanged holds personal data of C1 and C2"):
        person_of(fields_of(fact), CustomerChanged(effective_on=ON, customer=ANNA, before=other))


def test_an_event_without_anything_personal_hides_nothing():
    nobody = msgspec.structs.replace(PAID, payer="")
    assert contents_of(fields_of(nobody), nobody) == {}


texts = st.text(max_size=30)
customers = st.builds(
    Customer,
    number=texts,
    kind=st.sampled_from(["person", "company"]),
    name=texts,
    address=st.builds(Address, street=texts, city=texts),
    legal_ids=st.dictionaries(texts, texts, max_size=3),
    email=st.none() | texts,
    phone=st.none() | texts,
    custom_fields=st.dictionaries(texts, texts, max_size=3),
)
changes_of_customers = st.tuples(customers, customers).map(
    lambda pair: CustomerChanged(
        effective_on=ON, customer=pair[0], before=msgspec.structs.replace(pair[1], number=pair[0].number)
    )
)
facts = st.builds(CustomerRegistered, effective_on=st.dates(), customer=customers) | changes_of_customers | st.builds(
    PaymentReceived, effective_on=st.dates(), customer=texts, source=texts, reference=texts,
    amount=st.just(Money(Decimal("1.00"), "EUR")), payment_reference=texts, payer=texts,
)  # fmt: skip


@given(facts)
def test_whatever_is_hidden_comes_back_as_it_was(fact: Any):
    fields = fields_of(fact)
    left = decode(topic_of(type(fact)), encode(erase(fields, fact)))
    assert show(fields, left, contents_of(fields, fact)) == fact
    assert person_of(fields, left) == person_of(fields, fact)
    assert erase(fields, left) == left


@given(customers)
def test_an_erased_customer_keeps_only_number_and_kind(customer: Customer):
    assert erased(customer) == Customer(number=customer.number, kind=customer.kind, name="erased")


def test_tokens_stand_beside_the_fields_and_are_read_apart_from_them():
    state = with_tokens(encode(PAID), {"personal": b"QUJD"})

    assert json.loads(state) == json.loads(encode(PAID)) | {"personal": "QUJD"}
    assert decode("payment-received/1", state) == PAID
    assert [read_tokens(state).of(kind) for kind in KINDS] == ["QUJD", None]
    assert with_tokens(encode(PAID), {}) == encode(PAID)


def test_nothing_is_personal_but_parties_payments_parameters_identifiers_fields_notes_messages_contracts_and_work():
    for module in pkgutil.walk_packages(billing_core.__path__, "billing_core."):
        import_module(module.name)
    personal = {topic for topic, cls in known_topics().items() if find_personal_fields(cls) is not None}
    assert personal == {
        "customer-registered/1", "customer-changed/1", "customer-registration-corrected/1",
        "customer-contact-put/1", "customer-contact-removed/1", "customer-merged/1", "customer-merge-undone/1",
        "payment-received/1", "payment-moved-in/1", "remittance-received/1", "approval-requested/1",
        "payer-account-learnt/1", "payer-account-unlearnt/1",
        "movement-booked/1",
        "subscription-activated/1", "subscription-parameters-given/1",
        "charges-posted/1", "payment-moved-away/1", "subscription-activation-corrected/1",
        "subscription-change-cancelled/1", "subscription-charge-waived/1", "subscription-terms-corrected/1",
        "usage-withdrawn/1", "identifier-assigned/1", "service-fields-set/1", "ticket-fields-set/1",
        "ticket-opened/1", "step-completed/1", "ticket-changed/1", "comment-added/1", "ticket-closed/1",
        "ticket-reopened/1", "mail-received/1", "mail-bounced/1", "appointment-booked/1", "crew-time-taken/1",
        "customer-tagged/1", "customer-untagged/1", "note-added/1", "customer-file-attached/1",
        "call-noted/1", "mandate-amended/1", "mandate-signed/1",
        "contract-drafted/1", "contract-draft-changed/1", "contract-recalled/1", "contract-voided/1",
        "contract-signed/1", "contract-signature-taken-back/1", "annex-drafted/1", "annex-voided/1", "annex-signed/1",
        "annex-signature-taken-back/1", "contract-notice-given/1", "contract-notice-taken-back/1", "contract-resumed/1",
        "message-queued/1", "message-answered/1", "address-unreachable/1", "address-reachable/1",
        "card-callback-taken/1", "card-payment-asked/1", "card-payment-waits/1", "card-stored/1",
        "credit-transferred-away/1", "credit-transferred-in/1", "pay-back-listed/1", "payment-requested/1",
    }  # fmt: skip


# --- marks that could not be kept


class Inner(msgspec.Struct):
    number: PersonNumber
    name: Personal[str]


class InAList(msgspec.Struct):
    people: list[Inner]


class InAChoice(msgspec.Struct):
    person: Inner | None


class OfNobody(msgspec.Struct):
    name: OnDocuments[str]


class WithoutDefault(msgspec.Struct):
    number: PersonNumber
    born_on: Personal[date]


class NamedLikeAToken(msgspec.Struct):
    person: Inner
    personal: str = ""


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        (InAList, "list"),
        (InAChoice, "choice"),
        (OfNobody, "must name their person"),
        (WithoutDefault, "needs a default"),
        (NamedLikeAToken, "token"),
    ],
)
def test_a_mark_that_could_not_be_kept_is_refused(marked: type[msgspec.Struct], told: str):
    with pytest.raises(ValueError, match=told):
        find_personal_fields(marked)


def test_a_class_without_marks_has_none():
    assert find_personal_fields(Address) is None


def test_marked_fields_are_found_once_for_each_class_of_events():
    for _ in range(2):
        missed = find_personal_fields.cache_info().misses
        for kind in known_topics().values():
            find_personal_fields(kind)

    assert find_personal_fields.cache_info().misses == missed
