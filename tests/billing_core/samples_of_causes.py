"""How the stored samples of causes, outages and assignment are read."""

from __future__ import annotations

from datetime import UTC, date, datetime

from billing_core.kernel.events import Event
from billing_core.work.assignment import (
    AssignmentRule,
    AssignmentRulesSet,
    Candidate,
    OperatorAbsenceRecorded,
    OperatorAbsenceWithdrawn,
)
from billing_core.work.causes import CauseAppeared, CauseHandled, CauseRuleSet, CauseVanished, OpenOnCause
from billing_core.work.outages import (
    AnswerDue,
    OutageAnswered,
    OutageDeclared,
    OutageJoined,
    TicketGathered,
    TicketLetGo,
)

ON = date(2026, 6, 2)
AT = datetime(2026, 6, 2, 10, 2, tzinfo=UTC)
ANNA = Candidate(operator="anna", crew="crew-1", skills=("fibre",), districts=("11",))
SAMPLES: dict[str, Event] = {
    "cause-rule-set/1": CauseRuleSet(
        effective_on=ON, cause="device-down", seller="north",
        rule=OpenOnCause(kind="fault", subject="Device down", queue="network", priority="high", reopen_minutes=10),
    ),
    "cause-appeared/1": CauseAppeared(effective_on=ON, cause="device-down", device="OLT-7", node="N1", at=AT),
    "cause-vanished/1": CauseVanished(effective_on=ON, at=AT),
    "cause-handled/1": CauseHandled(effective_on=ON, ticket="T-1251", is_there=True, done="open"),
    "outage-declared/1": OutageDeclared(effective_on=ON, node="N1", address="11-5"),
    "ticket-gathered/1": TicketGathered(effective_on=ON, ticket="T-1252"),
    "ticket-let-go/1": TicketLetGo(effective_on=ON, ticket="T-1252"),
    "answer-due/1": AnswerDue(effective_on=ON, ticket="T-1252", answer=2),
    "outage-joined/1": OutageJoined(effective_on=ON, outage="T-1251"),
    "outage-answered/1": OutageAnswered(effective_on=ON, outage="T-1251", answer=-1),
    "assignment-rules-set/1": AssignmentRulesSet(effective_on=ON, rules=(
        AssignmentRule(queue="support", candidates=(ANNA,), kinds=("fault",), districts=("11",), skill="fibre"),
    )),
    "operator-absence-recorded/1": OperatorAbsenceRecorded(
        effective_on=ON, operator="anna", from_on=date(2026, 6, 10), to_on=date(2026, 6, 12), reason="training",
    ),
    "operator-absence-withdrawn/1": OperatorAbsenceWithdrawn(
        effective_on=ON, operator="anna", from_on=date(2026, 6, 10),
    ),
}  # fmt: skip
