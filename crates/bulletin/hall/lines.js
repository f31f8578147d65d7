// The lines of the words as they lie on the screen, and where one may stop. Measured anew whenever
// the window, the text or what is shown of it changes size.

const lay = { lines: [], stops: [], screens: [], starts: [], ends: [], words: [], eye: 0 };
const range = document.createRange();

/** Boxes of a text, from the top of the words on. Turned upside down they are measured from below. */
function boxesOf(text, frame) {
  range.selectNodeContents(text);
  const boxes = [...range.getClientRects()].filter(({ width, height }) => width && height);
  const { top, bottom } = frame;
  return settings.flip
    ? boxes.map((box) => ({ top: bottom - box.bottom, bottom: bottom - box.top }))
    : boxes.map((box) => ({ top: box.top - top, bottom: box.bottom - top }));
}

function linesOfItem({ index, blocks }, frame) {
  return blocks.flatMap(({ texts }, block) =>
    linesOf(texts.flatMap((text) => boxesOf(text, frame))).map((line) => ({ ...line, item: index, block })),
  );
}

/** The closing word counts as an item of its own: one comes to rest there. */
function linesOfEnd(frame) {
  const blocks = blocksOf(view.end);
  return linesOfItem({ index: items.length, blocks }, frame);
}

function measure() {
  setEye();
  const frame = view.content.getBoundingClientRect();
  lay.lines = [...items.flatMap((item) => linesOfItem(item, frame)), ...linesOfEnd(frame)];
  lay.stops = lay.lines.map(middle);
  const room = view.stage.clientHeight - lay.eye;
  lay.screens = screenfuls(lay.lines, room).map((first) => lay.stops[first]);
  measureItems();
}

/** The words before the first line and after the last reach so far that both can come to the eye. */
function setEye() {
  const height = view.stage.clientHeight;
  lay.eye = Math.round(height * settings.eye);
  view.glass.style.setProperty("--eye", `${lay.eye}px`);
  view.glass.style.setProperty("--below", `${height - lay.eye}px`);
}

function measureItems() {
  const firsts = [...items.keys(), items.length].map((item) => lay.lines.findIndex((line) => line.item === item));
  lay.starts = firsts.map((first) => lay.stops[first] ?? lay.stops.at(-1));
  lay.ends = items.map(({ index }) => lay.lines.findLast(({ item }) => item === index)?.bottom ?? Infinity);
  const shown = new Set(lay.lines.map(({ item, block }) => `${item} ${block}`));
  lay.words = items.map(({ index, blocks }) =>
    sum(blocks.map((block, at) => (shown.has(`${index} ${at}`) ? wordsIn(block) : 0))),
  );
}

/** The item whose title, or a line after it, is at `at`; as many as there are items means the end. */
const itemAt = (at) => Math.max(0, lay.starts.findLastIndex((start) => start <= at + 1));

/** Pixels a second in an item: verse has fewer words a line than prose, and passes faster. */
const pace = (item) => pixelsPerSecond(settings.wpm, lay.ends[item] - lay.starts[item], lay.words[item]);

const secondsInItem = (item, at) => (item < items.length ? Math.max(0, lay.ends[item] - at) / pace(item) : 0);

/** Seconds from one place to the end of all, with the breath between items. */
function secondsLeft(at) {
  const first = itemAt(at);
  const from = (item) => (item === first ? at : lay.starts[item]);
  return sum(items.slice(first).map(({ index }) => Math.max(0, lay.starts[index + 1] - from(index)) / pace(index)));
}

const lineAt = (at) => lay.stops.indexOf(stopUpTo(lay.stops, at));
