/** Turning pages, and going from event to event. */

import { withinRecording } from "./choices.js";
import { doubt, everyItem, listed } from "./order.js";
import { chosenItem, current, shownRecording, update, updateView } from "./store.js";
import { clock } from "./words.js";

/** @typedef {import("./types.js").Item} Item */

/** Where on the page the onset of a chosen event is. */
const ONSET_AT = 1 / 3;

/** The name of the event that was chosen last because the detector is not certain of it. */
let lastDoubted = "";

/** @param {number} start seconds at the left edge */
export function showFrom(start) {
  updateView({ start: withinRecording(start, current().view.seconds) });
}

/** @param {number} pages */
export function turnPages(pages) {
  const { start, seconds } = current().view;
  showFrom(start + pages * seconds);
}

/** @param {number} steps of a second, or of a tenth of a page where that is less */
export function creep(steps) {
  const { start, seconds } = current().view;
  showFrom(start + steps * Math.min(1, seconds / 10));
}

/** Show the first page. */
export function goToStart() {
  showFrom(0);
}

/** Show the last page. */
export function goToEnd() {
  showFrom(Infinity);
}

/**
 * Show a moment at a third of the page.
 * @param {number} seconds
 */
export function showMoment(seconds) {
  showFrom(seconds - current().view.seconds * ONSET_AT);
}

/**
 * Put a recording on screen, without an event.
 * @param {string} id
 */
export function showRecording(id) {
  const recording = current().session?.recordings.find((one) => one.id === id);
  if (!recording || recording.problem !== null) return;
  const view = current().view;
  const montage = recording.montages.includes(view.montage) ? view.montage : (recording.montages[0] ?? "");
  update({ recording: id, item: null, draft: null, reasons: null, view: { ...view, montage, start: 0 } });
}

/**
 * Choose an event and show it.
 * @param {Item} item
 */
export function choose(item) {
  if (item.recording !== current().recording) showRecording(item.recording);
  if (item.recording !== current().recording) {
    update({ said: "The recording of this event cannot be read" });
    return;
  }
  if (current().draft) update({ said: "The edges that were being moved are as they were" });
  update({ item: item.name, draft: null, reasons: null });
  showMoment(item.event.onset);
}

/** @param {number} by 1: the next event of the list; -1: the one before */
export function chooseNeighbour(by) {
  const items = listed();
  const at = items.findIndex(isChosen);
  const next = at >= 0 ? items[at + by] : nearestInTime(by);
  if (next) choose(next);
  else update({ said: items.length === 0 ? "The list is empty" : by > 0 ? "That was the last event" : "That was the first event" });
}

/**
 * The next undecided event after the chosen one, in the order of the list and then from its top; those that the list
 * does not show come last.
 * @returns {Item | null}
 */
export function findUndecided() {
  for (const items of [listed(), everyItem()]) {
    const at = items.findIndex(isChosen);
    const found = [...items.slice(at + 1), ...items.slice(0, Math.max(at, 0))].find((one) => one.verdict === "undecided");
    if (found) return found;
  }
  return null;
}

/** Choose the next undecided event. */
export function chooseUndecided() {
  const found = findUndecided();
  if (found) choose(found);
  else update({ said: chosenItem()?.verdict === "undecided" ? "No other event is undecided" : "All events are decided" });
}

/** Choose the undecided event of which the detector is least certain; again: the one after it. */
export function chooseUncertain() {
  const items = everyItem()
    .filter((one) => one.verdict === "undecided")
    .sort((a, b) => doubt(a) - doubt(b));
  const at = items.findIndex(isChosen);
  const isGoingOn = at === 0 || (at > 0 && items[at].name === lastDoubted);
  const found = (isGoingOn ? items[at + 1] : null) ?? items[0];
  if (!found) {
    update({ said: "All events are decided" });
    return;
  }
  lastDoubted = found.name;
  choose(found);
}

/**
 * A moment of the recording on screen in words.
 * @param {number} seconds
 */
export function momentWords(seconds) {
  const recording = shownRecording();
  return recording ? clock(recording, seconds) : "";
}

/** @param {Item} item */
function isChosen(item) {
  return item.recording === current().recording && item.name === current().item;
}

/**
 * Where no event is chosen: the first that follows the left edge of the page, or the last before it.
 * @param {number} by
 */
function nearestInTime(by) {
  const { recording, view } = current();
  const here = listed().filter((one) => one.recording === recording).sort((a, b) => a.event.onset - b.event.onset);
  const found =
    by > 0 ? here.find((one) => one.event.onset >= view.start) : here.filter((one) => one.event.onset < view.start).at(-1);
  return found ?? listed()[0];
}
