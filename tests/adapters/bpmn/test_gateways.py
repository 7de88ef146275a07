"""Gateways and loops of processes: what follows a task, with which facts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.kernel.errors import RuleViolation
from billing_core.work.processes import OPENED, Done
from tests.adapters.bpmn.drawn import START_AND_END, position, process

CHOICE = process(
    START_AND_END + '<userTask id="check"/><exclusiveGateway id="big" default="big-sell"/>'
    '<userTask id="approve"/><userTask id="sell"/>',
    "start > check", "check > big", "big > approve: ${amount > 100 && !paid}", "big > sell",
    "approve > end", "sell > end",
)  # fmt: skip

PARALLEL = process(
    START_AND_END + '<parallelGateway id="split"/><parallelGateway id="join"/><userTask id="after"/>'
    '<userTask id="a"/><userTask id="b"/><serviceTask id="c"/><userTask id="d"/>',
    "start > split", "split > a", "split > b", "split > c", "c > d", "a > join", "b > join", "d > join",
    "join > after", "after > end",
)  # fmt: skip

INCLUSIVE = process(
    START_AND_END + '<userTask id="ask"/>'
    '<inclusiveGateway id="split" default="split-none"/><inclusiveGateway id="join"/>'
    '<userTask id="internet"/><userTask id="tv"/><userTask id="none"/><userTask id="after"/>',
    "start > ask", "ask > split", "split > internet: wants_internet", "split > tv: wants_tv", "split > none",
    "internet > join", "tv > join", "none > join", "join > after", "after > end",
)  # fmt: skip

LOOP_BACK = process(
    START_AND_END + '<userTask id="write"/><userTask id="review"/><exclusiveGateway id="good"/>',
    "start > write", "write > review", "review > good", "good > write: approved = false", "good > end: approved = true",
)  # fmt: skip


def test_an_exclusive_gateway_follows_the_flow_whose_condition_holds():
    dear = Done("check", {"amount": Decimal(101), "paid": False})
    assert position(CHOICE, dear).waiting == ("approve",)


def test_an_exclusive_gateway_follows_its_default_flow_if_no_condition_holds():
    paid = Done("check", {"amount": Decimal(101), "paid": True})
    assert position(CHOICE, paid).waiting == ("sell",)
    assert position(CHOICE, paid, "sell").is_ended


def test_facts_of_the_opening_are_known_until_a_later_element_says_otherwise():
    opened = Done(OPENED, {"amount": Decimal(500), "paid": False})
    assert position(CHOICE, opened, "check").waiting == ("approve",)
    assert position(CHOICE, opened, Done("check", {"amount": Decimal(1)})).waiting == ("sell",)


def test_what_followed_an_element_stays_decided_by_the_facts_known_then():
    twice = process(
        START_AND_END + '<userTask id="a"/><exclusiveGateway id="g" default="g-end"/><userTask id="b"/>',
        "start > a", "a > g", "g > b: kind == 'fault'", "g > end", "b > end",
    )  # fmt: skip
    assert position(twice, Done("a", {"kind": "fault"}), Done("b", {"kind": "sale"})).is_ended


def test_a_condition_with_an_unknown_fact_says_where_it_is_and_what_it_asks():
    with pytest.raises(RuleViolation, match=r"at big: .*amount > 100"):
        position(CHOICE, "check")


def test_a_gateway_without_a_flow_for_the_facts_is_an_error():
    two = process(
        START_AND_END + '<userTask id="a"/><exclusiveGateway id="g"/><userTask id="b"/>',
        "start > a", "a > g", "g > b: kind == 'move'", "g > end: kind == 'fault'", "b > end",
    )  # fmt: skip
    with pytest.raises(RuleViolation, match="No conditions satisfied for g"):
        position(two, Done("a", {"kind": "sale"}))


def test_parallel_tasks_wait_together_and_the_join_waits_for_all():
    first = position(PARALLEL)
    assert first.waiting == ("a", "b") and first.automatic == ("c",)
    assert position(PARALLEL, "a", "b").automatic == ("c",)
    assert position(PARALLEL, "a", "b", "c").waiting == ("d",)
    assert position(PARALLEL, "a", "b", "c", "d").waiting == ("after",)


@pytest.mark.parametrize("order", [o for o in permutations("abcd") if o.index("c") < o.index("d")])
def test_any_order_of_parallel_tasks_ends_in_the_same_end(order):
    assert position(PARALLEL, *order).waiting == ("after",)
    end = position(PARALLEL, *order, "after")
    assert end.is_ended and set(end.passed) == set(position(PARALLEL, "a", "b", "c", "d", "after").passed)


@settings(max_examples=30)
@given(st.integers(2, 5), st.integers(1, 3), st.randoms(use_true_random=False))
def test_any_order_of_any_branches_ends_in_the_same_end(branches, tasks, random):
    """So many branches of so many tasks, one of them without any: each branch in its order, the branches in any."""
    rows = [[f"t{branch}_{task}" for task in range(tasks)] for branch in range(branches)]
    elements = "".join(f'<userTask id="{task}"/>' for row in rows for task in row)
    written = [f"{source} > {target}" for row in rows for source, target in zip(["split", *row], [*row, "join"])]  # noqa: B905
    drawn = process(
        START_AND_END + '<parallelGateway id="split"/><parallelGateway id="join"/>' + elements,
        "start > split", "split > join", "join > end", *written,
    )  # fmt: skip
    done: list[str] = []
    left = [list(row) for row in rows]
    while any(left):
        row = random.choice([row for row in left if row])
        assert set(position(drawn, *done).waiting) == {each[0] for each in left if each}
        done.append(row.pop(0))
    assert position(drawn, *done).is_ended


@pytest.mark.parametrize(
    ("internet", "tv", "expected"),
    [(True, True, {"internet", "tv"}), (True, False, {"internet"}), (False, True, {"tv"}), (False, False, {"none"})],
)
def test_an_inclusive_gateway_follows_all_flows_that_hold_and_joins_them(internet, tv, expected):
    asked = Done("ask", {"wants_internet": internet, "wants_tv": tv})
    assert set(position(INCLUSIVE, asked).waiting) == expected
    for order in permutations(expected):
        assert position(INCLUSIVE, asked, *order[:-1]).waiting == order[-1:]
        assert position(INCLUSIVE, asked, *order).waiting == ("after",)
        assert position(INCLUSIVE, asked, *order, "after").is_ended


def test_a_flow_back_repeats_tasks_until_the_condition_lets_on():
    again: list[Done | str] = ["write", Done("review", {"approved": False})]
    for times in range(4):
        history = again * times
        assert position(LOOP_BACK, *history).waiting == ("write",)
        assert position(LOOP_BACK, *history, "write", Done("review", {"approved": True})).is_ended


def test_a_join_that_not_all_reach_is_an_error_not_a_wait_for_ever():
    """Whether both branches come to the join is for the facts to say; here one of them went to the end."""
    torn = process(
        START_AND_END + '<parallelGateway id="split"/><parallelGateway id="join"/><userTask id="a"/><userTask id="b"/>'
        '<exclusiveGateway id="one" default="one-join"/>',
        "start > split", "split > a", "split > b", "a > one", "one > join", "one > end: gone", "b > join",
        "join > end",
    )  # fmt: skip
    assert position(torn, Done("a", {"gone": False}), "b").is_ended
    with pytest.raises(RuleViolation, match="stands still at join"):
        position(torn, Done("a", {"gone": True}), "b")


@pytest.mark.parametrize("element", ["b", "join", "nothing", "end"])
def test_what_does_not_wait_cannot_be_passed(element):
    with pytest.raises(RuleViolation, match=r"does not wait now: the process waits for after"):
        position(PARALLEL, "a", "b", "c", "d", element)


def test_nothing_is_passed_after_the_end():
    with pytest.raises(RuleViolation, match="the process has ended"):
        position(PARALLEL, "a", "b", "c", "d", "after", "after")


def test_a_long_history_is_run_and_a_far_too_long_one_refused():
    again: list[Done | str] = ["write", Done("review", {"approved": False})]
    assert position(LOOP_BACK, *again * 100).waiting == ("write",)
    with pytest.raises(RuleViolation, match="goes through more than 600 elements"):
        position(LOOP_BACK, *again * 300)


IN_A_LOOP = process(
    START_AND_END + '<exclusiveGateway id="again"/><parallelGateway id="split"/><parallelGateway id="join"/>'
    '<userTask id="a"/><userTask id="b"/><exclusiveGateway id="good" default="good-end"/>',
    "start > again", "again > split", "split > a", "split > b", "a > join", "b > join", "join > good",
    "good > again: bad", "good > end",
)  # fmt: skip


@pytest.mark.parametrize("orders", [(x, y, z) for x in ("ab", "ba") for y in ("ab", "ba") for z in ("ab", "ba")])
def test_a_join_in_a_loop_waits_for_all_in_every_turn(orders):
    """What came in an earlier turn does not count again, in whatever order it came."""
    history: list[Done | str] = []
    for number, (first, second) in enumerate(orders):
        assert set(position(IN_A_LOOP, *history).waiting) == {"a", "b"}
        assert position(IN_A_LOOP, *history, first).waiting == (second,)
        history += [first, Done(second, {"bad": number < len(orders) - 1})]
    assert position(IN_A_LOOP, *history).is_ended


def test_tokens_that_follow_each_other_are_joined_in_pairs():
    """A reminder that comes twice goes twice through split and join, next to each other."""
    drawn = process(
        START_AND_END + '<userTask id="work"/><boundaryEvent id="daily" attachedToRef="work" cancelActivity="false">'
        "<timerEventDefinition><timeCycle>R2/P1D</timeCycle></timerEventDefinition></boundaryEvent>"
        '<parallelGateway id="split"/><parallelGateway id="join"/><userTask id="a"/><userTask id="b"/>'
        '<userTask id="c"/>',
        "start > work", "work > end", "daily > split", "split > a", "split > b", "a > join", "b > join", "join > c",
        "c > end",
    )  # fmt: skip
    both = ["daily", "daily"]
    assert sorted(position(drawn, *both).waiting) == ["a", "a", "b", "b", "work"]
    assert sorted(position(drawn, *both, "a", "a").waiting) == ["b", "b", "work"]
    assert sorted(position(drawn, *both, "a", "a", "b").waiting) == ["b", "c", "work"]
    assert sorted(position(drawn, *both, "a", "b", "c", "b", "a").waiting) == ["c", "work"]
    assert position(drawn, *both, "a", "b", "c", "b", "a", "work", "c").is_ended


def test_an_inclusive_join_does_not_wait_for_what_went_another_way():
    drawn = process(
        START_AND_END + '<userTask id="ask"/><inclusiveGateway id="split"/><inclusiveGateway id="join"/>'
        '<userTask id="a"/><userTask id="b"/><exclusiveGateway id="drop" default="drop-gone"/><endEvent id="gone"/>'
        '<userTask id="after"/>',
        "start > ask", "ask > split", "split > a: x", "split > b: y", "a > join", "b > drop", "drop > join: y",
        "drop > gone", "join > after", "after > end",
    )  # fmt: skip
    asked = Done("ask", {"x": True, "y": True})
    assert position(drawn, asked, "a").waiting == ("b",)
    assert position(drawn, asked, "a", Done("b", {"y": False})).waiting == ("after",)
    assert position(drawn, asked, "a", "b").waiting == ("after",)
    assert position(drawn, asked, "a", "b", "after").is_ended


def test_positions_asked_for_at_the_same_time_do_not_disturb_each_other():
    loop = (
        "<standardLoopCharacteristics loopMaximum='5'><loopCondition>more</loopCondition></standardLoopCharacteristics>"
    )
    drawn = process(START_AND_END + f'<userTask id="a">{loop}</userTask><userTask id="b"/>',
                    "start > a", "a > b", "b > end")  # fmt: skip
    histories = [[Done("a", {"more": True})] * turns + [Done("a", {"more": False})] for turns in range(4)] * 10
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda history: position(drawn, *history).waiting, histories))
    assert found == [("b",)] * len(histories)
