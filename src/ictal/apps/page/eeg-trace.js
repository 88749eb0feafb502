/**
 * Traces as pixels. A trace is the height of the signal above each column of pixels, so its outline is known without
 * a path; drawn this way two thousand columns of two dozen leads take a few milliseconds without a graphics card.
 */

import { toRgb } from "./colours.js";

/** @typedef {import("./types.js").SignalPage} SignalPage */

/**
 * @typedef {object} TraceRow
 * @property {number} baseline y of 0 µV, pixels of the canvas
 * @property {string} colour
 * @property {number} pixelsPerMicrovolt
 */

/**
 * @typedef {object} Plot All in pixels of the canvas.
 * @property {number} left
 * @property {number} width
 * @property {number} top nothing is drawn above
 * @property {number} bottom nor below
 * @property {number} start seconds at the left edge
 * @property {number} pixelsPerSecond
 * @property {number} thickness of a line
 */

/** What stands in the data where there is no signal. */
export const NO_SIGNAL = -32768;

/** From this thickness on steep lines are two pixels wide, as they would look thin beside flat ones. */
const BROAD = 1.5;

/** @type {Map<string, number>} */
const inks = new Map();

/** A canvas of traces on a clear ground. */
export class TraceSheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.image = new ImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.low = new Float32Array(1);
    this.high = new Float32Array(1);
  }

  /**
   * Draw pages that lie side by side; where two hold the same time, the earlier one goes on.
   * @param {SignalPage[]} pages
   * @param {TraceRow[]} rows
   * @param {Plot} plot
   */
  draw(pages, rows, plot) {
    const { canvas } = this.brush;
    if (this.image.width !== canvas.width || this.image.height !== canvas.height) {
      this.image = new ImageData(Math.max(1, canvas.width), Math.max(1, canvas.height));
      this.pixels = new Uint32Array(this.image.data.buffer);
    } else {
      this.pixels.fill(0);
    }
    if (this.low.length !== plot.width) {
      this.low = new Float32Array(plot.width);
      this.high = new Float32Array(plot.width);
    }
    rows.forEach((row, lead) => {
      this.low.fill(Infinity);
      this.high.fill(-Infinity);
      let from = -Infinity;
      for (const page of pages) {
        if (lead < page.header.leads.length) outline(page, lead, from, plot, this.low, this.high);
        from = page.header.stop;
      }
      if (plot.thickness >= BROAD) broaden(this.low, this.high);
      this.#fill(row, plot);
    });
    this.brush.putImageData(this.image, 0, 0);
  }

  /**
   * Fill the outline of one lead, with soft ends. A column gets as much ink as the slanted line through it would have.
   * @param {TraceRow} row
   * @param {Plot} plot
   */
  #fill({ baseline, colour, pixelsPerMicrovolt }, { left, width, top: ceiling, bottom: floor, thickness }) {
    const { low, high, pixels } = this;
    const ink = inkOf(colour);
    const full = (0xff000000 | ink) >>> 0;
    const across = this.image.width;
    for (let x = 0; x < width; x++) {
      if (low[x] > high[x]) continue;
      const rise = (high[x] - low[x]) * pixelsPerMicrovolt;
      const pad = (Math.sqrt(thickness * thickness + rise * rise) - rise) / 2;
      const top = Math.max(ceiling, baseline + low[x] * pixelsPerMicrovolt - pad);
      const bottom = Math.min(floor - 0.01, baseline + high[x] * pixelsPerMicrovolt + pad);
      const first = Math.floor(top);
      const last = Math.floor(bottom);
      if (first > last) continue;
      let at = first * across + left + x;
      if (first === last) {
        cover(pixels, at, bottom - top, ink);
        continue;
      }
      cover(pixels, at, first + 1 - top, ink);
      at += across;
      for (let y = first + 1; y < last; y++, at += across) pixels[at] = full;
      cover(pixels, at, bottom - last, ink);
    }
  }
}

/**
 * Lay ink on a pixel, unless there is more on it already.
 * @param {Uint32Array} pixels
 * @param {number} at
 * @param {number} share of the pixel, 0 to 1
 * @param {number} ink
 */
function cover(pixels, at, share, ink) {
  const alpha = (share * 255) | 0;
  if (alpha > pixels[at] >>> 24) pixels[at] = ((alpha << 24) | ink) >>> 0;
}

/**
 * The lowest and the highest µV above each column of pixels, from a page onwards of `from`.
 * @param {SignalPage} page
 * @param {number} lead
 * @param {number} from seconds
 * @param {Plot} plot
 * @param {Float32Array} low
 * @param {Float32Array} high
 */
