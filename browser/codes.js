"use strict";
// The numbers of wire/codes.py that the extension says; tests/browser_extension holds them equal.
(() => {
  const veritype = (globalThis.veritype ??= {});
  veritype.How = Object.freeze({
    TYPED: 0,
    DELETED: 1,
    PASTE: 2,
    DROP: 3,
    AUTOFILL: 4,
    SPELL_CORRECTION: 5,
    SCRIPT: 6,
    COMPOSITION: 7,
    UNDO: 8,
    OTHER: 9,
  });
  veritype.EditFlag = Object.freeze({ TRUSTED: 1, AT_END: 2 });
  veritype.CaretFlag = Object.freeze({ BACKWARD: 1, SELECTED: 2 });
})();
