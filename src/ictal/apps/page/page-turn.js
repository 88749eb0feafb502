/** How long a page turn takes, from the wish to the frame on screen; benchmarks read these measures. */

const TURN = "ictal-page-turn";
const FIRST = "ictal-first-page";

/** ms */
const LONGEST_PATIENCE = 1500;

/** When the view that is not yet drawn was asked for. @type {number | null} */
let asked = null;

let isFirst = true;

/** @type {(() => void)[]} */
let patient = [];

/** Another page is wanted as of now. */
export function askForPage() {
  asked = performance.now();
}

/** @returns {number} ms since the page was wanted that is not yet drawn; 0 if there is none */
export function waitedForPage() {
  return asked === null ? 0 : performance.now() - asked;
}

/** The page that was wanted has been drawn in this animation frame: the turn ends when the frame is out. */
export function pageIsDrawn() {
  if (asked === null) return;
  const start = asked;
  asked = null;
  afterFrame(() => {
    performance.measure(TURN, { start, end: performance.now() });
    if (isFirst) performance.mark(FIRST);
    isFirst = false;
    const now = patient;
    patient = [];
    for (const then of now) then();
  });
}

/**
 * Leave the server to the page that is wanted, and go on once it is drawn or has been long in coming.
 * @returns {Promise<void>}
 */
export function afterPage() {
  return new Promise((then) => {
    patient.push(then);
    window.setTimeout(then, LONGEST_PATIENCE);
  });
}

/**
 * Call this once the frame that is being made has been handed over.
 * @param {() => void} then
 */
export function afterFrame(then) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    then();
  };
  port2.postMessage(null);
}
