/** The whole recording at a glance: a click, a drag or the arrow keys go there. */

import { ApiError, getNight } from "./api.js";
import { currentColours, onColours } from "./colours.js";
import { FONT } from "./eeg-margin.js";
import { addCanvas, spansToDraw } from "./eeg-parts.js";
import { goToEnd, goToStart, showFrom, turnPages } from "./navigation.js";
import { afterPage } from "./page-turn.js";
import { drawNight, paintSpectra } from "./night-draw.js";
import { layOutNight, nightSeconds, nightX } from "./night-layout.js";
import { current, shownRecording, subscribe } from "./store.js";
import { clock, elapsed } from "./words.js";

/** @typedef {import("./types.js").Night} Night */
/** @typedef {{night: Night, pictures: HTMLCanvasElement[]}} Seen */

const COLUMNS = 1440;
const MOST_NIGHTS = 8;
const RETRY = 2000;
const PAGES_OF_A_LEAP = 10;

/**
 * Show the overview in an element that has a size of its own.
 * @param {HTMLElement} element
 */
export function mountNight(element) {
  const back = addCanvas(element, "night");
  const front = addCanvas(element, "window");
  const ground = /** @type {CanvasRenderingContext2D} */ (back.getContext("2d"));
  const glass = /** @type {CanvasRenderingContext2D} */ (front.getContext("2d"));
  describe(element);

  /** @type {Map<string, Seen>} */
  const seen = new Map();
  /** @type {string | null} */
  let asked = null;
  /** @type {string | null} */
  let refused = null;
  let problem = "";
  let retry = 0;
  let finished = 0;
  let layout = layOutNight(1, 1, 1, []);
  let frame = 0;
  let windowFrame = 0;
  /** @type {number | null} */
  let pointed = null;
  let isDragging = false;

  const draw = () => {
    frame = 0;
    const recording = shownRecording();
    const ratio = fit(element, [back, front]);
    ground.setTransform(ratio, 0, 0, ratio, 0, 0);
    glass.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (!recording || recording.problem !== null) {
      ground.clearRect(0, 0, back.width, back.height);
      glass.clearRect(0, 0, back.width, back.height);
      return;
    }
    const known = seen.get(recording.id);
    const sides = known?.night.header.dsa.sides ?? ["left", "right"];
    layout = layOutNight(element.clientWidth, element.clientHeight, recording.duration, sides);
    drawNight(ground, layout, recording, known?.night ?? null, known?.pictures ?? [], spansToDraw());
    if (!known) writeNote(ground, layout, problem || "Reading the whole recording …");
    element.title = known ? `Probability, line length and spectra of ${known.night.header.sampled}` : "";
    drawWindow();
  };

  const drawWindow = () => {
    windowFrame = 0;
    const recording = shownRecording();
    glass.clearRect(0, 0, layout.width, layout.height);
    if (!recording || recording.problem !== null) return;
    const { start, seconds } = current().view;
    const x = nightX(layout, start);
    const width = Math.max(3, nightX(layout, Math.min(start + seconds, recording.duration)) - x);
    drawMarker(glass, layout, x, width);
    if (pointed !== null) drawPointed(glass, layout, pointed, wordsAt(pointed));
    element.setAttribute("aria-valuemax", String(Math.round(recording.duration)));
    element.setAttribute("aria-valuenow", String(Math.round(start)));
    element.setAttribute("aria-valuetext", `${clock(recording, start)}, ${elapsed(start)} from the start`);
  };

  const wordsAt = (/** @type {number} */ x) => {
    const recording = shownRecording();
    if (!recording) return "";
    const seconds = nightSeconds(layout, x);
    const header = seen.get(recording.id)?.night.header;
    const chance = header?.probability[Math.min(header.n_columns - 1, Math.floor(seconds / header.step))];
    return typeof chance === "number" ? `${clock(recording, seconds)}  ${chance.toFixed(2)}` : clock(recording, seconds);
  };

  const fetchNight = async () => {
    const recording = shownRecording();
    if (!recording || recording.problem !== null || seen.has(recording.id)) return;
    if (asked === recording.id || refused === recording.id) return;
    const { id } = recording;
    asked = id;
    window.clearTimeout(retry);
    try {
      await afterPage();
      if (shownRecording()?.id !== id) return;
      const night = await getNight(id, COLUMNS);
      seen.set(id, { night, pictures: paintSpectra(night) });
      for (const oldest of [...seen.keys()].slice(0, -MOST_NIGHTS)) seen.delete(oldest);
      problem = "";
      performance.mark("ictal-night");
    } catch (error) {
      problem = error instanceof ApiError ? error.problem : String(error);
      const isPassing = error instanceof ApiError && (error.status === 0 || error.status >= 500);
      refused = isPassing ? null : id;
      if (isPassing) retry = window.setTimeout(fetchNight, RETRY);
    } finally {
      if (asked === id) asked = null;
    }
    schedule();
  };

  const schedule = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const scheduleWindow = () => {
    windowFrame ||= requestAnimationFrame(drawWindow);
  };

  const go = (/** @type {PointerEvent} */ event) => {
    const seconds = nightSeconds(layout, event.clientX - element.getBoundingClientRect().left - element.clientLeft);
    showFrom(seconds - current().view.seconds / 2);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !shownRecording()) return;
    element.setPointerCapture(event.pointerId);
    isDragging = true;
    go(event);
  });
  element.addEventListener("pointermove", (event) => {
    const x = event.clientX - element.getBoundingClientRect().left - element.clientLeft;
    pointed = x >= layout.left && x <= layout.right ? x : null;
    if (isDragging) go(event);
    scheduleWindow();
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    element.addEventListener(name, () => (isDragging = false));
  }
  element.addEventListener("pointerleave", () => {
    pointed = null;
    scheduleWindow();
  });
  element.addEventListener("keydown", turnByKey);

  subscribe(["recording", "session"], () => {
    problem = "";
    refused = null;
    void fetchNight();
    schedule();
  });
  subscribe(["runs"], () => {
    const done = current().runs.filter((run) => run.state === "done").length;
    if (done > finished) seen.clear();
    finished = done;
    void fetchNight();
    schedule();
  });
  subscribe(["items", "item", "draft"], schedule);
  subscribe(["view"], scheduleWindow);
  onColours(schedule);
  new ResizeObserver(schedule).observe(element);
}

