"""Every route as an operator of a dealer: another dealer's object is neither readable nor writable, and not revealed.

The operator has the role of an administrator, so that nothing but the dealer is in the way. The requests are made of
the routes themselves: a new one is tried without a line here, unless its body needs a value that no other one has.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

import pytest

from adapters.actions.action import actions
from adapters.bootstrap.operations import concerns, operations
from adapters.bootstrap.origins import origin_of_process
from adapters.edge.described import described
from adapters.http.route import Route, routes
from adapters.views.contracts import ShowContractTemplate
from adapters.views.dunning.receivables import ShowReceivables
from adapters.views.dunning.steps import ShowDunningFunnel
from adapters.views.income import ListIncome
from adapters.views.overpayments import SumOverpayments
from adapters.views.reports.dashboards import ShowDashboard
from adapters.views.reports.files import PlotReport, PrintReport, WriteReportParquet, WriteReportWorkbook
from adapters.views.usage.destinations import ListDestinations
from adapters.views.usage.traffic import ShowBusyHours
from adapters.views.usage.traffic_files import WriteTrafficWorkbook
from adapters.views.work.ready_flows import ShowReadyFlow
from billing_core.cash.denominations import Pieces
from billing_core.dealers import Dealer
from billing_core.direct_debit.terms import DebitTerms
from billing_core.outreach.reachability import AddressUnreachable
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.parties.contacts import Contact
from billing_core.parties.number_series import NumberSeries
from billing_core.party_changes import CustomerChanges
from billing_core.payments.advances import AdvanceTerms
from billing_core.promises import PromiseTerms
from billing_core.reports.schedules import ReportSchedule
from commands.billing.account import ParkAccount
from commands.cards.charging import AskCardPayment
from commands.cash.handing import HandOverCash
from commands.cash.sessions import OpenCashSession
from commands.cash.takings import TakePayment
from commands.contracts.drafting import DraftContract
from commands.credit_limits import SetCreditLimit
from commands.dealers import RegisterDealer
from commands.direct_debit.mandates import SignMandate
from commands.direct_debit.terms import SetDebitTerms
from commands.dunning.policies import PublishDunningPolicy
from commands.expected_payments import ExpectStandingOrder
from commands.notes import TagCustomer
from commands.outreach.messages import QueueMessage
from commands.outreach.terms import SetOutreachTerms
from commands.parties import AssignCustomer, ChangeCustomer, OpenNumberSeries, PutContact
from commands.payment_requests import AskForPayment
from commands.payments.account import ReceivePayment
from commands.payments.advances import SetAdvanceTerms, TaxAdvances
from commands.payments.by_hand import ReleaseAllocation
from commands.payments.payer_accounts import LearnPayerAccount
from commands.platform.concerns import Named
from commands.platform.ports import Append
from commands.promises import OpenPromise, SetPromiseTerms
from commands.reports.saved import SaveReport
from commands.reports.schedules import ScheduleReport
from commands.services.status import ActivateSubscription, ResumeSubscription, SuspendSubscription
from commands.staff.operators import IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed
from commands.vouchers import RedeemVoucher
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.tickets import AssignTicket, CloseTicket, WatchTicket
from tests.adapters.http.conftest import Api
from tests.billing_core.samples_of_reports import TREE
from tests.billing_core.work.flows import CONNECTION
from tests.commands.cash.tills import register as register_desk
from tests.commands.contracts.examples import make_contracts
from tests.commands.dunning.debtors import POLICY
from tests.operators import Operator, eur
from tests.projections.conftest import keep_within_quota, publish_quota
from tests.projections.usage.rows import session, write_rows
from tests.projections.voucher_books import CODES, sell_vouchers

MINE, THEIRS, NOBODYS, ABSENT = "E0001", "W0001", "H0001", "X0001"
HIDDEN = (THEIRS, NOBODYS, "west")
PLAIN: dict[Any, Any] = {str: "x", int: 1, Decimal: "1.00", date: "2026-03-01", bool: False}
VALUES: dict[str, Any] = {
    "currency": "EUR", "seller": "north", "tariff": "net", "kind": "suspend", "amount": "1.00",
    "subscription": "main",
    "report": "income-entries", "billing_day": 1, "annex": 1, "note": 1, "file": 1, "parameters": {}, "values": {},
    "prices": {"fee": "19.00"},
    "hours": {"monday": ["08:00-16:00"]}, "promised": {"normal": {"first_reply": 1, "resolution": 1}},
}  # fmt: skip
# Traffic is asked for by subscriber, so that the answer names them; what names nobody has a test of its own.
TRAFFIC = {"by": "subscriber", "from": "2026-03-01", "to": "2026-04-01"}
REPORT = {"from": "2026-01-01", "to": "2027-01-01"}
BUILT = {"subject": "money", "tree": '{"view": "income", "columns": ["booked_on", "customer", "account", "dealer"]}'}
NAMELESS = (
    ShowBusyHours, WriteTrafficWorkbook, ListDestinations, ShowReceivables, ShowDunningFunnel, SumOverpayments,
    ListIncome, PlotReport, ShowDashboard,
)  # fmt: skip
# Files in which texts are packed; the same rows stand in those that are texts.
PACKED = (PrintReport, WriteReportWorkbook, WriteReportParquet)
VALUES_OF: dict[tuple[str, str], Any] = {
    **{
        (name, "report"): {"key": "x", "reference": "x", "state": state, "amount": "1.00", "currency": "EUR"}
        for name, state in (("note-charge", "failed"), ("note-card-refund", "done"), ("note-card-dispute", "open"))
    },
    **{(name, "number"): 1 for name in ("show-payment-request", "replace-payment-link", "withdraw-payment-request")},
    ("explain-posting", "number"): 1,
    ("take-on-customer", "account"): {"seller": "north", "currency": "EUR"},
    ("sign-mandate", "scheme"): "sepa-core",
    ("open-instalment-plan", "dates"): ["2026-03-05"],
    ("plan-yearly-hold", "from_day"): "10-01",
    ("plan-yearly-hold", "to_day"): "12-31",
    ("queue-message", "kind"): "hold",
    ("preview-message", "kind"): "hold",
    ("translate-tariff", "texts"): {"Monthly fee": "Poplatek"},
    ("allocate-payment", "parts"): {"1000000001": "1.00"},
    ("correct-account", "corrections"): [{"subscription": "main", "activated_on": "2026-01-02"}],
    ("forget-payer-account", "payer_account"): "1/0100",
    ("grant-discount", "discount"): {"code": "d", "on": "fee", "percent": "10"},
}


@pytest.fixture
def world(operator: Operator) -> Operator:
    """A customer of `east`, one of `west` and one of the house, each with one thing of every kind."""
    for code in ("east", "west"):
        operator.tell(RegisterDealer(dealer=Dealer(code=code, name=f"Sales {code}")))
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=30)))
    operator.tell(PublishFlow(flow=CONNECTION))
    operator.tell(PublishDunningPolicy(policy=POLICY))
    told = OutreachTerms(kinds=(KindTerms(kind="hold", channels=("push",)),))
    operator.tell(SetOutreachTerms(seller="north", terms=told))
    operator.tell(SetDebitTerms(seller="north", terms=DebitTerms(creditor_id="DE98ZZZ09999999999")))
    make_contracts(operator)
    for account in (MINE, THEIRS, NOBODYS):
        operator.subscriber(account)
    operator.tell(AssignCustomer(customer=MINE, dealer="east"))
    operator.tell(AssignCustomer(customer=THEIRS, dealer="west"))
    operator.bill(date(2026, 2, 2))
    publish_quota(operator)
    for account in (MINE, THEIRS, NOBODYS):
        more: dict[str, Any] = {"account": account, "subscription": "more", "on": date(2026, 3, 1)}
        operator.tell(ActivateSubscription(tariff="net", **more), today=date(2026, 3, 1))
        operator.tell(SuspendSubscription(reason="non-payment", **more), today=date(2026, 3, 1))
        unpaid = SuspendSubscription(account=account, subscription="main", reason="non-payment")
        operator.tell(unpaid, today=date(2026, 3, 1))
        operator.tell(ReceivePayment(account=account, source="desk", reference=account, amount=eur("1.00")))
        settled = operator.facts(f"account/{account}")
        (paid,) = [part for fact in settled for part in getattr(fact, "allocations", ())]
        held = ReleaseAllocation(account=account, credit=paid.credit, invoice=paid.invoice, reason="by hand")
        operator.tell(held, today=date(2026, 3, 1))
        back = ResumeSubscription(account=account, subscription="main", reason="non-payment")
        operator.tell(back, today=date(2026, 3, 2))
        operator.tell(LearnPayerAccount(account=account, payer_account="1/0100"))
        operator.tell(OpenPromise(account=account, until=date(2026, 3, 5)), today=date(2026, 3, 1))
        operator.tell(SetCreditLimit(account=account, limit=Decimal(500), reason="pays for years"))
        waiting = ReceivePayment(account=account, source="till", reference=account, amount=eur("2.00"))
        operator.application.waiting.keep(waiting, origin_of_process("till"), "above the limit", dry_run=False)
        operator.tell(ParkAccount(account=account, code="price", reason="none", on=date(2026, 3, 1)))
        tickets_of(operator, account)
        operator.tell(ChangeCustomer(number=account, changes=CustomerChanges(source=f"campaign {account}")))
        operator.tell(PutContact(customer=account, contact="1", details=Contact(name=f"Contact {account}")))
        operator.tell(TagCustomer(customer=account, add=({MINE: "east", THEIRS: "west"}.get(account, account),)))
        drafted = DraftContract(customer=account, seller="north", kind="internet", language="en",
                                begins_on=date(2026, 3, 1))  # fmt: skip
        operator.tell(drafted, today=date(2026, 3, 1))
        operator.tell(QueueMessage(kind="hold", account=account))
        keep_within_quota(operator, account)
        used = session("2026-03-01T10:00+00:00", 7_000, 500, account=account)
        write_rows(operator.database_url, [used], batch=account)
        keep_unreachable(operator, account)
    tax_advances(operator)
    sell_vouchers(operator, CODES[:3])
    for account, code in zip((MINE, THEIRS, NOBODYS), CODES, strict=False):
        operator.tell(RedeemVoucher(account=account, code=code))
        order = ExpectStandingOrder(account=account, monthly=Decimal(24), day=1, from_on=date(2026, 1, 1))
        operator.tell(order, today=date(2026, 3, 1))
        asked = AskCardPayment(account=account, gateway="stripe", amount=Decimal(5))
        operator.tell(asked, today=date(2026, 3, 1))
        operator.tell(AskForPayment(account=account, token_hash="9f" * 32, amount=Decimal(5)), today=date(2026, 3, 1))
        signed = SignMandate(mandate=f"M-{account}", account=account, scheme="sepa-core", payer=account,
                             payer_account="DE89370400440532013000")  # fmt: skip
        operator.tell(signed)
    keep_desks(operator)
    for dealer in ("east", "west"):
        schedule_report(operator, dealer)
    operator.tell(SaveReport(report="own-by-month", title="By month", subject="money", tree=TREE))
    operator.application.runner.catch_up()
    return operator


def keep_desks(operator: Operator) -> None:
    """Desks of the dealers and of the house, each called as its customer; its till has handed something over."""
    register_desk(operator, "H1")
    for code, dealer in ((MINE, "east"), (THEIRS, "west"), (NOBODYS, "")):
        more = {"dealer": dealer, "settles_at": "H1"} if dealer else {}
        register_desk(operator, code, **more)
        float_ = (Pieces(Decimal(100), 1),)
        operator.tell(OpenCashSession(desk=code, count=float_, reason="from the safe"))
        operator.tell(TakePayment(desk=code, account=code, amount=Decimal(3)))
        operator.tell(HandOverCash(desk=code, to_desk="H1", amount=Decimal(20)))


def tax_advances(operator: Operator) -> None:
    """What is unused of each account has a tax document."""
    series = NumberSeries(prefix="9", width=9)
    operator.tell(OpenNumberSeries(seller="north", kind="advance", series=series))
    operator.tell(SetAdvanceTerms(seller="north", terms=AdvanceTerms(vat_rate=Decimal(21), after_days=0)))
    for account in (MINE, THEIRS, NOBODYS):
        operator.tell(TaxAdvances(account=account))


def schedule_report(operator: Operator, dealer: str) -> None:
    """A report that an operator of a dealer has sent."""
    to = (f"{dealer}@isp.test",)
    schedule = ReportSchedule(code=f"of-{dealer}", report="income-entries", recipients=to, seller="north")
    origin = origin_of_process("clerk")._replace(dealer=dealer)
    operator.application.bus.execute(ScheduleReport(schedule=schedule), origin)


def keep_unreachable(operator: Operator, customer: str) -> None:
    """An address of a customer from which a message came back."""
    fact = AddressUnreachable(
        effective_on=date(2026, 3, 1), customer=customer, channel="email", reason="5.1.1", address=f"{customer}@x.test"
    )
    with operator.application.store.transaction() as transaction:
        appends = [Append(f"reachability/{customer}", 0, [fact])]
        transaction.append(appends, (), origin_of_process("outbox", date(2026, 3, 1)))


def tickets_of(operator: Operator, account: str) -> None:
    """A ticket that both who ask watch, in a queue, with an operator and a crew of the account's name; a duplicate."""
    wanted = OpenTicket(kind="connection", subject="x", account=account, subscription="more", queue=account)
    first, second = (str(operator.tell(wanted).result["ticket"]) for _ in range(2))
    operator.tell(AssignTicket(ticket=first, assignee=account, crew=account))
    for watcher in ("admin", "eva"):
        operator.tell(WatchTicket(ticket=first), actor=watcher)
    operator.tell(CloseTicket(ticket=second, outcome="duplicate", duplicate_of=first))


