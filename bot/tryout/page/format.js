// Telegram's formatted text as nodes. Text from people only ever becomes text nodes.

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};
const SAFE = /^(https?:|tg:|tel:|mailto:)/i;

/** A fragment of `text` with `entities` (offsets in UTF-16 units); `act` is told of commands and links. */
export function formatted(text, entities, act) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fill(fragment, text, sorted, 0, text.length, act);
  return fragment;
}

function fill(parent, text, entities, start, end, act) {
  let at = start;
  while (entities.length && entities[0].offset < end) {
    const entity = entities.shift();
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (to <= from) continue;
    parent.append(text.slice(at, from));
    const node = element(entity, text.slice(from, to), act);
    fill(node, text, entities, from, to, act);
    parent.append(node);
    at = to;
  }
  parent.append(text.slice(at, end));
}

function element(entity, words, act) {
  if (entity.type in TAGS) return document.createElement(TAGS[entity.type]);
  if (entity.type === "bot_command") return command(words, act);
  const address = { url: words, text_link: entity.url, email: `mailto:${words}` }[entity.type];
  if (address && SAFE.test(address)) return link(address, act);
  const node = document.createElement("span");
  node.className = entity.type;
  return node;
}

function command(words, act) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = "command";
  node.addEventListener("click", () => act.send(words));
  return node;
}

function link(address, act) {
  const node = document.createElement("a");
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  node.addEventListener("click", (event) => {
    if (act.open(address)) event.preventDefault();
  });
  return node;
}
