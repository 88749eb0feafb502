"""A converted corpus says what it is, who is in it, and what its events are called."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.experiments.conversion_frame import count_channels, describe_events, write_frame
from ictal.io.corpora.corpus import Corpus, CorpusRecording
from ictal.io.event_types import SZCORE_TYPES

MARKS = Annotations([Event(1.0, 2.0), Event(4.0, 1.0, "spindle")], 10.0)
CORPUS = Corpus("chb-mit", Path("src"), (CorpusRecording("a", Path("src/a.edf"), "chb07", "1", MARKS),))


def test_types_that_szcore_does_not_name_are_levels_too() -> None:
    levels = describe_events(CORPUS)["eventType"]["Levels"]
    assert set(levels) == {*SZCORE_TYPES, "spindle"}


def test_channels_are_counted_by_kind() -> None:
    recording = Recording.from_array(np.zeros((4, 8)), 4.0, ["FP1-F7", "ECG", "LOC-ROC", "VNS"])
    counted = count_channels(recording)
    assert counted == {
        "EEGChannelCount": 1,
        "ECGChannelCount": 1,
        "EOGChannelCount": 1,
        "EMGChannelCount": 0,
        "MISCChannelCount": 1,
    }


def test_licence_citation_and_codes_are_told(tmp_path: Path) -> None:
    write_frame(tmp_path, CORPUS, {"chb07": "01"}, "as recorded")
    readme = (tmp_path / "README").read_text()
    assert "ODC-By" in readme and "Guttag" in readme and "as recorded" in readme
    assert json.loads((tmp_path / "dataset_description.json").read_text())["License"] == "ODC-By 1.0"
    assert "sub-01\tchb07" in (tmp_path / "participants.tsv").read_text()