@pytest.fixture
def clerk(world: Operator, admin: Api) -> Api:
    """An operator of `east` who may do everything that a dealer's operator may."""
    world.tell(RegisterOperator(operator="eva", name="Eva", roles=("administrator",), dealer="east"))
    world.tell(IssueApiKey(operator="eva", key="test", purpose="tests", secret_hash=hashed("eva")))
    return Api(admin._client, "key.eva.test.eva")


def test_every_command_and_query_says_what_it_concerns():
    """An action and a job are the house's own."""
    others = {struct for struct, each in operations().items() if each.is_job or struct in actions()}

    assert set(concerns()) == set(operations()) - others


def test_a_command_concerns_something_named_or_the_house():
    """A list shows what it shows by itself, which a command cannot. What is sent of reports knows its dealer itself."""
    changing = [each for each in operations().values() if each.kind == "change"]

    of_reports = {"schedule-report", "end-report-schedule"}
    assert {each.name for each in changing if each.concern.reach not in ("named", "house")} == of_reports


def test_what_is_anothers_is_answered_as_what_does_not_exist(world: Operator, clerk: Api):
    before = world.store_contents()
    faults = []
    for route in routes():
        for thing in route.operation.concern.things:
            for owner in (THEIRS, NOBODYS):
                found = asked(clerk, route, thing, key_of(world, thing, owner))
                absent = asked(clerk, route, thing, key_of(world, thing, ABSENT), dry_run=True)
                if thing.kind.startswith("new "):
                    is_right = (found.status_code, found.json()["code"]) == (422, "already-exists")
                    is_right &= "is taken; choose another" in found.json()["detail"]
                else:
                    is_right = found.status_code == absent.status_code == 404 and same(found) == same(absent)
                if not is_right:
                    faults.append(f"{route.operation.name} {thing} {owner}: {found.text} / {absent.text}")
    assert faults == [], "\n".join(faults)
    assert world.store_contents() == before


