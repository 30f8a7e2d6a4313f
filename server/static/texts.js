// What a script says: the texts that its page's template put into the block of JSON.
const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");
const language = document.documentElement.lang;
const plurals = new Intl.PluralRules(language);

/** The text of a key, with its values; one that depends on a number is chosen by `values.num`. */
export function say(key, values = {}) {
  const found = texts[key];
  const text = typeof found === "string" ? found : found[plurals.select(values.num)] ?? found.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? write(values[name]) : whole));
}

/** A number as the page's language writes it. */
export function number(value, options = {}) {
  return new Intl.NumberFormat(language, options).format(value);
}

function write(value) {
  return typeof value === "number" ? number(value) : value;
}

/** Whether a page's block has a text. */
export function has(key) {
  return key in texts;
}
