/** How much is decided, and how long the rest will take at the pace of this session. */

import { byId } from "./dom.js";
import { current, subscribe } from "./store.js";
import { lasting } from "./words.js";

/** The longest time between two decisions that counts as work on the second, s. */
const LONGEST = 120;

/** How many of the last decisions say the pace. */
const LATELY = 20;

/** Seconds that the last decisions took. @type {number[]} */
let spent = [];
let lastAt = Date.now();

/** @type {number | null} */
let decidedBefore = null;

/** @type {number | null} seconds an item took in earlier sessions */
let pace = null;

/** @param {number | null} seconds what the server knows of the reader's pace */
export function knowPace(seconds) {
  pace = seconds;
}

/** Show the progress and keep it as the state says. */
export function mountProgress() {
  subscribe(["items", "waiting", "session"], show);
}

function show() {
  const items = current().items.filter((one) => one.verdict !== "withdrawn");
  const decided = items.filter((one) => one.verdict !== "undecided").length;
  measure(decided);
  byId("decided", HTMLElement).textContent = current().session ? `${decided} of ${items.length} decided` : "Nothing is open";
  byId("left", HTMLElement).textContent = leftWords(items.length - decided, items.length);
  byId("share", HTMLProgressElement).value = items.length === 0 ? 0 : decided / items.length;
}

/** @param {number} decided */
function measure(decided) {
  const now = Date.now();
  if (decidedBefore !== null && decided === decidedBefore + 1) {
    spent = [...spent, Math.min((now - lastAt) / 1000, LONGEST)].slice(-LATELY);
  }
  if (decided !== decidedBefore) lastAt = now;
  decidedBefore = decided;
}

/**
 * @param {number} left
 * @param {number} all
 */
function leftWords(left, all) {
  if (all === 0) return "";
  if (left === 0) return "all done";
  const usual = spent.length >= 3 ? spent.reduce((sum, one) => sum + one, 0) / spent.length : pace;
  if (usual === null) return `${left} left`;
  const seconds = left * usual;
  return `about ${lasting(seconds < 60 ? Math.ceil(seconds / 10) * 10 : Math.ceil(seconds / 60) * 60)} left`;
}