def test_what_is_the_dealers_own_is_found(world: Operator, clerk: Api):
    faults = []
    for route in routes():
        things = [thing for thing in route.operation.concern.things if not thing.kind.startswith("new ")]
        for thing in things:
            answer = asked(clerk, route, thing, key_of(world, thing, MINE), dry_run=True)
            if (answer.status_code in (403, 404) and "no such account" in answer.text) or answer.status_code == 400:
                faults.append(f"{route.operation.name} {thing}: {answer.text}")
    assert faults == [], "\n".join(faults)


def test_a_list_shows_the_dealers_own_alone(clerk: Api, admin: Api):
    faults = []
    words: dict[str, Any] = {"on": "2026-03-02", "limit": 500, "text": "customer", "first_on": "2026-03-01"}
    for route in routes():
        if route.operation.concern.reach == "listed" and route.struct not in (*NAMELESS, *PACKED):
            asked = {word: value for word, value in words.items() if word in route.struct.__struct_fields__}
            asked |= TRAFFIC if route.path.startswith("/usage/traffic") else {}
            asked |= REPORT if route.path.startswith("/reports/{report}") else {}
            asked |= BUILT if route.path == "/built-reports" else {}
            path = path_of(route, {})
            mine, everybodys = (api.get(path, **asked).text for api in (clerk, admin))
            if shown(mine) or not ("east" in mine or MINE in mine) or not shown(everybodys):
                faults.append(f"{route.operation.name}: {mine}")
    assert faults == [], "\n".join(faults)


