"""Messages: what may happen to one in which state, when it may leave, and by what it is known again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.outreach.kinds import MESSAGE_KINDS, MessageKind, require_values, variables_of
from billing_core.outreach.mail_addresses import bounce_address, message_bounced
from billing_core.outreach.messages import (
    Message,
    MessageAnswered,
    MessageBounced,
    MessageCancelled,
    MessageDelivered,
    MessageFailed,
    MessageQueued,
    MessageRetried,
    MessageSent,
    apply_message,
    cancel_message,
    retry_message,
)
from billing_core.outreach.templates import MessageTemplate, apply_template, publish_template, withdraw_template
from billing_core.outreach.terms import KindTerms, OutreachTerms, Throttle, earliest, set_terms

ON, AT = date(2026, 3, 1), datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
QUEUED = MessageQueued(
    effective_on=ON, customer="C1", seller="north", kind="invoice", channel="email", cause="invoice 1", send_at=AT,
    language="en", recipient="anna@x.test", text="Hello",
)  # fmt: skip
TEMPLATE = MessageTemplate(kind="invoice", language="cs", channel="email", subject="Faktura", text="{{ number }}")


def after(*facts: Event) -> Message:
    message: Message | None = None
    for fact in (QUEUED, *facts):
        message = apply_message(message, fact)
    assert message is not None
    return message


FAILED = MessageFailed(effective_on=ON, attempt=1, reason="451", again_at=LATER)
DEAD = MessageFailed(effective_on=ON, attempt=2, reason="550")
SENT = MessageSent(effective_on=ON, attempt=1, reference="<1@isp.test>")


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((), "queued"),
        ((FAILED,), "waiting"),
        ((FAILED, DEAD), "failed"),
        ((DEAD, MessageRetried(effective_on=ON, send_at=LATER)), "queued"),
        ((SENT,), "sent"),
        ((SENT, MessageDelivered(effective_on=ON, at=LATER)), "delivered"),
        ((SENT, MessageBounced(effective_on=ON, reason="5.1.1")), "bounced"),
        ((MessageCancelled(effective_on=ON, reason="x"),), "cancelled"),
    ],
)
def test_the_state_follows_from_what_happened(facts: tuple[Event, ...], state: str):
    assert after(*facts).state == state


def test_a_failed_try_says_when_the_next_one_is_and_all_tries_begin_anew():
    assert after(FAILED).send_at == LATER and after(FAILED).attempts == 1
    assert after(FAILED, DEAD).send_at == LATER  # The time of the last try.
    retried = after(DEAD, MessageRetried(effective_on=ON, send_at=LATER))
    assert (retried.attempts, retried.reason, retried.send_at) == (0, "", LATER)
    answer = MessageAnswered(effective_on=ON, customer="C1")
    assert after(SENT, answer, answer).answers == 2


def test_what_was_not_sent_can_be_cancelled_and_what_failed_retried():
    for waiting in (after(), after(FAILED), after(DEAD)):
        assert cancel_message(waiting, "x", ON) == [MessageCancelled(effective_on=ON, reason="x")]
    assert cancel_message(after(MessageCancelled(effective_on=ON, reason="x")), "y", ON) == []
    with pytest.raises(RuleViolation, match="was sent already"):
        cancel_message(after(SENT), "x", ON)
    assert retry_message(after(DEAD), LATER, ON) == [MessageRetried(effective_on=ON, send_at=LATER)]
    assert retry_message(after(), LATER, ON) == []
    with pytest.raises(RuleViolation, match="did not fail"):
        retry_message(after(SENT), LATER, ON)


# --- when it may leave

NIGHT = OutreachTerms(kinds=(KindTerms(kind="outage", is_urgent=True),), quiet_from="21:00", quiet_until="08:00")
NOON = OutreachTerms(quiet_from="12:00", quiet_until="14:00")


@pytest.mark.parametrize(
    ("terms", "kind", "now", "at"),
    [
        (NIGHT, "invoice", "2026-03-01T20:59+01:00", "2026-03-01T20:59+01:00"),
        (NIGHT, "invoice", "2026-03-01T21:00+01:00", "2026-03-02T08:00+01:00"),
        (NIGHT, "invoice", "2026-03-01T23:30+01:00", "2026-03-02T08:00+01:00"),
        (NIGHT, "invoice", "2026-03-02T07:10+01:00", "2026-03-02T08:00+01:00"),
        (NIGHT, "invoice", "2026-03-02T08:00+01:00", "2026-03-02T08:00+01:00"),
        (NIGHT, "outage", "2026-03-01T23:30+01:00", "2026-03-01T23:30+01:00"),
        (NOON, "invoice", "2026-03-01T12:30+01:00", "2026-03-01T14:00+01:00"),
        (NOON, "invoice", "2026-03-01T11:59+01:00", "2026-03-01T11:59+01:00"),
        # In the night in which clocks go forward, 08:00 comes an hour earlier.
        (NIGHT, "invoice", "2026-03-28T23:30+01:00", "2026-03-29T08:00+02:00"),
    ],
)
def test_in_quiet_hours_a_message_waits_for_their_end_unless_it_is_urgent(
    terms: OutreachTerms, kind: str, now: str, at: str
):
    assert earliest(terms, kind, datetime.fromisoformat(now), "Europe/Prague") == datetime.fromisoformat(at)


@given(st.integers(0, 365 * 24 * 60))
def test_the_earliest_instant_is_never_quiet_and_never_more_than_a_night_away(minutes: int):
    now = AT + timedelta(minutes=minutes)
    found = earliest(NIGHT, "invoice", now, "Europe/Prague")
    assert now <= found <= now + timedelta(hours=12)
    assert earliest(NIGHT, "invoice", found, "Europe/Prague") == found


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        (OutreachTerms(kinds=(KindTerms(kind="bulk"),)), "consent of bulk"),
        (OutreachTerms(kinds=(KindTerms(kind="invoice", consent="offers"),)), "consent of invoice"),
        (OutreachTerms(kinds=(KindTerms(kind="hold"), KindTerms(kind="hold"))), "each once"),
        (OutreachTerms(kinds=(KindTerms(kind="hold", channels=()),)), "channels of hold"),
        (OutreachTerms(quiet_from="21:00"), "quiet from '21:00': must be a time"),
        (OutreachTerms(quiet_from="21:00", quiet_until="8:00"), "quiet until '8:00': must be a time"),
        (OutreachTerms(quiet_from="21:00", quiet_until="21:00"), "leave both empty"),
        (OutreachTerms(throttles=(Throttle(channel="sms", per_second=0),)), "throttle of sms"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms: OutreachTerms, fault: str):
    with pytest.raises(InvalidValue, match=fault):
        set_terms(None, "north", terms, ON)


def test_terms_that_hold_already_change_nothing():
    assert set_terms(None, "north", OutreachTerms(), ON) == []
    assert set_terms(NIGHT, "north", NIGHT, ON) == []
    assert len(set_terms(NIGHT, "north", NOON, ON)) == 1


# --- templates and values


def test_versions_of_a_template_are_counted_also_over_a_withdrawal():
    state = None
    for number, words in ((1, TEMPLATE), (2, msgspec.structs.replace(TEMPLATE, text="{{ gross }}"))):
        (published,) = publish_template(state, words, ON)
        state = apply_template(state, published)
        assert state is not None and state.version == number
        assert publish_template(state, words, ON) == []
    (withdrawn,) = withdraw_template(state, "x", ON, TEMPLATE.key)
    state = apply_template(state, withdrawn)
    with pytest.raises(RuleViolation, match="nothing to withdraw"):
        withdraw_template(state, "x", ON, TEMPLATE.key)
    state = apply_template(state, publish_template(state, TEMPLATE, ON)[0])
    assert state is not None and (state.version, state.template) == (3, TEMPLATE)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"subject": ""}, "have a subject"),
        ({"subject": "a\nb"}, "one line"),
        ({"text": " "}, "text"),
        ({"language": "de"}, "language"),
        ({"channel": "sms"}, "only e-mails"),
        ({"kind": "fax"}, "kind"),
    ],
)
def test_a_template_that_no_channel_can_send_is_refused(changed: dict[str, str], fault: str):
    with pytest.raises(InvalidValue, match=fault):
        publish_template(None, msgspec.structs.replace(TEMPLATE, **changed), ON)


@pytest.mark.parametrize("kind", MESSAGE_KINDS)
def test_every_kind_knows_who_is_written_to_and_by_whom(kind: MessageKind):
    assert {"customer_name", "seller_name"} < set(variables_of(kind))


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"gross": "120 CZK extra"}, "is no money"),
        ({"due_on": "14.3.2026"}, "is no date"),
        ({"grosss": "1.00 CZK"}, "is no value of the kind"),
        ({"number": "x" * 4_001}, "longer than"),
    ],
)
def test_values_that_are_none_are_refused(values: dict[str, str], fault: str):
    with pytest.raises(InvalidValue, match=fault):
        require_values("invoice", values)
    require_values("invoice", {"gross": "120.00 CZK", "due_on": "2026-03-14", "number": ""})


# --- by what a mail is known again


@given(st.uuids())
def test_a_bounce_names_its_message_whatever_the_case_of_its_address(message: UUID):
    address = bounce_address(b"key", str(message), "news@isp.test")
    assert len(address.partition("@")[0]) <= 64
    assert message_bounced(b"key", ["other@isp.test", address.upper()]) == str(message)
    assert message_bounced(b"another key", [address]) == ""


def test_an_address_that_is_not_ours_names_nothing():
    assert message_bounced(b"key", [f"news+m-{uuid4().hex}@isp.test", "news@isp.test", "@"]) == ""
