// The reader's window: the words behind the glass, and under them a bar.

const view = {};
const BUTTONS = ["slower", "toggle", "faster", "list", "read", "blank", "audience", "fullscreen", "help"];
const FIGURES = ["item", "left", "all", "pace", "clock"];
const IDLE = 2500;
const SAID = 3000;
const SPOKEN = 500;

let blank = false;

function buildView() {
  root.dataset.view = "reader";
  buildStage();
  buildBar();
  wear();
  showRead();
  showToggles();
}

function buildStage() {
  const main = document.querySelector("main");
  view.end = make("div", { class: "end" }, make("p", {}, word("end")));
  main.append(view.end);
  for (const item of items) if (item.translation) item.element.insertBefore(noteOf(item), item.translation);
  view.content = make("div", { class: "content" }, ...document.querySelectorAll("body > .cover, body > main"));
  view.stage = make("div", { id: "stage", tabindex: "0" }, view.content);
  const eye = make("div", { class: "eye", "aria-hidden": "true" }, make("i"), make("i"));
  view.glass = make("div", { class: "glass" }, view.stage, eye);
  document.body.prepend(view.glass);
}

/** Tells of a translation where it is not shown. */
function noteOf({ translation }) {
  const names = new Intl.DisplayNames([root.lang], { type: "language", fallback: "code" });
  const language = translation.lang ? names.of(translation.lang) : "";
  return make("p", { class: "note" }, word("translated", { language }));
}

function buildBar() {
  const figures = make("dl", { class: "figures" }, ...FIGURES.map(figureOf));
  const buttons = make("div", { class: "buttons" }, ...BUTTONS.map(buttonOf));
  view.progress = make("div", { class: "progress", "aria-hidden": "true" });
  view.pill = make("p", { class: "pill", "aria-hidden": "true" });
  view.spoken = make("p", { class: "spoken", role: "status" });
  view.bar = make("footer", { class: "bar" }, view.progress, figures, buttons, view.pill, view.spoken);
  document.body.append(view.bar);
  // A button that was clicked does not keep Space and Enter to itself.
  view.bar.addEventListener("mousedown", (event) => event.preventDefault());
  view.bar.addEventListener("click", ({ target }) => run(target.closest("button")?.dataset.act));
  followPointer();
}

function figureOf(name) {
  view[name] = make("dd", { "data-figure": name });
  return make("div", {}, make("dt", {}, word(`figure-${name}`)), view[name]);
}

const buttonOf = (act) => make("button", { type: "button", "data-act": act }, word(`button-${act}`));
const button = (act) => view.bar.querySelector(`[data-act="${act}"]`);

/** While words move and nobody points, the buttons fade. */
function followPointer() {
  let idle;
  const stir = () => {
    clearTimeout(idle);
    mark(root, "data-idle", false);
    idle = setTimeout(() => mark(root, "data-idle", true), IDLE);
  };
  for (const kind of ["pointermove", "pointerdown", "focusin"]) addEventListener(kind, stir, { passive: true });
  stir();
}

// What is said is seen at once and, after a moment without more, read to those who cannot see it.

let unsay;
let speak;

function say(text) {
  view.pill.textContent = text;
  mark(view.pill, "data-shown", true);
  clearTimeout(unsay);
  clearTimeout(speak);
  unsay = setTimeout(() => mark(view.pill, "data-shown", false), SAID);
  speak = setTimeout(() => (view.spoken.textContent = text), SPOKEN);
}

// Figures.

const figure = (name, text) => {
  if (view[name].textContent !== text) view[name].textContent = text;
};

function showFigures(at) {
  const item = itemAt(at);
  const end = item >= items.length;
  figure("item", end ? word("end") : word("of", { n: item + 1, all: items.length }));
  mark(view.item, "data-read", !end && read.has(items[item].slug));
  figure("left", local(duration(secondsInItem(item, at))));
  figure("all", local(duration(secondsLeft(at))));
  figure("pace", local(Math.round(settings.wpm)));
  view.progress.style.setProperty("--done", clamp((at - lay.stops[0]) / (lay.stops.at(-1) - lay.stops[0] || 1), 0, 1));
}

function showClock() {
  const now = new Date();
  figure("clock", local(`${two(now.getHours())}:${two(now.getMinutes())}`));
}

let itemShown = -1;
let figuresShown = 0;

/** After every movement; `now` keeps figures and the second screen from changing at every frame. */
function afterMove(now) {
  const rest = !going && !glide;
  const item = itemAt(eyeing);
  if (rest || now - figuresShown > 200) {
    showFigures(eyeing);
    tellSeat();
    figuresShown = now;
  }
  if (going && now - saved > SAVE) savePlace();
  if (item !== itemShown) changeItem(item);
}

function changeItem(item) {
  // The first time nothing changed: the page was opened.
  if (itemShown >= 0) say(titleLine(item));
  itemShown = item;
  showToggles();
}

const titleLine = (item) =>
  item < items.length ? word("said-item", { n: item + 1, title: items[item].title }) : word("end");

// States.

function showRead() {
  for (const { element, slug } of items) mark(element, "data-read", read.has(slug));
  if (lay.stops.length) showFigures(eyeing);
  if (view.bar) showToggles();
}

function showGoing() {
  mark(root, "data-going", going);
  button("toggle").textContent = word(going ? "button-pause" : "button-start");
  say(word(going ? "said-going" : "said-paused"));
}

function showToggles() {
  const slug = items[Math.max(0, itemShown)]?.slug;
  const states = { read: read.has(slug), blank, audience: seatOpen(), fullscreen: document.fullscreenElement !== null };
  for (const [act, on] of Object.entries(states)) button(act).setAttribute("aria-pressed", String(on));
}

function setBlank(whether) {
  if (blank === whether) return;
  blank = whether;
  if (blank && !seatOpen()) pause();
  mark(root, "data-blank", blank && !seatOpen());
  say(word(blank ? "said-blank" : "said-unblank"));
  showToggles();
  tellSeat();
}

async function fullscreen() {
  leavingByKey = document.fullscreenElement !== null;
  try {
    await turnFullscreen();
  } catch {
    say(word("said-no-fullscreen"));
  }
}

let leavingByKey = false;

/** Left by Escape, which the page does not get to see: that is a remote's stop, too. */
function followFullscreen() {
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && !leavingByKey) pause();
    leavingByKey = false;
    showToggles();
  });
}
