/**
 * What the reader said, on its way to the disk of the server: shown at once, sent in order, sent again until the
 * server has kept it. Each thing said lies in localStorage until then, so that a reload or a crash loses nothing.
 */

import { ApiError, getItems, postDecision, postUndo } from "./api.js";
import { current, update } from "./store.js";
import { sentence } from "./words.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").DecisionRequest} DecisionRequest */

/**
 * @typedef {object} Said
 * @property {string} key of the decision or of the taking back
 * @property {number} at order among those that wait
 * @property {DecisionRequest | null} request null: take back the last decision
 * @property {string} words what the reader is told when it is kept
 */

/**
 * @typedef {object} Listener
 * @property {(mine: DecisionRequest, there: Item) => void} conflict two tabs said different things of one item
 * @property {(item: Item) => void} undone
 */

/** The server cannot keep it at the moment; later it may. */
const TRY_AGAIN = [0, 500, 502, 503, 504];

/** The server does not know this page any more. */
const STOP = [401, 403, 421];

const PAUSE_MS = 2000;

/** @type {Said[]} */
let waiting = [];
let prefix = "";
let sending = false;
let ordinal = 0;

/** @type {Listener} */
let listener = { conflict: () => {}, undone: () => {} };

/**
 * Take up what an earlier page of the same reader left, and begin to send.
 * @param {string} token
 * @param {Listener} told
 */
export function startQueue(token, told) {
  prefix = `ictal-said:${fingerprint(token)}:`;
  listener = told;
  waiting = Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => readSaid(localStorage.getItem(name)))
    .sort((a, b) => a.at - b.at);
  update({ items: withWaiting(current().items), waiting: waiting.length });
  addEventListener("beforeunload", (event) => {
    if (waiting.length > 0) event.preventDefault();
  });
  void sendAll();
}

/** @returns {string} a key that no one else makes */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Say something of an item: it is shown at once, and kept as soon as the server can.
 * @param {DecisionRequest} request
 * @param {string} words
 */
export function say(request, words) {
  update({ said: `${words} – saving` });
  enqueue({ key: request.key, at: nextPlace(), request, words });
  update({ items: withWaiting(current().items, [request]) });
}

/** Take back the last decision that has not been taken back. */
export function sayUndo() {
  enqueue({ key: newKey(), at: nextPlace(), request: null, words: "" });
}

/**
 * Whether something said of this item is not on disk yet.
 * @param {Item} item
 */
export function isWaiting(item) {
  return waiting.some(({ request }) => request?.recording === item.recording && request.item === item.name);
}

/**
 * Items as they are with all that waits.
 * @param {Item[]} items
 * @param {DecisionRequest[]} [requests]
 * @returns {Item[]}
 */
export function withWaiting(items, requests = waiting.flatMap(({ request }) => request ?? [])) {
  if (requests.length === 0) return items;
  const result = [...items];
  for (const said of requests) {
    const at = result.findIndex((one) => one.recording === said.recording && one.name === said.item);
    const before = at < 0 ? ownItem(said) : result[at];
    const { verdict, event, comment, revision } = said;
    const after = { ...before, verdict, event, comment, revision: revision + 1 };
    if (at < 0) result.push(after);
    else result[at] = after;
  }
  return result;
}

/**
 * @param {DecisionRequest} said
 * @returns {Item}
 */
function ownItem(said) {
  const { recording, item: name, event, verdict, comment, revision } = said;
  return { recording, name, origin: "reader", proposed: null, event, verdict, comment, revision };
}

/** @param {Said} said */
function enqueue(said) {
  waiting.push(said);
  try {
    localStorage.setItem(prefix + said.key, JSON.stringify(said));
  } catch {
    update({ said: "The browser keeps no more: do not close this page until all is saved" });
  }
  update({ waiting: waiting.length });
  void sendAll();
}

/** @param {Said[]} gone */
function forget(gone) {
  for (const { key } of gone) localStorage.removeItem(prefix + key);
  waiting = waiting.filter((one) => !gone.includes(one));
  update({ waiting: waiting.length });
}

/** Send what waits, one after the other; there is never more than one of these loops. */
async function sendAll() {
  if (sending) return;
  sending = true;
  while (waiting.length > 0) {
    const answer = await send(waiting[0]);
    if (answer === "later") await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    if (answer === "never") break;
  }
  sending = false;
}

/**
 * @param {Said} said
 * @returns {Promise<"kept" | "later" | "never">}
 */
async function send(said) {
  try {
    if (said.request) keep(said, (await postDecision(said.request)).item);
    else await undo(said);
    if (current().banner !== null) update({ banner: null });
    return "kept";
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return refused(said, problem);
  }
}

/**
 * @param {Said} said
 * @param {Item} item
 */
function keep(said, item) {
  forget([said]);
  replaceItem(item);
  if (said.words) update({ said: `${said.words} – saved` });
}

/** @param {Said} said */
async function undo(said) {
  const { item } = await postUndo(said.key);
  forget([said]);
  replaceItem(item);
  listener.undone(item);
}

/**
 * Show an item as the server has it, and on top of it what still waits.
 * @param {Item} item
 */
function replaceItem(item) {
  const isIt = (/** @type {Item} */ one) => one.recording === item.recording && one.name === item.name;
  const { items } = current();
  const next = items.some(isIt) ? items.map((one) => (isIt(one) ? item : one)) : [...items, item];
  update({ items: withWaiting(next) });
}

/**
 * @param {Said} said
 * @param {ApiError} problem
 * @returns {Promise<"kept" | "later" | "never">}
 */
async function refused(said, problem) {
  if (TRY_AGAIN.includes(problem.status)) {
    update({ banner: problem.status === 0 ? "The server does not answer." : sentence(problem.problem) });
    return "later";
  }
  if (STOP.includes(problem.status)) {
    update({ banner: `${sentence(problem.problem)} What waits stays in this browser.` });
    return "never";
  }
  const { request } = said;
  const item = problem.status === 409 ? itemIn(problem.body) : null;
  if (request && item) {
    const alike = waiting.filter((one) => one.request?.recording === item.recording && one.request.item === item.name);
    forget(alike);
    replaceItem(item);
    update({ said: "Not saved: this event was decided elsewhere" });
    listener.conflict(alike.at(-1)?.request ?? request, item);
    return "kept";
  }
  forget([said]);
  update({ said: request ? `Not kept: ${problem.problem}` : problem.problem });
  if (request) await reloadItems(problem.problem);
  return "kept";
}

/** @param {string} problem */
async function reloadItems(problem) {
  try {
    const { items } = await getItems();
    update({ items: withWaiting(items), banner: sentence(`A decision was not kept: ${problem}`) });
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
  }
}

/**
 * @param {unknown} body
 * @returns {Item | null}
 */
function itemIn(body) {
  const item = typeof body === "object" && body !== null && "item" in body ? body.item : null;
  return /** @type {Item | null} */ (item);
}

function nextPlace() {
  ordinal += 1;
  return Date.now() + ordinal / 1e4;
}

/**
 * @param {string | null} text
 * @returns {Said[]} one, or none where it cannot be read
 */
function readSaid(text) {
  try {
    const said = JSON.parse(text ?? "");
    return typeof said.key === "string" && typeof said.at === "number" ? [said] : [];
  } catch {
    return [];
  }
}

/**
 * A short name of a token that does not tell it (FNV-1a, 32 bits).
 * @param {string} text
 */
function fingerprint(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16);
}
