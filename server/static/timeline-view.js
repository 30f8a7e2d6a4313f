// What part of the session is in view, and where its cursor stands: chart, filmstrip and replay share it.
const LEAST_MS = 1000;

export class View {
  constructor(chart, end) {
    Object.assign(this, { chart, end: Math.max(end, LEAST_MS), from: 0, to: Math.max(end, LEAST_MS), cursor: 0 });
    this.moved = [];
    this.sought = [];
    chart.on("datazoom", (event) => this.#zoomed(event.batch?.[0] ?? event));
  }

  #zoomed({ start, end, startValue, endValue }) {
    this.from = startValue ?? (start / 100) * this.end;
    this.to = endValue ?? (end / 100) * this.end;
    for (const tell of this.moved) tell();
  }

  /** Show just this; both ends are moved into the session. */
  show(from, to) {
    const wide = Math.min(Math.max(to - from, LEAST_MS), this.end);
    const startValue = Math.min(Math.max(from, 0), this.end - wide);
    this.chart.dispatchAction({ type: "dataZoom", startValue, endValue: startValue + wide });
  }

  /** Closer (above 1) or further, around the cursor if it is in view. */
  zoom(factor) {
    const about = this.cursor > this.from && this.cursor < this.to ? this.cursor : (this.from + this.to) / 2;
    this.show(about - (about - this.from) / factor, about + (this.to - about) / factor);
  }

  pan(share) {
    const step = (this.to - this.from) * share;
    this.show(this.from + step, this.to + step);
  }

  /** Move the cursor; who plays says so, the others are told. */
  seek(ms, by) {
    this.cursor = Math.min(Math.max(ms, 0), this.end);
    for (const tell of this.sought) tell(by);
  }
}
