"""The set-up of work in pages: crews and days off, pay, recurring tasks, causes, service levels; a visit that was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl

import pytest
from fastapi.testclient import TestClient

from billing_core.party_changes import AddressChanges, SellerChanges
from billing_core.work.appointments import AppointmentBooked
from billing_core.work.assignment import AssignmentRule, AssignmentRulesSet, Candidate
from billing_core.work.outages import TicketLetGo
from commands.parties import ChangeSeller
from commands.staff.operators import CloseOperator, RegisterOperator
from commands.work.assignment import SetAssignmentRules
from commands.work.flows import PublishFlow, WithdrawFlow
from commands.work.opening import OpenTicket
from commands.work.outages import DeclareOutage, JoinOutage
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.adapters.pages.test_frame import form_fields
from tests.billing_core.work.flows import FAULT
from tests.operators import Operator

CREW = {
    "code": "c1", "title": "Crew 1", "seller": "north", "members": "milan", "hours.monday": "08:00-12:00\n13:00-16:00",
    "base.latitude": "49.2", "base.longitude": "16.6", "travel.speed": "50",
}  # fmt: skip
RULE = {
    "queue": "support",
    "districts": "Brno",
    "candidates.0.operator": "milan",
    "candidates.0.crew": "c1",
    "candidates.0.skills": "fibre, tv",
    "candidates.0.districts": "Brno 1, Brno 2",
    "skill": "fibre",
}
LEVEL = {
    "code": "home", "title": "Homes", "seller": "north", "hours.friday": "08:00-14:00",
    "promised.normal.first_reply": "240", "promised.normal.resolution": "960",
}  # fmt: skip
BRNO = AssignmentRule(
    queue="support",
    districts=("Brno",),
    skill="fibre",
    candidates=(Candidate(operator="milan", crew="c1", skills=("fibre",), districts=("Brno 1", "Brno 2")),),
)
AWAY = {"operator": "milan", "from": "2030-06-11", "to": "2030-06-13", "reason": "holidays"}
# Each form in turn: its address, what is filled in, the list that shows it, and what stands there.
TURNS: tuple[tuple[str, Mapping[str, str], str, str], ...] = (
    ("/work/crews/define", CREW, "/work/crews", "Crew 1"),
    ("/work/crews/define?as=c1", CREW | {"title": "Crew One"}, "/work/crews", "Crew One"),
    ("/work/crews/c1/absences/new", {"from": "2026-06-11", "to": "2026-06-13", "technician": "milan"}, "", ""),
    ("/work/crews/c1/absences/withdraw", {"from": "2026-06-11", "technician": "milan"}, "", ""),
    ("/work/job-rates/new", {"job_kind": "repair", "rate": "15.00", "currency": "EUR", "from": "2026-01-01"},
     "/work/job-rates", "15.00"),
    ("/work/recurring-tasks/define", {
        "code": "check", "kind": "fault", "subject": "Inspect PT8", "rule": "FREQ=MONTHLY;BYDAY=1MO",
        "from": "2030-06-01",
    }, "/work/recurring-tasks", "Inspect PT8"),
    ("/work/recurring-tasks/check/open", {"on": "2030-06-03"}, "", ""),
    ("/work/recurring-tasks/check/end", {"reason": "gone"}, "", ""),
    ("/work/cause-rules/set", {"cause": "device-down", "rule.kind": "fault", "rule.subject": "It is dark"},
     "/work/cause-rules", "It is dark"),
    ("/work/assignment-rules/new", RULE, "/work/assignment-rules", "fibre"),
    ("/work/assignment-rules/new", RULE | {"queue": "first", "place": "1"}, "/work/assignment-rules", "first"),
    ("/work/assignment-rules/2/change", RULE | {"place": "2", "candidates.0.skills": "fibre"},
     "/work/assignment-rules", "support"),
    ("/work/assignment-rules/1/remove", {}, "/work/assignment-rules", "support"),
    ("/work/absences/new", AWAY, "/work/absences", "holidays"),
    ("/work/service-levels/define", LEVEL, "/work/service-levels", "Homes"),
    ("/work/service-levels/define?as=home", LEVEL | {"title": "Houses"}, "/work/service-levels", "Houses"),
)  # fmt: skip


@pytest.fixture
def house(operator: Operator) -> Operator:
    operator.publish("fast", "50.00")
    operator.tell(
        ChangeSeller(code="north", changes=SellerChanges(address=AddressChanges(country="LV"), time_zone="Europe/Riga"))
    )
    operator.tell(RegisterOperator(operator="milan", name="Milan", roles=("technician",)))
    operator.tell(PublishFlow(flow=FAULT))
    operator.application.runner.catch_up()
    return operator


def test_what_work_needs_is_set_up_by_forms_and_listed(house: Operator, signed_in: SignedIn) -> None:
    boss = signed_in("boss", "administrator")

    def fill_in(address: str, filled: Mapping[str, str]) -> None:
        known = form_fields(boss.get(address).text)
        answer = boss.post(address, data={**known, **filled}, headers=FROM_HERE)
        assert answer.status_code == 303, (address, answer.text.partition('role="alert"')[2][60:500])
        house.application.runner.catch_up()

    for address, filled, listed, shown in TURNS:
        fill_in(address, filled)
        assert not listed or shown in boss.get(listed).text, listed
    rules = house.facts("assignment-rules/house")[-1]
    assert isinstance(rules, AssignmentRulesSet) and rules.rules == (BRNO,)
    fill_in("/work/absences/milan/2030-06-11/withdraw", {})
    assert "Nobody is away." in boss.get("/work/absences").text
    assert "Všichni" in boss.get("/work/job-rates", headers={"Accept-Language": "cs"}).text
    found = boss.get("/set-up").text
    assert all(f'href="{path}"' in found for path in ("/work/crews", "/work/cause-rules", "/work/service-levels"))

    fill_in("/tickets/new", {"kind": "fault", "subject": "Dark", "source": "phone", "priority": "normal"})
    fill_in("/tickets/T-1/book", {
        "crew": "c1", "job_kind": "repair", "begins_at": "2026-06-15T09:00", "minutes": "60", "address": "Dolní 5",
    })  # fmt: skip
    assert "/work/appointments/T-1-1/complete" in boss.get("/work/appointments").text
    fill_in("/work/appointments/T-1-1/complete", {"begun_at": "2026-06-15T09:05", "ended_at": "2026-06-15T10:00"})
    fact = house.facts("appointment/T-1-1")[0]
    assert isinstance(fact, AppointmentBooked)
    assert fact.time.begins_at == datetime(2026, 6, 15, 6, tzinfo=UTC)  # 09:00 in Riga.
    assert "/work/appointments/T-1-1/complete" not in boss.get("/work/appointments").text


def test_two_who_change_assignment_rules_at_once_do_not_lose_one_of_them(house: Operator, signed_in: SignedIn) -> None:
    boss, eva = signed_in("boss", "administrator"), signed_in("eva", "administrator")
    rule = {"queue": "support", "candidates.0.operator": "milan"}
    opened = [form_fields(who.get("/work/assignment-rules/new").text) for who in (boss, eva)]
    assert boss.post("/work/assignment-rules/new", data=opened[0] | rule, headers=FROM_HERE).status_code == 303
    second = eva.post("/work/assignment-rules/new", data=opened[1] | rule | {"queue": "first"}, headers=FROM_HERE)
    assert second.status_code == 422 and "Somebody else has changed this" in second.text
    again = form_fields(second.text) | rule | {"queue": "first"}
    assert eva.post("/work/assignment-rules/new", data=again, headers=FROM_HERE).status_code == 303
    rules = house.facts("assignment-rules/house")[-1]
    assert isinstance(rules, AssignmentRulesSet) and [each.queue for each in rules.rules] == ["support", "first"]


def test_a_rule_keeps_who_can_be_chosen_no_more(house: Operator, signed_in: SignedIn) -> None:
    """The form of a rule offers its own operators and kinds even if they have left or were withdrawn since."""
    candidates = (Candidate(operator="milan"),)
    house.tell(SetAssignmentRules(rules=(AssignmentRule(queue="q", kinds=("fault",), candidates=candidates),)))
    house.tell(CloseOperator(operator="milan", reason="left"))
    house.tell(WithdrawFlow(kind="fault"))
    house.application.runner.catch_up()
    page = signed_in("boss", "administrator").get("/work/assignment-rules/1/change").text
    assert '<option value="milan" selected>' in page
    assert re.search(r'value="fault" checked', page)


FIGURES = ("ageing", "load", "counts", "times", "duplicates", "pay", "pay/jobs", "causes")


def test_what_a_dispatcher_asks_has_a_page(house: Operator, signed_in: SignedIn) -> None:
    house.tell(OpenTicket(kind="fault", subject="Dark", queue="north-queue", assignee="milan"))
    house.application.runner.catch_up()
    eva = signed_in("eva", "administrator")
    pages = {name: eva.get(f"/work/{name}") for name in FIGURES}
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(FIGURES, 200)
    for name, shown in (("ageing", "north-queue"), ("load", "milan"), ("counts", "north-queue"), ("times", "north-")):
        assert shown in pages[name].text, name
    assert "/flows/new?ready=fault" in eva.get("/ready-flows").text
    assert "kind: fault" in eva.get("/flows/new?ready=fault").text


def test_a_free_time_leads_to_the_form_that_books_it(house: Operator, signed_in: SignedIn) -> None:
    eva = signed_in("eva", "administrator")
    crew = form_fields(eva.get("/work/crews/define").text) | CREW
    assert eva.post("/work/crews/define", data=crew, headers=FROM_HERE).status_code == 303
    house.tell(OpenTicket(kind="fault", subject="Dark"))
    house.application.runner.catch_up()
    assert "/tickets/T-1/free-times" in eva.get("/tickets/T-1").text
    found = eva.get("/tickets/T-1/free-times?job_kind=repair&minutes=60&from=2026-06-15&days=1").text
    address = re.search(r'href="(/tickets/T-1/book\?[^"]+)"', found)
    assert address is not None, found
    form = unescape(eva.get(unescape(address[1])).text)
    assert re.findall(r'name="begins_at"[^>]* value="([^"]*)"', form) == ["2026-06-15T08:00"]  # in Riga
    assert '<option value="c1" selected>' in form
    booked = dict(parse_qsl(unescape(address[1]).partition("?")[2])) | {"address": "Dolni 5"}
    answer = eva.post("/tickets/T-1/book", data=form_fields(form) | booked, headers=FROM_HERE)
    assert answer.status_code == 303, answer.text
    house.application.runner.catch_up()
    day = "/work/crews/c1/days/2026-06-15"
    assert f"{day}/sheet" in eva.get(day).text
    assert eva.get(f"{day}/sheet").content.startswith(b"%PDF")
    assert "NAME:Crew 1" in eva.get("/work/crews/c1/calendar").text


def test_who_opens_a_ticket_sees_who_has_it_open_too(house: Operator, signed_in: SignedIn) -> None:
    house.tell(OpenTicket(kind="fault", subject="Dark"))
    house.application.runner.catch_up()
    eva, jan = signed_in("eva", "clerk"), signed_in("jan", "clerk")

    def hold(who: TestClient) -> str:
        fields = {"_form": form_fields(who.get("/tickets/T-1/comment").text)["_form"]}
        return who.post("/tickets/T-1/hold", data=fields, headers=FROM_HERE).text

    assert "Also open with" not in hold(eva)
    assert "Also open with: eva" in hold(jan)
    assert 'hx-post="/tickets/T-1/hold"' in jan.get("/tickets/T-1").text


def test_an_outage_gathers_by_a_form_and_lets_a_ticket_go(house: Operator, signed_in: SignedIn) -> None:
    for subject in ("Dark", "Dark too"):
        house.tell(OpenTicket(kind="fault", subject=subject, node="N1"))
    house.tell(DeclareOutage(ticket="T-1", node="N1"))
    house.application.runner.catch_up()
    eva = signed_in("eva", "administrator")
    fields = form_fields(eva.get("/tickets/T-1/gather").text)
    assert eva.post("/tickets/T-1/gather", data=fields | {"tickets": "T-2"}, headers=FROM_HERE).status_code == 303
    house.tell(JoinOutage(ticket="T-2", outage="T-1"))
    house.application.runner.catch_up()
    assert "/tickets/T-2/let-go" in eva.get("/tickets/T-2").text
    assert "/tickets/T-1/let-go" not in eva.get("/tickets/T-1").text
    fields = form_fields(eva.get("/tickets/T-2/let-go").text)
    assert eva.post("/tickets/T-2/let-go", data=fields, headers=FROM_HERE).status_code == 303
    assert isinstance(house.facts("ticket/T-1")[-1], TicketLetGo)
