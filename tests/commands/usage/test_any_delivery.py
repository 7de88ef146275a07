"""Whatever way records come: the same rows are kept, with the same sums, and every seal of them holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.files.usage_rows import UsageChunk
from billing_core.kernel.errors import Conflict, NotFound
from billing_core.usage.mediation.deliveries import Numbers, UsageReceived
from commands.platform.ports import KeptFile
from commands.usage.mediation import IncomingBatch, Received
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import Killed
from tests.commands.usage.rows import A, B, chunk, kept, origin, receive, retry, row, sources, waiting
from tests.operators import Operator, silent

# Three months, two subscribers, one who becomes known later, and one record that is always wrong.
RECORDS = [
    row(number, f"c{number}", at, subscriber, seconds=seconds)
    for number, (at, subscriber, seconds) in enumerate(
        [
            ("04-30 23:59", A, 10), ("05-01 00:00", A, 20), ("05-15 08:00", B, 30), ("05-31 23:59", B, 40),
            ("06-01 00:00", A, 50), ("05-20 08:00", "C0009/main", 60), ("05-21 08:00", A, -1),
        ],
        start=1,
    )
]  # fmt: skip
WHOLE = [(f"c{number}", number * 10) for number in range(1, 7)]


def parts_of(records: list[dict[str, Any]], cuts: list[int]) -> Iterator[list[dict[str, Any]]]:
    """Records in batches, each with lines of its own."""
    ends = [*sorted({cut for cut in cuts if 0 < cut < len(records)}), len(records)]
    for start, end in zip([0, *ends], ends, strict=False):
        yield [each | {"line": line} for line, each in enumerate(records[start:end], start=2)]


@given(data=st.data())
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_split_order_and_repetition_keeps_the_same_rows(
    found_operator: Callable[[], Operator], data: st.DataObject
):
    records = data.draw(st.permutations(RECORDS + data.draw(st.lists(st.sampled_from(RECORDS), max_size=6))))
    cuts = data.draw(st.lists(st.integers(1, len(records) - 1), max_size=3))
    known_from = data.draw(st.integers(0, len(cuts)))
    operator = found_operator()
    for account in ("A0001", "B0001"):
        open_home(operator, account)

    for number, part in enumerate(parts_of(list(records), cuts)):
        if number == known_from:
            open_home(operator, "C0009")
        receive(operator, f"{number}.csv", part)
    open_home(operator, "C0009")
    retry(operator)

    assert kept(operator, "key", "seconds") == WHOLE
    assert [key for _, _, key, _, _ in waiting(operator)] == ["c7"]
    assert operator.findings() == []


def open_home(operator: Operator, number: str) -> None:
    """The account with its subscription; once."""
    if not operator.facts(f"account/{number}"):
        operator.subscriber(number)


def test_a_crash_leaves_nothing_of_a_batch_and_it_comes_again(homes: Story):
    """The second chunk cannot be read: no row, no event, nothing that waits."""

    def chunks() -> Iterator[UsageChunk]:
        yield chunk([row(1, "c1", "05-10 08:00"), row(2, "c2", "05-10 08:00", "NOBODY")])
        raise Killed

    mediation = homes.operator.application.usage_mediation()
    with pytest.raises(Killed):
        mediation.receive(IncomingBatch("switch", "1"), chunks(), origin())

    assert (kept(homes.operator), waiting(homes.operator)) == ([], [])
    assert homes.operator.facts("usage/switch:1") == []
    both = [chunk([row(1, "c1", "05-10 08:00")]), chunk([row(2, "c1", "05-10 08:00"), row(3, "c3", "05-10 08:00")])]
    assert mediation.receive(IncomingBatch("switch", "1"), both, origin()) == Received("1", 2, 1, 0)


def test_a_crash_of_the_caller_leaves_nothing_of_what_came_within(homes: Story):
    application = homes.operator.application
    mediation = application.usage_mediation()
    batch, rows = IncomingBatch("topic", "0-17"), chunk([row(1, "c1", "05-10 08:00")])

    def receive_and_crash() -> None:
        with application.store.transaction() as transaction:
            assert mediation.receive_within(transaction, batch, rows, origin()) == Received("0-17", 1, 0, 0)
            raise Killed

    with pytest.raises(Killed):
        receive_and_crash()

    assert kept(homes.operator) == []
    assert homes.operator.findings() == []


def test_the_same_file_changes_nothing_whatever_it_is_called(homes: Story):
    file = file_of(homes.operator, b"calls")
    rows = [row(1, "c1", "05-10 08:00")]
    assert receive(homes.operator, "1.csv", rows, file=file) == Received("1.csv", 1, 0, 0)

    other = [row(1, "c2", "05-10 08:00")]
    assert receive(homes.operator, "1.csv", other, file=file) == Received("1.csv", 1, 0, 0, is_known=True)
    assert receive(homes.operator, "2.csv", other, file=file) == Received("1.csv", 1, 0, 0, is_known=True)
    with pytest.raises(Conflict, match=r"batch '1.csv': was received with another content"):
        receive(homes.operator, "1.csv", other, file=file_of(homes.operator, b"other calls"))

    assert kept(homes.operator) == [("c1",)]
    assert homes.operator.findings() == []


def test_the_file_of_a_batch_is_kept_as_long_as_the_batch_names_it(homes: Story):
    attachments = homes.operator.application.attachments
    file, other = file_of(homes.operator, b"calls"), file_of(homes.operator, b"nobody's calls")
    receive(homes.operator, "1.csv", [row(1, "c1", "05-10 08:00")], file=file)
    homes.operator.execute("UPDATE billing.attachments SET kept_at = kept_at - interval '2 days'")

    assert attachments.remove_unnamed(silent) == 1

    assert attachments.find(file.content_hash)[1].read_bytes() == b"calls"
    with pytest.raises(NotFound):
        attachments.find(other.content_hash)


def file_of(operator: Operator, content: bytes) -> KeptFile:
    incoming = operator.application.attachments.begin()
    incoming.add(content)
    return operator.application.attachments.keep(incoming, "text/csv")


def test_the_same_records_by_two_processes_at_once_are_kept_once(homes: Story):
    """Two batches of one source, each with both months, of which neither has a partition yet."""
    barrier = Barrier(2)

    def bring(batch: str) -> Received:
        barrier.wait()
        return receive(homes.operator, batch, [row(1, "c1", "04-30 08:00"), row(2, "c2", "05-01 08:00")])

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(bring, ["1", "2"]), key=lambda each: each.repeated)

    assert [(each.taken, each.repeated) for each in found] == [(2, 0), (0, 2)]
    assert homes.operator.findings() == []


def test_two_sources_make_the_partitions_of_the_same_months_at_once(homes: Story):
    barrier = Barrier(2)
    application = homes.operator.application

    def bring(source: str, months: list[str]) -> Received:
        rows = [row(line, f"c{line}", f"{month}-10 08:00") for line, month in enumerate(months, start=1)]
        barrier.wait()
        return application.usage_mediation().receive(IncomingBatch(source, "1"), [chunk([r]) for r in rows], origin())

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(bring, ["one", "two"], [["01", "02", "03"], ["03", "02", "01"]]))

    assert [each.taken for each in found] == [3, 3]
    assert len(kept(homes.operator)) == 6
    assert homes.operator.findings() == []


RECEIVED = "the rows of usage are those that were received, by the hash of their batch"


def test_a_row_that_is_changed_or_removed_is_found(homes: Story):
    receive(homes.operator, "1", [row(1, "c1", "05-10 08:00"), row(2, "c2", "06-01 08:00")])
    receive(homes.operator, "2", [row(1, "c3", "05-10 08:00")])
    homes.operator.execute("UPDATE billing.usage_rows SET seconds = 59 WHERE key = 'c1'")
    homes.operator.execute("DELETE FROM billing.usage_rows WHERE key = 'c3'")

    found = {finding.invariant: finding.offenders for finding in homes.operator.findings()}

    assert found.keys() == {RECEIVED, "the sums of usage are those of its rows"}
    assert found[RECEIVED] == ["switch:1, usage_rows_2026_05", "switch:2, usage_rows_2026_05"]


def test_gaps_in_the_numbers_of_a_source_are_seen_until_they_close(homes: Story):
    for batch, at, numbers in (("1", "05-10 10:00", (1, 100)), ("3", "05-10 12:00", (201, 300))):
        receive(homes.operator, batch, [row(1, f"c{batch}", at)], numbers=Numbers(*numbers))
    (switch,) = sources(homes.operator)
    assert (switch.missing, f"{switch.delivered_until:%H:%M}") == ((Numbers(101, 200),), "10:00")

    receive(homes.operator, "2", [row(1, "c2", "05-10 11:00")], numbers=Numbers(101, 200))

    (switch,) = sources(homes.operator)
    assert (switch.missing, f"{switch.delivered_until:%H:%M}", switch.last_batch) == ((), "12:00", "2")
    assert (switch.batches, switch.taken, switch.waiting) == (3, 3, 0)
    assert switch.lag_seconds == 22 * 24 * 3600  # The newest record began on 10 May at 12:00, and came on 1 June.
    facts = [fact for fact in homes.operator.facts("usage/switch:2") if isinstance(fact, UsageReceived)]
    assert [fact.numbers for fact in facts] == [Numbers(101, 200)]
