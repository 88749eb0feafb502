/** Times, types and verdicts in words. */

/** @typedef {import("./types.js").Summary} Summary */
/** @typedef {import("./types.js").EegEvent} EegEvent */
/** @typedef {import("./types.js").Verdict} Verdict */

/** @type {Record<Verdict, string>} */
export const VERDICTS = {
  undecided: "Undecided",
  accepted: "Accepted",
  rejected: "Rejected",
  withdrawn: "Taken back",
};

/** What the parts of a HED-SCORE name of a seizure say. @type {Record<string, string>} */
const PARTS = {
  foc: "focal",
  gen: "generalised",
  uo: "unknown onset",
  a: "aware",
  ia: "impaired awareness",
  ua: "unknown awareness",
  m: "motor",
  nm: "non-motor",
  um: "unknown movement",
  f2b: "to bilateral tonic-clonic",
  behavior: "behaviour arrest",
  myoTC: "myoclonic-tonic-clonic",
  myoAtonic: "myoclonic-atonic",
  eyelidMyio: "eyelid myoclonia",
  typical: "typical absence",
  atypical: "atypical absence",
};

/** Names without parts. @type {Record<string, string>} */
const NAMES = {
  sz: "seizure",
  bckg: "background",
  lpd: "lateralised periodic discharges",
  gpd: "generalised periodic discharges",
  lrda: "lateralised rhythmic delta",
  grda: "generalised rhythmic delta",
  impd: "impedance check",
  artf: "artefact",
};

/**
 * A HED-SCORE name in words: "sz_foc_ia" is "focal, impaired awareness"; empty where the name says it already.
 * @param {string} type
 * @returns {string}
 */
export function typeWords(type) {
  if (type in NAMES) return NAMES[type];
  const [first, ...parts] = type.split("_");
  if (first !== "sz") return "";
  return parts.map((part) => PARTS[part] ?? spaced(part)).join(", ");
}

/**
 * @param {string} type
 * @returns {string} such as "sz_foc_ia — focal, impaired awareness"
 */
export function typeLabel(type) {
  const words = typeWords(type);
  return words ? `${type} — ${words}` : type;
}

/** @param {string} name in camelCase */
function spaced(name) {
  return name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
}

/**
 * Seconds as h:mm:ss, with decimals where they are asked for.
 * @param {number} seconds
 * @param {number} [decimals]
 * @returns {string}
 */
export function elapsed(seconds, decimals = 0) {
  const unit = 10 ** decimals;
  const all = Math.floor(seconds * unit + 1e-6);
  const whole = Math.floor(all / unit);
  const part = decimals ? "." + String(all % unit).padStart(decimals, "0") : "";
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${part}`;
}

/**
 * Seconds since midnight at sample 0 of a recording, or null where it does not say.
 * @param {Summary} recording
 * @returns {number | null}
 */
export function startOfDay(recording) {
  const found = /(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(recording.start ?? "");
  return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]) : null;
}

/**
 * A moment of a recording as clock time where it is known, as time since the start where not.
 * @param {Summary} recording
 * @param {number} seconds
 * @param {number} [decimals]
 * @returns {string}
 */
export function clock(recording, seconds, decimals = 0) {
  const midnight = startOfDay(recording);
  if (midnight === null) return elapsed(seconds, decimals);
  return elapsed((midnight + seconds) % 86400, decimals).padStart(decimals ? 9 + decimals : 8, "0");
}

/**
 * How long something lasts.
 * @param {number} seconds
 * @returns {string}
 */
export function lasting(seconds) {
  if (seconds < 60) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60 ? `${whole % 60} s` : ""}`.trim();
  const minutes = Math.floor((whole % 3600) / 60);
  return `${Math.floor(whole / 3600)} h ${minutes ? `${minutes} min` : ""}`.trim();
}

/**
 * How long something lasts, where there is little room: "6.0 s", "86 s", "25 min".
 * @param {number} seconds
 */
export function shortly(seconds) {
  return seconds < 999.5 ? `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s` : `${Math.round(seconds / 60)} min`;
}

/**
 * The moment that was typed: "+1:02:03", "1:02:03" or "3723" since the start; with a known start, "23:14:05" is the clock.
 * @param {Summary} recording
 * @param {string} typed
 * @returns {number | null} seconds from the start, or null where it cannot be read or lies outside
 */
export function readTime(recording, typed) {
  const found = /^(\+?)(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d+)?)$/.exec(typed.trim());
  if (!found) return null;
  const [, plus, first, second, last] = found;
  const midnight = startOfDay(recording);
  const isClock = midnight !== null && !plus && second !== undefined;
  const units = first === undefined && isClock ? [0, 3600, 60] : [3600, 60, 1];
  const parts = first === undefined && isClock ? ["0", second, last] : [first ?? "0", second ?? "0", last];
  let seconds = parts.reduce((sum, part, i) => sum + Number(part.replace(",", ".")) * units[i], 0);
  if (isClock) seconds = (seconds - midnight + 86400) % 86400;
  return seconds <= recording.duration ? seconds : null;
}

/**
 * @param {number} n
 * @param {string} noun in the singular
 * @returns {string} such as "1 event" or "2 events"
 */
export function counted(n, noun) {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/**
 * @param {string} words
 * @returns {string} with a capital letter and a full stop
 */
export function sentence(words) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.?$/, ".")}`;
}

/**
 * @param {EegEvent} event
 * @returns {number} seconds
 */
export function endOf(event) {
  return event.onset + event.duration;
}
