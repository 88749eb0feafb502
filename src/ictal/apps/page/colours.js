/** The colours of the canvases, which style.css names, and when they change. */

/** @typedef {Record<keyof typeof NAMES, string>} Colours */

/** Custom properties of style.css, and what is drawn where one is missing. */
const NAMES = {
  left: ["--eeg-left", "#1f5fa8"],
  right: ["--eeg-right", "#b4430f"],
  midline: ["--eeg-midline", "#5a6470"],
  ink: ["--eeg-ink", "#1c2733"],
  grid: ["--eeg-grid", "#d5dbe2"],
  gap: ["--eeg-gap", "#8b97a5"],
  artefact: ["--eeg-artefact", "#b58a2a"],
  accepted: ["--event-accepted", "#1a7f4b"],
  rejected: ["--event-rejected", "#8a8f98"],
  undecided: ["--event-undecided", "#b5541c"],
  draft: ["--event-draft", "#7a3fb0"],
  reason: ["--reason", "#e08a2e"],
  paper: ["--eeg-paper", ""],
};

/** @type {Colours | null} */
let known = null;

/** @type {(() => void)[]} */
const listeners = [];

/**
 * The colours as they are now.
 * @returns {Colours}
 */
export function currentColours() {
  known ??= readColours();
  return known;
}

/**
 * Call `listener` when the page turns dark or light.
 * @param {() => void} listener
 */
export function onColours(listener) {
  if (listeners.length === 0) watch();
  listeners.push(listener);
}

/**
 * Red, green and blue of a colour, 0 to 255.
 * @param {string} colour any that CSS knows
 * @returns {[number, number, number]}
 */
export function toRgb(colour) {
  const canvas = new OffscreenCanvas(1, 1);
  const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

/** @returns {Colours} */
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const paper = getComputedStyle(document.body).backgroundColor;
  const found = Object.entries(NAMES).map(([name, [property, otherwise]]) => {
    return [name, style.getPropertyValue(property).trim() || otherwise || paper];
  });
  return Object.fromEntries(found);
}

function watch() {
  const tell = () => {
    known = null;
    for (const listener of listeners) listener();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  const seen = { attributes: true, attributeFilter: ["class", "data-theme", "style"] };
  new MutationObserver(tell).observe(document.documentElement, seen);
  window.addEventListener("load", tell);
}
