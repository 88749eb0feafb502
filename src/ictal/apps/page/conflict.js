/** Two tabs, or two people with one link, said different things of one event: the reader says which holds. */

import { sayAgain } from "./deciding.js";
import { byId, make, openDialog } from "./dom.js";
import { verdictWithMark } from "./event-panel.js";
import { choose } from "./navigation.js";
import { current, update } from "./store.js";
import { clock, endOf } from "./words.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").DecisionRequest} DecisionRequest */

/** Conflicts that are not settled yet. @type {{mine: DecisionRequest, there: Item}[]} */
const unsettled = [];

/** Make the dialog work; closing it in another way leaves what is there. */
export function mountConflict() {
  const dialog = byId("conflict-dialog", HTMLDialogElement);
  byId("conflict-theirs", HTMLButtonElement).addEventListener("click", () => dialog.close("theirs"));
  byId("conflict-mine", HTMLButtonElement).addEventListener("click", () => dialog.close("mine"));
  dialog.addEventListener("close", () => settle(dialog.returnValue === "mine"));
}

/**
 * Ask which of two decisions holds.
 * @param {DecisionRequest} mine
 * @param {Item} there as it stands on the server
 */
export function askWhichHolds(mine, there) {
  unsettled.push({ mine, there });
  if (unsettled.length === 1) show();
}

function show() {
  const [{ mine, there }] = unsettled;
  const recording = current().session?.recordings.find((one) => one.id === there.recording);
  const when = (/** @type {number} */ seconds) => (recording ? clock(recording, seconds, 1) : seconds.toFixed(1));
  choose(there);
  const rows = [
    row("Verdict", verdictWithMark(mine.verdict), verdictWithMark(there.verdict)),
    row("Onset", when(mine.event.onset), when(there.event.onset)),
    row("End", when(endOf(mine.event)), when(endOf(there.event))),
    row("Type", mine.event.type, there.event.type),
    row("Channels", mine.event.channels.join(", "), there.event.channels.join(", ")),
    row("Comment", mine.comment, there.comment),
  ];
  byId("conflict-rows", HTMLTableSectionElement).replaceChildren(...rows);
  const dialog = byId("conflict-dialog", HTMLDialogElement);
  dialog.returnValue = "";
  openDialog(dialog);
}

/**
 * @param {string} name
 * @param {Node | string} mine
 * @param {Node | string} there
 */
function row(name, mine, there) {
  const words = (/** @type {Node | string} */ one) => (typeof one === "string" ? one : (one.textContent ?? ""));
  const differs = words(mine) !== words(there) ? "differs" : null;
  const cells = [mine, there].map((one) => make("td", {}, one === "" ? "–" : one));
  return make("tr", { class: differs }, make("th", { scope: "row" }, name), ...cells);
}

/** @param {boolean} mineHolds */
function settle(mineHolds) {
  const one = unsettled.shift();
  if (one && mineHolds) sayAgain(one.mine, one.there);
  if (!mineHolds) update({ said: "What is there stays" });
  if (unsettled.length > 0) show();
}
