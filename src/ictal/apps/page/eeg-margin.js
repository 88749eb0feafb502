/** What stands around the traces: labels of leads, times, scales. */

import { currentColours } from "./colours.js";
import { xOf } from "./eeg-layout.js";
import { amountWords, markTime, roundAmount } from "./eeg-scale.js";
import { softnessOf } from "./lead-names.js";
import { clock, elapsed, startOfDay } from "./words.js";

/** @typedef {import("./eeg-layout.js").Layout} Layout */
/** @typedef {import("./types.js").SignalHeader} SignalHeader */
/** @typedef {import("./eeg-ground.js").Ground} Ground */

export const FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

/**
 * Draw all that stands around the traces.
 * @param {CanvasRenderingContext2D} brush in CSS pixels
 * @param {Layout} layout
 * @param {Ground} ground
 */
export function drawMargin(brush, layout, ground) {
  drawTimes(brush, layout, ground);
  if (ground.header) drawLabels(brush, layout, ground.header, ground.view.colours);
  drawScale(brush, layout, ground.view.sensitivity);
}

/**
 * The colour of a lead.
 * @param {SignalHeader} header
 * @param {number} lead
 * @param {boolean} byHemisphere
 * @returns {string}
 */
export function colourOfLead(header, lead, byHemisphere) {
  const colours = currentColours();
  const side = header.hemispheres[lead];
  return byHemisphere && side ? colours[side] : colours.ink;
}

/**
 * The room that the labels of leads need.
 * @param {CanvasRenderingContext2D} brush
 * @param {string[]} leads
 * @returns {number}
 */
export function measureGutter(brush, leads) {
  brush.font = `600 12px ${FONT}`;
  return Math.min(150, Math.max(66, ...leads.map((one) => brush.measureText(labelOf(one)).width + 18)));
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Ground} ground
 */
function drawTimes(brush, layout, { recording, view }) {
  const { ink } = currentColours();
  const marks = markTime(view.start, view.seconds, layout.right - layout.left, startOfDay(recording) ?? 0);
  brush.fillStyle = ink;
  brush.textBaseline = "top";
  brush.textAlign = "center";
  const decimals = view.seconds <= 2 ? 1 : 0;
  for (const { at, weight, labelled } of marks) {
    const x = xOf(layout, at);
    if (!labelled || x > layout.right - 20 || x < layout.left + 20) continue;
    brush.font = `${weight > 0 ? 600 : 400} 11px ${FONT}`;
    brush.fillText(clock(recording, at + 1e-4, decimals), x, layout.bottom + 4);
  }
  brush.font = `11px ${FONT}`;
  brush.textAlign = "left";
  brush.globalAlpha = 0.8;
  brush.fillText(`+${elapsed(view.start + 1e-4)}`, 6, layout.bottom + 4);
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {SignalHeader} header
 * @param {boolean} byHemisphere
 */
function drawLabels(brush, layout, header, byHemisphere) {
  const size = Math.max(8, Math.min(12, layout.spacing * 0.9));
  brush.font = `600 ${size}px ${FONT}`;
  brush.textBaseline = "middle";
  brush.textAlign = "left";
  const every = Math.ceil(8 / layout.spacing);
  header.leads.forEach((lead, i) => {
    if (i % every !== 0) return;
    brush.fillStyle = colourOfLead(header, i, byHemisphere);
    brush.fillText(labelOf(lead), 6, layout.baselines[i], layout.left - 8);
  });
}

/** @param {string} lead */
function labelOf(lead) {
  const softness = softnessOf(lead);
  return softness === 1 ? lead : `${lead} ÷${softness}`;
}

/**
 * The bar of amplitude and of time, and which way is up.
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {number} sensitivity
 */
function drawScale(brush, layout, sensitivity) {
  const { ink } = currentColours();
  const microvolts = roundAmount(Math.min(80, layout.bottom - layout.top), layout.pixelsPerMicrovolt);
  const height = microvolts * layout.pixelsPerMicrovolt;
  const each = (layout.right - layout.left) / layout.seconds;
  const seconds = roundAmount(34, each);
  const x = layout.right + 7;
  const y = layout.bottom - 20;
  brush.strokeStyle = ink;
  brush.lineWidth = 1.5;
  brush.beginPath();
  brush.moveTo(x, y - height);
  brush.lineTo(x, y);
  brush.lineTo(x + seconds * each, y);
  brush.stroke();
  brush.fillStyle = ink;
  brush.font = `10px ${FONT}`;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  const [amount, unit] = amountWords(microvolts).split(" ");
  brush.fillText(amount, x + 4, y - height / 2 - 6);
  brush.fillText(unit, x + 4, y - height / 2 + 6);
  brush.textBaseline = "top";
  brush.fillText(seconds >= 1 ? `${seconds} s` : `${Math.round(seconds * 1000)} ms`, x, y + 4);
  brush.textAlign = "right";
  brush.fillText(`${sensitivity} µV/mm · negative up ↑`, layout.width - 6, layout.bottom + 16);
}
