/** The weights of the electrodes as a map of the head, seen from above, nose up. */

import { colourOf } from "./dom.js";

/** @typedef {import("./types.js").Reasons["head"]} Head */

/** Side of the picture, CSS pixels; the head fills it but for nose and ears. */
const SIDE = 132;
const RADIUS = 56;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Head} head
 */
export function drawHead(canvas, head) {
  const ratio = window.devicePixelRatio;
  canvas.width = canvas.height = Math.round(SIDE * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, (SIDE / 2) * ratio, (SIDE / 2 + 3) * ratio);
  drawField(pen, head);
  drawOutline(pen);
  drawElectrodes(pen, head);
  const strongest = [...head.electrodes].sort((a, b) => b.weight - a.weight).slice(0, 3);
  canvas.setAttribute("aria-label", `Head map; the most weight at ${strongest.map(({ name }) => name).join(", ")}`);
}

/**
 * The grid, drawn small and stretched, so that it is smooth.
 * @param {CanvasRenderingContext2D} pen
 * @param {Head} head
 */
function drawField(pen, { size, values }) {
  if (size < 1) return;
  const small = new OffscreenCanvas(size, size);
  const dots = small.getContext("2d");
  if (!dots) return;
  const most = Math.max(...values.map((value) => value ?? 0), 1e-9);
  dots.fillStyle = colourOf("--reason");
  values.forEach((value, i) => {
    if (value === null) return;
    dots.globalAlpha = Math.max(0, value / most);
    dots.fillRect(i % size, Math.floor(i / size), 1, 1);
  });
  pen.save();
  pen.beginPath();
  pen.arc(0, 0, RADIUS, 0, 2 * Math.PI);
  pen.fillStyle = colourOf("--ground");
  pen.fill();
  pen.clip();
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, -RADIUS, -RADIUS, 2 * RADIUS, 2 * RADIUS);
  pen.restore();
}

/** @param {CanvasRenderingContext2D} pen */
function drawOutline(pen) {
  pen.strokeStyle = colourOf("--muted");
  pen.lineWidth = 1.25;
  pen.beginPath();
  pen.arc(0, 0, RADIUS, 0, 2 * Math.PI);
  pen.moveTo(-7, -RADIUS + 0.5);
  pen.lineTo(0, -RADIUS - 8);
  pen.lineTo(7, -RADIUS + 0.5);
  for (const side of [-1, 1]) {
    pen.moveTo(side * RADIUS, -9);
    pen.quadraticCurveTo(side * (RADIUS + 8), 0, side * RADIUS, 9);
  }
  pen.stroke();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Head} head
 */
function drawElectrodes(pen, { electrodes }) {
  const named = [...electrodes].sort((a, b) => b.weight - a.weight).slice(0, 3);
  const weakest = Math.min(...electrodes.map(({ weight }) => weight));
  pen.font = "600 9px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.lineJoin = "round";
  for (const electrode of electrodes) {
    const [x, y] = [electrode.x * RADIUS, -electrode.y * RADIUS];
    pen.fillStyle = colourOf("--ink");
    pen.beginPath();
    pen.arc(x, y, 1.5, 0, 2 * Math.PI);
    pen.fill();
    if (!named.includes(electrode) || electrode.weight <= weakest) continue;
    const inner = Math.max(-RADIUS + 8, Math.min(RADIUS - 8, x));
    const below = y > 0.75 * RADIUS ? y - 5 : y + 10;
    pen.lineWidth = 2.5;
    pen.strokeStyle = colourOf("--card");
    pen.strokeText(electrode.name, inner, below);
    pen.fillText(electrode.name, inner, below);
  }
}
