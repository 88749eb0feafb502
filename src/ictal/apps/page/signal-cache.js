/** Pages of EEG that are in memory, so that a page turn does not wait for the server. */

import { getSignal } from "./api.js";

/** @typedef {import("./types.js").SignalPage} SignalPage */
/** @typedef {import("./types.js").SignalQuery} SignalQuery */

/** @typedef {{recording: string, duration: number, query: SignalQuery}} Wish A page of a recording that lasts so long. */

/**
 * @typedef {object} Cover What is in memory of a page.
 * @property {SignalPage[]} pages by time
 * @property {boolean} complete whether they fill it, at the resolution that was asked for
 * @property {Wish | null} missing what to ask for next
 */

/** @typedef {{wish: Wish, settings: string, density: number, page: SignalPage}} Kept */
/** @typedef {{wish: Wish, stop: AbortController, done: Promise<void>}} Flight */

const MOST_BYTES = 64 * 2 ** 20;
const MOST_AHEAD = 2;

/** Seconds by which neighbouring pages may miss each other, as edges fall between samples. */
const SLACK = 0.02;

/** The oldest first. @type {Map<string, Kept>} */
const kept = new Map();

/** @type {Map<string, Flight>} */
const flights = new Map();

/** @type {Wish[]} */
let ahead = [];

/**
 * What is in memory of a page.
 * @param {Wish} wish
 * @returns {Cover}
 */
export function coverPage(wish) {
  const { start, stop } = wish.query;
  const usable = [...kept.values()].filter(
    (one) => one.settings === settingsOf(wish) && one.wish.query.start < stop && one.wish.query.stop > start,
  );
  const sharp = chain(usable.filter((one) => isAlike(one.density, densityOf(wish.query))), start, stop);
  const found = sharp.pages.length > 0 && sharp.holes.length === 0 ? sharp : chain(usable, start, stop);
  for (const one of found.pages) touch(one);
  const complete = sharp.pages.length > 0 && sharp.holes.length === 0;
  return { pages: found.pages.map((one) => one.page), complete, missing: complete ? null : missingPage(wish, sharp) };
}

/**
 * Fetch a page before all others; what is under way and no longer wanted is given up.
 * @param {Wish} wish
 * @returns {Promise<void>} rejects as getSignal does; with an AbortError where another page came to be wanted
 */
export function fetchPage(wish) {
  const key = keyOf(wish);
  ahead = [];
  for (const [name, flight] of flights) if (name !== key) flight.stop.abort();
  return (flights.get(key) ?? launch(wish, "high")).done;
}

/**
 * Fetch pages that may be wanted soon, in this order, when nothing else is under way.
 * @param {Wish[]} wishes
 */
export function fetchAhead(wishes) {
  ahead = wishes;
  nextAhead();
}

/** How much is in memory, for tests and benchmarks. */
export function countKept() {
  return { pages: kept.size, bytes: bytesKept() };
}

function nextAhead() {
  while (flights.size < MOST_AHEAD && ahead.length > 0) {
    const wish = /** @type {Wish} */ (ahead.shift());
    const { missing } = coverPage(wish);
    if (missing && !flights.has(keyOf(missing))) launch(missing, "low").done.catch(() => {});
  }
}

/**
 * @param {Wish} wish
 * @param {RequestPriority} priority
 * @returns {Flight}
 */
function launch(wish, priority) {
  const key = keyOf(wish);
  const stop = new AbortController();
  const land = async () => {
    try {
      const page = await getSignal(wish.recording, wish.query, { signal: stop.signal, priority });
      keep(key, { wish, settings: settingsOf(wish), density: densityOf(wish.query), page });
    } finally {
      flights.delete(key);
      queueMicrotask(nextAhead);
    }
  };
  const flight = { wish, stop, done: land() };
  flights.set(key, flight);
  return flight;
}

/**
 * @param {string} key
 * @param {Kept} one
 */
function keep(key, one) {
  kept.set(key, one);
  let bytes = bytesKept();
  for (const [oldest, { page }] of kept) {
    if (bytes <= MOST_BYTES || oldest === key) break;
    bytes -= page.data.byteLength;
    kept.delete(oldest);
  }
}

/** @param {Kept} one */
function touch(one) {
  const key = keyOf(one.wish);
  kept.delete(key);
  kept.set(key, one);
}

function bytesKept() {
  let bytes = 0;
  for (const { page } of kept.values()) bytes += page.data.byteLength;
  return bytes;
}

/**
 * Pages that lie end to end from start to stop, each as far as it reaches, and the holes between them.
 * @param {Kept[]} usable
 * @param {number} start
 * @param {number} stop
 */
function chain(usable, start, stop) {
  /** @type {Kept[]} */
  const pages = [];
  /** @type {[number, number][]} */
  const holes = [];
  let at = start;
  while (at < stop - SLACK) {
    const here = usable.filter((one) => one.wish.query.start <= at + SLACK && one.wish.query.stop > at + SLACK);
    if (here.length > 0) {
      const best = here.reduce((a, b) => (reach(b) > reach(a) ? b : a));
      pages.push(best);
      at = reach(best);
      continue;
    }
    const later = usable.map((one) => one.wish.query.start).filter((one) => one > at);
    const next = Math.min(stop, ...later);
    holes.push([at, next]);
    at = next;
  }
  return { pages, holes };
}

/** @param {Kept} one */
function reach(one) {
  return one.wish.query.stop;
}

/**
 * The page to ask for: as it was wished, or, where a part of it is there, the neighbour of that part, so that creeping
 * through a recording fetches each second once.
 * @param {Wish} wish
 * @param {{pages: Kept[], holes: [number, number][]}} sharp
 * @returns {Wish}
 */
function missingPage(wish, { pages, holes }) {
  const { start, stop } = wish.query;
  if (pages.length === 0 || holes.length === 0) return wish;
  const [from, to] = holes[0];
  const length = stop - start;
  const atStart = from <= start + SLACK && to < stop - SLACK;
  const first = atStart ? Math.max(0, to - length) : from;
  const last = atStart ? to : Math.min(wish.duration, from + length);
  return { ...wish, query: cut(wish.query, first, last) };
}

/**
 * The same query of another stretch, at the same resolution.
 * @param {SignalQuery} query
 * @param {number} start
 * @param {number} stop
 * @returns {SignalQuery}
 */
export function cut(query, start, stop) {
  const [from, to] = [round(start), round(stop)];
  return { ...query, start: from, stop: to, columns: Math.max(1, Math.round(densityOf(query) * (to - from))) };
}

/** @param {number} seconds */
function round(seconds) {
  return Math.round(seconds * 1000) / 1000;
}

/** @param {SignalQuery} query */
function densityOf({ start, stop, columns }) {
  return columns / (stop - start);
}

/**
 * @param {number} a
 * @param {number} b
 */
function isAlike(a, b) {
  return Math.abs(a - b) <= 0.02 * b;
}

/** @param {Wish} wish */
function settingsOf({ recording, query: { montage, high_pass, low_pass, notch } }) {
  return [recording, montage, high_pass, low_pass, notch].join("|");
}

/** @param {Wish} wish */
function keyOf(wish) {
  const { start, stop, columns } = wish.query;
  return [settingsOf(wish), start, stop, columns].join("|");
}
