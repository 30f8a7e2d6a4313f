// How the timeline writes times, and its codes in words.
import { has, say } from "./texts.js";

export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A code of a table in words; one that no table knows, as it stands. */
export function words(table, code, values = {}) {
  const key = `${table}.${code}`;
  return has(key) ? say(key, values) : code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");
}

export function incidentText(incident) {
  return words("incident", incident.kind, { count: incident.count ?? "" });
}

export function insertionText(insertion) {
  const length = insertion.length_chars === null ? say("length-unseen") : say("characters", { num: insertion.length_chars });
  return say("inserted-text", { length, how: words("how", insertion.how), source: words("category", insertion.source), seen: words("seen", insertion.seen_by) });
}
