// The page's own labels: which language they are in, and dates in the bot's time zone.

let texts = {};
let zone = "UTC";
export let language = "sv";

export function setUp(setup) {
  texts = setup.texts;
  zone = setup.zone;
}

export function preferred() {
  const kept = localStorage.getItem("language");
  return kept in texts ? kept : navigator.language.startsWith("da") ? "da" : "sv";
}

export function speak(code) {
  language = code;
  localStorage.setItem("language", code);
  document.documentElement.lang = code;
  document.title = t("title");
  label(document.body);
}

/** A label, with {name} and the like filled in; a missing one shows its key, so that it is seen. */
export function t(key, values = {}) {
  const text = texts[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Put labels on everything below a node that names one. */
export function label(root) {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", t(node.dataset.label));
    if (node.tagName === "BUTTON") node.title = t(node.dataset.label);
  }
}

const shown = (seconds, options) =>
  new Intl.DateTimeFormat(language, { timeZone: zone, ...options }).format(new Date(seconds * 1000));

export const clockTime = (seconds) => shown(seconds, { hour: "2-digit", minute: "2-digit" });
export const day = (seconds) => shown(seconds, { weekday: "long", day: "numeric", month: "long" });
export const fullTime = (seconds) =>
  shown(seconds, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** The value of a datetime-local field. */
export function fieldTime(seconds) {
  const options = { timeZone: zone, dateStyle: "short", timeStyle: "short" };
  return new Intl.DateTimeFormat("sv", options).format(new Date(seconds * 1000)).replace(" ", "T");
}
