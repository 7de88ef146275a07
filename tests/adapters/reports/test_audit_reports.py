"""Reports on who did what in a small house, and on the program itself, with figures worked out by hand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from adapters.postgres.personal_reads import PostgresPersonalReads
from adapters.postgres.refused_attempts import PostgresRefusedAttempts
from adapters.reports.ready import ready_reports
from billing_core.approvals import ApprovalRequested, RequestApproved, RequestRejected
from billing_core.cash.events import ReceiptCancelled
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.party_changes import SellerChanges
from billing_core.staff.operators import OperatorRegistered
from billing_core.staff.roles import NotPermitted, Role, RoleDefined
from commands.parties import ChangeSeller
from tests.adapters.reports.asked import asked, only
from tests.adapters.reports.work_books import append, at, by
from tests.operators import Operator, eur

MAY = {"from_": "2026-05-01", "to": "2026-06-01"}
TODAY = date(2026, 5, 20)
OF_KINDS = {name for name, report in ready_reports().items() if "report.log_events_of_kind" in report.sql}
NAMED = re.compile(r"'([^']+)'")


@pytest.fixture
def house(operator: Operator) -> Operator:
    """A seller in Prague, which is two hours ahead of UTC in May."""
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(time_zone="Europe/Prague")), today=date(2026, 1, 1))
    return operator


def cancelled(number: str, amount: str, on: date) -> ReceiptCancelled:
    return ReceiptCancelled(
        effective_on=on, session="S1", receipt=f"{number}-C", running=1, amount=eur(amount), cashier="eve",
        cancelled=number, of_session="S1", is_taking=True, method="cash", reason="typing error",
    )  # fmt: skip


def test_who_cancelled_receipts_is_counted_on_the_days_of_the_house(house: Operator):
    """Eve cancels at 23:30 of Prague on 30 April, at 00:30 on 1 May and at 10:00 on 4 May; Adam once on 4 May."""
    for number, actor, moment in (
        ("R1", "eve", "04-30 21:30"), ("R2", "eve", "04-30 22:30"), ("R3", "eve", "05-04 08:00"),
        ("R4", "adam", "05-04 08:01"),
    ):  # fmt: skip
        append(house, "cash-session/S1", by(actor, moment), cancelled(number, "10.00", at(moment).date()))

    rows = asked(house, "cancellations-by-operator", TODAY, **MAY)

    assert [tuple(row.values()) for row in rows] == [
        ("adam", "receipt-cancelled", 1, at("05-04 08:01"), at("05-04 08:01")),
        ("eve", "receipt-cancelled", 2, at("04-30 22:30"), at("05-04 08:00")),
    ]
    listed = asked(house, "cancellations", TODAY, **MAY, actor="eve")
    assert only(listed, "stream_kind", "stream", "recorded_at") == [
        ("cash-session", "S1", at("05-04 08:00")), ("cash-session", "S1", at("04-30 22:30")),
    ]  # fmt: skip
    by_day = asked(house, "changes-by-day-and-operator", TODAY, **MAY)
    assert only(by_day, "recorded_on", "actor", "changes") == [
        (date(2026, 5, 1), "eve", 1), (date(2026, 5, 4), "adam", 1), (date(2026, 5, 4), "eve", 1),
    ]  # fmt: skip


def test_changes_at_night_and_at_the_weekend_are_out_of_hours(house: Operator):
    """From 7 to 19 of Prague: Monday 4 May at 07:00 and 18:59 are in hours; 06:59, 19:00 and a Saturday are not."""
    for number, moment in enumerate(("05-04 04:59", "05-04 05:00", "05-04 16:59", "05-04 17:00", "05-09 10:00")):
        append(house, "cash-session/S1", by("eve", moment), cancelled(f"R{number}", "1.00", at(moment).date()))

    rows = asked(house, "changes-out-of-hours", TODAY, **MAY)

    assert only(rows, "actor", "changes", "at_night", "at_weekends", "days") == [("eve", 3, 2, 1, 2)]
    rows = asked(house, "changes-out-of-hours", TODAY, **MAY, opens="6", closes="20")
    assert only(rows, "changes", "at_night", "at_weekends") == [(1, 0, 1)]


def test_sellers_in_two_time_zones_leave_the_house_with_days_of_utc(house: Operator):
    append(house, "cash-session/S1", by("eve", "04-30 22:30"), cancelled("R1", "1.00", date(2026, 4, 30)))
    found = []
    for zone in ("Europe/Prague", "Asia/Tbilisi"):
        house.execute(
            """INSERT INTO live.sellers VALUES ('south', 1, jsonb_build_object('time_zone', %s::text)::text)
               ON CONFLICT (code) DO UPDATE SET details = excluded.details""",
            zone,
        )
        found.append(len(asked(house, "cancellations", TODAY, **MAY)))

    assert found == [1, 0]


def test_changes_of_rights_are_listed_with_who_made_them(house: Operator):
    readers = Role(permissions=("*.read.*",))
    append(house, "role/night", by("adam", "05-04 08:00"),
           RoleDefined(effective_on=TODAY, role="night", permits=readers))  # fmt: skip
    registered = OperatorRegistered(effective_on=TODAY, operator="zoe", name="Zoe", roles=("cashier", "night"))
    append(house, "operator/zoe", by("adam", "05-04 08:05"), registered)

    rows = asked(house, "rights-changes", TODAY, **MAY)

    assert only(rows, "actor", "event", "stream") == [
        ("adam", "operator-registered", "zoe"), ("adam", "role-defined", "night"),
    ]  # fmt: skip
    assert asked(house, "operators", TODAY, role="night") == [
        {"operator": "zoe", "roles": "cashier, night", "dealer": "", "has_second_factor": False, "api_keys": 0,
         "is_closed": False}
    ]  # fmt: skip
    assert asked(house, "operators", TODAY, role="nigh") == []
    assert only(asked(house, "operators-by-role", TODAY), "role", "operators") == [("cashier", 1), ("night", 1)]
    assert only(asked(house, "operators-without-use", TODAY, **MAY), "operator") == [("zoe",)]
    append(house, "role/day", by("zoe", "05-04 09:00"),
           RoleDefined(effective_on=TODAY, role="day", permits=readers))  # fmt: skip
    assert asked(house, "operators-without-use", TODAY, **MAY) == []


@pytest.mark.parametrize("name", sorted(OF_KINDS))
def test_a_report_on_kinds_of_events_names_kinds_that_there_are(name: str, house: Operator):
    known = {topic for (topic,) in house.select("SELECT split_part(topic, '/', 1) FROM billing.event_topics")}
    named = NAMED.findall(ready_reports()[name].sql)

    assert named
    assert set(named) - known == set()


def test_who_looked_persons_up_is_counted_by_looks_and_by_persons(house: Operator):
    """Eve lists C1, C2 and C3, then shows C1; Adam shows C1 just before May begins in Prague, and just after."""
    reads = PostgresPersonalReads(house.application.tables)
    reads.note("parties.read.list-customers", ["C3", "C1", "C2"], by("eve", "05-04 08:00"))
    reads.note("parties.read.show-customer", ["C1"], by("eve", "05-04 08:01", "10.0.0.9"))
    for moment in ("04-30 21:59", "04-30 22:00"):
        reads.note("parties.read.show-customer", ["C1"], by("adam", moment))

    rows = asked(house, "persons-looked-up-by-operator", TODAY, **MAY)

    assert only(rows, "actor", "looks", "persons", "different", "queries", "sources", "days") == [
        ("eve", 2, 4, 3, 2, 2, 1), ("adam", 1, 1, 1, 1, 1, 1),
    ]  # fmt: skip
    listed = asked(house, "persons-looked-up", TODAY, **MAY, customer="C1")
    assert only(listed, "read_at", "actor") == [
        (at("05-04 08:01"), "eve"), (at("05-04 08:00"), "eve"), (at("04-30 22:00"), "adam"),
    ]  # fmt: skip
    assert only(asked(house, "customers-looked-up", TODAY, **MAY), "customer", "looks", "operators") == [
        ("C1", 3, 2), ("C2", 1, 1), ("C3", 1, 1),
    ]  # fmt: skip
    reads.forget("C1")
    assert only(asked(house, "persons-looked-up-by-operator", TODAY, **MAY), "actor", "persons") == [("eve", 2)]


def test_failed_sign_ins_stand_apart_from_other_refused_attempts(house: Operator):
    attempts = PostgresRefusedAttempts(house.application.tables)
    for moment in ("05-04 08:00", "05-05 08:00"):
        attempts.note("sign-in", NotPermitted("wrong password"), by("eve", moment, "10.0.0.9"))
    attempts.note("billing.change.bill", NotPermitted("needs a role"), by("eve", "05-04 08:02"))
    attempts.note(
        "cash.change.take-payment", InvalidValue("must be positive", field="amount"), by("adam", "05-04 09:00")
    )

    sign_ins = asked(house, "failed-sign-ins", TODAY, **MAY)

    assert only(sign_ins, "actor", "source", "attempts", "days") == [("eve", "10.0.0.9", 2, 2)]
    by_day = asked(house, "refused-attempts-by-day", TODAY, **MAY)
    assert only(by_day, "refused_on", "attempts", "sign_ins") == [(date(2026, 5, 4), 3, 1), (date(2026, 5, 5), 1, 1)]
    (listed,) = asked(house, "refused-attempts", TODAY, **MAY, actor="adam")
    assert listed["reason"] == "amount: must be positive"


def test_approvals_are_counted_by_who_asked_and_who_decided(house: Operator):
    """Eve asked three times: Adam approved one and rejected one; one was never decided and expired on 10 May."""
    for number, decided in (("1", RequestApproved), ("2", RequestRejected), ("3", None)):
        request = ApprovalRequested(
            effective_on=date(2026, 5, 4), request=number, command="write-off-invoice", content="{}", account="A1",
            customer="", requested_by="eve", why="limit", expires_on=date(2026, 5, 10),
        )  # fmt: skip
        facts: list[Event] = [request]
        if decided is RequestApproved:
            facts.append(RequestApproved(effective_on=date(2026, 5, 6), request=number, approved_by="adam"))
        if decided is RequestRejected:
            facts.append(
                RequestRejected(effective_on=date(2026, 5, 5), request=number, rejected_by="adam", reason="no")
            )
        append(house, f"request/{number}", by("eve", "05-04 08:00"), *facts)

    rows = asked(house, "approvals-by-operator", TODAY, **MAY)

    figures = ("requested_by", "decided_by", "requests", "approved", "rejected", "waiting", "expired")
    assert only(rows, *figures) == [("eve", "-", 1, 0, 0, 0, 1), ("eve", "adam", 2, 1, 1, 0, 0)]
    assert rows[1]["days"] == 1.5
    (undecided,) = asked(house, "approvals", date(2026, 5, 10), **MAY, decided_by="-")
    assert undecided["state"] == "waiting"
    assert {row["state"] for row in asked(house, "approvals", TODAY, **MAY)} == {"approved", "rejected", "expired"}


def test_a_billing_run_is_listed_with_its_figures(house: Operator):
    """Three accounts are billed for June on 1 June; a run that has nothing to do leaves no trace."""
    house.subscribers(3, since=date(2026, 6, 1))
    house.bill(date(2026, 6, 2))
    house.bill(date(2026, 6, 2))

    rows = asked(house, "billing-runs", date(2026, 6, 11))

    assert only(rows, "run_on", "until_on", "bills", "invoices", "credit_notes", "parked") == [
        (date(2026, 6, 1), date(2026, 6, 2), 3, 3, 0, 0)
    ]
    (started_at,) = house.select(
        "SELECT min(recorded_at) FROM billing.events WHERE split_part(topic, '/', 1) = 'invoice-issued'"
    )[0]
    assert rows[0]["started_at"] == started_at


def test_the_log_is_counted_alike_by_day_kind_and_hour(house: Operator):
    house.subscribers(5)
    today = datetime.now(UTC).date()
    span = {"from_": "2020-01-01", "to": str(date(today.year + 1, 1, 1))}
    ((events,),) = house.select("SELECT count(*) FROM billing.events")

    for name in ("events-by-day", "events-by-kind", "events-by-hour"):
        assert sum(row["events"] for row in asked(house, name, today, **span)) == events
    assert sum(row["changes"] for row in asked(house, "changes-by-operator", today, **span)) == events
