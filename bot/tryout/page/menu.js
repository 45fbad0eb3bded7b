// A button that opens a menu: arrow keys, Escape, and a click elsewhere to close.

/** Wire a `.menu`; `entries()` gives [{label, hint, choose}] each time it opens. */
export function menu(root, entries) {
  const button = root.querySelector("[aria-haspopup]");
  const list = root.querySelector("[role=menu]");

  function show(open) {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) {
      list.replaceChildren(...entries().map((entry) => item(entry, show, button)));
      list.querySelector("button")?.focus();
    }
  }
  button.addEventListener("click", () => show(list.hidden));
  list.addEventListener("keydown", (event) => move(event, list));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    show(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!root.contains(event.target)) show(false);
  });
}

function item({ label, hint, choose }, show, button) {
  const node = document.createElement(choose ? "button" : "p");
  node.append(label);
  if (hint) {
    const small = document.createElement("small");
    small.append(hint);
    node.append(small);
  }
  if (!choose) return node;
  node.type = "button";
  node.setAttribute("role", "menuitem");
  node.addEventListener("click", () => {
    show(false);
    button.focus();
    choose();
  });
  return node;
}

function move(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...list.querySelectorAll("button")];
  const next = (items.indexOf(document.activeElement) + step + items.length) % items.length;
  items[next]?.focus();
}
