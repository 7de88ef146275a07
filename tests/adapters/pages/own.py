"""A house whose customers have their own pages: two of them, each with an account, an invoice and a service."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import trustme
from fastapi import FastAPI
from fastapi.testclient import TestClient

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.prices import Price
from billing_core.catalogue.products import Product
from billing_core.catalogue.tariffs import Tariff
from billing_core.party_changes import CustomerChanges, SellerChanges
from billing_core.promises import PromiseTerms
from billing_core.self_care import SelfCareTerms
from billing_core.work.flows import END, Flow, Move, Step
from commands.catalogue import DefineProduct, PublishTariff
from commands.parties import ChangeCustomer, ChangeSeller
from commands.parties.consents import PutConsentPurpose
from commands.promises import SetPromiseTerms
from commands.self_care.messages import SetSelfCareTerms
from commands.self_care.passwords import GiveCustomerPassword
from commands.work.flows import PublishFlow
from tests.adapters.pages.conftest import FROM_HERE, PASSWORD
from tests.counterparts.smtp import PASSWORD as SMTP_PASSWORD
from tests.counterparts.smtp import USER, SmtpCounterpart
from tests.operators import Operator
from tests.passwords import hash_of

ANNA, EVE = "104217", "104218"
MAIL = "anna@x.test"
REQUEST = Flow(
    kind="request", title="Request", queue="desk",
    steps=(Step(code="answer", moves=(Move(to=END, resolution="answered"),)),),
)  # fmt: skip


def publish(operator: Operator, code: str, name: str, price: str) -> None:
    """A tariff of the product internet, paid a month ahead, with 20 % VAT in its price, that may be paused."""
    fee = Recurring(
        code="fee", name=name, vat_rate=Decimal(20), prices=(Price(amount=Decimal(price), valid_from=date(2020, 1, 1)),)
    )
    tariff = Tariff(
        code=code, name=name, currency="EUR", product="internet", prices_include_vat=True, components=(fee,),
        hold=HoldTerms(least_days=10, most_days=60),
    )  # fmt: skip
    operator.tell(PublishTariff(tariff=tariff), today=date(2020, 1, 1))


def today() -> date:
    return datetime.now(UTC).date()


def first_of_month() -> date:
    return today().replace(day=1)


def open_house(operator: Operator) -> Operator:
    """Anna and Eve are on internet-300 since the first of this month, billed for it; internet-500 is offered."""
    operator.tell(DefineProduct(product=Product(code="internet", name="Internet")))
    publish(operator, "internet-300", "Internet 300", "30.00")
    publish(operator, "internet-500", "Internet 500", "50.00")
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(iban="LV80BANK0000435195001")))
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10)))
    operator.tell(PutConsentPurpose(purpose="offers", name="Offers by e-mail", wording="Send me offers by e-mail."))
    operator.tell(PublishFlow(flow=REQUEST))
    operator.tell(SetSelfCareTerms(
        terms=SelfCareTerms(problem="request", erasure="request", application="request")
    ))  # fmt: skip
    for number in (ANNA, EVE):
        operator.subscriber(number, since=first_of_month(), tariff="internet-300")
    operator.tell(ChangeCustomer(number=ANNA, changes=CustomerChanges(name="Anna Vrabcová", email=MAIL)))
    operator.bill(today() + timedelta(1), today=today())
    operator.application.runner.catch_up()
    return operator


def invoice_of(operator: Operator, customer: str) -> str:
    ((number,),) = operator.select("SELECT number FROM live.documents WHERE account = %s", customer)
    return str(number)


def customer_client(operator: Operator, site: FastAPI, number: str = ANNA) -> TestClient:
    """A customer who has signed in with a password, without a browser."""
    operator.tell(GiveCustomerPassword(customer=number, password_hash=hash_of(PASSWORD)))
    client = TestClient(site, raise_server_exceptions=False, follow_redirects=False)
    answer = client.post("/my/sign-in", data={"who": number, "password": PASSWORD, "do": "password"}, headers=FROM_HERE)
    assert answer.status_code == 303, answer.text
    return client


def with_mail(authority: trustme.CA, smtp: SmtpCounterpart, patched: pytest.MonkeyPatch, folder: Path) -> None:
    """The settings of a house that sends mails by a server, to pages at one address."""
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    patched.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    values = {
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp.port), "SMTP_USER": USER, "SMTP_PASSWORD": SMTP_PASSWORD,
        "MAIL_FROM": "help@isp.test", "OWN_PAGES": "https://my.isp.test",
    }  # fmt: skip
    for name, value in values.items():
        patched.setenv(f"BILLING_{name}", value)


def link_in(smtp: SmtpCounterpart) -> str:
    """The path and query of the link in the mail that arrived last."""
    found = re.search(r"https?://\S+?(/my/enter\?link=\S+)", smtp.arrived[-1].text)
    assert found, smtp.arrived[-1].text
    return found[1]
