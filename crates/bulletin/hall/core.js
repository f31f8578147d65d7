// Arithmetic of the hall view. Knows neither page nor clock, so that node can test it.
//
// A place in the words is measured in pixels from their top. A *stop* is the middle of a line that
// may rest at the eye line; lists of stops are in reading order.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Words and digits.

const PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹";
const ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩";

const localDigits = (text, lang) =>
  lang.startsWith("fa") ? text.replace(/[0-9]/g, (digit) => PERSIAN_DIGITS[digit]) : text;

/** The ASCII digit that a typed character stands for, or nothing. */
function digitOf(key) {
  if (/^[0-9]$/.test(key)) return key;
  const at = Math.max(PERSIAN_DIGITS.indexOf(key), ARABIC_DIGITS.indexOf(key));
  return key.length === 1 && at >= 0 ? String(at) : "";
}

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// ZWNJ does not part words, so `\s` is right for Persian too.
const countWords = (text) => text.split(/\s+/).filter(Boolean).length;

const two = (number) => String(number).padStart(2, "0");

/** Seconds as 1:05, or 1:02:05 from an hour on; rounded up, so that 0:00 means the end. */
function duration(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

// Lines.

/** Two boxes stand on one line if they share more than half the height of the lower of them. */
const sharesLine = (line, box) =>
  Math.min(line.bottom, box.bottom) - Math.max(line.top, box.top) >
  Math.min(line.bottom - line.top, box.bottom - box.top) / 2;

/** Boxes of pieces of text, put together to lines. */
function linesOf(boxes) {
  const lines = [];
  for (const box of [...boxes].sort((one, other) => one.top - other.top)) {
    const line = lines.at(-1);
    if (line && sharesLine(line, box)) line.bottom = Math.max(line.bottom, box.bottom);
    else lines.push({ top: box.top, bottom: box.bottom });
  }
  return lines;
}

const middle = ({ top, bottom }) => Math.round((top + bottom) / 2);

/** The line that begins the screenful after that of line `first`: `room` is what is seen below the eye line. */
function nextScreenful(lines, first, room) {
  const { item } = lines[first];
  const top = middle(lines[first]);
  let end = first + 1;
  while (end < lines.length && lines[end].item === item && lines[end].bottom - top <= room) end++;
  if (end === lines.length || lines[end].item !== item) return end;
  // Rather at the head of a paragraph, if that leaves the screen at least half full.
  for (let at = end; at > first && lines[at].top - top >= room / 2; at--) {
    if (lines[at].block !== lines[at - 1].block) return at;
  }
  return end;
}

/** Where each screenful begins. None reaches over the end of an item. */
function screenfuls(lines, room) {
  const starts = [];
  for (let first = 0; first < lines.length; first = nextScreenful(lines, first, room)) starts.push(first);
  return starts;
}

// Stops. A pixel of difference is no difference: places are rounded.

const stopAfter = (stops, at) => stops.find((stop) => stop > at + 1) ?? stops.at(-1);
const stopBefore = (stops, at) => stops.findLast((stop) => stop < at - 1) ?? stops[0];
const stopUpTo = (stops, at) => stops.findLast((stop) => stop <= at + 1) ?? stops[0];

function nearestStop(stops, at) {
  const [below, above] = [stopUpTo(stops, at), stopAfter(stops, at)];
  return Math.abs(above - at) < Math.abs(at - below) ? above : below;
}

/** Which of `ends` one has gone past by moving from `from` on to `to`. */
const passed = (ends, from, to) => [...ends.keys()].filter((at) => from < ends[at] && ends[at] <= to);

// Places that survive another size of text or window: the part of a block of an item.

const sameBlock = (line, other) => line?.item === other.item && line.block === other.block;

function placeOf(lines, index) {
  const line = lines[index];
  let [first, last] = [index, index];
  while (sameBlock(lines[first - 1], line)) first--;
  while (sameBlock(lines[last + 1], line)) last++;
  return { item: line.item, block: line.block, ratio: (index - first + 0.5) / (last - first + 1) };
}

/** The line of a place. A block that is not shown gives way to the one before it in the item. */
function lineOf(lines, place) {
  const own = [...lines.keys()].filter((at) => sameBlock(lines[at], place));
  if (own.length) return own[clamp(Math.floor(place.ratio * own.length), 0, own.length - 1)];
  const before = lines.findLastIndex(({ item, block }) => item === place.item && block <= place.block);
  return before >= 0 ? before : Math.max(0, lines.findIndex(({ item }) => item === place.item));
}

// Speed and movement.

const WORDLESS = 40;

/** How fast so many words on so many pixels pass. */
const pixelsPerSecond = (wordsPerMinute, pixels, words) =>
  words && pixels ? ((wordsPerMinute / 60) * pixels) / words : WORDLESS;

/** A value on its way to another, after `seconds` of which `pace` bring it two thirds nearer. */
const approach = (value, goal, seconds, pace) => goal + (value - goal) * Math.exp(-seconds / pace);

/** Where a glide is: quick at first, then gently home. */
function glidePlace({ from, to, start, length }, now) {
  const part = length ? clamp((now - start) / length, 0, 1) : 1;
  return part === 1 ? to : from + (to - from) * (1 - (1 - part) ** 3);
}

// Two columns that say the same: `lengths` are those of a column's blocks, a place a block and a
// part of it.

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const shareOf = (lengths, { block, ratio }) =>
  (sum(lengths.slice(0, block)) + ratio * (lengths[block] ?? 0)) / (sum(lengths) || 1);

function placeAtShare(lengths, share) {
  let left = share * sum(lengths);
  for (const [block, length] of lengths.entries()) {
    if (left <= length) return { block, ratio: length ? left / length : 0 };
    left -= length;
  }
  return { block: Math.max(0, lengths.length - 1), ratio: 1 };
}

/** Where the other column is when one is at `place`: paragraph by paragraph if they have as many. */
const twinPlace = (lengths, others, place) =>
  lengths.length === others.length ? place : placeAtShare(others, shareOf(lengths, place));
