/** Which events the list shows, and in which order; "next" everywhere means next in this order. */

import { current, update } from "./store.js";

/** @typedef {import("./types.js").Item} Item */

/** How far from 0.5 a confidence is that counts as uncertain. */
const UNCERTAIN = 0.2;

/** @type {Record<string, {words: string, keeps: (item: Item) => boolean}>} */
export const FILTERS = {
  all: { words: "all", keeps: () => true },
  undecided: { words: "undecided", keeps: (item) => item.verdict === "undecided" },
  uncertain: { words: "uncertain", keeps: (item) => item.verdict === "undecided" && doubt(item) <= UNCERTAIN },
  accepted: { words: "accepted", keeps: (item) => item.verdict === "accepted" },
  rejected: { words: "rejected", keeps: (item) => item.verdict === "rejected" },
};

/** @type {Record<string, {words: string, compare: (a: Item, b: Item) => number}>} */
export const SORTS = {
  time: { words: "time", compare: (a, b) => place(a) - place(b) || a.event.onset - b.event.onset },
  confidence: { words: "confidence", compare: (a, b) => sure(b) - sure(a) || SORTS.time.compare(a, b) },
};

const order = { filter: "all", sort: "time" };

/** @type {Map<string, number>} */
const places = new Map();

/**
 * How the list is sieved and sorted.
 * @returns {Readonly<typeof order>}
 */
export function currentOrder() {
  return order;
}

/** @param {Partial<typeof order>} parts */
export function setOrder(parts) {
  Object.assign(order, parts);
  update({ items: current().items });
}

/**
 * The events that the list shows, in its order. The chosen one stays in it, so that it does not vanish when it is decided.
 * @returns {Item[]}
 */
export function listed() {
  const { recording, item } = current();
  const keeps = FILTERS[order.filter].keeps;
  const isChosen = (/** @type {Item} */ one) => one.recording === recording && one.name === item;
  return sorted(current().items.filter((one) => one.verdict !== "withdrawn" && (keeps(one) || isChosen(one))));
}

/**
 * All events that are not taken back, in the order of the list.
 * @returns {Item[]}
 */
export function everyItem() {
  return sorted(current().items.filter((one) => one.verdict !== "withdrawn"));
}

/**
 * How far a confidence is from 0.5: the smaller, the less certain the detector; 1 where there is none.
 * @param {Item} item
 */
export function doubt(item) {
  return item.event.confidence === null ? 1 : Math.abs(item.event.confidence - 0.5);
}

/** @param {Item[]} items */
function sorted(items) {
  places.clear();
  current().session?.recordings.forEach((one, i) => places.set(one.id, i));
  return items.sort(SORTS[order.sort].compare);
}

/** @param {Item} item */
function place(item) {
  return places.get(item.recording) ?? -1;
}

/** @param {Item} item */
function sure(item) {
  return item.event.confidence ?? -1;
}
