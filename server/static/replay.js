// The replay: plays a session's steps on the timeline's clock, beside the window and the picture of then.
import { say } from "./texts.js";
import { dark, palette } from "./timeline-colours.js";
import { look } from "./timeline-film.js";
import { clock, words } from "./timeline-words.js";
import { ShapeCanvas } from "./replay-draw.js";
import { ReplayText } from "./replay-text.js";
import { shortcut } from "./shortcuts.js";

const IDLE_MS = 3000;
const BEFORE_MS = 500;
const STEP_MS = 5000;
const FAR_MS = 60000;
const FOLLOWED_MS = 2000;
/** With reduced motion the picture changes once a second, not with each frame. */
const still = matchMedia("(prefers-reduced-motion: reduce)");
const STILL_MS = 1000;

const part = (name) => document.getElementById(`replay-${name}`);

export class Replay {
  constructor(data, view, load) {
    Object.assign(this, { data, view, load, text: null, playing: false, last: 0, drawn: 0, shown: null });
    this.shape = new ShapeCanvas(part("shape"));
    this.shots = data.screenshots.filter((shot) => shot.url);
    const seek = part("seek");
    seek.max = data.end_ms;
    seek.addEventListener("input", async () => {
      view.seek(Number(seek.value));
      if (await this.#ready()) view.seek(view.cursor);
    });
    part("play").addEventListener("click", () => this.toggle());
    part("again").addEventListener("click", () => view.seek(0));
    view.sought.push((by) => this.#sought(by));
    addEventListener("resize", () => this.#resized());
    dark.addEventListener("change", () => this.#draw());
    this.#keys();
    this.#aside();
  }

  #keys() {
    const speed = part("speed");
    const faster = (by) => {
      speed.selectedIndex = Math.min(Math.max(speed.selectedIndex + by, 0), speed.options.length - 1);
    };
    shortcut("r", () => this.toggle());
    shortcut("b", () => this.view.seek(0));
    shortcut(">", () => faster(1));
    shortcut("<", () => faster(-1));
    shortcut("i", () => part("idle").click());
    shortcut("ArrowLeft", () => this.view.seek(this.view.cursor - STEP_MS));
    shortcut("ArrowRight", () => this.view.seek(this.view.cursor + STEP_MS));
    shortcut("{", () => this.view.seek(this.view.cursor - FAR_MS));
    shortcut("}", () => this.view.seek(this.view.cursor + FAR_MS));
  }

  async toggle() {
    if (this.playing) return this.#stop();
    if (!(await this.#ready())) return;
    if (this.view.cursor >= this.data.end_ms) this.view.seek(0);
    this.text.seek(this.view.cursor);
    this.playing = true;
    this.last = performance.now();
    part("play").textContent = say("pause");
    requestAnimationFrame((now) => this.#frame(now));
  }

  async #ready() {
    if (this.text || this.data.redacted) return Boolean(this.text);
    try {
      this.text = new ReplayText(await this.load(), this.data.insertions);
    } catch {
      part("said").textContent = say("replay-failed");
      return false;
    }
    document.getElementById("replay-card").dataset.ready = "true";
    return true;
  }

  #stop() {
    this.playing = false;
    part("play").textContent = say("play");
    this.#draw();
    this.#say();
  }

  #frame(now) {
    if (!this.playing) return;
    const passed = Math.min(now - this.last, 250);
    this.last = now;
    let to = this.view.cursor + passed * Number(part("speed").value);
    const next = this.text.steps.times[this.text.next] ?? this.data.end_ms;
    const jump = next - BEFORE_MS;
    if (part("idle").checked && next - to > IDLE_MS) {
      part("skipped").textContent = say("skipped", { lasted: clock(jump - to) });
      to = jump;
    }
    this.view.seek(to, this);
    this.#follow();
    this.text.seek(this.view.cursor);
    if (!still.matches || now - this.drawn >= STILL_MS) {
      this.drawn = now;
      this.#draw();
    }
    if (this.view.cursor >= this.data.end_ms) this.#stop();
    else requestAnimationFrame((then) => this.#frame(then));
  }

  /** Keep the cursor in view, unless it would run through what is in view at once. */
  #follow() {
    const { cursor, from, to } = this.view;
    const wide = to - from;
    if (cursor > to && wide > Number(part("speed").value) * FOLLOWED_MS) this.view.show(cursor - wide / 10, cursor + (wide * 9) / 10);
  }

  #sought(by) {
    if (by === this) return;
    part("skipped").textContent = "";
    this.#aside();
    if (!this.text) return;
    this.text.seek(this.view.cursor);
    this.#draw();
    if (!this.playing) this.#say();
  }

  #resized() {
    this.shape.fit();
    this.#draw();
  }

  #draw() {
    if (this.text) this.shape.draw(this.text);
    this.#aside();
  }

  #aside() {
    const at = this.view.cursor;
    const time = clock(at);
    const seek = part("seek");
    seek.value = at;
    if (part("time").textContent !== time) {
      part("time").textContent = time;
      seek.setAttribute("aria-valuetext", time);
    }
    this.#window(at);
    this.#picture(at);
  }

  #window(at) {
    const band = this.data.focus.findLast?.((each) => each.start_ms <= at);
    const category = band?.category ?? "unknown";
    const place = part("window");
    if (place.dataset.category === category) return;
    place.dataset.category = category;
    place.textContent = say("window-in-front", { category: words("category", category) });
    place.style.borderInlineStartColor = palette().categories[category];
  }

  #picture(at) {
    if (!this.text) return;
    const off = (shot) => Math.abs(shot.t_ms - at);
    const nearest = this.shots.reduce((best, shot) => (!best || off(shot) < off(best) ? shot : best), null);
    if (nearest === this.shown) return;
    this.shown = nearest;
    const image = part("picture");
    image.hidden = false;
    image.alt = say("shot-at", { at: clock(nearest.t_ms) });
    part("caption").textContent = say("nearest-shot", { at: clock(nearest.t_ms) });
    look(image, nearest.url);
  }

  /** What the canvas shows, in words: said when it stands still. */
  #say() {
    const { counts, did, blocks } = this.text;
    const known = blocks.reduce((sum, { insertion }) => sum + (insertion.length_chars ?? 0), 0);
    part("said").textContent = [
      say("shape", { at: clock(this.view.cursor), ...counts }),
      say("shape-inserted", { num: blocks.length, characters: known }),
      say("shape-erased", { erased: did.erased, elsewhere: did.elsewhere }),
      say("shape-moved", { moved: did.moved, clicked: did.clicked, windows: did.windows, commands: did.commands }),
    ].join(" ");
  }
}
