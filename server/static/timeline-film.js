// Screenshots on the time axis: so many as fit, each at its time. A picture is fetched only while its
// strip is on the screen, because that it was given to somebody is written down.
import { say } from "./texts.js";
import { RIGHT, left } from "./timeline-chart.js";
import { clock, words } from "./timeline-words.js";

const WIDTH = 112;

const looking = new Map();

/** Fetch a picture and note from when on it can be seen. */
export function look(image, url) {
  image.addEventListener("load", () => {
    const digest = url.split("/").pop();
    if (!looking.has(digest)) looking.set(digest, performance.now());
  }, { once: true });
  image.src = url;
}

// The page that is left or hidden says for how long its pictures were open: the audit log keeps it.
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

function entry(shot) {
  const item = document.createElement("li");
  if (shot.url) {
    const link = document.createElement("a");
    link.href = shot.url;
    const image = document.createElement("img");
    image.alt = say("shot-at", { at: clock(shot.t_ms) });
    link.append(image);
    item.append(link);
  } else {
    const none = document.createElement("div");
    none.className = "none";
    none.textContent = words("outcome", shot.outcome);
    item.append(none);
  }
  const when = document.createElement("small");
  when.textContent = [clock(shot.t_ms), shot.masked && say("masked"), shot.pixelated && say("pixelated")].filter(Boolean).join(", ");
  item.append(when);
  return item;
}

export class Film {
  constructor(place, shots, view) {
    Object.assign(this, { place, shots, view, seen: false, entries: new Map() });
    place.hidden = shots.length === 0;
    new IntersectionObserver(([change]) => {
      this.seen = change.isIntersecting;
      this.draw();
    }).observe(place);
    addEventListener("pagehide", looked);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && looked());
    this.draw();
  }

  draw() {
    const { view, place } = this;
    const wide = place.clientWidth - left() - RIGHT;
    const chosen = new Set();
    let free = -Infinity;
    for (const shot of this.shots) {
      if (shot.t_ms < view.from || shot.t_ms > view.to) continue;
      const at = left() + ((shot.t_ms - view.from) / (view.to - view.from)) * wide;
      const x = Math.min(Math.max(at - WIDTH / 2, 0), place.clientWidth - WIDTH);
      if (x < free) continue;
      free = x + WIDTH + 6;
      chosen.add(shot);
      this.#put(shot, x);
    }
    for (const [shot, item] of this.entries) item.hidden = !chosen.has(shot);
    const note = document.getElementById("film-note");
    note.textContent = this.shots.length ? say("film-shown", { shown: chosen.size, all: this.shots.length }) : "";
  }

  #put(shot, x) {
    let item = this.entries.get(shot);
    if (!item) {
      item = entry(shot);
      this.entries.set(shot, item);
      // In the order of time, also for those who go from one to the next by the keyboard.
      const after = [...this.entries.keys()].filter((other) => other.t_ms > shot.t_ms).sort((a, b) => a.t_ms - b.t_ms)[0];
      this.place.insertBefore(item, after ? this.entries.get(after) : null);
    }
    item.style.left = `${x}px`;
    const image = item.querySelector("img");
    if (this.seen && image && !image.src) look(image, shot.url);
  }
}
