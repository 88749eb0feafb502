"""One event explained, from the file to pictures and numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.experiments.explain import choose_event, explain_recording
from ictal.io.attribution_file import read_attribution
from ictal.io.events_tsv import write_events

RIGHT = {"Fp2-F8", "F8-T8", "T8-P8", "P8-O2", "Fp2-F4", "F4-C4", "C4-P4", "P4-O2"}
MIDLINE = {"Fz-Cz", "Cz-Pz"}


def test_a_seizure_of_the_right_temple_is_explained_by_leads_of_the_right(scalp: Path, tmp_path: Path) -> None:
    made = explain_recording(scalp, tmp_path, methods=["integrated-gradients", "occlusion"])
    assert made.number == 1
    assert 50.0 < made.event.onset < 75.0
    assert made.score > 0.0
    for one in made.attributions:
        leads = dict(zip(one.leads, one.of_leads, strict=True))
        right = sum(share for lead, share in leads.items() if lead in RIGHT)
        left = sum(share for lead, share in leads.items() if lead not in RIGHT | MIDLINE)
        assert right > 1.5 * left, one.method
        assert max(leads, key=leads.__getitem__) in RIGHT
    names = sorted(file.name for file in made.files)
    assert names == sorted(
        ["event-1.json", "event-1_methods.png", "event-1_methods.svg"]
        + [f"event-1_{m}.{e}" for m in ("integrated-gradients", "occlusion") for e in ("npz", "png", "svg")]
    )
    again = read_attribution(tmp_path / "event-1_integrated-gradients.npz")
    np.testing.assert_allclose(again.of_leads, made.attributions[0].of_leads, atol=1e-4)
    content = json.loads((tmp_path / "event-1.json").read_text())
    assert sum(content["methods"]["occlusion"]["leads"].values()) == pytest.approx(1.0, abs=1e-2)
    assert "not a medical device" in content["notice"]


def test_nothing_that_is_written_says_who_it_is(scalp: Path, tmp_path: Path) -> None:
    made = explain_recording(scalp, tmp_path, span=(60.0, 70.0), methods=["occlusion"], detector="eegwavenet-scalp")
    assert made.number is None
    for file in made.files:
        data = file.read_bytes()
        for word in (b"Haagse", b"MRN12345", b"MAY-1951", b"night", b"21:31:"):
            assert word not in data, file


def test_an_events_table_takes_the_place_of_the_detection(scalp: Path, tmp_path: Path) -> None:
    write_events(tmp_path / "marked.tsv", Annotations([Event(30.0, 4.0, "sz"), Event(65.0, 10.0, "sz")], 120.0))
    made = explain_recording(scalp, tmp_path / "out", events=tmp_path / "marked.tsv", number=2, methods=["saliency"])
    assert made.event.onset == 65.0


def test_a_rule_is_explained_by_occlusion(scalp: Path, tmp_path: Path) -> None:
    detector = "line-length"
    made = explain_recording(scalp, tmp_path, span=(60.0, 85.0), detector=detector)
    (found,) = made.attributions
    assert (found.method, found.leads) == ("occlusion", made.stretch.leads)
    assert found.of_leads.sum() == pytest.approx(1.0)
    with pytest.raises(ParameterError, match=rf"does not fit {detector}.*allowed is occlusion"):
        explain_recording(scalp, tmp_path, span=(60.0, 85.0), detector=detector, methods=["saliency"])


def test_of_several_events_the_most_confident_is_taken() -> None:
    found = Annotations([Event(1.0, 1.0, confidence=0.6), Event(5.0, 1.0, confidence=0.9), Event(9.0, 1.0)], 20.0)
    assert choose_event(found, None, None, Path("a.edf"))[0] == 2
    with pytest.raises(ParameterError, match="has the events 1 to 3"):
        choose_event(found, 4, None, Path("a.edf"))
    with pytest.raises(ParameterError, match="give one of them"):
        choose_event(found, 1, (2.0, 3.0), Path("a.edf"))
    with pytest.raises(ParameterError, match="START:STOP"):
        choose_event(found, None, (3.0, 3.0), Path("a.edf"))
    with pytest.raises(ParameterError, match="no event was found"):
        choose_event(Annotations((), 20.0), None, None, Path("a.edf"))


def test_occlusion_needs_no_torch(scalp: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ictal.experiments.explain import explain_recording;"
        f"explain_recording(Path({str(scalp)!r}), Path({str(tmp_path)!r}), methods=['occlusion']);"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
