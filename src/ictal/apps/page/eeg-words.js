/** The page of EEG in words, for those who do not see it. */

import { current, shownRecording } from "./store.js";
import { clock, counted, endOf, lasting } from "./words.js";

/** @typedef {import("./types.js").SignalHeader} SignalHeader */
/** @typedef {import("./eeg-ground.js").Span} Span */

/**
 * Say what is on screen.
 * @param {HTMLElement} element gets the label
 * @param {HTMLElement} summary gets the rest
 * @param {SignalHeader | null} header
 * @param {Span[]} spans
 */
export function describePage(element, summary, header, spans) {
  const recording = shownRecording();
  if (!recording) {
    element.setAttribute("aria-label", "EEG; no recording is open");
    summary.textContent = "";
    return;
  }
  const { start, seconds, sensitivity } = current().view;
  const stop = Math.min(start + seconds, recording.duration);
  const here = spans.filter(({ event }) => event.onset < stop && endOf(event) > start);
  const when = `${clock(recording, start)} to ${clock(recording, stop)}`;
  element.setAttribute("aria-label", `EEG of ${recording.title}, ${when}`);
  const events = here.map(({ event, verdict }) => {
    return `${event.type}, ${verdict}, from ${clock(recording, event.onset)}, ${lasting(event.duration)}`;
  });
  const gaps = recording.gaps.filter(([from, to]) => from < stop && to > start).length;
  summary.textContent = [
    `${sensitivity} µV/mm, negative up.`,
    header ? `${counted(header.leads.length, "lead")}: ${header.leads.join(", ")}.` : "",
    events.length > 0 ? `${counted(events.length, "event")}: ${events.join("; ")}.` : "No event.",
    gaps > 0 ? `${counted(gaps, "gap")} in the signal.` : "",
  ].join(" ");
}
