"""The small marks by which BPMN tells kinds of tasks, events and gateways apart, as paths around their middle."""

from __future__ import annotations

from collections.abc import Mapping

# Each is drawn in a square from -8 to 8. What is filled shows something that is thrown.
ENVELOPE = "M-7,-5 H7 V5 H-7 Z M-7,-5 L0,1 L7,-5"
TASKS: Mapping[str, str] = {
    "userTask": "M-7,7 C-7,1 -3,0 0,0 C3,0 7,1 7,7 Z M-3.5,-3.5 A3.5,3.5 0 1 1 3.5,-3.5 A3.5,3.5 0 1 1 -3.5,-3.5",
    "manualTask": "M-7,6 V-1 L-2,-6 L0,-5 L-2,-2 H6 V0 H2 M6,0 H7 V2 H2 M6.5,2 V4 H2 M6,4 V6 H-7",
    "serviceTask": (
        "M-2,-7 H2 L2.5,-4.5 L5,-5.5 L7,-2.5 L5,-1 V1 L7,2.5 L5,5.5 L2.5,4.5 L2,7 H-2 L-2.5,4.5 L-5,5.5 L-7,2.5 L-5,1 "
        "V-1 L-7,-2.5 L-5,-5.5 L-2.5,-4.5 Z M-2.2,0 A2.2,2.2 0 1 1 2.2,0 A2.2,2.2 0 1 1 -2.2,0"
    ),
    "businessRuleTask": "M-7,-5 H7 V5 H-7 Z M-7,-2 H7 M-7,1.5 H7 M-2,-2 V5",
    "sendTask": ENVELOPE,
    "receiveTask": ENVELOPE,
    "scriptTask": "M-4,-7 H6 C2,-3 8,3 4,7 H-6 C-2,3 -8,-3 -4,-7 Z M-2,-3 H3 M-1,0 H4 M0,3 H4",
}
EVENTS: Mapping[str, str] = {
    "message": ENVELOPE,
    "timer": "M-8,0 A8,8 0 1 1 8,0 A8,8 0 1 1 -8,0 M0,-5 V0 L4,2",
    "signal": "M0,-7 L7,5 H-7 Z",
    "error": "M-7,6 L-3,-5 L2,2 L7,-6 L3,5 L-2,-2 Z",
    "escalation": "M0,-7 L6,6 L0,1 L-6,6 Z",
    "terminate": "M-8,0 A8,8 0 1 1 8,0 A8,8 0 1 1 -8,0",
    "link": "M-7,-3 H1 V-6 L7,0 L1,6 V3 H-7 Z",
    "condition": "M-6,-7 H6 V7 H-6 Z M-4,-4 H4 M-4,0 H4 M-4,4 H4",
    "compensation": "M0,-6 V6 L-7,0 Z M7,-6 V6 L0,0 Z",
    "cancellation": "M-6,-4 L-4,-6 L0,-2 L4,-6 L6,-4 L2,0 L6,4 L4,6 L0,2 L-4,6 L-6,4 L-2,0 Z",
}
GATEWAYS: Mapping[str, str] = {
    "exclusiveGateway": "M-6,-7 L6,7 M6,-7 L-6,7",
    "parallelGateway": "M0,-9 V9 M-9,0 H9",
    "inclusiveGateway": "M-8,0 A8,8 0 1 1 8,0 A8,8 0 1 1 -8,0",
    "eventBasedGateway": (
        "M-10,0 A10,10 0 1 1 10,0 A10,10 0 1 1 -10,0 M-7.5,0 A7.5,7.5 0 1 1 7.5,0 A7.5,7.5 0 1 1 -7.5,0 "
        "M0,-5 L5,-1.5 L3,4 H-3 L-5,-1.5 Z"
    ),
    "complexGateway": "M0,-9 V9 M-9,0 H9 M-6,-6 L6,6 M6,-6 L-6,6",
}
COLLAPSED = "M-7,-7 H7 V7 H-7 Z M0,-4 V4 M-4,0 H4"
STANDARD_LOOP = "M3,6 A7,7 0 1 0 -4,5 M-4,5 V0 M-4,5 H-8"
PARALLEL_LOOP = "M-5,-6 V6 M0,-6 V6 M5,-6 V6"
SEQUENTIAL_LOOP = "M-6,-5 H6 M-6,0 H6 M-6,5 H6"
PAGE_CORNER = 10.0
