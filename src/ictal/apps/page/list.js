/** The list of events over all recordings. Only the rows that are seen exist, so that thousands of events scroll smoothly. */

import { byId, fillSelect } from "./dom.js";
import { isOwn } from "./deciding.js";
import { choose } from "./navigation.js";
import { FILTERS, SORTS, currentOrder, listed, setOrder } from "./order.js";
import { isWaiting } from "./queue.js";
import { current, subscribe } from "./store.js";
import { shortTitle } from "./titles.js";
import { VERDICTS, clock, lasting, shortly, typeWords } from "./words.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Summary} Summary */

/** Height of a row, px; style.css says the same. */
const ROW = 46;

/** Rows beyond the edges, so that a quick scroll shows no hole. */
const SPARE = 6;

/** @type {Item[]} */
let items = [];

/** @type {string | null} */
let lastChosen = null;

/** Fill the list and keep it as the state says. */
export function mountList() {
  const list = byId("list", HTMLDivElement);
  const filter = byId("filter", HTMLSelectElement);
  const sort = byId("sort", HTMLSelectElement);
  filter.addEventListener("change", () => setOrder({ filter: filter.value }));
  sort.addEventListener("change", () => setOrder({ sort: sort.value }));
  list.addEventListener("scroll", showRows, { passive: true });
  list.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    const item = row instanceof HTMLElement ? items[Number(row.dataset.at)] : undefined;
    if (item) choose(item);
  });
  new ResizeObserver(showRows).observe(list);
  subscribe(["items", "session", "recording", "item", "waiting"], () => {
    items = listed();
    fillSieve(filter, sort);
    const chosen = `${current().recording}/${current().item}`;
    if (chosen !== lastChosen) scrollToChosen(list);
    lastChosen = chosen;
    showRows();
  });
}

/**
 * @param {HTMLSelectElement} filter
 * @param {HTMLSelectElement} sort
 */
function fillSieve(filter, sort) {
  const shown = current().items.filter((one) => one.verdict !== "withdrawn");
  const counts = Object.entries(FILTERS).map(([value, { words, keeps }]) => {
    return { value, words: `${words} (${shown.filter(keeps).length})` };
  });
  fillSelect(filter, counts, currentOrder().filter);
  fillSelect(sort, Object.entries(SORTS).map(([value, { words }]) => ({ value, words })), currentOrder().sort);
  const nothing = byId("nothing", HTMLParagraphElement);
  nothing.hidden = items.length > 0 || current().session === null;
  nothing.textContent = shown.length === 0 ? "Nothing is proposed here. Run a detector (d), or make events yourself (n)." : "No event is like that.";
}

/** @param {HTMLElement} list */
function scrollToChosen(list) {
  const at = items.findIndex(isChosen);
  if (at < 0) return;
  const room = list.clientHeight;
  if (at * ROW < list.scrollTop + ROW || (at + 2) * ROW > list.scrollTop + room) {
    byId("rows", HTMLDivElement).style.height = `${items.length * ROW}px`;
    list.scrollTop = at * ROW - (room - ROW) / 2;
  }
}

/** Make the rows that are seen, and let go of the others. */
function showRows() {
  const list = byId("list", HTMLDivElement);
  const rows = byId("rows", HTMLDivElement);
  rows.style.height = `${items.length * ROW}px`;
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const last = Math.min(items.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  while (rows.children.length > last - first) rows.lastElementChild?.remove();
  while (rows.children.length < last - first) rows.append(newRow());
  const recordings = new Map(current().session?.recordings.map((one) => [one.id, one]));
  list.removeAttribute("aria-activedescendant");
  for (let at = first; at < last; at += 1) {
    const row = /** @type {HTMLElement} */ (rows.children[at - first]);
    fillRow(row, items[at], at, recordings.get(items[at].recording));
    if (isChosen(items[at])) list.setAttribute("aria-activedescendant", row.id);
  }
}

function newRow() {
  const row = byId("row", HTMLTemplateElement).content.firstElementChild;
  return document.importNode(/** @type {Element} */ (row), true);
}

/**
 * @param {HTMLElement} row
 * @param {Item} item
 * @param {number} at
 * @param {Summary | undefined} recording
 */
function fillRow(row, item, at, recording) {
  const { event, verdict } = item;
  const write = (/** @type {string} */ name, /** @type {string} */ words) => {
    const part = row.querySelector(`.${name}`);
    if (part && part.textContent !== words) part.textContent = words;
  };
  row.id = `event-${at}`;
  row.dataset.at = String(at);
  row.dataset.verdict = verdict;
  row.style.transform = `translateY(${at * ROW}px)`;
  row.classList.toggle("waiting", isWaiting(item));
  row.setAttribute("aria-selected", String(isChosen(item)));
  row.setAttribute("aria-posinset", String(at + 1));
  row.setAttribute("aria-setsize", String(items.length));
  row.querySelector("use")?.setAttribute("href", `#mark-${verdict}`);
  row.title = [VERDICTS[verdict], recording?.title ?? "", item.comment, isWaiting(item) ? "not saved yet" : ""].filter(Boolean).join(" · ");
  write("when", recording ? clock(recording, event.onset) : "");
  write("lasting", shortly(event.duration));
  write("kind", event.type);
  write("of", shortTitle(recording));
  write("number", event.confidence === null ? (isOwn(item) ? "own" : "–") : event.confidence.toFixed(2));
  const sure = row.querySelector(".sure");
  if (sure instanceof HTMLElement) sure.hidden = event.confidence === null;
  const bar = row.querySelector(".sure span");
  if (bar instanceof HTMLElement) bar.style.width = `${100 * (event.confidence ?? 0)}%`;
  const spoken = [VERDICTS[verdict], typeWords(event.type) || event.type, recording ? clock(recording, event.onset) : "", lasting(event.duration)];
  row.setAttribute("aria-label", `${spoken.join(", ")}, ${shortTitle(recording)}${confidenceWords(item)}`);
}

/** @param {Item} item */
function confidenceWords({ event }) {
  return event.confidence === null ? "" : `, confidence ${event.confidence.toFixed(2)}`;
}

/** @param {Item} item */
function isChosen(item) {
  return item.recording === current().recording && item.name === current().item;
}
