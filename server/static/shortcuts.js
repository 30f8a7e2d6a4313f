// Single keys that do what a control does. They can be switched off, and rest while somebody types.
const OFF = "veritype-shortcuts-off";
const actions = new Map();
const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

export function shortcut(key, action) {
  actions.set(key, action);
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(typing) || document.querySelector("dialog[open]")) return;
  const action = actions.get(event.key);
  if (!action || (localStorage.getItem(OFF) && event.key !== "?")) return;
  event.preventDefault();
  action();
}

/** Listen, and show the list of keys where the page has one. */
export function listen(dialog) {
  document.addEventListener("keydown", pressed);
  shortcut("?", () => dialog.showModal());
  const off = dialog.querySelector("input[type=checkbox]");
  off.checked = Boolean(localStorage.getItem(OFF));
  off.addEventListener("change", () => (off.checked ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF)));
}
