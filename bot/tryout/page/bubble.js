// One message as a bubble with its buttons.

import { formatted } from "./format.js";
import { clockTime, t } from "./texts.js";

const KINDS = {
  voice: (message) => note(`🎙 ${t("voice_message")} 0:${String(message.seconds).padStart(2, "0")}`),
  location: () => note(`📍 ${t("location_message")}`),
  service: () => note(t("service_message")),
  sticker: (message) => part("p", "sticker", message.emoji),
  photo: (message) => picture(message),
  document: (message) => file(message),
};

/** An article for a message; `act` takes what people do with it. */
export function bubble(message, act) {
  const article = part("article", `message ${message.mine ? "mine" : "theirs"}`);
  const box = part("div", `bubble is-${message.kind}`);
  if (message.forwarded_from) box.append(part("p", "aside", t("forwarded_from", { name: message.forwarded_from })));
  if (message.reply_to) box.append(part("p", "aside quote", message.reply_to));
  if (message.kind in KINDS) box.append(KINDS[message.kind](message));
  if (message.text) {
    const text = part("div", "text");
    text.append(formatted(message.text, message.entities, act));
    box.append(text);
  }
  box.append(foot(message));
  article.append(box);
  if (message.rows.length) article.append(keyboard(message, act));
  return article;
}

function part(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.append(text);
  return node;
}

const note = (text) => part("p", "note", text);

function foot(message) {
  const node = part("p", "foot");
  if (message.edited) node.append(t("edited"), " ");
  const time = part("time", "", clockTime(message.date));
  time.dateTime = new Date(message.date * 1000).toISOString();
  node.append(time);
  return node;
}

function picture(message) {
  const node = part("img", "picture");
  node.src = message.file.href;
  node.alt = t("photo_message");
  node.width = message.file.width;
  node.height = message.file.height;
  return node;
}

function file(message) {
  const node = part("a", "file");
  node.href = message.file.href;
  node.download = message.file.name;
  node.append(part("span", "file-kind", message.file.name.split(".").pop().slice(0, 4)));
  const words = part("span", "file-name", message.file.name);
  words.append(part("small", "", `${size(message.file.size)} · ${t("open_file")}`));
  node.append(words);
  return node;
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`);

function keyboard(message, act) {
  const node = part("div", "keyboard");
  for (const row of message.rows) {
    const line = part("div", "row");
    line.append(...row.map((button) => (button.url ? outside(button, act) : inside(button, message, act))));
    node.append(line);
  }
  return node;
}

function inside(button, message, act) {
  const node = part("button", "", button.label);
  node.type = "button";
  node.addEventListener("click", () => {
    node.classList.add("waiting");
    act.press(message.id, button.data);
  });
  return node;
}

function outside(button, act) {
  const node = part("a", "", `${button.label} ↗`);
  node.href = button.url;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  node.addEventListener("click", (event) => {
    if (act.open(button.url)) event.preventDefault();
  });
  return node;
}
