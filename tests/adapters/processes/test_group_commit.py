"""What is written together: each item is durable when its future is done, and has its own error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event

import pytest

from adapters.processes import group_commit
from adapters.processes.group_commit import GroupCommit, TooMuchWaits
from billing_core.kernel.errors import ConnectionLost, InvalidValue


class Written:
    """Transactions as they are written; the first one waits until it is let go."""

    def __init__(self) -> None:
        self.transactions: list[list[str]] = []
        self.goes_on, self.has_begun = Event(), Event()
        self.is_away = False

    def write(self, items: Sequence[str]) -> None:
        self.has_begun.set()
        assert self.goes_on.wait(20)
        if self.is_away:
            raise ConnectionLost("it is away")
        if "wrong" in items:
            raise InvalidValue("it is wrong")
        self.transactions.append(list(items))


@pytest.fixture
def written() -> Written:
    return Written()


@pytest.fixture
def desk(written: Written) -> Iterator[GroupCommit[str]]:
    desk = GroupCommit(written.write)
    yield desk
    written.goes_on.set()
    desk.close()


def test_what_comes_while_a_transaction_is_under_way_is_the_next_one(desk: GroupCommit[str], written: Written):
    first = desk.submit("a")
    assert written.has_begun.wait(20)
    others = [desk.submit(item) for item in "bcd"]
    assert not first.done()
    written.goes_on.set()
    assert [each.result(20) for each in (first, *others)] == [None] * 4
    assert written.transactions == [["a"], ["b", "c", "d"]]


def test_one_that_cannot_be_written_keeps_no_other_from_it(desk: GroupCommit[str], written: Written):
    desk.submit("a")
    assert written.has_begun.wait(20)
    good, wrong, better = (desk.submit(item) for item in ("good", "wrong", "better"))
    written.goes_on.set()
    assert (good.result(20), better.result(20)) == (None, None)
    with pytest.raises(InvalidValue):
        wrong.result(20)
    assert written.transactions == [["a"], ["good"], ["better"]]


def test_who_waits_no_longer_is_left_out(desk: GroupCommit[str], written: Written):
    desk.submit("a")
    assert written.has_begun.wait(20)
    gone, there = desk.submit("gone"), desk.submit("there")
    assert gone.cancel()
    written.goes_on.set()
    there.result(20)
    assert written.transactions == [["a"], ["there"]]


def test_all_have_the_error_if_the_database_is_away(desk: GroupCommit[str], written: Written):
    written.is_away = True
    written.goes_on.set()
    for each in [desk.submit("a"), desk.submit("b")]:
        with pytest.raises(ConnectionLost):
            each.result(20)
    written.is_away = False
    assert desk.submit("c").result(20) is None


def test_no_more_is_taken_than_may_wait(desk: GroupCommit[str], written: Written, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(group_commit, "MOST_WAITING", 2)
    desk.submit("a")
    assert written.has_begun.wait(20)
    desk.submit("b"), desk.submit("c")
    with pytest.raises(TooMuchWaits):
        desk.submit("d")


def test_what_waits_is_written_before_the_end(written: Written):
    desk = GroupCommit(written.write)
    written.goes_on.set()
    waiting = [desk.submit(item) for item in "abc"]
    desk.close()
    assert all(each.done() for each in waiting)
