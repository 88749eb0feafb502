"""What is read for the pictures, how it is cut, and what is said about it."""

from __future__ import annotations

import base64
import io
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ictal.core.events import Event
from ictal.core.localisation import Localisation
from ictal.detection.result import Detection
from ictal.plots.strips import Lane
from ictal.reports.coverage import measure_coverage
from ictal.reports.pictures import (
    TraceStyle,
    cut_pages,
    picture_days,
    picture_event,
    picture_headmap,
    picture_probability,
    picture_spread,
)


@given(st.floats(min_value=0.0, max_value=1e5), st.floats(min_value=0.1, max_value=119.9))
def test_short_stretches_are_cut_into_equal_pages_without_loss(start: float, length: float) -> None:
    pages = cut_pages(start, start + length)
    assert (pages[0][0], pages[-1][1]) == (start, start + length)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(pages))
    lengths = [stop - first for first, stop in pages]
    assert max(lengths) <= 30.0 + 1e-6
    assert max(lengths) - min(lengths) < 1e-6


def test_of_a_long_stretch_the_beginning_and_the_end_are_shown() -> None:
    assert cut_pages(90.0, 1000.0) == ((90.0, 120.0), (120.0, 150.0), (150.0, 180.0), (970.0, 1000.0))


def look(recording: Any, detection: Detection) -> TraceStyle:
    return TraceStyle(recording, detection, detection.events.events, (), None)


def test_ten_seconds_before_and_after_are_read_and_nothing_else(recording: Any, detection: Detection) -> None:
    pictures = picture_event(detection.events[0], "event 1", look(recording, detection))
    assert recording.reads == [(90.0, 110.0), (110.0, 130.0)]
    assert [picture.caption for picture in pictures] == [
        "0:01:30 to 0:01:50, part 1 of 2",
        "0:01:50 to 0:02:10, part 2 of 2",
    ]


def test_the_margin_ends_with_the_recording(recording: Any, detection: Detection) -> None:
    picture_event(Event(3.0, 2.0), "event 1", look(recording, detection))
    picture_event(Event(595.0, 5.0), "event 2", look(recording, detection))
    assert recording.reads == [(0.0, 15.0), (585.0, 600.0)]


def test_a_reference_event_after_the_end_has_no_picture(recording: Any, detection: Detection) -> None:
    assert picture_event(Event(700.0, 5.0), "miss 1", look(recording, detection)) == ()
    assert recording.reads == []


def test_what_is_left_out_of_a_long_event_is_said(recording: Any, detection: Detection) -> None:
    pictures = picture_event(Event(100.0, 400.0), "event 1", look(recording, detection))
    assert len(pictures) == 4
    # From 90 s on three pages of 30 s, then from 480 to 510 s: 480 - 180 s are not shown.
    assert pictures[-1].caption.endswith("the 5 min before this part are not shown")
    assert not any("not shown" in picture.caption for picture in pictures[:-1])


def test_pictures_are_png_of_their_stated_size_with_words(recording: Any, detection: Detection) -> None:
    picture = picture_event(detection.events[0], "event 1", look(recording, detection))[0]
    media, data = picture.source.split(",")
    assert media == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.width / image.height == pytest.approx(picture.width / picture.height, rel=0.01)
    assert picture.width == round(180 / 25.4 * 96)
    assert picture.alt == "EEG of event 1, 18 leads, 0:01:30 to 0:01:50. Leads that carry it: F7-T7, T7-P7."


def test_head_maps_need_weights_and_a_place(detection: Detection) -> None:
    leads = ("F7-T7", "T7-P7", "left cortex")
    for onset in ([0.0, 0.0, 0.0], [0.0, 0.0, 1.0]):
        nowhere = Localisation(leads, onset, ((0.0, 5.0), (5.0, 10.0)), [onset, onset])
        assert picture_headmap(nowhere) is None
        assert picture_spread(nowhere) is None
    head = picture_headmap(detection.localised[0])
    assert head is not None
    assert head.alt == "Head from above, left temporal (T7); leads that carry the onset: F7-T7, T7-P7."


def test_spread_is_drawn_where_there_is_more_than_one_slice(detection: Detection) -> None:
    spread = picture_spread(detection.localised[0])
    assert spread is not None
    told = "0 s left temporal (T7); 5 s left temporal (T7); 10 s left temporal (T7); 15 s"
    assert spread.alt == f"Heads from above, 4 moments of the event: {told} right temporal (T8)."
    assert spread.width == round(4 * 22 / 25.4 * 96)
    assert picture_spread(detection.localised[1]) is None


def test_strips_say_in_words_what_they_show(detection: Detection) -> None:
    lanes = [Lane("hits", [(1.0, 2.0)]), Lane("misses", [])]
    coverage = measure_coverage(detection)
    probability = picture_probability(detection, lanes, coverage, None)
    assert "at most 0.90; threshold 0.5; 9 min 37 s analysed. hits: 1; misses: 0." in probability.alt
    days = picture_days(detection, lanes, coverage, show_dates=False)
    assert days.alt == "Events by time of day, one row for 24 hours. hits: 1; misses: 0."
    assert base64.b64decode(days.source.split(",")[1]).lstrip().startswith(b"<?xml")
