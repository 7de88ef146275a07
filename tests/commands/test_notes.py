"""Tags, notes and files through the bus, until the customer is forgotten."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.parties.customers import Customer
from commands.forgetting import ForgetCustomer
from commands.merging import MergeCustomers
from commands.notes import AddNote, TagCustomer, TagCustomers, WithdrawNote
from commands.parties import RegisterCustomer
from projections.notes import TagCount, count_tags, notes_of
from projections.parties import Chosen, list_customers
from tests.operators import Operator
from tests.projections.note_books import attach

ON = date(2026, 6, 2)


def test_nothing_is_noted_of_a_customer_who_does_not_exist(operator: Operator):
    with pytest.raises(NotFound):
        operator.tell(TagCustomer(customer="nobody", add=("vip",)))


def test_many_customers_are_tagged_by_one_command_up_to_a_limit(operator: Operator):
    numbers = operator.subscribers(3)
    both = TagCustomers(customers=(*numbers, numbers[0]), add=("fibre",))
    assert operator.tell(both).result == {"changed": 3}
    assert operator.tell(both).result == {"changed": 0}
    with pytest.raises(InvalidValue, match="name them in several commands"):
        operator.tell(TagCustomers(customers=tuple(map(str, range(1_001))), add=("fibre",)))


def test_what_was_noted_of_a_merged_record_is_shown_with_the_kept_customer(operator: Operator):
    for number in ("A1", "K1"):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Anna")), today=ON)
        operator.tell(TagCustomer(customer=number, add=("fibre",)), today=ON)
        operator.tell(AddNote(customer=number, text=f"Of {number}"), today=ON)
    operator.tell(MergeCustomers(customer="A1", into="K1", reason="registered twice"), today=ON)
    operator.tell(TagCustomer(customer="K1", remove=("fibre",)), today=ON)
    operator.application.runner.catch_up()

    assert [note.customer for note in operator.ask(notes_of, "K1")] == ["K1", "A1"]
    assert operator.ask(count_tags) == [TagCount("fibre", 1)]
    chosen = Chosen(tag="fibre")
    found = operator.ask(lambda cursor: list_customers(cursor, "", 10, "", chosen))
    assert [row.customer.number for row in found] == ["K1"]
    with pytest.raises(RuleViolation):
        operator.tell(AddNote(customer="A1", text="more"))
    operator.tell(WithdrawNote(customer="A1", note=1), today=ON)
    operator.application.runner.catch_up()
    assert [note.customer for note in operator.ask(notes_of, "K1")] == ["K1"]


def test_what_was_noted_goes_with_the_customer_who_is_forgotten(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="A0001", kind="person", name="Anna Kalniņa")), today=ON)
    operator.tell(TagCustomer(customer="A0001", add=("vip",)), today=ON)
    operator.tell(AddNote(customer="A0001", text="The dog bites"), today=ON)
    attach(operator, "1" * 64, "identity.pdf")
    application = operator.application
    application.runner.catch_up()
    tables = ("customer_tags", "customer_notes", "customer_files")
    assert [operator.select(f"SELECT count(*) FROM live.{table}") for table in tables] == [[(1,)]] * 3

    order = ForgetCustomer(customer="A0001", ordered_by="the customer", reason="asked for it")
    application.forgetting.forget(order, origin_of_process("clerk", ON))

    assert [operator.select(f"SELECT count(*) FROM live.{table}") for table in tables] == [[(0,)]] * 3
    with pytest.raises(RuleViolation, match="was forgotten"):
        operator.tell(AddNote(customer="A0001", text="The dog bites"))
    assert operator.findings() == []
