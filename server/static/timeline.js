// The session's timeline: five lanes on one time axis. Draws what the server says, judges nothing.
import { clock, fillTables, words } from "./timeline-tables.js";

const CATEGORIES = ["task", "assistant", "reference", "editor", "communication", "private", "other", "unknown"];
const STATES = ["observed", "partly", "paused", "away", "lost"];
const LANES = [
  { key: "spans", name: "To look at", top: 28, height: 14 },
  { key: "coverage", name: "Coverage", top: 70, height: 24 },
  { key: "focus", name: "Window", top: 122, height: 24 },
  { key: "typing", name: "Keys per minute", top: 176, height: 96 },
  { key: "intervals", name: "Time between keys", top: 304, height: 136 },
  { key: "inserted", name: "Inserted characters", top: 472, height: 84 },
];
const LANE = Object.fromEntries(LANES.map((lane, index) => [lane.key, index]));
const FIRST_GRAPH = LANE.typing;

function palette() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return dark
    ? { ink: "#e6e9e8", muted: "#9ba7ab", line: "#30393d", card: "#1c2225", keys: "#7cc0c4", point: "#7cc0c4", injected: "#f2a09a",
        span: "rgba(242,160,154,.16)", window: "rgba(124,192,196,.18)", inserted: "#efc36b",
        states: { observed: "#35584b", partly: "#8a7433", paused: "#46515a", away: "#39434a", lost: "#a2504c" },
        categories: { task: "#4f8f94", assistant: "#d98a5b", reference: "#8a82c9", editor: "#6f93c4", communication: "#b07fae", private: "#59636a", other: "#6d7478", unknown: "#4a5256" } }
    : { ink: "#22282b", muted: "#5d676b", line: "#dedcd4", card: "#ffffff", keys: "#2a6168", point: "#2a6168", injected: "#9c2f2f",
        span: "rgba(156,47,47,.10)", window: "rgba(42,97,104,.14)", inserted: "#b97a10",
        states: { observed: "#bfdccb", partly: "#ecd591", paused: "#cfd5da", away: "#e2e5e8", lost: "#e2a49f" },
        categories: { task: "#5a9aa0", assistant: "#d98a5b", reference: "#9a92d6", editor: "#7ea2d2", communication: "#c193bf", private: "#a5adb2", other: "#bcc2c5", unknown: "#d5d8da" } };
}

function observed(data) {
  // What no band speaks for was observed.
  const bands = [];
  let until = 0;
  for (const band of data.coverage) {
    if (band.start_ms > until) bands.push({ start_ms: until, end_ms: band.start_ms, state: "observed", why: "" });
    until = Math.max(until, band.end_ms);
  }
  if (until < data.end_ms) bands.push({ start_ms: until, end_ms: data.end_ms, state: "observed", why: "" });
  return [...bands, ...data.coverage];
}

function bandSeries(name, lane, rows, colour) {
  return {
    name, type: "custom", xAxisIndex: lane, yAxisIndex: lane, clip: true,
    encode: { x: [0, 1] },
    data: rows.map((row) => ({ value: [row.from, row.to, 0], label: row.text, itemStyle: { color: colour(row.key) } })),
    renderItem(params, api) {
      const start = api.coord([api.value(0), 0]);
      const end = api.coord([api.value(1), 0]);
      const box = { x: start[0], y: params.coordSys.y, width: Math.max(end[0] - start[0], 3), height: params.coordSys.height };
      const shape = echarts.graphic.clipRectByRect(box, params.coordSys);
      return shape && { type: "rect", shape: { ...shape, r: 2 }, style: { fill: api.visual("color") } };
    },
    tooltip: { formatter: (item) => item.data.label },
  };
}

function axes(data, colours) {
  const last = LANES.length - 1;
  const x = LANES.map((_lane, index) => ({
    type: "time", gridIndex: index, min: 0, max: Math.max(data.end_ms, 1000),
    axisLine: { show: index === last, lineStyle: { color: colours.line } },
    axisTick: { show: index === last },
    splitLine: { show: index >= FIRST_GRAPH, lineStyle: { color: colours.line, opacity: 0.6 } },
    axisLabel: { show: index === last, color: colours.muted, formatter: clock, hideOverlap: true },
    axisPointer: { label: { show: index === last, formatter: ({ value }) => clock(value) } },
  }));
  const bare = { type: "value", min: 0, max: 1, show: false };
  const lined = {
    axisLabel: { color: colours.muted, fontSize: 11 }, axisLine: { show: false },
    splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } }, splitNumber: 2,
  };
  const y = [
    { ...bare, gridIndex: LANE.spans },
    { ...bare, gridIndex: LANE.coverage },
    { ...bare, gridIndex: LANE.focus },
    { type: "value", gridIndex: LANE.typing, min: 0, ...lined },
    { type: "log", gridIndex: LANE.intervals, min: 10, max: 100000, ...lined, splitNumber: 4, axisLabel: { ...lined.axisLabel, formatter: interval } },
    { type: "log", gridIndex: LANE.inserted, min: 1, max: longest(data), ...lined, axisLabel: { ...lined.axisLabel, formatter: (v) => v >= 1000 ? `${v / 1000}k` : `${v}` } },
  ];
  return { x, y };
}

