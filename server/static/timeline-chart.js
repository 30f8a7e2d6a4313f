// The timeline's lanes on one time axis. Draws what the server says, judges nothing.
import { say } from "./texts.js";
import { palette } from "./timeline-colours.js";
import { clock, incidentText, insertionText, words } from "./timeline-words.js";

const GAP = 32;
const HEIGHTS = { spans: 14, coverage: 22, focus: 22, typing: 84, erased: 34, intervals: 132, inserted: 78, incidents: 14, shots: 8 };
const ORDER = Object.keys(HEIGHTS);
const LANE = Object.fromEntries(ORDER.map((key, index) => [key, index]));
const TOPS = ORDER.map((_key, index) => 26 + ORDER.slice(0, index).reduce((sum, key) => sum + HEIGHTS[key] + GAP, 0));
export const HEIGHT = TOPS.at(-1) + HEIGHTS.shots + 64;
export const RIGHT = 30;

/** Where the time axis begins, in pixels from the chart's left. */
export function left() {
  return innerWidth < 720 ? 46 : 64;
}

export function observed(data) {
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

function lane(key, series) {
  return { id: key, name: say(`lane-${key}`), type: "custom", xAxisIndex: LANE[key], yAxisIndex: LANE[key], clip: true, ...series };
}

function between(row) {
  return say("from-to", { from: clock(row.start_ms), to: clock(row.end_ms) });
}

function bands(key, rows, colour, text, least = 3) {
  return lane(key, {
    encode: { x: [0, 1] },
    data: rows.map((row) => ({ value: [row.start_ms, row.end_ms, 0], row, text: `${text(row)}\n${between(row)}`, itemStyle: { color: colour(row) } })),
    renderItem(params, api) {
      const start = api.coord([api.value(0), 0]);
      const end = api.coord([api.value(1), 0]);
      const box = { x: start[0], y: params.coordSys.y, width: Math.max(end[0] - start[0], least), height: params.coordSys.height };
      return rectangle(box, params, api);
    },
    tooltip: { formatter: (item) => item.data.text },
  });
}

function rectangle(box, params, api) {
  const shape = echarts.graphic.clipRectByRect(box, params.coordSys);
  return shape && { type: "rect", shape: { ...shape, r: 2 }, style: { fill: api.visual("color") } };
}

// Drawn by hand: a bar series would widen its own time axis and shift it against the others.
function bars(key, rows, wide, more) {
  return lane(key, {
    encode: { x: 0, y: 1 }, data: rows, ...more,
    renderItem(params, api) {
      const top = api.coord([api.value(0), api.value(1)]);
      const floor = params.coordSys.y + params.coordSys.height;
      const width = wide ? Math.max(Math.abs(api.size([wide, 0])[0]) - 1, 2) : 6;
      return rectangle({ x: top[0] - width / 2, y: top[1], width, height: Math.max(floor - top[1], 2) }, params, api);
    },
    tooltip: { formatter: (item) => item.data.text },
  });
}

function insertedSeries(data, colours, markArea) {
  return bars("inserted", data.insertions.map((item) => ({
    value: [item.t_ms, Math.max(item.length_chars ?? 2, 2)], row: { start_ms: item.t_ms, end_ms: item.t_ms },
    text: `${clock(item.t_ms)}\n${insertionText(item)}`,
    itemStyle: { color: item.source === "assistant" ? colours.categories.assistant : colours.inserted },
  })), 0, { markArea });
}

function densityPicture(density, colours) {
  const canvas = document.createElement("canvas");
  canvas.width = density.counts.length / density.bins;
  canvas.height = density.bins;
  const pen = canvas.getContext("2d");
  const most = Math.log1p(density.counts.reduce((a, b) => Math.max(a, b), 1));
  pen.fillStyle = colours.point;
  density.counts.forEach((count, index) => {
    if (!count) return;
    pen.globalAlpha = 0.12 + 0.88 * (Math.log1p(count) / most);
    pen.fillRect(Math.floor(index / density.bins), density.bins - 1 - (index % density.bins), 1, 1);
  });
  return canvas;
}

function densitySeries(data, colours) {
  const { density } = data;
  const image = densityPicture(density, colours);
  const end = (density.counts.length / density.bins) * data.bucket_ms;
  return {
    ...lane("intervals", {}), id: "density", silent: true, data: [[0, density.least_ms, end, density.most_ms]], encode: { x: [0, 2], y: [1, 3] },
    renderItem(params, api) {
      // The part in view alone: the whole would be a picture of a million pixels when zoomed.
      const { x, y, width, height } = params.coordSys;
      const [start] = api.coord([0, density.least_ms]);
      const [stop] = api.coord([end, density.least_ms]);
      const scale = image.width / (stop - start);
      const right = Math.min(x + width, stop);
      return { type: "image", style: { image, x, y, width: right - x, height, sx: (x - start) * scale, sy: 0, sWidth: Math.max((right - x) * scale, 1e-3), sHeight: image.height } };
    },
  };
}

/** Points of intervals for the series `points` and `sent`. */
export function pointSeries(points, colours = palette()) {
  const scatter = (id, rows, color) => ({
    id, name: say(`point-${id}`), type: "scatter", xAxisIndex: LANE.intervals, yAxisIndex: LANE.intervals, symbolSize: 3.2, large: rows.length > 1000,
    data: rows, itemStyle: { color, opacity: 0.55 },
    tooltip: { formatter: (item) => `${clock(item.value[0])}  ${say("milliseconds", { ms: Math.round(item.value[1]) })}\n${say(`point-${id}`)}` },
  });
  return [scatter("points", points.filter((point) => !point[2]), colours.point), scatter("sent", points.filter((point) => point[2]), colours.injected)];
}

/** The density, or nothing where points are drawn in its place. */
export function densityOf(data, shown) {
  if (!data.density) return [];
  return [shown ? densitySeries(data, palette()) : { id: "density", type: "custom", data: [] }];
}

function typingSeries(data, colours, markArea) {
  return { ...lane("typing", {}), type: "line", clip: true, step: "middle", symbol: "none", data: data.typing, markArea,
    lineStyle: { color: colours.keys, width: 1.4 }, areaStyle: { color: colours.keys, opacity: 0.14 } };
}

function shotRows(data) {
  return data.screenshots.map((shot) => ({ ...shot, start_ms: shot.t_ms, end_ms: shot.t_ms }));
}

function series(data, colours) {
  const areas = { silent: true, itemStyle: { color: colours.span }, data: data.spans.map((span) => [{ xAxis: span.start_ms }, { xAxis: span.end_ms }]) };
  const erased = data.revisions.map(([at, keys]) => ({ value: [at, keys], text: `${clock(at)}  ${say("keys-erased", { num: keys })}`, itemStyle: { color: colours.erased } }));
  return [
    bands("spans", data.spans, () => colours.injected, (s) => `${words("kind", s.kind)}: ${s.why}`, 5),
    bands("coverage", observed(data), (b) => colours.states[b.state], (b) => words("state", b.state) + (b.why ? `: ${words("because", b.why)}` : "")),
    bands("focus", data.focus, (b) => colours.categories[b.category], (b) => words("category", b.category)),
    typingSeries(data, colours, areas),
    bars("erased", erased, data.bucket_ms, {}),
    ...densityOf(data, true),
    ...pointSeries(data.intervals, colours),
    insertedSeries(data, colours, areas),
    bands("incidents", data.incidents, () => colours.incident, incidentText, 5),
    bands("shots", shotRows(data), (s) => (s.url ? colours.keys : colours.muted), (s) => `${say("lane-shots")}: ${words("outcome", s.outcome)}`, 4),
  ];
}

function longest(data) {
  // At least a hundred characters high, so that a small paste looks small.
  const most = Math.max(100, ...data.insertions.map((item) => item.length_chars ?? 0));
  return 10 ** Math.ceil(Math.log10(most));
}

function interval(ms) {
  return ms >= 1000 ? say("seconds", { s: ms / 1000 }) : say("milliseconds", { ms });
}

function axes(data, colours) {
  const last = ORDER.length - 1;
  const graph = (key) => ["typing", "erased", "intervals", "inserted"].includes(key);
  const x = ORDER.map((key, index) => ({
    type: "time", gridIndex: index, min: 0, max: Math.max(data.end_ms, 1000),
    axisLine: { show: index === last, lineStyle: { color: colours.line } }, axisTick: { show: index === last },
    splitLine: { show: graph(key), lineStyle: { color: colours.line, opacity: 0.6 } },
    axisLabel: { show: index === last, color: colours.muted, formatter: clock, hideOverlap: true },
    axisPointer: { label: { show: index === last, formatter: ({ value }) => clock(value) } },
  }));
  const bare = { type: "value", min: 0, max: 1, show: false };
  const lined = { axisLabel: { color: colours.muted, fontSize: 11 }, axisLine: { show: false }, splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } }, splitNumber: 2 };
  const own = {
    typing: { type: "value", min: 0, ...lined },
    erased: { type: "value", min: 0, minInterval: 1, ...lined, splitNumber: 1 },
    intervals: { type: "log", min: 10, max: 100000, ...lined, splitNumber: 4, axisLabel: { ...lined.axisLabel, formatter: interval } },
    inserted: { type: "log", min: 1, max: longest(data), ...lined, axisLabel: { ...lined.axisLabel, formatter: (v) => (v >= 1000 ? `${v / 1000}k` : `${v}`) } },
  };
  return { xAxis: x, yAxis: ORDER.map((key, gridIndex) => ({ gridIndex, ...(own[key] ?? bare) })) };
}

