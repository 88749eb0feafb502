/** How far the readers agree, once this reader has decided everything. */

import { ApiError, getAgreement } from "./api.js";
import { byId, make, openDialog } from "./dom.js";
import { choose } from "./navigation.js";
import { current, update } from "./store.js";
import { shortTitle } from "./titles.js";
import { clock, counted, lasting, sentence } from "./words.js";

/** @typedef {import("./types.js").EegEvent} EegEvent */

/** @typedef {{value: number | null, low: number | null, high: number | null, method: string, reason: string}} Kappa */

/**
 * @typedef {object} Pair
 * @property {string} first
 * @property {string} second
 * @property {number} both
 * @property {number} first_alone
 * @property {number} second_alone
 * @property {number} neither
 * @property {Kappa} events
 * @property {Kappa} seconds
 * @property {number | null} positive
 * @property {number | null} onset_difference
 * @property {number | null} end_difference
 */

/** @typedef {{recording: string, item: string, event: EegEvent, answers: Record<string, string>}} Difference */

/**
 * @typedef {object} Agreement
 * @property {string[]} readers
 * @property {number} n_things
 * @property {number} n_seconds
 * @property {Pair[]} pairs
 * @property {Kappa | null} all_readers
 * @property {Difference[]} differences
 */

/** Make the dialog work. */
export function mountAgreement() {
  byId("open-agreement", HTMLButtonElement).addEventListener("click", () => void open());
}

async function open() {
  const body = byId("agreement-body", HTMLDivElement);
  body.replaceChildren(make("p", {}, "computing…"));
  openDialog(byId("agreement-dialog", HTMLDialogElement));
  try {
    body.replaceChildren(...tellAgreement(await getAgreement()));
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const { waiting } = current();
    const why = problem.status === 403 ? " Until then readers are blinded to each other." : "";
    const unsaved = waiting > 0 ? ` ${counted(waiting, "decision")} of yours are not saved yet.` : "";
    body.replaceChildren(make("p", { class: "notice" }, `${sentence(problem.problem)}${why}${unsaved}`));
  }
}

/**
 * @param {Agreement} agreement
 * @returns {Node[]}
 */
function tellAgreement(agreement) {
  const { readers, n_things, n_seconds, pairs, all_readers, differences } = agreement;
  const extent = `${readers.join(", ")}: ${counted(n_things, "event")} in ${lasting(n_seconds)}.`;
  const reasons = pairs.flatMap(({ events, seconds }) => [events.reason, seconds.reason]).filter(Boolean);
  const parts = [make("p", {}, extent), tablePairs(pairs)];
  if (all_readers) parts.push(make("p", {}, `Fleiss’ kappa of all readers: ${tellKappa(all_readers)}.`));
  if (reasons.length > 0) parts.push(make("p", { class: "muted" }, [...new Set(reasons)].map(sentence).join(" ")));
  parts.push(make("h3", {}, differences.length === 0 ? "The readers differ on no event" : `The readers differ on ${counted(differences.length, "event")}`));
  if (differences.length > 0) parts.push(tableDifferences(differences, readers));
  return parts;
}

/** @param {Pair[]} pairs */
function tablePairs(pairs) {
  const rows = pairs.map((pair) => [
    `${pair.first} and ${pair.second}`,
    tellKappa(pair.events),
    tellKappa(pair.seconds),
    `${pair.both} / ${pair.first_alone} + ${pair.second_alone} / ${pair.neither}`,
    tellNumber(pair.positive, 2, ""),
    `${tellNumber(pair.onset_difference, 1, " s")}, ${tellNumber(pair.end_difference, 1, " s")}`,
  ]);
  const heads = ["Readers", "Kappa of events (95 %)", "Kappa of seconds (95 %)", "Both / one / neither", "Positive agreement", "Onsets, ends apart"];
  return table(heads, rows);
}

/**
 * @param {Difference[]} differences
 * @param {string[]} readers
 */
function tableDifferences(differences, readers) {
  const rows = differences.map((one) => [jump(one), ...readers.map((name) => one.answers[name] ?? "–")]);
  return table(["Event", ...readers], rows);
}

/**
 * @param {string[]} heads
 * @param {(Node | string)[][]} rows
 */
function table(heads, rows) {
  const head = make("tr", {}, ...heads.map((one) => make("th", { scope: "col" }, one)));
  const body = rows.map(([first, ...others]) => {
    return make("tr", {}, make("th", { scope: "row" }, first), ...others.map((one) => make("td", {}, one)));
  });
  return make("table", { class: "figures" }, make("thead", {}, head), make("tbody", {}, ...body));
}

/**
 * A button that shows an event on which readers differ.
 * @param {Difference} difference
 */
function jump({ recording: id, item: name, event }) {
  const recording = current().session?.recordings.find((one) => one.id === id);
  const words = recording ? `${clock(recording, event.onset)} · ${shortTitle(recording)}` : `${event.onset.toFixed(1)} s`;
  const button = make("button", { type: "button", class: "chip" }, words);
  button.addEventListener("click", () => {
    byId("agreement-dialog", HTMLDialogElement).close();
    const item = current().items.find((one) => one.recording === id && one.name === name);
    if (item) choose(item);
    else update({ said: "Another reader made this event" });
  });
  return button;
}

/** @param {Kappa} kappa */
function tellKappa({ value, low, high }) {
  const range = low === null || high === null ? "" : ` (${signed(low, 2)} to ${signed(high, 2)})`;
  return `${tellNumber(value, 2, "")}${range}`;
}

/**
 * @param {number | null} value
 * @param {number} decimals
 * @param {string} unit
 */
function tellNumber(value, decimals, unit) {
  return value === null ? "n/a" : `${signed(value, decimals)}${unit}`;
}

/**
 * A number with a minus of its own, and no minus before zero.
 * @param {number} value
 * @param {number} decimals
 */
function signed(value, decimals) {
  const digits = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(digits) !== 0 ? `−${digits}` : digits;
}
