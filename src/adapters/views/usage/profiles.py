"""The usage profiles that come with the program."""

from __future__ import annotations

import msgspec

from adapters.files.profile_files import load_usage_profile, shipped_profiles, shipped_text
from adapters.files.usage_profile import UsageProfile
from adapters.views.query import Queries, Query, Reading
from commands.platform.concerns import HOUSE, Concerns


class ListUsageProfiles(Query, frozen=True, kw_only=True):
    """The usage profiles that come with the program, with their texts to be copied and changed."""


class UsageProfileCard(msgspec.Struct):
    """A usage profile: the form of the files that it reads, what it reads, and its text in YAML."""

    name: str
    form: str
    about: str
    text: str


class UsageProfiles(msgspec.Struct):
    """The usage profiles, by name."""

    items: list[UsageProfileCard]


def _list_usage_profiles(query: ListUsageProfiles, reading: Reading) -> UsageProfiles:
    profiles = [load_usage_profile(name) for name in shipped_profiles(UsageProfile)]
    return UsageProfiles(
        [UsageProfileCard(each.name, each.form, each.about, shipped_text(UsageProfile, each.name)) for each in profiles]
    )


QUERIES: Queries = {ListUsageProfiles: _list_usage_profiles}
CONCERNS: Concerns = {ListUsageProfiles: HOUSE}
