// Colours a text on your own page by where its passages came from. The text never leaves the page:
// it needs the ranges that `GET /v1/submissions/{id}` answers, and nothing else of that server.
//
//   import { overlay } from "./overlay.js";
//   const clear = overlay(document.getElementById("text"), answer.alignment);
//
// Ranges are in code points of the text in NFC with CR LF as one line end. The text on a page may
// be written otherwise, so each is found by walking along both.

const ORIGINS = ["typed", "inserted", "inserted-allowed", "unexplained"];
// What NFC can join with the character before it: marks, and vowels and finals of Hangul.
const PIECES = /\r\n|[^][\p{M}\u1160-\u11ff\ud7b0-\ud7ff]*/gu;

/**
 * Colour the passages of a text.
 *
 * @param {Element} element holds the text and nothing else: its text nodes, joined, are the text.
 * @param {{length_chars: number, passages: {start: number, end: number, origin: string,
 *   inserted: ?{allowed: boolean}}[]}} alignment as the API answers it.
 * @returns {() => void} takes the colours away again.
 * @throws {RangeError} the element holds another text than the one that was handed in.
 * @throws {TypeError} the browser has no CSS Custom Highlight API (before Chrome 105, Safari 17.2,
 *   Firefox 140).
 */
export function overlay(element, alignment) {
  if (!globalThis.CSS?.highlights) throw new TypeError("this browser has no CSS.highlights");
  const places = placesOf(element);
  if (places.length - 1 !== alignment.length_chars) {
    throw new RangeError(`the text has ${places.length - 1} characters, not ${alignment.length_chars}`);
  }
  const made = alignment.passages.map((passage) => {
    const range = new Range();
    range.setStart(...places[passage.start]);
    range.setEnd(...places[passage.end]);
    return [nameOf(passage), range];
  });
  for (const [name, range] of made) highlightOf(name).add(range);
  return () => {
    for (const [name, range] of made) highlightOf(name).delete(range);
  };
}

/** Under which name a passage is styled: `::highlight(veritype-inserted)` and so on. */
export function nameOf(passage) {
  const kind = passage.origin === "inserted" && passage.inserted?.allowed ? "inserted-allowed" : passage.origin;
  return ORIGINS.includes(kind) ? kind : "unexplained";
}

function highlightOf(name) {
  const key = `veritype-${name}`;
  if (!CSS.highlights.has(key)) CSS.highlights.set(key, new Highlight());
  return CSS.highlights.get(key);
}

// Where each character of the normal text begins, as [text node, offset]; last the end of it.
function placesOf(element) {
  const nodes = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let length = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, start: length });
    length += node.data.length;
  }
  const text = nodes.map((each) => each.node.data).join("");
  const places = [];
  let at = 0;
  let current = 0;
  const place = (offset) => {
    while (current + 1 < nodes.length && nodes[current + 1].start <= offset) current += 1;
    return nodes.length ? [nodes[current].node, offset - nodes[current].start] : [element, 0];
  };
  for (const [piece] of text.matchAll(PIECES)) {
    const count = [...piece.normalize("NFC").replaceAll("\r\n", "\n")].length;
    // Of a piece that is several characters only whole code points as they stand are told apart.
    const points = [...piece];
    let offset = at;
    for (let index = 0; index < count; index += 1) {
      places.push(place(offset));
      if (points.length === count) offset += points[index].length;
    }
    at += piece.length;
  }
  places.push(place(at));
  return places;
}
