/** The dialog that goes to a time. */

import { byId, openDialog } from "./dom.js";
import { showMoment } from "./navigation.js";
import { current, shownRecording, update } from "./store.js";
import { clock, elapsed, readTime, startOfDay } from "./words.js";

/** Make the dialog work. */
export function mountGoToTime() {
  const dialog = byId("time-dialog", HTMLDialogElement);
  byId("open-time", HTMLButtonElement).addEventListener("click", openTime);
  byId("time-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const recording = shownRecording();
    const seconds = recording && readTime(recording, byId("time", HTMLInputElement).value);
    if (!recording || seconds === null) {
      byId("time-problem", HTMLElement).textContent = "That is no time within the recording.";
      return;
    }
    dialog.close();
    showMoment(seconds);
    update({ said: `At ${clock(recording, seconds)}` });
  });
}

/** Open the dialog. */
export function openTime() {
  const recording = shownRecording();
  if (!recording) return;
  const input = byId("time", HTMLInputElement);
  input.value = clock(recording, current().view.start);
  byId("time-problem", HTMLElement).textContent = "";
  byId("time-hint", HTMLElement).textContent =
    startOfDay(recording) === null
      ? `Since the start: h:mm:ss or seconds, up to ${elapsed(recording.duration)}.`
      : `Clock time from ${clock(recording, 0)} to ${clock(recording, recording.duration)}, or +h:mm:ss since the start.`;
  openDialog(byId("time-dialog", HTMLDialogElement));
  input.select();
}
