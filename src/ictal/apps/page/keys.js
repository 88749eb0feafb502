/** The keys: one table that handles them and fills the help. */

import { changeLength, changeSensitivity, nextMontage, toggleReasons } from "./choices.js";
import { dropDraft, editEdges, giveVerdict, keepDraft, moveEnd, moveOnset, newEvent, undo } from "./deciding.js";
import { byId, isDialogOpen, make, openDialog } from "./dom.js";
import { openTime } from "./go-to-time.js";
import { chooseNeighbour, chooseUncertain, chooseUndecided, creep, goToEnd, goToStart, turnPages } from "./navigation.js";
import { openRuns } from "./runs.js";
import { current } from "./store.js";

/**
 * @typedef {object} Key
 * @property {string[]} keys as `nameOf` calls them
 * @property {string} shown
 * @property {string} what
 * @property {() => void} action
 */

/** @type {Record<string, Key[]>} */
const KEYS = {
  "The EEG": [
    { keys: ["ArrowRight", "PageDown"], shown: "→", what: "page on", action: () => turnPages(1) },
    { keys: ["ArrowLeft", "PageUp"], shown: "←", what: "page back", action: () => turnPages(-1) },
    { keys: ["Shift+ArrowRight"], shown: "shift →", what: "a second on", action: () => creep(1) },
    { keys: ["Shift+ArrowLeft"], shown: "shift ←", what: "a second back", action: () => creep(-1) },
    { keys: ["Home"], shown: "Home", what: "first page", action: goToStart },
    { keys: ["End"], shown: "End", what: "last page", action: goToEnd },
    { keys: ["g"], shown: "g", what: "go to a time", action: openTime },
    { keys: ["+", "="], shown: "+", what: "larger traces", action: () => changeSensitivity(1) },
    { keys: ["-"], shown: "-", what: "smaller traces", action: () => changeSensitivity(-1) },
    { keys: ["["], shown: "[", what: "shorter page", action: () => changeLength(-1) },
    { keys: ["]"], shown: "]", what: "longer page", action: () => changeLength(1) },
    { keys: ["m"], shown: "m", what: "next montage", action: nextMontage },
    { keys: ["w"], shown: "w", what: "why: shade the leads that drove the score", action: toggleReasons },
  ],
  "From event to event": [
    { keys: ["ArrowDown"], shown: "↓", what: "next event of the list", action: () => chooseNeighbour(1) },
    { keys: ["ArrowUp"], shown: "↑", what: "previous event of the list", action: () => chooseNeighbour(-1) },
    { keys: ["j"], shown: "j", what: "next undecided", action: chooseUndecided },
    { keys: ["k"], shown: "k", what: "next uncertain: confidence nearest to 0.5", action: chooseUncertain },
  ],
  Deciding: [
    { keys: ["a"], shown: "a", what: "accept, and on to the next undecided", action: () => giveVerdict("accepted") },
    { keys: ["r"], shown: "r", what: "reject, and on to the next undecided", action: () => giveVerdict("rejected") },
    { keys: ["e"], shown: "e", what: "move the edges", action: editEdges },
    { keys: ["n"], shown: "n", what: "new event in the middle of the page", action: newEvent },
    { keys: ["t"], shown: "t", what: "type", action: () => byId("type", HTMLSelectElement).focus() },
    { keys: ["c"], shown: "c", what: "comment", action: () => byId("comment", HTMLTextAreaElement).focus() },
    { keys: ["x"], shown: "x", what: "channels", action: focusChannels },
    { keys: ["u"], shown: "u", what: "undo the last decision", action: undo },
  ],
  Page: [
    { keys: ["d"], shown: "d", what: "run a detector", action: openRuns },
    { keys: ["?"], shown: "?", what: "all keys", action: openKeys },
  ],
};

