"""Amendments of mandates: what may change, what the bank is told, and when the run of debits begins again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.direct_debit.amendments import (
    Changed,
    Creditor,
    Told,
    amend_mandate,
    is_amended,
    last_told,
    sequence_of,
)
from billing_core.direct_debit.batch_events import Debit
from billing_core.direct_debit.batches import DebitState, DrawnDebit
from billing_core.direct_debit.mandates import Mandate, MandateSigned, MandateUsed, apply_mandate
from billing_core.direct_debit.schemes import Scheme
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money

ON, LAPSES_ON = date(2026, 3, 2), date(2029, 3, 2)
AT_COBA, AT_COBA_TOO, AT_BYLA = "DE89370400440532013000", "DE75512108001245126199", "DE02120300000000202051"
ALFA, BETA = Creditor("DE98ZZZ09999999999", "Alfa"), Creditor("DE98ZZZ09999999999", "Beta")
TOLD = Told("S1-1-1", 0, ALFA)


def mandate(scheme: Scheme = "sepa-core", account: str = AT_COBA, *, is_used: bool = True) -> Mandate:
    signed = MandateSigned(
        effective_on=ON, mandate="M-17", account="1001", seller="S1", scheme=scheme, number=1, lapses_on=LAPSES_ON,
        customer="C1", payer="Anna", payer_account=account, payer_bank="COBADEFFXXX" if scheme == "sepa-core" else "",
    )  # fmt: skip
    found = apply_mandate(None, signed)
    assert found is not None
    if is_used:
        apply_mandate(found, MandateUsed(effective_on=ON, end_to_end="S1-1-1", lapses_on=LAPSES_ON))
    return found


def amended(found: Mandate, **changed: str) -> Mandate:
    for fact in amend_mandate(found, Changed(**changed), ON):
        apply_mandate(found, fact)
    return found


def test_an_account_at_the_same_bank_is_told_and_the_run_goes_on():
    found = amended(mandate(), payer_account=AT_COBA_TOO, payer_bank="COBADEFF370")
    assert is_amended(found, TOLD, ALFA)
    assert sequence_of(found, TOLD, ALFA) == "RCUR"
    assert not is_amended(found, Told("S1-2-1", 1, ALFA), ALFA), "told once, no more"


@pytest.mark.parametrize("bank", ["BYLADEM1001", None])
def test_an_account_at_another_bank_or_at_one_that_is_not_known_begins_the_run_again(bank: str | None):
    changed = {"payer_account": AT_BYLA} | ({"payer_bank": bank} if bank else {})
    found = amended(mandate(), **changed)
    assert found.details[-1].payer_bank == (bank or ""), "the bank of the old account is not that of the new one"
    assert sequence_of(found, TOLD, ALFA) == "FRST"
    assert sequence_of(found, Told("S1-2-1", 1, ALFA), ALFA) == "RCUR"


def test_another_name_of_the_creditor_is_told_without_an_amendment_of_the_mandate():
    assert is_amended(mandate(), TOLD, BETA)
    assert sequence_of(mandate(), TOLD, BETA) == "RCUR"
    assert not is_amended(mandate(), TOLD, ALFA)


def test_the_name_of_the_payer_alone_tells_the_bank_nothing():
    found = amended(mandate(), payer="Anna Married")
    assert found.details[-1].payer == "Anna Married"
    assert not is_amended(found, TOLD, ALFA)


def test_before_the_first_debit_and_in_other_schemes_nothing_is_told():
    fresh = amended(mandate(is_used=False), payer_account=AT_BYLA, reference="M-18")
    assert not is_amended(fresh, None, ALFA)
    assert sequence_of(fresh, None, ALFA) == "FRST"
    czech = amended(mandate("czech-collection", "34278-727558021/0100"), payer_account="19-2000145399/0800")
    assert czech.details[-1].payer_account == "19-2000145399/0800"
    assert not is_amended(czech, TOLD, ALFA)


@pytest.mark.parametrize(
    ("states", "expected"),
    [((), None), (("drawn",), "S1-1-1"), (("collected", "rejected"), "S1-1-1"), (("collected", "left-out"), "S1-1-1"),
     (("collected", "returned"), "S1-2-1"), (("rejected",), None)],
)  # fmt: skip
def test_what_was_rejected_or_left_out_told_nothing(states: tuple[DebitState, ...], expected: str | None):
    zero = Money(Decimal(1), "EUR")
    drawn = [
        (
            DrawnDebit(Debit(number=1, mandate="M-17", account="1001", sequence="RCUR", amount=zero, items=()), state),
            Told(f"S1-{number}-1", 0, ALFA),
        )
        for number, state in enumerate(states, 1)
    ]
    told = last_told(reversed(drawn))
    assert (told.end_to_end if told else None) == expected


def test_the_same_details_change_nothing():
    assert amend_mandate(mandate(), Changed(payer_account=AT_COBA, payer="Anna", reference="M-17"), ON) == []
    assert amend_mandate(mandate(), Changed(), ON) == []


@pytest.mark.parametrize(
    ("scheme", "changed", "match"),
    [
        ("sepa-core", Changed(payer_account="DE89370400440532013001"), "is no IBAN"),
        ("sepa-core", Changed(payer_bank="NOBIC"), "is no BIC"),
        ("sepa-core", Changed(payer=" "), "payer"),
        ("sepa-core", Changed(reference="M 18"), "without a space"),
        ("czech-collection", Changed(reference="M-18"), "only SEPA schemes"),
    ],
)
def test_details_that_no_bank_takes_are_refused(scheme: Scheme, changed: Changed, match: str):
    account = AT_COBA if scheme == "sepa-core" else "34278-727558021/0100"
    with pytest.raises(BillingError, match=match):
        amend_mandate(mandate(scheme, account), changed, ON)


def test_a_reference_is_not_used_again():
    found = amended(mandate(), reference="M-18")
    with pytest.raises(BillingError, match="was the reference of this mandate before"):
        amend_mandate(found, Changed(reference="M-17"), ON)
