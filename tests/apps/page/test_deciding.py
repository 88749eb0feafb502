"""Decisions by keys, buttons and mouse: what the page calls saved is in the journal and in the table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.apps.page.browsing import Desk, Desks, Server, find_colour
from tests.apps.page.conftest import DURATION, LONG, ONSETS, PROPOSED, SHORT

from ictal.core.events import BACKGROUND, Event
from ictal.io.edf import read_edf, read_edf_annotations
from ictal.io.events_tsv import read_events

SHORT_EVENT = ONSETS.index(240.0)
"""The fifth candidate, of 6 s, whose edges are both on a page."""


def accepted(desk: Desk) -> list[tuple[float, float]]:
    """Return onset and end of what is in the reader's table of the long recording."""
    return [(round(event.onset, 2), round(event.stop, 2)) for event in desk.server.accepted(desk.reader, LONG)]


def choose(desk: Desk, number: int) -> None:
    """Click on an event of the list."""
    desk.page.locator(f"#rows .row[data-at='{number}']").click()
    row = desk.page.locator(f"#rows .row[data-at='{number}']")
    desk.until(lambda: row.get_attribute("aria-selected") == "true", f"event {number} is chosen")


def find_handles(desk: Desk) -> tuple[list[float], float]:
    """Return where the two handles are across the window, and how high the middle of both is."""
    desk.until(lambda: desk.text("#event-verdict") in {"Moving the edges", "New event"}, "a draft")
    box = desk.page.locator("#eeg").bounding_box()
    mask = np.zeros(0)

    def columns() -> list[np.ndarray]:
        nonlocal mask
        mask = find_colour(desk.picture("#eeg"), desk.colour("event-draft"))[60:-60]
        tall = np.flatnonzero(mask.sum(axis=0) > 20)
        return np.split(tall, np.flatnonzero(np.diff(tall) > 8) + 1) if len(tall) else []

    desk.until(lambda: len(columns()) == 2, "two handles")
    middles = [box["x"] + (one[0] + one[-1] + 1) / 2 for one in columns()]
    return middles, box["y"] + 20 + (box["height"] - 20 - 28) / 2


def test_what_is_accepted_rejected_and_taken_back_is_on_disk_when_the_page_says_so(
    desks: Desks, office: Server
) -> None:
    desk = desks.open(office)
    desk.press("a")
    desk.until(lambda: desk.said.startswith("Accepted") and desk.said.endswith("saved"), "the first is saved")
    (first,) = office.decisions(desk.reader)
    assert (first.recording, first.verdict, first.event) == (LONG, "accepted", PROPOSED[0])
    assert accepted(desk) == [(30.0, 42.0)]
    assert "21:31:30" in desk.chosen, "the next undecided event is chosen"

    desk.page.click("#reject")
    desk.until(lambda: desk.said.startswith("Rejected") and desk.said.endswith("saved"), "the second is saved")
    assert [one.verdict for one in office.decisions(desk.reader)] == ["accepted", "rejected"]
    desk.page.click("#accept")
    desk.until(lambda: len(office.decisions(desk.reader)) == 3, "the third is in the journal")
    desk.wait_saved()
    assert accepted(desk) == [(30.0, 42.0), (121.0, 157.0)]
    assert desk.text("#decided") == "3 of 14 decided"

    desk.press("u")
    desk.until(lambda: desk.said.startswith("Taken back"), "the last is taken back")
    assert accepted(desk) == [(30.0, 42.0)]
    desk.press("u")
    desk.until(lambda: desk.text("#decided") == "1 of 14 decided", "the one before, too")
    assert "21:31:30" in desk.chosen and desk.chosen.startswith("Undecided")
    assert [one.undoes != "" for one in office.decisions(desk.reader)] == [False, False, False, True, True]

    desk.page.reload()
    desks.wait_shown(desk)
    assert desk.text("#decided") == "1 of 14 decided"
    desk.press("u")
    desk.until(lambda: desk.text("#decided") == "0 of 14 decided", "even after the page came anew")
    assert accepted(desk) == []


