/** The row of settings above the EEG. */

import { FILTERS, LENGTHS, SENSITIVITIES, setLength, toggleReasons } from "./choices.js";
import { byId, fillSelect, make, openDialog } from "./dom.js";
import { showRecording, turnPages } from "./navigation.js";
import { current, shownRecording, subscribe, update, updateView } from "./store.js";
import { shortTitle } from "./titles.js";
import { clock, counted, lasting } from "./words.js";

/** @typedef {import("./types.js").Summary} Summary */

/** Fill the toolbar and keep it as the state says. */
export function mountToolbar() {
  byId("toolbar", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  onChange("recording", showRecording);
  onChange("seconds", (value) => setLength(Number(value)));
  onChange("sensitivity", (value) => updateView({ sensitivity: Number(value) }));
  onChange("montage", (montage) => updateView({ montage }));
  for (const name of /** @type {(keyof typeof FILTERS)[]} */ (Object.keys(FILTERS))) {
    onChange(name, (value) => updateView({ [name]: value === "" ? null : Number(value) }));
  }
  onClick("colours", () => updateView({ colours: !current().view.colours }));
  onClick("reasons", toggleReasons);
  onClick("page-back", () => turnPages(-1));
  onClick("page-on", () => turnPages(1));
  onClick("open-notes", () => openDialog(byId("notes-dialog", HTMLDialogElement)));
  subscribe(["session"], showNotes);
  subscribe(["session", "recording"], showRecordings);
  subscribe(["view", "recording"], showView);
}

/**
 * @param {string} id of a button
 * @param {() => void} action
 */
function onClick(id, action) {
  byId(id, HTMLButtonElement).addEventListener("click", action);
}

/**
 * Do something when a select changes. Who chose with the mouse goes on with the keys of the EEG, not of the select.
 * @param {string} id
 * @param {(value: string) => void} action
 */
function onChange(id, action) {
  const select = byId(id, HTMLSelectElement);
  let byPointer = false;
  select.addEventListener("pointerdown", () => (byPointer = true));
  select.addEventListener("keydown", () => (byPointer = false));
  select.addEventListener("change", () => {
    action(select.value);
    if (byPointer) byId("eeg", HTMLElement).focus({ preventScroll: true });
  });
}

function showRecordings() {
  const { session, recording } = current();
  const options = (session?.recordings ?? []).map((one) => {
    const { id, problem, duration } = one;
    const name = shortTitle(one);
    return { value: id, words: problem === null ? `${name} · ${lasting(duration)}` : `${name} · cannot be read`, disabled: problem !== null };
  });
  fillSelect(byId("recording", HTMLSelectElement), options, recording ?? "");
  byId("recording", HTMLSelectElement).title = shownRecording()?.title ?? "";
  const montages = shownRecording()?.montages ?? [];
  const named = montages.map((name) => ({ value: name, words: name.replaceAll("_", " ").replaceAll("-", " ") }));
  fillSelect(byId("montage", HTMLSelectElement), named, current().view.montage);
}

function showView() {
  const { view } = current();
  const recording = shownRecording();
  const numbers = (/** @type {number[]} */ table, /** @type {number} */ value, /** @type {string} */ unit) =>
    [...new Set([...table, value])].sort((a, b) => a - b).map((one) => ({ value: String(one), words: `${one}${unit}` }));
  fillSelect(byId("seconds", HTMLSelectElement), numbers(LENGTHS, view.seconds, " s"), String(view.seconds));
  fillSelect(byId("sensitivity", HTMLSelectElement), numbers(SENSITIVITIES, view.sensitivity, ""), String(view.sensitivity));
  byId("montage", HTMLSelectElement).value = view.montage;
  for (const [name, table] of Object.entries(FILTERS)) {
    const value = view[/** @type {keyof typeof FILTERS} */ (name)];
    const options = table.map((one) => ({ value: String(one ?? ""), words: one === null ? "off" : `${one} Hz` }));
    fillSelect(byId(name, HTMLSelectElement), options, String(value ?? ""));
  }
  byId("colours", HTMLButtonElement).setAttribute("aria-pressed", String(view.colours));
  byId("reasons", HTMLButtonElement).setAttribute("aria-pressed", String(view.reasons));
  byId("clock", HTMLElement).textContent = recording ? clock(recording, view.start, view.seconds < 10 ? 1 : 0) : "–";
}

function showNotes() {
  const recordings = current().session?.recordings ?? [];
  const broken = recordings.filter((one) => one.problem !== null);
  const noted = recordings.filter((one) => one.problem === null && one.notes.length > 0);
  const button = byId("open-notes", HTMLButtonElement);
  button.hidden = broken.length + noted.length === 0;
  button.classList.toggle("bad", broken.length > 0);
  button.textContent = broken.length > 0 ? counted(broken.length, "problem") : counted(noted.length, "note");
  byId("notes-body", HTMLDivElement).replaceChildren(
    ...broken.map((one) => noteOf(one, [one.problem ?? "", ...one.notes])),
    ...noted.map((one) => noteOf(one, one.notes)),
  );
  if (broken.length > 0) update({ said: `${counted(broken.length, "recording")} cannot be read` });
}

/**
 * @param {Summary} recording
 * @param {string[]} lines
 */
function noteOf(recording, lines) {
  const title = make("h3", {}, recording.title);
  if (recording.problem !== null) title.append(" ", make("span", { class: "problem" }, "cannot be read"));
  return make("section", {}, title, make("ul", {}, ...lines.map((line) => make("li", {}, line))));
}
