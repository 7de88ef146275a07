"""The usage profiles that come with the program, each with a small file in its form and the rows it makes, by hand.

The forms are those that the switches write; subscribers and numbers are made up.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.files.profile_files import load_usage_profile, shipped_profiles
from adapters.files.usage_profile import UsageProfile
from tests.adapters.files.usage_reading import take, utc

ASTERISK = '''\
"","+420601111111","00421905123456","from-internal","""Anna"" <601111111>","SIP/601-0000001e","SIP/north-0000001f",\
"Dial","SIP/north/00421905123456,30","2026-10-05 12:00:35","2026-10-05 12:00:40","2026-10-05 12:02:05",90,85,\
"ANSWERED","DOCUMENTATION"
"","+420601111111","112","from-internal","","SIP/601-00000020","SIP/north-00000021","Dial","","2026-10-05 13:00:00",,\
"2026-10-05 13:00:10",10,0,"NO ANSWER","DOCUMENTATION"
"A77","420222333444","420601111111","from-trunk","","SIP/north-00000022","SIP/601-00000023","Dial","",\
"2026-10-05 14:00:00","2026-10-05 14:00:05","2026-10-05 14:01:05",65,60,"ANSWERED","DOCUMENTATION"
'''
FREESWITCH = """\
"Anna","+420601111111","00420222333444","default","2026-10-05 12:00:35","2026-10-05 12:00:40","2026-10-05 12:02:05",\
"90","85","NORMAL_CLEARING","a5c9f6c0-e752","b5c9f6c0-e752","","PCMA","PCMA"
"9007","9007","0034688886392","public","2026-10-05 16:59:50","","2026-10-05 16:59:50","0","0","NORMAL_CLEARING",\
"e29ff0ae-e752","","","",""
"""
FREESWITCH_CALL: dict[str, Any] = {
    "core-uuid": "63e2315b",
    "channel_data": {"state": "CS_REPORTING", "direction": "inbound"},
    "variables": {
        "direction": "inbound",
        "uuid": "5a3a1d91-90d3",
        "sip_from_user": "%2B420601111111",
        "sip_req_user": "00421905123456",
        "start_uepoch": "1791194435006702",
        "answer_uepoch": "1791194440766321",
        "billsec": "21",
        "billmsec": "20600",
    },
    "callflow": [{"profile_index": "1"}],
}
FREESWITCH_XML = """\
<?xml version="1.0"?>
<cdr core-uuid="63e2315b">
  <variables>
    <direction>inbound</direction><uuid>5a3a1d91-90d3</uuid><sip_from_user>%2B420601111111</sip_from_user>
    <sip_req_user>00421905123456</sip_req_user><answer_uepoch>1791194440766321</answer_uepoch>
    <billmsec>20600</billmsec>
  </variables>
</cdr>
"""
THREE_CX = """\
Call 25,00000A1B,00:01:25,2026/10/05 12:00:35,2026/10/05 12:00:40,2026/10/05 12:02:05,TerminatedByDst,Ext.101,\
+420222333444,101,10000,+420222333444,,,,,,,,Chain: Ext.101;+420222333444,Extension,LineSet,,Anna,,,
Call 26,00000A1C,,2026/10/05 13:00:00,,2026/10/05 13:00:20,TerminatedBySrc,Ext.101,102,101,102,102,,,,,,,,,Extension,\
Extension,,,,,
Call 27,00000A1D,00:00:30,2026/10/05 14:00:00,2026/10/05 14:00:05,2026/10/05 14:00:35,TerminatedBySrc,420605555555,\
Ext.101,10000,101,420222111000,,,,,,,,,Line,Extension,,,,,
"""
CARRIER = """\
record;service;caller;called;date;time;duration;trunk;status
1001;VOICE;601111111;00421905123456;05.10.2026;14:00:40;0:01:25;praha;OK
1002;SMS;601111111;+420777 123 456;05.10.2026;23:30:00;0:00:00;praha;OK
1003;VOICE;601111111;112;05.10.2026;15:00:00;0:00:30;praha;OK
1004;VOICE;601111111;1188;05.10.2026;15:30:00;0:00:30;praha;FAILED
"""
FIXED = (
    "H202610051200NORTH TELECOM\n"
    "20000000000001601111111      00421905123456      2026100514004000085001praha   \n"
    "30000000000002601111111      SERVICE             2026100514004000000000praha   \n"
    "20000000000003601111111      777123456           2026032801595900001000brno    \n"
    "T000003\n"
)
VIDEO = """\
{"id": "v-1", "type": "film", "user": "anna", "title": "North by Northwest", "at": "2026-10-05T20:15:00+02:00", \
"device": "stb-1", "state": "completed"}
{"id": "v-2", "type": "film", "user": "anna", "title": "Vertigo", "at": "2026-10-05T22:15:00Z", "state": "failed"}
{"id": "v-3", "type": "ppv", "user": "ivan", "title": "Boxing", "at": "2026-10-05T20:00:00.5Z", "state": "paid"}
"""
VOLUMES = """\
start,length,subscriber,nas,bytes_in,bytes_out
1791194400,300,anna@north,bras-1,10737418240,524288000
1791194400,300,ivan@north,bras-1,0,0
"""
ACCOUNTS = """\
account,subscription,component,on,quantity,reference
A0001,main,data,2026-05-10,1.50,cdr-1
A0002,main,voice,2026-05-11,30,"""
ROWS = """\
key,kind,subscriber,component,started_at,seconds,quantity,bytes_in,bytes_out,number,network,session,direction
k1,call,420601111111,calls,2026-10-05T12:00:40Z,85,0,0,0,421905123456,north,s1,out
k2,item,anna,films,2026-10-05T12:00:40.25+02:00,0,1.000001,0,0,Vertigo,,,
"""


def call(line: int, key: str, started_at: str, seconds: int, number: str, **fields: object) -> dict[str, object]:
    """A call of the subscriber who makes all calls here."""
    usual = {"kind": "call", "subscriber": "420601111111", "component": "calls", "direction": "out"}
    own = {"line": line, "key": key, "started_at": utc(started_at), "seconds": seconds, "number": number}
    return {**usual, **own, **fields}


def test_asterisk(tmp_path: Path):
    taken = take(tmp_path / "Master.csv", ASTERISK, "asterisk")

    assert taken.rows == [
        call(1, "2026-10-05 12:00:35 SIP/601-0000001e", "2026-10-05 12:00:40", 85, "421905123456", network="north"),
        call(3, "2026-10-05 14:00:00 SIP/north-00000022", "2026-10-05 14:00:05", 60, "420222333444", network="601",
             subscriber="A77", direction="in"),
    ]  # fmt: skip
    assert (taken.refused, taken.passed_over) == ([], 1)


def test_asterisk_with_its_unique_id(tmp_path: Path):
    content = ASTERISK.replace('"DOCUMENTATION"\n', '"DOCUMENTATION","1791194435.30","paid"\n')
    taken = take(tmp_path / "Master.csv", content, "asterisk-uniqueid")

    assert [row["key"] for row in taken.rows] == ["1791194435.30", "1791194435.30"]
    assert taken.refused == []


def test_freeswitch_csv(tmp_path: Path):
    taken = take(tmp_path / "Master.csv", FREESWITCH, "freeswitch-csv")

    assert taken.rows == [call(1, "a5c9f6c0-e752", "2026-10-05 12:00:40", 85, "420222333444", session="a5c9f6c0-e752")]
    assert (taken.refused, taken.passed_over) == ([], 1)


@pytest.mark.parametrize("spaces", [None, 2])
def test_freeswitch_json(tmp_path: Path, spaces: int | None):
    # 1791194440 seconds after 1970 are 5 October 2026, 10:00:40 UTC; 20,600 milliseconds are 21 seconds begun.
    taken = take(tmp_path / "a.cdr.json", json.dumps(FREESWITCH_CALL, indent=spaces), "freeswitch-json")

    assert taken.rows == [
        call(1, "5a3a1d91-90d3", "2026-10-05 10:00:40.766321", 21, "421905123456", session="5a3a1d91-90d3")
    ]


def test_the_other_leg_of_freeswitch_and_a_call_that_nobody_answered_are_passed_over(tmp_path: Path):
    other_leg = {"variables": {**FREESWITCH_CALL["variables"], "direction": "outbound"}}
    unanswered = {"variables": {**FREESWITCH_CALL["variables"], "answer_uepoch": "0"}}
    taken = take(tmp_path / "calls.json", json.dumps([other_leg, unanswered]), "freeswitch-json")

    assert (taken.rows, taken.refused, taken.passed_over) == ([], [], 2)


def test_files_of_calls_put_together_and_half_a_call_at_the_end(tmp_path: Path):
    first = json.dumps(FREESWITCH_CALL, indent=1)
    second = first.replace("5a3a1d91-90d3", "6b3a1d91-90d3")
    taken = take(tmp_path / "day.json", f"{first}{second}\n{first[:100]}", "freeswitch-json")

    assert [(row["line"], row["key"]) for row in taken.rows] == [(1, "5a3a1d91-90d3"), (2, "6b3a1d91-90d3")]
    assert [(row.line, row.reason) for row in taken.refused] == [(3, "is not an object in JSON")]


def test_freeswitch_xml(tmp_path: Path):
    taken = take(tmp_path / "a.cdr.xml", FREESWITCH_XML, "freeswitch-xml")

    assert taken.rows == [
        call(1, "5a3a1d91-90d3", "2026-10-05 10:00:40.766321", 21, "421905123456", session="5a3a1d91-90d3")
    ]


def test_3cx(tmp_path: Path):
    taken = take(tmp_path / "cdr.log", THREE_CX, "3cx")

    assert taken.rows == [
        call(1, "25", "2026-10-05 12:00:40", 85, "420222333444", session="00000A1B", subscriber="101"),
        call(3, "27", "2026-10-05 14:00:05", 30, "420605555555", session="00000A1D", subscriber="420222111000",
             direction="in"),
    ]  # fmt: skip
    assert (taken.refused, taken.passed_over) == ([], 1)


def test_a_carriers_csv_in_the_encoding_of_windows(tmp_path: Path):
    # Prague is two hours ahead of UTC on 5 October: 23:30 there is 21:30.
    content = CARRIER.replace(";praha;", ";Plzeň;").encode("cp1250")
    taken = take(tmp_path / "calls.csv", content, "carrier-csv")

    usual = {"network": "Plzeň", "quantity": 1_000_000}
    message = call(3, "1002", "2026-10-05 21:30:00", 0, "420777123456", kind="item", component="messages", **usual)
    del message["seconds"]
    assert taken.rows == [
        call(2, "1001", "2026-10-05 12:00:40", 85, "421905123456", **usual),
        message,
        call(4, "1003", "2026-10-05 13:00:00", 30, "112", **usual),
    ]
    assert (taken.refused, taken.passed_over) == ([], 1)


def test_a_carriers_file_of_fixed_width(tmp_path: Path):
    # 85,001 milliseconds are 86 seconds begun. On 28 March Prague is still one hour ahead of UTC.
    taken = take(tmp_path / "calls.txt", FIXED, "carrier-fixed")

    assert taken.rows == [
        call(2, "000000000001", "2026-10-05 12:00:40", 86, "421905123456", network="praha"),
        call(4, "000000000003", "2026-03-28 00:59:59", 1, "420777123456", network="brno"),
    ]
    assert (taken.refused, taken.passed_over) == ([], 1)


def test_events_of_a_video_platform(tmp_path: Path):
    taken = take(tmp_path / "events.jsonl", VIDEO, "video-events")

    assert taken.rows == [
        {"line": 1, "key": "v-1", "kind": "item", "subscriber": "anna", "component": "films", "quantity": 1_000_000,
         "started_at": utc("2026-10-05 18:15:00"), "number": "North by Northwest", "session": "stb-1"},
        {"line": 3, "key": "v-3", "kind": "item", "subscriber": "ivan", "component": "pay-per-view",
         "quantity": 1_000_000, "started_at": utc("2026-10-05 20:00:00.5"), "number": "Boxing"},
    ]  # fmt: skip
    assert (taken.refused, taken.passed_over) == ([], 1)


def test_volume_counters_beyond_32_bits(tmp_path: Path):
    taken = take(tmp_path / "volumes.csv", VOLUMES, "volume-counters")

    usual = {"kind": "data", "component": "data", "network": "bras-1", "seconds": 300}
    assert taken.rows == [
        {**usual, "line": 2, "key": "anna@north 1791194400", "subscriber": "anna@north",
         "started_at": utc("2026-10-05 10:00:00"), "bytes_in": 10_737_418_240, "bytes_out": 524_288_000},
        {**usual, "line": 3, "key": "ivan@north 1791194400", "subscriber": "ivan@north",
         "started_at": utc("2026-10-05 10:00:00")},
    ]  # fmt: skip


def test_quantities_of_subscriptions_and_a_key_for_those_without_a_reference(tmp_path: Path):
    # A day without a time is its noon.
    taken = take(tmp_path / "usage.csv", ACCOUNTS, "accounts")

    assert taken.rows == [
        {"line": 2, "key": "cdr-1", "kind": "item", "subscriber": "A0001/main", "component": "data",
         "started_at": utc("2026-05-10 12:00:00"), "quantity": 1_500_000},
        {"line": 3, "key": "b1#3", "kind": "item", "subscriber": "A0002/main", "component": "voice",
         "started_at": utc("2026-05-11 12:00:00"), "quantity": 30_000_000},
    ]  # fmt: skip


def test_the_programs_own_form(tmp_path: Path):
    taken = take(tmp_path / "rows.csv", ROWS, "rows")

    assert taken.rows == [
        call(2, "k1", "2026-10-05 12:00:40", 85, "421905123456", network="north", session="s1"),
        {"line": 3, "key": "k2", "kind": "item", "subscriber": "anna", "component": "films",
         "started_at": utc("2026-10-05 10:00:40.25"), "quantity": 1_000_001, "number": "Vertigo"},
    ]  # fmt: skip


@pytest.mark.parametrize("name", shipped_profiles(UsageProfile))
def test_a_shipped_profile_is_called_as_its_file(name: str):
    profile = load_usage_profile(name)

    assert profile.name == name
    assert profile.about
