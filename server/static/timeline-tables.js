// The timeline's data as tables: the same facts for those who do not see the chart.

export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export function words(code) {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");
}

function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}

function table(caption, heads, rows) {
  const box = element("div");
  box.className = "scroll";
  const made = element("table");
  made.append(element("caption", caption));
  const head = element("tr");
  for (const text of heads) {
    const cell = element("th", text);
    cell.scope = "col";
    head.append(cell);
  }
  const thead = element("thead");
  thead.append(head);
  const body = element("tbody");
  for (const row of rows) {
    const line = element("tr");
    for (const text of row) line.append(element("td", text));
    body.append(line);
  }
  made.append(thead, body);
  box.append(made);
  return box;
}

function perMinutes(data, minutes) {
  const width = minutes * 60000;
  const sums = new Map();
  for (const [at, rate] of data.typing) {
    const slot = Math.floor(at / width);
    sums.set(slot, (sums.get(slot) ?? 0) + (rate * data.bucket_ms) / 60000);
  }
  return [...sums].map(([slot, keys]) => [clock(slot * width), String(Math.round(keys))]);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : null;
}

export function fillTables(place, data) {
  const minutes = data.end_ms > 3600000 ? 10 : 1;
  const middle = median(data.intervals.map((point) => point[1]));
  place.append(
    element("p", middle === null ? "No keys were recorded." :
      `Half of the intervals between keys are shorter than ${Math.round(middle)} ms.`),
    table("What was not fully observed", ["From", "To", "State", "Why"],
      data.coverage.map((b) => [clock(b.start_ms), clock(b.end_ms), words(b.state), words(b.why)])),
    table("Window in front", ["From", "To", "Category"],
      data.focus.map((b) => [clock(b.start_ms), clock(b.end_ms), words(b.category)])),
    table("Insertions", ["At", "Characters", "How", "Copied in", "Seen by"],
      data.insertions.map((i) => [clock(i.t_ms), i.length_chars === null ? "not seen" : String(i.length_chars),
        words(i.how), words(i.source), words(i.seen_by)])),
    table(`Keys in each ${minutes} min`, ["From", "Keys"], perMinutes(data, minutes)),
    table("Screenshots", ["At", "Outcome"],
      data.screenshots.map((s) => [clock(s.t_ms), words(s.outcome)])),
  );
}