def test_receivables_are_those_of_the_dealers_own(clerk: Api, admin: Api):
    mine, everybodys = (api.get("/receivables", on="2026-03-02").json() for api in (clerk, admin))
    assert ([row["accounts"] for row in mine], [row["accounts"] for row in everybodys]) == ([1], [3])


def test_income_is_that_of_the_dealers_own(clerk: Api, admin: Api):
    mine, everybodys = (api.get("/income", by="dealer").json()["items"] for api in (clerk, admin))
    assert ({row["key"] for row in mine}, {row["key"] for row in everybodys}) == ({"east"}, {"", "east", "west"})


def test_a_dealers_cashier_works_at_the_dealers_desk_and_finds_the_dealers_customers(world: Operator, clerk: Api):
    """The desk is called as the customer. Another customer is not found there, and another desk is not there."""
    desks = clerk.get("/cash-desks").json()["items"]
    assert [row["desk"]["code"] for row in desks] == [MINE]
    payers = f"/cash-desks/{MINE}/payers"
    assert [clerk.get(payers, text=who).json()["items"] for who in (THEIRS, NOBODYS, f"Customer {NOBODYS}")] == [[]] * 3
    assert [row["account"] for row in clerk.get(payers, text=f"Customer {MINE}").json()["items"]] == [MINE]
    taken = clerk.post(f"/cash-desks/{MINE}/payments", {"account": MINE, "amount": "5.00", "given": "10.00"})
    assert (taken.status_code, taken.json()["result"]["change"]["amount"]) == (201, "5.00")
    unknown = [clerk.post(f"/cash-desks/{MINE}/hand-overs", {"to_desk": desk, "amount": "5"}).json()
               for desk in (THEIRS, NOBODYS, "none")]  # fmt: skip
    assert {each["detail"].partition(": ")[2] for each in unknown} == {
        "is neither H1, at which this desk settles, nor another desk of dealer east"
    }
    assert clerk.post(f"/cash-desks/{MINE}/hand-overs", {"to_desk": "H1", "amount": "5"}).status_code == 201
    world.application.runner.catch_up()
    (row,) = clerk.get("/dealers-cash").json()["items"]
    assert (row["dealer"], row["held_after"]["amount"], row["on_its_way"]["amount"]) == ("east", "83.00", "25.00")
    assert clerk.get(f"/cash-desks/{MINE}/sheet/csv").status_code == 200


