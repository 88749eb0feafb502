/** The marks of time and the bars of scale. */

/**
 * @typedef {object} Tick
 * @property {number} at seconds of the recording
 * @property {0 | 1 | 2} weight 0: second; 1: ten seconds; 2: minute
 * @property {boolean} labelled
 */

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300];
const CLOSEST = 6;
const LABEL_ROOM = 76;

/**
 * The marks of a page; minutes are those of the clock where the clock is known.
 * @param {number} start seconds
 * @param {number} seconds length of the page
 * @param {number} pixels across
 * @param {number} midnight clock time of second 0, or 0
 * @returns {Tick[]}
 */
export function markTime(start, seconds, pixels, midnight) {
  const each = pixels / seconds;
  const finest = seconds <= 2 ? 0.1 : 1;
  const step = STEPS.find((one) => one >= finest && one * each >= CLOSEST) ?? 300;
  const labels = STEPS.find((one) => one * each >= LABEL_ROOM && isMultiple(one, step)) ?? 300;
  const marks = [];
  const last = Math.floor((start + seconds + midnight) / step + 1e-6);
  for (let i = Math.ceil((start + midnight) / step - 1e-6); i <= last; i++) {
    const clock = i * step;
    const weight = isMultiple(clock, 60) ? 2 : isMultiple(clock, 10) ? 1 : 0;
    marks.push(/** @type {Tick} */ ({ at: clock - midnight, weight, labelled: isMultiple(clock, labels) }));
  }
  return marks;
}

/**
 * The marks of a whole recording, on full units of the clock.
 * @param {number} duration
 * @param {number} pixels
 * @param {number} midnight
 * @param {number} [room] pixels of a label
 * @returns {{at: number, major: boolean}[]}
 */
export function markHours(duration, pixels, midnight, room = 64) {
  const steps = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  const step = steps.find((one) => (one / duration) * pixels >= room) ?? 86400;
  const marks = [];
  for (let clock = Math.ceil(midnight / step) * step; clock <= midnight + duration; clock += step) {
    marks.push({ at: clock - midnight, major: isMultiple(clock, 3600) });
  }
  return marks;
}

/**
 * The roundest amount whose bar is not longer than this.
 * @param {number} most pixels
 * @param {number} each pixels of one unit
 * @returns {number}
 */
export function roundAmount(most, each) {
  const raw = most / each;
  const power = 10 ** Math.floor(Math.log10(raw));
  const mantissa = [5, 2, 1].find((one) => one * power <= raw * (1 + 1e-9)) ?? 1;
  return mantissa * power;
}

/**
 * @param {number} microvolts
 * @returns {string} with its unit
 */
export function amountWords(microvolts) {
  return microvolts >= 1000 ? `${microvolts / 1000} mV` : `${microvolts} µV`;
}

/**
 * @param {number} value
 * @param {number} unit
 */
function isMultiple(value, unit) {
  return Math.abs(value / unit - Math.round(value / unit)) < 1e-6;
}
