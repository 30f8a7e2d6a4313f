// Asks the agent every second and shows what it says; when it says nothing, that is shown loudest.
import { byId, duration, element, figures, moment, shape, show, size, table, words } from "/elements.js";
import { Live } from "/live.js";
import { Pictures } from "/pictures.js";
import { Sample } from "/sample.js";

const NOW_MS = 1000;
const HIDDEN_MS = 3000;
const ANSWER_MS = 3500;
const SELDOM_MS = 30000;
const MODES = {
  "dictation": "dictation", "ime": "an input method", "remapper": "a key remapper",
  "screen-reader": "a screen reader", "own-notes": "my own notes", "allowed-ai": "AI help that is allowed",
  "switch-device": "a switch or another input device",
};
const HEADLINES = {
  recording: (s) => `Recording for ${s.project}`,
  paused: (s) => `Paused (${s.project}): nothing is recorded`,
  broken: (s) => `NOT RECORDING, although you are clocked in for ${s.project}`,
  off: () => "Off the clock: nothing is recorded",
};
const CHIPS = { recording: "Recording", paused: "Paused", broken: "Not recording", off: "Off the clock" };
const HEALTH = {
  running: ["ok", "works"], degraded: ["warn", "works in part"], missing: ["warn", "not on this desktop"],
  failed: ["bad", "stopped working"], stopped: ["warn", "switched off"],
};

// The key lives in this tab alone; the ticket in the address worked once and is taken out of it.
let key = sessionStorage.getItem("key") ?? "";
let stopped = false;

async function request(path, options = {}) {
  const answer = await fetch(path, {
    ...options, credentials: "same-origin", signal: AbortSignal.timeout(options.patience ?? ANSWER_MS),
    headers: { "Veritype-Key": key, ...(options.body ? { "Content-Type": "application/json" } : {}) },
  });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({ error: "" }));
  const error = new Error(said.error || `The agent answered ${answer.status}.`);
  error.status = answer.status;
  throw error;
}

async function enter() {
  const ticket = location.hash.slice(1);
  if (!ticket) return;
  history.replaceState(null, "", "/");
  const answer = await request("/enter", { method: "POST", body: JSON.stringify({ ticket }) });
  key = (await answer.json()).key;
  sessionStorage.setItem("key", key);
}

async function ask(order, done) {
  const said = byId("said");
  try {
    await request("/do", { method: "POST", body: JSON.stringify(order), patience: 45000 });
    said.className = "said";
    said.textContent = done;
    await look();
    return true;
  } catch (error) {
    said.className = "said wrong";
    said.textContent = error.message;
    return false;
  }
}
ask.get = request;

function sure(title, text, yes) {
  byId("sure-title").textContent = title;
  byId("sure-text").textContent = text;
  byId("sure-yes").textContent = yes;
  const dialog = byId("sure");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answered) => {
    dialog.addEventListener("close", () => answered(dialog.returnValue === "yes"), { once: true });
  });
}

const live = new Live();
const pictures = new Pictures(ask, sure);
const sample = new Sample(request, sure);

async function look() {
  if (stopped) return;
  try {
    const now = await (await request(`/now?after=${live.last}`)).json();
    state(now.status);
    live.take(now.live);
    pictures.take(now.pictures);
    pictures.takeTitles(now.titles);
    if (document.activeElement !== byId("pixelate")) byId("pixelate").checked = now.pixelate;
  } catch (error) {
    if (error.status === 403) closed();
    else banner([`The agent does not answer: nothing may be recorded. Look at it with "veritype status". If it was started anew, open this page again with "veritype page".`]);
  }
}

function closed() {
  stopped = true;
  banner([]);
  byId("chip").textContent = "Not connected";
  byId("headline").textContent = "Open this page with \"veritype page\"";
  byId("since").textContent = "The address works once, so that nobody else on this computer can use it.";
  byId("buttons").hidden = byId("modes").hidden = true;
}

