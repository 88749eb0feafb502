/** What the page asks of the server; every answer that is no success becomes an ApiError. */

/** @typedef {import("./types.js").SignalQuery} SignalQuery */
/** @typedef {import("./types.js").SignalPage} SignalPage */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Run} Run */

const KEPT = "ictal-token";

let token = "";

/** Why the server did not do what it was asked; status 0 where it could not be reached. */
export class ApiError extends Error {
  /**
   * @param {number} status of HTTP
   * @param {string} problem one line for the reader
   * @param {Record<string, any>} [body] all that came with it, such as the item as it stands
   */
  constructor(status, problem, body = {}) {
    super(problem);
    this.name = "ApiError";
    this.status = status;
    this.problem = problem;
    this.body = body;
  }
}

/**
 * Take the token from the address, where it shall not stay, or from this tab's memory.
 * @returns {boolean} whether there is one
 */
export function connect() {
  const given = decodeURIComponent(location.hash.slice(1));
  if (given) {
    sessionStorage.setItem(KEPT, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  token = given || sessionStorage.getItem(KEPT) || "";
  return token !== "";
}

/** @returns {Promise<import("./types.js").Session>} what is open, and for whom */
export function getSession() {
  return askJson("/api/session");
}

/** @returns {Promise<{items: Item[], pace: number | null}>} all there is to decide; pace: seconds an item took lately */
export function getItems() {
  return askJson("/api/items");
}

/**
 * A page of EEG.
 * @param {string} recording
 * @param {SignalQuery} query
 * @param {{signal?: AbortSignal, priority?: RequestPriority}} [options]
 * @returns {Promise<SignalPage>}
 */
export async function getSignal(recording, query, options = {}) {
  const asked = Object.entries(query).filter(([, value]) => value !== null);
  const words = new URLSearchParams(asked.map(([name, value]) => [name, String(value)]));
  const { header, bytes, offset } = unpack(await askBytes(`${of(recording)}/signal?${words}`, options));
  return { header, data: new Int16Array(bytes, offset) };
}

/**
 * The whole recording at a glance.
 * @param {string} recording
 * @param {number} columns
 * @param {{signal?: AbortSignal}} [options]
 * @returns {Promise<import("./types.js").Night>}
 */
export async function getNight(recording, columns, options = {}) {
  const { header, bytes, offset } = unpack(await askBytes(`${of(recording)}/night?columns=${columns}`, options));
  return { header, dsa: new Uint8Array(bytes, offset) };
}

/**
 * Why a detector says so.
 * @param {string} recording
 * @param {string} item
 * @param {{signal?: AbortSignal}} [options]
 * @returns {Promise<import("./types.js").Reasons>}
 */
export function getReasons(recording, item, options = {}) {
  return askJson(`${of(recording)}/reasons?${new URLSearchParams({ item })}`, options);
}

/**
 * Keep a decision; once this resolves it is on disk.
 * @param {import("./types.js").DecisionRequest} request
 * @returns {Promise<{item: Item}>}
 */
export function postDecision(request) {
  return postJson("/api/decisions", request);
}

/**
 * Take the last decision back.
 * @param {string} key a new one
 * @returns {Promise<{item: Item, undone: string}>}
 */
export function postUndo(key) {
  return postJson("/api/undo", { key });
}

/** @returns {Promise<any>} how far the readers agree */
export function getAgreement() {
  return askJson("/api/agreement");
}

/**
 * Let a detector look at a recording.
 * @param {string} recording
 * @param {string} detector
 * @returns {Promise<Run>}
 */
export function startRun(recording, detector) {
  return postJson(`${of(recording)}/runs`, { detector });
}

/** @returns {Promise<{runs: Run[]}>} the oldest first */
export function getRuns() {
  return askJson("/api/runs");
}

/**
 * Where an export lies; asking for it needs the token, so a link alone does not do.
 * @param {string} format
 * @param {string | null} [recording] null: all
 * @returns {string}
 */
export function exportUrl(format, recording = null) {
  const words = recording === null ? "" : `?${new URLSearchParams({ recording })}`;
  return `/api/export/${format}${words}`;
}

/**
 * Fetch an export.
 * @param {string} format
 * @param {string | null} [recording] null: all
 * @returns {Promise<{blob: Blob, filename: string}>}
 */
export async function fetchExport(format, recording = null) {
  const answer = await ask(exportUrl(format, recording));
  const named = /filename="?([^";]+)"?/.exec(answer.headers.get("Content-Disposition") ?? "");
  return { blob: await readBody(answer, (body) => body.blob()), filename: named?.[1] ?? `ictal-review.${format}` };
}

/** @param {string} recording */
function of(recording) {
  return `/api/recordings/${encodeURIComponent(recording)}`;
}

/**
 * Take apart the binary form: the header's length, the header, the array.
 * @param {ArrayBuffer} bytes
 * @returns {{header: any, bytes: ArrayBuffer, offset: number}}
 */
function unpack(bytes) {
  const length = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  return { header, bytes, offset: 4 + length };
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 */
async function askJson(path, init = {}) {
  return readBody(await ask(path, init), (answer) => answer.json());
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function askBytes(path, init) {
  return readBody(await ask(path, init), (answer) => answer.arrayBuffer());
}

/**
 * @param {string} path
 * @param {object} message
 */
function postJson(path, message) {
  const headers = { "Content-Type": "application/json" };
  return askJson(path, { method: "POST", headers, body: JSON.stringify(message) });
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>} a success
 */
async function ask(path, init = {}) {
  const headers = { ...init.headers, Authorization: `Bearer ${token}` };
  let answer;
  try {
    answer = await fetch(path, { ...init, headers });
  } catch (error) {
    throw unreachable(error);
  }
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  throw new ApiError(answer.status, problemOf(answer, body), body);
}

/**
 * @template T
 * @param {Response} answer
 * @param {(answer: Response) => Promise<T>} read
 */
async function readBody(answer, read) {
  try {
    return await read(answer);
  } catch (error) {
    throw unreachable(error);
  }
}

/** @param {unknown} error what fetch threw */
function unreachable(error) {
  if (error instanceof DOMException && error.name === "AbortError") return error;
  return new ApiError(0, "The server cannot be reached.");
}

/**
 * @param {Response} answer
 * @param {any} body
 * @returns {string}
 */
function problemOf(answer, body) {
  if (typeof body?.problem === "string") return body.problem;
  return `The server answered ${answer.status} ${answer.statusText}`.trim() + ".";
}