def test_edges_follow_the_mouse(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    choose(desk, SHORT_EVENT)
    desk.press("e")
    (left, right), height = find_handles(desk)
    second = (right - left) / 6.0
    for start, by in ((left, -2.0), (right, -1.5)):
        desk.page.mouse.move(start, height)
        desk.page.mouse.down()
        desk.page.mouse.move(start + by * second / 2, height, steps=2)
        desk.page.mouse.move(start + by * second, height, steps=2)
        desk.page.mouse.up()
    assert accepted(desk) == [], "nothing is decided while the edges are moved"
    desk.press("a")
    desk.wait_saved()
    (edges,) = accepted(desk)
    assert edges == pytest.approx((238.0, 244.5), abs=2.0 / second)
    assert office.decisions(desk.reader)[-1].item == "240.00+6.00-sz", "it is the same item"


def test_edges_follow_the_keys_and_numbers_that_are_typed(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    choose(desk, SHORT_EVENT)
    desk.press("e", "ArrowLeft", "ArrowLeft", "Shift+ArrowRight", "Alt+ArrowLeft", "Alt+Shift+ArrowRight", "Enter")
    desk.wait_saved()
    assert accepted(desk) == [], "an undecided event is in no table"
    (kept,) = office.decisions(desk.reader)
    assert kept.event.span == pytest.approx((238.8, 247.1))
    assert kept.verdict == "undecided"
    assert "onset 240.0 s, end 246.0 s" in desk.text("#proposed")
    desk.press("a")
    desk.wait_saved()
    assert accepted(desk) == [(238.8, 247.1)]

    choose(desk, SHORT_EVENT)
    desk.page.fill("#end", "250")
    desk.press("Tab")
    desk.page.click("#edit")
    desk.until(lambda: accepted(desk) == [(238.8, 250.0)], "the typed end is kept")
    desk.press("e", "ArrowLeft", "Escape")
    assert desk.said == "Dropped"
    assert len(office.decisions(desk.reader)) == 3


def test_a_new_event_is_made_and_removed_with_keys(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    desk.press("g")
    desk.page.fill("#time", "+0:05:00")
    with desk.turning():
        desk.press("Enter")
    desk.press("n", "ArrowLeft", "Shift+ArrowRight")
    assert desk.text("#event-verdict") == "New event"
    desk.press("Enter")
    desk.wait_saved()
    (made,) = office.decisions(desk.reader)
    assert (made.verdict, made.event.event_type) == ("accepted", "sz")
    start = 300.0 - 10 / 3
    assert (made.event.onset, made.event.stop) == pytest.approx((start + 2.4, start + 7.6), abs=0.011)
    assert accepted(desk) == [(round(made.event.onset, 2), round(made.event.stop, 2))]
    assert desk.text("#decided") == "1 of 15 decided"
    desk.press("r")
    desk.until(lambda: desk.text("#decided") == "0 of 14 decided", "it is gone")
    desk.wait_saved()
    assert accepted(desk) == []
    desk.press("u")
    desk.until(lambda: accepted(desk) != [], "and comes back")


def test_a_new_event_is_drawn_with_the_mouse(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    choose(desk, SHORT_EVENT)
    desk.press("n")
    (left, right), height = find_handles(desk)
    second = (right - left) / 5.0
    desk.page.mouse.move(left - second, height - 60)
    desk.page.mouse.down()
    desk.page.mouse.move(left + second, height - 60, steps=4)
    desk.page.mouse.up()
    desk.press("Enter")
    desk.wait_saved()
    ((onset, end),) = accepted(desk)
    assert end - onset == pytest.approx(2.0, abs=4.0 / second)


def test_type_channels_and_comment_are_kept(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    choose(desk, 2)
    desk.page.select_option("#type", "sz_foc_ia")
    desk.wait_saved()
    desk.press("Escape", "c")
    desk.page.keyboard.type("clear, from T8 – “ictal”\u00b5")
    desk.press("Enter")
    desk.until(lambda: desk.said.startswith("Comment") and desk.said.endswith("saved"), "the comment is saved")
    desk.press("x")
    assert desk.page.evaluate("() => document.activeElement.className") == "chip"
    desk.page.locator("#chips .chip", has_text="T8-P8").click()
    desk.wait_saved()
    desk.page.locator("#chips .chip", has_text="Fp2-F8").click()
    desk.wait_saved()
    desk.press("a")
    desk.wait_saved()
    last = office.decisions(desk.reader)[-1]
    assert last.comment == "clear, from T8 – “ictal”µ"
    (event,) = office.accepted(desk.reader, LONG)
    assert event == Event(121.0, 36.0, "sz_foc_ia", 0.95, ("F8-T8", "Fp2-F8"))
    assert [one.verdict for one in office.decisions(desk.reader)] == ["undecided"] * 4 + ["accepted"]


def test_the_list_is_sieved_and_sorted_and_next_follows_it(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    assert len(desk.rows()) == 14 and "21:30:45" in desk.rows()[0]
    desk.page.select_option("#sort", "confidence")
    desk.until(lambda: "0.95" in desk.rows()[0], "the surest comes first")
    assert said_confidences(desk) == sorted(said_confidences(desk), reverse=True)

    desk.page.focus("#eeg")
    desk.press("k")
    desk.until(lambda: "21:35:45" in desk.chosen, "0.52 is nearest to 0.5")
    desk.press("k")
    desk.until(lambda: "21:31:30" in desk.chosen, "and then 0.55")
    desk.press("r")
    desk.until(lambda: "21:35:45" in desk.chosen, "0.52 follows in the order of the list")
    desk.press("ArrowUp", "j")
    desk.until(lambda: "21:35:45" in desk.chosen, "what is decided is passed over")
    desk.wait_saved()

    desk.page.select_option("#filter", "rejected")
    desk.until(lambda: len(desk.rows()) == 2, "the rejected one and the chosen one")
    desk.page.select_option("#filter", "uncertain")
    desk.until(lambda: len(desk.rows()) > 3, "those that are uncertain")
    assert {abs(one - 0.5) <= 0.2 for one in said_confidences(desk)} == {True}
    assert desk.options("#filter")["undecided"] == "undecided (13)"
    desk.page.select_option("#filter", "all")
    desk.page.select_option("#sort", "time")
    desk.page.focus("#eeg")
    desk.press("ArrowDown")
    desk.until(lambda: "21:36:27" in desk.chosen, "the next in time")


def said_confidences(desk: Desk) -> list[float]:
    """Return the confidences in the list, from its top."""
    return [float(words.rpartition("confidence ")[2]) for words in desk.rows()]


def test_exports_are_files_that_can_be_read(desks: Desks, office: Server, tmp_path: Path) -> None:
    desk = desks.open(office)
    choose(desk, 2)
    desk.press("c")
    desk.page.keyboard.type("=cmd|' /C calc'!A0")
    desk.press("Enter", "a", "r")
    desk.wait_saved()

    def save(kind: str, of: str = "this") -> Path:
        desk.page.click("#open-export")
        desk.page.check(f"input[name=export][value={kind}]")
        desk.page.check(f"input[name=export-of][value={of}]")
        with desk.page.expect_download() as download:
            desk.page.click("#export-start")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    table = save("tsv")
    assert table.name == f"{LONG}_events.tsv"
    assert [event for event in read_events(table) if event.event_type != BACKGROUND] == [PROPOSED[2]]
    copy = save("edf")
    assert read_edf(copy).duration == DURATION
    (event,) = read_edf_annotations(copy)
    assert (event.onset, event.duration) == (121.0, 36.0)
    with save("csv", "all").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["recording"] for row in rows} == {LONG, SHORT}
    assert sorted(row["verdict"] for row in rows) == ["accepted", "rejected"] + ["undecided"] * 12
    (row,) = [row for row in rows if row["verdict"] == "accepted"]
    assert (float(row["onset"]), row["comment"].lstrip("'")) == (121.0, "=cmd|' /C calc'!A0")
