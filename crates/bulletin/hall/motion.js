// Movement. `eyeing` is the place of the words that is at the eye line, in pixels and their parts.
// The stage is scrolled to whole pixels and the rest is a shift of the words, so that slow reading
// is smooth and wheel, finger and a search in the page still scroll.

const DAY_DREAM = 0.25; // seconds; what a stalled frame may move at most
const RAMP = 0.2;
const GLIDE = 260; // milliseconds
const SETTLE = 250;
const SAVE = 2000;

let eyeing = 0;
let speed = 0;
let going = false;
let started = false;
let glide = null;
let ticking = false;
let last = 0;
let written = 0;
let saved = 0;
let fingers = 0;
let settling;

/** Where the words will be when what moves them now has come to rest. */
const aim = () => glide?.to ?? eyeing;

function draw() {
  const shown = going && motionless.matches ? stopUpTo(lay.stops, eyeing) : eyeing;
  view.stage.scrollTop = shown - lay.eye;
  written = view.stage.scrollTop;
  view.content.style.translate = `0 ${written - (shown - lay.eye)}px`;
}

function tick(now) {
  const seconds = Math.min((now - last) / 1000, DAY_DREAM);
  last = now;
  if (glide) slide(now);
  else if (going) advance(seconds);
  draw();
  afterMove(now);
  ticking = going || glide !== null;
  if (ticking) requestAnimationFrame(tick);
}

function awake() {
  if (ticking) return;
  ticking = true;
  last = performance.now();
  requestAnimationFrame(tick);
}

function slide(now) {
  eyeing = glidePlace(glide, now);
  if (now - glide.start < glide.length) return;
  glide = null;
}

function advance(seconds) {
  speed = approach(speed, pace(Math.min(itemAt(eyeing), items.length - 1)), seconds, RAMP);
  const end = lay.stops.at(-1);
  const goal = Math.min(eyeing + speed * seconds, end);
  const halt = settings.halts ? lay.starts.find((start) => eyeing < start && start <= goal) : undefined;
  const to = halt ?? goal;
  markPassed(eyeing, to);
  eyeing = to;
  if (to === halt || to === end) pause();
}

/** Moves the words until `to` is at the eye line. Only what is read on the way is marked. */
function moveTo(to, { reading = false } = {}) {
  if (reading) markPassed(aim(), to);
  const far = Math.abs(to - eyeing) > view.stage.clientHeight * 1.5;
  const length = far || motionless.matches ? 0 : GLIDE;
  glide = { from: eyeing, to, start: performance.now(), length };
  awake();
}

function markPassed(from, to) {
  const slugs = passed(lay.ends, from, to).map((at) => items[at].slug);
  if (slugs.every((slug) => read.has(slug))) return;
  for (const slug of slugs) read.add(slug);
  remember();
  showRead();
}

const settle = () => moveTo(motionless.matches ? stopUpTo(lay.stops, aim()) : nearestStop(lay.stops, aim()));

function go() {
  if (aim() >= lay.stops.at(-1)) return say(word("said-end"));
  going = started = true;
  speed = 0;
  if (!seatOpen()) setBlank(false);
  awake();
  showGoing();
  keepAwake();
}

function pause() {
  if (!going) return;
  going = false;
  speed = 0;
  settle();
  savePlace();
  showGoing();
  letSleep();
}

function savePlace() {
  const index = lineAt(aim());
  const { item, block, ratio } = placeOf(lay.lines, index);
  place = { slug: items[item]?.slug ?? null, block, ratio };
  saved = performance.now();
  remember();
}

/** The remembered place, or the first line. A place in an item that is gone is no place. */
function placeRemembered() {
  const item = items.findIndex(({ slug }) => slug === place?.slug);
  if (item >= 0 && Number.isInteger(place.block) && place.ratio >= 0)
    return lay.stops[lineOf(lay.lines, { item, block: place.block, ratio: place.ratio })];
  return place?.slug === null ? lay.stops.at(-1) : lay.stops[0];
}

/** Keeps the line that is being read at the eye while all lines change. */
function measureAgain() {
  const kept = placeOf(lay.lines, lineAt(aim()));
  glide = null;
  measure();
  eyeing = lay.stops[lineOf(lay.lines, kept)];
  draw();
  afterMove(performance.now());
}

/** Wheel, finger or the browser's search moved the words: they rest at a line when it is over. */
function scrolled() {
  const { stage } = view;
  if (Math.abs(stage.scrollTop - written) <= 1) return;
  glide = null;
  written = stage.scrollTop;
  eyeing = clamp(written + lay.eye, lay.stops[0], lay.stops.at(-1));
  clearTimeout(settling);
  settling = setTimeout(settleLater, SETTLE);
  afterMove(performance.now());
}

function settleLater() {
  if (fingers) settling = setTimeout(settleLater, SETTLE);
  else if (!going) settle();
  savePlace();
}

function followHands() {
  const { stage } = view;
  stage.addEventListener("scroll", scrolled, { passive: true });
  for (const kind of ["touchstart", "touchend", "touchcancel"]) {
    stage.addEventListener(kind, (event) => (fingers = event.touches.length), { passive: true });
  }
  // A finger that scrolled makes no click. A mouse may only want the window to the front.
  stage.addEventListener("click", ({ pointerType }) => {
    if (pointerType !== "mouse" && pointerType !== "") run("toggle");
  });
}

/** Whoever cannot see the words is not reading them. */
function followWindow() {
  new ResizeObserver(measureAgain).observe(view.stage);
  document.fonts.addEventListener("loadingdone", measureAgain);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !going) return;
    pause();
    say(word("said-hidden"));
  });
  addEventListener("pagehide", savePlace);
}

// A screen that goes dark during a reading is woken by nobody.

let wakeLock = null;

async function keepAwake() {
  try {
    wakeLock = await navigator.wakeLock.request("screen");
    if (!going) letSleep();
  } catch {
    // Not offered here.
  }
}

function letSleep() {
  wakeLock?.release();
  wakeLock = null;
}
