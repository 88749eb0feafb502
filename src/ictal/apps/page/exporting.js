/** Saving what was decided as a file. */

import { ApiError, fetchExport } from "./api.js";
import { byId, make, openDialog } from "./dom.js";
import { current, shownRecording, update } from "./store.js";

/** Make the dialog work. */
export function mountExport() {
  const dialog = byId("export-dialog", HTMLDialogElement);
  byId("open-export", HTMLButtonElement).addEventListener("click", () => {
    const recording = shownRecording();
    byId("export-this", HTMLElement).textContent = recording ? `this recording, ${recording.title}` : "this recording";
    const { waiting } = current();
    byId("export-problem", HTMLElement).textContent = waiting > 0 ? "Some decisions are not saved yet and would be missing." : "";
    openDialog(dialog);
  });
  dialog.addEventListener("change", () => {
    const all = radio("export-of", "all");
    all.disabled = !radio("export", "csv").checked;
    if (all.disabled) radio("export-of", "this").checked = true;
  });
  byId("export-start", HTMLButtonElement).addEventListener("click", () => void save());
}

async function save() {
  const format = ["tsv", "csv", "edf"].find((one) => radio("export", one).checked) ?? "tsv";
  const of = radio("export-of", "all").checked ? null : current().recording;
  const problem = byId("export-problem", HTMLElement);
  problem.textContent = "";
  try {
    const { blob, filename } = await fetchExport(format, of);
    const address = URL.createObjectURL(blob);
    make("a", { href: address, download: filename }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    byId("export-dialog", HTMLDialogElement).close();
    update({ said: `Saved as ${filename}` });
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    problem.textContent = failure.problem;
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {HTMLInputElement}
 */
function radio(name, value) {
  const found = document.querySelector(`input[name=${name}][value=${value}]`);
  if (!(found instanceof HTMLInputElement)) throw new Error(`index.html has no ${name} ${value}`);
  return found;
}
