// The one table of keys: the handler, the help and its buttons are made of it.
//
// Keys are named by where they are (`KeyboardEvent.code`), so a Persian keyboard is as good as an
// English one. Presenter remotes are keyboards: forward is PageDown or →, back PageUp or ←, the
// screen button is B or the full stop, and start and stop are F5 and Escape by turns. → is forward
// in both directions of writing, as on remotes and in players: the words move up and down, so left
// and right have no meaning of their own here.

const DIGITS = [..."0123456789"];

const KEYS = [
  { group: "reading", act: "toggle", keys: ["Space", "Enter", "NumpadEnter", "KeyK", "F5", "Shift+F5"] },
  { group: "reading", act: "stop", keys: ["Escape"] },
  { group: "reading", act: "faster", keys: ["Equal", "Shift+Equal", "NumpadAdd", "Shift+ArrowUp"], again: true },
  { group: "reading", act: "slower", keys: ["Minus", "Shift+Minus", "NumpadSubtract", "Shift+ArrowDown"], again: true },
  { group: "reading", act: "halts", keys: ["KeyS"] },
  { group: "moving", act: "screenOn", keys: ["PageDown", "ArrowRight"], again: true },
  { group: "moving", act: "screenBack", keys: ["PageUp", "ArrowLeft"], again: true },
  { group: "moving", act: "lineOn", keys: ["ArrowDown"], again: true },
  { group: "moving", act: "lineBack", keys: ["ArrowUp"], again: true },
  { group: "moving", act: "first", keys: ["Home"] },
  { group: "moving", act: "last", keys: ["End"] },
  { group: "items", act: "itemOn", keys: ["KeyN"], again: true },
  { group: "items", act: "itemBack", keys: ["KeyP"], again: true },
  { group: "items", act: "number", keys: DIGITS.flatMap((digit) => [`Digit${digit}`, `Numpad${digit}`]), typed: true },
  { group: "items", act: "erase", keys: ["Backspace"], typed: true },
  { group: "items", act: "list", keys: ["KeyJ"] },
  { group: "items", act: "read", keys: ["KeyR"] },
  { group: "items", act: "reads", keys: ["KeyO"] },
  { group: "look", act: "bigger", keys: ["KeyT"], again: true },
  { group: "look", act: "smaller", keys: ["Shift+KeyT"], again: true },
  { group: "look", act: "mirror", keys: ["KeyM"] },
  { group: "look", act: "flip", keys: ["Shift+KeyM"] },
  { group: "look", act: "eye", keys: ["KeyE"] },
  { group: "look", act: "eyeUp", keys: ["BracketLeft"], again: true },
  { group: "look", act: "eyeDown", keys: ["BracketRight"], again: true },
  { group: "look", act: "light", keys: ["KeyL"] },
  { group: "screens", act: "audience", keys: ["KeyA"] },
  { group: "screens", act: "blank", keys: ["KeyB", "Period", "NumpadDecimal"] },
  { group: "screens", act: "fullscreen", keys: ["KeyF"] },
  { group: "screens", act: "help", keys: ["KeyH", "Slash", "Shift+Slash"] },
];

const KEY_OF = new Map(KEYS.flatMap((key) => key.keys.map((name) => [name, key])));
const TYPING = 3000;

let typed = "";
let untype;

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const box = openDialog();
  const handled = box ? dialogKey(box, event.code) : !pressesButton(event) && pressedHere(event);
  if (handled) event.preventDefault();
}

/** A button that was reached with Tab keeps the keys that press it. */
const pressesButton = ({ target, code }) =>
  target instanceof HTMLButtonElement && ["Space", "Enter", "NumpadEnter"].includes(code);

function pressedHere(event) {
  const key = KEY_OF.get(`${event.shiftKey ? "Shift+" : ""}${event.code}`);
  const digit = key?.act === "number" ? event.code.at(-1) : key ? "" : digitOf(event.key);
  if (digit) return type(typed + digit);
  if (!key) return false;
  if (typed && ["Enter", "NumpadEnter", "Escape", "Backspace"].includes(event.code)) return endTyping(event.code);
  if (key.again || !event.repeat) run(key.act);
  return true;
}

// A number is typed, seen with the title it stands for, and only then gone to.

function type(digits) {
  typed = digits.replace(/^0+/, "").slice(0, 4);
  clearTimeout(untype);
  untype = setTimeout(() => (typed = ""), TYPING);
  run("typed", typed);
  return true;
}

function showTyped(digits) {
  const number = Number(digits);
  const title = items[number - 1]?.title ?? "…";
  say(number ? word("said-typed", { n: number, title }) : "");
}

function endTyping(code) {
  const number = Number(typed);
  type(code === "Backspace" ? typed.slice(0, -1) : "");
  if (code === "Enter" || code === "NumpadEnter") run("jump", number);
  return true;
}
