/** What lies behind the traces: marks of time, gaps, artefacts, reasons, events, and the labels around them. */

import { currentColours } from "./colours.js";
import { LANE, xOf } from "./eeg-layout.js";
import { FONT } from "./eeg-margin.js";
import { markTime } from "./eeg-scale.js";
import { leadsWith, reasonsOf } from "./lead-names.js";
import { endOf, startOfDay } from "./words.js";

/** @typedef {import("./eeg-layout.js").Layout} Layout */
/** @typedef {import("./types.js").SignalHeader} SignalHeader */
/** @typedef {import("./types.js").EegEvent} EegEvent */

/**
 * @typedef {object} Span An event to draw.
 * @property {EegEvent} event
 * @property {"accepted" | "rejected" | "undecided" | "draft"} verdict
 * @property {boolean} isChosen
 * @property {boolean} isProvisional of a run that is under way
 */

/**
 * @typedef {object} Ground What is known of the page on screen.
 * @property {import("./types.js").Summary} recording
 * @property {import("./types.js").View} view
 * @property {SignalHeader | null} header
 * @property {SignalHeader["artefacts"]} artefacts
 * @property {Span[]} spans
 * @property {import("./types.js").Reasons | null} reasons
 */

/** Signs of the verdicts, so that colour is not all that tells them. */
export const SIGNS = { accepted: "✓", rejected: "✕", undecided: "?", draft: "✎" };

/**
 * Draw all that lies behind the traces.
 * @param {CanvasRenderingContext2D} brush in CSS pixels
 * @param {Layout} layout
 * @param {Ground} ground
 */
export function drawGround(brush, layout, ground) {
  brush.clearRect(0, 0, layout.width, layout.height);
  brush.save();
  brush.beginPath();
  brush.rect(layout.left, 0, layout.right - layout.left, layout.height);
  brush.clip();
  const shaded = ground.view.reasons ? ground.reasons : null;
  for (const span of ground.spans) drawSpan(brush, layout, span, shaded !== null);
  if (shaded && ground.header) drawReasons(brush, layout, shaded, ground.header);
  if (ground.header) drawArtefacts(brush, layout, ground.artefacts, ground.header.leads);
  drawMarks(brush, layout, ground);
  for (const gap of ground.recording.gaps) drawGap(brush, layout, gap);
  drawOutside(brush, layout, ground.recording.duration);
  for (const span of ground.spans) drawEdges(brush, layout, span);
  drawSpanLabels(brush, layout, ground.spans);
  brush.restore();
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Span} span
 * @param {boolean} hasReasons that are shaded on the chosen one
 */
function drawSpan(brush, layout, { event, verdict, isChosen, isProvisional }, hasReasons) {
  const [x0, x1] = [xOf(layout, event.onset), xOf(layout, endOf(event))];
  if (x1 < layout.left || x0 > layout.right) return;
  brush.globalAlpha = isProvisional || (isChosen && hasReasons) ? 0.05 : isChosen ? 0.13 : 0.09;
  brush.fillStyle = currentColours()[verdict];
  brush.fillRect(x0, LANE, Math.max(1, x1 - x0), layout.bottom - LANE);
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Span} span
 */
function drawEdges(brush, layout, { event, verdict, isChosen, isProvisional }) {
  brush.strokeStyle = currentColours()[verdict];
  brush.lineWidth = isChosen ? 2 : 1;
  brush.setLineDash(isProvisional ? [4, 4] : []);
  brush.beginPath();
  for (const edge of [event.onset, endOf(event)]) {
    const x = xOf(layout, edge);
    if (x < layout.left - 1 || x > layout.right + 1) continue;
    brush.moveTo(x, 2);
    brush.lineTo(x, layout.bottom);
  }
  brush.stroke();
  brush.setLineDash([]);
}

/**
 * Labels in the lane on top; one that has no room left of its neighbour is left out, the chosen one never.
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Span[]} spans
 */
