"use strict";
// All that can leave a page. A message is built from nothing but the numbers named here, each
// within its bounds; the one string is a class sequence and is checked to be one. The agent reads
// the same records (agent/extension/messages.py) and takes nothing else.
(() => {
  const veritype = (globalThis.veritype ??= {});

  const AT = Number.MAX_SAFE_INTEGER;
  const U8 = 0xff;
  const U16 = 0xffff;
  const CHARS = 0x7fffffff;
  const DURATION_US = 60_000_000;
  const CLASSES_MAX_CHARS = 400_000;
  const CLASSES = /^[a0. \n]*$/;

  const KINDS = {
    1: { at: AT, duration: DURATION_US, how: 9, inserted: CHARS, deleted: CHARS, flags: U8, field: U16, region: U16 },
    2: { at: AT, region: U16 },
    3: { at: AT, field: U16, distance: CHARS, flags: U8 },
    4: { at: AT, field: U16, region: U16, length: CHARS },
    5: { at: AT, on: 1 },
    6: { at: AT, on: 1 },
  };
  const WITH_CLASSES = 4;

  veritype.Kind = Object.freeze({ EDITED: 1, FOCUSED: 2, JUMPED: 3, SUBMITTED: 4, SECRET: 5, ALLOWED: 6 });

  function number(value, most) {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw new TypeError("a message holds numbers only");
    }
    return Math.min(Math.max(0, Math.round(value)), most);
  }

  function classes(value) {
    if (typeof value !== "string" || !CLASSES.test(value)) {
      throw new TypeError("not a class sequence");
    }
    return value.length > CLASSES_MAX_CHARS ? "" : value;
  }

  // The record of one kind, built anew from `values`; whatever else they hold is left behind.
  veritype.message = (kind, values) => {
    const bounds = KINDS[kind];
    if (bounds === undefined) {
      throw new TypeError("no such message");
    }
    const built = { kind: Number(kind) };
    for (const [name, most] of Object.entries(bounds)) {
      built[name] = number(values[name], most);
    }
    if (built.kind === WITH_CLASSES) {
      built.classes = classes(values.classes);
    }
    return built;
  };
})();