function outline(page, lead, from, plot, low, high) {
  const { header, data } = page;
  const { n_columns: n, kind } = header;
  const scale = header.scale[lead];
  const step = ((header.stop - header.start) / n) * plot.pixelsPerSecond;
  const offset = (header.start - plot.start) * plot.pixelsPerSecond;
  const first = Math.max(0, Math.ceil(((from - header.start) * plot.pixelsPerSecond) / step - 1e-6), Math.floor(-offset / step) - 1);
  const last = Math.min(n - 1, Math.ceil((plot.width - offset) / step) + 1);
  if (kind === "samples") {
    joinSamples(data, lead * n, first, last, scale, offset, step, low, high, plot.width);
  } else {
    joinColumns(data, lead * n * 2, first, last, scale, offset, step, low, high, plot.width);
  }
}

/**
 * Straight lines from sample to sample.
 * @param {Int16Array} data
 * @param {number} base
 * @param {number} first
 * @param {number} last
 * @param {number} scale
 * @param {number} offset pixel of sample 0
 * @param {number} step pixels from sample to sample
 * @param {Float32Array} low
 * @param {Float32Array} high
 * @param {number} width
 */
function joinSamples(data, base, first, last, scale, offset, step, low, high, width) {
  let before = first > 0 ? data[base + first - 1] : NO_SIGNAL;
  for (let i = first; i <= last; i++) {
    const now = data[base + i];
    const isJoined = before !== NO_SIGNAL;
    const x = offset + i * step;
    if (now !== NO_SIGNAL) {
      const value = now * scale;
      if (isJoined) joinPoints(x - step, before * scale, x, value, low, high, width);
      else reach(Math.floor(x), value, value, low, high, width);
    }
    before = now;
  }
}

/**
 * One straight line.
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @param {Float32Array} low
 * @param {Float32Array} high
 * @param {number} width
 */
function joinPoints(x0, y0, x1, y1, low, high, width) {
  const from = Math.floor(x0);
  const to = Math.floor(x1);
  const slope = (y1 - y0) / (x1 - x0);
  let y = y0;
  for (let x = from; x <= to; x++) {
    const end = x === to ? y1 : y0 + (x + 1 - x0) * slope;
    reach(x, y < end ? y : end, y < end ? end : y, low, high, width);
    y = end;
  }
}

/**
 * Columns that know their lowest and highest sample; neighbours that do not touch are joined.
 * @param {Int16Array} data
 * @param {number} base
 * @param {number} first
 * @param {number} last
 * @param {number} scale
 * @param {number} offset
 * @param {number} step
 * @param {Float32Array} low
 * @param {Float32Array} high
 * @param {number} width
 */
function joinColumns(data, base, first, last, scale, offset, step, low, high, width) {
  let bottom = first > 0 ? data[base + 2 * first - 2] : NO_SIGNAL;
  let top = first > 0 ? data[base + 2 * first - 1] : NO_SIGNAL;
  for (let i = first; i <= last; i++) {
    const least = data[base + 2 * i];
    const most = data[base + 2 * i + 1];
    if (least !== NO_SIGNAL) {
      const isJoined = bottom !== NO_SIGNAL;
      const from = (isJoined && top < least ? (top + least) / 2 : least) * scale;
      const to = (isJoined && bottom > most ? (bottom + most) / 2 : most) * scale;
      const x = offset + i * step;
      const before = Math.ceil(x - 1e-6) - 1;
      if (isJoined && top < least) reach(before, top * scale, from, low, high, width);
      if (isJoined && bottom > most) reach(before, to, bottom * scale, low, high, width);
      const end = Math.max(Math.floor(x), Math.ceil(x + step - 1e-6) - 1);
      for (let column = Math.floor(x); column <= end; column++) reach(column, from, to, low, high, width);
    }
    bottom = least;
    top = most;
  }
}

/**
 * @param {number} x
 * @param {number} least
 * @param {number} most
 * @param {Float32Array} low
 * @param {Float32Array} high
 * @param {number} width
 */
function reach(x, least, most, low, high, width) {
  if (x < 0 || x >= width) return;
  if (least < low[x]) low[x] = least;
  if (most > high[x]) high[x] = most;
}

/**
 * Let each column cover what the next one covers too.
 * @param {Float32Array} low
 * @param {Float32Array} high
 */
function broaden(low, high) {
  for (let x = 0; x + 1 < low.length; x++) {
    if (low[x + 1] < low[x]) low[x] = low[x + 1];
    if (high[x + 1] > high[x]) high[x] = high[x + 1];
  }
}

/**
 * A colour as the lower three bytes of a pixel.
 * @param {string} colour
 * @returns {number}
 */
function inkOf(colour) {
  let ink = inks.get(colour);
  if (ink === undefined) {
    const [red, green, blue] = toRgb(colour);
    ink = (blue << 16) | (green << 8) | red;
    inks.set(colour, ink);
  }
  return ink;
}
