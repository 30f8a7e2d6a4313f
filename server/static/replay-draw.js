// Draws the shape of the text: blocks for letters, gaps for spaces, and a coloured block for an insertion.
import { say } from "./texts.js";
import { palette } from "./timeline-colours.js";
import { CELL, ERASED, KIND, SENT, lastRows } from "./replay-text.js";
import { words } from "./timeline-words.js";

const WIDE = 6;
const HIGH = 15;
const BLOCK_ROWS = 3;

export class ShapeCanvas {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.fit();
  }

  fit() {
    const { canvas } = this;
    const scale = devicePixelRatio || 1;
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    canvas.width = Math.round(this.width * scale);
    canvas.height = Math.round(this.height * scale);
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.pen.font = "12px system-ui, sans-serif";
    this.pen.textBaseline = "middle";
  }

  draw(text) {
    const colours = palette();
    const columns = Math.max(10, Math.floor((this.width - 16) / WIDE));
    const rows = lastRows(text, columns, Math.ceil(this.height / HIGH));
    this.pen.clearRect(0, 0, this.width, this.height);
    const high = (row) => (row.insertion === undefined ? HIGH : HIGH * BLOCK_ROWS);
    let y = Math.min(8, this.height - 8 - rows.reduce((sum, row) => sum + high(row), 0));
    for (const row of rows) {
      if (row.insertion === undefined) this.#line(text, row, y, colours);
      else this.#block(row.insertion, y, colours);
      y += high(row);
    }
    this.#caret(text, rows.at(-1), y, colours);
  }

  #line(text, { from, to }, y, colours) {
    const { pen } = this;
    for (let at = from; at < to; at++) {
      const cell = text.cells[at];
      const kind = cell & KIND;
      const x = 8 + (at - from) * WIDE;
      if (kind === CELL.break) this.#mark(x, y, colours);
      else if (kind !== CELL.space && kind !== CELL.newline) {
        pen.fillStyle = cell & SENT ? colours.injected : kind === CELL.digit ? colours.digit : colours.letter;
        const next = at + 1 < to ? text.cells[at + 1] & KIND : CELL.space;
        if (kind === CELL.punct) pen.fillRect(x + 1, y + 9, 3, 3);
        else pen.fillRect(x, y + 3, next === CELL.letter || next === CELL.digit ? WIDE : WIDE - 1, 9);
      }
      if (cell & ERASED) {
        pen.fillStyle = colours.erased;
        pen.fillRect(x + WIDE - 1, y + 1, 1.5, 13);
      }
    }
  }

  /** The cursor moved here, and where to is not known. */
  #mark(x, y, colours) {
    const { pen } = this;
    pen.fillStyle = colours.incident;
    pen.beginPath();
    pen.moveTo(x + 3, y + 3);
    pen.lineTo(x + 6, y + 7.5);
    pen.lineTo(x + 3, y + 12);
    pen.lineTo(x, y + 7.5);
    pen.fill();
  }

  #block(insertion, y, colours) {
    const { pen } = this;
    const length = insertion.length_chars;
    const share = length === null ? 0.4 : Math.min(1, 0.25 + length / 1000);
    pen.fillStyle = colours.block;
    pen.fillRect(8, y + 2, (this.width - 16) * share, HIGH * BLOCK_ROWS - 4);
    pen.fillStyle = insertion.source === "assistant" ? colours.categories.assistant : colours.inserted;
    pen.fillRect(8, y + 2, 5, HIGH * BLOCK_ROWS - 4);
    pen.fillStyle = colours.ink;
    const size = length === null ? say("length-unseen") : say("characters", { num: length });
    pen.fillText(say("block", { size, how: words("how", insertion.how), source: words("category", insertion.source) }), 20, y + (HIGH * BLOCK_ROWS) / 2);
  }

  #caret(text, row, bottom, colours) {
    const last = row.insertion === undefined && row.to > row.from ? text.cells[row.to - 1] & KIND : CELL.newline;
    const fresh = row.insertion !== undefined || (last === CELL.newline && row.to > row.from);
    const x = 8 + (fresh ? 0 : (row.to - row.from) * WIDE);
    this.pen.fillStyle = colours.keys;
    this.pen.fillRect(x, (fresh ? bottom : bottom - HIGH) + 1, 2, 13);
  }
}
