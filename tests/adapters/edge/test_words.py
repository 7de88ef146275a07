"""One word for one thing: the table of words holds for all commands and files."""

from __future__ import annotations

import re
from typing import Any

from adapters.bootstrap.registry import HANDLERS
from adapters.cli.struct_fields import help_of
from adapters.edge.shapes import shapes_of
from adapters.edge.words import DEFAULTS, MEANT, UNWRITTEN, WORDS, WORDS_OF
from commands.platform.bus import Command


def test_the_help_of_a_command_speaks_of_no_attribute_by_another_name_than_its_word():
    renamed = WORDS.keys()

    for command in HANDLERS:
        named = set(re.findall(r"`(\w+)`", help_of(command, Command)))
        assert not named & renamed, command


def fields_of(struct: Any) -> set[str]:
    return set(struct.__struct_fields__)


def test_every_entry_of_the_tables_names_an_attribute_or_word_that_there_is():
    for struct, attribute in (*WORDS_OF, *DEFAULTS):
        assert attribute in fields_of(struct), (struct, attribute)
    for (struct, group), attributes in UNWRITTEN.items():
        assert not group or group in fields_of(struct)
        assert group or attributes <= fields_of(struct)
    for struct, word in MEANT:
        assert word not in shapes_of(struct)[0].words, "a word that is known needs no other"