def test_who_has_left_a_dealer_is_nameless_on_its_receipts(world: Operator, clerk: Api):
    assert f"Customer {MINE}" in clerk.get("/cash-receipts", desk=MINE).text
    world.tell(AssignCustomer(customer=MINE, dealer="west"))
    world.application.runner.catch_up()

    for path in ("/cash-receipts", f"/cash-receipts/{MINE}-0001", f"/cash-receipts/{MINE}-0001/text"):
        answer = clerk.get(path, desk=MINE) if path == "/cash-receipts" else clerk.get(path)
        assert answer.status_code == 200 and f"Customer {MINE}" not in answer.text, answer.text


def test_what_all_share_shows_nobodys_customer(clerk: Api):
    for route in routes():
        if route.operation.concern.reach == "shared" and route.is_query:
            kind = {ShowReadyFlow: "fault", ShowContractTemplate: "internet"}.get(route.struct, "connection")
            values = {
                "policy": "home",
                "code": "net",
                "kind": kind,
                "language": "en",
                "name": "internet.en",
                "subject": "customer",
                "report": "own-by-month",
            }
            answer = clerk.get(path_of(route, values))
            assert answer.status_code == 200 and not shown(answer.text), route


def test_what_is_the_houses_is_refused(world: Operator, clerk: Api):
    before = world.store_contents()
    for route in routes():
        if route.operation.concern.reach == "house":
            answer = clerk.send(route.method, path_of(route, {}), None if route.is_query else body_of(route))
            assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted"), (route, answer.text)
    assert world.store_contents() == before


