/** Which pages of EEG are wanted now, and which soon. */

import { findUndecided } from "./navigation.js";
import { listed } from "./order.js";
import { cut } from "./signal-cache.js";
import { current, shownRecording } from "./store.js";

/** @typedef {import("./signal-cache.js").Wish} Wish */
/** @typedef {import("./types.js").Item} Item */

/** Where a chosen event begins on its page. */
const ONSET_AT = 1 / 3;

/** Columns asked for each pixel, so that fast activity keeps its shape. */
const FINENESS = 2.5;

/** Columns are multiples of this, so that pages in memory still fit when the window changes a little. */
const STEP = 256;

/** Columns asked for a page at most. */
const MOST_COLUMNS = 4096;

/** Where the page before this one began. */
let lastStart = 0;

/** 1 or -1, the way the reader goes. */
let way = 1;

/**
 * The page on screen.
 * @param {number} width of the traces, CSS pixels
 * @param {number} ratio pixels of the device for each of them
 * @returns {Wish | null} null where there is nothing to show
 */
export function pageWished(width, ratio) {
  const recording = shownRecording();
  if (!recording || recording.problem !== null || recording.duration <= 0 || width < 8) return null;
  const { start } = current().view;
  if (start !== lastStart) way = start < lastStart ? -1 : 1;
  lastStart = start;
  return wishOf(recording, start, width, ratio);
}

/**
 * The pages that are likely to be wanted next: on, back, the events before and after in the list, the next undecided.
 * @param {number} width
 * @param {number} ratio
 * @returns {Wish[]}
 */
export function pagesAhead(width, ratio) {
  const here = shownRecording();
  if (!here) return [];
  const { start, seconds } = current().view;
  const around = [1, 2, -1, 3].map((pages) => wishOf(here, start + way * pages * seconds, width, ratio));
  const events = [findUndecided(), ...neighbours()].map((one) => (one ? eventWish(one, width, ratio) : null));
  const [on, afterNext, back, far] = around;
  return [on, events[0], back, ...events.slice(1), afterNext, far].filter((one) => one !== null);
}

/** The events before and after the chosen one in the list. */
function neighbours() {
  const { recording, item } = current();
  const items = listed();
  const at = items.findIndex((one) => one.recording === recording && one.name === item);
  return at < 0 ? [items[0]] : [items[at + 1], items[at - 1]];
}

/**
 * @param {Item} item
 * @param {number} width
 * @param {number} ratio
 */
function eventWish(item, width, ratio) {
  const recording = current().session?.recordings.find((one) => one.id === item.recording);
  if (!recording || recording.problem !== null) return null;
  return wishOf(recording, item.event.onset - current().view.seconds * ONSET_AT, width, ratio);
}

/**
 * A page that lies within its recording.
 * @param {import("./types.js").Summary} recording
 * @param {number} start
 * @param {number} width
 * @param {number} ratio
 * @returns {Wish | null} null where it would lie wholly outside
 */
function wishOf(recording, start, width, ratio) {
  const { seconds, montage, high_pass, low_pass, notch } = current().view;
  if (start >= recording.duration || start + seconds <= 0) return null;
  const columns = Math.min(MOST_COLUMNS, STEP * Math.ceil((FINENESS * width * ratio) / STEP));
  const known = recording.montages.includes(montage) ? montage : (recording.montages[0] ?? "");
  const from = Math.max(0, Math.min(start, recording.duration - seconds));
  const whole = { start: from, stop: from + seconds, montage: known, high_pass, low_pass, notch, columns };
  const query = cut(whole, from, Math.min(from + seconds, recording.duration));
  return { recording: recording.id, duration: recording.duration, query };
}
