/**
 * Colours of power, from dark violet over red to pale yellow. Lightness grows in even steps of OKLab, so that equal steps of dB
 * look equally large, also to the colour-blind and in print.
 */

const DARKEST = 0.16;
const LIGHTEST = 0.95;
const HUES = [285, 105];
const MOST_CHROMA = 0.17;

/**
 * The map as pixels of an ImageData.
 * @returns {Uint32Array} 256 of them, red in the lowest byte
 */
export function makeColourMap() {
  const map = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const [red, green, blue] = colourAt(i / 255);
    map[i] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
  return map;
}

/**
 * One colour of the map.
 * @param {number} share 0 to 1
 * @returns {[number, number, number]} red, green, blue, 0 to 255
 */
export function colourAt(share) {
  const lightness = DARKEST + (LIGHTEST - DARKEST) * share;
  const hue = ((HUES[0] + ((HUES[1] + 360 - HUES[0]) % 360) * share) * Math.PI) / 180;
  let chroma = MOST_CHROMA * Math.sin(Math.PI * Math.min(1, 0.18 + 0.72 * share));
  let colour = fromOklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue));
  while (chroma > 0 && colour.some((one) => one < 0 || one > 1)) {
    chroma -= 0.002;
    colour = fromOklab(lightness, chroma * Math.cos(hue), chroma * Math.sin(hue));
  }
  const [red, green, blue] = colour.map((one) => Math.round(255 * Math.min(1, Math.max(0, one))));
  return [red, green, blue];
}

/**
 * From OKLab (Björn Ottosson, 2020) to sRGB.
 * @param {number} lightness
 * @param {number} a
 * @param {number} b
 * @returns {number[]} 0 to 1; outside where the screen has no such colour
 */
function fromOklab(lightness, a, b) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((one) => (one <= 0.0031308 ? 12.92 * one : 1.055 * one ** (1 / 2.4) - 0.055));
}
