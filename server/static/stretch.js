// The panel of one stretch: ten seconds either side come into view, and the server says what was there.
import { say } from "./texts.js";

const AROUND_MS = 10000;

export class Stretch {
  constructor(view, source) {
    Object.assign(this, { view, source, asked: 0 });
    this.panel = document.getElementById("stretch");
    this.body = document.getElementById("stretch-body");
  }

  /** Zoom to a stretch and say what was observed there. */
  async show(from, to) {
    this.view.show(from - AROUND_MS, to + AROUND_MS);
    this.view.seek(from);
    await this.#say(from, to);
  }

  /** Say what was observed in what is in view. */
  async showView() {
    await this.#say(this.view.from, this.view.to);
  }

  async #say(from, to) {
    const mine = ++this.asked;
    const query = new URLSearchParams({ from_ms: Math.max(0, Math.round(from)), to_ms: Math.max(0, Math.round(to)) });
    this.panel.hidden = false;
    this.panel.setAttribute("aria-busy", "true");
    document.getElementById("stretch-title").focus();
    const answer = await fetch(`${this.source}/stretch?${query}`).catch(() => null);
    const text = answer?.ok ? await answer.text() : null;
    if (mine !== this.asked) return;
    if (text === null) this.body.textContent = say("stretch-failed");
    else this.body.innerHTML = text;
    this.panel.removeAttribute("aria-busy");
  }
}
