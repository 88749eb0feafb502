"""Single fields of an EDF header."""

from __future__ import annotations

import math
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.io.edf_fields import (
    Finding,
    Ledger,
    decode_date,
    decode_integer,
    decode_number,
    decode_start_date,
    decode_text,
    decode_time,
    encode_date,
    encode_number,
    encode_start_date,
    encode_text,
    encode_time,
    list_labels,
)


def silent(text: str) -> None:
    pytest.fail(f"reported {text!r}")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (b"100     ", 100.0),
        (b"  -12.5 ", -12.5),
        (b"+3.", 3.0),
        (b".25", 0.25),
        (b"1e3", 1000.0),
        (b"-5.E-2", -0.05),
        (b"60\0\0\0\0\0\0", 60.0),
        (b"60\0junk", 60.0),
    ],
)
def test_numbers_are_read(raw: bytes, number: float) -> None:
    assert decode_number(raw, silent) == number


@pytest.mark.parametrize(
    "raw",
    [b"", b"        ", b"nan", b"inf", b"-inf", b"1e999", b"1_0", b"0x10", b"--1", b"1.2.3", b"12 3", b"\xb2", b"-"],
)
def test_what_is_no_number_is_nan(raw: bytes) -> None:
    assert math.isnan(decode_number(raw, silent))


def test_a_decimal_comma_is_read_and_reported() -> None:
    said: list[str] = []
    assert decode_number(b"-187,5", said.append) == -187.5
    assert said == ["has a decimal comma"]


@pytest.mark.parametrize(("raw", "number"), [(b"24", 24), (b"-1", -1), (b"1.0", 1), (b"2.5", None), (b"x", None)])
def test_whole_numbers(raw: bytes, number: int | None) -> None:
    assert decode_integer(raw) == number


@given(st.floats(-9999999, 9999999))
def test_encoded_numbers_keep_what_eight_characters_hold(number: float) -> None:
    raw = encode_number(number, "physical minimum")
    assert len(raw) == 8
    room = 8 - len(f"{int(number)}") - (2 if -1 < number < 0 else 1)
    assert decode_number(raw, silent) == pytest.approx(number, abs=0.5 * 10.0 ** -max(room, 0))


@pytest.mark.parametrize("number", [math.nan, math.inf, 1e8, -1e7])
def test_numbers_that_do_not_fit_are_refused(number: float) -> None:
    with pytest.raises(ParameterError, match="physical minimum"):
        encode_number(number, "physical minimum")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=16))
def test_text_goes_round(text: str) -> None:
    assert decode_text(encode_text(text, 16, "label"), silent) == text


@pytest.mark.parametrize(
    ("raw", "text", "alphabet"),
    [(b"\xb5V", "µV", "Latin-1"), (b"\xc2\xb5V", "µV", "UTF-8"), (b"F\xfcnf", "Fünf", "Latin-1")],
)
def test_bytes_beyond_ascii_are_read_and_reported(raw: bytes, text: str, alphabet: str) -> None:
    said: list[str] = []
    assert decode_text(raw, said.append) == text
    assert said == [f"has non-ASCII bytes; read as {alphabet}"]


def test_text_is_written_in_ascii() -> None:
    assert encode_text("µV", 8, "physical dimension") == b"uV      "
    assert encode_text("Fünf", 4, "label") == b"F?nf"
    with pytest.raises(ParameterError, match=r"label: 17 characters .* holds 16"):
        encode_text("x" * 17, 16, "label")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        (b"31.12.84", date(2084, 12, 31)),
        (b"01.01.85", date(1985, 1, 1)),
        (b"13.03.59", date(2059, 3, 13)),
        (b"29.02.00", date(2000, 2, 29)),
        (b"1.2.2014", date(2014, 2, 1)),
        (b"29.02.01", None),
        (b"42.00.00", None),
        (b"00.00.00", None),
        (b"", None),
        (b"xx.yy.zz", None),
        (b"2.3.456", None),
    ],
)
def test_dates(raw: bytes, day: date | None) -> None:
    assert decode_date(raw, silent) == day


@pytest.mark.parametrize(
    ("raw", "moment"),
    [(b"23.59.59", time(23, 59, 59)), (b"00.00.00", time(0, 0)), (b"26.00.99", None), (b"12.60.00", None), (b"", None)],
)
def test_times(raw: bytes, moment: time | None) -> None:
    assert decode_time(raw, silent) == moment


@pytest.mark.parametrize("separator", [":", "-", "/", " ", ","])
def test_other_separators_are_read_and_reported(separator: str) -> None:
    said: list[str] = []
    assert decode_date(f"02{separator}03{separator}04".encode(), said.append) == date(2004, 3, 2)
    assert decode_time(f"02{separator}03{separator}04".encode(), said.append) == time(2, 3, 4)
    assert said == [f"has {separator!r} where '.' belongs"] * 2


@given(st.dates(date(1985, 1, 1), date(2084, 12, 31)))
def test_dates_go_round(day: date) -> None:
    assert decode_date(encode_date(day), silent) == day


@given(st.dates())
def test_full_dates_go_round(day: date) -> None:
    assert decode_start_date(encode_start_date(day)) == day


@given(st.times())
def test_times_go_round_to_the_second(moment: time) -> None:
    assert decode_time(encode_time(moment), silent) == moment.replace(microsecond=0)


def test_unknown_dates_are_written_as_the_specification_asks() -> None:
    assert encode_date(None) == b"01.01.85"
    assert encode_date(date(2085, 4, 3)) == b"03.04.yy"
    assert encode_start_date(None) == "Startdate X"


@pytest.mark.parametrize(
    "text", ["Startdate X X X X", "Startdate 31-FEB-2010 X", "Startdate 01-ABC-2010", "", "02-MAR-2002"]
)
def test_no_full_date(text: str) -> None:
    assert decode_start_date(text) is None


def test_the_ledger_tells_a_shared_finding_once() -> None:
    ledger = Ledger()
    ledger.add("start date", "names no possible day")
    for label in ("A", "B", "C", "D", "E"):
        ledger.at("physical minimum", label)("has a decimal comma")
    assert ledger.findings == (
        Finding("start date", "names no possible day"),
        Finding("physical minimum of A, B, C and 2 more", "has a decimal comma"),
    )


def test_labels_without_a_name_are_still_counted() -> None:
    assert list_labels([""]) == "''"
