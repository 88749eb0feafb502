/** Why a detector says so: asked of the server when an event is chosen, and drawn as a head map and bars. */

import { ApiError, getReasons } from "./api.js";
import { onColours } from "./colours.js";
import { byId, make } from "./dom.js";
import { drawHead } from "./head-map.js";
import { chosenItem, current, subscribe, update } from "./store.js";

/** @typedef {import("./types.js").Reasons} Reasons */

/** Who leafs quickly through events asks for nothing, ms. */
const PATIENCE = 350;

/** How many answers are kept. */
const KEPT = 100;

/** @type {Map<string, Reasons>} */
const known = new Map();

/** What is asked for at the moment, or was last. */
let asked = "";
let asking = new AbortController();

/** Fill the section and keep it as the state says. */
export function mountWhy() {
  subscribe(["item", "recording", "items"], ask);
  subscribe(["reasons"], show);
  onColours(show);
}

/** Ask for the reasons of the chosen event, once. */
function ask() {
  const item = chosenItem();
  const key = item ? `${item.recording}/${item.name}` : "";
  const reasons = known.get(key);
  if (key === asked) {
    if (reasons && !current().reasons) update({ reasons });
    return;
  }
  asked = key;
  asking.abort();
  byId("why-section", HTMLElement).hidden = !item;
  if (reasons || !item) {
    update({ reasons: reasons ?? null });
    return;
  }
  asking = new AbortController();
  tell("computing…");
  const { signal } = asking;
  setTimeout(() => void fetchReasons(item.recording, item.name, key, signal), PATIENCE);
}

/**
 * @param {string} recording
 * @param {string} name
 * @param {string} key
 * @param {AbortSignal} signal
 */
async function fetchReasons(recording, name, key, signal) {
  if (signal.aborted) return;
  try {
    const reasons = await getReasons(recording, name, { signal });
    known.set(key, reasons);
    if (known.size > KEPT) known.delete([...known.keys()][0]);
    if (key === asked) update({ reasons });
  } catch (problem) {
    if (signal.aborted) return;
    if (!(problem instanceof ApiError)) throw problem;
    if (key !== asked) return;
    if (problem.status === 429) {
      // Another tab asked meanwhile; this one still wants to know.
      setTimeout(() => void fetchReasons(recording, name, key, signal), PATIENCE);
      return;
    }
    tell(problem.problem);
    if (problem.status === 0 || problem.status >= 500) asked = "";
  }
}

/** @param {string} words in place of the reasons */
function tell(words) {
  byId("why-state", HTMLParagraphElement).textContent = words;
  byId("why", HTMLDivElement).hidden = true;
}

function show() {
  const { reasons } = current();
  if (!reasons) {
    byId("why", HTMLDivElement).hidden = true;
    byId("why-by", HTMLElement).textContent = "";
    return;
  }
  byId("why-state", HTMLParagraphElement).textContent = "";
  byId("why", HTMLDivElement).hidden = false;
  byId("why-by", HTMLElement).textContent = `by ${reasons.detector}`;
  byId("why-words", HTMLParagraphElement).textContent = reasons.words;
  const bands = Object.entries(reasons.bands);
  const most = Math.max(...bands.map(([, share]) => Math.abs(share)), 1e-9);
  byId("bands", HTMLDListElement).replaceChildren(...bands.flatMap(([name, share]) => bar(name, share, most)));
  drawHead(byId("head", HTMLCanvasElement), reasons.head);
}

/**
 * @param {string} name
 * @param {number} share
 * @param {number} most
 */
function bar(name, share, most) {
  const full = make("span", { class: share < 0 ? "full against" : "full" });
  full.style.width = `${(100 * Math.abs(share)) / most}%`;
  const percent = `${Math.round(100 * share)} %`;
  return [make("dt", {}, name), make("dd", {}, make("span", { class: "track", "aria-hidden": "true" }, full), make("span", { class: "value" }, percent))];
}
