"""Ways: how long a crew travels between two places, and in which order it visits the places of a day.

The way is the straight line over the globe times a factor for the roads, at a mean speed, in whole minutes, rounded up.

    50.0875 N 14.4213 E  to  50.0335 N 15.7767 E    96.9 km x 1.3 = 126.0 km, at 60 km/h 127 minutes

The order is the nearest insertion, mended by 2-opt: each place is put in where it makes the way least longer, the
nearest one first, then stretches of the way are turned round as long as that makes it shorter. It is the shortest way
for a few places, and near it for many.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import asin, ceil, cos, radians, sin, sqrt

import msgspec

from billing_core.kernel.errors import InvalidValue

EARTH_RADIUS_KM = 6_371.0088
MOST_SPEED = 130
MOST_ROAD_FACTOR = 5

# --- values


class Position(msgspec.Struct, frozen=True, gc=False):
    """A point on the globe in degrees, as WGS 84 has it; south and west are negative."""

    latitude: Decimal
    longitude: Decimal


class Travel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a crew travels: mean speed in km/h, and by how much roads are longer than the straight line."""

    speed: int = 40
    road_factor: Decimal = Decimal("1.3")


# --- decisions


def kilometres(one: Position, other: Position) -> float:
    """The length of the straight line over the globe (haversine)."""
    latitudes = radians(one.latitude), radians(other.latitude)
    north, east = latitudes[1] - latitudes[0], radians(other.longitude) - radians(one.longitude)
    chord = sin(north / 2) ** 2 + cos(latitudes[0]) * cos(latitudes[1]) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def travel_minutes(one: Position | None, other: Position | None, travel: Travel) -> int:
    """How long the way takes; 0 if one of the places is not known."""
    if one is None or other is None:
        return 0
    return ceil(60 * kilometres(one, other) * float(travel.road_factor) / travel.speed)


def shortest_order(start: Position, places: Sequence[Position]) -> list[int]:
    """The order in which the places are visited from the start and back to it: their numbers in the given sequence."""
    way: list[int] = []
    left = set(range(len(places)))
    while left:
        nearest = min(left, key=lambda number: (_distance_to_way(start, places, way, number), number))
        way.insert(_best_place(start, places, way, nearest), nearest)
        left.remove(nearest)
    return _turned(start, places, way)


def length_of_way(start: Position, places: Sequence[Position], order: Sequence[int]) -> float:
    """The straight kilometres from the start over the places in an order, and back."""
    stops = [start, *(places[number] for number in order), start]
    return sum(kilometres(one, other) for one, other in pairwise(stops))


def require_position(position: Position, field: str) -> None:
    """A point of the globe, with seven decimals at most: a centimetre."""
    for name, value, most in (("latitude", position.latitude, 90), ("longitude", position.longitude, 180)):
        if not value.is_finite() or abs(value) > most:
            raise InvalidValue(f"must be -{most} to {most} degrees", field=f"{field}, {name}", value=value)
        if value != round(value, 7):
            raise InvalidValue("has more than 7 decimals", field=f"{field}, {name}", value=value)


def require_travel(travel: Travel) -> None:
    """A speed that vans reach, and roads that are no shorter than the straight line."""
    if not 1 <= travel.speed <= MOST_SPEED:
        raise InvalidValue(f"must be 1 to {MOST_SPEED} km/h", field="speed", value=travel.speed)
    if not 1 <= travel.road_factor <= MOST_ROAD_FACTOR:
        raise InvalidValue(f"must be 1 to {MOST_ROAD_FACTOR}", field="road factor", value=travel.road_factor)


def _distance_to_way(start: Position, places: Sequence[Position], way: Sequence[int], number: int) -> float:
    return min(kilometres(places[number], stop) for stop in (start, *(places[each] for each in way)))


def _best_place(start: Position, places: Sequence[Position], way: Sequence[int], number: int) -> int:
    """Where a place makes the way least longer."""
    stops, new = [start, *(places[each] for each in way), start], places[number]

    def detour(at: int) -> float:
        before, after = stops[at], stops[at + 1]
        return kilometres(before, new) + kilometres(new, after) - kilometres(before, after)

    return min(range(len(way) + 1), key=detour)


def _turned(start: Position, places: Sequence[Position], way: list[int]) -> list[int]:
    """The way with stretches turned round as long as one of them makes it shorter."""
    shortest = length_of_way(start, places, way)
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for first in range(len(way)):
            for last in range(first + 1, len(way)):
                turned = [*way[:first], *reversed(way[first : last + 1]), *way[last + 1 :]]
                length = length_of_way(start, places, turned)
                if length < shortest - 1e-9:
                    way, shortest, is_shorter = turned, length, True
    return way
