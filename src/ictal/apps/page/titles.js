/** Short titles: what all recordings have in common says nothing. */

import { current } from "./store.js";

/** @typedef {import("./types.js").Summary} Summary */

/** @type {import("./types.js").Session | null} */
let known = null;

/** @type {Map<string, string>} */
let short = new Map();

/**
 * The title without the parts that all titles have: "sub-01" of "sub-01_ses-01_task-szMonitoring_run-00".
 * @param {Summary | undefined} recording
 * @returns {string}
 */
export function shortTitle(recording) {
  const { session } = current();
  if (session !== known) {
    known = session;
    short = shorten(session?.recordings ?? []);
  }
  return recording ? (short.get(recording.id) ?? recording.title) : "";
}

/** @param {Summary[]} recordings */
function shorten(recordings) {
  const parts = recordings.map(({ title }) => (title.startsWith("sub-") ? title.split("_") : [title]));
  const ofBids = parts.filter(([first]) => first.startsWith("sub-"));
  const alike = (/** @type {string} */ part) => ofBids.every((one) => one.includes(part));
  const titles = parts.map((one) => one.filter((part, i) => i === 0 || !alike(part)).join("_"));
  const isTold = new Set(titles).size === titles.length;
  return new Map(recordings.map(({ id, title }, i) => [id, isTold ? titles[i] : title]));
}
