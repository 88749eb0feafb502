/** The rows of the overview. */

import { makeColourMap } from "./colour-map.js";
import { currentColours } from "./colours.js";
import { hatch } from "./eeg-ground.js";
import { FONT } from "./eeg-margin.js";
import { markHours } from "./eeg-scale.js";
import { nightX } from "./night-layout.js";
import { clock, endOf, startOfDay } from "./words.js";

/** @typedef {import("./types.js").Night} Night */
/** @typedef {import("./types.js").Summary} Summary */
/** @typedef {import("./eeg-ground.js").Span} Span */
/** @typedef {import("./night-layout.js").NightLayout} NightLayout */
/** @typedef {import("./night-layout.js").NightRow} NightRow */

/** @type {Uint32Array | null} */
let colourMap = null;

/**
 * Draw everything but the window on screen.
 * @param {CanvasRenderingContext2D} brush in CSS pixels
 * @param {NightLayout} layout
 * @param {Summary} recording
 * @param {Night | null} night
 * @param {HTMLCanvasElement[]} pictures of the DSA, for each side
 * @param {Span[]} spans
 */
export function drawNight(brush, layout, recording, night, pictures, spans) {
  brush.clearRect(0, 0, layout.width, layout.height);
  const { ink, grid } = currentColours();
  drawAxis(brush, layout, recording);
  for (const row of layout.rows) {
    brush.fillStyle = ink;
    brush.font = `11px ${FONT}`;
    brush.textAlign = "right";
    brush.textBaseline = "middle";
    brush.fillText(row.label, layout.left - 8, row.top + row.height / 2);
    if (row.kind === "events") drawEvents(brush, layout, row, spans);
    if (night && row.kind === "probability") drawProbability(brush, layout, row, night.header);
    if (night && row.kind === "artefacts") drawShares(brush, layout, row, night.header);
    if (night && row.kind === "lineLength") drawLineLength(brush, layout, row, night.header);
    if (night && row.kind === "dsa") drawDsa(brush, layout, row, night, pictures[row.side]);
    brush.strokeStyle = grid;
    brush.lineWidth = 1;
    brush.strokeRect(layout.left - 0.5, row.top - 0.5, layout.right - layout.left + 1, row.height + 1);
  }
  for (const [start, stop] of recording.gaps) drawGap(brush, layout, start, stop);
}

/**
 * Spectra as pictures, one column a column; made once a night.
 * @param {Night} night
 * @returns {HTMLCanvasElement[]} for each side
 */
export function paintSpectra({ header, dsa }) {
  colourMap ??= makeColourMap();
  const map = colourMap;
  const { n_columns: width } = header;
  const height = header.dsa.frequencies.length;
  return header.dsa.sides.map((_, side) => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, width);
    canvas.height = Math.max(1, height);
    const image = new ImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < height; i++) {
      const from = (side * height + i) * width;
      const to = (height - 1 - i) * width;
      for (let x = 0; x < width; x++) pixels[to + x] = map[dsa[from + x]];
    }
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    return canvas;
  });
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {Summary} recording
 */
function drawAxis(brush, layout, recording) {
  const { ink, grid } = currentColours();
  const marks = markHours(layout.duration, layout.right - layout.left, startOfDay(recording) ?? 0);
  const bottom = layout.bottom;
  const isShort = layout.duration < 900;
  brush.textBaseline = "top";
  brush.textAlign = "center";
  brush.lineWidth = 1;
  for (const { at, major } of marks) {
    const x = Math.round(nightX(layout, at)) + 0.5;
    brush.strokeStyle = grid;
    brush.beginPath();
    brush.moveTo(x, 0);
    brush.lineTo(x, bottom + 3);
    brush.stroke();
    brush.fillStyle = ink;
    brush.font = `${major ? 600 : 400} 11px ${FONT}`;
    const words = clock(recording, at + 1e-4);
    if (x > layout.left - 10) brush.fillText(isShort ? words : words.replace(/:\d\d$/, ""), x, bottom + 5);
  }
}

/**
 * Events are at least two pixels wide, so that none is too short to be seen; undecided ones lie on top.
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {Span[]} spans
 */
