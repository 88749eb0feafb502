"""Files of averages: what is written is read again, a table says it in shares, and damage is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ictal.core.attribution import Attribution
from ictal.core.errors import RecordingError
from ictal.explain.averages import AverageAttribution
from ictal.explain.averages_file import ALL, ARRAYS, COLUMNS, FACTS, TABLE, open_averages, read_averages


def make(seed: int, category: str, subject: str | None) -> AverageAttribution:
    values = np.random.default_rng(seed).random((2, 2, 3))
    mean = Attribution(values / values.sum(), 0.0, 0.25, ("F7-T7", "T7-P7"), (2.0, 10.0), "saliency")
    return AverageAttribution(category, "sz", subject, mean, np.full((2, 2, 3), np.nan), 7, 1 + (subject is None))


AVERAGES = (make(0, "hit", "anna"), make(1, "background", "anna"), make(2, "hit", None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_averages(tmp_path / "new", {"seed": 3}) as writer:
        for average in AVERAGES:
            writer.add(average)
    return tmp_path / "new"


def test_what_was_written_is_read_again(folder: Path) -> None:
    read = list(read_averages(folder))
    for one, written in zip(read, AVERAGES, strict=True):
        np.testing.assert_allclose(one.mean.values, written.mean.values, rtol=1e-6)
        np.testing.assert_array_equal(one.standard_error, written.standard_error)
        assert one.mean.leads == written.mean.leads
        assert one.mean.frequencies == written.mean.frequencies
        for name in ("category", "class_name", "subject", "n_windows", "n_subjects"):
            assert getattr(one, name) == getattr(written, name)


def test_facts_and_axes_are_said(folder: Path) -> None:
    content = json.loads((folder / FACTS).read_text())
    assert (content["seed"], content["shape"], content["step"]) == (3, [2, 2, 3], 0.25)
    assert content["leads"] == ["F7-T7", "T7-P7"]
    assert [one["subject"] for one in content["averages"]] == ["anna", "anna", None]


def test_the_table_has_a_line_for_each_share(folder: Path) -> None:
    head, *lines = [line.split("\t") for line in (folder / TABLE).read_text().splitlines()]
    assert tuple(head) == COLUMNS
    assert len(lines) == 3 * (2 + 5)
    (line,) = [one for one in lines if one[1:5] == ["hit", ALL, "lead", "T7-P7"]]
    assert float(line[5]) == pytest.approx(AVERAGES[2].mean.of_leads[1], abs=1e-6)
    assert line[6:] == ["7", "2"]


def test_nothing_is_left_of_what_was_stopped(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_averages(tmp_path, {}) as writer:
        writer.add(AVERAGES[0])
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_damage_is_named(folder: Path) -> None:
    (folder / ARRAYS).write_bytes(b"no zip")
    with pytest.raises(RecordingError, match=ARRAYS):
        list(read_averages(folder))
    (folder / FACTS).write_text("{}")
    with pytest.raises(RecordingError, match=FACTS):
        list(read_averages(folder))


def test_what_tells_nothing_apart_has_no_shares(tmp_path: Path) -> None:
    mean = Attribution(np.full((1, 1, 4), 0.25), 0.0, 1.0, method="attention-rollout")
    with open_averages(tmp_path, {}) as writer:
        writer.add(replace(AVERAGES[0], mean=mean, standard_error=np.zeros((1, 1, 4))))
    assert (tmp_path / TABLE).read_text().count("\n") == 1
    (one,) = read_averages(tmp_path)
    assert one.mean.leads == ()
