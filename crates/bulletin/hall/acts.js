// What a key, a button or the second screen can have done.

const WPM_STEP = 5;
const SIZE_STEP = 0.1;
const EYE_STEP = 0.05;

const READER_ACTS = {
  toggle: () => (going ? pause() : go()),
  stop: () => pause(),
  lineOn: () => moveTo(stopAfter(lay.stops, aim()), { reading: true }),
  lineBack: () => moveTo(stopBefore(lay.stops, aim())),
  screenOn: () => moveTo(stopAfter(lay.screens, aim()), { reading: true }),
  screenBack: () => moveTo(stopBefore(lay.screens, aim())),
  itemOn: () => moveTo(stopAfter(lay.starts, aim())),
  itemBack: () => moveTo(stopBefore(lay.starts, aim())),
  first: () => moveTo(lay.stops[0]),
  last: () => moveTo(lay.stops.at(-1)),
  jump,
  typed: showTyped,
  list: openList,
  faster: () => hurry(WPM_STEP),
  slower: () => hurry(-WPM_STEP),
  bigger: () => resize(SIZE_STEP),
  smaller: () => resize(-SIZE_STEP),
  mirror: () => turn("mirror"),
  flip: () => turn("flip"),
  light: () => turn("light"),
  eye: () => turn("eyeShown"),
  eyeUp: () => moveEye(-EYE_STEP),
  eyeDown: () => moveEye(EYE_STEP),
  halts: () => turn("halts"),
  reads: nextReads,
  read: toggleRead,
  blank: () => setBlank(!blank),
  audience: openSeat,
  fullscreen,
  help: openHelp,
};

/** The second screen does these itself and hands the rest on. */
const AUDIENCE_ACTS = {
  bigger: () => resizeAudience(SIZE_STEP),
  smaller: () => resizeAudience(-SIZE_STEP),
  light: () => {
    set("light", !settings.light);
    wear();
  },
  fullscreen: () => turnFullscreen().catch(() => {}),
};

function run(act, value) {
  const acts = isAudience ? AUDIENCE_ACTS : READER_ACTS;
  if (Object.hasOwn(acts, act)) acts[act](value);
  else if (isAudience) ask({ act, value });
  if (!isAudience && !going && !glide) afterMove(performance.now());
}

/** To the beginning of an item, counted from one. */
function jump(number) {
  if (!Number.isInteger(number) || number < 1 || number > items.length) {
    return say(word("said-no-item", { n: Number(number), all: items.length }));
  }
  moveTo(lay.starts[number - 1]);
  if (number - 1 === itemShown) say(titleLine(itemShown));
}

function hurry(by) {
  set("wpm", settings.wpm + by);
  say(word("said-pace", { n: settings.wpm }));
}

/** Rounded, so that ten steps up and ten down end where they began. */
function resize(by) {
  set("size", Math.round((settings.size + by) * 10) / 10);
  wear();
  measureAgain();
  say(word("said-size", { n: Math.round(settings.size * 100) }));
}

function resizeAudience(by) {
  set("size", Math.round((settings.size + by) * 10) / 10);
  wear();
  resettle();
}

function turn(name) {
  set(name, !settings[name]);
  wear();
  say(word(`said-${name}-${settings[name] ? "on" : "off"}`));
}

function moveEye(by) {
  set("eye", Math.round((settings.eye + by) * 100) / 100);
  set("eyeShown", true);
  wear();
  measureAgain();
}

function nextReads() {
  set("reads", READS[(READS.indexOf(settings.reads) + 1) % READS.length]);
  wear();
  measureAgain();
  say(word(`said-reads-${settings.reads}`));
}

function toggleRead() {
  const slug = items[itemAt(aim())]?.slug;
  if (slug === undefined) return;
  if (!read.delete(slug)) read.add(slug);
  remember();
  showRead();
  say(word(read.has(slug) ? "said-read" : "said-unread"));
}
