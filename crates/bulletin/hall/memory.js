// What is remembered on this machine: how one likes it, where one was, what was read. No words of
// an item. Without localStorage all of it lasts as long as the window.

const isAudience = location.hash === "#audience";
const KEY = `payamgir-hall-${edition}${isAudience ? "-audience" : ""}`;

const LIMITS = { wpm: [40, 320], size: [0.5, 2.5], eye: [0.1, 0.75] };
const READS = ["original", "both", "translation"];
const DEFAULTS = {
  wpm: root.lang.startsWith("fa") ? 130 : 140,
  size: 1,
  eye: 0.35,
  eyeShown: true,
  mirror: false,
  flip: false,
  light: false,
  halts: false,
  reads: READS[0],
};

function recall() {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY)));
  } catch {
    return {};
  }
}

const remembered = recall();
const settings = { ...DEFAULTS, ...sound(Object(remembered.settings)) };
const read = new Set(Array.isArray(remembered.read) ? remembered.read : []);
let place = remembered.place;

/** Those of the remembered settings that can be meant. */
function sound(kept) {
  const fits = ([name, value]) =>
    name in DEFAULTS && typeof value === typeof DEFAULTS[name] && (name !== "reads" || READS.includes(value));
  const limited = ([name, value]) => [name, LIMITS[name] ? clamp(value, ...LIMITS[name]) : value];
  return Object.fromEntries(Object.entries(kept).filter(fits).map(limited));
}

function remember() {
  try {
    localStorage.setItem(KEY, JSON.stringify({ settings, read: [...read], place }));
  } catch {
    // Private windows and full disks: the hall goes on.
  }
}

function set(name, value) {
  settings[name] = LIMITS[name] ? clamp(value, ...LIMITS[name]) : value;
  remember();
}

/** Settings that are a matter of style alone, put where the style sheet finds them. */
function wear() {
  root.style.setProperty("--scale", settings.size);
  mark(root, "data-light", settings.light);
  mark(root, "data-mirror", settings.mirror);
  mark(root, "data-flip", settings.flip);
  mark(root, "data-eyeless", !settings.eyeShown);
  root.dataset.reads = settings.reads;
}
