/** The few things that this page needs of the document. */

/**
 * The element with this id, which index.html holds.
 * @template {HTMLElement | SVGElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  /** @type {Element | null} */
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with the id ${id}`);
  return found;
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null>} [attributes] true: without a value; false and null: not at all
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * The mark of a verdict, a shape as well as a colour.
 * @param {string} verdict
 * @returns {SVGSVGElement}
 */
export function makeMark(verdict) {
  const name = "http://www.w3.org/2000/svg";
  const mark = document.createElementNS(name, "svg");
  mark.setAttribute("class", "mark");
  mark.setAttribute("aria-hidden", "true");
  mark.dataset.verdict = verdict;
  const use = document.createElementNS(name, "use");
  use.setAttribute("href", `#mark-${verdict}`);
  mark.append(use);
  return mark;
}

/**
 * Put options into a select, where they are not there already, and choose one of them.
 * @param {HTMLSelectElement} select
 * @param {{value: string, words: string, disabled?: boolean}[]} options
 * @param {string} chosen
 */
export function fillSelect(select, options, chosen) {
  const isThere = Array.from(select.options, (one) => `${one.value}=${one.text}`).join("\n");
  if (isThere !== options.map(({ value, words }) => `${value}=${words}`).join("\n")) {
    const made = options.map(({ value, words, disabled = false }) => make("option", { value, disabled }, words));
    select.replaceChildren(...made);
  }
  if (select.value !== chosen) select.value = chosen;
}

/**
 * Open a dialog; what had the focus gets it back when it closes, by the browser's own rule.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

/** @returns {boolean} whether a dialog is open */
export function isDialogOpen() {
  return document.querySelector("dialog[open]") !== null;
}

/**
 * The value of a custom property of the page, such as "--reason".
 * @param {string} name
 * @returns {string}
 */
export function colourOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
