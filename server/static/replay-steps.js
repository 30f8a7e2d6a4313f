// What each event did to the text, as the server sends it: docs/session-page.md says what the letters mean.
const WRITES = new Set([..."adpsntbxmADPSNTBXM"].map((letter) => letter.charCodeAt(0)));
const CAPITAL_MAX = 90;

/** Times in milliseconds from clock-in, and the letter of each. */
export async function fetchSteps(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const count = bytes.length / 5;
  const times = new Float64Array(count);
  let at = 0;
  for (let n = 0; n < count; n++) {
    at += bytes[n] + bytes[count + n] * 0x100 + bytes[2 * count + n] * 0x10000 + bytes[3 * count + n] * 0x1000000;
    times[n] = at;
  }
  return { times, letters: bytes.subarray(4 * count) };
}

/** Number of the first step after a moment. */
export function stepAfter({ times }, ms) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Intervals between keys in a part of the session as (time, milliseconds, sent by a program). */
export function intervalsIn(steps, from, to, most) {
  const found = [];
  let before = null;
  for (let n = Math.max(0, stepAfter(steps, from) - 1); n < steps.times.length && steps.times[n] <= to; n++) {
    if (!WRITES.has(steps.letters[n])) continue;
    if (before !== null) found.push([steps.times[n], Math.max(steps.times[n] - before, 1), steps.letters[n] <= CAPITAL_MAX ? 1 : 0]);
    if (found.length > most) return null;
    before = steps.times[n];
  }
  return found;
}
