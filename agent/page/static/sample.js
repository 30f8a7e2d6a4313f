// The typing sample: each key is reduced to its kind and its times as it is pressed. What is typed
// stays in the text field, is never read here, and goes with it.
import { byId, element, moment, show } from "/elements.js";

const MISSING = 0xffffffff;
const MOST_KEYS = 1500;
const LONGEST_GAP_US = 9999999;
const LONGEST_HOLD_US = 60000000;
const ENOUGH = { copied: 150, composed: 200 };
const CLASS = {
  letter: 0, digit: 1, punct: 2, space: 3, enter: 4, tab: 5, backspace: 6, delete: 7, nav_char: 8,
  nav_jump: 9, shift: 10, modifier: 11, capslock: 12, function: 13, escape: 14, other: 16,
};
const NAMED = {
  " ": "space", Enter: "enter", Tab: "tab", Backspace: "backspace", Delete: "delete",
  ArrowLeft: "nav_char", ArrowRight: "nav_char", ArrowUp: "nav_char", ArrowDown: "nav_char",
  Home: "nav_jump", End: "nav_jump", PageUp: "nav_jump", PageDown: "nav_jump", Shift: "shift",
  Control: "modifier", Alt: "modifier", AltGraph: "modifier", Meta: "modifier",
  CapsLock: "capslock", Escape: "escape",
};

export function classOf(key) {
  if (NAMED[key]) return CLASS[NAMED[key]];
  if (/^F\d+$/.test(key)) return CLASS.function;
  if (key.length > 2) return CLASS.other;
  if (/^[\p{L}\p{M}]+$/u.test(key)) return CLASS.letter;
  return /^\p{Nd}$/u.test(key) ? CLASS.digit : CLASS.punct;
}

class Keys {
  constructor(field, changed) {
    this.clear();
    this.changed = changed;
    field.addEventListener("keydown", (event) => this.down(event));
    field.addEventListener("keyup", (event) => this.up(event));
    for (const name of ["paste", "drop"]) field.addEventListener(name, (event) => event.preventDefault());
  }

  clear() {
    this.gap_us = [];
    this.hold_us = [];
    this.key_class = [];
    this.held = new Map();
    this.last = null;
  }

  get count() {
    return this.gap_us.length;
  }

  down(event) {
    if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || this.count >= MOST_KEYS) return;
    const now = Math.round(event.timeStamp * 1000);
    this.held.set(event.code, [this.count, now]);
    this.gap_us.push(this.last === null ? 0 : Math.min(Math.max(now - this.last, 0), LONGEST_GAP_US));
    this.hold_us.push(MISSING);
    this.key_class.push(classOf(event.key));
    this.last = now;
    this.changed();
  }

  up(event) {
    const found = this.held.get(event.code);
    if (!found) return;
    this.held.delete(event.code);
    const [place, began] = found;
    this.hold_us[place] = Math.min(Math.max(Math.round(event.timeStamp * 1000) - began, 0), LONGEST_HOLD_US);
  }

  columns() {
    return { gap_us: this.gap_us, hold_us: this.hold_us, key_class: this.key_class };
  }
}

export class Sample {
  constructor(request, sure) {
    this.request = request;
    this.sure = sure;
  }

  async look() {
    const state = await (await this.request("/sample")).json();
    show(byId("sample"), state, () => (state.made_us === null ? this.offer(state) : this.kept(state)));
  }

  offer(state) {
    const steps = element("div", { class: "steps", hidden: true });
    const agreed = element("input", { type: "checkbox", id: "sample-agree" });
    agreed.addEventListener("change", () => {
      steps.hidden = !agreed.checked;
      if (agreed.checked) steps.replaceChildren(...this.steps(state));
      else steps.replaceChildren();
    });
    return [
      element("details", { open: true }, element("summary", {}, "What it is, and what you would agree to"), element("pre", {}, state.consent)),
      element("label", { class: "choice" }, agreed, "I agree to this, and want to give a typing sample"),
      steps,
    ];
  }

  steps(state) {
    const send = element("button", { type: "button", disabled: true }, "Keep it and send it");
    const parts = {};
    const field = (name, label, rows) => {
      const area = element("textarea", { id: `sample-${name}`, rows, spellcheck: "false", autocomplete: "off", autocapitalize: "off", autocorrect: "off" });
      const count = element("span", { class: "muted" }, `0 of ${ENOUGH[name]} keys`);
      parts[name] = new Keys(area, () => {
        count.textContent = `${Math.min(parts[name].count, ENOUGH[name])} of ${ENOUGH[name]} keys`;
        send.disabled = Object.entries(ENOUGH).some(([each, enough]) => parts[each].count < enough);
      });
      return [element("label", { for: `sample-${name}` }, label), area, count];
    };
    send.addEventListener("click", () => this.send(state, parts));
    return [
      element("p", {}, "First, copy this text:"), element("p", { class: "copy" }, state.copy_text),
      ...field("copied", "Your copy", "4"),
      ...field("composed", state.write_about, "6"),
      element("div", { class: "buttons" }, send),
    ];
  }

  async send(state, parts) {
    const body = JSON.stringify({
      consent_version: state.consent_version, made_us: Date.now() * 1000,
      copied: parts.copied.columns(), composed: parts.composed.columns(),
    });
    await this.tell("Your typing sample is kept and was sent.", () => this.request("/sample", { method: "POST", body, patience: 45000 }));
  }

  kept(state) {
    const order = (name) => () => this.request("/do", { method: "POST", body: JSON.stringify({ do: name }), patience: 45000 });
    const buttons = [element("button", { type: "button", class: "quiet", onclick: async () => {
      if (await this.sure("Delete your typing sample?", "It is deleted on the server and on this computer.", "Delete it")) {
        await this.tell("Your typing sample is deleted.", order("sample-delete"));
      }
    } }, "Delete my sample")];
    if (!state.sent) buttons.push(element("button", { type: "button", onclick: () => this.tell("It was sent.", order("sample-send")) }, "Send it again"));
    return [
      element("p", {}, `Made ${moment(state.made_us)}: ${state.keys} keys, by kind and time. ${state.sent ? "The server has it." : "It is kept here and was not sent yet."}`),
      element("details", {}, element("summary", {}, "What you agreed to"), element("pre", {}, state.consent)),
      element("div", { class: "buttons" }, ...buttons),
    ];
  }

  async tell(done, action) {
    const said = byId("sample-said");
    try {
      await action();
      said.className = "said";
      said.textContent = done;
    } catch (error) {
      said.className = "said wrong";
      said.textContent = error.message;
    }
    await this.look();
  }
}
