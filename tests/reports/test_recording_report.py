"""The report as a file, as a page, and as something that must not tell who the patient is."""

from __future__ import annotations

import base64
import csv
import io
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.reports.pages import Page

from ictal.core.errors import OutputError, ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.detection.result import Detection
from ictal.reports.recording_report import write_report


@pytest.fixture
def write(tmp_path: Path, recording: Any) -> Callable[..., str]:
    def write(detection: Detection, reference: Annotations | None = None, **options: Any) -> str:
        write_report(tmp_path / "report.html", options.pop("source", recording), detection, reference, **options)
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return write


@pytest.fixture(scope="module")
def report(
    tmp_path_factory: pytest.TempPathFactory,
    lazy_noise: Callable[..., Any],
    detection: Detection,
    reference: Annotations,
) -> Path:
    target = tmp_path_factory.mktemp("report") / "report.html"
    title = "A_rather_long_name_without_any_space_in_it" * 2
    write_report(target, lazy_noise(600.0), detection, reference, title=title)
    return target


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page(report.read_text(encoding="utf-8"))


def test_the_table_holds_what_was_found_and_what_was_missed(page: Page) -> None:
    assert page.rows("Onset") == [
        ["Event 1", "0:01:40", "20 s", "0.91", "F7-T7, T7-P7", "hit"],
        ["Miss 1", "0:05:00", "12 s", "–", "–", "miss"],
        ["Event 2", "0:06:40", "40 s", "0.62", "Fp2-F8", "false alarm"],
    ]


def test_figures_are_those_counted_by_hand(page: Page) -> None:
    facts = page.facts()
    assert facts["Events detected"] == "2"
    assert facts["Time in events"] == "1 min"
    assert facts["Reference found"] == "1 of 2"
    assert facts["False alarms"] == "1"
    assert facts["Without signal"] == "19 s in 1 gap"
    assert facts["Missing electrodes"] == "O2"
    assert facts["Interpolated leads"] == "Fz-Cz"
    assert facts["Masked leads"] == "P8-O2 (not analysed)"
    assert facts["Longest seizure"] == "40 s"
    assert facts["Median duration"] == "30 s"
    # From the end of the first event, 120 s, to the start of the second, 400 s.
    assert facts["Longest seizure-free time"] == "4 min 40 s, from 0:02:00 to 0:06:40"
    assert any(text == "9 min 37 s of 10 min (96.2 %)" for _, text in page.all("dd"))
    assert page.rows("Artefacts") == [
        ["flat", "1 min", "10.0 %", "F3-C3, Fp1-F3"],
        ["clipped", "6.0 s", "1.0 %", "Fp2-F4"],
    ]


def test_rates_are_given_only_when_enough_was_analysed(
    write: Callable[..., str], detection: Detection, changed: Callable[..., Detection]
) -> None:
    assert "Too little was analysed" in write(detection, max_events=0)
    seizure = np.zeros(600)
    facts = Page(
        write(changed(scores=Scores(np.column_stack([1 - seizure, seizure]), 0.0, 1.0), gaps=()), max_events=0)
    ).facts()
    # Two events and 60 s in 600 s: 288 and 8640 s in 24 h, 360 s in one hour.
    assert facts["Detected seizures"] == "2, 288.0 per 24 h"
    assert facts["Time in seizure"] == "1 min: 6 min per hour, 2 h 24 min per 24 h"


def test_the_burden_can_be_saved_as_csv(page: Page) -> None:
    link, _ = next(found for found in page.all("a") if "download" in found[0])
    assert link["href"].startswith("data:text/csv")
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(link["href"].split(",")[1]).decode())))
    assert (rows[0]["period"], rows[0]["seizures"], rows[0]["seizure_s"]) == ("recording", "2", "60")


def test_settings_and_provenance_are_listed(page: Page) -> None:
    assert ["chain.1.frequency", "50"] in page.rows("Settings")
    assert ["window.length", "4"] in page.rows("Settings")
    assert next(value for name, value in page.rows("Settings") if name == "taps").endswith("19 … (60 in all)")
    assert ["ictal", "0.1.0"] in page.rows("What made this report")


def test_every_link_leads_somewhere_and_every_picture_is_described(page: Page) -> None:
    names = [found["id"] for _, found in page.elements if "id" in found]
    assert len(names) == len(set(names))
    inside = [found["href"][1:] for found, _ in page.all("a") if found["href"].startswith("#")]
    assert {"event-1", "miss-1", "event-2"} <= set(inside) <= set(names)
    described = [found["aria-labelledby"] for _, found in page.elements if "aria-labelledby" in found]
    assert set(described) <= set(names)
    pictures = [found for found, _ in page.all("img")]
    # Two strips; event 1 has a head, its spread and two pages, the miss two pages, event 2 a head and two pages.
    assert len(pictures) == 2 + 4 + 2 + 3
    assert all(len(found["alt"]) > 20 for found in pictures)
    assert all(found["src"].startswith("data:image/") for found in pictures)


def test_headings_and_tables_are_in_order_for_those_who_listen(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert page.all("html")[0][0]["lang"] == "en"
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in found for found, _ in page.all("th"))
    assert {tag for tag, _ in page.elements} >= {"main", "header", "footer", "nav", "title"}


def test_it_says_what_it_is(page: Page) -> None:
    notice = page.all("p", role="note")[0][1]
    assert "For research use only" in notice
    assert "not a medical device" in notice


def without_pictures(text: str) -> str:
    return re.sub(r"base64,[\w+/=]+", "", text)


