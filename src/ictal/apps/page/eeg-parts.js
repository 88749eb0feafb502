/** What the EEG and the overview share: their canvases, their words, the events to draw. */

import { currentColours } from "./colours.js";
import { chosenItem, current, shownItems } from "./store.js";

/** @typedef {import("./eeg-ground.js").Span} Span */

/**
 * The events of the recording on screen; the draft takes the place of the item that is changed.
 * @returns {Span[]}
 */
export function spansToDraw() {
  const { draft, item, runs, recording } = current();
  /** @type {Span[]} */
  const spans = [];
  for (const run of runs) {
    if (run.recording !== recording || run.state === "done" || run.state === "failed") continue;
    for (const event of run.events) spans.push({ event, verdict: "undecided", isChosen: false, isProvisional: true });
  }
  for (const one of shownItems()) {
    if (one.verdict === "withdrawn" || (draft && one.name === item)) continue;
    spans.push({ event: one.event, verdict: one.verdict, isChosen: one === chosenItem(), isProvisional: false });
  }
  if (draft) spans.push({ event: draft, verdict: "draft", isChosen: true, isProvisional: false });
  return spans;
}

/**
 * Lay one more canvas over an element.
 * @param {HTMLElement} element
 * @param {string} name
 * @returns {HTMLCanvasElement}
 */
export function addCanvas(element, name) {
  const canvas = document.createElement("canvas");
  canvas.dataset.layer = name;
  canvas.setAttribute("aria-hidden", "true");
  Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%", display: "block" });
  if (getComputedStyle(element).position === "static") element.style.position = "relative";
  element.append(canvas);
  return canvas;
}

/**
 * Prepare the element of the EEG, with a notice for all and a summary for those who do not see it.
 * @param {HTMLElement} element
 */
export function addWords(element) {
  element.style.touchAction = "pan-y";
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  const notice = document.createElement("p");
  Object.assign(notice.style, {
    position: "absolute",
    left: "50%",
    top: "45%",
    transform: "translate(-50%, -50%)",
    margin: "0",
    padding: "4px 12px",
    maxWidth: "80%",
    pointerEvents: "none",
    background: currentColours().paper,
  });
  notice.hidden = true;
  const summary = document.createElement("p");
  summary.id = "eeg-summary";
  Object.assign(summary.style, {
    position: "absolute",
    width: "1px",
    height: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
    margin: "0",
  });
  element.append(notice, summary);
  element.setAttribute("aria-describedby", summary.id);
  return { notice, summary };
}
