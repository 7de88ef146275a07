"""Who may decide on a command that waits for a second person, and until when."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.approvals import Request, RequestApproved, apply_request, approve, reject
from billing_core.kernel.errors import InvalidValue, RuleViolation
from tests.billing_core.samples_of_approvals import SAMPLES

ASKED = apply_request(None, SAMPLES["approval-requested/1"])
LAST_DAY = date(2026, 3, 9)


def waiting() -> Request:
    assert ASKED is not None
    return ASKED


def test_a_second_person_approves_until_the_last_day():
    (fact,) = approve(waiting(), "boris", LAST_DAY)

    assert isinstance(fact, RequestApproved) and fact.approved_by == "boris"
    with pytest.raises(RuleViolation, match="expired"):
        approve(waiting(), "boris", date(2026, 3, 10))


def test_nobody_approves_the_own_request_but_may_take_it_back():
    with pytest.raises(RuleViolation, match="your own"):
        approve(waiting(), "anna", LAST_DAY)
    assert len(reject(waiting(), "anna", "wrong account", LAST_DAY)) == 1


@pytest.mark.parametrize("decided", ["request-approved/1", "request-rejected/1"])
def test_a_request_is_decided_once(decided: str):
    request = apply_request(waiting(), SAMPLES[decided])
    assert request is not None

    with pytest.raises(RuleViolation, match="by boris"):
        approve(request, "clara", LAST_DAY)
    with pytest.raises(RuleViolation, match="by boris"):
        reject(request, "clara", "no", LAST_DAY)


def test_a_rejection_has_a_reason():
    with pytest.raises(InvalidValue):
        reject(waiting(), "boris", " ", LAST_DAY)
