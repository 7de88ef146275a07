"""Stories of ready flows: each is played in every way in which what happens by itself can happen."""

from __future__ import annotations

import pytest

from tests.commands.conftest import StartProcess
from tests.commands.work.stories.story import A, Happens, Story, by_killed_workers, by_one_worker, by_two_workers
from tests.operators import Operator

KILLED = "by one that is killed and another"
WAYS: dict[str, Happens] = {"by one worker": by_one_worker, "by two at once": by_two_workers}


@pytest.fixture(params=[*WAYS, KILLED])
def story(request: pytest.FixtureRequest, operator: Operator, start_process: StartProcess) -> Story:
    """The story in each way."""
    operator.subscriber(A)
    return Story(operator, by_killed_workers(start_process) if request.param == KILLED else WAYS[request.param])


@pytest.fixture
def calm_story(operator: Operator) -> Story:
    """The story with one worker."""
    operator.subscriber(A)
    return Story(operator, by_one_worker)
