/** Letting a detector look at the recording on screen; what it finds is told as it comes. */

import { ApiError, getItems, getRuns, startRun } from "./api.js";
import { byId, make, openDialog } from "./dom.js";
import { showMoment, showRecording } from "./navigation.js";
import { withWaiting } from "./queue.js";
import { current, shownRecording, subscribe, update } from "./store.js";
import { shortTitle } from "./titles.js";
import { clock, counted, lasting } from "./words.js";

/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").EegEvent} EegEvent */

/** How often the server is asked while a detector is at work, ms. */
const PAUSE_MS = 700;

/** How many provisional events a run lists. */
const LISTED = 8;

let polling = false;

/** Make the dialog work. */
export function mountRuns() {
  byId("open-runs", HTMLButtonElement).addEventListener("click", openRuns);
  byId("runs-start", HTMLButtonElement).addEventListener("click", () => void start());
  subscribe(["session"], showDetectors);
  subscribe(["runs", "recording", "session"], showRuns);
}

/** Open the dialog for the recording on screen. */
export function openRuns() {
  byId("runs-problem", HTMLElement).textContent = "";
  openDialog(byId("runs-dialog", HTMLDialogElement));
  void poll();
}

/** Ask how the detectors get on, as long as one is at work; then take up what they found. */
export async function poll() {
  if (polling) return;
  polling = true;
  try {
    let busy = true;
    while (busy) {
      const before = current().runs;
      const { runs } = await getRuns();
      update({ runs });
      busy = runs.some(isBusy);
      const finished = runs.filter((run, i) => i < before.length && isBusy(before[i]) && !isBusy(run));
      if (finished.length > 0) await takeUp(finished);
      if (busy) await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    byId("runs-problem", HTMLElement).textContent = problem.problem;
  } finally {
    polling = false;
  }
}

/** @param {Run[]} finished */
async function takeUp(finished) {
  const { items } = await getItems();
  const said = finished.map((run) => run.problem ?? `${run.detector} is done: ${counted(run.events.length, "event")}`);
  update({ items: withWaiting(items), said: said.join("; ") });
}

async function start() {
  const recording = shownRecording();
  const chosen = document.querySelector("input[name=detector]:checked");
  const problem = byId("runs-problem", HTMLElement);
  problem.textContent = "";
  if (!recording || !(chosen instanceof HTMLInputElement)) return;
  try {
    const run = await startRun(recording.id, chosen.value);
    update({ runs: [...current().runs, run], said: `${chosen.value} looks at ${shortTitle(recording)}` });
    await poll();
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    problem.textContent = failure.problem;
  }
}

function showDetectors() {
  const detectors = current().session?.detectors ?? [];
  const choices = detectors.map(({ name, what }, i) => {
    const input = make("input", { type: "radio", name: "detector", value: name, checked: i === 0, autofocus: i === 0 });
    return make("label", { class: "choice" }, input, " ", make("span", {}, make("b", {}, name), ` ${what}`));
  });
  const field = byId("runs-choice", HTMLFieldSetElement);
  field.replaceChildren(make("legend", {}, "Detector"), ...choices);
  if (choices.length === 0) field.append(make("p", {}, "The server offers none; start it with --detector."));
  byId("runs-start", HTMLButtonElement).disabled = choices.length === 0;
}

function showRuns() {
  const recording = shownRecording();
  byId("runs-of", HTMLElement).textContent = recording ? `On ${recording.title}, ${lasting(recording.duration)}. What it finds comes into your list; what you have decided stays.` : "";
  byId("runs-list", HTMLDivElement).replaceChildren(...[...current().runs].reverse().map(runLine));
  const busy = current().runs.filter(isBusy);
  byId("open-runs", HTMLButtonElement).dataset.busy = busy.length > 0 ? `${Math.round(100 * (busy[0].share ?? 0))} %` : "";
}

/** @param {Run} run */
function runLine(run) {
  const recording = current().session?.recordings.find((one) => one.id === run.recording);
  const words = { waiting: "waits for the one before", running: `${Math.round(100 * run.share)} %`, done: "done", failed: "failed" };
  const title = make("p", {}, make("b", {}, run.detector), ` · ${shortTitle(recording)} · ${words[run.state]}, ${counted(run.events.length, "event")}`);
  const line = make("div", { role: "listitem", class: `run ${run.state}` }, title);
  if (isBusy(run)) line.append(make("progress", { value: run.share, max: 1, "aria-label": `Progress of ${run.detector}` }));
  if (run.problem !== null) line.append(make("p", { class: "problem" }, run.problem));
  if (isBusy(run) && recording) line.append(make("p", { class: "found" }, ...run.events.slice(-LISTED).map((one) => jump(run, one))));
  return line;
}

/**
 * A button that shows a provisional event.
 * @param {Run} run
 * @param {EegEvent} event
 */
function jump(run, event) {
  const recording = current().session?.recordings.find((one) => one.id === run.recording);
  const button = make("button", { type: "button", class: "chip" }, recording ? clock(recording, event.onset) : "");
  button.addEventListener("click", () => {
    byId("runs-dialog", HTMLDialogElement).close();
    if (current().recording !== run.recording) showRecording(run.recording);
    showMoment(event.onset);
  });
  return button;
}

/** @param {Run} run */
function isBusy(run) {
  return run.state === "waiting" || run.state === "running";
}