function interval(ms) {
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

function longest(data) {
  // At least a hundred characters high, so that a small paste looks small.
  const most = Math.max(100, ...data.insertions.map((item) => item.length_chars ?? 0));
  return 10 ** Math.ceil(Math.log10(most));
}

function spanAreas(data, colours) {
  return {
    silent: true, itemStyle: { color: colours.span },
    data: data.spans.map((span) => [{ xAxis: span.start_ms }, { xAxis: span.end_ms }]),
  };
}

function insertedText(item) {
  const length = item.length_chars === null ? "length not seen" : `${item.length_chars} characters`;
  return `${clock(item.t_ms)}  ${length}\n${words(item.how)}, copied in: ${words(item.source)}\nSeen by: ${words(item.seen_by)}`;
}

function insertedSeries(data, colours, markArea) {
  // Drawn by hand: a bar series would widen its own time axis and shift it against the others.
  return {
    name: "Inserted", type: "custom", xAxisIndex: LANE.inserted, yAxisIndex: LANE.inserted, clip: true, encode: { x: 0, y: 1 }, markArea,
    data: data.insertions.map((item) => ({
      value: [item.t_ms, Math.max(item.length_chars ?? 2, 2)], text: insertedText(item),
      itemStyle: { color: item.source === "assistant" ? colours.categories.assistant : colours.inserted },
    })),
    renderItem(params, api) {
      const top = api.coord([api.value(0), api.value(1)]);
      const floor = params.coordSys.y + params.coordSys.height;
      const box = { x: top[0] - 3, y: top[1], width: 6, height: Math.max(floor - top[1], 2) };
      const shape = echarts.graphic.clipRectByRect(box, params.coordSys);
      return shape && { type: "rect", shape: { ...shape, r: 2 }, style: { fill: api.visual("color") } };
    },
    tooltip: { formatter: (item) => item.data.text },
  };
}

function series(data, colours) {
  const areas = spanAreas(data, colours);
  const typed = data.intervals.filter((point) => !point[2]);
  const injected = data.intervals.filter((point) => point[2]);
  const scatter = (name, points, color, markArea) => ({
    name, type: "scatter", xAxisIndex: LANE.intervals, yAxisIndex: LANE.intervals, symbolSize: 3.2, data: points,
    itemStyle: { color, opacity: 0.55 }, markArea,
    tooltip: { formatter: (item) => `${clock(item.value[0])}  ${Math.round(item.value[1])} ms\n${name}` },
  });
  return [
    bandSeries("To look at", LANE.spans, data.spans.map((s) => ({ from: s.start_ms, to: s.end_ms, key: s.kind,
      text: `${words(s.kind)}: ${words(s.why)}\n${clock(s.start_ms)} to ${clock(s.end_ms)}` })), () => colours.injected),
    bandSeries("Coverage", LANE.coverage, observed(data).map((b) => ({ from: b.start_ms, to: b.end_ms, key: b.state,
      text: `${words(b.state)}${b.why ? `: ${words(b.why)}` : ""}\n${clock(b.start_ms)} to ${clock(b.end_ms)}` })), (key) => colours.states[key]),
    bandSeries("Window", LANE.focus, data.focus.map((b) => ({ from: b.start_ms, to: b.end_ms, key: b.category,
      text: `${words(b.category)}\n${clock(b.start_ms)} to ${clock(b.end_ms)}` })), (key) => colours.categories[key]),
    { name: "Keys per minute", type: "line", xAxisIndex: LANE.typing, yAxisIndex: LANE.typing, step: "middle", symbol: "none", data: data.typing,
      lineStyle: { color: colours.keys, width: 1.4 }, areaStyle: { color: colours.keys, opacity: 0.14 }, markArea: areas,
      tooltip: { formatter: (item) => `${clock(item.value[0])}  ${Math.round(item.value[1])} keys/min` } },
    scatter("Key", typed, colours.point, areas),
    scatter("Key sent by a program", injected, colours.injected),
    insertedSeries(data, colours, areas),
  ];
}

function options(data) {
  const colours = palette();
  const narrow = innerWidth < 720;
  const left = narrow ? 46 : 64;
  const { x, y } = axes(data, colours);
  const every = LANES.map((_lane, index) => index);
  return {
    animation: false, useUTC: true, backgroundColor: "transparent", textStyle: { color: colours.ink, fontFamily: "inherit" },
    title: LANES.map((lane) => ({ text: lane.name, left: 0, top: lane.top - 22, textStyle: { color: colours.muted, fontSize: 12, fontWeight: 600 } })),
    // No automatic room for labels: it would narrow one lane and shift it against the others.
    grid: LANES.map((lane) => ({ left, right: 30, outerBoundsMode: "none", top: lane.top, height: narrow ? lane.height * 0.88 : lane.height })),
    xAxis: x, yAxis: y, series: series(data, colours),
    axisPointer: { link: [{ xAxisIndex: "all" }], lineStyle: { color: colours.muted } },
    tooltip: { renderMode: "richText", trigger: "item", confine: true, backgroundColor: colours.card, borderColor: colours.line, textStyle: { color: colours.ink, fontSize: 12 } },
    dataZoom: [
      { type: "inside", xAxisIndex: every, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
      { type: "slider", xAxisIndex: every, filterMode: "none", bottom: 6, height: 22, left, right: 30, showDetail: false,
        borderColor: colours.line, fillerColor: colours.window, dataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } }, selectedDataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } }, brushSelect: false, textStyle: { color: colours.muted } },
    ],
  };
}

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
  const list = document.createElement("ul");
  list.className = "legend";
  const states = new Set(observed(data).map((b) => b.state));
  const categories = new Set(data.focus.map((b) => b.category));
  for (const state of STATES) if (states.has(state)) list.append(legendEntry(colours.states[state], words(state)));
  for (const name of CATEGORIES) if (categories.has(name)) list.append(legendEntry(colours.categories[name], `${words(name)} window`));
  if (data.spans.length) list.append(legendEntry(colours.injected, "Stretch to look at"));
  return list;
}

