/** Where things stand on a page of EEG, in CSS pixels. */

import { roomAbove } from "./lead-names.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").SignalHeader} SignalHeader */

/**
 * @typedef {object} Layout
 * @property {number} width of the canvas
 * @property {number} height
 * @property {number} left edge of the traces
 * @property {number} right
 * @property {number} top
 * @property {number} bottom
 * @property {number} start seconds at the left edge
 * @property {number} seconds across
 * @property {number} spacing from baseline to baseline
 * @property {number[]} baselines y of each lead
 * @property {number} pixelsPerMicrovolt
 */

/** A CSS inch holds 96 pixels. */
export const PIXELS_PER_MM = 96 / 25.4;

/** Height of the lane of the events' labels, and of the footer. */
export const LANE = 20;
export const FOOTER = 28;

const RIGHT = 50;
const ROOM = 0.45;
const EDGE = 0.35;

/**
 * Lay a page out: all leads fill the height, evenly but for a little room between chains.
 * @param {number} width
 * @param {number} height
 * @param {View} view
 * @param {SignalHeader | null} header null while no lead is known
 * @param {number} gutter room for the labels
 * @returns {Layout}
 */
export function layOut(width, height, view, header, gutter) {
  const left = Math.round(gutter);
  const right = Math.max(left + 1, Math.round(width - RIGHT));
  const bottom = Math.max(LANE + 1, height - FOOTER);
  const rooms = header ? roomAbove(header).map((one) => (one ? ROOM : 0)) : [];
  const nRows = rooms.reduce((sum, one) => sum + one, rooms.length + 2 * EDGE);
  const spacing = (bottom - LANE) / nRows;
  let depth = LANE + EDGE * spacing;
  const baselines = rooms.map((room) => {
    depth += (room + 1) * spacing;
    return depth - spacing / 2;
  });
  return {
    width,
    height,
    left,
    right,
    top: LANE,
    bottom,
    start: view.start,
    seconds: view.seconds,
    spacing,
    baselines,
    pixelsPerMicrovolt: PIXELS_PER_MM / view.sensitivity,
  };
}

/**
 * @param {Layout} layout
 * @param {number} seconds
 * @returns {number} x
 */
export function xOf(layout, seconds) {
  return layout.left + ((seconds - layout.start) / layout.seconds) * (layout.right - layout.left);
}

/**
 * @param {Layout} layout
 * @param {number} x
 * @returns {number} seconds
 */
export function secondsAt(layout, x) {
  return layout.start + ((x - layout.left) / (layout.right - layout.left)) * layout.seconds;
}

/**
 * The lead whose baseline is nearest.
 * @param {Layout} layout
 * @param {number} y
 * @returns {number} -1 where there is none
 */
export function leadAt(layout, y) {
  let best = -1;
  layout.baselines.forEach((one, i) => {
    if (best < 0 || Math.abs(one - y) < Math.abs(layout.baselines[best] - y)) best = i;
  });
  return best;
}

/**
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 */
export function isOnTraces(layout, x, y) {
  return x >= layout.left && x <= layout.right && y >= 0 && y <= layout.bottom;
}
