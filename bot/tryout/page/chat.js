// One person's chat: its bubbles kept in step with the server, and the field to write in.

import { bubble } from "./bubble.js";
import { menu } from "./menu.js";
import { day, label, language, t } from "./texts.js";

const ATTACHMENTS = ["photo", "voice", "sticker", "location", "document", "forward"];
const TYPING_MS = 6000;
const NOTICE_MS = 4000;

export class Chat {
  /** `post(path, body)` sends an act; `page` offers `open(address)` and `alert(text)`. */
  constructor(view, post, page) {
    this.view = view;
    this.page = page;
    this.post = (act, body = {}) => post(`chats/${this.view.id}/${act}`, body);
    this.node = document.getElementById("chat").content.firstElementChild.cloneNode(true);
    this.node.id = `chat-${view.id}`;
    this.node.dataset.role = view.role;
    this.shown = new Map();
    this.noticed = view.notices.length;
    this.unread = 0;
    this.editing = null;
    this.stuck = true;
    this.wire();
    this.relabel();
  }

  find(selector) {
    return this.node.querySelector(selector);
  }

  wire() {
    const field = this.find("textarea");
    this.find("form").addEventListener("submit", (event) => this.submit(event));
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("input", () => this.grow());
    this.find(".begin").addEventListener("click", () => this.post("start"));
    this.find(".editing button").addEventListener("click", () => this.edit(null));
    this.find(".newest").addEventListener("click", () => this.toEnd());
    this.find(".scroll").addEventListener("scroll", () => this.scrolled());
    const observer = new ResizeObserver(() => this.stuck && this.toEnd());
    for (const part of [".scroll", ".log", ".typing"]) observer.observe(this.find(part));
    this.find(".app-language").addEventListener("change", (event) =>
      this.post("language", { code: event.target.value }));
    menu(this.find(".commands"), () => this.commands());
    menu(this.find(".more"), () => this.others());
  }

  /** After a change of the page's language: everything with words in it. */
  relabel() {
    label(this.node);
    this.find(".name").textContent = this.view.name;
    this.find(".avatar").textContent = this.view.name.slice(0, 1);
    this.find(".role").textContent = t(`role_${this.view.role}`);
    this.find(".app-language").setAttribute("aria-label", t("app_language", { name: this.view.name }));
    this.find(".app-language").title = t("app_language", { name: this.view.name });
    this.find("textarea").setAttribute("aria-label", t("write_label", { name: this.view.name }));
    this.node.setAttribute("aria-label", this.view.name);
    this.find(".scroll").setAttribute("aria-label", `${t("messages")}: ${this.view.name}`);
    this.shown.clear();
    this.update(this.view);
  }

  /** Bring the chat to what the server says; only what has changed is made anew. */
  update(view) {
    this.view = view;
    const before = this.shown.size;
    this.keepingFocus(() => this.messages());
    this.controls();
    this.typing();
    this.notices();
    if (!view.pressed) for (const node of this.node.querySelectorAll(".waiting")) node.classList.remove("waiting");
    if (this.stuck) this.toEnd();
    else if (this.shown.size > before) this.find(".newest").hidden = false;
  }

  /** A button made anew must not throw the keyboard back to the top of the page. */
  keepingFocus(work) {
    const focused = this.node.querySelector(".log :focus");
    const at = focused && [...this.shown.values()].find(({ node }) => node.contains(focused));
    work();
    if (!focused || focused.isConnected) return;
    const now = this.shown.get(at?.id)?.node.querySelectorAll(".keyboard > * > *") ?? [];
    const same = [...now].find((button) => button.textContent === focused.textContent) ?? now[0];
    (same ?? this.find("textarea")).focus({ preventScroll: true });
  }

  messages() {
    const seen = new Map();
    const nodes = [];
    let today = "";
    for (const message of this.view.messages) {
      if (day(message.date) !== today) nodes.push(this.separator((today = day(message.date))));
      const kept = this.bubble(message);
      seen.set(message.id, kept);
      nodes.push(kept.node);
    }
    this.shown = seen;
    place(this.find(".log"), nodes);
  }

