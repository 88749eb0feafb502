/** Where the rows of the overview stand, in CSS pixels. */

/**
 * @typedef {object} NightRow
 * @property {"events" | "probability" | "artefacts" | "lineLength" | "dsa"} kind
 * @property {string} label
 * @property {number} top
 * @property {number} height
 * @property {number} side of the DSA
 */

/**
 * @typedef {object} NightLayout
 * @property {number} width
 * @property {number} height
 * @property {number} left
 * @property {number} right
 * @property {number} bottom of the rows
 * @property {number} duration of the recording, seconds
 * @property {NightRow[]} rows
 */

const LEFT = 96;
const RIGHT = 58;
const AXIS = 20;
const TOP = 3;
const SPACE = 4;

/** Height of each kind of row: at least, and its part of what is left. @type {Record<NightRow["kind"], [number, number]>} */
const HEIGHTS = {
  events: [14, 0],
  probability: [20, 2],
  artefacts: [9, 0],
  lineLength: [16, 1],
  dsa: [22, 3],
};

/**
 * Lay the overview out; rows share the height there is.
 * @param {number} width
 * @param {number} height
 * @param {number} duration
 * @param {string[]} sides of the DSA
 * @returns {NightLayout}
 */
export function layOutNight(width, height, duration, sides) {
  /** @type {{kind: NightRow["kind"], label: string, side: number}[]} */
  const wanted = [
    { kind: "events", label: "Events", side: 0 },
    { kind: "probability", label: "Probability", side: 0 },
    { kind: "artefacts", label: "Artefacts", side: 0 },
    { kind: "lineLength", label: "Line length", side: 0 },
    ...sides.map((name, side) => ({ kind: /** @type {const} */ ("dsa"), label: sideLabel(name), side })),
  ];
  const bottom = height - AXIS;
  const least = wanted.reduce((sum, { kind }) => sum + HEIGHTS[kind][0] + SPACE, TOP);
  const parts = wanted.reduce((sum, { kind }) => sum + HEIGHTS[kind][1], 0);
  const each = Math.max(0, bottom - least) / parts;
  let top = TOP;
  const rows = wanted.map((one) => {
    const [fixed, part] = HEIGHTS[one.kind];
    const row = { ...one, top: Math.round(top), height: Math.round(fixed + part * each) };
    top += fixed + part * each + SPACE;
    return row;
  });
  return { width, height, left: LEFT, right: Math.max(LEFT + 1, width - RIGHT), bottom, duration, rows };
}

/**
 * @param {NightLayout} layout
 * @param {number} seconds
 * @returns {number} x
 */
export function nightX(layout, seconds) {
  return layout.left + (seconds / layout.duration) * (layout.right - layout.left);
}

/**
 * @param {NightLayout} layout
 * @param {number} x
 * @returns {number} seconds, within the recording
 */
export function nightSeconds(layout, x) {
  const share = (x - layout.left) / (layout.right - layout.left);
  return Math.min(1, Math.max(0, share)) * layout.duration;
}

/** @param {string} side */
function sideLabel(side) {
  return side === "" || side === "all" ? "Spectrum" : `Spectrum ${side}`;
}