function drawEvents(brush, layout, row, spans) {
  const colours = currentColours();
  const order = ["rejected", "accepted", "undecided", "draft"];
  for (const verdict of order) {
    for (const { event, verdict: own, isChosen, isProvisional } of spans) {
      if (own !== verdict) continue;
      const x = nightX(layout, event.onset);
      const width = Math.max(2, nightX(layout, endOf(event)) - x);
      brush.fillStyle = colours[own];
      brush.globalAlpha = isProvisional ? 0.5 : 1;
      const inset = own === "rejected" ? row.height / 3 : 1;
      brush.fillRect(x, row.top + inset, width, row.height - 2 * inset);
      brush.globalAlpha = 1;
      if (isChosen) drawPointer(brush, x + width / 2, row);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {number} x
 * @param {NightRow} row
 */
function drawPointer(brush, x, row) {
  brush.fillStyle = currentColours().ink;
  brush.beginPath();
  brush.moveTo(x - 5, row.top - 3);
  brush.lineTo(x + 5, row.top - 3);
  brush.lineTo(x, row.top + 4);
  brush.fill();
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {Night["header"]} header
 */
function drawProbability(brush, layout, row, header) {
  const { undecided, ink, gap } = currentColours();
  fillCurve(brush, layout, row, header.probability, header.step, 1, undecided);
  brush.globalAlpha = 0.35;
  shadeMissing(brush, layout, row, header.probability, header.step, gap);
  brush.globalAlpha = 1;
  const { threshold } = header;
  if (typeof threshold === "number") {
    const y = Math.round(row.top + row.height * (1 - threshold)) + 0.5;
    brush.strokeStyle = ink;
    brush.setLineDash([3, 3]);
    brush.beginPath();
    brush.moveTo(layout.left, y);
    brush.lineTo(layout.right, y);
    brush.stroke();
    brush.setLineDash([]);
  }
  writeEnds(brush, layout, row, "1", "0");
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {Night["header"]} header
 */
function drawShares(brush, layout, row, { artefacts, step }) {
  brush.fillStyle = currentColours().artefact;
  artefacts.forEach((share, i) => {
    if (!share) return;
    const x = nightX(layout, i * step);
    brush.globalAlpha = 0.15 + 0.85 * Math.min(1, share);
    brush.fillRect(x, row.top, Math.max(0.5, nightX(layout, (i + 1) * step) - x), row.height);
  });
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {Night["header"]} header
 */
function drawLineLength(brush, layout, row, { line_length: values, step }) {
  const known = values.filter((one) => one !== null).sort((a, b) => a - b);
  if (known.length === 0) return;
  const top = Math.max(1e-9, 1.05 * known[Math.floor(0.998 * (known.length - 1))]);
  fillCurve(brush, layout, row, values, step, top, currentColours().left);
  writeEnds(brush, layout, row, speedWords(top), "");
}

/** @param {number} speed µV/s */
function speedWords(speed) {
  if (speed < 1000) return `${Math.round(speed)} µV/s`;
  return `${(speed / 1000).toFixed(speed < 9950 ? 1 : 0)} mV/s`;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {Night} night
 * @param {HTMLCanvasElement | undefined} picture
 */
function drawDsa(brush, layout, row, { header }, picture) {
  if (!picture) return;
  const width = nightX(layout, header.n_columns * header.step) - layout.left;
  brush.save();
  brush.beginPath();
  brush.rect(layout.left, row.top, layout.right - layout.left, row.height);
  brush.clip();
  brush.imageSmoothingEnabled = true;
  brush.drawImage(picture, layout.left, row.top, width, row.height);
  brush.restore();
  const { frequencies } = header.dsa;
  const [low, high] = [frequencies[0] ?? 0, frequencies.at(-1) ?? 0];
  brush.fillStyle = currentColours().ink;
  brush.font = `10px ${FONT}`;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  const each = row.height / Math.max(1e-9, high - low);
  const step = [5, 10, 15, 20, 30, 50].find((one) => one * each >= 12) ?? 100;
  for (let hertz = Math.ceil(low / step) * step; hertz <= high + 1e-9; hertz += step) {
    const y = Math.round(row.top + row.height - (hertz - low) * each);
    const isTop = hertz + step > high + 1e-9;
    brush.fillRect(layout.right + 1, Math.min(y, row.top + row.height - 1), 3, 1);
    brush.fillText(isTop ? `${hertz} Hz` : String(hertz), layout.right + 7, Math.min(Math.max(y, row.top + 4), row.top + row.height - 3));
  }
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {number} start
 * @param {number} stop
 */
function drawGap(brush, layout, start, stop) {
  const x = nightX(layout, start);
  const width = Math.max(1, nightX(layout, stop) - x);
  brush.fillStyle = currentColours().paper;
  brush.fillRect(x, layout.rows[0].top, width, layout.bottom - layout.rows[0].top);
  hatch(brush, x, layout.rows[0].top, width, layout.bottom - layout.rows[0].top);
}

/**
 * Columns from the foot of the row up to the value.
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {(number | null)[]} values
 * @param {number} step
 * @param {number} top
 * @param {string} colour
 */
function fillCurve(brush, layout, row, values, step, top, colour) {
  brush.fillStyle = colour;
  brush.globalAlpha = 0.75;
  const floor = row.top + row.height;
  const most = new Float32Array(Math.ceil(layout.right - layout.left) + 1);
  values.forEach((value, i) => {
    if (value === null) return;
    const to = Math.floor(nightX(layout, (i + 1) * step) - layout.left - 1e-6);
    for (let x = Math.max(0, Math.floor(nightX(layout, i * step) - layout.left)); x <= to; x++) {
      most[x] = Math.max(most[x], value);
    }
  });
  for (let x = 0; x < layout.right - layout.left; x++) {
    const height = row.height * Math.min(1, most[x] / top);
    if (height > 0) brush.fillRect(layout.left + x, floor - height, 1, height);
  }
  brush.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {(number | null)[]} values
 * @param {number} step
 * @param {string} colour
 */
function shadeMissing(brush, layout, row, values, step, colour) {
  brush.fillStyle = colour;
  values.forEach((value, i) => {
    if (value !== null) return;
    const x = nightX(layout, i * step);
    brush.fillRect(x, row.top + row.height - 2, nightX(layout, (i + 1) * step) - x, 2);
  });
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {NightLayout} layout
 * @param {NightRow} row
 * @param {string} top
 * @param {string} bottom
 */
function writeEnds(brush, layout, row, top, bottom) {
  brush.fillStyle = currentColours().ink;
  brush.font = `10px ${FONT}`;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  brush.fillText(top, layout.right + 7, row.top + 4);
  brush.fillText(bottom, layout.right + 7, row.top + row.height - 4);
}
