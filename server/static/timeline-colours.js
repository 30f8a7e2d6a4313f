// The colours of timeline and replay, for light and for dark.
const LIGHT = {
  ink: "#22282b", muted: "#5d676b", line: "#dedcd4", card: "#ffffff", keys: "#2a6168", point: "#2a6168", injected: "#9c2f2f", erased: "#b3541e",
  span: "rgba(156,47,47,.10)", window: "rgba(42,97,104,.14)", inserted: "#b97a10", incident: "#7a4fa3", block: "#f3d9a4", blockInk: "#3d2c05",
  letter: "#8b999d", digit: "#5f8fb8", mark: "#6d777b",
  states: { observed: "#bfdccb", partly: "#ecd591", paused: "#cfd5da", away: "#e2e5e8", lost: "#e2a49f" },
  categories: { task: "#5a9aa0", assistant: "#d98a5b", reference: "#9a92d6", editor: "#7ea2d2", communication: "#c193bf", private: "#a5adb2", other: "#bcc2c5", unknown: "#d5d8da" },
};
const DARK = {
  ink: "#e6e9e8", muted: "#9ba7ab", line: "#30393d", card: "#1c2225", keys: "#7cc0c4", point: "#7cc0c4", injected: "#f2a09a", erased: "#e8a06c",
  span: "rgba(242,160,154,.16)", window: "rgba(124,192,196,.18)", inserted: "#efc36b", incident: "#c3a2e6", block: "#5a4618", blockInk: "#f6e7c4",
  letter: "#75858a", digit: "#7ba7cc", mark: "#8b979c",
  states: { observed: "#35584b", partly: "#8a7433", paused: "#46515a", away: "#39434a", lost: "#a2504c" },
  categories: { task: "#4f8f94", assistant: "#d98a5b", reference: "#8a82c9", editor: "#6f93c4", communication: "#b07fae", private: "#59636a", other: "#6d7478", unknown: "#4a5256" },
};
export const CATEGORIES = Object.keys(LIGHT.categories);
export const STATES = Object.keys(LIGHT.states);
export const dark = matchMedia("(prefers-color-scheme: dark)");

export function palette() {
  return dark.matches ? DARK : LIGHT;
}
