"""Sellers and customers: each number once, changes from a date on, nothing said twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import AlreadyExists, InvalidValue, NotFound, RuleViolation
from billing_core.parties.customers import Customer, CustomerChanged, CustomerRegistered
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES, NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.party_changes import AddressChanges, CustomerChanges, SellerChanges
from commands.accounts import CorrectRegistration, OpenAccount
from commands.parties import (
    ChangeCustomer,
    ChangeSeller,
    OpenNumberSeries,
    RegisterCustomer,
    RegisterSeller,
    handle_register_seller,
)
from projections.parties import list_customers, list_sellers
from tests.operators import Operator, wait_until_held_up

Formats = dict[SeriesKind, NumberSeries]

MARCH = date(2026, 3, 1)
SOUTH: Formats = {"invoice": NumberSeries(prefix="2", width=9), "credit-note": NumberSeries(prefix="6", width=9)}
ADDRESS = Address(street="Main Street 1", city="Riverside", postal_code="1234", country="LV")


def test_a_customer_is_registered_changed_and_known_as_it_is_now(operator: Operator):
    operator.tell(
        RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona", address=ADDRESS)), today=MARCH
    )
    answer = operator.tell(
        ChangeCustomer(
            number="C1", changes=CustomerChanges(name="Ona Maria", kind="company", legal_ids={"VAT ID": "LV1"})
        ),
        today=date(2026, 4, 1),
    )

    (row,) = operator.ask(list_customers, "C1", 10)
    assert (row.customer.name, row.customer.kind, row.customer.legal_ids) == ("Ona Maria", "company", {"VAT ID": "LV1"})
    assert (row.version, row.registered_on) == (2, MARCH)
    assert answer.position > 0
    first, second = operator.facts("customer/C1")
    assert isinstance(first, CustomerRegistered) and first.customer.address.lines() == (
        "Main Street 1",
        "1234 Riverside",
        "LV",
    )
    assert isinstance(second, CustomerChanged) and second.effective_on == date(2026, 4, 1)


def test_registering_or_changing_to_the_same_details_again_changes_nothing(operator: Operator):
    customer = RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona"))
    operator.tell(customer)
    assert operator.tell(customer).position == 0
    assert operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(kind="person", name="Ona"))).position == 0
    assert len(operator.facts("customer/C1")) == 1


def test_a_second_customer_with_the_same_number_is_refused_by_number(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    with pytest.raises(AlreadyExists, match="customer number 'C1'"):
        operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Other")))
    assert len(operator.facts("customer/C1")) == 1


def test_a_customer_that_does_not_exist_cannot_be_changed(operator: Operator):
    with pytest.raises(NotFound, match="C9"):
        operator.tell(ChangeCustomer(number="C9", changes=CustomerChanges(kind="person", name="Nobody")))


def test_a_customer_cannot_change_before_it_exists(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")), today=MARCH)
    with pytest.raises(InvalidValue, match="2026-03-01"):
        operator.tell(
            ChangeCustomer(number="C1", changes=CustomerChanges(kind="person", name="Ona Maria")),
            today=date(2026, 2, 28),
        )


def test_the_day_of_registration_is_corrected_and_shown(operator: Operator):
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")), today=MARCH)
    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(name="Ona Maria")), today=date(2026, 5, 1))
    account = OpenAccount(account="K1", customer="C1", seller="north", currency="EUR", opened_on=date(2026, 4, 1))
    operator.tell(account)
    right = CorrectRegistration(customer="C1", registered_on=date(2025, 3, 1), reason="wrong year")

    assert operator.tell(right).position > 0
    assert operator.tell(right).position == 0

    (row,) = operator.ask(list_customers, "C1", 10)
    assert (row.registered_on, row.customer.name, row.version) == (date(2025, 3, 1), "Ona Maria", 3)
    with pytest.raises(RuleViolation, match="opened on 2026-04-01"):
        operator.tell(CorrectRegistration(customer="C1", registered_on=date(2026, 4, 2), reason="x"))
    operator.tell(CorrectRegistration(customer="C1", registered_on=date(2026, 4, 1), reason="x"))
    assert operator.findings() == []


def test_ids_that_their_country_does_not_know_are_kept_with_a_warning(operator: Operator):
    address = Address(country="CZ")
    right = Customer(number="C1", kind="company", name="Net", address=address, legal_ids={"IČO": "27082440"})
    assert operator.tell(RegisterCustomer(customer=right)).result == {"warnings": []}

    answer = operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(legal_ids={"IČO": "27082441"})))

    (warning,) = answer.result["warnings"]
    assert warning.startswith("IČO: has not the form or the check digit")
    assert "27082441" not in str(operator.select("SELECT answer FROM billing.commands"))
    (row,) = operator.ask(list_customers, "27082441", 10)
    assert row.customer.legal_ids == {"IČO": "27082441"}


def test_a_seller_is_registered_once(operator: Operator):
    series = SOUTH
    iban = "LV80BANK0000435195001"
    seller = RegisterSeller(
        seller=Seller(code="south", name="South Cable", address=ADDRESS, iban=iban, series=series, time_zone="UTC")
    )
    operator.tell(seller)
    assert operator.tell(seller).position == 0
    with pytest.raises(AlreadyExists, match="south"):
        operator.tell(
            RegisterSeller(
                seller=Seller(code="south", name="South Cable", address=Address(), time_zone="UTC", series=USUAL_SERIES)
            )
        )

    sellers = operator.application.models().sellers()
    assert list(sellers) == ["north", "south"]
    assert sellers["south"][0].iban == "LV80BANK0000435195001"


@pytest.mark.parametrize("series", [NumberSeries(prefix="A1", width=9), NumberSeries(prefix="1", width=3)])
def test_a_number_series_needs_digits_and_room(operator: Operator, series: NumberSeries):
    with pytest.raises(InvalidValue, match="series"):
        operator.tell(
            RegisterSeller(
                seller=Seller(code="x", name="X", address=Address(), series={"invoice": series}, time_zone="UTC")
            )
        )
    assert operator.facts("seller/x") == []


@pytest.mark.parametrize(
    ("series", "prefix"),
    [
        ({"invoice": NumberSeries(prefix="1", width=9)}, "1"),  # that of north
        ({"invoice": NumberSeries(prefix="12", width=8)}, "12"),  # 1200000000 would be one of north's
        ({"credit-note": NumberSeries(prefix="500", width=7)}, "500"),
    ],
)
def test_two_sellers_whose_series_could_give_the_same_number_are_refused(
    operator: Operator, series: Formats, prefix: str
):
    before = operator.store_contents()
    with pytest.raises(AlreadyExists, match=f"series .*'{prefix}'.*choose another prefix"):
        operator.tell(
            RegisterSeller(seller=Seller(code="x", name="X", address=Address(), series=SOUTH | series, time_zone="UTC"))
        )
    assert operator.store_contents() == before


def test_a_seller_opens_a_series_when_it_issues_documents_of_another_kind(operator: Operator):
    """Nothing else of the seller changes, and registering it again as at first is no news."""
    seller = RegisterSeller(
        seller=Seller(
            code="south", name="South", address=ADDRESS, series={"invoice": SOUTH["invoice"]}, time_zone="UTC"
        )
    )
    operator.tell(seller)
    for taken in ("2", "26", "5"):  # its own invoices, and the credit notes of north
        with pytest.raises((AlreadyExists, InvalidValue), match="series"):
            operator.tell(
                OpenNumberSeries(seller="south", kind="credit-note", series=NumberSeries(prefix=taken, width=9))
            )
    opened = OpenNumberSeries(seller="south", kind="credit-note", series=NumberSeries(prefix="6", width=9))
    assert operator.tell(opened).position > 0
    assert operator.tell(opened).position == operator.tell(seller).position == 0
    with pytest.raises(NotFound, match="west"):
        operator.tell(OpenNumberSeries(seller="west", kind="invoice", series=NumberSeries(prefix="7", width=9)))

    sellers = operator.application.models().sellers()
    assert {kind: series.first for kind, series in sellers["south"][0].series.items()} == {
        "invoice": "2000000001", "credit-note": "6000000001",
    }  # fmt: skip
    with pytest.raises(AlreadyExists, match="choose another prefix"):
        operator.tell(
            RegisterSeller(
                seller=Seller(
                    code="west", name="West", address=ADDRESS, series={"invoice": SOUTH["credit-note"]}, time_zone="UTC"
                )
            )
        )
    ((details, version),) = operator.ask(
        lambda cursor: cursor.execute("SELECT details, version FROM sellers WHERE code = 'south'").fetchall()
    )
    assert '"credit-note":{"prefix":"6"' in details and version == 2
    assert operator.findings() == []


def test_two_sellers_registered_at_once_do_not_get_series_that_could_give_the_same_number(operator: Operator):
    south = RegisterSeller(seller=Seller(code="south", name="South", address=Address(), series=SOUTH, time_zone="UTC"))
    west: Formats = {"invoice": NumberSeries(prefix="26", width=8), "credit-note": NumberSeries(prefix="7", width=9)}
    origin = origin_of_process("clerk")
    with ThreadPoolExecutor(1) as threads:
        with operator.application.store.transaction() as transaction:
            decision = handle_register_seller(south, transaction, origin)
            other = threads.submit(
                operator.tell,
                RegisterSeller(
                    seller=Seller(code="west", name="West", address=Address(), series=west, time_zone="UTC")
                ),
            )
            wait_until_held_up(operator)
            transaction.append(decision.appends, (), origin)
        with pytest.raises(AlreadyExists, match="series invoice '26'"):
            other.result(30)


def test_a_series_may_not_take_in_a_longer_one_that_is_there(operator: Operator):
    longer: Formats = {
        "invoice": NumberSeries(prefix="2026", width=6),
        "credit-note": NumberSeries(prefix="2027", width=6),
    }
    operator.tell(
        RegisterSeller(seller=Seller(code="south", name="South", address=Address(), series=longer, time_zone="UTC"))
    )
    west: Formats = {"invoice": NumberSeries(prefix="20", width=8), "credit-note": NumberSeries(prefix="2128", width=6)}
    with pytest.raises(AlreadyExists, match="series invoice '20'"):
        operator.tell(
            RegisterSeller(seller=Seller(code="west", name="West", address=Address(), series=west, time_zone="UTC"))
        )
    west["invoice"] = NumberSeries(prefix="20", width=7)  # one digit less than any other
    assert operator.tell(
        RegisterSeller(seller=Seller(code="west", name="West", address=Address(), series=west, time_zone="UTC"))
    ).position


def test_a_seller_is_in_a_time_zone_that_exists(operator: Operator):
    for zone in ("Europe/Rīga", "europe/riga", "somewhere", "", "../etc/passwd", "right/UTC", "localtime", "Factory"):
        with pytest.raises(InvalidValue, match="as in Europe/Riga"):
            operator.tell(
                RegisterSeller(
                    seller=Seller(code="x", name="X", address=Address(), time_zone=zone, series=USUAL_SERIES)
                )
            )


def test_a_seller_that_changes_is_listed_as_it_is_now_and_keeps_its_series(operator: Operator):
    before = operator.ask(list_sellers)[0]
    operator.tell(OpenNumberSeries(seller="north", kind="invoice", series=before.series["invoice"]))
    named = AddressChanges(street="Main Street 1", city="Riverside", postal_code="1234", country="LV")
    changed = ChangeSeller(
        code="north", changes=SellerChanges(name="North Net", address=named, time_zone="Europe/Riga")
    )

    operator.tell(changed, today=MARCH)

    (seller,) = operator.ask(list_sellers)
    assert (seller.name, seller.address, seller.time_zone) == ("North Net", ADDRESS, "Europe/Riga")
    assert (seller.series, seller.iban) == (before.series, before.iban)
    assert operator.tell(changed, today=MARCH).position == 0
    with pytest.raises(NotFound):
        operator.tell(ChangeSeller(code="west", changes=SellerChanges(name="West")))
    with pytest.raises(InvalidValue, match="seller language 'de'"):
        operator.tell(ChangeSeller(code="north", changes=SellerChanges(language="de")))
    with pytest.raises(InvalidValue, match="is no time zone"):
        operator.tell(ChangeSeller(code="north", changes=SellerChanges(time_zone="Mars")))
    assert operator.findings() == []
