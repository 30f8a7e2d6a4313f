// The timeline's data as tables: the same facts for those who do not see the chart.
import { number, say } from "./texts.js";
import { clock, incidentText, words } from "./timeline-words.js";

function element(name, text) {
  const made = document.createElement(name);
  if (text instanceof Node) made.append(text);
  else if (text !== undefined) made.textContent = text;
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
  const add = (at, typed, erased) => {
    const slot = Math.floor(at / width);
    const [before, gone] = sums.get(slot) ?? [0, 0];
    sums.set(slot, [before + typed, gone + erased]);
  };
  for (const [at, rate] of data.typing) add(at, (rate * data.bucket_ms) / 60000, 0);
  for (const [at, keys] of data.revisions) add(at, 0, keys);
  return [...sums].map(([slot, [typed, erased]]) => [clock(slot * width), number(Math.round(typed)), number(erased)]);
}

function picture(shot) {
  if (!shot.url) return words("outcome", shot.outcome);
  const link = element("a", words("outcome", shot.outcome));
  link.href = shot.url;
  return link;
}

export function fillTables(place, data) {
  const minutes = data.end_ms > 3600000 ? 10 : 1;
  const because = (band) => (band.why ? words("because", band.why) : "");
  place.append(
    element("p", data.median_ms === null ? say("no-intervals") : say("median", { ms: data.median_ms })),
    table(say("table-coverage"), [say("from"), say("to"), say("state"), say("why")],
      data.coverage.map((b) => [clock(b.start_ms), clock(b.end_ms), words("state", b.state), because(b)])),
    table(say("table-focus"), [say("from"), say("to"), say("category")],
      data.focus.map((b) => [clock(b.start_ms), clock(b.end_ms), words("category", b.category)])),
    table(say("table-inserted"), [say("at"), say("length"), say("how"), say("copied-in"), say("seen-by")],
      data.insertions.map((i) => [clock(i.t_ms), i.length_chars === null ? say("length-unseen") : number(i.length_chars),
        words("how", i.how), words("category", i.source), words("seen", i.seen_by)])),
    table(say("table-incidents"), [say("from"), say("to"), say("what")],
      data.incidents.map((i) => [clock(i.start_ms), clock(i.end_ms), incidentText(i)])),
    table(say("table-keys", { minutes }), [say("from"), say("keys-pressed"), say("keys-that-erase")], perMinutes(data, minutes)),
    table(say("table-shots"), [say("at"), say("outcome")], data.screenshots.map((s) => [clock(s.t_ms), picture(s)])),
  );
}
