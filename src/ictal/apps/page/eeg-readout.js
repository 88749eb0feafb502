/** What is under the cursor, in words. */

import { leadAt, secondsAt } from "./eeg-layout.js";
import { NO_SIGNAL } from "./eeg-trace.js";
import { leadsWith } from "./lead-names.js";
import { clock } from "./words.js";

/** @typedef {import("./eeg-layout.js").Layout} Layout */
/** @typedef {import("./types.js").SignalPage} SignalPage */
/** @typedef {import("./types.js").SignalHeader} SignalHeader */

/**
 * The lowest and the highest µV at a moment.
 * @param {SignalPage[]} pages
 * @param {number} lead
 * @param {number} seconds
 * @returns {[number, number] | null}
 */
export function valueAt(pages, lead, seconds) {
  const page = pages.find(({ header }) => header.start <= seconds && seconds < header.stop);
  if (!page || lead < 0) return null;
  const { start, stop, n_columns: n, kind, scale } = page.header;
  const place = ((seconds - start) / (stop - start)) * n;
  const width = kind === "samples" ? 1 : 2;
  const column = Math.min(n - 1, kind === "samples" ? Math.round(place) : Math.floor(place));
  const at = (lead * n + column) * width;
  const [low, high] = [page.data[at], page.data[at + width - 1]];
  return low === NO_SIGNAL ? null : [low * scale[lead], high * scale[lead]];
}

/**
 * Lines of the readout: when and where, and how many µV; the kind of an artefact.
 * @param {Layout} layout
 * @param {import("./types.js").Summary} recording
 * @param {SignalPage[]} pages
 * @param {SignalHeader["artefacts"]} artefacts
 * @param {number} x
 * @param {number} y
 * @returns {string[]}
 */
export function readOut(layout, recording, pages, artefacts, x, y) {
  const seconds = secondsAt(layout, x);
  const lead = leadAt(layout, y);
  const leads = pages[0]?.header.leads ?? [];
  const lines = [clock(recording, Math.max(0, seconds), 2)];
  if (recording.gaps.some(([from, to]) => from <= seconds && seconds < to)) return [...lines, "gap"];
  const value = valueAt(pages, lead, seconds);
  if (value) lines.push(`${leads[lead]}  ${rangeWords(value)}`);
  const faults = artefacts.filter((one) => one.start <= seconds && seconds < one.stop);
  const kinds = faults.filter((one) => leadsWith(leads, one.lead).includes(lead)).map((one) => one.kind);
  return [...lines, ...new Set(kinds)];
}

/**
 * What a measured stretch comes to.
 * @param {Layout} layout
 * @param {{x0: number, y0: number, x1: number, y1: number}} box
 * @returns {string[]}
 */
export function measureWords(layout, { x0, y0, x1, y1 }) {
  const seconds = Math.abs(secondsAt(layout, x1) - secondsAt(layout, x0));
  const microvolts = Math.abs(y1 - y0) / layout.pixelsPerMicrovolt;
  const time = seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
  const rate = seconds > 0 ? `${(1 / seconds).toFixed(seconds > 1 ? 2 : 1)} Hz` : "";
  return [[time, rate].filter(Boolean).join("  ·  "), `${amount(microvolts)} µV`];
}

/** @param {[number, number]} range */
function rangeWords([low, high]) {
  const [a, b] = [amount(low), amount(high)];
  return a === b ? `${a} µV` : `${a} to ${b} µV`;
}

/** @param {number} microvolts */
function amount(microvolts) {
  const digits = Math.abs(microvolts) < 9.95 ? 1 : 0;
  const words = microvolts.toFixed(digits).replace("-", "−");
  return Number(microvolts.toFixed(digits)) === 0 ? "0" : words;
}
