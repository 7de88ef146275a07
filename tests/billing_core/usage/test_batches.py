"""Batches of usage: what a part covers, and when it is new, the same again, or another content."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, Conflict, InvalidValue, NotFound
from billing_core.usage.mediation.batches import (
    NOTHING_RECEIVED,
    RefusedUsage,
    UsageBatch,
    UsageBatchBooked,
    UsageBatchDiscarded,
    UsageBatchReceived,
    UsageRecord,
    apply_usage_batch,
    batch_name,
    canonical_line,
    content_hash,
    days_of,
    discard_batch,
    receive_part,
    require_batch_name,
    require_received_whole,
    require_record,
    with_rising_numbers,
)

MAY_10 = date(2026, 5, 10)
FIRST = UsageRecord(2, "A1", "S1", "data", MAY_10, Decimal("1.50"), "r7")
SECOND = UsageRecord(3, "A1", "S1", "data", date(2026, 5, 12), Decimal(100))


def part(number: int, content: str = "a", records: int = 2, is_last: bool = False) -> UsageBatchReceived:
    return UsageBatchReceived(
        effective_on=date(2026, 6, 1), source="mediation", batch="2026-05", part=number, first_number=2, last_number=3,
        records=records, content_hash=content, from_on=MAY_10, to_on=date(2026, 5, 13), is_last=is_last,
    )  # fmt: skip


def received(*parts: UsageBatchReceived) -> UsageBatch:
    return msgspec.structs.replace(NOTHING_RECEIVED, parts=parts)


# --- what is hashed


def test_the_hash_is_over_canonical_lines_in_their_order():
    lines = "A1\tS1\tdata\t2026-05-10\t1.5\tr7\nA1\tS1\tdata\t2026-05-12\t100\t"

    assert content_hash([FIRST, SECOND]) == sha256(lines.encode()).hexdigest()
    assert content_hash([SECOND, FIRST]) != content_hash([FIRST, SECOND])


def test_the_same_record_on_another_line_and_with_zeros_at_its_end_is_the_same_content():
    assert canonical_line(FIRST._replace(number=9, quantity=Decimal("1.5"))) == canonical_line(FIRST)


@pytest.mark.parametrize(
    "other",
    [{"account": "A2"}, {"subscription": "S2"}, {"component": "voice"}, {"on": date(2026, 5, 11)},
     {"quantity": Decimal("1.51")}, {"reference": "r8"}, {"reference": ""}],
)  # fmt: skip
def test_every_field_of_a_record_is_part_of_its_content(other: dict[str, Any]):
    assert canonical_line(FIRST._replace(**other)) != canonical_line(FIRST)


@given(st.decimals(0, 10**14, places=6))
def test_a_quantity_is_hashed_in_full_without_zeros_at_its_end(quantity: Decimal):
    written = canonical_line(FIRST._replace(quantity=quantity)).split("\t")[4]

    assert Decimal(written) == quantity
    assert written == (f"{quantity:f}".rstrip("0").rstrip(".") or "0")


# --- parts


def test_the_next_part_is_taken_in_and_the_same_part_again_changes_nothing():
    assert receive_part(NOTHING_RECEIVED, part(1)) == [part(1)]
    assert receive_part(received(part(1)), part(1)) == []
    assert receive_part(received(part(1)), part(2, "b")) == [part(2, "b")]


@pytest.mark.parametrize(
    ("known", "coming"),
    [
        ((part(1),), part(1, "b")),
        ((part(1),), part(1, records=3)),
        ((part(1), part(2, is_last=True)), part(2)),  # it goes on
        ((part(1), part(2)), part(1, is_last=True)),  # it ends
        ((part(1, is_last=True),), part(2, "b")),
    ],
)
def test_another_content_is_refused(known: tuple[UsageBatchReceived, ...], coming: UsageBatchReceived):
    with pytest.raises(Conflict, match="under another batch"):
        receive_part(received(*known), coming)


def test_a_batch_is_received_and_booked_step_by_step():
    refused = RefusedUsage("A3", "S1", "data", MAY_10, 2, "account", "A3", "no such account")
    facts = [
        part(1), part(2, "b", is_last=True),
        UsageBatchBooked(effective_on=MAY_10, until_account="A1", accounts=1, records=2),
        UsageBatchBooked(effective_on=MAY_10, until_account="A3", accounts=2, records=0, refused=(refused,),
                         is_complete=True),
    ]  # fmt: skip
    state: UsageBatch | None = None
    steps = []
    for fact in facts:
        state = apply_usage_batch(state, fact)
        assert state is not None
        steps.append((state.waits_to_be_booked, state.booked_until, state.booked, len(state.refused), state.is_booked))

    assert steps == [
        (False, "", 0, 0, False), (True, "", 0, 0, False), (True, "A1", 2, 0, False), (False, "A3", 2, 1, True),
    ]  # fmt: skip


# --- discarded

DISCARDED = UsageBatchDiscarded(effective_on=date(2026, 6, 2), reason="the file was lost")


@pytest.mark.parametrize("parts", [(part(1),), (part(1), part(2, "b", is_last=True))])
def test_a_batch_of_which_nothing_is_booked_is_discarded(parts: tuple[UsageBatchReceived, ...]):
    assert discard_batch(received(*parts), DISCARDED, "2026-05") == [DISCARDED]

    state = apply_usage_batch(received(*parts), DISCARDED)
    assert state is not None and state.is_discarded and not state.waits_to_be_booked
    for coming in (part(1), part(2, "b")):
        with pytest.raises(Conflict, match="batch '2026-05': was discarded; send its records under another batch"):
            receive_part(state, coming)


@pytest.mark.parametrize(
    ("changes", "refusal", "told"),
    [
        ({"parts": ()}, NotFound, "batch '2026-05': no such batch; `billing usage batches --all` lists them"),
        ({"is_discarded": True}, Conflict, "batch '2026-05': was discarded before"),
        ({"booked_until": "A1"}, Conflict, "batch '2026-05': is booked up to account A1; withdraw usage that is wrong"),
        ({"is_booked": True}, Conflict, "batch '2026-05': is booked whole; withdraw usage that is wrong"),
        ({"booked_until": "A3", "is_booked": True}, Conflict,
         "batch '2026-05': is booked whole; withdraw usage that is wrong"),
    ],
)  # fmt: skip
def test_a_batch_is_discarded_once_and_before_it_is_booked(
    changes: dict[str, Any], refusal: type[BillingError], told: str
):
    with pytest.raises(refusal) as refused:
        discard_batch(msgspec.structs.replace(received(part(1)), **changes), DISCARDED, "2026-05")
    assert str(refused.value) == told


def test_who_discards_a_batch_says_why():
    with pytest.raises(InvalidValue, match="reason"):
        discard_batch(received(part(1)), msgspec.structs.replace(DISCARDED, reason=" "), "2026-05")


def test_records_of_a_batch_that_was_cut_off_do_not_count_as_known():
    require_received_whole(received(part(1), part(2, is_last=True)), "again", "2026-05")
    with pytest.raises(Conflict, match=r"batch 'again'.*of batch '2026-05', which was not received whole"):
        require_received_whole(received(part(1)), "again", "2026-05")


# --- names and records


def test_the_days_of_records_end_with_the_day_after_the_last():
    assert days_of([SECOND, FIRST]) == (MAY_10, date(2026, 5, 13))


def test_a_batch_is_named_by_its_source():
    require_batch_name("mediation", "2026:05")
    assert batch_name("mediation", "2026:05") == "mediation:2026:05"
    with pytest.raises(InvalidValue, match="source 'a:b'"):
        require_batch_name("a:b", "c")


@pytest.mark.parametrize(
    ("other", "field"),
    [({"account": " "}, "account"), ({"subscription": ""}, "subscription"), ({"component": "a\tb"}, "component"),
     ({"reference": "a\nb"}, "reference"), ({"quantity": Decimal(-1)}, "quantity"),
     ({"quantity": Decimal("0.1234567")}, "quantity"), ({"quantity": Decimal("NaN")}, "quantity"),
     ({"quantity": Decimal("-0")}, "quantity"), ({"reference": "r" * 201}, "reference"),
     ({"on": date(1899, 12, 31)}, "on"), ({"on": date(2200, 1, 1)}, "on")],
)  # fmt: skip
def test_a_record_that_could_not_be_kept_is_refused(other: dict[str, Any], field: str):
    require_record(FIRST)
    with pytest.raises(InvalidValue) as refused:
        require_record(FIRST._replace(**other))
    assert refused.value.field == field


def test_the_records_of_a_batch_have_rising_numbers():
    rising = [FIRST, SECOND, FIRST._replace(number=7)]
    assert list(with_rising_numbers(rising)) == rising

    for number in (7, 6):
        with pytest.raises(InvalidValue, match=f"number '{number}': must be greater than 7"):
            list(with_rising_numbers([*rising, FIRST._replace(number=number)]))
    with pytest.raises(InvalidValue, match="number '0': must be greater than 0"):
        list(with_rising_numbers([FIRST._replace(number=0)]))


def test_a_record_that_could_not_be_kept_ends_the_batch():
    with pytest.raises(InvalidValue, match="quantity '-1'"):
        list(with_rising_numbers([FIRST, SECOND._replace(quantity=Decimal(-1))]))
