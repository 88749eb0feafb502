/** What lies in front of the traces and follows the pointer: cursor, measure, handles of the event that is changed. */

import { currentColours } from "./colours.js";
import { LANE, xOf } from "./eeg-layout.js";
import { FONT } from "./eeg-margin.js";
import { measureWords } from "./eeg-readout.js";
import { endOf } from "./words.js";

/** @typedef {import("./eeg-layout.js").Layout} Layout */
/** @typedef {{x0: number, y0: number, x1: number, y1: number}} Box */

/**
 * @typedef {object} Front
 * @property {{x: number, y: number} | null} cursor
 * @property {string[]} readout
 * @property {Box | null} measure
 * @property {import("./types.js").EegEvent | null} draft
 */

/** Width of a handle, which is also how near the pointer must be. */
export const HANDLE = 14;

const PAD = 6;
const LINE = 15;

/**
 * Draw what lies in front.
 * @param {CanvasRenderingContext2D} brush in CSS pixels
 * @param {Layout} layout
 * @param {Front} front
 */
export function drawFront(brush, layout, { cursor, readout, measure, draft }) {
  brush.clearRect(0, 0, layout.width, layout.height);
  if (draft) {
    for (const edge of new Set([draft.onset, endOf(draft)])) drawHandle(brush, layout, xOf(layout, edge));
  }
  if (measure) drawMeasure(brush, layout, measure);
  if (cursor && !measure) drawCursor(brush, layout, cursor, readout);
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {number} x
 */
function drawHandle(brush, layout, x) {
  if (x < layout.left - 1 || x > layout.right + 1) return;
  const { draft, paper } = currentColours();
  const middle = (LANE + layout.bottom) / 2;
  brush.fillStyle = draft;
  brush.beginPath();
  brush.roundRect(x - HANDLE / 2, middle - 22, HANDLE, 44, 5);
  brush.fill();
  brush.strokeStyle = paper;
  brush.lineWidth = 1.5;
  brush.beginPath();
  for (const dx of [-2.5, 2.5]) {
    brush.moveTo(x + dx, middle - 9);
    brush.lineTo(x + dx, middle + 9);
  }
  brush.stroke();
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {{x: number, y: number}} cursor
 * @param {string[]} readout
 */
function drawCursor(brush, layout, { x, y }, readout) {
  brush.strokeStyle = currentColours().ink;
  brush.globalAlpha = 0.6;
  brush.lineWidth = 1;
  brush.beginPath();
  brush.moveTo(Math.round(x) + 0.5, LANE);
  brush.lineTo(Math.round(x) + 0.5, layout.bottom);
  brush.stroke();
  brush.globalAlpha = 1;
  drawNote(brush, layout, readout, x, y);
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Box} box
 */
function drawMeasure(brush, layout, box) {
  const { ink } = currentColours();
  const [left, right] = [Math.min(box.x0, box.x1), Math.max(box.x0, box.x1)];
  brush.fillStyle = ink;
  brush.globalAlpha = 0.07;
  brush.fillRect(left, LANE, right - left, layout.bottom - LANE);
  brush.globalAlpha = 0.8;
  brush.strokeStyle = ink;
  brush.lineWidth = 1;
  brush.beginPath();
  for (const x of [left, right]) {
    brush.moveTo(x, LANE);
    brush.lineTo(x, layout.bottom);
  }
  brush.moveTo(left, box.y0);
  brush.lineTo(right, box.y0);
  brush.moveTo(left, box.y1);
  brush.lineTo(right, box.y1);
  brush.stroke();
  brush.globalAlpha = 1;
  drawNote(brush, layout, measureWords(layout, box), box.x1, box.y1);
}

/**
 * A few words beside a point, where there is room for them.
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {string[]} lines
 * @param {number} x
 * @param {number} y
 */
function drawNote(brush, layout, lines, x, y) {
  if (lines.length === 0) return;
  const { ink, paper, grid } = currentColours();
  brush.font = `12px ${FONT}`;
  const width = Math.max(...lines.map((one) => brush.measureText(one).width)) + 2 * PAD;
  const height = lines.length * LINE + PAD;
  const left = x + 12 + width > layout.right ? x - 12 - width : x + 12;
  const top = Math.min(Math.max(LANE + 2, y - height - 10), layout.bottom - height - 2);
  brush.beginPath();
  brush.roundRect(left, top, width, height, 4);
  brush.fillStyle = paper;
  brush.globalAlpha = 0.92;
  brush.fill();
  brush.globalAlpha = 1;
  brush.strokeStyle = grid;
  brush.lineWidth = 1;
  brush.stroke();
  brush.fillStyle = ink;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  lines.forEach((one, i) => brush.fillText(one, left + PAD, top + PAD / 2 + (i + 0.5) * LINE));
}
