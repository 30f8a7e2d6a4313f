// Elements are made here and only here: text is text, never markup.
const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function shape(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);
export const words = (name) => name.replaceAll("_", " ").replaceAll("-", " ");

export function clock(us) {
  return new Date(us / 1000).toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
}

export function moment(us) {
  const when = new Date(us / 1000);
  const today = when.toDateString() === new Date().toDateString();
  return today ? clock(us) : `${when.toLocaleDateString()} ${clock(us)}`;
}

export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole / 60) % 60).padStart(2, "0")} min`;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function table(head, rows) {
  const header = element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) =>
    cell instanceof Node ? element("td", {}, cell) : element("td", {}, String(cell)))));
  const made = element("table", {}, element("thead", {}, header), element("tbody", {}, ...body));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": head.join(", ") }, made);
}

export function figures(pairs) {
  return element("dl", { class: "figures" }, ...pairs.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, String(value)))));
}

// Replaces what is shown only if it changed, so that nobody's focus or reading is disturbed.
const before = new WeakMap();
export function show(place, data, make) {
  const key = JSON.stringify(data);
  if (before.get(place) === key) return;
  before.set(place, key);
  place.replaceChildren(...[make(data)].flat());
}