function banner(sentences) {
  const place = byId("banner");
  show(place, sentences, () => sentences.map((text) => element("p", {}, text)));
  place.hidden = sentences.length === 0;
  const chip = byId("chip");
  if (sentences.length) {
    chip.className = "chip broken";
    chip.textContent = "Not recording";
    document.title = "NOT RECORDING - Veritype";
  }
}

function stoppedSources(status) {
  if (status.state !== "recording") return [];
  return status.sources.filter((each) => each.state === "failed").map((each) =>
    `The ${words(each.name)} source has stopped: it records nothing now. ${each.detail}`);
}

function state(status) {
  const alarm = status.state === "broken"
    ? [HEADLINES.broken(status) + ".", ...status.trouble] : stoppedSources(status);
  document.title = `${CHIPS[status.state] ?? status.state} - Veritype`;
  const chip = byId("chip");
  chip.className = `chip ${status.state}`;
  chip.textContent = CHIPS[status.state] ?? status.state;
  banner(alarm);
  byId("headline").textContent = (HEADLINES[status.state] ?? HEADLINES.off)(status);
  byId("since").textContent = status.session
    ? `Since ${moment(status.since_us)}, ${duration(status.recorded_s)} observed, rules version ${status.policy_version}.`
    : "No listener runs. Clock in with \"veritype clock in\".";
  const notes = [...(status.state === "broken" ? [] : status.trouble)];
  if (status.server_error) notes.push(`The server: ${status.server_error} Everything is kept here and tried again.`);
  show(byId("trouble"), notes, () => notes.map((text) => element("p", { class: "note" }, text)));
  byId("buttons").hidden = byId("modes").hidden = !status.session;
  const paused = status.state === "paused";
  byId("pause").hidden = byId("reason").parentElement.hidden = paused;
  byId("resume").hidden = !paused;
  for (const box of byId("mode-list").querySelectorAll("input")) {
    if (box !== document.activeElement) box.checked = status.modes.includes(box.value);
  }
  show(byId("sources"), status.sources, () => sources(status.sources));
}

function sources(found) {
  if (found.length === 0) return element("p", {}, "Off the clock nothing listens. \"veritype doctor\" says what this desktop lets the agent see.");
  return table(["Source", "State", "What to do"], found.map((each) => {
    const [kind, text] = HEALTH[each.state] ?? ["warn", each.state];
    const advice = each.detail || (each.state === "running" ? "" : "\"veritype doctor\" says what helps.");
    return [words(each.name), element("span", { class: kind }, text), advice];
  }));
}

async function seldom() {
  if (stopped || document.hidden) return;
  try {
    const [day, receipts, consents] = await Promise.all(
      ["/day", "/receipts", "/consents"].map(async (path) => (await request(path)).json()));
    show(byId("today"), day, today);
    show(byId("sent"), receipts, sent);
    show(byId("consents"), consents, agreed);
    await sample.look();
  } catch (error) {
    if (error.status === 403) closed();
  }
}

function today(day) {
  const total = day.total;
  const list = [
    ["observed", total.observed_s], ["without input", total.idle_s], ["paused", total.paused_s],
    ["not recorded", total.unobserved_s], ["added by hand", total.manual_s],
  ].filter(([name, seconds]) => seconds > 0 || name === "observed");
  const shown = [["Observed", "observed_s"], ["Paused", "paused_s"]];
  if (total.manual_s > 0) shown.push(["By hand", "manual_s"]);
  const rows = day.projects.flatMap((project) => project.sessions.map((part) => [
    project.name, part.begins, part.open ? "now" : part.ends, ...shown.map(([, name]) => duration(part.hours[name])),
  ]));
  const parts = [figures(list.map(([name, seconds]) => [name, duration(seconds)]))];
  if (rows.length) parts.push(strip(day), table(["Project", "From", "To", ...shown.map(([title]) => title)], rows));
  else parts.push(element("p", {}, "Nothing was recorded on this day."));
  return parts;
}

