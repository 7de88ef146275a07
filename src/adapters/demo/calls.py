"""A month of calls as Asterisk writes them: late, repeated and broken records among them, the same for the same seed.

    list(files_of_calls(MonthOfCalls(date(2026, 10, 1), ["420601111111"], calls=1_000)))
        -> 31 files, one a day, with 1,000 calls in all: about 10 come late, about 10 come twice, about 1 is broken

A call stands in the file of the day on which it ended, unless it is late.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from billing_core.kernel.spans import ONE_DAY

LATE, REPEATED, BROKEN = 0.01, 0.01, 0.001
MOST_DAYS_LATE = 20
ANSWERED = 0.9
# Who is called, and how often: a mobile phone, the own town, abroad, a short number.
CALLED = (("0042077{:07}", 55), ("0042024{:07}", 25), ("0042190{:07}", 12), ("004930{:07}", 5), ("1188", 2), ("112", 1))
TIME = "%Y-%m-%d %H:%M:%S"


class MonthOfCalls(NamedTuple):
    """Which month, whose calls, how many, and the seed by which they are drawn."""

    first_on: date
    subscribers: Sequence[str]
    calls: int
    seed: int = 1

    @property
    def end_on(self) -> date:
        """The first day of the month after."""
        return (self.first_on.replace(day=1) + 32 * ONE_DAY).replace(day=1)


class FileOfCalls(NamedTuple):
    """The file of a day: its name and its lines, each with its line end."""

    name: str
    lines: Sequence[str]


def files_of_calls(month: MonthOfCalls) -> Iterator[FileOfCalls]:
    """The files of a month, in order; what is late comes in the file of a later day, at the latest of the last one."""
    chance = random.Random(month.seed)
    days = (month.end_on - month.first_on).days
    files: list[list[str]] = [[] for _ in range(days)]
    for number in range(month.calls):
        day = chance.randrange(days)
        line = _call(month, number, day, chance)
        late = chance.randint(1, MOST_DAYS_LATE) if chance.random() < LATE else 0
        places = [min(day + late, days - 1)]
        if chance.random() < REPEATED:
            places.append(chance.randrange(places[0], days))
        if chance.random() < BROKEN:
            line = _broken(line, chance)
        for place in places:
            files[place].append(line)
    for place, lines in enumerate(files):
        yield FileOfCalls(f"calls-{month.first_on + place * ONE_DAY:%Y%m%d}.csv", lines)


def _call(month: MonthOfCalls, number: int, day: int, chance: random.Random) -> str:
    """A call that begins and ends on a day, in the columns of cdr_csv with uniqueid and userfield."""
    midnight = datetime.combine(month.first_on + day * ONE_DAY, datetime.min.time())
    began = midnight + timedelta(seconds=chance.randrange(82_000))
    caller = chance.choice(month.subscribers)
    pattern = chance.choices([pattern for pattern, _ in CALLED], [weight for _, weight in CALLED])[0]
    called = pattern.format(chance.randrange(10_000_000))
    rings, talks = chance.randint(1, 25), min(int(chance.expovariate(1 / 150)) + 1, 3_600)
    is_answered = chance.random() < ANSWERED
    answered = f'"{began + timedelta(seconds=rings):{TIME}}"' if is_answered else ""
    ended = began + timedelta(seconds=rings + talks * is_answered)
    return (
        f'"","{caller}","{called}","from-internal","","SIP/{caller}-{number:08x}","SIP/north-{number:08x}","Dial",'
        f'"SIP/north/{called}","{began:{TIME}}",{answered},"{ended:{TIME}}",{rings + talks * is_answered},'
        f'{talks * is_answered},"{"ANSWERED" if is_answered else "NO ANSWER"}","DOCUMENTATION",'
        f'"{month.first_on:%Y%m}.{month.seed}.{number}",""\n'
    )


def _broken(line: str, chance: random.Random) -> str:
    """A line as a fault of the switch or of the transfer leaves it."""
    cells = line.rstrip("\n").split(",")
    match chance.randrange(4):
        case 0:
            return f"{line[: len(line) // 2]}\n"
        case 1:
            cells[9:12] = ['"1970-01-01 00:00:00"'] * 3
            cells[14] = '"ANSWERED"'
        case 2:
            cells[13], cells[14], cells[10] = "-5", '"ANSWERED"', cells[9]
        case _:
            cells[16] = '""'
            cells[14], cells[10] = '"ANSWERED"', cells[9]
    return ",".join(cells) + "\n"
