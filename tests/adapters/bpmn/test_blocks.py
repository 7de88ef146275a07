"""Any process made of blocks, in any order of its tasks: the engine says what the rules of BPMN say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_core.work.processes import OPENED, Done
from tests.adapters.bpmn.blocks import LEAVES, Block, Kind, State, diagram_of, numbered
from tests.adapters.bpmn.drawn import position

MOST_DONE = 80
SPLITS: tuple[Kind, ...] = ("choice", "all", "some")
TASK = st.sampled_from(LEAVES).map(Block)


def several(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[list[Block]]:
    return st.lists(inner, min_size=2, max_size=3)


@st.composite
def splits(draw: st.DrawFn, inner: st.SearchStrategy[Block]) -> Block:
    kind = draw(st.sampled_from(SPLITS))
    parts = draw(several(inner))
    numbers = st.integers(0, len(parts) - 1)
    taken = [draw(numbers)] if kind == "choice" else sorted(draw(st.sets(numbers, min_size=1)))
    return Block(kind, parts, [] if kind == "all" else taken)


def alone(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[list[Block]]:
    return inner.map(lambda block: [block])


TURNS = st.integers(0, 2).map(lambda turns: [turns])
BLOCKS = st.recursive(
    TASK,
    lambda inner: st.one_of(
        st.builds(Block, st.just("row"), several(inner)),
        splits(inner),
        st.builds(Block, st.just("sub"), alone(inner)),
        st.builds(Block, st.just("loop"), alone(inner), TURNS),
    ),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.randoms(use_true_random=False))
def test_the_engine_waits_for_what_the_rules_say_and_ends_when_they_say(block, random):
    block = numbered(block)
    diagram, state = diagram_of(block), State(block)
    history = [Done(OPENED, state.facts())]
    while not state.is_done and len(history) < MOST_DONE:
        now = position(diagram, *history)
        assert {*now.waiting, *(each.element for each in now.timers)} == state.waiting()
        assert not now.is_ended
        element = random.choice(sorted(state.waiting()))
        facts = state.facts()
        state.do(element)
        history.append(Done(element, facts))
    if state.is_done:
        assert position(diagram, *history).is_ended
