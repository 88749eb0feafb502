/** What the pointer does on the EEG: read, measure, choose, move edges, mark a new event, scroll. */

import { withinRecording } from "./choices.js";
import { HANDLE } from "./eeg-front.js";
import { isOnTraces, secondsAt, xOf } from "./eeg-layout.js";
import { current, shownItems, shownRecording, update, updateView } from "./store.js";
import { endOf } from "./words.js";

/** @typedef {import("./eeg-layout.js").Layout} Layout */
/** @typedef {import("./eeg-front.js").Box} Box */

/**
 * @typedef {object} Pointer
 * @property {{x: number, y: number} | null} cursor
 * @property {Box | null} measure
 */

/** @typedef {{what: "edge" | "span" | "measure", fixed: number, x: number, y: number, moved: boolean}} Drag */

const SHORTEST = 0.05;
const STILL = 3;

/**
 * Follow the pointer over the EEG.
 * @param {HTMLElement} element
 * @param {() => Layout} layoutNow
 * @param {() => void} changed called when cursor or measure are others
 * @returns {Pointer}
 */
export function followPointer(element, layoutNow, changed) {
  /** @type {Pointer} */
  const pointer = { cursor: null, measure: null };
  /** @type {Drag | null} */
  let drag = null;

  const placeOf = (/** @type {MouseEvent} */ event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left - element.clientLeft, y: event.clientY - box.top - element.clientTop };
  };

  element.addEventListener("pointerdown", (event) => {
    const { x, y } = placeOf(event);
    if (event.button !== 0 || !isOnTraces(layoutNow(), x, y) || !shownRecording()) return;
    element.setPointerCapture(event.pointerId);
    drag = { ...beginDrag(layoutNow(), x), x, y, moved: false };
    pointer.measure = null;
    changed();
  });
  element.addEventListener("pointermove", (event) => {
    const { x, y } = placeOf(event);
    const layout = layoutNow();
    pointer.cursor = drag || isOnTraces(layout, x, y) ? { x: clampX(layout, x), y } : null;
    if (drag) goOn(drag, layout, clampX(layout, x), y);
    if (drag?.moved && drag.what === "measure") pointer.measure = { x0: drag.x, y0: drag.y, x1: clampX(layout, x), y1: y };
    element.style.cursor = shapeOf(layout, x, y, drag);
    changed();
  });
  element.addEventListener("pointerup", (event) => {
    const { x } = placeOf(event);
    if (drag && !drag.moved && drag.what === "measure") chooseAt(layoutNow(), x);
    drag = null;
    changed();
  });
  element.addEventListener("pointercancel", () => (drag = null));
  element.addEventListener("pointerleave", () => {
    pointer.cursor = null;
    changed();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !pointer.measure) return;
    pointer.measure = null;
    event.stopPropagation();
    changed();
  });
  element.addEventListener("wheel", (event) => scroll(event, layoutNow()), { passive: false });
  return pointer;
}

/**
 * @param {Layout} layout
 * @param {number} x
 * @returns {Pick<Drag, "what" | "fixed">}
 */
function beginDrag(layout, x) {
  const { draft, item } = current();
  if (draft) {
    const edge = edgeNear(layout, x);
    if (edge !== null) return { what: "edge", fixed: edge === draft.onset ? endOf(draft) : draft.onset };
    if (item === null) return { what: "span", fixed: secondsAt(layout, x) };
  }
  return { what: "measure", fixed: 0 };
}

/**
 * @param {Drag} drag
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 */
function goOn(drag, layout, x, y) {
  if (Math.abs(x - drag.x) > STILL || Math.abs(y - drag.y) > STILL) drag.moved = true;
  const { draft } = current();
  if (!drag.moved || drag.what === "measure" || !draft) return;
  const duration = shownRecording()?.duration ?? 0;
  const at = Math.min(Math.max(0, secondsAt(layout, x)), duration);
  const onset = hundredths(Math.min(at, drag.fixed));
  const stop = hundredths(Math.max(at, drag.fixed));
  update({ draft: { ...draft, onset, duration: hundredths(Math.max(SHORTEST, stop - onset)) } });
}

/** @param {number} seconds */
function hundredths(seconds) {
  return Math.round(seconds * 100) / 100;
}

/**
 * The edge of the draft that the pointer is on.
 * @param {Layout} layout
 * @param {number} x
 * @returns {number | null} seconds
 */
function edgeNear(layout, x) {
  const { draft } = current();
  if (!draft) return null;
  const edges = [draft.onset, endOf(draft)].map((at) => ({ at, off: Math.abs(xOf(layout, at) - x) }));
  const nearest = edges[0].off < edges[1].off ? edges[0] : edges[1];
  return nearest.off <= HANDLE / 2 + 2 ? nearest.at : null;
}

/**
 * A click on an event chooses it; the page stays where it is.
 * @param {Layout} layout
 * @param {number} x
 */
function chooseAt(layout, x) {
  const seconds = secondsAt(layout, x);
  const under = shownItems().filter(({ event }) => event.onset <= seconds && seconds <= endOf(event));
  const shortest = under.sort((a, b) => a.event.duration - b.event.duration)[0];
  if (!shortest || current().draft || shortest.name === current().item) return;
  update({ item: shortest.name, reasons: null });
}

/**
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @param {Drag | null} drag
 */
function shapeOf(layout, x, y, drag) {
  if (drag?.what === "edge" || (isOnTraces(layout, x, y) && edgeNear(layout, x) !== null)) return "ew-resize";
  return isOnTraces(layout, x, y) ? "crosshair" : "default";
}

/**
 * @param {Layout} layout
 * @param {number} x
 */
function clampX(layout, x) {
  return Math.min(Math.max(x, layout.left), layout.right);
}

/**
 * Sideways, or with shift, the wheel moves through the recording as far as the fingers move.
 * @param {WheelEvent} event
 * @param {Layout} layout
 */
function scroll(event, layout) {
  const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (event.ctrlKey || Math.abs(across) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
  event.preventDefault();
  const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? across : across * 40;
  const { start, seconds } = current().view;
  const moved = (pixels / (layout.right - layout.left)) * seconds;
  updateView({ start: withinRecording(start + moved, seconds) });
}
