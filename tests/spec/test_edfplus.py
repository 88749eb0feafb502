"""The clauses of EDF and EDF+, by their numbers in the full specification of EDF+.

References
----------
Kemp and Olivan, European data format 'plus' (EDF+), Clin. Neurophysiol. 2003; edfplus.info/specs/edfplus.html.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from ictal.core.errors import IctalWarning
from ictal.core.events import Event
from ictal.io.edf import read_edf, read_edf_annotations


def time_kept(*onsets: str) -> list[bytes]:
    return [f"{onset}\x14\x14\0".encode() for onset in onsets]


class TestEdf:
    """The header and the data records of 1992, which EDF+ keeps."""

    def test_the_header_has_256_bytes_and_256_for_each_signal(self, edf: Any) -> None:
        recording = read_edf(edf.file([edf.ramp(f"EEG{number}") for number in range(5)]))
        assert recording.header.header_bytes == 256 * 6
        assert recording.read()[4].tolist() == list(range(400))

    def test_a_data_record_holds_each_signal_in_turn(self, edf: Any) -> None:
        first = edf.signal("Fp1", [[1, 2], [3, 4]])
        second = edf.signal("F7", [[10, 20], [30, 40]])
        content = edf.build([first, second])
        assert np.frombuffer(content[768:], dtype="<i2").tolist() == [1, 2, 10, 20, 3, 4, 30, 40]
        assert read_edf(edf.write(content)).read().tolist() == [[1, 2, 3, 4], [10, 20, 30, 40]]

    def test_samples_are_little_endian_in_twos_complement(self, edf: Any) -> None:
        one = edf.signal("Fp1", [[-32768, -1, 0, 1, 32767]])
        one.digital = one.physical = ("-32768", "32767")
        assert one.records == [b"\x00\x80\xff\xff\x00\x00\x01\x00\xff\x7f"]
        assert read_edf(edf.file([one])).read().tolist() == [[-32768, -1, 0, 1, 32767]]

    def test_the_four_extremes_give_scale_and_offset(self, edf: Any) -> None:
        one = edf.signal("Fp1", [[-2048, 0, 2047]], physical=("-500", "-100"), digital=("-2048", "2047"))
        read = read_edf(edf.file([one])).read()[0]
        np.testing.assert_allclose(read, [-500.0, -500 + 400 * 2048 / 4095, -100.0], rtol=1e-6)

    def test_the_rate_is_samples_by_duration(self, edf: Any) -> None:
        assert read_edf(edf.file([edf.ramp(n_samples=50)], duration="0.25")).sampling_rate == 200.0
        assert read_edf(edf.file([edf.ramp(n_samples=50)], duration="20")).sampling_rate == 2.5


class Test211Header:
    """2.1.1 Header."""

    @pytest.mark.parametrize("reserved", ["", "EDF+C"])
    def test_continuous_records_follow_one_another(self, edf: Any, reserved: str) -> None:
        signals = [edf.ramp(), edf.annotations(time_kept("+0", "+1", "+2", "+3"))]
        recording = read_edf(edf.file(signals, reserved=reserved))
        assert (recording.gaps, recording.duration) == ((), 4.0)

    def test_discontinuous_records_need_not_follow_one_another(self, edf: Any) -> None:
        signals = [edf.ramp(), edf.annotations(time_kept("+0", "+1", "+7", "+8"))]
        recording = read_edf(edf.file(signals, reserved="EDF+D"))
        assert (recording.gaps, recording.duration) == (((2.0, 7.0),), 9.0)

    def test_discontinuous_records_may_follow_one_another(self, edf: Any) -> None:
        signals = [edf.ramp(), edf.annotations(time_kept("+0", "+1", "+2", "+3"))]
        assert read_edf(edf.file(signals, reserved="EDF+D")).gaps == ()


class Test213AdditionalSpecifications:
    """2.1.3 Additional specifications, in their order."""

    @pytest.mark.parametrize(("yy", "year"), [("85", 1985), ("99", 1999), ("00", 2000), ("84", 2084)])
    def test_1985_is_the_clipping_date(self, edf: Any, yy: str, year: int) -> None:
        recording = read_edf(edf.file([edf.ramp()], date=f"02.03.{yy}", time="16.13.00"))
        assert recording.start_time == datetime(year, 3, 2, 16, 13)

    def test_after_2084_the_recording_field_has_the_year(self, edf: Any) -> None:
        path = edf.file([edf.ramp()], date="02.08.yy", recording="Startdate 02-AUG-2095 X X X", reserved="EDF+C")
        assert read_edf(path).start_time == datetime(2095, 8, 2, 5, 6, 7)

    def test_the_number_of_records_is_minus_one_only_while_recording(self, edf: Any) -> None:
        with pytest.warns(IctalWarning, match="data records: says -1; the file holds 4"):
            assert read_edf(edf.file([edf.ramp()], n_records="-1")).duration == 4.0

    def test_the_decimal_separator_is_a_dot(self, edf: Any) -> None:
        with pytest.warns(IctalWarning, match="has a decimal comma"):
            recording = read_edf(edf.file([edf.ramp(physical=("-204,8", "204,7"))]))
        np.testing.assert_allclose(recording.read()[0, :3], [0.0, 0.1, 0.2], rtol=1e-5, atol=1e-6)

    def test_an_inverting_amplifier_has_its_physical_maximum_below_the_minimum(self, edf: Any) -> None:
        recording = read_edf(edf.file([edf.ramp(physical=("2048", "-2047"))]))
        np.testing.assert_allclose(recording.read()[0], -np.arange(400.0), atol=1e-3)

    def test_equal_extremes_are_forbidden(self, edf: Any) -> None:
        signals = [edf.ramp("Fp1"), edf.ramp("F7", physical=("0", "0")), edf.ramp("F3", digital=("0", "0"))]
        with pytest.warns(IctalWarning, match="physical and digital range of F7, F3: gives no scale"):
            assert read_edf(edf.file(signals)).channels == ("Fp1",)

    def test_an_anonymous_file_keeps_the_time_of_day(self, edf: Any) -> None:
        path = edf.file([edf.ramp()], date="01.01.85", time="22.30.00", recording="Startdate X X X X", reserved="EDF+C")
        assert read_edf(path).start_time == datetime(1985, 1, 1, 22, 30)

    def test_the_full_date_agrees_with_the_short_one(self, edf: Any) -> None:
        path = edf.file([edf.ramp()], date="02.03.02", recording="Startdate 04-MAR-2002 X X X", reserved="EDF+C")
        with pytest.warns(IctalWarning, match="start date: is not the one in the recording field"):
            assert read_edf(path).start_time == datetime(2002, 3, 2, 5, 6, 7)


class Test221AnnotationSignal:
    """2.2.1 The 'EDF Annotations' signal."""

    def test_two_characters_are_one_sample(self, edf: Any) -> None:
        signal = edf.annotations(time_kept("+0", "+1", "+2", "+3"), n_samples=9)
        assert {len(record) for record in signal.records} == {18}
        recording = read_edf(edf.file([signal, edf.ramp()], reserved="EDF+C"))
        assert recording.read()[0].tolist() == list(range(400)), "the signal behind it begins where it should"

    def test_a_file_of_annotations_alone_may_have_records_of_no_duration(self, edf: Any) -> None:
        scored = edf.annotations([b"+0\x14\x14\0+0\x1530\x14Sleep stage W\x14\0+30\x1530\x14Sleep stage 1\x14\0"], 60)
        annotations = read_edf_annotations(edf.file([scored], reserved="EDF+C", duration="0"))
        assert annotations.events == (Event(0.0, 30.0, "Sleep stage W"), Event(30.0, 30.0, "Sleep stage 1"))
        assert annotations.duration == 60.0

    def test_there_may_be_several(self, edf: Any) -> None:
        first = edf.annotations(time_kept("+0", "+1", "+2", "+3"))
        second = edf.annotations([b"+0.5\x14left\x14\0", b"", b"+0.1\x14right\x14\0", b""])
        recording = read_edf(edf.file([edf.ramp(), first, second], reserved="EDF+C"))
        assert [event.event_type for event in recording.annotations] == ["right", "left"]


class Test222TimeStampedAnnotationsLists:
    """2.2.2 Time-stamped annotations lists."""

    @pytest.mark.parametrize(
        ("tal", "events"),
        [
            (b"+180\x14Lights off\x14Close door\x14\0", [(180.0, 0.0, "Lights off"), (180.0, 0.0, "Close door")]),
            (b"+1800.2\x1525.5\x14Apnea\x14\0", [(1800.2, 25.5, "Apnea")]),
            (b"-0.065\x14Pre-stimulus beep 1000Hz\x14\0", [(-0.065, 0.0, "Pre-stimulus beep 1000Hz")]),
            (b"+3\x150\x14Spike\x14\0+2\x14Before\x14\0", [(2.0, 0.0, "Before"), (3.0, 0.0, "Spike")]),
        ],
        ids=["no duration", "a duration", "before the start", "not in order"],
    )
    def test_onset_duration_and_texts(self, edf: Any, tal: bytes, events: list[tuple[float, float, str]]) -> None:
        signal = edf.annotations([b"+0\x14\x14\0" + tal, *time_kept("+1", "+2", "+3")], 40)
        annotations = read_edf(edf.file([edf.ramp(), signal], reserved="EDF+C")).annotations
        assert [(event.onset, event.duration, event.event_type) for event in annotations] == events

    def test_unused_bytes_are_zero(self, edf: Any) -> None:
        signal = edf.annotations(time_kept("+0", "+1", "+2", "+3"), 200)
        assert len(read_edf(edf.file([edf.ramp(), signal], reserved="EDF+C")).annotations) == 0


class Test223Annotations:
    """2.2.3 Annotations in a TAL."""

    @pytest.mark.parametrize("text", ["Anfälle", "中文", "Ω µ", "two\tcolumns\r\nand a line"])
    def test_texts_are_utf_8_and_their_lines_are_joined(self, edf: Any, text: str) -> None:
        signal = edf.annotations([f"+0\x14\x14\0+1\x14{text}\x14\0".encode(), *time_kept("+1", "+2", "+3")], 40)
        recording = read_edf(edf.file([edf.ramp(), signal], reserved="EDF+C"))
        assert [event.event_type for event in recording.annotations] == [" ".join(text.split())]


class Test224TimeKeeping:
    """2.2.4 Time keeping of data records."""

    def test_the_first_annotation_of_the_first_list_is_empty_and_more_may_follow(self, edf: Any) -> None:
        lists = [b"+0\x14\x14Recording starts\x14\0", b"+1\x14\x14\0", b"+6\x14\x14Start\x14\0", b"+7\x14\x14\0"]
        recording = read_edf(edf.file([edf.ramp(), edf.annotations(lists)], reserved="EDF+D"))
        assert recording.gaps == ((2.0, 6.0),)
        assert [(event.onset, event.event_type) for event in recording.annotations] == [
            (0.0, "Recording starts"),
            (6.0, "Start"),
        ]

    def test_the_first_record_may_begin_within_the_second(self, edf: Any) -> None:
        lists = time_kept("+0.394531", "+1.394531", "+2.394531", "+3.394531")
        lists[1] += b"+1.894531\x14Blink\x14\0"
        recording = read_edf(edf.file([edf.ramp(), edf.annotations(lists)], reserved="EDF+C"))
        assert recording.start_time == datetime(2004, 3, 2, 5, 6, 7, 394531)
        assert recording.annotations.events == (Event(1.5, 0.0, "Blink"),)
        assert recording.duration == 4.0
