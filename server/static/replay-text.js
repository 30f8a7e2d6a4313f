// The text as classes, rebuilt step by step by the rule of the server's `detector/alignment/rebuild.py`:
// what is typed stands behind what was typed before, backspace takes the last character away, and what
// moves the cursor to a place that nobody recorded begins a new stretch.
import { stepAfter } from "./replay-steps.js";

export const CELL = { letter: 0, digit: 1, punct: 2, space: 3, newline: 4, break: 6, block: 7 };
export const KIND = 7;
export const SENT = 16;
export const ERASED = 32;
const WRITTEN = { a: CELL.letter, d: CELL.digit, p: CELL.punct, s: CELL.space, t: CELL.space, n: CELL.newline };
const MOVES = { m: "moved", j: "moved", k: "clicked", w: "windows" };

export class ReplayText {
  constructor(steps, insertions) {
    Object.assign(this, { steps, insertions, cells: new Uint8Array(steps.times.length + 1) });
    this.clear();
  }

  clear() {
    this.length = 0;
    this.next = 0;
    this.blocks = [];
    this.counts = { letter: 0, digit: 0, punct: 0, space: 0, newline: 0 };
    this.did = { erased: 0, elsewhere: 0, commands: 0, moved: 0, clicked: 0, windows: 0, sent: 0 };
  }

  /** Bring the text to a moment, forwards or backwards. */
  seek(ms) {
    const until = stepAfter(this.steps, ms);
    if (until < this.next) this.clear();
    for (; this.next < until; this.next++) this.#apply(this.steps.letters[this.next]);
  }

  #apply(byte) {
    const sent = byte < 97;
    const letter = String.fromCharCode(sent ? byte + 32 : byte);
    if (sent) this.did.sent++;
    if (letter in WRITTEN) this.#write(WRITTEN[letter], sent);
    else if (letter === "b") this.#erase();
    else if (letter === "x") this.did.elsewhere++;
    else if (letter === "c") this.did.commands++;
    else if (letter === "i") this.#insert();
    else this.#move(MOVES[letter]);
  }

  #write(kind, sent) {
    this.cells[this.length++] = kind | (sent ? SENT : 0);
    this.counts[NAMES[kind]]++;
  }

  #erase() {
    const last = this.length ? this.cells[this.length - 1] & KIND : CELL.break;
    if (last >= CELL.break) {
      this.did.elsewhere++;
      return;
    }
    this.length--;
    this.counts[NAMES[last]]--;
    this.did.erased++;
    if (this.length) this.cells[this.length - 1] |= ERASED;
  }

  #insert() {
    this.blocks.push({ cell: this.length, insertion: this.insertions[this.blocks.length] });
    this.cells[this.length++] = CELL.block;
  }

  #move(how) {
    this.did[how]++;
    const last = this.length ? this.cells[this.length - 1] & KIND : CELL.break;
    if (last < CELL.break) this.cells[this.length++] = CELL.break;
  }
}

const NAMES = ["letter", "digit", "punct", "space", "newline"];

/** The last rows of the text: where each begins and ends, and for an insertion which one it is. */
export function lastRows(text, columns, most) {
  const { cells, length } = text;
  let start = Math.max(0, length - columns * most);
  while (start > 0 && (cells[start - 1] & KIND) !== CELL.newline && (cells[start - 1] & KIND) !== CELL.block) start--;
  const rows = [];
  const blocks = new Map(text.blocks.map(({ cell, insertion }) => [cell, insertion]));
  let from = start;
  let space = -1;
  for (let at = start; at < length; at++) {
    const kind = cells[at] & KIND;
    if (kind === CELL.block) {
      if (at > from) rows.push({ from, to: at });
      rows.push({ from: at, to: at + 1, insertion: blocks.get(at) });
    } else if (kind === CELL.newline) {
      rows.push({ from, to: at + 1 });
    } else {
      if (kind === CELL.space) space = at;
      if (at - from < columns - 1) continue;
      const cut = space > from ? space + 1 : at + 1;
      rows.push({ from, to: cut });
      from = cut;
      continue;
    }
    from = at + 1;
  }
  if (from < length || !rows.length) rows.push({ from, to: length });
  return rows.slice(-most);
}
