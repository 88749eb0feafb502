/** What the view of the EEG can be set to: the toolbar shows these tables and the keys walk through them. */

import { current, shownRecording, update, updateView } from "./store.js";

/** Length of a page, s. */
export const LENGTHS = [1, 2, 5, 10, 15, 20, 30, 60];

/** Sensitivity, µV/mm. */
export const SENSITIVITIES = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200];

/** Filters, Hz; null: off. @type {Record<"high_pass" | "low_pass" | "notch", (number | null)[]>} */
export const FILTERS = {
  high_pass: [null, 0.1, 0.3, 0.5, 1, 1.6, 5],
  low_pass: [null, 15, 30, 35, 50, 70],
  notch: [null, 50, 60],
};

/**
 * The neighbour of a value in a table.
 * @param {number[]} table
 * @param {number} value
 * @param {number} by 1 or -1
 */
function neighbour(table, value, by) {
  const larger = table.filter((one) => one > value);
  const smaller = table.filter((one) => one < value);
  return (by > 0 ? larger[0] : smaller.at(-1)) ?? value;
}

/**
 * The start of a page that lies within the recording.
 * @param {number} start
 * @param {number} seconds length of the page
 */
export function withinRecording(start, seconds) {
  const last = Math.max(0, (shownRecording()?.duration ?? 0) - seconds);
  return Math.min(Math.max(0, start), last);
}

/**
 * Set the length of a page; what is at a third of the page stays there.
 * @param {number} seconds
 */
export function setLength(seconds) {
  const { start, seconds: before } = current().view;
  updateView({ seconds, start: withinRecording(start + (before - seconds) / 3, seconds) });
}

/** @param {number} by 1: longer; -1: shorter */
export function changeLength(by) {
  setLength(neighbour(LENGTHS, current().view.seconds, by));
  update({ said: `${current().view.seconds} s on a page` });
}

/** @param {number} by 1: larger traces; -1: smaller */
export function changeSensitivity(by) {
  updateView({ sensitivity: neighbour(SENSITIVITIES, current().view.sensitivity, -by) });
  update({ said: `${current().view.sensitivity} µV/mm` });
}

/** Show the next montage that can be made of the recording. */
export function nextMontage() {
  const montages = shownRecording()?.montages ?? [];
  if (montages.length === 0) return;
  const next = montages[(montages.indexOf(current().view.montage) + 1) % montages.length];
  updateView({ montage: next });
  update({ said: `Montage: ${next}` });
}

/** Shade the leads that drove the score, or no more. */
export function toggleReasons() {
  updateView({ reasons: !current().view.reasons });
  update({ said: current().view.reasons ? "Reasons are shaded" : "Reasons are not shaded" });
}
