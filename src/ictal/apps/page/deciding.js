/** What a reader can say of an event. Each of these is one decision; the queue brings it to the disk. */

import { chosenItem, current, shownRecording, update } from "./store.js";
import { choose, findUndecided, momentWords, showMoment } from "./navigation.js";
import { isWaiting, newKey, say, sayUndo } from "./queue.js";
import { VERDICTS, endOf, lasting } from "./words.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").EegEvent} EegEvent */
/** @typedef {import("./types.js").Verdict} Verdict */

/** A new event before it has edges of its own, s. */
const NEW_EVENT = 10;

/** The shortest event that edges can be moved to, s. */
const SHORTEST = 0.1;

/** How the names of events begin that readers made on this page. */
const OWN = "own-";

/** What is chosen again when a new event is dropped. @type {string | null} */
let chosenBefore = null;

/**
 * Say of an item how it stands from now on.
 * @param {Item} item
 * @param {{verdict?: Verdict, event?: EegEvent, comment?: string}} parts what changes
 * @param {string} words the same for the reader
 */
function decide(item, { verdict = item.verdict, event = item.event, comment = item.comment }, words) {
  const { recording, name, revision } = item;
  say({ key: newKey(), recording, item: name, revision, verdict, event, comment }, words);
}

/**
 * Accept or reject the chosen event, with the edges that are being changed, and go on to the next undecided one.
 * @param {"accepted" | "rejected"} verdict
 */
export function giveVerdict(verdict) {
  const { draft } = current();
  const item = chosenItem();
  if (!item) {
    if (draft && verdict === "accepted") keepDraft();
    else if (draft) dropDraft();
    else update({ said: "No event is chosen" });
    return;
  }
  const said = verdict === "rejected" && isOwn(item) ? "withdrawn" : verdict;
  const next = findUndecided();
  const event = draft ?? item.event;
  const last = next ? "" : "; all done";
  decide(item, { verdict: said, event }, `${VERDICTS[said]}: ${eventWords(event)}${last}`);
  update({ draft: null });
  if (next) choose(next);
  else if (said === "withdrawn") update({ item: null, reasons: null });
}

/** Begin to move the edges of the chosen event. */
export function editEdges() {
  const item = chosenItem();
  if (item) update({ draft: { ...item.event }, said: "Edges: arrows move the onset, with shift the end; Enter keeps" });
  else update({ said: "No event is chosen" });
}

/** Begin a new event in the middle of the page. */
export function newEvent() {
  const recording = shownRecording();
  if (!recording) return;
  const { start, seconds } = current().view;
  const duration = Math.min(NEW_EVENT, seconds / 2, recording.duration);
  const middle = Math.min(start + seconds / 2, recording.duration - duration / 2);
  const onset = round(Math.max(0, middle - duration / 2));
  chosenBefore = current().item ?? chosenBefore;
  const draft = { onset, duration: round(duration), type: "sz", confidence: null, channels: [] };
  update({ item: null, reasons: null, draft, said: "New event: arrows move the onset, with shift the end; Enter keeps" });
}

/** @param {number} seconds */
export function moveOnset(seconds) {
  const { draft } = current();
  if (draft) setEdges(draft.onset + seconds, endOf(draft));
}

/** @param {number} seconds */
export function moveEnd(seconds) {
  const { draft } = current();
  if (draft) setEdges(draft.onset, endOf(draft) + seconds);
}

/**
 * Put the edges of the draft somewhere, within the recording and in order.
 * @param {number} onset
 * @param {number} end
 */
export function setEdges(onset, end) {
  const { draft } = current();
  const duration = shownRecording()?.duration ?? Infinity;
  if (!draft || Number.isNaN(onset) || Number.isNaN(end)) return;
  const first = round(Math.min(Math.max(0, onset), duration - SHORTEST));
  const last = round(Math.min(Math.max(first + SHORTEST, end), duration));
  update({ draft: { ...draft, onset: first, duration: round(last - first) } });
  const seen = onset !== draft.onset ? first : last;
  const { start, seconds } = current().view;
  if (seen < start || seen > start + seconds) showMoment(seen);
  update({ said: `${momentWords(first)}, ${lasting(last - first)}` });
}

/** Keep the edges that are being changed; a new event is accepted with it, since the reader made it. */
export function keepDraft() {
  const { draft, recording } = current();
  const item = chosenItem();
  if (!draft || recording === null) return;
  if (item) {
    decide(item, { event: draft }, `Edges: ${eventWords(draft)}`);
  } else {
    const key = newKey();
    const name = `${OWN}${key.slice(0, 12)}`;
    say({ key, recording, item: name, revision: 0, verdict: "accepted", event: draft, comment: "" }, `New event: ${eventWords(draft)}`);
    update({ item: name });
  }
  chosenBefore = null;
  update({ draft: null });
}

/** Leave the edges as they were; a new event goes away. */
export function dropDraft() {
  if (!current().draft) return;
  update({ draft: null, item: current().item ?? chosenBefore, said: "Dropped" });
  chosenBefore = null;
}

/**
 * Change the chosen event, or the draft, in its type, channels or comment; the verdict stays.
 * @param {Partial<EegEvent>} parts
 */
export function changeEvent(parts) {
  const { draft } = current();
  const item = chosenItem();
  if (draft) update({ draft: { ...draft, ...parts } });
  else if (item) decide(item, { event: { ...item.event, ...parts } }, changeWords(parts));
}

/** @param {string} comment */
export function changeComment(comment) {
  const item = chosenItem();
  if (item && item.comment !== comment) decide(item, { comment }, "Comment");
}

/** Take back the last decision. */
export function undo() {
  if (current().draft) {
    dropDraft();
    return;
  }
  update({ said: "Taking back the last decision" });
  sayUndo();
}

/**
 * Say again, of the item as it is now, what was said of it as it was before.
 * @param {import("./types.js").DecisionRequest} mine
 * @param {Item} there
 */
export function sayAgain(mine, there) {
  const { verdict, event, comment } = mine;
  decide(there, { verdict, event, comment }, `Said again: ${VERDICTS[verdict].toLowerCase()}, ${eventWords(event)}`);
}

/**
 * Show what a taking back has brought back.
 * @param {Item} item
 */
export function showUndone(item) {
  if (item.verdict === "withdrawn") update({ item: null, reasons: null, said: "Taken back: the event is gone" });
  else {
    choose(item);
    update({ said: `Taken back: ${eventWords(item.event)} is ${VERDICTS[item.verdict].toLowerCase()} again` });
  }
}

/**
 * Whether a reader made an item: such a one is taken back, not rejected.
 * @param {Item} item
 */
export function isOwn(item) {
  return item.proposed === null && item.name.startsWith(OWN);
}

/**
 * Whether an item is on disk as it is shown, in words.
 * @param {Item} item
 */
export function keptWords(item) {
  if (isWaiting(item)) return "saving…";
  return item.revision > 0 ? "saved" : "";
}

/** @param {Partial<EegEvent>} parts */
function changeWords({ type, channels }) {
  return type !== undefined ? `Type ${type}` : `Channels ${channels?.join(", ") || "not said"}`;
}

/** @param {EegEvent} event */
function eventWords(event) {
  return `${event.type} at ${momentWords(event.onset)}, ${lasting(event.duration)}`;
}

/** @param {number} seconds to a hundredth */
function round(seconds) {
  return Math.round(seconds * 100) / 100;
}
