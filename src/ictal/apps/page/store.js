/** What the page knows, in one place; who shows a part of it subscribes to that part. */

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Summary} Summary */

/** @type {State} */
const state = {
  session: null,
  items: [],
  recording: null,
  item: null,
  view: {
    start: 0,
    seconds: 10,
    sensitivity: 10,
    montage: "",
    high_pass: 0.5,
    low_pass: 35,
    notch: null,
    colours: true,
    reasons: true,
  },
  draft: null,
  reasons: null,
  runs: [],
  waiting: 0,
  banner: null,
  said: "",
};

/** @type {{keys: (keyof State)[], listener: () => void}[]} */
const subscriptions = [];

/** @type {Set<keyof State>} */
const changed = new Set();

let telling = false;

/**
 * The state as it is; only `update` changes it.
 * @returns {Readonly<State>}
 */
export function current() {
  return state;
}

/**
 * Change parts of the state and tell those who subscribed to them, once, before the next frame.
 * @param {Partial<State>} parts
 */
export function update(parts) {
  Object.assign(state, parts);
  for (const key of Object.keys(parts)) changed.add(/** @type {keyof State} */ (key));
  if (!telling) {
    telling = true;
    queueMicrotask(tell);
  }
}

/**
 * Change parts of the view alone.
 * @param {Partial<import("./types.js").View>} parts
 */
export function updateView(parts) {
  update({ view: { ...state.view, ...parts } });
}

/**
 * Call `listener` whenever one of these parts has changed, and once now.
 * @param {(keyof State)[]} keys
 * @param {() => void} listener
 */
export function subscribe(keys, listener) {
  subscriptions.push({ keys, listener });
  listener();
}

function tell() {
  telling = false;
  const keys = new Set(changed);
  changed.clear();
  for (const { keys: wanted, listener } of subscriptions) {
    if (wanted.some((key) => keys.has(key))) listener();
  }
}

/**
 * The recording on screen.
 * @returns {Summary | null}
 */
export function shownRecording() {
  return state.session?.recordings.find((one) => one.id === state.recording) ?? null;
}

/**
 * The items of the recording on screen that are shown, by time.
 * @returns {Item[]}
 */
export function shownItems() {
  return state.items
    .filter((one) => one.recording === state.recording && one.verdict !== "withdrawn")
    .sort((a, b) => a.event.onset - b.event.onset);
}

/**
 * The chosen item.
 * @returns {Item | null}
 */
export function chosenItem() {
  return state.items.find((one) => one.recording === state.recording && one.name === state.item) ?? null;
}
