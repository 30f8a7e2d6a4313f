"use strict";
// From changes of one text field's length to edits: what was expected to change it explains the
// change; what nothing explains was done by a script.
(() => {
  const veritype = (globalThis.veritype ??= {});
  const { How, EditFlag } = veritype;

  const RUN_MS = 1000;
  const JOINED = new Set([How.TYPED, How.DELETED, How.SCRIPT]);
  // How long an editor that handles an input itself may take to show it.
  const EXPECTED_MS = 1000;
  const TYPING_KEYS = { Enter: 1, Tab: 8 };

  // How an `inputType` changes a field; see the Input Events specification.
  veritype.howOfInput = (type, chars, deleted) => {
    if (type === "insertText") {
      return chars > 1 ? How.COMPOSITION : How.TYPED;
    }
    if (type === "insertLineBreak" || type === "insertParagraph") {
      return How.TYPED;
    }
    if (type === "insertFromPaste" || type === "insertFromPasteAsQuotation" || type === "insertFromYank") {
      return How.PASTE;
    }
    if (type === "insertFromDrop") {
      return How.DROP;
    }
    if (type === "insertReplacementText") {
      return deleted > 0 ? How.SPELL_CORRECTION : How.AUTOFILL;
    }
    if (type.startsWith("delete")) {
      return How.DELETED;
    }
    return type.startsWith("history") ? How.UNDO : How.OTHER;
  };

  // What a key can do where the page handles keys itself; null: nothing to a text.
  veritype.expectedOfKey = (event) => {
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      if (key === "z" || key === "y") {
        return { how: How.UNDO, chars: 0 };
      }
      return key === "x" || key === "backspace" || key === "delete" ? { how: How.DELETED, chars: 0 } : null;
    }
    if (event.key === "Backspace" || event.key === "Delete") {
      return { how: How.DELETED, chars: 0 };
    }
    const chars = TYPING_KEYS[event.key] ?? ([...event.key].length === 1 ? 1 : 0);
    return chars ? { how: How.TYPED, chars } : null;
  };

  // One field: its length as last seen, and what is expected to change it.
  veritype.FieldState = class {
    constructor(number, length) {
      this.number = number;
      this.length = length;
      this.most = length;
      this.caret = null;
      this.composing = null;
      this.expected = null;
      this.submitted = null;
    }

    // `expected`: {how, chars, selected, at, ms}; `chars` is how much typing can explain.
    expect(expected) {
      this.expected = expected;
    }

    // The changes that brought the field to `length` now, as [how, inserted, deleted, trusted].
    changes(length, now) {
      const delta = length - this.length;
      const expected = this.expected && now - this.expected.ms <= EXPECTED_MS ? this.expected : null;
      if (delta === 0 && !(expected && expected.selected && expected.seen)) {
        return [];
      }
      const restored = Math.max(0, this.most - this.length);
      this.length = length;
      this.most = Math.max(this.most, length);
      this.expected = null;
      return expected ? explained(expected, delta, restored) : [[How.SCRIPT, Math.max(delta, 0), Math.max(-delta, 0), false]];
    }
  };

  // `restored`: undo brings back no more than stood there once.
  function explained(expected, delta, restored) {
    const deleted = expected.replaced ? Math.max(expected.chars - delta, 0) : Math.max(expected.selected, -delta, 0);
    const inserted = delta + deleted;
    const how = expected.type === undefined ? expected.how : veritype.howOfInput(expected.type, expected.chars, deleted);
    if (how === How.UNDO) {
      const back = Math.min(Math.max(delta, 0), restored);
      const changes = back || delta < 0 ? [[how, back, Math.max(-delta, 0), true]] : [];
      return delta > back ? [...changes, [How.SCRIPT, delta - back, 0, false]] : changes;
    }
    const most = how === How.DELETED ? 0 : how === How.TYPED ? expected.chars : Infinity;
    const own = Math.min(inserted, most);
    const changes = own || deleted ? [[how, own, deleted, true]] : [];
    return inserted > own ? [...changes, [How.SCRIPT, inserted - own, 0, false]] : changes;
  }

  // Joins typed characters, deletions and what a script streams into one record a second.
  veritype.Runs = class {
    constructor(send) {
      this.send = send;
      this.run = null;
      this.timer = 0;
    }

    add(edit) {
      const run = this.run;
      const goes = run && JOINED.has(edit.how) && edit.at - run.at < RUN_MS * 1000;
      if (goes && ["how", "flags", "field", "region"].every((name) => run[name] === edit[name])) {
        run.inserted += edit.inserted;
        run.deleted += edit.deleted;
        run.duration = Math.max(run.duration, edit.at - run.at);
        return;
      }
      this.flush();
      this.run = { ...edit, duration: 0 };
      if (JOINED.has(edit.how)) {
        this.timer = setTimeout(() => this.flush(), RUN_MS);
      } else {
        this.flush();
      }
    }

    flush() {
      clearTimeout(this.timer);
      if (this.run) {
        this.send(veritype.Kind.EDITED, this.run);
      }
      this.run = null;
    }
  };

  veritype.flagsOf = (trusted, caret) => (trusted ? EditFlag.TRUSTED : 0) | (caret?.atEnd ? EditFlag.AT_END : 0);
})();