def test_a_list_as_of_a_moment_hides_a_customer_who_has_left_the_dealer(world: Operator, clerk: Api):
    """A desk, whose code is that of the customer here, is the dealer's as before."""
    world.application.build_as_of("before", world.application.log.newest_position())
    world.tell(AssignCustomer(customer=MINE, dealer="west"))
    world.application.runner.catch_up()

    for route in routes():
        of_desks = route.operation.area == "cash"
        if route.operation.concern.reach == "listed" and route.operation.name != "list-changes" and not of_desks:
            assert MINE not in clerk.get(route.path, as_of="before").text, route
    assert clerk.get(f"/accounts/{MINE}/balance").status_code == 404
    assert clerk.get("/invoices").json()["items"] == []


def test_who_a_dealers_operator_registers_is_the_dealers(world: Operator, clerk: Api, admin: Api):
    made = clerk.post("/customers", {"number": "E2", "name": "Eda", "registered_on": "2026-03-01"})
    shown_customer = clerk.get("/customers/E2", min_position=made.json()["position"])

    assert (made.status_code, shown_customer.json()["dealer"]) == (201, "east")
    assert clerk.post("/customers", {"number": "E3", "name": "Eda", "dealer": "west"}).status_code == 404
    assert "E2" in admin.get("/customers", dealer="east").text
    assert "E2" not in admin.get("/customers", dealer="west").text


def test_the_log_of_a_dealer_is_that_of_its_customers(world: Operator, clerk: Api, admin: Api):
    changes = clerk.get("/changes", limit=1000).json()["items"]

    own = {"dealer/east", f"customer/{MINE}", f"account/{MINE}", f"cash-desk/{MINE}", f"cash-session/{MINE}-1"}
    assert {change["stream"] for change in changes} == own | {
        f"ticket/{ticket}" for (ticket,) in world.select("SELECT number FROM live.tickets WHERE customer = %s", MINE)
    } | {
        f"request/{request}"
        for (request,) in world.select("SELECT request FROM live.approval_requests WHERE account = %s", MINE)
    }
    assert admin.get("/changes", dealer="east", limit=1000).json()["items"] == changes
    assert (
        clerk.get("/changes", actor="clerk", limit=3).json()["items"]
        == [change for change in changes if change["actor"] == "clerk"][:3]
    )
    refused = admin.get("/refused-attempts", actor="eva").json()["items"]
    clerk.get(f"/accounts/{THEIRS}/balance")
    assert len(admin.get("/refused-attempts", actor="eva").json()["items"]) == len(refused) + 1


