"""Ways and the order of the places of a day."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.work.routes import (
    Position,
    Travel,
    kilometres,
    length_of_way,
    require_position,
    require_travel,
    shortest_order,
    travel_minutes,
)


def at(latitude: str, longitude: str) -> Position:
    return Position(Decimal(latitude), Decimal(longitude))


PRAGUE, PARDUBICE = at("50.0875", "14.4213"), at("50.0335", "15.7767")


def test_a_way_is_the_straight_line_times_the_factor_of_the_roads_at_the_mean_speed():
    assert round(kilometres(PRAGUE, PARDUBICE), 1) == 96.9
    assert travel_minutes(PRAGUE, PARDUBICE, Travel(speed=60)) == 127
    assert travel_minutes(PRAGUE, PARDUBICE, Travel(speed=60, road_factor=Decimal(1))) == 97
    assert travel_minutes(PRAGUE, PRAGUE, Travel()) == 0


def test_a_degree_of_the_equator_and_half_of_the_globe():
    assert round(kilometres(at("0", "0"), at("0", "1")), 2) == 111.20
    assert round(kilometres(at("90", "0"), at("-90", "0"))) == 20_015
    assert kilometres(at("0", "179.9"), at("0", "-179.9")) < 23


def test_the_way_to_a_place_that_is_not_known_takes_no_time():
    assert travel_minutes(None, PRAGUE, Travel()) == travel_minutes(PRAGUE, None, Travel()) == 0


def test_the_order_goes_round_and_not_across():
    """The corners of a square, named crosswise; the base stands in the middle of its southern side."""
    corners = [at("49.0", "16.0"), at("49.1", "16.1"), at("49.1", "16.0"), at("49.0", "16.1")]

    assert shortest_order(at("49.0", "16.05"), corners) in ([0, 2, 1, 3], [3, 1, 2, 0])


degrees = st.decimals(Decimal("48.9"), Decimal("49.4"), places=4)
places = st.lists(st.builds(Position, degrees, degrees), max_size=6)


@given(st.builds(Position, degrees, degrees), places)
def test_the_order_visits_each_place_once_and_is_hardly_longer_than_the_best(start: Position, visited: list[Position]):
    order = shortest_order(start, visited)
    best = min(length_of_way(start, visited, each) for each in permutations(range(len(visited))))

    assert sorted(order) == list(range(len(visited)))
    assert length_of_way(start, visited, order) <= length_of_way(start, visited, range(len(visited))) * 1.2 + 1e-6
    assert length_of_way(start, visited, order) <= 1.3 * best + 1e-6


@given(st.builds(Position, degrees, degrees), st.lists(st.builds(Position, degrees, degrees), min_size=4, max_size=9))
def test_no_stretch_of_the_way_is_better_turned_round(start: Position, visited: list[Position]):
    order = shortest_order(start, visited)
    length = length_of_way(start, visited, order)

    for first, last in combinations(range(len(order)), 2):
        turned = [*order[:first], *reversed(order[first : last + 1]), *order[last + 1 :]]
        assert length <= length_of_way(start, visited, turned) + 1e-6


@given(st.builds(Position, degrees, degrees), st.builds(Position, degrees, degrees))
def test_the_way_back_is_as_long(one: Position, other: Position):
    assert travel_minutes(one, other, Travel()) == travel_minutes(other, one, Travel())


@pytest.mark.parametrize(
    ("position", "message"),
    [(at("90.1", "0"), "must be -90 to 90"), (at("0", "-180.5"), "must be -180 to 180"),
     (at("0.00000001", "0"), "more than 7 decimals"), (at("NaN", "0"), "must be -90")],
)  # fmt: skip
def test_a_position_lies_on_the_globe(position: Position, message: str):
    with pytest.raises(InvalidValue, match=message):
        require_position(position, "base")


@pytest.mark.parametrize("travel", [Travel(speed=0), Travel(speed=131), Travel(road_factor=Decimal("0.9"))])
def test_travel_is_by_road(travel: Travel):
    with pytest.raises(InvalidValue):
        require_travel(travel)