function drawSpanLabels(brush, layout, spans) {
  brush.textBaseline = "middle";
  brush.textAlign = "left";
  /** @type {[number, number][]} */
  const taken = [];
  const chosenFirst = [...spans].sort((a, b) => Number(b.isChosen) - Number(a.isChosen));
  for (const span of chosenFirst) {
    const { event, verdict, isChosen } = span;
    if (endOf(event) < layout.start || event.onset > layout.start + layout.seconds) continue;
    brush.font = `600 11px ${FONT}`;
    const words = labelWords(span, layout);
    const width = brush.measureText(words).width + 12;
    const wanted = Math.max(xOf(layout, event.onset), layout.left) + 1;
    const x = Math.max(layout.left + 1, Math.min(wanted, layout.right - width - 1));
    if (taken.some(([from, to]) => x < to && x + width > from)) continue;
    taken.push([x, x + width + 3]);
    drawChip(brush, words, x, 2, width, LANE - 4, currentColours()[verdict], isChosen);
  }
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {string} colour
 * @param {boolean} isFilled
 */
function drawChip(brush, words, x, y, width, height, colour, isFilled) {
  const { paper } = currentColours();
  brush.beginPath();
  brush.roundRect(x, y, width, height, 3);
  brush.fillStyle = isFilled ? colour : paper;
  brush.fill();
  brush.strokeStyle = colour;
  brush.lineWidth = 1;
  brush.stroke();
  brush.fillStyle = isFilled ? paper : colour;
  brush.fillText(words, x + 6, y + height / 2 + 0.5);
}

/**
 * @param {Span} span
 * @param {Layout} layout
 * @returns {string}
 */
function labelWords({ event, verdict, isProvisional }, layout) {
  const before = event.onset < layout.start ? "◂ " : "";
  const after = endOf(event) > layout.start + layout.seconds ? " ▸" : "";
  const sure = event.confidence === null ? "" : ` ${event.confidence.toFixed(2)}`;
  const sign = isProvisional ? "…" : SIGNS[verdict];
  return `${before}${sign} ${event.type}${sure}${after}`;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {import("./types.js").Reasons} reasons
 * @param {SignalHeader} header
 */
function drawReasons(brush, layout, reasons, header) {
  const { start, step } = reasons.seconds;
  const amounts = reasonsOf(reasons, header.leads);
  brush.fillStyle = currentColours().reason;
  amounts.forEach((row, lead) => {
    const y = layout.baselines[lead] - layout.spacing / 2;
    row.forEach((amount, i) => {
      const x0 = xOf(layout, start + i * step);
      const x1 = xOf(layout, start + (i + 1) * step);
      if (x1 < layout.left || x0 > layout.right || amount < 0.04) return;
      brush.globalAlpha = 0.55 * Math.min(1, amount);
      brush.fillRect(x0, y, x1 - x0, layout.spacing);
    });
  });
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {SignalHeader["artefacts"]} artefacts
 * @param {string[]} leads
 */
function drawArtefacts(brush, layout, artefacts, leads) {
  const { artefact } = currentColours();
  brush.fillStyle = artefact;
  brush.globalAlpha = 0.15;
  for (const { start, stop, lead } of artefacts) {
    const x0 = Math.max(layout.left, xOf(layout, start));
    const x1 = Math.min(layout.right, xOf(layout, stop));
    if (x1 <= x0) continue;
    for (const i of leadsWith(leads, lead)) {
      const y = layout.baselines[i] - layout.spacing / 2;
      brush.fillRect(x0, y, x1 - x0, layout.spacing);
      hatch(brush, x0, y, x1 - x0, layout.spacing, artefact, -1);
    }
  }
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {Ground} ground
 */
function drawMarks(brush, layout, { recording, view }) {
  const marks = markTime(view.start, view.seconds, layout.right - layout.left, startOfDay(recording) ?? 0);
  brush.strokeStyle = currentColours().grid;
  for (const weight of [0, 1, 2]) {
    brush.lineWidth = [1, 1.5, 2.5][weight];
    brush.globalAlpha = [0.7, 1, 1][weight];
    brush.beginPath();
    for (const mark of marks) {
      if (mark.weight !== weight) continue;
      const x = Math.round(xOf(layout, mark.at)) + 0.5;
      brush.moveTo(x, LANE);
      brush.lineTo(x, layout.bottom);
    }
    brush.stroke();
  }
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {[number, number]} gap
 */
function drawGap(brush, layout, [start, stop]) {
  const x0 = Math.max(layout.left, xOf(layout, start));
  const x1 = Math.min(layout.right, xOf(layout, stop));
  if (x1 <= x0) return;
  hatch(brush, x0, LANE, x1 - x0, layout.bottom - LANE);
  writeBoxed(brush, "gap", (x0 + x1) / 2, (LANE + layout.bottom) / 2);
}

/**
 * What lies before or after the recording, where a page is longer than it.
 * @param {CanvasRenderingContext2D} brush
 * @param {Layout} layout
 * @param {number} duration
 */
function drawOutside(brush, layout, duration) {
  const x = xOf(layout, duration);
  if (x >= layout.right - 1) return;
  hatch(brush, x, LANE, layout.right - x, layout.bottom - LANE);
  writeBoxed(brush, "end", (x + layout.right) / 2, (LANE + layout.bottom) / 2);
}

/**
 * Slanted lines: rising over what was not recorded, falling over what is no EEG.
 * @param {CanvasRenderingContext2D} brush
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {string} [colour]
 * @param {1 | -1} [way] 1: rising; -1: falling
 */
export function hatch(brush, x, y, width, height, colour = currentColours().gap, way = 1) {
  brush.save();
  brush.beginPath();
  brush.rect(x, y, width, height);
  brush.clip();
  brush.strokeStyle = colour;
  brush.globalAlpha = 0.5;
  brush.lineWidth = 1;
  brush.beginPath();
  for (let at = Math.floor((x - height) / 9) * 9; at < x + width; at += 9) {
    brush.moveTo(at, way > 0 ? y + height : y);
    brush.lineTo(at + height, way > 0 ? y : y + height);
  }
  brush.stroke();
  brush.restore();
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {string} words
 * @param {number} x of the middle
 * @param {number} y
 */
function writeBoxed(brush, words, x, y) {
  const { paper, ink } = currentColours();
  brush.font = `12px ${FONT}`;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  const width = brush.measureText(words).width + 10;
  brush.fillStyle = paper;
  brush.fillRect(x - width / 2, y - 10, width, 20);
  brush.fillStyle = ink;
  brush.fillText(words, x, y);
}