def test_me_names_the_dealer(clerk: Api):
    assert clerk.get("/me").json()["dealer"] == "east"


# --- requests made of routes


def asked(api: Api, route: Route, thing: Named, key: str, *, dry_run: bool = False) -> Any:
    """The answer to a request that is right but for one thing that it names; all others are the dealer's own."""
    named: dict[str, Any] = {}
    for each in route.operation.concern.things:
        values = (key if each == thing else own_key(each)).split(":")
        for field, value in zip(each.fields, values, strict=True):
            named |= written(route, field, value)
    path = path_of(route, named)
    body = body_of(route) | {word: value for word, value in named.items() if word not in route.words_in_path}
    if route.is_query:
        return api.get(path, **body)
    return api.send(route.method, path + ("?dry_run=true" if dry_run else ""), body)


def written(route: Route, field: str, value: str) -> dict[str, Any]:
    """A field as a request writes it: `customer.number` as `number`, unless `customer` is a word itself."""
    outer, _, inner = field.rpartition(".")
    if outer in [each.word for each in described(route.struct)]:
        return {outer: VALUES_OF[route.operation.name, outer] | {inner: value}}
    return {inner: value}


def path_of(route: Route, named: dict[str, str]) -> str:
    path = route.path
    for word in route.words_in_path:
        path = path.replace(f"{{{word}}}", named.get(word) or str(value_of(route.operation.name, word, str)))
    return path


def body_of(route: Route) -> dict[str, Any]:
    """A value for each word that is required and not in the path."""
    words = [each for each in described(route.struct) if each.is_required and each.word not in route.words_in_path]
    return {each.word: value_of(route.operation.name, each.word, each.kind) for each in words}


def value_of(name: str, word: str, kind: Any) -> Any:
    if (name, word) in VALUES_OF:
        return VALUES_OF[name, word]
    if word in VALUES:
        return VALUES[word]
    if get_origin(kind) is tuple:
        return ["x"]
    return PLAIN.get(kind, get_args(kind)[0] if get_args(kind) else "x")


def own_key(thing: Named) -> str:
    known = {"dealer": "east", "new payment": "desk:1", "new account": "E9", "new customer": "E9",
             "cash receipt": f"{MINE}-0001", "cash in transit": f"{MINE}-0002"}  # fmt: skip
    return known.get(thing.kind, MINE)


def key_of(world: Operator, thing: Named, owner: str) -> str:
    """The key of the owner's thing of a kind."""
    if thing.kind == "dealer":
        return {MINE: "east", ABSENT: "nobody"}.get(owner, "west")
    if thing.kind == "document":
        ((number,),) = world.select("SELECT min(number) FROM live.documents WHERE account = %s", owner)
        return number or "999"
    if thing.kind == "request":
        rows = world.select("SELECT request FROM live.approval_requests WHERE account = %s", owner)
        return str(rows[0][0]) if rows else "none"
    if thing.kind in ("ticket", "contract"):
        ((number,),) = world.select(f"SELECT min(number) FROM live.{thing.kind}s WHERE customer = %s", owner)
        return number or "999"
    if thing.kind == "new payment":
        return f"desk:{owner}"
    return owner + {"cash receipt": "-0001", "cash in transit": "-0002"}.get(thing.kind, "")


def same(answer: Any) -> dict[str, Any]:
    """What an answer says, without the value that was asked for."""
    body = answer.json()
    return json.loads(json.dumps(body).replace(body["value"], "VALUE"))


def shown(text: str) -> list[str]:
    return [each for each in HIDDEN if re.search(rf"\b{each}\b", text)]
