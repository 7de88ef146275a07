"""The history of a service: what was true of it on each day, whatever order it was learnt in."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.spans import Span, merged
from billing_core.services.events import SubscriptionChangeCancelled, SubscriptionEvent
from billing_core.services.history import ServiceChange, ServiceSpan, changes_of, spans_of
from billing_core.services.subscriptions import Subscription, apply_subscription, days_on
from tests.billing_core.facts import activated, began, held, learnt, moved, on, resumed, right, suspended, terminated

SPRING = on("2026-03-01")
EVER = Span(date.min, None)


def cancelled(day: str, kind: str) -> SubscriptionEvent:
    return SubscriptionChangeCancelled(effective_on=on(day), subscription="S1", kind=kind)  # type: ignore[arg-type]


def test_a_service_from_its_activation_to_its_end():
    service = learnt(
        activated("2026-03-01"), suspended("2026-03-10", "operator"), resumed("2026-03-20"),
        moved("2026-04-01", "fast"), terminated("2026-05-01"),
    )  # fmt: skip

    assert changes_of(service) == [
        ServiceChange(on("2026-03-01"), "activated", "", "net"),
        ServiceChange(on("2026-03-10"), "suspended", "net", "net", "operator"),
        ServiceChange(on("2026-03-20"), "resumed", "net", "net", "operator"),
        ServiceChange(on("2026-04-01"), "tariff-changed", "net", "fast"),
        ServiceChange(on("2026-05-01"), "terminated", "fast", "", service.timeline[-1].reason or ""),
    ]
    assert spans_of(service) == [
        ServiceSpan(on("2026-03-01"), on("2026-03-10"), "active", "net"),
        ServiceSpan(on("2026-03-10"), on("2026-03-20"), "suspended", "net", ("operator",)),
        ServiceSpan(on("2026-03-20"), on("2026-04-01"), "active", "net"),
        ServiceSpan(on("2026-04-01"), on("2026-05-01"), "active", "fast"),
    ]


def test_what_was_cancelled_is_gone_and_the_rest_stands_as_if_it_had_never_been():
    before = (activated("2026-03-01"), held("2026-03-10"))

    service = learnt(*before, resumed("2026-03-20"), cancelled("2026-03-20", "resume"))

    assert changes_of(service) == changes_of(learnt(*before))
    assert [change.kind for change in changes_of(service)] == ["activated", "held"]


def test_a_corrected_tariff_counts_from_its_day_to_its_end():
    service = learnt(activated("2026-03-01"), right("2026-03-10", "2026-03-20", "fast"))

    assert changes_of(service)[1:] == [
        ServiceChange(on("2026-03-10"), "tariff-changed", "net", "fast"),
        ServiceChange(on("2026-03-20"), "tariff-changed", "fast", "net"),
    ]


def test_a_corrected_activation_moves_the_beginning():
    assert changes_of(learnt(activated("2026-03-01"), began("2026-02-10")))[0].on == on("2026-02-10")


def test_a_second_reason_is_a_change_of_its_own_and_the_service_returns_when_none_is_left():
    service = learnt(
        activated("2026-03-01"), suspended("2026-03-05", "abuse"), suspended("2026-03-08", "operator"),
        resumed("2026-03-12", "abuse"), resumed("2026-03-20"),
    )  # fmt: skip

    assert [(change.on.day, change.kind, change.reason) for change in changes_of(service)[1:]] == [
        (5, "suspended", "abuse"), (8, "suspended", "operator"), (20, "resumed", "operator"),
    ]  # fmt: skip


def test_a_service_that_ended_on_its_first_day_never_was():
    assert changes_of(learnt(activated("2026-03-01"), terminated("2026-03-01"))) == []


steps = st.lists(
    st.tuples(
        st.integers(-3, 30), st.sampled_from(["move", "suspend", "hold", "resume", "end", "cancel", "right", "begin"]),
        st.integers(0, 20),
    ),
    max_size=10,
)  # fmt: skip


@given(steps=steps)
def test_changes_and_spans_say_of_every_day_what_the_timeline_says(steps: list[tuple[int, str, int]]):
    service = random_service(steps)
    spans, changes = spans_of(service), changes_of(service)

    for tariff in service.tariffs():
        of_tariff = [span for span in spans if span.tariff == tariff]
        assert merged(Span(each.from_on, each.to_on) for each in of_tariff) == [
            Span(each.from_on, each.to_on) for each in days_on(service, tariff, EVER)
        ]
    for segment in service.segments():
        (span,) = [each for each in spans if each.contains(segment.from_on)]
        assert (span.status, span.tariff, span.reasons) == (
            segment.in_force.status, segment.in_force.tariff, segment.in_force.reasons
        )  # fmt: skip
    for day in (SPRING + timedelta(days=offset) for offset in range(-5, 60)):
        said = [change for change in changes if change.on <= day]
        tariff = next((span.tariff for span in spans if span.contains(day)), "")
        assert (said[-1].tariff_after if said else "") == tariff
    for before, after in pairwise(changes):
        assert before.on <= after.on
        assert after.tariff_before == (before.tariff_after if before.on < after.on else before.tariff_before)


def random_service(steps: list[tuple[int, str, int]]) -> Subscription:
    service = learnt(activated(SPRING.isoformat()))
    for offset, kind, more in steps:
        day, later = (SPRING + timedelta(days=days) for days in (offset, offset + more + 1))
        try:
            changed = known_with(service, fact_of(kind, day, later))
            changed.segments()
        except RuleViolation:
            continue
        service = changed
    return service


def known_with(service: Subscription, fact: SubscriptionEvent) -> Subscription:
    subscriptions = {"S1": Subscription(service.code, list(service.timeline), corrections=list(service.corrections))}
    apply_subscription(subscriptions, fact)
    return subscriptions["S1"]


def fact_of(kind: str, day: date, later: date) -> SubscriptionEvent:
    named, tariff = day.isoformat(), f"tariff-{later.day % 3}"
    facts: dict[str, SubscriptionEvent] = {
        "move": moved(named, tariff),
        "suspend": suspended(named, "operator" if later.day % 2 else "abuse"),
        "hold": held(named),
        "resume": resumed(named),
        "end": terminated(named),
        "right": right(named, later.isoformat(), tariff),
        "begin": began(named),
        "cancel": cancelled(named, ("change-tariff", "suspend", "hold", "resume", "terminate")[later.day % 5]),
    }
    return facts[kind]