export function options(data) {
  const colours = palette();
  const every = ORDER.map((_key, index) => index);
  const grid = { left: left(), right: RIGHT };
  const quiet = { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } };
  return {
    animation: false, useUTC: true, backgroundColor: "transparent", textStyle: { color: colours.ink, fontFamily: "inherit" },
    title: ORDER.map((key, index) => ({ text: say(`lane-${key}`), left: 0, top: TOPS[index] - 21, padding: 0, textStyle: { color: colours.muted, fontSize: 12, fontWeight: 600 } })),
    // No automatic room for labels: it would narrow one lane and shift it against the others.
    grid: ORDER.map((key, index) => ({ ...grid, outerBoundsMode: "none", top: TOPS[index], height: HEIGHTS[key] })),
    ...axes(data, colours), series: series(data, colours),
    axisPointer: { link: [{ xAxisIndex: "all" }], lineStyle: { color: colours.muted } },
    tooltip: { renderMode: "richText", trigger: "item", confine: true, backgroundColor: colours.card, borderColor: colours.line, textStyle: { color: colours.ink, fontSize: 12 } },
    dataZoom: [
      { type: "inside", xAxisIndex: every, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false, minValueSpan: 1000 },
      { type: "slider", xAxisIndex: every, filterMode: "none", bottom: 6, height: 22, ...grid, showDetail: false, brushSelect: false, minValueSpan: 1000,
        borderColor: colours.line, fillerColor: colours.window, dataBackground: quiet, selectedDataBackground: quiet, textStyle: { color: colours.muted } },
    ],
  };
}
