"""The day of each ready role: what it does from morning to evening, and what it is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from billing_core.dealers import Dealer
from billing_core.promises import PromiseTerms
from billing_core.staff.roles import READY_ROLES
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.payments.remittances import ReceiveRemittance
from commands.promises import SetPromiseTerms
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from tests.adapters.http.conftest import Api, SignedIn
from tests.billing_core.work.flows import CONNECTION
from tests.commands.cash.tills import register as make_desk
from tests.commands.contracts.examples import make_contracts
from tests.operators import Operator, eur

# A0001 is the customer of the dealer `east`, A0002 the house's own. Each owes 24.00 EUR since 1 February.
MINE, OTHER = "A0001", "A0002"
SOON = (datetime.now(UTC).date() + timedelta(days=10)).isoformat()


class Step(NamedTuple):
    """A request, and what its answer must show."""

    method: str
    path: str
    body: Any = None
    shows: str = ""


class Day(NamedTuple):
    """What an operator does, in this order, and what the operator may not do."""

    does: tuple[Step, ...]
    is_refused: tuple[Step, ...]


def get(path: str, shows: str = "") -> Step:
    return Step("GET", path, shows=shows)


def post(path: str, shows: str = "", **body: Any) -> Step:
    return Step("POST", path, body, shows)


def payment(account: str, reference: str = "1") -> Step:
    money = {"amount": "24.00", "currency": "EUR", "received_on": "2026-02-03"}
    return post(f"/accounts/{account}/payments", source="till", reference=reference, **money)


REVERSE = post(f"/accounts/{MINE}/payments/till:1/reverse", reason="a mistake")
REGISTER = post("/customers", number="N1", name="Nora", registered_on="2026-01-01")
OPEN = post("/accounts", account="N1", customer="N1", seller="north", currency="EUR", opened_on="2026-01-01")
ACTIVATE = post("/accounts/N1/subscriptions", subscription="main", tariff="net", on="2026-01-01")
DEFINE_ROLE = Step("PUT", "/roles/desk", {"permissions": ["parties.read.*"]})
PUBLISH = post(
    "/tariffs", code="tv", currency="EUR",
    components=[{"code": "fee", "kind": "recurring", "vat": "20", "price": "9.00"}],
)  # fmt: skip
PURPOSE = Step("PUT", "/consent-purposes/offers", {"name": "Offers", "wording": "We may send you offers."})
GIVE = post("/customers/N1/consents/offers/give", channel="phone")
RAPID = Step("PUT", "/collection/agencies/rapid", {"name": "Rapid Collection"})
MANDATE = post(
    f"/accounts/{MINE}/mandates", mandate="M-17", scheme="sepa-core", payer="Customer",
    payer_account="DE89370400440532013000",
)  # fmt: skip
CONTACT = Step("PUT", "/customers/N1/contacts/1", {"name": "Inese Ozola", "roles": ["billing"]})
CONTRACT = "7000000001"
DRAFT = {"customer": "N1", "seller": "north", "kind": "internet", "language": "en", "begins_on": "2026-03-01"}
DEFINE_KIND = post("/contract-kinds", code="phone", name="Telephone")
FAST = {"tariff": "fast", "on": "2026-02-01"}

DAYS = {
    # What an access server does goes to a door of its own: tests/adapters/http/test_accounting.py.
    "radius": Day(
        does=(), is_refused=(get("/customers"), get(f"/accounts/{MINE}"), payment(MINE), REGISTER, get("/changes"))
    ),
    "cashier": Day(
        does=(
            get("/customers?search=customer a0001", shows='"balance":{"amount":"-24.00"'),
            get("/search?text=1000000001", shows='"state":"overdue"'),
            get(f"/accounts/{MINE}/balance", shows="-24.00"),
            get(f"/invoices?account={MINE}", shows="24.00"),
            payment(MINE),
            get(f"/accounts/{MINE}/payments", shows="till:1"),
            post("/cash-desks/H1/sessions", count=[{"value": "10", "count": 3}], reason="from the safe"),
            get("/cash-desks/H1/payers?text=1000000001", shows=f'"account":"{MINE}"'),
            post("/cash-desks/H1/payments", account=MINE, amount="5.50", given="10"),
            get("/cash-desks/H1", shows='"till":{"amount":"35.50"'),
            post("/cash-desks/H1/receipts/H1-0001/cancel", reason="wrong customer"),
            get("/cash-receipts?desk=H1", shows='"cancelled_by":"H1-0002"'),
            get("/cash-receipts/H1-0001/pdf"),
            post("/cash-desks/H1/hand-overs", to_desk="MAIN", amount="20"),
            post("/cash-desks/H1/sessions/close", count=[{"value": "10", "count": 1}]),
            get("/cash-desks/H1/sheet/csv", shows="hand-over"),
        ),
        is_refused=(
            get("/cash-desks/D1"), Step("PUT", "/cash-desks/H1", {"branch": "Horní"}),
            REVERSE, REGISTER, PUBLISH, DEFINE_ROLE, get(f"/accounts/{MINE}/subscriptions"),
            get("/changes"), get("/operators"), get("/events"), post("/jobs/run-billing", on="2026-02-01"),
        ),
    ),
    "support": Day(
        does=(
            REGISTER,
            OPEN,
            get("/tariffs", shows="fast"),
            ACTIVATE,
            post("/accounts/N1/subscriptions/main/tariff", **FAST),
            post("/accounts/N1/subscriptions/main/suspend", reason="abuse", on="2026-02-05"),
            post("/accounts/N1/subscriptions/main/resume", on="2026-02-06"),
            get("/accounts/N1/subscriptions", shows="fast"),
            Step("PATCH", "/customers/N1", {"phone": "+371 20000000"}),
            get("/custom-fields/customer", shows='"version":0'),
            get("/search?text=20000000", shows="Nora"),
            get("/customers/N1", shows='"balance":null'),
            post("/customers/N1/tags", add=["vip"]),
            post("/customers/N1/notes", text="Calls after six"),
            get("/customers?tag=vip", shows="N1"),
            get("/customers/N1/notes", shows="Calls after six"),
            post("/contracts", shows=CONTRACT, **DRAFT),
            post(f"/contracts/{CONTRACT}/issue"),
            get(f"/contracts/{CONTRACT}/paper", shows="%PDF"),
            post(f"/contracts/{CONTRACT}/sign", signed_by="Nora"),
            post(f"/contracts/{CONTRACT}/notice", shows="ends_on", by="customer"),
            get("/contracts?customer=N1", shows="signed"),
            get("/customers", shows='"balance":null'),
            PURPOSE,
            GIVE,
            CONTACT,
            post("/customers/A0002/merge", into="N1", reason="registered twice"),
            get("/customers/N1", shows='"A0002"'),
            post("/customers/A0002/undo-merge", reason="another person"),
        ),
        is_refused=(
            payment(MINE), REVERSE, get(f"/accounts/{MINE}/balance"), get(f"/accounts/{MINE}"), get("/invoices"),
            get(f"/accounts/{MINE}/payments"), PUBLISH, DEFINE_ROLE, get("/changes"), DEFINE_KIND,
        ),
    ),
    "clerk": Day(
        does=(
            post("/self-care/customers/A0002/look"),
            get("/customers?search=customer a0001", shows='"balance":{"amount":"-24.00"'),
            get(f"/accounts/{MINE}", shows="24.00"),
            payment(MINE),
            REGISTER,
            OPEN,
            ACTIVATE,
            post("/accounts/N1/subscriptions/main/tariff", **FAST),
            post("/accounts/N1/charges", description="A visit", amount="10.00", vat="20", on="2026-02-04"),
            post("/contracts", shows=CONTRACT, **DRAFT),
            post("/customers/N1/tags", add=["vip"]),
            get("/invoices", shows=MINE),
            get("/changes?event=payment-received", shows="till:1"),
            get(f"/accounts/{MINE}/statement", shows='"kind":"payment","reference":"till:1"'),
            get(f"/accounts/{MINE}/statement.csv", shows="closing"),
            post(f"/accounts/{MINE}/call", reason="asked for it"),
            get("/calls", shows="asked for it"),
            post(f"/accounts/{MINE}/call/note", result="wrong-number"),
            get("/remittances", shows="Ona"),
            get("/remittances/bank:W", shows="guesses"),
            post("/remittances/bank:W/split", parts=[{"account": MINE, "amount": "2.00"}], rest_waits=True),
            post("/remittances/bank:W/undo"),
            post("/remittances/bank:W/assign", account=MINE),
        ),
        is_refused=(
            REVERSE, PUBLISH, DEFINE_ROLE, DEFINE_KIND, get("/operators"), get("/events"), post("/jobs/run-billing"),
            RAPID,
        ),
    ),
    "dealer": Day(
        does=(
            REGISTER,
            OPEN,
            ACTIVATE,
            post("/accounts/N1/subscriptions/main/tariff", **FAST),
            get("/customers", shows="N1"),
            CONTACT,
            get("/customers/N1", shows="Inese"),
            Step("DELETE", "/customers/N1/contacts/1"),
            post("/contracts", shows=CONTRACT, **DRAFT),
            post("/customers/N1/notes", text="Met at the fair"),
            get("/search?text=customer", shows=MINE),
            get(f"/accounts/{MINE}", shows="24.00"),
            get(f"/accounts/{MINE}/statement.pdf"),
            get("/income?by=dealer"),
            get("/invoices", shows=MINE),
            post(f"/accounts/{MINE}/promise", until=SOON),
            payment(MINE),
            get("/changes?event=payment-received", shows="till:1"),
            post("/cash-desks/E1/sessions", count=[{"value": "10", "count": 3}], reason="from the house"),
            post("/cash-desks/E1/payments", account=MINE, amount="5.50", given="10"),
            post("/cash-desks/E1/hand-overs", to_desk="MAIN", amount="20"),
            post("/cash-desks/E1/sessions/close", count=[{"value": "10", "count": 1}, {"value": "5", "count": 1},
                                                         {"value": "0.50", "count": 1}]),
            get("/dealers-cash", shows='"held_after":{"amount":"15.50"'),
        ),
        is_refused=(
            get("/cash-desks/H1"), Step("PUT", "/cash-desks/E1", {"branch": "East"}),
            post("/cash-desks/E1/pay-outs", amount="1", reason="stamps"), post("/hand-overs/E1-0002/settle"),
            get(f"/customers/{OTHER}"), get(f"/accounts/{OTHER}/balance"), payment(OTHER, "2"),
            post(f"/accounts/{OTHER}/subscriptions/main/tariff", **FAST), get(f"/changes?customer={OTHER}"),
            REVERSE, PUBLISH, DEFINE_ROLE, get("/dealers/west"), get("/refused-attempts"), get("/events"), PURPOSE,
            post("/customers/N1/merge", into=MINE, reason="x"), DEFINE_KIND, get(f"/customers/{OTHER}/notes"),
        ),
    ),
    "accountant": Day(
        does=(
            get("/invoices", shows=MINE),
            payment(MINE),
            REVERSE,
            payment(MINE, "2"),
            post("/payments/till:2/move", from_account=MINE, to_account=OTHER, reason="wrong account"),
            post(f"/accounts/{MINE}/charges", description="A visit", amount="10.00", vat="20", on="2026-02-04"),
            post("/jobs/run-billing", on="2026-02-04"),
            get("/jobs", shows="run-billing"),
            get("/suspensions"),
            RAPID,
            get("/collection/agencies", shows="Rapid Collection"),
            Step("PUT", "/sellers/north/debit-terms", {"terms": {"creditor_id": "DE98ZZZ09999999999"}}),
            MANDATE,
            post("/jobs/draw-debits", seller="north", collect_on="2026-03-20"),
            get("/debit-batches"),
            get("/mandates", shows="M-17"),
            Step("PUT", "/sellers/north/advance-terms", {"terms": {"vat": "21"}}),
            post("/jobs/draw-up-advances"),
            get("/advance-documents"),
            get("/changes?event=payment-moved-away", shows="wrong account"),
            get("/income?by=method", shows="transfer"),
        ),
        is_refused=(REGISTER, OPEN, ACTIVATE, PUBLISH, DEFINE_ROLE, post("/operators", operator="x", name="X")),
    ),
    "auditor": Day(
        does=(
            get(f"/changes?customer={MINE}", shows="customer-registered"),
            get("/refused-attempts"),
            get("/operators", shows="auditor"),
            get("/roles", shows="cashier"),
            get(f"/accounts/{MINE}", shows="24.00"),
            get("/invoices", shows=OTHER),
            get("/timed-work"),
            get("/events?limit=1000", shows="invoice-issued"),
        ),
        is_refused=(
            payment(MINE), REVERSE, REGISTER, PUBLISH, DEFINE_ROLE, post("/jobs/check-books"),
            post(f"/customers/{MINE}/forget", ordered_by="me", reason="none"),
            post("/operators", operator="x", name="X"),
        ),
    ),
    "technician": Day(
        does=(
            get("/board", shows="installations"),
            get("/tickets", shows="Dolní 5"),
            post("/tickets/TICKET/comments", text="the key is next door"),
            post("/tickets/TICKET/steps/survey/complete", resolution="measured", values={"is_possible": "yes"}),
            get("/tickets/TICKET", shows="the key is next door"),
            get(f"/customers/{MINE}/notes"),
            post(f"/customers/{MINE}/notes", text="The dog bites"),
            get("/search?text=dolni", shows="Dolní 5"),
        ),
        is_refused=(
            post("/tickets", kind="connection", subject="Dolní 6", account=MINE, subscription="net-3"),
            get(f"/accounts/{MINE}/balance"), get("/invoices"), payment(MINE), REGISTER, ACTIVATE, PUBLISH, DEFINE_ROLE,
            get("/changes"),
        ),
    ),
    "administrator": Day(
        does=(
            DEFINE_ROLE,
            post("/operators", operator="berta", name="Berta", roles=["desk"]),
            post("/operators/berta/keys", key="till", purpose="the till", secret_hash="0" * 64),
            Step("PUT", "/operators/berta/roles", {"roles": ["desk", "cashier"]}),
            get("/operators/berta", shows="the till"),
            Step("PUT", "/allowed-addresses", {"role": "desk", "networks": ["192.0.2.0/24"]}),
            get("/allowed-addresses", shows="192.0.2.0/24"),
            post("/operators/berta/close", reason="has left"),
            PUBLISH,
            payment(MINE),
            REVERSE,
            get("/changes?event=operator-closed", shows="has left"),
        ),
        is_refused=(get("/customers/nobody"),),
    ),
}  # fmt: skip


@pytest.fixture
def world(operator: Operator) -> Operator:
    operator.publish("fast", "30.00")
    operator.subscribers(2)
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=30)))
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    operator.tell(AssignCustomer(customer=MINE, dealer="east"))
    operator.bill(date(2026, 2, 1))
    operator.tell(ReceiveRemittance(source="bank", reference="W", amount=eur("7.00"), payer="Ona"))
    operator.tell(PublishFlow(flow=CONNECTION), today=date(2026, 3, 10))
    operator.tell(OpenTicket(kind="connection", subject="Dolní 5", account=MINE, subscription="net-2"))
    make_contracts(operator)
    for code in ("H1", "MAIN"):
        make_desk(operator, code)
    make_desk(operator, "D1", staff={"somebody": "write"})
    make_desk(operator, "E1", dealer="east", settles_at="MAIN")
    operator.application.runner.catch_up()
    return operator


def test_every_ready_role_has_its_day():
    assert set(DAYS) == set(READY_ROLES)


@pytest.mark.parametrize("role", DAYS)
def test_what_a_role_does_in_a_day_works_and_what_it_may_not_do_is_refused(
    world: Operator, signed_in: SignedIn, role: str
):
    api = signed_in(role, role, dealer="east" if role == "dealer" else "")
    for step in DAYS[role].does:
        answer = done(api, step, world)
        assert answer.status_code in (200, 201, 202), (step, answer.text)
        assert step.shows in answer.text, (step, answer.text)
        world.application.runner.catch_up()
    before = world.store_contents()

    for step in DAYS[role].is_refused:
        answer = done(api, step, world)
        assert answer.status_code in (403, 404), (step, answer.text)

    assert world.store_contents() == before


def done(api: Api, step: Step, world: Operator) -> Any:
    ((ticket,),) = world.select("SELECT number FROM live.tickets WHERE account = %s", MINE)
    return api.send(step.method, step.path.replace("TICKET", ticket), step.body)
