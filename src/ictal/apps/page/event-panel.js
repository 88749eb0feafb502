/** The panel of the chosen event: what it is, what was proposed, and the buttons that decide it. */

import { byId, fillSelect, make, makeMark } from "./dom.js";
import { changeComment, changeEvent, dropDraft, editEdges, giveVerdict, isOwn, keepDraft, keptWords, setEdges } from "./deciding.js";
import { chosenItem, current, shownRecording, subscribe } from "./store.js";
import { shortTitle } from "./titles.js";
import { VERDICTS, clock, endOf, lasting, typeLabel } from "./words.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").EegEvent} EegEvent */

/** The leads of the detector that spoke last, by recording. @type {Map<string, string[]>} */
const leadsOfDetector = new Map();

/** Fill the panel and keep it as the state says. */
export function mountEventPanel() {
  const form = byId("event", HTMLFormElement);
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("accept", HTMLButtonElement).addEventListener("click", () => giveVerdict("accepted"));
  byId("reject", HTMLButtonElement).addEventListener("click", () => giveVerdict("rejected"));
  byId("edit", HTMLButtonElement).addEventListener("click", () => (current().draft ? keepDraft() : editEdges()));
  byId("drop", HTMLButtonElement).addEventListener("click", dropDraft);
  for (const id of ["onset", "end"]) mountEdge(byId(id, HTMLInputElement));
  byId("type", HTMLSelectElement).addEventListener("change", (event) => {
    changeEvent({ type: /** @type {HTMLSelectElement} */ (event.target).value });
  });
  mountComment();
  byId("chips", HTMLDivElement).addEventListener("click", toggleChannel);
  subscribe(["items", "item", "recording", "draft", "session", "waiting", "reasons"], show);
}

/** A comment is said when its field is left, or with Enter. */
function mountComment() {
  const comment = byId("comment", HTMLTextAreaElement);
  comment.addEventListener("change", () => changeComment(comment.value));
  comment.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    byId("eeg", HTMLElement).focus({ preventScroll: true });
  });
}

/** @param {HTMLInputElement} input of an edge; Enter keeps what was typed in it */
function mountEdge(input) {
  input.addEventListener("change", typeEdges);
  input.addEventListener("blur", show);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    byId("eeg", HTMLElement).focus({ preventScroll: true });
    keepDraft();
  });
}

/** What was typed as onset or end becomes an edge of the draft. */
function typeEdges() {
  if (!current().draft) editEdges();
  setEdges(byId("onset", HTMLInputElement).valueAsNumber, byId("end", HTMLInputElement).valueAsNumber);
}

/** @param {Event} click */
function toggleChannel({ target }) {
  const name = target instanceof HTMLButtonElement ? target.value : "";
  const event = current().draft ?? chosenItem()?.event;
  if (!name || !event) return;
  const without = event.channels.filter((one) => one !== name);
  changeEvent({ channels: without.length < event.channels.length ? without : [...event.channels, name] });
}

function show() {
  const { draft } = current();
  const item = chosenItem();
  const recording = shownRecording();
  const event = draft ?? item?.event;
  byId("event", HTMLFormElement).hidden = !event;
  byId("no-event", HTMLParagraphElement).hidden = event !== undefined || !current().session;
  if (!event || !recording) return;
  showVerdict(item);
  byId("event-of", HTMLElement).textContent = `${clock(recording, event.onset)} · ${shortTitle(recording)}`;
  byId("event-of", HTMLElement).title = recording.title;
  byId("kept", HTMLElement).textContent = item ? keptWords(item) : "";
  showNumber(byId("onset", HTMLInputElement), event.onset);
  showNumber(byId("end", HTMLInputElement), endOf(event));
  byId("lasts", HTMLOutputElement).value = lasting(event.duration);
  const types = [...new Set([...(current().session?.event_types ?? []), event.type])];
  fillSelect(byId("type", HTMLSelectElement), types.map((value) => ({ value, words: typeLabel(value) })), event.type);
  const comment = byId("comment", HTMLTextAreaElement);
  comment.disabled = item === null;
  if (document.activeElement !== comment) comment.value = item?.comment ?? "";
  showChannels(event);
  byId("proposed", HTMLElement).replaceChildren(...proposedWords(item, event));
}

