/** How far the readers agree, once this reader has decided everything. */

import { ApiError, getAgreement } from "./api.js";
import { byId, make, openDialog } from "./dom.js";

/** Make the dialog work. */
export function mountAgreement() {
  byId("open-agreement", HTMLButtonElement).addEventListener("click", () => void open());
}

async function open() {
  const body = byId("agreement-body", HTMLDivElement);
  body.replaceChildren(make("p", {}, "computing…"));
  openDialog(byId("agreement-dialog", HTMLDialogElement));
  try {
    body.replaceChildren(...agreementWords(await getAgreement()));
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const why = problem.status === 403 ? " Readers are blinded to each other until then." : "";
    body.replaceChildren(make("p", { class: "notice" }, problem.problem + why));
  }
}

/**
 * @param {any} agreement
 * @returns {Node[]}
 */
function agreementWords(agreement) {
  return [make("pre", {}, JSON.stringify(agreement, null, 2))];
}
