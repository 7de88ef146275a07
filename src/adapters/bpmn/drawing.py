"""A diagram as a picture (SVG), with what waits now and what was passed: from the layout that its modeller stored.

The picture needs nothing from outside and runs nothing. Its colours follow the reader's choice of light or dark.
"""

from __future__ import annotations

from lxml import etree

from adapters.bpmn.interchange import Box, Edge, bounds, picture_of, title_of
from adapters.bpmn.labels import along
from adapters.bpmn.notation import Node, code, is_event_process, kind
from adapters.bpmn.safe_xml import Unreadable, read_tree
from adapters.bpmn.selection import main_process
from adapters.bpmn.shapes import draw_shape, write, write_name
from billing_core.kernel.errors import InvalidValue
from billing_core.work.processes import Position

SVG = "http://www.w3.org/2000/svg"
MARGIN = 24.0
STYLE = """
text { font: 11px sans-serif; fill: #1b1f24; text-anchor: middle }
rect, circle, polygon, path, polyline { fill: #ffffff; stroke: #57606a; stroke-width: 1.4 }
.ground { stroke: none }
.participant rect, .lane rect, .group rect, .textAnnotation path, polyline { fill: none }
.participant rect, .lane rect { stroke: #afb8c1 }
.mark { fill: none; stroke-width: 1.1 }
.mark.filled, .arrow { fill: #57606a }
.mark.thick, circle.thick, .callActivity rect { stroke-width: 2.6 }
circle.dashed, .eventProcess > rect, .group rect, .messageFlow polyline { stroke-dasharray: 6 4 }
.association polyline, .dataInputAssociation polyline, .dataOutputAssociation polyline { stroke-dasharray: 2 3 }
.subProcess rect { fill: #f6f8fa }
.passed > rect, .passed > circle, .passed > polygon { fill: #dafbe1; stroke: #1a7f37 }
.passed > polyline { stroke: #1a7f37; stroke-width: 2.2 }
.waiting > rect, .waiting > circle, .waiting > polygon { fill: #fff8c5; stroke: #bc4c00; stroke-width: 3 }
.names text { paint-order: stroke; stroke: #ffffff; stroke-width: 3px }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  rect, circle, polygon, path, polyline { fill: #161b22; stroke: #9198a1 }
  .ground { fill: #0d1117; stroke: none }
  .participant rect, .lane rect, .group rect, .textAnnotation path, polyline { fill: none }
  .participant rect, .lane rect { stroke: #3d444d }
  .mark { fill: none }
  .mark.filled, .arrow { fill: #9198a1 }
  .subProcess rect { fill: #0f141a }
  .passed > rect, .passed > circle, .passed > polygon { fill: #0f2e1a; stroke: #3fb950 }
  .passed > polyline { stroke: #3fb950 }
  .waiting > rect, .waiting > circle, .waiting > polygon { fill: #3a2d00; stroke: #f0883e }
  .names text { stroke: #0d1117 }
}
"""


def drawing(diagram: str, position: Position | None = None) -> str:
    """The picture of a diagram; `InvalidValue` if it is no diagram, or its modeller stored no layout.

    Elements that wait now have the class `waiting`, elements and flows that were passed `passed`; each has its id in
    `data-element`.
    """
    try:
        root = read_tree(diagram)
        picture = picture_of(root, _drawn_process(root))
    except Unreadable as error:
        raise InvalidValue(str(error.fault), field="diagram") from None
    place = bounds(picture)
    svg = _canvas(place)
    classes = _classes(position or Position())
    for shape in picture.shapes:
        draw_shape(_group(svg, shape.element, "element", classes), shape)
    for edge in picture.edges:
        _draw_edge(_group(svg, edge.element, "flow", classes), edge)
    # Names are written last: no line goes through them.
    names = etree.SubElement(svg, "g", {"class": "names"})
    for shape in picture.shapes:
        write_name(names, shape)
    for edge in picture.edges:
        write(names, *along(edge.points, edge.label, title_of(edge.element)))
    return etree.tostring(svg, encoding="unicode")


def _drawn_process(root: Node) -> Node:
    """The process that a ticket follows; of a diagram with several that cannot be run, the first."""
    try:
        return main_process(root)
    except Unreadable:
        return next((node for node in root.iter() if kind(node) == "process" and len(node)), root)


def _classes(position: Position) -> dict[str, str]:
    waiting = [*position.waiting, *position.automatic, *(each.element for each in position.timers)]
    waiting += [each.element for each in position.messages]
    return dict.fromkeys(position.passed, "passed") | dict.fromkeys(waiting, "waiting")


def _canvas(place: Box) -> Node:
    left, top = f"{place.x - MARGIN:.0f}", f"{place.y - MARGIN:.0f}"
    width, height = f"{place.width + 2 * MARGIN:.0f}", f"{place.height + 2 * MARGIN:.0f}"
    svg = etree.Element(
        "svg", nsmap={None: SVG}, viewBox=f"{left} {top} {width} {height}", width=width, height=height, role="img"
    )
    etree.SubElement(svg, "style").text = STYLE
    etree.SubElement(svg, "rect", {"class": "ground"}, x=left, y=top, width=width, height=height)
    arrows = etree.SubElement(svg, "defs")
    for each, path in (("arrow", "M0,0 L9,4 L0,8 Z"), ("open", "M0,0 L9,4 L0,8")):
        marker = etree.SubElement(
            arrows, "marker", id=each, markerWidth="10", markerHeight="10", refX="9", refY="4", orient="auto",
            markerUnits="userSpaceOnUse",
        )  # fmt: skip
        etree.SubElement(marker, "path", {"class": "arrow" if each == "arrow" else "mark"}, d=path)
    return svg


def _group(svg: Node, element: Node, word: str, classes: dict[str, str]) -> Node:
    aside = "eventProcess" if is_event_process(element) else ""
    names = " ".join(filter(None, (word, kind(element), aside, classes.get(code(element), ""))))
    group = etree.SubElement(svg, "g", {"class": names, "data-element": code(element)})
    if title_of(element):
        etree.SubElement(group, "title").text = title_of(element)
    return group


def _draw_edge(group: Node, edge: Edge) -> None:
    line = etree.SubElement(group, "polyline", points=" ".join(f"{x},{y}" for x, y in edge.points))
    marker = {"sequenceFlow": "arrow", "messageFlow": "open"}.get(kind(edge.element), "")
    if marker:
        line.set("marker-end", f"url(#{marker})")
    _draw_default(group, edge)


def _draw_default(group: Node, edge: Edge) -> None:
    """A stroke across the beginning of a default flow."""
    scope = edge.element.getparent()
    if scope is None or code(edge.element) not in {node.get("default") for node in scope}:
        return
    (x, y), (to_x, to_y) = edge.points[:2]
    length = max(((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5, 1.0)
    along_x, along_y = (to_x - x) / length, (to_y - y) / length
    at_x, at_y = x + 10 * along_x, y + 10 * along_y
    ends = ((at_x - 4 * along_x - 4 * along_y, at_y - 4 * along_y + 4 * along_x),
            (at_x + 4 * along_x + 4 * along_y, at_y + 4 * along_y - 4 * along_x))  # fmt: skip
    etree.SubElement(group, "polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in ends))
