// The session's last minutes: keys by their kind, windows by their category, what was inserted.
import { byId, element, shape, words } from "/elements.js";

const WIDE_S = 300;
const NARROW_S = 110;
const NARROW_PX = 500;
const KEPT_S = 600;
const HEIGHT = 150;
const KEYS = { top: 8, height: 74 };
const INSERTED = { top: 86, height: 22 };
const FOCUS = { top: 116, height: 14 };
const GROUPS = {
  letter: "letters", digit: "letters", punct: "letters",
  space: "spaces", enter: "spaces", tab: "spaces",
  backspace: "erasing", delete: "erasing",
  nav_char: "moving", nav_jump: "moving",
};
const ORDER = ["letters", "spaces", "erasing", "moving", "others"];
const LEGEND = [
  ["letters", "letters, digits, signs"], ["spaces", "space, enter, tab"],
  ["erasing", "backspace, delete"], ["moving", "arrows"], ["others", "other keys"],
  ["inserted", "inserted text, with its length"], ["shot", "screenshot"], ["task", "task window"], ["assistant", "AI assistant"],
  ["elsewhere", "other window"], ["private", "private window"],
];

export class Live {
  constructor() {
    this.clear("");
  }

  clear(session) {
    this.session = session;
    this.last = 0;
    this.events = [];
    this.drawn = "";
  }

  take(live) {
    if (live === null) {
      if (this.drawn !== "none") {
        byId("live").replaceChildren(element("p", {}, "Off the clock: nothing is recorded, so there is nothing to show."));
        this.clear("");
        this.drawn = "none";
      }
      return;
    }
    if (live.session !== this.session) this.clear(live.session);
    this.events.push(...live.events.filter((each) => each.n > this.last));
    this.last = Math.max(this.last, live.last);
    const oldest = live.now_ms - KEPT_S * 1000;
    this.focus = this.events.filter((each) => each.kind === "Focus");
    const lastFocus = this.focus.at(-1);
    this.events = this.events.filter((each) => each.t_ms >= oldest || each === lastFocus);
    this.draw(Math.max(live.now_ms, this.events.at(-1)?.t_ms ?? 0));
  }

