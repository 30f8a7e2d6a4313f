// Keys of the reviewers' pages. Without them everything is reached by Tab.
import { listen, shortcut } from "./shortcuts.js";

const keys = document.querySelector("dialog[data-list]");
const cases = [...document.querySelectorAll("[data-case]")];
const places = [...document.querySelectorAll(".places button[data-from]")];
let at = -1;

function go(step) {
  const among = cases.length ? cases : places;
  if (!among.length) return;
  at = Math.min(Math.max(at + step, 0), among.length - 1);
  among[at].focus();
  if (among === places) among[at].click();
  else among[at].scrollIntoView({ block: "nearest" });
}

function open() {
  const held = document.querySelector("[data-open]");
  (held ?? cases[at]?.querySelector("button[type=submit]"))?.click();
}

shortcut("j", () => go(1));
shortcut("k", () => go(-1));
shortcut("o", open);
for (const choice of document.querySelectorAll("input[data-key]")) {
  shortcut(choice.dataset.key, () => {
    choice.checked = true;
    choice.focus();
  });
}
for (const [number, each] of cases.entries()) each.addEventListener("focusin", () => { at = number; });
if (keys) {
  listen(keys);
  document.querySelector("[data-keys]")?.addEventListener("click", () => keys.showModal());
}
