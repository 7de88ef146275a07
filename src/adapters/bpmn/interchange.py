"""The picture that a modeller stored with its diagram: where each element stands, and which way each flow goes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from adapters.bpmn.notation import DIAGRAM, Node, code, kind, name, referred
from billing_core.kernel.errors import InvalidValue

Point = tuple[float, float]
MOST_PLACES = 100_000.0


class Box(NamedTuple):
    """A place in the picture, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """The middle of it."""
        return self.x + self.width / 2, self.y + self.height / 2


class Shape(NamedTuple):
    """An element at its place. `label` is the place of its name, if the modeller stored one."""

    element: Node
    box: Box
    label: Box | None
    is_expanded: bool
    is_horizontal: bool


class Edge(NamedTuple):
    """A flow or association along its points."""

    element: Node
    points: tuple[Point, ...]
    label: Box | None


class Picture(NamedTuple):
    """What is drawn: shapes from the outermost to the innermost, and edges."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


def picture_of(root: Node, process: Node) -> Picture:
    """The picture in which the process is drawn; `InvalidValue` if the file has none."""
    elements = {code(node): node for node in root.iter() if kind(node) and code(node)}
    own = {code(node) for node in process.iter() if code(node)}
    planes = list(root.iter(f"{{{DIAGRAM}}}BPMNPlane"))
    shown = [plane for plane in planes if own & {referred(shape.get("bpmnElement")) for shape in plane}]
    if not shown:
        raise InvalidValue("has no picture: save it from a modeller with its layout", field="diagram")
    shapes = [shape for node in _all(shown[0], "BPMNShape") if (shape := _shape(node, elements))]
    edges = [edge for node in _all(shown[0], "BPMNEdge") if (edge := _edge(node, elements))]
    # What is larger lies below: pools, lanes, sub-processes, then tasks, then events at their borders.
    shapes.sort(key=lambda shape: -shape.box.width * shape.box.height)
    return Picture(tuple(shapes), tuple(edges))


def bounds(picture: Picture) -> Box:
    """The place of everything."""
    boxes = [box for shape in picture.shapes for box in (shape.box, shape.label) if box]
    boxes += [edge.label for edge in picture.edges if edge.label]
    corners = [(box.x, box.y) for box in boxes] + [(box.x + box.width, box.y + box.height) for box in boxes]
    corners += [point for edge in picture.edges for point in edge.points]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    return Box(left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top)


def _all(plane: Node, word: str) -> Iterable[Node]:
    return plane.iterchildren(f"{{{DIAGRAM}}}{word}")


def _shape(node: Node, elements: dict[str, Node]) -> Shape | None:
    element = elements.get(referred(node.get("bpmnElement")))
    box = _box(node)
    if element is None or box is None:
        return None
    is_horizontal = node.get("isHorizontal") != "false"
    return Shape(element, box, _label(node), node.get("isExpanded") != "false", is_horizontal)


def _edge(node: Node, elements: dict[str, Node]) -> Edge | None:
    element = elements.get(referred(node.get("bpmnElement")))
    points = tuple((_number(each, "x"), _number(each, "y")) for each in node.iterfind("{*}waypoint"))
    return None if element is None or len(points) < 2 else Edge(element, points, _label(node))


def _label(node: Node) -> Box | None:
    found = node.find("{*}BPMNLabel")
    box = None if found is None else _box(found)
    return box if box and box.width and box.height else None


def _box(node: Node) -> Box | None:
    found = node.find("{*}Bounds")
    if found is None:
        return None
    return Box(_number(found, "x"), _number(found, "y"), _number(found, "width"), _number(found, "height"))


def _number(node: Node, attribute: str) -> float:
    """A place, to a tenth; what is no number, or out of all bounds, is 0."""
    try:
        number = float(node.get(attribute) or 0)
    except ValueError:
        return 0.0
    return round(number, 1) if abs(number) <= MOST_PLACES else 0.0


def title_of(node: Node) -> str:
    """What an element is called in the picture."""
    if kind(node) == "textAnnotation":
        return " ".join("".join(node.itertext()).split())
    return name(node)
