/** What the name of a lead says: its electrodes, its side, the chain it belongs to. */

/** @typedef {import("./types.js").Reasons} Reasons */
/** @typedef {import("./types.js").SignalHeader} SignalHeader */

/** Older names of the same electrodes. @type {Record<string, string>} */
const TODAY = { T3: "T7", T4: "T8", T5: "P7", T6: "P8" };

/**
 * The electrodes of a lead: "F7-T3" is F7 and T7; in capitals.
 * @param {string} lead
 * @returns {string[]}
 */
export function electrodesOf(lead) {
  const bare = lead.toUpperCase().replace(/^(EEG|POL)\s+/, "");
  return bare.split(/\s*[-–]\s*/).map((one) => TODAY[one] ?? one);
}

/**
 * By how much a lead is drawn smaller than the EEG: the heart is ten times as loud.
 * @param {string} lead
 * @returns {number}
 */
export function softnessOf(lead) {
  return /^(EKG|ECG)/.test(electrodesOf(lead)[0]) ? 10 : 1;
}

/**
 * The leads that a fault of a recorded channel is seen in.
 * @param {string[]} leads as shown
 * @param {string} channel as recorded; empty: all
 * @returns {number[]}
 */
export function leadsWith(leads, channel) {
  const all = leads.map((_, i) => i);
  if (channel === "") return all;
  const same = all.filter((i) => leads[i] === channel);
  if (same.length > 0) return same;
  const wanted = electrodesOf(channel);
  if (wanted.length > 1) return all.filter((i) => electrodesOf(leads[i]).join() === wanted.join());
  return all.filter((i) => electrodesOf(leads[i]).includes(wanted[0]));
}

/**
 * Where a little room is left between leads: where a chain ends in a bipolar montage, where the side changes in others.
 * @param {SignalHeader} header
 * @returns {boolean[]} for each lead, whether there is room above it
 */
export function roomAbove({ leads, hemispheres }) {
  const parts = leads.map(electrodesOf);
  const seconds = parts.filter((one) => one.length > 1).map((one) => one[1]);
  const isBipolar = seconds.length > leads.length / 2 && new Set(seconds).size > 1;
  const breaks = leads.map((_, i) => {
    if (i === 0) return false;
    if (softnessOf(leads[i]) !== softnessOf(leads[i - 1])) return true;
    return isBipolar ? parts[i - 1][1] !== parts[i][0] : hemispheres[i - 1] !== hemispheres[i];
  });
  const many = breaks.filter(Boolean).length;
  return many <= leads.length / 3 ? breaks : breaks.map(() => false);
}

/**
 * How much each shown lead drove the score in each second, 0 to 1: that of the detector's lead of the same name, else
 * the weight of the lead's electrodes at the seconds that drove it.
 * @param {Reasons} reasons
 * @param {string[]} leads as shown
 * @returns {number[][]} [lead][second]
 */
export function reasonsOf(reasons, leads) {
  const { shares } = reasons.seconds;
  const top = Math.max(1e-9, ...shares.flat());
  const nSeconds = shares[0]?.length ?? 0;
  const sums = Array.from({ length: nSeconds }, (_, t) => shares.reduce((sum, one) => sum + Math.max(0, one[t]), 0));
  const most = Math.max(1e-9, ...sums);
  const names = reasons.leads.map((one) => electrodesOf(one).join("-"));
  const weights = new Map(reasons.head.electrodes.map((one) => [electrodesOf(one.name)[0], one.weight]));
  return leads.map((lead) => {
    const parts = electrodesOf(lead);
    const row = names.indexOf(parts.join("-"));
    if (row >= 0) return shares[row].map((one) => Math.max(0, one) / top);
    const known = parts.map((one) => weights.get(one)).filter((one) => one !== undefined);
    if (known.length === 0) return sums.map(() => 0);
    const weight = known.reduce((sum, one) => sum + Math.max(0, one), 0) / known.length;
    return sums.map((one) => (weight * one) / most);
  });
}
