// A session's page: the timeline, and what is linked to it.
import { fetchSteps, intervalsIn } from "./replay-steps.js";
import { Replay } from "./replay.js";
import { listen, shortcut } from "./shortcuts.js";
import { Stretch } from "./stretch.js";
import { say } from "./texts.js";
import { HEIGHT, RIGHT, densityOf, left, observed, options, pointSeries } from "./timeline-chart.js";
import { CATEGORIES, STATES, dark, palette } from "./timeline-colours.js";
import { Film } from "./timeline-film.js";
import { fillTables } from "./timeline-tables.js";
import { View } from "./timeline-view.js";
import { words } from "./timeline-words.js";

const POINTS_MAX = 4000;
const SETTLED_MS = 200;
const place = document.getElementById("chart");

function legendEntry(colour, text) {
  const item = document.createElement("li");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 10 10");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["width", 10], ["height", 10], ["rx", 2], ["fill", colour]]) rect.setAttribute(name, value);
  svg.append(rect);
  item.append(svg, text);
  return item;
}

function legend(data) {
  const colours = palette();
  const list = document.getElementById("legend");
  list.replaceChildren();
  const states = new Set(observed(data).map((b) => b.state));
  const categories = new Set(data.focus.map((b) => b.category));
  for (const state of STATES) if (states.has(state)) list.append(legendEntry(colours.states[state], words("state", state)));
  for (const name of CATEGORIES) if (categories.has(name)) list.append(legendEntry(colours.categories[name], say("window-of", { category: words("category", name) })));
  if (data.spans.length) list.append(legendEntry(colours.injected, say("lane-spans")));
}

function cursorLine(view) {
  const line = document.getElementById("cursor");
  const draw = () => {
    const share = (view.cursor - view.from) / (view.to - view.from);
    line.hidden = share < 0 || share > 1;
    line.style.left = `${left() + share * (place.clientWidth - left() - RIGHT)}px`;
  };
  view.moved.push(draw);
  view.sought.push(draw);
  draw();
}

/** Of many keys a density is drawn; closer in, each of them. */
function pointsWhenClose(chart, data, view, load) {
  let waiting;
  let close = false;
  const draw = async () => {
    const whole = view.to - view.from > view.end * 0.98;
    const points = whole ? null : intervalsIn(await load(), view.from, view.to, POINTS_MAX);
    if (!points && !close) return;
    close = Boolean(points?.length);
    chart.setOption({ series: [...densityOf(data, !close), ...pointSeries(points ?? [])] });
  };
  view.moved.push(() => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, SETTLED_MS);
  });
}

function clicks(chart, view, stretch) {
  let onMark = false;
  chart.on("click", ({ data }) => {
    if (!data?.row) return;
    onMark = true;
    if (data.row.category || data.row.state || data.row.outcome) view.seek(data.row.start_ms);
    else stretch.show(data.row.start_ms, data.row.end_ms);
  });
  chart.getZr().on("click", ({ offsetX }) => {
    // Which of the two hears of a click first is ECharts' own affair.
    queueMicrotask(() => {
      if (!onMark) view.seek(chart.convertFromPixel({ xAxisIndex: 0 }, offsetX));
      onMark = false;
    });
  });
}

/** What the keys for the next and the previous one go through: stretches to look at, else insertions. */
function marksOf(data) {
  const marks = data.spans.length ? data.spans : data.insertions.map((i) => ({ start_ms: i.t_ms, end_ms: i.t_ms }));
  return [...marks].sort((a, b) => a.start_ms - b.start_ms);
}

function controls(data, view, stretch) {
  const marks = marksOf(data);
  const next = () => marks.find((mark) => mark.start_ms > view.cursor) ?? marks[0];
  const previous = () => marks.findLast((mark) => mark.start_ms < view.cursor) ?? marks.at(-1);
  const show = (mark) => mark && stretch.show(mark.start_ms, mark.end_ms);
  const does = {
    "zoom-out": ["w", () => view.show(0, view.end)],
    "zoom-closer": ["+", () => view.zoom(2)],
    "zoom-further": ["-", () => view.zoom(0.5)],
    "pan-back": ["[", () => view.pan(-0.5)],
    "pan-on": ["]", () => view.pan(0.5)],
    "mark-next": ["n", () => show(next())],
    "mark-previous": ["p", () => show(previous())],
    "view-said": ["v", () => stretch.showView()],
  };
  for (const [id, [key, action]] of Object.entries(does)) {
    document.getElementById(id).addEventListener("click", action);
    shortcut(key, action);
  }
  for (const id of ["mark-next", "mark-previous"]) document.getElementById(id).disabled = marks.length === 0;
  for (const button of document.querySelectorAll("[data-from]")) {
    button.addEventListener("click", () => {
      stretch.show(Number(button.dataset.from), Number(button.dataset.to));
      place.scrollIntoView({ block: "start" });
    });
  }
  shortcut("t", () => {
    const tables = document.getElementById("tables");
    tables.open = !tables.open;
    tables.querySelector("summary").focus();
  });
}

function once(make) {
  let made;
  return () => (made ??= make().catch((error) => {
    made = undefined;
    throw error;
  }));
}

// Other pages point at a moment: #at-90000 is a minute and a half after clock-in.
function showMoment(stretch) {
  const at = /^#at-(\d{1,12})$/.exec(location.hash);
  if (!at) return;
  stretch.show(Number(at[1]), Number(at[1]));
  place.scrollIntoView({ block: "start" });
}

async function show() {
  const source = place.dataset.source;
  const answer = await fetch(`${source}/timeline.json`).catch(() => null);
  if (!answer?.ok) {
    document.getElementById("chart-text").textContent = say("timeline-failed");
    return;
  }
  const data = await answer.json();
  place.style.height = `${HEIGHT}px`;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(data));
  const view = new View(chart, data.end_ms);
  view.moved.push(() => (place.dataset.view = `${Math.round(view.from)}-${Math.round(view.to)}`));
  const load = once(() => fetchSteps(`${source}/replay.bin`));
  const stretch = new Stretch(view, source);
  legend(data);
  cursorLine(view);
  if (data.density && !data.redacted) pointsWhenClose(chart, data, view, load);
  const film = new Film(document.getElementById("strip"), data.screenshots, view);
  view.moved.push(() => film.draw());
  clicks(chart, view, stretch);
  controls(data, view, stretch);
  if (!data.redacted) new Replay(data, view, load);
  addEventListener("resize", () => {
    chart.resize();
    film.draw();
  });
  dark.addEventListener("change", () => {
    chart.setOption(options(data), true);
    view.show(view.from, view.to);
    legend(data);
  });
  document.getElementById("tables").addEventListener("toggle", () => fillTables(document.getElementById("chart-tables"), data), { once: true });
  listen(document.getElementById("keys"));
  document.getElementById("keys-show").addEventListener("click", () => document.getElementById("keys").showModal());
  showMoment(stretch);
  place.dataset.ready = "true";
}

show();