/** While edges are being moved these come first. @type {Key[]} */
const EDGE_KEYS = [
  { keys: ["ArrowLeft"], shown: "←", what: "onset 0.1 s earlier", action: () => moveOnset(-0.1) },
  { keys: ["ArrowRight"], shown: "→", what: "onset 0.1 s later", action: () => moveOnset(0.1) },
  { keys: ["Shift+ArrowLeft"], shown: "shift ←", what: "end 0.1 s earlier", action: () => moveEnd(-0.1) },
  { keys: ["Shift+ArrowRight"], shown: "shift →", what: "end 0.1 s later", action: () => moveEnd(0.1) },
  { keys: ["Alt+ArrowLeft"], shown: "alt ←", what: "onset 1 s earlier", action: () => moveOnset(-1) },
  { keys: ["Alt+ArrowRight"], shown: "alt →", what: "onset 1 s later", action: () => moveOnset(1) },
  { keys: ["Alt+Shift+ArrowLeft"], shown: "alt shift ←", what: "end 1 s earlier", action: () => moveEnd(-1) },
  { keys: ["Alt+Shift+ArrowRight"], shown: "alt shift →", what: "end 1 s later", action: () => moveEnd(1) },
  { keys: ["Enter"], shown: "Enter", what: "keep the edges", action: keepDraft },
  { keys: ["Escape"], shown: "Esc", what: "leave them as they were", action: dropDraft },
];

/** Keys that may be held down; a verdict may not. */
const REPEATED = /Arrow|Page|^[-+=[\]]$/;

/** Handle the keys of the whole page, and fill the help. */
export function mountKeys() {
  document.addEventListener("keydown", handle);
  byId("open-keys", HTMLButtonElement).addEventListener("click", openKeys);
  const groups = [...Object.entries(KEYS), ["While edges are moved", EDGE_KEYS]];
  byId("keys-body", HTMLDivElement).replaceChildren(
    ...groups.map(([title, keys]) => helpOf(String(title), /** @type {Key[]} */ (keys))),
  );
}

/** @param {KeyboardEvent} event */
function handle(event) {
  if (event.ctrlKey || event.metaKey || event.isComposing || isDialogOpen()) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest("input, select, textarea")) {
    if (event.key === "Escape" && target instanceof HTMLElement) leaveField(event, target);
    return;
  }
  if (event.key === "Enter" && target.closest("button, summary, a")) return;
  const name = nameOf(event);
  const tables = [...(current().draft ? [EDGE_KEYS] : []), ...Object.values(KEYS)];
  const found = tables.flat().find(({ keys }) => keys.includes(name));
  if (!found) return;
  event.preventDefault();
  if (event.repeat && !REPEATED.test(name)) return;
  found.action();
}

/**
 * @param {KeyboardEvent} event
 * @returns {string} such as "Shift+ArrowLeft", or the sign itself where shift only makes the sign
 */
function nameOf({ key, altKey, shiftKey }) {
  const isSign = key.length === 1;
  const name = isSign ? key.toLowerCase() : key;
  return `${altKey ? "Alt+" : ""}${shiftKey && !isSign ? "Shift+" : ""}${name}`;
}

/**
 * Escape leaves a field, so that the keys work again; edges that are being moved stay so.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} field
 */
function leaveField(event, field) {
  event.preventDefault();
  field.blur();
  byId("eeg", HTMLElement).focus({ preventScroll: true });
}

function focusChannels() {
  byId("leads", HTMLDetailsElement).open = true;
  const chip = byId("chips", HTMLDivElement).querySelector("button");
  chip?.focus();
}

function openKeys() {
  openDialog(byId("keys-dialog", HTMLDialogElement));
}

/**
 * @param {string} title
 * @param {Key[]} keys
 */
function helpOf(title, keys) {
  const rows = keys.map(({ shown, what }) => {
    const signs = shown.split(" ").map((sign) => make("kbd", {}, sign));
    return make("tr", {}, make("th", { scope: "row" }, ...signs), make("td", {}, what));
  });
  return make("section", {}, make("h3", {}, title), make("table", {}, make("tbody", {}, ...rows)));
}
