// Screenshots that have not left: look, black out a part, erase, let go.
import { byId, clock, duration, element, show, size, table } from "/elements.js";

const MINUTE_S = 60;

export class Pictures {
  constructor(ask, sure) {
    this.ask = ask;
    this.sure = sure;
    this.urls = new Map();
    this.number = 0;
    byId("place").addEventListener("submit", (event) => {
      event.preventDefault();
      this.blackOut();
    });
    byId("editor-close").addEventListener("click", () => byId("editor").close());
    for (const id of ["left", "top", "width", "height"]) byId(id).addEventListener("input", () => this.outline());
    draw(byId("canvas"), (box) => {
      for (const [id, value] of Object.entries(box)) byId(id).value = value;
      this.outline();
    });
  }

  take(pictures) {
    for (const [key, url] of this.urls) {
      if (pictures.some((each) => keyOf(each) === key)) continue;
      URL.revokeObjectURL(url);
      this.urls.delete(key);
    }
    // Minutes, so that a card is not made anew each second while somebody is on its buttons.
    const shown = pictures.map((each) => ({ ...each, left_s: roughly(each.left_s) }));
    const focused = document.activeElement?.dataset.button;
    show(byId("pictures"), shown, () => this.cards(shown));
    if (focused) document.querySelector(`[data-button="${focused}"]`)?.focus();
  }

  takeTitles(titles) {
    const shown = titles.map((each) => ({ ...each, left_s: roughly(each.left_s) }));
    show(byId("titles"), shown, () => (shown.length === 0 ? [] : [
      element("h3", {}, "Window titles"),
      table(["Read", "Title", "Stays here", ""], shown.map((each) => [
        clock(each.read_us), each.text, duration(each.left_s),
        element("button", { type: "button", class: "quiet", "aria-label": `Erase the title read at ${clock(each.read_us)}`,
          onclick: () => this.ask({ do: "blank", number: each.number }, "The title is erased.") }, "Erase it"),
      ])),
    ]));
  }

  cards(pictures) {
    if (pictures.length === 0) return element("p", {}, "None waits on this computer.");
    return element("ul", { class: "shots" }, ...pictures.map((each) => this.card(each)));
  }

  card(picture) {
    const when = clock(picture.taken_us);
    const image = element("img", { alt: `Screenshot taken at ${when}` });
    this.load(picture).then((url) => { image.src = url; }, () => {});
    const left = picture.left_s > 0 ? `Stays here ${duration(picture.left_s)} more of your working time.` : "Leaves as soon as the server takes it.";
    const button = (name, text, action, kind = "quiet") => element("button", {
      type: "button", class: kind, "data-button": `${name}-${picture.number}`, "aria-label": `${text}, screenshot of ${when}`, onclick: action }, text);
    const buttons = [
      button("part", "Black out a part", () => this.edit(picture)),
      button("blank", "Erase it", () => this.erase(picture)),
    ];
    if (picture.left_s > 0) buttons.push(button("release", "Send now", () => this.ask({ do: "release", number: picture.number }, "It goes now.")));
    return element("li", {}, image, element("div", { class: "words" },
      element("h3", {}, `Taken at ${when}`), element("p", { class: "muted" }, `${left} ${size(picture.size_bytes)}.`),
      element("div", { class: "buttons" }, ...buttons)));
  }

  async load(picture) {
    const key = keyOf(picture);
    if (!this.urls.has(key)) {
      const answer = await this.ask.get(`/pictures/${picture.number}`);
      this.urls.set(key, URL.createObjectURL(await answer.blob()));
    }
    return this.urls.get(key);
  }

  async erase(picture) {
    const text = "Its bytes are erased from this computer and it is never sent. The minute stays paid. This cannot be undone.";
    if (await this.sure(`Erase the screenshot of ${clock(picture.taken_us)}?`, text, "Erase it")) {
      await this.ask({ do: "blank", number: picture.number }, "The screenshot is erased.");
    }
  }

  async edit(picture) {
    this.number = picture.number;
    const image = byId("editor-image");
    image.src = await this.load(picture);
    await image.decode().catch(() => {});
    byId("editor-said").textContent = "";
    byId("place").reset();
    for (const [id, most] of [["left", image.naturalWidth - 1], ["width", image.naturalWidth], ["top", image.naturalHeight - 1], ["height", image.naturalHeight]]) byId(id).max = most;
    this.outline();
    byId("editor").showModal();
    byId("left").focus();
  }

  box() {
    const [left, top, width, height] = ["left", "top", "width", "height"].map((id) => byId(id).valueAsNumber);
    return [left, top, width, height].every(Number.isInteger) && width > 0 && height > 0 ? { left, top, width, height } : null;
  }

  outline() {
    const box = this.box();
    const rectangle = byId("rectangle");
    rectangle.hidden = box === null;
    if (box === null) return;
    const image = byId("editor-image");
    const scale = image.clientWidth / image.naturalWidth;
    for (const [name, value] of Object.entries(box)) rectangle.style[name] = `${value * scale}px`;
  }

  async blackOut() {
    const box = this.box();
    if (box === null) return;
    const region = [box.left, box.top, box.width, box.height];
    const done = await this.ask({ do: "blank", number: this.number, regions: [region] }, "That part is black now.");
    if (done) byId("editor").close();
    else byId("editor-said").textContent = byId("said").textContent;
  }
}

const keyOf = (picture) => `${picture.number}:${picture.size_bytes}`;
const roughly = (seconds) => (seconds > 2 * MINUTE_S ? Math.ceil(seconds / MINUTE_S) * MINUTE_S : Math.ceil(seconds / 5) * 5);

function draw(canvas, drawn) {
  let start = null;
  const at = (event) => {
    const image = byId("editor-image");
    const frame = image.getBoundingClientRect();
    const scale = image.naturalWidth / frame.width;
    const inside = (value, most) => Math.round(Math.min(Math.max(value, 0), most) * scale);
    return [inside(event.clientX - frame.left, frame.width), inside(event.clientY - frame.top, frame.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    start = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const [x, y] = at(event);
    const [left, top] = [Math.min(x, start[0]), Math.min(y, start[1])];
    drawn({ left, top, width: Math.max(1, Math.abs(x - start[0])), height: Math.max(1, Math.abs(y - start[1])) });
  });
  canvas.addEventListener("pointerup", () => { start = null; });
}
