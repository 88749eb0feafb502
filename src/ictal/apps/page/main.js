/** The page of ictal review: asks what is open, and mounts the parts that show it. */

import { mountAgreement } from "./agreement.js";
import { ApiError, connect, getItems, getSession } from "./api.js";
import { askWhichHolds, mountConflict } from "./conflict.js";
import { showUndone } from "./deciding.js";
import { byId } from "./dom.js";
import { mountEeg } from "./eeg-view.js";
import { mountEventPanel } from "./event-panel.js";
import { mountExport } from "./exporting.js";
import { mountGoToTime } from "./go-to-time.js";
import { mountKeys } from "./keys.js";
import { mountList } from "./list.js";
import { choose, findUndecided, showRecording } from "./navigation.js";
import { mountNight } from "./night.js";
import { knowPace, mountProgress } from "./progress.js";
import { startQueue, withWaiting } from "./queue.js";
import { mountRuns, poll } from "./runs.js";
import { current, subscribe, update } from "./store.js";
import { startTheme } from "./theme.js";
import { mountToolbar } from "./toolbar.js";
import { mountWhy } from "./why.js";
import { counted, sentence } from "./words.js";

/** How long the page waits before it asks a server again that does not answer, ms. */
const PAUSE_MS = 2000;

startTheme();
mountToolbar();
mountList();
mountProgress();
mountEventPanel();
mountWhy();
mountRuns();
mountAgreement();
mountExport();
mountConflict();
mountGoToTime();
mountKeys();
mountEeg(byId("eeg", HTMLElement));
mountNight(byId("night", HTMLElement));
subscribe(["banner", "waiting"], showBanner);
subscribe(["said"], () => (byId("said", HTMLElement).textContent = current().said));
for (const button of document.querySelectorAll("dialog .close")) {
  button.addEventListener("click", () => button.closest("dialog")?.close());
}
if (connect()) void open();
else update({ banner: "Open the link that ictal review printed: this address alone does not say who is reading." });
addEventListener("hashchange", () => location.reload());

/** Ask what is open and show it. */
async function open() {
  try {
    const [session, { items, pace }] = await Promise.all([getSession(), getItems()]);
    knowPace(pace);
    update({ session, items, banner: null });
    byId("reader", HTMLElement).textContent = session.reader;
    byId("reader", HTMLElement).hidden = false;
    byId("research", HTMLElement).textContent = session.research;
    startQueue(sessionStorage.getItem("ictal-token") ?? "", { conflict: askWhichHolds, undone: showUndone });
    const first = findUndecided();
    if (first) choose(first);
    else showFirstRecording();
    void poll();
    document.addEventListener("visibilitychange", () => void lookAgain());
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    tellWhyNot(problem);
  }
}

/** Whoever comes back to this tab sees what was decided in another one. */
async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  try {
    const { items } = await getItems();
    update({ items: withWaiting(items) });
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
  }
}

/** Without an event to decide: the first recording that can be read. */
function showFirstRecording() {
  const recordings = current().session?.recordings ?? [];
  const readable = recordings.find((one) => one.problem === null);
  if (readable) showRecording(readable.id);
  else update({ banner: "None of the recordings can be read; the button beside the list of recordings says why." });
}

/** @param {ApiError} problem */
function tellWhyNot({ status, problem }) {
  update({ banner: status === 0 ? "The server does not answer; it is asked again every 2 s." : sentence(problem) });
  if (status === 0 || status >= 500) setTimeout(() => void open(), PAUSE_MS);
}

function showBanner() {
  const { banner, waiting } = current();
  const element = byId("banner", HTMLDivElement);
  const words = waiting > 0 ? ` ${counted(waiting, "decision")} ${waiting === 1 ? "waits" : "wait"} in this page and will be sent again.` : "";
  const text = banner === null ? "" : banner + words;
  element.hidden = banner === null;
  if (element.textContent !== text) element.textContent = text;
}