  draw(nowMs) {
    const end = Math.ceil(nowMs / 1000);
    this.span = byId("live").clientWidth < NARROW_PX ? NARROW_S : WIDE_S;
    const key = `${this.last}:${end}:${this.span}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const from = Math.max(0, end - this.span);
    if (!byId("chart")) {
      byId("live").replaceChildren(
        shape("svg", { id: "chart", class: "chart", role: "img" }),
        element("ul", { class: "legend", "aria-label": "Colours" }, ...LEGEND.map(([name, text]) =>
          element("li", {}, shape("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" },
            shape("rect", { width: 10, height: 10, rx: 2, class: name })), text))),
        element("h3", { id: "log-title" }, "The last of it in words"),
        element("ol", { id: "log", class: "log", tabindex: "0", "aria-labelledby": "log-title" }),
      );
    }
    const chart = byId("chart");
    const recent = this.events.filter((each) => each.t_ms >= from * 1000);
    chart.setAttribute("viewBox", `0 0 ${this.span * 3} ${HEIGHT}`);
    chart.setAttribute("aria-label", summary(recent, this.span));
    chart.replaceChildren(
      shape("line", { x1: 0, x2: this.span * 3, y1: KEYS.top + KEYS.height, y2: KEYS.top + KEYS.height, class: "base" }),
      ...keys(recent, from), ...inserted(recent, from), ...shots(recent, from), ...focus(this.focus, from, end), ...axis(from, end, this.span),
    );
    byId("log").replaceChildren(...log(this.events));
  }
}

const x = (seconds, from) => (seconds - from) * 3;

function keys(events, from) {
  const bySecond = new Map();
  for (const each of events) {
    if (each.kind !== "Keystroke") continue;
    const second = Math.floor(each.t_ms / 1000);
    if (!bySecond.has(second)) bySecond.set(second, {});
    const counts = bySecond.get(second);
    const group = GROUPS[each.key_class] ?? "others";
    counts[group] = (counts[group] ?? 0) + 1;
  }
  const totals = [...bySecond.values()].map((counts) => Object.values(counts).reduce((a, b) => a + b));
  const unit = KEYS.height / Math.max(12, ...totals);
  const bars = [];
  for (const [second, counts] of bySecond) {
    let bottom = KEYS.top + KEYS.height;
    for (const group of ORDER) {
      if (!counts[group]) continue;
      const height = counts[group] * unit;
      bottom -= height;
      bars.push(shape("rect", { x: x(second, from), y: bottom, width: 2.4, height, class: group }));
    }
  }
  return bars;
}

function inserted(events, from) {
  const found = events.filter((each) => each.kind === "Insertion" || (each.kind === "PageEdit" && each.how !== "typed" && each.how !== "deleted"));
  return found.flatMap((each) => {
    const length = each.length_chars ?? each.inserted_chars ?? 0;
    const height = Math.min(INSERTED.height, 6 + 4 * Math.log10(1 + length));
    const at = x(each.t_ms / 1000, from);
    const label = shape("text", { x: at + 6, y: INSERTED.top + INSERTED.height - 2 }, length ? String(length) : "?");
    return [label, shape("rect", { x: at - 2, y: INSERTED.top + INSERTED.height - height, width: 5, height, rx: 1.5, class: "inserted" },
      shape("title", {}, sentence(each)))];
  });
}

function shots(events, from) {
  return events.filter((each) => each.kind === "Screenshot").map((each) =>
    shape("circle", { cx: x(each.t_ms / 1000, from), cy: KEYS.top, r: 4, class: each.outcome === "taken" ? "shot" : "shot-out" },
      shape("title", {}, sentence(each))));
}

function focus(changes, from, end) {
  return changes.map((each, index) => {
    const begin = Math.max(from, each.t_ms / 1000);
    const over = Math.min(end, (changes[index + 1]?.t_ms ?? end * 1000) / 1000);
    if (over <= begin) return null;
    const kind = ["task", "assistant", "private"].includes(each.category) ? each.category : "elsewhere";
    return shape("rect", { x: x(begin, from), y: FOCUS.top, width: x(over, from) - x(begin, from), height: FOCUS.height, class: kind },
      shape("title", {}, `${words(each.category)} window`));
  }).filter((each) => each !== null);
}

function axis(from, end, span) {
  const marks = [];
  for (let second = Math.ceil(from / 60) * 60; second <= end; second += 60) {
    const at = x(second, from);
    const anchor = at < 20 ? "start" : at > span * 3 - 30 ? "end" : "middle";
    marks.push(shape("text", { x: at, y: HEIGHT - 4, "text-anchor": anchor }, `${second / 60} min`));
  }
  return marks;
}

function summary(events, span) {
  const count = (kind) => events.filter((each) => each.kind === kind).length;
  return `In the last ${span} seconds: ${count("Keystroke")} keys, ${count("Insertion")} insertions, ${count("Focus")} changes of window, ${count("Screenshot")} screenshots.`;
}

function log(events) {
  const lines = [];
  for (const each of events) {
    if (each.kind === "Keystroke") {
      const minute = Math.floor(each.t_ms / 60000);
      const last = lines.at(-1);
      if (last?.keys && last.minute === minute) last.keys += 1;
      else lines.push({ t_ms: each.t_ms, keys: 1, minute });
    } else if (each.kind !== "PointerSecond") {
      lines.push({ t_ms: each.t_ms, text: sentence(each) });
    }
  }
  return lines.slice(-60).reverse().map((line) => element("li", {},
    element("time", {}, elapsed(line.t_ms)),
    element("span", {}, line.keys ? `${line.keys} ${line.keys === 1 ? "key" : "keys"}, by kind and time` : line.text)));
}

function elapsed(ms) {
  const seconds = Math.floor(ms / 1000);
  const pad = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

const long = (chars) => (chars === null || chars === undefined ? "a text of unknown length" : `a text of ${chars} characters`);

const SENTENCES = {
  Focus: (e) => `A window came to the front: ${words(e.category)}`,
  Activity: (e) => `A minute in other windows (${words(e.category)}): ${e.keys} keys, ${e.pointer} clicks and scrolls`,
  Clipboard: (e) => `Copied in a window of the kind ${words(e.source)}: ${long(e.length_chars)}, ${e.lines} lines`,
  Insertion: (e) => `Inserted by ${words(e.how)}: ${long(e.length_chars)} (seen by ${words(e.seen_by)})`,
  Screenshot: (e) => `Screenshot: ${words(e.outcome)}`,
  Presence: (e) => `You: ${words(e.change)}`,
  Clock: () => "The computer's clock or time zone moved",
  Health: (e) => `The ${words(e.source)} source: ${words(e.state)}`,
  Marker: (e) => `You: ${words(e.marker)}`,
  DeclaredMode: (e) => `You said: ${words(e.mode)} ${e.on ? "on" : "off"}`,
  Blanking: () => "You blanked a picture",
  Attachment: (e) => `Stored beside the events: ${words(e.object_kind)}`,
  PageEdit: (e) => `A text field changed by ${words(e.how)}: ${e.inserted_chars} characters in, ${e.deleted_chars} out`,
  PageFocus: (e) => `Another part of the task page: number ${e.region}`,
  CaretJump: (e) => `The caret jumped by ${e.distance_chars} characters`,
  TextSubmitted: (e) => `Submitted: ${long(e.length_chars)}, stored as kinds of characters`,
  DeviceFact: () => "A fact about this device",
  ManualTime: (e) => `You added ${Math.round(e.length_s / 60)} min by hand`,
};

function sentence(event) {
  return (SENTENCES[event.kind] ?? (() => words(event.kind)))(event);
}