/** @param {KeyboardEvent} event */
function turnByKey(event) {
  /** @type {Record<string, () => void>} */
  const moves = {
    ArrowLeft: () => turnPages(-1),
    ArrowRight: () => turnPages(1),
    PageUp: () => turnPages(-PAGES_OF_A_LEAP),
    PageDown: () => turnPages(PAGES_OF_A_LEAP),
    Home: goToStart,
    End: goToEnd,
  };
  const move = moves[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || current().draft) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}

/** @param {HTMLElement} element */
function describe(element) {
  element.tabIndex = 0;
  element.setAttribute("role", "slider");
  element.setAttribute("aria-label", "Place in the recording");
  element.setAttribute("aria-orientation", "horizontal");
  element.setAttribute("aria-valuemin", "0");
  element.setAttribute("aria-valuemax", "0");
  element.setAttribute("aria-valuenow", "0");
  element.style.cursor = "pointer";
  element.style.touchAction = "none";
}

/**
 * @param {HTMLElement} element
 * @param {HTMLCanvasElement[]} canvases
 * @returns {number} pixels of the device for each of CSS
 */
function fit(element, canvases) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(element.clientWidth * ratio));
  const height = Math.max(1, Math.round(element.clientHeight * ratio));
  for (const one of canvases) {
    if (one.width !== width) one.width = width;
    if (one.height !== height) one.height = height;
  }
  return ratio;
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {import("./night-layout.js").NightLayout} layout
 * @param {string} words
 */
function writeNote(brush, layout, words) {
  const { ink, paper } = currentColours();
  const middle = (layout.left + layout.right) / 2;
  brush.font = `13px ${FONT}`;
  const width = brush.measureText(words).width + 16;
  brush.fillStyle = paper;
  brush.fillRect(middle - width / 2, layout.bottom / 2 - 12, width, 24);
  brush.fillStyle = ink;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.fillText(words, middle, layout.bottom / 2);
}

/**
 * The window on screen: a frame, or a line between two wedges where a frame would hide what it frames.
 * @param {CanvasRenderingContext2D} brush
 * @param {import("./night-layout.js").NightLayout} layout
 * @param {number} x
 * @param {number} width
 */
function drawMarker(brush, layout, x, width) {
  const { ink } = currentColours();
  brush.fillStyle = ink;
  brush.strokeStyle = ink;
  brush.lineWidth = 1.5;
  if (width >= 7) {
    brush.globalAlpha = 0.13;
    brush.fillRect(x, 0, width, layout.bottom);
    brush.globalAlpha = 1;
    brush.strokeRect(x, 0.75, width, layout.bottom - 1.5);
    return;
  }
  const middle = x + width / 2;
  brush.beginPath();
  brush.moveTo(middle, 0);
  brush.lineTo(middle, layout.bottom);
  brush.stroke();
  for (const [foot, tip] of [[0, 7], [layout.bottom, layout.bottom - 7]]) {
    brush.beginPath();
    brush.moveTo(middle - 5, foot);
    brush.lineTo(middle + 5, foot);
    brush.lineTo(middle, tip);
    brush.fill();
  }
}

/**
 * @param {CanvasRenderingContext2D} brush
 * @param {import("./night-layout.js").NightLayout} layout
 * @param {number} x
 * @param {string} words
 */
function drawPointed(brush, layout, x, words) {
  const { ink, paper, grid } = currentColours();
  brush.strokeStyle = ink;
  brush.lineWidth = 1;
  brush.globalAlpha = 0.6;
  brush.beginPath();
  brush.moveTo(Math.round(x) + 0.5, 0);
  brush.lineTo(Math.round(x) + 0.5, layout.bottom);
  brush.stroke();
  brush.globalAlpha = 1;
  brush.font = `600 11px ${FONT}`;
  const width = brush.measureText(words).width + 10;
  const left = Math.min(Math.max(0, x - width / 2), layout.width - width);
  brush.fillStyle = paper;
  brush.strokeStyle = grid;
  brush.beginPath();
  brush.roundRect(left, layout.bottom + 1, width, 17, 3);
  brush.fill();
  brush.stroke();
  brush.fillStyle = ink;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  brush.fillText(words, left + 5, layout.bottom + 10);
}
