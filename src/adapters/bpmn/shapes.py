"""The shapes of a picture by their kinds: tasks, events, gateways, pools, data, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from adapters.bpmn import marks
from adapters.bpmn.events import event_kind
from adapters.bpmn.interchange import Box, Shape, title_of
from adapters.bpmn.labels import LINE, inside, lines_of, outside
from adapters.bpmn.notation import ACTIVITIES, EVENTS, FLOW_NODES, TASKS, Node, children, kind

Draw = Callable[[Node, Shape], None]
LEAST_HEIGHT_OF_OPEN = 120
DATA = ("dataObjectReference", "dataObject", "dataInput", "dataOutput")
NAMED_OUTSIDE = EVENTS | marks.GATEWAYS.keys() | {*DATA, "dataStoreReference"}
THROWN = ("endEvent", "intermediateThrowEvent", "sendTask")


def draw_shape(group: Node, shape: Shape) -> None:
    """Draw a shape into its group, and its name if that stands in it."""
    DRAWINGS.get(kind(shape.element), _draw_other)(group, shape)


def write_name(group: Node, shape: Shape) -> None:
    """Write the name of a shape that stands outside of it."""
    if kind(shape.element) in NAMED_OUTSIDE:
        write(group, *outside(shape.box, shape.label, title_of(shape.element)))


def _draw_activity(group: Node, shape: Shape) -> None:
    box, word, text = shape.box, kind(shape.element), title_of(shape.element)
    _rectangle(group, box, radius=8)
    if word in marks.TASKS:
        _mark(group, marks.TASKS[word], (box.x + 13, box.y + 13), is_filled=word in THROWN)
    _draw_loop(group, shape)
    if _is_open(shape):
        write(group, lines_of(text, box.width - 20, 1), (box.middle[0], box.y + 16))
        return
    holds_others = word not in TASKS and word != "scriptTask"
    if holds_others:
        _mark(group, marks.COLLAPSED, (box.middle[0], box.y + box.height - 10))
    has_mark_under = holds_others or _loops(shape.element)
    write(group, *inside(box, text, above=18 if word in marks.TASKS else 0, under=18 if has_mark_under else 0))


def _is_open(shape: Shape) -> bool:
    """Whether what is in a sub-process or call is drawn in its shape."""
    if kind(shape.element) == "callActivity":
        return shape.is_expanded and shape.box.height > LEAST_HEIGHT_OF_OPEN
    return shape.is_expanded and any(kind(child) in FLOW_NODES for child in shape.element)


def _loops(node: Node) -> list[Node]:
    return children(node, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def _draw_loop(group: Node, shape: Shape) -> None:
    aside = 0 if kind(shape.element) in TASKS else 18
    for loop in _loops(shape.element):
        path = marks.SEQUENTIAL_LOOP if loop.get("isSequential") == "true" else marks.PARALLEL_LOOP
        if kind(loop) == "standardLoopCharacteristics":
            path = marks.STANDARD_LOOP
        _mark(group, path, (shape.box.middle[0] + aside, shape.box.y + shape.box.height - 10))


def _draw_event(group: Node, shape: Shape) -> None:
    word, (x, y) = kind(shape.element), shape.box.middle
    radius = min(shape.box.width, shape.box.height) / 2
    is_aside = shape.element.get("cancelActivity") == "false" or shape.element.get("isInterrupting") == "false"
    line = {"endEvent": "thick"}.get(word, "dashed" if is_aside else "")
    _circle(group, (x, y), radius, line)
    if word not in ("startEvent", "endEvent"):
        _circle(group, (x, y), radius - 3, line)
    path = marks.EVENTS.get(event_kind(shape.element))
    if path:
        _mark(group, path, (x, y), is_filled=word in THROWN, scale=radius / 18)


def _draw_gateway(group: Node, shape: Shape) -> None:
    box, (x, y) = shape.box, shape.box.middle
    corners = f"{x},{box.y} {box.x + box.width},{y} {x},{box.y + box.height} {box.x},{y}"
    etree.SubElement(group, "polygon", points=corners)
    path = marks.GATEWAYS[kind(shape.element)]
    is_thick = kind(shape.element) != "eventBasedGateway"
    _mark(group, path, (x, y), scale=min(box.width, box.height) / 50, is_thick=is_thick)


def _draw_pool(group: Node, shape: Shape) -> None:
    """A pool or lane: its name along its shorter side."""
    box, text = shape.box, title_of(shape.element)
    _rectangle(group, box)
    if not shape.is_horizontal:
        write(group, lines_of(text, box.width, 1), (box.middle[0], box.y + 18))
        return
    lines = lines_of(text, box.height, 2)
    place = (box.x + 18, box.middle[1])
    write(group, lines, place, turned=True)


def _draw_data(group: Node, shape: Shape) -> None:
    box, corner = shape.box, marks.PAGE_CORNER
    right, bottom = box.x + box.width, box.y + box.height
    path = (
        f"M{box.x},{box.y} H{right - corner} L{right},{box.y + corner} V{bottom} H{box.x} Z "
        f"M{right - corner},{box.y} V{box.y + corner} H{right}"
    )
    etree.SubElement(group, "path", d=path)


def _draw_store(group: Node, shape: Shape) -> None:
    box = shape.box
    left, right, top, bottom = box.x, box.x + box.width, box.y + 6, box.y + box.height - 6
    arc = f"A{box.width / 2},6 0 0"
    path = (
        f"M{left},{top} {arc} 1 {right},{top} V{bottom} {arc} 1 {left},{bottom} Z M{left},{top} {arc} 0 {right},{top}"
    )
    etree.SubElement(group, "path", d=path)


def _draw_note(group: Node, shape: Shape) -> None:
    box = shape.box
    path = f"M{box.x + 12},{box.y} H{box.x} V{box.y + box.height} H{box.x + 12}"
    etree.SubElement(group, "path", d=path)
    write(group, *inside(box, title_of(shape.element)))


def _draw_other(group: Node, shape: Shape) -> None:
    """A group, or what is not run: a frame with its name."""
    _rectangle(group, shape.box, radius=8)
    write(group, lines_of(title_of(shape.element), shape.box.width, 1), (shape.box.middle[0], shape.box.y + LINE))


def _rectangle(group: Node, box: Box, radius: float = 0) -> None:
    etree.SubElement(
        group, "rect", x=f"{box.x}", y=f"{box.y}", width=f"{box.width}", height=f"{box.height}", rx=f"{radius}"
    )


def _circle(group: Node, middle: tuple[float, float], radius: float, line: str) -> None:
    etree.SubElement(group, "circle", {"class": line}, cx=f"{middle[0]}", cy=f"{middle[1]}", r=f"{radius}")


def _mark(
    group: Node,
    path: str,
    middle: tuple[float, float],
    is_filled: bool = False,
    is_thick: bool = False,
    scale: float = 1.0,
) -> None:
    words = " ".join(filter(None, ("mark", "filled" if is_filled else "", "thick" if is_thick else "")))
    place = f"translate({middle[0]:.1f} {middle[1]:.1f}) scale({scale:.2f})"
    etree.SubElement(group, "path", {"class": words}, d=path, transform=place)


def write(group: Node, lines: list[str], place: tuple[float, float], turned: bool = False) -> None:
    """Write lines, the first around this place."""
    x, y = place
    for number, line in enumerate(lines):
        if turned:
            at = x + number * LINE
            text = etree.SubElement(
                group, "text", x=f"{at:.1f}", y=f"{y:.1f}", transform=f"rotate(-90 {at:.1f} {y:.1f})"
            )
        else:
            text = etree.SubElement(group, "text", x=f"{x:.1f}", y=f"{y + number * LINE:.1f}")
        text.text = line


DRAWINGS: Mapping[str, Draw] = {
    **dict.fromkeys(ACTIVITIES | {"transaction", "adHocSubProcess", "scriptTask"}, _draw_activity),
    **dict.fromkeys(EVENTS, _draw_event),
    **dict.fromkeys(marks.GATEWAYS, _draw_gateway),
    **dict.fromkeys(("participant", "lane"), _draw_pool),
    **dict.fromkeys(DATA, _draw_data),
    "dataStoreReference": _draw_store,
    "textAnnotation": _draw_note,
}
