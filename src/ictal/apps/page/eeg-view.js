/** The page of EEG: what is drawn follows the state; what is missing is fetched. */

import { ApiError } from "./api.js";
import { onColours } from "./colours.js";
import { drawFront } from "./eeg-front.js";
import { drawGround } from "./eeg-ground.js";
import { layOut } from "./eeg-layout.js";
import { colourOfLead, drawMargin, measureGutter } from "./eeg-margin.js";
import { addCanvas, addWords, spansToDraw } from "./eeg-parts.js";
import { followPointer } from "./eeg-pointer.js";
import { readOut } from "./eeg-readout.js";
import { pagesAhead, pageWished } from "./eeg-wishes.js";
import { describePage } from "./eeg-words.js";
import { TraceSheet } from "./eeg-trace.js";
import { softnessOf } from "./lead-names.js";
import { afterFrame, askForPage, pageIsDrawn, waitedForPage } from "./page-turn.js";
import { coverPage, fetchAhead, fetchPage } from "./signal-cache.js";
import { current, shownRecording, subscribe } from "./store.js";

/** @typedef {import("./types.js").SignalPage} SignalPage */
/** @typedef {import("./types.js").SignalHeader} SignalHeader */

/** How long the page before stays whole while the next one is fetched, ms. */
const HOLD = 250;
const RETRY = 1500;

/**
 * Show the EEG in an element that has a size of its own.
 * @param {HTMLElement} element
 */
export function mountEeg(element) {
  const sheets = ["ground", "traces", "front"].map((name) => addCanvas(element, name));
  const [ground, , front] = sheets.map((one) => /** @type {CanvasRenderingContext2D} */ (one.getContext("2d")));
  const traces = new TraceSheet(sheets[1]);
  const { notice, summary } = addWords(element);

  /** @type {SignalPage[]} */
  let pages = [];
  /** @type {SignalHeader | null} */
  let header = null;
  let layout = layOut(1, 1, current().view, null, 66);
  let ratio = 1;
  let frame = 0;
  let frontFrame = 0;
  let retry = 0;
  let problem = "";
  let wishedStart = NaN;
  let shown = "";

  const drawPage = () => {
    frame = 0;
    if (ratio !== (window.devicePixelRatio || 1)) {
      resize();
      return;
    }
    const recording = shownRecording();
    const { view } = current();
    const wish = pageWished(layout.right - layout.left, ratio);
    const cover = wish ? coverPage(wish) : { pages: [], complete: true, missing: null };
    if (cover.missing) fetchMissing(cover.missing);
    if (!cover.complete && mustHold(cover.pages.length > 0, view.start)) {
      window.setTimeout(schedule, HOLD - waitedForPage());
      return;
    }
    pages = cover.pages;
    header = pages[0]?.header ?? (recording?.id === shown ? header : null);
    shown = recording?.id ?? "";
    wishedStart = view.start;
    layout = layOut(element.clientWidth, element.clientHeight, view, header, measureGutter(ground, header?.leads ?? []));
    paint();
    if (cover.complete) {
      problem = "";
      pageIsDrawn();
      afterFrame(() => fetchAhead(pagesAhead(layout.right - layout.left, ratio)));
    }
    say(cover.complete);
  };

  const paint = () => {
    const recording = shownRecording();
    ground.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (!recording) {
      ground.clearRect(0, 0, layout.width, layout.height);
    } else {
      const { view, reasons } = current();
      const artefacts = pages.flatMap((one) => one.header.artefacts);
      const all = { recording, view, header, artefacts, spans: spansToDraw(), reasons };
      drawGround(ground, layout, all);
      drawMargin(ground, layout, all);
    }
    traces.draw(pages, rows(), plot());
    paintFront();
  };

  const rows = () => {
    const shownHeader = header;
    if (!shownHeader) return [];
    const { colours } = current().view;
    return layout.baselines.map((y, i) => ({
      baseline: y * ratio,
      colour: colourOfLead(shownHeader, i, colours),
      pixelsPerMicrovolt: (layout.pixelsPerMicrovolt * ratio) / softnessOf(shownHeader.leads[i]),
    }));
  };

  const plot = () => ({
    left: Math.round(layout.left * ratio),
    width: Math.max(1, Math.round((layout.right - layout.left) * ratio)),
    top: Math.round(layout.top * ratio),
    bottom: Math.round(layout.bottom * ratio),
    start: layout.start,
    pixelsPerSecond: ((layout.right - layout.left) / layout.seconds) * ratio,
    thickness: Math.max(0.9, 0.8 * ratio),
  });

  const paintFront = () => {
    frontFrame = 0;
    const recording = shownRecording();
    const { cursor, measure } = pointer;
    const artefacts = pages.flatMap((one) => one.header.artefacts);
    const readout = recording && cursor ? readOut(layout, recording, pages, artefacts, cursor.x, cursor.y) : [];
    front.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawFront(front, layout, { cursor, measure, readout, draft: current().draft });
  };

  const mustHold = (/** @type {boolean} */ isPartlyThere, /** @type {number} */ start) => {
    const isCreeping = isPartlyThere && Math.abs(start - wishedStart) < 0.75 * current().view.seconds && start !== wishedStart;
    return problem === "" && !isCreeping && waitedForPage() > 0 && waitedForPage() < HOLD - 1;
  };

  const fetchMissing = (/** @type {import("./signal-cache.js").Wish} */ wish) => {
    window.clearTimeout(retry);
    fetchPage(wish).then(
      () => {
        problem = "";
        schedule();
      },
      (error) => {
        if (error?.name === "AbortError") return;
        problem = error instanceof ApiError ? error.problem : String(error);
        if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) {
          retry = window.setTimeout(schedule, RETRY);
        }
        say(false);
      },
    );
  };

  let saying = 0;
  const say = (/** @type {boolean} */ isComplete) => {
    const recording = shownRecording();
    notice.textContent = recording?.problem ?? (isComplete ? "" : problem || "Reading …");
    notice.hidden = notice.textContent === "";
    window.clearTimeout(saying);
    saying = window.setTimeout(() => describePage(element, summary, header, spansToDraw()), 200);
  };

  const schedule = () => {
    frame ||= requestAnimationFrame(drawPage);
  };
  const scheduleFront = () => {
    frontFrame ||= requestAnimationFrame(paintFront);
  };
  const pointer = followPointer(element, () => layout, scheduleFront);

  const resize = () => {
    ratio = window.devicePixelRatio || 1;
    for (const one of sheets) {
      one.width = Math.max(1, Math.round(element.clientWidth * ratio));
      one.height = Math.max(1, Math.round(element.clientHeight * ratio));
    }
    layout = layOut(element.clientWidth, element.clientHeight, current().view, header, layout.left);
    if (frame) cancelAnimationFrame(frame);
    drawPage();
  };

  subscribe(["view", "recording"], () => {
    if (current().recording) askForPage();
    pointer.measure = null;
    schedule();
  });
  subscribe(["session", "items", "item", "draft", "reasons", "runs"], schedule);
  onColours(schedule);
  new ResizeObserver(resize).observe(element);
}