  separator(text) {
    const kept = [...this.find(".log").children].find((node) => node.dataset.day === text);
    if (kept) return kept;
    const node = document.createElement("h3");
    node.className = "day";
    node.dataset.day = text;
    node.append(text);
    return node;
  }

  bubble(message) {
    const state = JSON.stringify([message, language]);
    const kept = this.shown.get(message.id);
    if (kept?.state === state) return kept;
    const node = bubble(message, this);
    if (kept) node.classList.add("changed");
    return { id: message.id, state, node };
  }

  controls() {
    const { started, blocked, about, name } = this.view;
    const ready = started && !blocked;
    this.find(".begin").hidden = ready;
    this.find(".begin").textContent = blocked ? t("unblock") : t("begin");
    this.find(".blocked").hidden = !blocked;
    this.find(".blocked").textContent = t("blocked", { name });
    this.find(".composer").hidden = !ready;
    this.find(".about").hidden = started;
    this.find(".about p").textContent = about || t("before_start", { name });
    this.find(".app-language").value = this.view.language;
  }

  typing() {
    clearTimeout(this.timer);
    const node = this.find(".typing");
    node.hidden = !this.view.typing;
    if (this.view.typing) this.timer = setTimeout(() => (node.hidden = true), TYPING_MS);
  }

  notices() {
    for (const notice of this.view.notices.slice(this.noticed)) {
      if (notice.alert) this.page.alert(notice.text);
      else this.toast(notice.text);
    }
    this.noticed = this.view.notices.length;
  }

  toast(text) {
    const node = this.find(".notice");
    node.textContent = text;
    node.hidden = false;
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => (node.hidden = true), NOTICE_MS);
  }

  // Writing

  async submit(event) {
    event.preventDefault();
    const field = this.find("textarea");
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    this.grow();
    if (this.editing) await this.post("edit", { message: this.editing, text });
    else await this.post("send", { text });
    this.edit(null);
    this.toEnd();
  }

  key(event) {
    if (event.key === "Escape") this.edit(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.find("form").requestSubmit();
  }

  grow() {
    const field = this.find("textarea");
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
  }

  edit(message) {
    if (!message && !this.editing) return;
    this.editing = message?.id ?? null;
    this.find(".editing").hidden = !message;
    this.find("textarea").value = message?.text ?? "";
    this.grow();
    this.find("textarea").focus();
  }

  commands() {
    const entries = this.view.commands.map(({ command, description }) => (
      { label: `/${command}`, hint: description, choose: () => this.send(`/${command}`) }));
    return entries.length ? entries : [{ label: t("no_commands") }];
  }

  others() {
    const entries = ATTACHMENTS.map((kind) => ({ label: t(`attach_${kind}`), choose: () => this.attach(kind) }));
    const own = this.view.messages.filter((message) => message.mine && message.kind === "text").pop();
    if (own) entries.push({ label: t("edit_last"), choose: () => this.edit(own) });
    return [...entries, { label: t("block"), choose: () => this.post("block") }];
  }

  attach(kind) {
    this.post("attach", { kind, sample: t(kind === "forward" ? "sample_forward" : "sample_document") });
  }

  // What bubbles ask for

  send(text) {
    this.post("send", { text });
  }

  press(message, data) {
    this.post("press", { message, data });
  }

  open(address) {
    return this.page.open(address);
  }

  // Scrolling

  scrolled() {
    const node = this.find(".scroll");
    this.stuck = node.scrollHeight - node.scrollTop - node.clientHeight < 60;
    if (this.stuck) this.find(".newest").hidden = true;
  }

  toEnd() {
    this.stuck = true;
    const node = this.find(".scroll");
    node.scrollTop = node.scrollHeight;
    this.find(".newest").hidden = true;
  }
}

/** Make `nodes` the children of `parent`, leaving those that are in place untouched. */
function place(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}