function strip(day) {
  // The day from midnight to midnight, each session a bar; the table under it says the same.
  const wide = byId("today").clientWidth < 500 ? 360 : 960;
  const place = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) / 86400 * wide;
  const bars = day.projects.flatMap((project) => project.sessions).map((part) => shape("rect", {
    x: place(part.begins), width: Math.max(2, place(part.ends) - place(part.begins)), height: 14, rx: 2, class: "task" }));
  const labels = [0, 6, 12, 18, 24].map((hour) => shape("text", {
    x: hour / 24 * wide, y: 30, "text-anchor": hour === 0 ? "start" : hour === 24 ? "end" : "middle" }, `${hour}:00`));
  return shape("svg", { class: "chart", viewBox: `0 0 ${wide} 34`, "aria-hidden": "true" },
    shape("rect", { width: wide, height: 14, rx: 4, class: "elsewhere", opacity: .35 }), ...bars, ...labels);
}

function sent(receipts) {
  const total = receipts.sent;
  const parts = [figures([
    ["batches acknowledged", total.batches], ["sent in batches", size(total.batch_bytes)],
    ["pictures and notes", total.objects], ["sent in those", size(total.object_bytes)],
  ])];
  if (receipts.sessions.length === 0) return [...parts, element("p", {}, "There is no receipt yet.")];
  parts.push(table(["Session", "Project", "Receipts", "Last", "Check"], receipts.sessions.map((each) => [
    element("code", {}, each.session.slice(0, 8)), each.project, each.batches,
    each.last_received_us ? moment(each.last_received_us) : "none yet",
    element("span", { class: each.wrong.length ? "bad" : "ok" }, [each.wrong.length ? each.wrong.join(" ") : "holds", ...each.notes].join(". ")),
  ])));
  if (receipts.older) parts.push(element("p", { class: "muted" }, `And ${receipts.older} older sessions: "veritype receipts" lists all.`));
  return parts;
}

function agreed(consents) {
  if (consents.length === 0) return element("p", {}, "You have not accepted any rules on this computer.");
  return consents.map((each) => element("details", {},
    element("summary", {}, `${each.project}, rules version ${each.version}, accepted ${moment(each.accepted_us)}${each.withdrawn_us ? `, withdrawn ${moment(each.withdrawn_us)}` : ""}`),
    element("pre", {}, each.text)));
}

function furnish() {
  for (const [mode, text] of Object.entries(MODES)) {
    const box = element("input", { type: "checkbox", value: mode });
    box.addEventListener("change", () => ask({ do: "mode", mode, on: box.checked }, `Noted: ${text} ${box.checked ? "on" : "off"}.`));
    byId("mode-list").append(element("label", {}, box, text));
  }
  byId("pause").addEventListener("click", () => ask({ do: "pause", reason: byId("reason").value }, "Paused: nothing is recorded."));
  byId("resume").addEventListener("click", () => ask({ do: "resume" }, "Recording again."));
  byId("clock-out").addEventListener("click", async () => {
    if (await sure("Clock out?", "Recording stops and the session ends. Screenshots that wait stay here until you are back, or until you send them.", "Clock out")) {
      await ask({ do: "clock-out" }, "Clocked out: nothing is recorded any more.");
    }
  });
  byId("pixelate").addEventListener("change", (event) => ask({ do: "pixelate", on: event.target.checked }, "Noted."));
  byId("sure-yes").addEventListener("click", () => byId("sure").close("yes"));
  byId("sure-no").addEventListener("click", () => byId("sure").close("no"));
}

async function keepLooking() {
  await look();
  if (!stopped) setTimeout(keepLooking, document.hidden ? HIDDEN_MS : NOW_MS);
}

furnish();
try {
  await enter();
} catch {
  // The answer of the first look says what to do.
}
keepLooking();
seldom();
setInterval(seldom, SELDOM_MS);
document.addEventListener("visibilitychange", seldom);
