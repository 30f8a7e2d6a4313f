"use strict";
// The one table of wire/textclass.py: characters to classes, by their general category, after NFC,
// counted in code points, CR LF as one newline. Both pass wire/text_class_vectors.json.
(() => {
  const veritype = (globalThis.veritype ??= {});
  const TABLE = [
    [/\r\n|[\n\r\v\f\u0085\u2028\u2029]/gu, "\n"],
    [/[\p{Zs}\t]/gu, " "],
    [/[\p{L}\p{M}]/gu, "a"],
    [/\p{N}/gu, "0"],
    [/[^a0 \n]/gu, "."],
  ];

  // Each rule leaves only class letters behind it, which the rules after it map to themselves:
  // "a" is a letter, "0" a number, and neither is touched by the last.
  veritype.classesOf = (text) =>
    TABLE.reduce((classes, [characters, letter]) => classes.replace(characters, letter), text.normalize("NFC"));

  const PAIRS = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;

  // How many code points; CR LF counts as one.
  veritype.charsIn = (text) => {
    const ends = text.includes("\r\n") ? text.split("\r\n").length - 1 : 0;
    return text.length - (text.match(PAIRS)?.length ?? 0) - ends;
  };
})();
