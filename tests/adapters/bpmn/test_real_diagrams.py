"""Every drawing of the folder is run to its end or refused, as the table says: never half run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from adapters.bpmn.processes import BpmnProcesses
from adapters.bpmn.reading import faults_of, read_process
from adapters.bpmn.safe_xml import text_of
from billing_core.work.processes import DiagramFault
from tests.adapters.bpmn.driver import Driver
from tests.adapters.bpmn.mending import mended, processes_in
from tests.adapters.bpmn.real_diagrams import AS_DRAWN, FOLDER, REFUSED_WHEN_MENDED, Refused

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"{FOLDER} is absent; name it in BILLING_REAL_BPMN")

MOST_RUNS = 500


def drawing_in(file: str) -> str:
    return text_of((FOLDER / file).read_bytes())


def run_all_of(diagram: str) -> None:
    """Run it until every element of it was passed, in one run or another; each run comes to an end."""
    elements = {each.element for each in read_process(diagram).elements}
    passed: set[str] = set()
    for seed in range(MOST_RUNS):
        steps = Driver(diagram, Random(seed)).run()
        passed.update(element for _, position in steps for element in position.passed)
        if elements <= passed:
            again = BpmnProcesses().position(diagram, [step for step, _ in steps])
            assert again == steps[-1][1] and again.is_ended
            return
    raise AssertionError(f"never reached: {elements - passed}")


def reasons_of(faults: Sequence[DiagramFault], expected: dict[str, int]) -> Counter[str]:
    """How many faults have each of the reasons that are expected, or another."""
    return Counter(next((each for each in expected if each in fault.reason), fault.reason) for fault in faults)


def test_the_table_has_every_drawing_of_the_folder():
    assert {path.name for path in FOLDER.glob("*.bpmn")} == AS_DRAWN.keys()


@pytest.mark.parametrize("file", [file for file, refused in AS_DRAWN.items() if refused is None])
def test_a_drawing_runs_to_its_end_as_it_is(file):
    run_all_of(drawing_in(file))


@pytest.mark.parametrize(("file", "refused"), [(file, refused) for file, refused in AS_DRAWN.items() if refused])
def test_a_drawing_is_refused_with_element_and_reason(file: str, refused: Refused):
    diagram = drawing_in(file)
    faults = faults_of(diagram)
    assert faults[0].element == refused.element
    assert reasons_of(faults, refused.reasons) == refused.reasons
    lines = diagram.splitlines()
    # A long tag may go over several lines: the fault names the first.
    assert all(f'id="{fault.element}"' in "".join(lines[fault.line - 1 : fault.line + 5]) for fault in faults)


@pytest.mark.parametrize("file", AS_DRAWN)
def test_every_process_of_a_drawing_runs_to_its_end_once_its_author_has_decided(file):
    diagram = drawing_in(file)
    for process in processes_in(diagram):
        decided = mended(diagram, process)
        expected = REFUSED_WHEN_MENDED.get((file, process))
        if expected is None:
            run_all_of(decided)
        else:
            assert reasons_of(faults_of(decided), expected) == expected
