"use strict";
// Runs in pages of the project while a session records, and says how their text fields change.
// Everything it says goes through veritype.message: numbers, and the classes of a submitted text.
(() => {
  const veritype = globalThis.veritype;
  const api = globalThis.browser ?? globalThis.chrome;
  // A frame's first, empty page shares its window with the page that follows: each document is
  // watched once. Frames without an address of their own are watched by the page around them.
  if (veritype.watching === document || !location.protocol.startsWith("http")) {
    return;
  }
  const { Kind, CaretFlag } = veritype;
  const { wall, targetOf, deepActive, isConnected, isOneSign, charsInRanges } = veritype.page;

  const SETTLE_MS = 30;
  const LOOK_MS = 1000;
  const CARET_MS = 200;
  const SUBMITTED_AGAIN_MS = 1000;
  const FIELDS_MAX = 0xffff;
  const IS_TOP = window === window.top;

  class Watch {
    constructor(port) {
      this.port = port;
      this.sites = [];
      this.regions = [];
      this.address = "";
      this.inScope = false;
      this.states = new WeakMap();
      this.numbered = 0;
      this.roots = new Set();
      this.region = 0;
      this.secret = false;
      this.stopped = false;
      this.runs = new veritype.Runs((kind, values) => this.send(kind, values));
      this.ending = new AbortController();
      this.caretTimer = 0;
      this.looking = 0;
    }

    start(sites) {
      this.sites = sites;
      this.attach(document);
      document.addEventListener("visibilitychange", () => this.guarded(() => this.visibility()), this.options());
      window.addEventListener("pagehide", () => this.runs.flush(), this.options());
      window.addEventListener("blur", () => this.guarded(() => this.enteredFrame()), this.options());
      this.looking = setInterval(() => this.guarded(() => this.look()), LOOK_MS);
      this.guarded(() => this.look());
      this.guarded(() => this.focusMoved(this.focused()));
    }

    stop() {
      this.stopped = true;
      this.ending.abort();
      clearInterval(this.looking);
      clearTimeout(this.caretTimer);
      clearTimeout(this.runs.timer);
    }

    options() {
      return { capture: true, passive: true, signal: this.ending.signal };
    }

    // The page's own code must never meet an error of ours, and an address that left the scope
    // (pages change theirs without loading) ends the watching at once.
    guarded(act) {
      if (this.stopped || !this.meant()) {
        return;
      }
      try {
        act();
      } catch (error) {
        if (!api.runtime?.id) {
          this.stop(); // the extension was taken away
        }
      }
    }

    meant() {
      if (location.href !== this.address) {
        this.address = location.href;
        const was = this.inScope;
        this.inScope = this.sites.some((site) => veritype.matches(site.pattern, this.address));
        this.regions = veritype.regionsOf(this.sites, this.address);
        if (was && !this.inScope && this.secret) {
          this.tell(Kind.SECRET, { at: wall(null), on: 0 });
          this.secret = false;
        }
      }
      return this.inScope;
    }

    tell(kind, values) {
      this.port.postMessage(veritype.message(kind, values));
    }

    send(kind, values) {
      if (!this.stopped) {
        this.tell(kind, values);
      }
    }

    // Events. Composed ones cross open shadow roots, so one set of listeners at the document hears
    // them; frames without an address of their own are heard from here too.

    attach(root) {
      if (this.roots.has(root)) {
        return;
      }
      this.roots.add(root);
      const hear = (type, act) =>
        root.addEventListener(type, (event) => this.guarded(() => act(event, targetOf(event))), this.options());
      if (root.host) {
        hear("submit", (event, target) => this.formSubmitted(event, target));
        return;
      }
      hear("beforeinput", (event, target) => this.beforeInput(event, target));
      hear("input", (event, target) => this.input(event, target));
      hear("keydown", (event, target) => this.keyDown(event, target));
      for (const [type, how] of [["paste", veritype.How.PASTE], ["drop", veritype.How.DROP], ["cut", veritype.How.DELETED]]) {
        hear(type, (event, target) => this.handled(event, target, how));
      }
      hear("compositionstart", (event, target) => this.compositionBegins(event, target));
      hear("compositionend", (event, target) => this.compositionEnds(event, target));
      hear("focusin", (event, target) => event.isTrusted && this.focusMoved(target, event));
      hear("focusout", (event) => event.isTrusted && this.secretIs(false));
      hear("pointerdown", (event, target) => event.isTrusted && this.attention(target));
      for (const type of ["selectionchange", "pointerup", "keyup"]) {
        hear(type, () => this.caretMayHaveMoved());
      }
      hear("click", (event, target) => this.clicked(event, target));
      hear("submit", (event, target) => this.formSubmitted(event, target));
      hear("load", () => this.look());
    }

    stateOf(field) {
      let state = this.states.get(field);
      if (!state) {
        this.numbered = Math.min(this.numbered + 1, FIELDS_MAX);
        state = new veritype.FieldState(this.numbered, veritype.charsIn(veritype.textOf(field)));
        this.states.set(field, state);
      }
      return state;
    }

    // Takes a look at a field: what changed since the last look is recorded.
    settle(field, event = null) {
      const state = this.stateOf(field);
      if (state.composing) {
        return state;
      }
      const length = veritype.charsIn(veritype.textOf(field));
      const at = state.expected?.at ?? wall(event);
      const changes = state.changes(length, performance.now());
      if (changes.length > 0) {
        const caret = veritype.caretOf(field);
        state.caret = caret ?? state.caret;
        const region = veritype.regionOf(field, this.regions);
        for (const [how, inserted, deleted, trusted] of changes) {
          const flags = veritype.flagsOf(trusted, caret);
          this.runs.add({ at, how, inserted, deleted, flags, field: state.number, region });
        }
      }
      return state;
    }

    expect(field, state, event, expected) {
      state.expect({ selected: veritype.caretOf(field)?.selected ?? 0, at: wall(event), ms: performance.now(), ...expected });
      setTimeout(() => this.guarded(() => this.settle(field)), SETTLE_MS);
    }

    beforeInput(event, target) {
      const field = veritype.fieldOf(target);
      if (!field || !event.isTrusted) {
        return;
      }
      const type = event.inputType;
      const state = this.stateOf(field);
      if (type === "insertCompositionText" || type === "insertFromComposition") {
        return;
      }
      this.composed(field, state);
      if (state.composing) {
        return;
      }
      if (!state.expected?.before) {
        this.settle(field, event);
      }
      const data = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
      const chars = type === "insertText" && isOneSign(data) ? Math.max(1, veritype.charsIn(data)) : veritype.charsIn(data);
      const how = type === "insertText" && isOneSign(data) ? { how: veritype.How.TYPED, type: undefined } : { type };
      const breaks = type === "insertLineBreak" || type === "insertParagraph";
      const ranges = event.getTargetRanges?.() ?? [];
      const replaced = type === "insertReplacementText";
      const selected = ranges.length > 0 && !replaced ? { selected: charsInRanges(ranges, field) } : {};
      const deletes = type.startsWith("delete") ? { selected: 0 } : {};
      this.expect(field, state, event, { ...how, chars: breaks ? 1 : chars, replaced, ...selected, ...deletes });
    }

    input(event, target) {
      const field = veritype.fieldOf(target);
      if (!field) {
        return;
      }
      const state = this.stateOf(field);
      if (state.composing || event.inputType === "insertCompositionText") {
        return;
      }
      if (!event.isTrusted) {
        this.settle(field, event);
        return;
      }
      if (state.expected && !state.expected.before) {
        state.expected.seen = true;
      } else if (event.inputType === undefined || event.inputType === "") {
        // A form filled in by the browser; a field emptied by its own button shrinks.
        this.expectNow(state, event, { how: veritype.How.AUTOFILL, chars: Infinity });
      } else {
        state.expected = null; // no person's input began it: document.execCommand
      }
      this.settle(field, event);
    }

    expectNow(state, event, expected) {
      state.expect({ selected: 0, at: wall(event), ms: performance.now(), ...expected });
    }

    keyDown(event, target) {
      const field = veritype.fieldOf(target);
      const expected = field && event.isTrusted && !event.isComposing ? veritype.expectedOfKey(event) : null;
      if (expected) {
        this.composed(field, this.stateOf(field));
        const state = this.settle(field, event);
        this.expect(field, state, event, { ...expected, before: true });
      }
    }

    // Paste, drop and cut that the page handles itself; otherwise `beforeinput` says it better.
    handled(event, target, how) {
      const field = veritype.fieldOf(target);
      if (field && event.isTrusted) {
        this.composed(field, this.stateOf(field));
        const state = this.settle(field, event);
        this.expect(field, state, event, { how, chars: Infinity, before: true });
      }
    }

    compositionBegins(event, target) {
      const field = veritype.fieldOf(target);
      if (field && event.isTrusted) {
        this.composed(field, this.stateOf(field));
        const state = this.settle(field, event);
        state.expected = null;
        state.composing = { at: wall(event), selected: veritype.caretOf(field)?.selected ?? 0 };
      }
    }

    // Firefox changes the text after this event: a look at it waits, but not past the next input.
    compositionEnds(event, target) {
      const field = veritype.fieldOf(target);
      const state = field && this.stateOf(field);
      if (!state?.composing) {
        return;
      }
      const how = isOneSign(event.data ?? "") ? veritype.How.TYPED : veritype.How.COMPOSITION;
      state.composing.ended = { how, chars: veritype.charsIn(event.data ?? "") };
      setTimeout(() => this.guarded(() => this.composed(field, state)), SETTLE_MS);
    }

    composed(field, state) {
      if (state.composing?.ended) {
        const { at, selected, ended } = state.composing;
        state.composing = null;
        state.expect({ at, selected, ...ended, ms: performance.now(), seen: true });
        this.settle(field);
      }
    }

    // Once a second, and when frames load: fields and frames that came, texts that scripts changed;
    // and the focus, which leaves a field that is taken away without a word.
    look() {
      this.secretIs(veritype.isSecret(this.focused()));
      for (const root of [...this.roots]) {
        for (const frame of root.querySelectorAll("iframe")) {
          this.attachFrame(frame);
        }
      }
      for (const root of this.roots) {
        if (!isConnected(root)) {
          this.roots.delete(root);
          continue;
        }
        for (const field of veritype.fieldsIn(root)) {
          if (this.states.has(field)) {
            this.settle(field);
          } else {
            this.stateOf(field);
          }
        }
      }
    }

    attachFrame(frame) {
      try {
        const inner = frame.contentDocument;
        if (inner && /^about:(blank|srcdoc)$/.test(inner.location.href)) {
          this.attach(inner);
        }
      } catch {
        // another origin's page: not ours to see
      }
    }

    // Attention and secrets.

    // What is in focus here; null: another window, tab or page has the focus.
    focused() {
      const active = document.hasFocus() ? deepActive(document) : null;
      return active && this.roots.has(active.ownerDocument) ? active : null;
    }

    focusMoved(target, event = null) {
      if (target?.shadowRoot) {
        this.attach(target.shadowRoot);
      }
      const secret = veritype.isSecret(target);
      this.secretIs(secret, event);
      if (!secret && target) {
        this.attention(target);
        this.caretMayHaveMoved();
      }
    }

    secretIs(secret, event = null) {
      if (secret !== this.secret) {
        this.secret = secret;
        this.tell(Kind.SECRET, { at: wall(event), on: secret ? 1 : 0 });
      }
    }

    attention(target) {
      const region = veritype.regionOf(target, this.regions);
      if (region === this.region || (region === 0 && !IS_TOP)) {
        return;
      }
      this.region = region;
      this.runs.flush();
      this.tell(Kind.FOCUSED, { at: wall(null), region });
    }

    enteredFrame() {
      const active = deepActive(document);
      if (active?.tagName === "IFRAME") {
        this.attention(active);
      }
    }

    visibility() {
      this.runs.flush();
      if (this.region !== 0) {
        this.tell(Kind.FOCUSED, { at: wall(null), region: document.hidden ? 0 : this.region });
      }
    }

    // The caret: where it is when it has come to rest, against where the last edit left it.

    caretMayHaveMoved() {
      clearTimeout(this.caretTimer);
      this.caretTimer = setTimeout(() => this.guarded(() => this.caretRests()), CARET_MS);
    }

    caretRests() {
      const field = veritype.fieldOf(deepActive(document));
      if (!field) {
        return;
      }
      const state = this.settle(field);
      const caret = state.composing ? null : veritype.caretOf(field);
      const known = state.caret;
      if (!caret) {
        return;
      }
      state.caret = caret;
      if (known === null || (caret.at === known.at && (caret.selected === known.selected || caret.selected === 0))) {
        return;
      }
      this.runs.flush();
      const back = caret.at < known.at ? CaretFlag.BACKWARD : 0;
      const flags = back | (caret.selected > 0 ? CaretFlag.SELECTED : 0);
      this.tell(Kind.JUMPED, { at: wall(null), field: state.number, distance: Math.abs(caret.at - known.at), flags });
    }

    // Submitting. A form with a password field is a sign-in and is not reported.

    formSubmitted(event, form) {
      if (form.tagName === "FORM") {
        const submitter = event.submitter?.closest("[data-veritype-submit]");
        this.submitted(submitter ? veritype.namedFields(submitter) : veritype.formFields(form), event);
      }
    }

    clicked(event, target) {
      const button = event.composedPath().find((node) => node.matches?.("[data-veritype-submit]"));
      if (button && !(button.form && button.type === "submit")) {
        this.submitted(veritype.namedFields(button), event);
      }
    }

    submitted(fields, event) {
      for (const field of fields) {
        const state = this.settle(field, event);
        const classes = veritype.classesOf(veritype.textOf(field));
        const now = performance.now();
        const again = state.submitted && state.submitted.length === classes.length;
        if (classes.length > 0 && !(again && now - state.submitted.ms < SUBMITTED_AGAIN_MS)) {
          state.submitted = { length: classes.length, ms: now };
          this.runs.flush();
          const region = veritype.regionOf(field, this.regions);
          const values = { at: wall(event), field: state.number, region, length: classes.length, classes };
          this.tell(Kind.SUBMITTED, values);
        }
      }
    }
  }

  let watch = null;

  function end() {
    watch?.stop();
    watch = null;
  }

  function join() {
    const port = api.runtime.connect({ name: "page" });
    veritype.watching = document;
    port.onMessage.addListener(({ sites }) => {
      end();
      if (sites.length > 0) {
        watch = new Watch(port);
        watch.start(sites);
      }
    });
    port.onDisconnect.addListener(() => {
      end();
      veritype.watching = null;
    });
    return port;
  }

  let port = join();
  // A page that the person goes back to is still there, but the browser closed its port.
  veritype.join = join;
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && veritype.join === join && api.runtime?.id) {
      port.disconnect();
      end();
      port = join();
    }
  });
})();
