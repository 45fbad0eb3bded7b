// The page: chats side by side, the bot's clock, and what the server tells as it happens.

import { Chat } from "./chat.js";
import { fieldTime, fullTime, language, preferred, setUp, speak, t } from "./texts.js";

const chats = new Map();
const byId = (id) => document.getElementById(id);
let username = "";
let now = 0;
let statusTimer;

// Words from the page to the person

function say(text, { stay = false } = {}) {
  const node = byId("status");
  clearTimeout(statusTimer);
  node.textContent = text;
  node.hidden = !text;
  if (text && !stay) statusTimer = setTimeout(() => (node.hidden = true), 5000);
}

/** Send an act; true if the server did it, else its reason is shown. */
async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (response.ok) return true;
    say(t(response.status === 409 ? (await response.json()).problem : "failed"));
  } catch {
    say(t("lost"));
  }
  return false;
}

const page = {
  alert(text) {
    byId("alert-text").textContent = text;
    byId("alert").showModal();
  },

  /** Whether an address leads to this bot; then somebody of the cast opens it. */
  open(address) {
    const head = `https://t.me/${username}?start=`;
    if (!address.startsWith(head)) return false;
    const dialog = byId("open-as");
    const payload = decodeURIComponent(address.slice(head.length));
    dialog.querySelector(".choices").replaceChildren(...[...chats.values()].map((chat) => choice(chat, payload)));
    dialog.showModal();
    return true;
  },
};

function choice(chat, payload) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(`${chat.view.name} · ${t(`role_${chat.view.role}`)}`);
  button.addEventListener("click", () => {
    byId("open-as").close();
    select(chat);
    chat.post("start", { payload });
  });
  return button;
}

// Chats and their tabs

function onChat(view) {
  if (!chats.has(view.id)) return add(view);
  const chat = chats.get(view.id);
  const more = view.messages.length - chat.view.messages.length;
  chat.update(view);
  if (more > 0 && !chat.tab.matches("[aria-selected=true]")) chat.unread += more;
  showUnread(chat);
}

function add(view) {
  const chat = new Chat(view, post, page);
  chats.set(view.id, chat);
  chat.tab = tab(chat);
  document.querySelector(".chats").append(chat.node);
  document.querySelector(".tabs").append(chat.tab);
  if (chats.size === 1) select(chat);
  chat.toEnd();
}

function tab(chat) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "tab");
  button.id = `tab-${chat.view.id}`;
  button.dataset.role = chat.view.role;
  button.setAttribute("aria-controls", chat.node.id);
  button.setAttribute("aria-selected", "false");
  button.tabIndex = -1;
  button.append(chat.view.name);
  button.addEventListener("click", () => select(chat));
  button.addEventListener("keydown", (event) => alongTabs(event, chat));
  return button;
}

function alongTabs(event, chat) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const all = [...chats.values()];
  const next = all[(all.indexOf(chat) + step + all.length) % all.length];
  select(next);
  next.tab.focus();
}

function select(chosen) {
  for (const chat of chats.values()) {
    const selected = chat === chosen;
    chat.tab.setAttribute("aria-selected", String(selected));
    chat.tab.tabIndex = selected ? 0 : -1;
    chat.node.classList.toggle("selected", selected);
  }
  chosen.unread = 0;
  showUnread(chosen);
  chosen.toEnd();
}

function showUnread(chat) {
  chat.tab.replaceChildren(chat.view.name);
  if (!chat.unread) return;
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.append(String(chat.unread));
  badge.setAttribute("aria-label", `${chat.unread} ${t("unread")}`);
  chat.tab.append(" ", badge);
}

// The clock

function onClock(event) {
  now = event.now;
  const node = byId("clock-now");
  node.textContent = fullTime(now);
  node.dateTime = new Date(now * 1000).toISOString();
  byId("clock-at").min = fieldTime(now);
  if (document.activeElement !== byId("clock-at")) byId("clock-at").value = fieldTime(now);
}

async function busily(work) {
  const buttons = document.querySelectorAll(".clock button");
  for (const button of buttons) button.disabled = true;
  await work();
  for (const button of buttons) button.disabled = false;
}

const move = (body) => busily(() => post("clock", body));

function restart() {
  return busily(async () => {
    say(t("restarting"), { stay: true });
    if (await post("restart", {})) say(t("restarted"));
  });
}

// Together

function use(code) {
  speak(code);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  for (const chat of chats.values()) {
    chat.relabel();
    chat.toEnd();
  }
  if (now) onClock({ now });
}

function wire() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => use(button.dataset.language));
  }
  for (const button of document.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move(JSON.parse(button.dataset.move)));
  }
  byId("clock-form").addEventListener("submit", (event) => {
    event.preventDefault();
    move({ at: byId("clock-at").value });
  });
  byId("restart").addEventListener("click", restart);
}

function listen() {
  const events = new EventSource("events");
  events.addEventListener("chat", (event) => onChat(JSON.parse(event.data)));
  events.addEventListener("clock", (event) => onClock(JSON.parse(event.data)));
  events.addEventListener("open", () => say(""));
  events.addEventListener("error", () => say(t("lost"), { stay: true }));
}

const setup = await (await fetch("setup")).json();
username = setup.username;
setUp(setup);
use(preferred());
wire();
listen();