const looking = new Map();

function look(image, digest) {
  image.addEventListener("load", () => looking.set(digest, performance.now()), { once: true });
}

function looked() {
  const place = document.getElementById("strip");
  const now = performance.now();
  const pairs = [...looking].map(([digest, since]) => `${digest}:${Math.round(now - since)}`);
  looking.clear();
  for (let at = 0; at < pairs.length; at += 50) {
    const said = new URLSearchParams({ csrf: place.dataset.csrf });
    for (const pair of pairs.slice(at, at + 50)) said.append("looked", pair);
    navigator.sendBeacon(place.dataset.looked, said);
  }
}

// The page that is left or hidden says for how long its pictures were open: the audit log keeps it.
addEventListener("pagehide", looked);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") looked();
});

function filmstrip(place, data) {
  for (const shot of data.screenshots) {
    const item = document.createElement("li");
    if (shot.url) {
      const link = document.createElement("a");
      link.href = shot.url;
      const image = document.createElement("img");
      look(image, shot.url.split("/").pop());
      image.src = shot.url;
      image.loading = "lazy";
      image.alt = `Screenshot at ${clock(shot.t_ms)}`;
      link.append(image);
      item.append(link);
    } else {
      const none = document.createElement("div");
      none.className = "none";
      none.textContent = words(shot.outcome);
      item.append(none);
    }
    const when = document.createElement("small");
    when.textContent = clock(shot.t_ms) + (shot.masked ? ", masked" : "") + (shot.pixelated ? ", pixelated" : "");
    item.append(when);
    place.append(item);
  }
  place.hidden = data.screenshots.length === 0;
}

function zoomTo(chart, from, to) {
  chart.dispatchAction({ type: "dataZoom", startValue: Math.max(0, from), endValue: to });
}

function connect(chart, data) {
  document.getElementById("zoom-out").addEventListener("click", () => zoomTo(chart, 0, data.end_ms));
  for (const button of document.querySelectorAll("[data-from]")) {
    button.addEventListener("click", () => {
      zoomTo(chart, Number(button.dataset.from) - 10000, Number(button.dataset.to) + 10000);
      document.getElementById("chart").scrollIntoView({ block: "center" });
    });
  }
  addEventListener("resize", () => chart.resize());
}

// Other pages point at a moment: #at-90000 is a minute and a half after clock-in.
function showMoment(chart, data) {
  const at = /^#at-(\d{1,12})$/.exec(location.hash);
  if (!at) return;
  zoomTo(chart, Number(at[1]) - 10000, Math.min(Number(at[1]) + 10000, data.end_ms));
  document.getElementById("chart").scrollIntoView({ block: "center" });
}

async function show() {
  const place = document.getElementById("chart");
  const answer = await fetch(place.dataset.source);
  if (!answer.ok) {
    document.getElementById("chart-text").textContent = "The timeline could not be loaded. Reload the page to try again.";
    return;
  }
  const data = await answer.json();
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options(data));
  let key = legend(data);
  place.after(key);
  fillTables(document.getElementById("chart-tables"), data);
  filmstrip(document.getElementById("strip"), data);
  connect(chart, data);
  showMoment(chart, data);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    chart.setOption(options(data), true);
    const fresh = legend(data);
    key.replaceWith(fresh);
    key = fresh;
  });
  place.dataset.ready = "true";
}

show();
