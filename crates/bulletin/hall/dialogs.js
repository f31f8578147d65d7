// The list of items and the help. A dialog keeps the keys to itself while it is open.

function dialog(id, ...inside) {
  const close = make("button", { type: "button", class: "close" }, word("close"));
  const box = make("dialog", { id, "aria-labelledby": `${id}-title` });
  const head = make("header", {}, make("h2", { id: `${id}-title` }, word(`title-${id}`)), close);
  box.append(head, ...inside);
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", ({ target }) => target === box && box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

const openDialog = () => document.querySelector("dialog[open]");

// The list.

function openList() {
  pause();
  const rows = items.map(rowOf);
  const box = dialog("list", make("ol", {}, ...rows.map((row) => make("li", {}, row))));
  for (const [index, row] of rows.entries()) {
    row.addEventListener("click", () => {
      box.close();
      jump(index + 1);
    });
  }
  const here = rows[Math.min(itemAt(aim()), rows.length - 1)];
  here?.setAttribute("aria-current", "true");
  here?.focus();
}

function rowOf({ index, kind, title, byline, slug }) {
  const name = make("span", { class: "name" }, make("bdi", {}, title));
  if (kind) name.prepend(make("small", {}, make("bdi", {}, kind)));
  if (byline) name.append(make("small", {}, make("bdi", {}, byline)));
  const row = make("button", { type: "button" }, make("b", {}, local(index + 1)), name);
  if (read.has(slug)) row.append(make("span", { class: "was-read" }, word("read")));
  row.append(make("span", { class: "length" }, local(duration(secondsInItem(index, lay.starts[index])))));
  return row;
}

/** A remote's start key ends the looking up; left to the browser, F5 would load the page anew. */
const CLOSERS = { list: ["KeyJ", "F5"], help: ["KeyH", "Slash", "F5"] };
const LIST_STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5, Home: -Infinity, End: Infinity };

/** Keys of an open dialog; says whether it was one. Enter presses the row that has the focus. */
function dialogKey(box, code) {
  if (CLOSERS[box.id].includes(code)) {
    box.close();
    return true;
  }
  if (!(code in LIST_STEPS)) return false;
  const rows = [...box.querySelectorAll("li button")];
  const at = rows.indexOf(document.activeElement);
  const to = clamp(at + LIST_STEPS[code], 0, rows.length - 1);
  rows[to]?.focus();
  return true;
}

// Help, made of the table of keys. Its rows are buttons: whoever has no keyboard finds all there.

function openHelp() {
  pause();
  const groups = [...new Set(KEYS.map(({ group }) => group))];
  const box = dialog("help", ...groups.map(helpGroup), make("p", { class: "hint" }, word("help-hint")));
  box.addEventListener("click", ({ target }) => {
    const row = target.closest("[data-act]");
    if (!row) return;
    if (!row.hasAttribute("data-again")) box.close();
    run(row.dataset.act);
  });
}

function helpGroup(group) {
  const rows = KEYS.filter((key) => key.group === group).map((key) => make("li", {}, helpRow(key)));
  return make("section", {}, make("h3", {}, word(`group-${group}`)), make("ul", {}, ...rows));
}

function helpRow({ act, keys, again, typed }) {
  const caps = [...new Set(keys.map(capOf))].map((cap) => make("kbd", { dir: "ltr" }, cap));
  const inside = [make("span", {}, word(`do-${act}`)), make("span", { class: "caps" }, ...caps)];
  const names = { "data-keys": keys.join(" ") };
  if (typed) return make("div", names, ...inside);
  return make("button", { type: "button", "data-act": act, ...(again && { "data-again": "" }), ...names }, ...inside);
}

const CAPS = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page Up",
  PageDown: "Page Down",
  BracketLeft: "[",
  BracketRight: "]",
  Equal: "+",
  NumpadAdd: "+",
  Minus: "−",
  NumpadSubtract: "−",
  Period: ".",
  NumpadDecimal: ".",
  Slash: "?",
  NumpadEnter: "Enter",
  Escape: "Esc",
};

const capName = (code) => (/^(Digit|Numpad)/.test(code) ? local(code.at(-1)) : code.replace(/^Key/, ""));

/** What stands on a key. Shift is not said where it makes no difference. */
function capOf(key, _, keys) {
  const [code, shift] = key.startsWith("Shift+") ? [key.slice(6), true] : [key, false];
  const plain = CAPS[code] ?? capName(code);
  return shift && !keys.includes(code) ? `Shift ${plain}` : plain;
}