def test_nothing_is_loaded_and_nothing_runs(report: Path, page: Page) -> None:
    text = report.read_text(encoding="utf-8")
    assert not re.search(r"https?:|//\w|@import|url\(", without_pictures(text))
    assert page.all("script", "iframe", "object", "embed", "form") == []
    assert not any(name.startswith("on") for _, found in page.elements for name in found)
    assert "default-src 'none'" in text


def readable(text: str) -> str:
    """The words of the page, and those that stand in its vector pictures, where each is a comment on its shapes."""
    pictures = re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", text)
    comments = [re.findall("<!--.*?-->", base64.b64decode(picture).decode()) for picture in pictures]
    return "\n".join([without_pictures(text), *(word for words in comments for word in words)])


def test_nobody_is_identified(
    write: Callable[..., str], changed: Callable[..., Detection], reference: Annotations
) -> None:
    told = changed(
        notes=("/clinic/Doe_Jane_19870605.edf: start: Doe_Jane_19870605 was mended", "Doe_Jane_19870605.edf: cut"),
        provenance={"input": "/clinic/Doe_Jane_19870605.edf"},
    )
    text = readable(write(told, reference, max_events=1))
    assert "<!-- day 1 -->" in text
    for secret in ("Doe", "Jane", "19870605", "1987", "05.06", "/clinic", "22:30"):
        assert secret not in text
    assert "the recording: start: the recording was mended" in text


def test_name_and_dates_are_shown_when_asked(write: Callable[..., str], detection: Detection) -> None:
    page = Page(write(detection, show_name=True, show_dates=True, max_events=0))
    assert page.all("h1")[0][1] == "Doe_Jane_19870605.edf"
    assert page.rows("Onset")[0][2] == "1987-06-05 22:31:40"
    assert "begun 1987-06-05 22:30:00" in page.all("header")[0][1]


def test_a_title_is_text_and_not_markup(write: Callable[..., str], detection: Detection) -> None:
    page = Page(write(detection, title="<script>alert(1)</script> & sons", max_events=0))
    assert page.all("h1")[0][1] == "<script>alert(1)</script> & sons"
    assert page.all("script") == []


def test_no_event_at_all(write: Callable[..., str], changed: Callable[..., Detection]) -> None:
    text = write(changed(events=Annotations((), 600.0), start_time=None, artefacts=(), gaps=()))
    assert "No event was detected." in text
    assert Page(text).facts()["Time in events"] == "none"
    assert "No channel was marked" in text


def test_nothing_analysed_at_all(write: Callable[..., str], changed: Callable[..., Detection]) -> None:
    text = write(changed(events=Annotations((), 600.0), scores=Scores(np.zeros((0, 2)), 0.0, 1.0)))
    assert "0.0 %" in text


def test_the_surest_events_are_drawn_when_there_are_too_many(
    write: Callable[..., str], recording: Any, changed: Callable[..., Detection]
) -> None:
    events = Annotations(
        [Event(20.0 * i, 2.0, confidence=confidence) for i, confidence in enumerate((0.2, 0.9, 0.5))], 600.0
    )
    page = Page(write(changed(events=events), max_events=2))
    assert [found["id"] for found, _ in page.all("article")] == ["event-2", "event-3"]
    assert len(page.rows("Onset")) == 3
    assert "2 of 3 are drawn" in page.all("section")[4][1]
    assert len(recording.reads) == 2


def test_an_animal_of_one_channel(
    write: Callable[..., str], lazy_noise: Callable[..., Any], changed: Callable[..., Detection]
) -> None:
    events = Annotations([Event(50.0, 5.0, confidence=None, channels=("left cortex",))], 600.0)
    cage = changed(events=events, leads=("left cortex",), montage="as-recorded", masked=(), interpolated=())
    page = Page(write(cage, source=lazy_noise(600.0, ("left cortex",))))
    assert "1 lead (as recorded)" in page.all("header")[0][1]
    assert page.rows("Onset")[0][3:] == ["not given", "left cortex"]
    assert len(page.all("img")) == 3, "no head map without electrodes"


def test_a_day_is_read_around_its_events_only(
    write: Callable[..., str], lazy_noise: Callable[..., Any], changed: Callable[..., Detection]
) -> None:
    seizure = np.full(86397, 0.05)
    night = lazy_noise(86400.0)
    events = Annotations([Event(3600.0 * hour, 15.0, confidence=0.9) for hour in (1, 5, 23)], 86400.0)
    scores = Scores(np.column_stack([1 - seizure, seizure]), 1.5, 1.0)
    write(changed(events=events, scores=scores, duration=86400.0, gaps=()), source=night)
    assert sum(stop - start for start, stop in night.reads) == pytest.approx(3 * 35.0, abs=0.1)
    assert max(stop - start for start, stop in night.reads) <= 30.0


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, recording: Any, detection: Detection) -> None:
    with pytest.raises(OutputError, match="folder"):
        write_report(tmp_path / "missing" / "report.html", recording, detection)
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_breaks_leaves_the_old_report(tmp_path: Path, recording: Any, detection: Detection) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    recording.read_samples = None
    with pytest.raises(TypeError):
        write_report(target, recording, detection)
    assert target.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_negative_number_of_events_is_refused(tmp_path: Path, recording: Any, detection: Detection) -> None:
    with pytest.raises(ParameterError, match="max_events: -1"):
        write_report(tmp_path / "report.html", recording, detection, max_events=-1)


def luminance(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_contrast_is_that_of_wcag_aa_in_both_schemes(report: Path) -> None:
    schemes = re.findall(r":root \{(.*?)\}", report.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(schemes) == 3, "light, dark, print"
    for scheme in schemes:
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
        for text in ("ink", "muted", "link", "hit", "false", "miss"):
            for ground in ("ground", "card"):
                high, low = sorted([luminance(colours[text]), luminance(colours[ground])], reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground, scheme)
