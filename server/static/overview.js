// The small charts of the overview: a bar, or a point, for each day or week. The numbers stand in a table too.
const points = JSON.parse(document.getElementById("points").textContent);
const SHARES = new Set(["abstained"]);

function colours() {
  const style = getComputedStyle(document.documentElement);
  const named = (name) => style.getPropertyValue(name).trim();
  return { ink: named("--accent"), line: named("--line"), text: named("--muted"), card: named("--card"), body: named("--ink") };
}

function written(value, share) {
  if (value === null || value === undefined) return "–";
  const form = share ? { style: "percent", maximumFractionDigits: 1 } : { maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, form).format(value);
}

function options(name, hue) {
  const share = SHARES.has(name);
  return {
    animation: false,
    grid: { left: 4, right: 4, top: 6, bottom: 6 },
    xAxis: { type: "category", data: points.names, axisLabel: { show: false }, axisTick: { show: false }, axisLine: { lineStyle: { color: hue.line } } },
    yAxis: { type: "value", show: false, min: 0 },
    tooltip: {
      renderMode: "richText", trigger: "axis", confine: true, backgroundColor: hue.card, borderColor: hue.line, textStyle: { color: hue.body, fontSize: 12 },
      formatter: ([item]) => `${item.name}: ${written(item.value, share)}`,
    },
    series: [{ type: share ? "line" : "bar", data: points[name], itemStyle: { color: hue.ink }, lineStyle: { color: hue.ink }, symbolSize: 5, barMaxWidth: 14 }],
  };
}

const charts = [...document.querySelectorAll("[data-chart]")].map((place) => {
  const chart = echarts.init(place, null, { renderer: "canvas" });
  return { chart, name: place.dataset.chart };
});

function draw() {
  const hue = colours();
  for (const { chart, name } of charts) chart.setOption(options(name, hue));
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", () => charts.forEach(({ chart }) => chart.resize()));
document.body.dataset.drawn = "true";
