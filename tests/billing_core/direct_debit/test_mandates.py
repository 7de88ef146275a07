"""Mandates: their ids and accounts, the run of debits, and 36 months without one."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.direct_debit.mandates import (
    Mandate,
    MandateEnded,
    MandateSigned,
    apply_mandate,
    end_mandate,
    lapse_mandate,
    months_after,
    resume_mandate,
    sign_mandate,
    suspend_mandate,
    use_mandate,
)
from billing_core.direct_debit.schemes import (
    payer_account_as_kept,
    payer_bank_as_kept,
    require_mandate_id,
    sipo_check_digit,
)
from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, RuleViolation
from billing_core.kernel.events import Event

ON = date(2026, 3, 2)
SIGNED = MandateSigned(
    effective_on=ON, mandate="M-1", account="1001", seller="S1", scheme="sepa-core", number=1,
    lapses_on=date(2029, 3, 2), customer="C1", payer="Ann", payer_account="DE89 3704 0044 0532 0130 00",
)  # fmt: skip


def after(*facts: Event) -> Mandate:
    mandate = None
    for fact in (SIGNED, *facts):
        mandate = apply_mandate(mandate, fact)
    assert mandate is not None
    return mandate


def test_the_run_of_debits_begins_with_frst_and_ends_with_fnal():
    mandate = after()
    assert mandate.sequence == "FRST"
    (used,) = use_mandate(mandate, "S1-1-1", "FRST", date(2026, 3, 31), 36)
    mandate = after(used)
    assert (mandate.sequence, mandate.lapses_on) == ("RCUR", date(2029, 3, 31))
    (final,) = end_mandate(mandate, "moves away", ON, after_next_debit=True)
    mandate = after(used, final)
    assert (mandate.sequence, mandate.is_drawn) == ("FNAL", True)
    assert isinstance(use_mandate(mandate, "S1-2-1", "FNAL", date(2026, 4, 30), 36)[-1], MandateEnded)


def test_a_mandate_for_one_debit_is_over_after_it():
    mandate = apply_mandate(None, msgspec.structs.replace(SIGNED, is_one_off=True))
    assert mandate is not None
    assert mandate.sequence == "OOFF"
    for fact in use_mandate(mandate, "S1-1-1", "OOFF", ON, 36):
        apply_mandate(mandate, fact)
    assert mandate.is_over


def test_a_late_answer_to_an_older_debit_never_brings_the_lapse_forward():
    (later,) = use_mandate(after(), "S1-2-1", "RCUR", date(2026, 4, 30), 36)
    (earlier,) = use_mandate(after(later), "S1-1-1", "FRST", date(2026, 3, 31), 36)
    assert after(later, earlier).lapses_on == date(2029, 4, 30)


def test_it_lapses_on_its_day_and_not_before():
    assert lapse_mandate(after(), date(2029, 3, 1)) == []
    (lapsed,) = lapse_mandate(after(), date(2029, 3, 2))
    assert after(lapsed).is_over
    assert lapse_mandate(after(lapsed), date(2030, 1, 1)) == []


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2026, 3, 31), 36, date(2029, 3, 31)), (date(2028, 2, 29), 36, date(2031, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 13, date(2027, 12, 30)),
    ],
)  # fmt: skip
def test_months_are_counted_to_the_same_day_or_the_last_of_a_shorter_month(on: date, months: int, expected: date):
    assert months_after(on, months) == expected


def test_suspended_and_resumed_and_over_for_good():
    (suspended,) = suspend_mandate(after(), "AC04", ON)
    assert not after(suspended).is_drawn
    assert suspend_mandate(after(suspended), "again", ON) == []
    (resumed,) = resume_mandate(after(suspended), ON)
    assert after(suspended, resumed).is_drawn
    (ended,) = end_mandate(after(), "MD01", ON)
    assert end_mandate(after(ended), "again", ON) == []
    with pytest.raises(RuleViolation, match="must sign a new one"):
        resume_mandate(after(ended), ON)


def test_it_is_signed_once_and_an_account_has_one_at_a_time():
    (signed,) = sign_mandate(None, None, SIGNED, ON)
    assert isinstance(signed, MandateSigned)
    assert signed.payer_account == "DE89370400440532013000"
    known = after()
    known.signed = signed
    assert sign_mandate(known, known, msgspec.structs.replace(SIGNED, number=2), ON) == []
    with pytest.raises(AlreadyExists, match="other details"):
        sign_mandate(known, known, msgspec.structs.replace(SIGNED, payer="Bob"), ON)
    other = msgspec.structs.replace(SIGNED, mandate="M-2", number=2)
    with pytest.raises(RuleViolation, match="collects by mandate M-1 already"):
        sign_mandate(None, known, other, ON)
    (ended,) = end_mandate(known, "moves", ON)
    assert sign_mandate(None, after(ended), other, ON) != []


@pytest.mark.parametrize("bad", ["", "x" * 36, "M 1", "/M", "M//1", "Mß1", "M/"])
def test_an_id_that_some_bank_does_not_take_is_refused(bad: str):
    with pytest.raises(InvalidValue):
        require_mandate_id(bad)
    require_mandate_id("A-" + "9" * 33)


def test_accounts_of_payers_are_checked_by_their_scheme():
    assert payer_account_as_kept("czech-collection", "034278-0727558021/0100") == "34278-727558021/0100"
    assert payer_account_as_kept("sepa-b2b", "cz65 0800 0000 1920 0014 5399") == "CZ6508000000192000145399"
    assert payer_bank_as_kept("sepa-core", "COBADEFFXXX") == "COBADEFFXXX"
    for scheme, wrong in (
        ("czech-collection", "34278-727558022/0100"), ("sepa-core", "DE89370400440532013001"),
        ("sipo", "1234567894"), ("sipo", "12345"),
    ):  # fmt: skip
        with pytest.raises(InvalidValue, match="what the payer signed"):
            payer_account_as_kept(scheme, wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        payer_bank_as_kept("sipo", "COBADEFFXXX")


def test_the_check_digit_of_a_connection_number_by_hand():
    # 1*3 + 2*7 + 3*3 + 4*1 + 5*7 + 6*3 + 7*1 + 8*7 + 9*3 = 173
    assert sipo_check_digit("123456789") == 7
    assert payer_account_as_kept("sipo", "12345 67897") == "1234567897"


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_a_wrong_digit_of_a_connection_number_is_found(digits: str, place: int, more: int):
    number = f"{digits}{sipo_check_digit(digits)}"
    assert payer_account_as_kept("sipo", number) == number
    wrong = f"{number[:place]}{(int(number[place]) + more) % 10}{number[place + 1 :]}"
    with pytest.raises(BillingError):
        payer_account_as_kept("sipo", wrong)
