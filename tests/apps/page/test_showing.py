"""The EEG, the night and the reasons as the page shows them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from tests.apps.page.browsing import Desk, Desks, Mask, Picture, Server, find_colour
from tests.apps.page.conftest import DURATION

from ictal.core.montage import MONTAGES

LEADS = MONTAGES["double-banana"].labels
DIALOGS = {"#open-runs": "runs", "#open-agreement": "agreement", "#open-export": "export", "#open-keys": "keys"}
"""The buttons that open a dialog, and which."""


def find_ink(picture: Picture, ground: Picture) -> Mask:
    """Return where a picture is not its ground, shape (height, width)."""
    return np.abs(picture.astype(int) - ground).sum(axis=2) > 150


def count_words(ink: Mask) -> int:
    """Return how many words stand below each other: stretches of rows with ink."""
    return int(ndimage.label(ink.any(axis=1))[1])


def wait_for_all(desk: Desk) -> None:
    """Wait until the night and the reasons are drawn."""
    desk.until(lambda: desk.page.evaluate("() => performance.getEntriesByName('ictal-night').length"), "the night")
    desk.until(lambda: desk.page.locator("#why").is_visible(), "reasons")


def test_the_first_page_shows_the_first_event(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    assert desk.clock == "21:30:41", "a third of a page before the event at 30 s"
    assert desk.text("#decided") == "0 of 14 decided"
    assert desk.text("#reader") == desk.reader
    assert "not a medical device" in desk.text("#research")
    assert "#" not in desk.page.url, "the token does not stay in the address"
    desk.until(
        lambda: ", ".join(LEADS) in desk.text("#eeg-summary"), "all leads are named to those who do not see them"
    )

    picture = desk.picture("#eeg")
    assert count_words(find_ink(picture, desk.colour("eeg-paper"))[24:-30, :60]) == len(LEADS), "each lead has a label"
    for side in ("left", "right", "midline"):
        assert find_colour(picture[:, 100:-60], desk.colour(f"eeg-{side}")).sum() > 2000, f"traces of the {side}"


def test_pages_turn_there_and_back(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    seen = {desk.clock: desk.traces()}
    for action, clock in (
        (lambda: desk.press("ArrowRight"), "21:30:51"),
        (lambda: desk.page.click("#page-on"), "21:31:01"),
        (lambda: desk.press("End"), "21:40:05"),
        (lambda: desk.press("Home"), "21:30:15"),
    ):
        with desk.turning():
            action()
        assert desk.clock == clock
        assert desk.traces() not in seen.values()
        seen[clock] = desk.traces()
    with desk.turning():
        desk.press("Shift+ArrowRight")
    assert desk.clock == "21:30:16"

    desk.press("g")
    desk.page.fill("#time", "21:30:45")
    with desk.turning():
        desk.press("Enter")
    assert desk.clock == "21:30:41"
    for action, clock in (
        (lambda: desk.press("ArrowRight"), "21:30:51"),
        (lambda: desk.page.click("#page-back"), "21:30:41"),
    ):
        with desk.turning():
            action()
        assert desk.clock == clock
        assert desk.traces() == seen[clock], "the same page is the same picture"

    desk.press("g")
    desk.page.fill("#time", "9:00")
    desk.press("Enter")
    assert "no time within the recording" in desk.text("#time-problem")
    desk.press("Escape")


def test_settings_change_what_is_asked_for_and_what_is_seen(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    before = desk.traces()
    for name, value, asked in (
        ("montage", "average", {"montage": "average"}),
        ("high_pass", "5", {"montage": "average", "high_pass": "5"}),
        ("low_pass", "15", {"high_pass": "5", "low_pass": "15"}),
        ("notch", "50", {"low_pass": "15", "notch": "50"}),
        ("low_pass", "", {"low_pass": None, "notch": "50"}),
    ):
        n_asked = len(desk.signals_asked())
        with desk.turning():
            desk.page.select_option(f"#{name}", value)
        answered = [{key: one.get(key) for key in asked} for one in desk.signals_asked()[n_asked:]]
        assert asked in answered, f"{name} {value}"
        assert desk.traces() != before, f"{name} {value} is seen"
        before = desk.traces()
    desk.until(lambda: "19 leads: Fp1" in desk.text("#eeg-summary"), "the leads of the average montage")

    with desk.turning():
        desk.press("]")
    assert desk.page.input_value("#seconds") == "15"
    assert 15 in {round(float(one["stop"]) - float(one["start"])) for one in desk.signals_asked()}
    height = measure_height(desk)
    with desk.turning():
        desk.page.select_option("#sensitivity", "70")
    assert measure_height(desk) < 0.9 * height
    desk.press("-")
    assert desk.page.input_value("#sensitivity") == "100"
    desk.press("m")
    assert desk.page.input_value("#montage") != "average"


def measure_height(desk: Desk) -> int:
    """Return how many rows of pixels hold traces of the left side."""
    return int(find_colour(desk.picture("#eeg")[:, 100:-60], desk.colour("eeg-left")).any(axis=1).sum())


def test_the_night_leads_to_its_moments(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    wait_for_all(desk)
    picture = desk.picture("#night")
    assert find_colour(picture, desk.colour("event-undecided")).sum() > 100, "events are marked"
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 200, "a spectrogram has many colours"

    box = desk.page.locator("#night").bounding_box()
    moments = []
    for share in (0.25, 0.5, 0.75):
        with desk.turning():
            desk.page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        desk.until(lambda: desk.page.get_attribute("#night", "aria-valuetext").startswith(desk.clock), "it is told")
        moments.append(float(desk.page.get_attribute("#night", "aria-valuenow")))
    assert 0 < moments[0] < moments[2] < DURATION
    assert moments[1] == pytest.approx((moments[0] + moments[2]) / 2, abs=2.0), "the middle is the middle"


def test_reasons_come_for_the_chosen_event(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    with desk.turning():
        desk.page.locator("#rows .row").nth(2).click()
    assert "21:32:16" in desk.chosen
    desk.until(lambda: desk.page.locator("#why").is_visible(), "reasons are shown")
    assert desk.text("#why-by") == "by line-length"
    assert "right" in desk.text("#why-words").lower(), "the seizure begins under T8"
    assert len(np.unique(desk.picture("#head").reshape(-1, 3), axis=0)) > 100, "a head map has many colours"
    shown = {}
    for pressed in range(1, 4):
        with desk.turning():
            desk.press("w")
        shown[pressed] = desk.picture("#eeg")
    assert not np.array_equal(shown[1], shown[2]), "the leads are shaded or not"
    assert np.array_equal(shown[1], shown[3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_of_1280_by_720_holds_all_of_it_for_everybody(desks: Desks, office: Server, scheme: str) -> None:
    desk = desks.open(office, scheme=scheme, forgiven=["403"])
    wait_for_all(desk)
    assert desk.is_dark == (scheme == "dark")
    assert (float(np.median(desk.picture("body").max(axis=2))) < 80) == (scheme == "dark"), "most of the screen"
    assert desk.overflow <= 0
    assert desk.find_cut() == desk.find_overlapping() == desk.find_barriers() == []
    desk.press("n", "Enter")
    desk.wait_saved()
    desk.press("e")
    assert desk.page.locator("#said").evaluate("one => one.scrollHeight <= one.clientHeight + 1"), desk.said
    assert desk.find_cut() == desk.find_overlapping() == desk.find_barriers() == [], "while edges are moved"
    desk.press("Escape")
    for button, name in DIALOGS.items():
        desk.page.focus(button)
        desk.press("Enter")
        desk.until(lambda name=name: desk.page.locator(f"#{name}-dialog").is_visible(), f"the dialog {name}")
        assert desk.find_barriers() == [], name
        desk.press("Escape")
        assert desk.focused == button[1:], "what opened it has the focus again"