/** @param {Item | null} item */
function showVerdict(item) {
  const isDraft = current().draft !== null;
  const verdict = isDraft ? "draft" : (item?.verdict ?? "undecided");
  byId("event-mark", SVGUseElement).setAttribute("href", `#mark-${verdict}`);
  byId("event", HTMLFormElement).dataset.verdict = verdict;
  byId("event-verdict", HTMLElement).textContent = isDraft ? (item ? "Moving the edges" : "New event") : VERDICTS[item?.verdict ?? "undecided"];
  byId("accept", HTMLButtonElement).setAttribute("aria-pressed", String(item?.verdict === "accepted"));
  byId("reject", HTMLButtonElement).setAttribute("aria-pressed", String(item?.verdict === "rejected"));
  byId("reject-word", HTMLElement).textContent = !item || isOwn(item) ? "Remove" : "Reject";
  byId("edit-word", HTMLElement).textContent = isDraft ? "Keep" : "Edges";
  byId("edit-key", HTMLElement).textContent = isDraft ? "↵" : "e";
  byId("edit-hint", HTMLElement).hidden = !isDraft;
}

/**
 * @param {HTMLInputElement} input
 * @param {number} value
 */
function showNumber(input, value) {
  const words = String(Math.round(value * 100) / 100);
  if (input.value !== words && document.activeElement !== input) input.value = words;
}

/** @param {EegEvent} event */
function showChannels(event) {
  const chips = byId("chips", HTMLDivElement);
  const names = [...new Set([...event.channels, ...channelsToChoose(event)])].sort(byPlace(channelsToChoose(event)));
  if (names.join() !== Array.from(chips.children, (one) => one.textContent).join()) {
    chips.replaceChildren(...names.map((value) => make("button", { type: "button", class: "chip", value }, value)));
  }
  for (const chip of chips.children) {
    chip.setAttribute("aria-pressed", String(event.channels.includes(chip.textContent ?? "")));
  }
  byId("leads-word", HTMLElement).textContent = event.channels.length === 0 ? "all, or not said" : event.channels.join(", ");
}

/**
 * The channels that an event can have: the leads of the detector where they are known, else those of the file.
 * @param {EegEvent} event
 */
function channelsToChoose(event) {
  const { reasons, recording } = current();
  if (reasons && recording !== null) leadsOfDetector.set(recording, reasons.leads);
  const recorded = shownRecording()?.channels ?? [];
  const known = leadsOfDetector.get(recording ?? "");
  if (event.channels.length === 0) return known ?? recorded;
  if (event.channels.every((name) => recorded.includes(name))) return recorded;
  return known ?? event.channels;
}

/** @param {string[]} names */
function byPlace(names) {
  const at = (/** @type {string} */ name) => (names.includes(name) ? names.indexOf(name) : names.length);
  return (/** @type {string} */ a, /** @type {string} */ b) => at(a) - at(b);
}

/**
 * What was proposed, where it is not what stands now.
 * @param {Item | null} item
 * @param {EegEvent} event
 * @returns {(Node | string)[]}
 */
function proposedWords(item, event) {
  const proposed = item?.proposed;
  const recording = shownRecording();
  if (!item || !recording) return ["Your own event, not decided yet."];
  const sure = event.confidence === null ? "" : `, confidence ${event.confidence.toFixed(2)}`;
  if (isOwn(item)) return ["Your own event."];
  if (!proposed) return [`Decided earlier${sure}; no longer proposed.`];
  const changes = [
    Math.abs(proposed.onset - event.onset) > 0.005 ? `onset ${proposed.onset.toFixed(1)} s` : "",
    Math.abs(endOf(proposed) - endOf(event)) > 0.005 ? `end ${endOf(proposed).toFixed(1)} s` : "",
    proposed.type !== event.type ? `type ${proposed.type}` : "",
    proposed.channels.join() !== event.channels.join() ? `channels ${proposed.channels.join(", ") || "not said"}` : "",
  ].filter(Boolean);
  const by = `Proposed by ${item.origin}${sure}`;
  return [changes.length > 0 ? `${by}: ${changes.join(", ")}.` : `${by}.`];
}

/**
 * A verdict with its mark, for tables.
 * @param {Item["verdict"]} verdict
 */
export function verdictWithMark(verdict) {
  return make("span", { class: "verdict" }, makeMark(verdict), " ", VERDICTS[verdict]);
}
