"""The drawings of four modellers, and what becomes of each: run to its end, or refused with element and reason.

They belong to the suite of the BPMN Model Interchange Working Group and are no part of this project.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(os.environ.get("BILLING_REAL_BPMN") or Path(__file__).parents[4] / "shared" / "data" / "bpmn")

CALL = "which is not in this diagram"
COMPENSATION = "is for compensation"
CONDITION = "has no condition"
CONDITION_FEEL = "which cannot use"
COUNT = "nothing says how often"
MESSAGE = "does not say which message"
SEVERAL = "is one of several processes"
SIGNAL = "does not say which signal"
STARTS = "is one of several start events"
TIMER = "does not say when its time comes"
UNCAUGHT = "which no event around it catches"
WATCHED = "waits for a condition"


class Refused(NamedTuple):
    """The element of the first fault, and how many faults have each reason."""

    element: str
    reasons: dict[str, int]


RUNS = None

AS_DRAWN: dict[str, Refused | None] = {
    "bpmn-io-A.1.0-export.bpmn": RUNS,
    "bpmn-io-A.1.0-roundtrip.bpmn": RUNS,
    "bpmn-io-A.2.0-export.bpmn": Refused("Flow_0dd1rck", {CONDITION: 3}),
    "bpmn-io-A.2.0-roundtrip.bpmn": Refused("_f1478fb7-98c4-4c01-8c15-68bd04c91535", {CONDITION: 3}),
    "bpmn-io-A.2.1-export.bpmn": Refused("Flow_1xhc3bf", {CONDITION: 2}),
    "bpmn-io-A.2.1-roundtrip.bpmn": Refused("_To9Z-TOCEeSknpIVFCxNIQ", {CONDITION: 2}),
    "bpmn-io-A.3.0-export.bpmn": Refused("Event_1uez1gc", {MESSAGE: 1}),
    "bpmn-io-A.3.0-roundtrip.bpmn": Refused("_428dcbf5-8e5e-48e0-9c0c-d93003fa8c82", {MESSAGE: 1}),
    "bpmn-io-A.4.0-export.bpmn": RUNS,
    "bpmn-io-A.4.0-roundtrip.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "bpmn-io-A.4.1-export.bpmn": RUNS,
    "bpmn-io-A.4.1-roundtrip.bpmn": Refused("sid-34746A54-1D7D-46CA-B219-0C4CEAE51170", {SEVERAL: 1}),
    "open-bpmn-A.1.0-roundtrip.bpmn": RUNS,
    "open-bpmn-A.2.0-roundtrip.bpmn": Refused("_f1478fb7-98c4-4c01-8c15-68bd04c91535", {CONDITION: 3}),
    "open-bpmn-A.2.1-roundtrip.bpmn": Refused("_To9Z-TOCEeSknpIVFCxNIQ", {CONDITION: 2}),
    "open-bpmn-A.3.0-roundtrip.bpmn": Refused("_428dcbf5-8e5e-48e0-9c0c-d93003fa8c82", {MESSAGE: 1}),
    "open-bpmn-A.4.0-roundtrip.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "open-bpmn-A.4.1-roundtrip.bpmn": Refused("sid-34746A54-1D7D-46CA-B219-0C4CEAE51170", {SEVERAL: 1}),
    "open-bpmn-B.1.0-roundtrip.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "open-bpmn-B.2.0-roundtrip.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "open-bpmn-C.1.0-roundtrip.bpmn": RUNS,
    "open-bpmn-C.1.1-roundtrip.bpmn": RUNS,
    "reference-A.1.0.bpmn": RUNS,
    "reference-A.2.0.bpmn": Refused("_f1478fb7-98c4-4c01-8c15-68bd04c91535", {CONDITION: 3}),
    "reference-A.2.1.bpmn": Refused("_To9Z-TOCEeSknpIVFCxNIQ", {CONDITION: 2}),
    "reference-A.3.0.bpmn": Refused("_428dcbf5-8e5e-48e0-9c0c-d93003fa8c82", {MESSAGE: 1}),
    "reference-A.4.0.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "reference-A.4.1.bpmn": Refused("sid-34746A54-1D7D-46CA-B219-0C4CEAE51170", {SEVERAL: 1}),
    "reference-B.1.0.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "reference-B.2.0.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
    "reference-C.1.0.bpmn": RUNS,
    "reference-C.1.1.bpmn": RUNS,
    "reference-C.2.0.bpmn": Refused("WFP-Page_1-1", {SEVERAL: 1}),
    "reference-C.3.0.bpmn": Refused("_b99800c3-c340-460c-a43e-098014a365d0", {CONDITION: 6}),
    "reference-C.4.0.bpmn": Refused("_42cba3a9-a8ab-40b5-b9a4-2e8f32be364e", {SEVERAL: 1}),
    "reference-C.5.0.bpmn": Refused("_8055ae64-cafd-4fd0-be36-2216e3b02e37", {SIGNAL: 2, CONDITION: 12}),
    "reference-C.6.0.bpmn": Refused("_15fef309-6718-4352-9b71-f757bcd8c023", {MESSAGE: 2, TIMER: 2, COMPENSATION: 8}),
    "reference-C.7.0.bpmn": Refused("_a36ddf2f-23c1-46c5-86d4-bd2a0eb42535", {COUNT: 1, CONDITION: 2}),
    "reference-C.8.0.bpmn": RUNS,
    "reference-C.8.1.bpmn": RUNS,
    "reference-C.9.0.bpmn": Refused("SequenceFlow_Red", {CONDITION_FEEL: 2, CALL: 1}),
    "reference-C.9.1.bpmn": RUNS,
    "reference-C.9.2.bpmn": Refused("CallActivity_RequestDocument", {CALL: 1, COUNT: 1}),
    "trisotech-A.1.0-export.bpmn": RUNS,
    "trisotech-A.1.0-roundtrip.bpmn": RUNS,
    "trisotech-A.2.0-export.bpmn": Refused("_2e57229c-2823-4d7e-afc3-e11065fb2b60", {CONDITION: 3}),
    "trisotech-A.2.0-roundtrip.bpmn": Refused("_f1478fb7-98c4-4c01-8c15-68bd04c91535", {CONDITION: 3}),
    "trisotech-A.2.1-export.bpmn": Refused("_86e56692-6d34-4e34-a49e-73a4df04affb", {CONDITION: 2}),
    "trisotech-A.2.1-roundtrip.bpmn": Refused("_To9Z-TOCEeSknpIVFCxNIQ", {CONDITION: 2}),
    "trisotech-A.3.0-export.bpmn": Refused("_528715e5-a708-4669-af8b-c89b3a0ae6b5", {MESSAGE: 1}),
    "trisotech-A.3.0-roundtrip.bpmn": Refused("_428dcbf5-8e5e-48e0-9c0c-d93003fa8c82", {MESSAGE: 1}),
    "trisotech-A.4.0-export.bpmn": Refused("_f2a99fd9-1026-4f1a-8903-18a1939e8579", {SEVERAL: 1}),
    "trisotech-A.4.0-roundtrip.bpmn": Refused("WFP-6-1", {SEVERAL: 1}),
}

# With an answer to each question that its author has to decide, every process of every drawing runs, but these.
REFUSED_WHEN_MENDED: dict[tuple[str, str], dict[str, int]] = {
    ("open-bpmn-B.2.0-roundtrip.bpmn", "WFP-6-1"): {WATCHED: 2},
    ("open-bpmn-B.2.0-roundtrip.bpmn", "WFP-6-2"): {STARTS: 4, WATCHED: 2, UNCAUGHT: 1},
    ("reference-B.2.0.bpmn", "WFP-6-1"): {WATCHED: 2},
    ("reference-B.2.0.bpmn", "WFP-6-2"): {STARTS: 4, WATCHED: 2, UNCAUGHT: 1},
    ("reference-C.6.0.bpmn", "_898aa942-9a96-4405-ae71-22b5e2e3d235"): {COMPENSATION: 8},
}
