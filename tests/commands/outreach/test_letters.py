"""Letters wait, are drawn up as a batch, printed as often as the printer needs it, and count as sent once."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from adapters.views.outreach.letters import LettersPaper, ListLetterBatches, PrintLetters, WriteLetterAddresses
from adapters.views.query import Query, Reading, queries
from billing_core.kernel.errors import NotFound
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.parties.details import Address
from billing_core.party_changes import AddressChanges, CustomerChanges, SellerChanges
from commands.outreach.letters import DrawUpLetters
from commands.outreach.messages import CancelMessage, QueueMessage
from commands.outreach.terms import SetOutreachTerms
from commands.parties import ChangeCustomer, ChangeSeller
from tests.operators import Operator, new_subscriber

TODAY = date(2026, 3, 2)
STREETS = {"A0001": "Quay 9", "A0002": "Pier 1", "A0003": "Cape 5"}


@pytest.fixture
def house(operator: Operator) -> Operator:
    """Customers with addresses and no e-mail; the seller tells of planned work by e-mail or else by letter."""
    for number, street in STREETS.items():
        new = new_subscriber(number)
        customer = msgspec.structs.replace(
            new.customer, email=None, address=Address(street=street, city="Riverside", country="LV")
        )
        operator.bring_in([msgspec.structs.replace(new, customer=customer)])
    kinds = (KindTerms(kind="planned-work", channels=("email", "letter"), is_urgent=True),)
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=kinds)), today=TODAY)
    return operator


def queue(operator: Operator, account: str) -> str:
    message = operator.tell(QueueMessage(kind="planned-work", account=account, cause="works"), today=TODAY)
    operator.application.runner.catch_up()
    return str(message.result["message"])


def draw_up(operator: Operator) -> dict[str, Any]:
    found: dict[str, Any] = operator.tell(DrawUpLetters(seller="north"), today=TODAY).result
    operator.application.runner.catch_up()
    return found


def ask(operator: Operator, query: Query) -> Any:
    application = operator.application
    return queries()[type(query)](query, Reading(application, application.queries, TODAY))


def pages(paper: LettersPaper) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages]


def test_letters_are_drawn_up_once_in_order_of_address_and_can_be_printed_again(house: Operator):
    cancelled = queue(house, "A0003")
    for account in ("A0001", "A0002"):
        queue(house, account)
    house.tell(CancelMessage(message=cancelled, reason="a mistake"), today=TODAY)  # The read models lag.

    assert draw_up(house) == {"batch": 1, "letters": 2}
    assert draw_up(house) == {"batch": 0, "letters": 0}

    (row,) = ask(house, ListLetterBatches()).items
    assert (row.seller, row.batch, row.drawn_up_on, row.letters) == ("north", 1, TODAY, 2)
    paper = ask(house, PrintLetters(seller="north", batch=1))
    first, second = pages(paper)
    assert "Pier 1" in first and "Quay 9" in second
    moved = SellerChanges(name="North Networks", address=AddressChanges(street="New Street 1"))
    house.tell(ChangeSeller(code="north", changes=moved), today=TODAY)
    assert ask(house, PrintLetters(seller="north", batch=1)).content == paper.content
    written = list(csv.reader(StringIO(ask(house, WriteLetterAddresses(seller="north", batch=1)).content.decode())))
    assert [(line[0], line[4]) for line in written[1:]] == [("1", "Pier 1"), ("2", "Quay 9")]
    assert house.select("SELECT state, count(*) FROM live.messages GROUP BY 1 ORDER BY 1") == [
        ("cancelled", 1), ("sent", 2)
    ]  # fmt: skip
    assert house.findings() == []


def test_who_has_an_e_mail_gets_no_letter(house: Operator):
    house.tell(ChangeCustomer(number="A0001", changes=CustomerChanges(email="anna@x.test")), today=TODAY)
    queue(house, "A0001")
    queue(house, "A0002")
    assert draw_up(house) == {"batch": 1, "letters": 1}
    with pytest.raises(NotFound, match="no such batch"):
        ask(house, PrintLetters(seller="north", batch=2))
