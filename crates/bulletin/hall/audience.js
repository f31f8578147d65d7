// The second screen: title and by-line of the item that is read, its words as they are read and
// the translation beside them. It follows; only size, colours and full screen are its own.

const HELLO = 1000;
const SILENCE = 6000;
const EASE = 0.45; // seconds
const LOOK = 0.38; // of a column's height: where the words that are read stand

const hall = { item: -1, columns: [], heard: 0, had: window.opener !== null, ticking: false };

function buildAudience() {
  root.dataset.view = "audience";
  hall.seat = make("main", { class: "seat" });
  hall.gone = make("p", { class: "gone", role: "status" });
  hall.full = make("button", { type: "button", class: "full" }, word("do-fullscreen"));
  hall.cover = document.querySelector("body > .cover");
  document.querySelector("body > main").remove();
  hall.seat.append(hall.cover);
  document.body.append(hall.seat, hall.gone, hall.full);
  hall.full.addEventListener("mousedown", (event) => event.preventDefault());
  hall.full.addEventListener("click", () => run("fullscreen"));
  document.title = `${document.title} – ${word("audience")}`;
  wear();
  followPointer();
  showCover(true);
  followReader();
}

const ask = (message) => window.opener?.postMessage({ hall: HALL, edition, ...message }, "*");

function followReader() {
  addEventListener("message", ({ data, source }) => {
    if (source !== null && source === window.opener && data?.hall === HALL && data.edition === edition) follow(data);
  });
  new ResizeObserver(resettle).observe(hall.seat);
  const hello = () => {
    ask({ hello: true });
    showGone();
  };
  hall.heard = performance.now();
  setInterval(hello, HELLO);
  hello();
}

function follow({ item, block, ratio, blank: isBlank, cover }) {
  hall.heard = performance.now();
  showGone();
  mark(root, "data-blank", isBlank === true);
  showCover(cover === true || !items[item]);
  if (!items[item]) return;
  if (item !== hall.item) showItem(items[item]);
  goTo(items[item], { block, ratio });
}

/** An opener that was closed is no more there; one that was led elsewhere does not answer. */
function showGone() {
  const gone = !window.opener || performance.now() - hall.heard > SILENCE;
  const text = gone ? word(hall.had ? "gone" : "alone") : "";
  if (hall.gone.textContent !== text) hall.gone.textContent = text;
  mark(root, "data-gone", gone);
  if (gone) showCover(true);
}

const showCover = (whether) => mark(root, "data-cover", whether);

// An item.

function showItem(item) {
  const { index, element, translation } = item;
  hall.item = index;
  const sides = [element, ...(translation ? [translation] : [])];
  hall.columns = sides.map((side) => columnOf(item, side)).filter(({ blocks }) => blocks.length);
  const head = make("header", {}, headOf(item), ...(translation ? [headOfTranslation(translation)] : []));
  const columns = make("div", { class: "columns" }, ...hall.columns.map(({ box }) => box));
  const sheet = make("div", { class: "sheet" }, head, columns);
  mark(sheet, "data-pair", hall.columns.length > 1);
  hall.seat.replaceChildren(hall.cover, sheet);
  for (const column of hall.columns) column.at = 0;
}

function headOf({ element, kind, title, byline }) {
  const head = make("div", { lang: element.lang, dir: element.dir }, ...kindLine(kind), make("h1", {}, title));
  if (byline) head.append(make("p", { class: "byline" }, byline));
  return head;
}

function headOfTranslation(side) {
  const title = make("p", { class: "title" }, textOf(side.querySelector(":scope > h2")));
  const kind = textOf(side.querySelector(":scope > .kind"));
  return make("div", { lang: side.lang, dir: side.dir }, ...kindLine(kind), title);
}

/** Above a title: that these are the assembly's own words. */
const kindLine = (kind) => (kind ? [make("p", { class: "kind" }, kind)] : []);

/** A copy of one side's words, with the numbers its blocks have in the item. */
function columnOf(item, side) {
  const words = side.querySelector(":scope > .words");
  const copy = words?.cloneNode(true) ?? make("div");
  // Here the title is the first level, and nothing stands between.
  for (const heading of copy.querySelectorAll("h3, h4")) heading.setAttribute("aria-level", Number(heading.localName[1]) - 1);
  const roll = make("div", { class: "roll" }, copy);
  const box = make("div", { class: "column", lang: side.lang, dir: side.dir }, roll);
  const blocks = blocksOf(copy);
  const first = item.blocks.findIndex(({ element }) => words?.contains(element));
  return { box, roll, blocks, first, lengths: blocks.map(lengthOf), at: 0, goal: 0 };
}

/** Leads the column that is read to its place, and the other to what says the same. */
function goTo({ blocks }, { block, ratio }) {
  hall.place = { block, ratio };
  const within = ({ first, lengths }) => block >= first && block < first + lengths.length;
  const reading = hall.columns.find(within) ?? hall.columns[0];
  if (!reading || !blocks.length) return;
  const own = within(reading) ? { block: block - reading.first, ratio } : { block: 0, ratio: 0 };
  for (const column of hall.columns) {
    leadTo(column, column === reading ? own : twinPlace(reading.lengths, column.lengths, own));
  }
}

function leadTo(column, { block, ratio }) {
  for (const [at, { element }] of column.blocks.entries()) mark(element, "data-now", at === block);
  const { element } = column.blocks[block];
  const [box, roll, now] = [column.box, column.roll, element].map((node) => node.getBoundingClientRect());
  const at = now.top - roll.top + now.height * clamp(ratio, 0, 1);
  column.goal = clamp(at - box.height * LOOK, 0, Math.max(0, roll.height - box.height));
  roam();
}

function resettle() {
  if (items[hall.item] && hall.place) goTo(items[hall.item], hall.place);
}

function roam() {
  if (hall.ticking) return;
  hall.ticking = true;
  let before = performance.now();
  const frame = (now) => {
    const seconds = clamp((now - before) / 1000, 0, DAY_DREAM);
    before = now;
    for (const column of hall.columns) rollOn(column, seconds);
    hall.ticking = hall.columns.some(({ at, goal }) => at !== goal);
    if (hall.ticking) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function rollOn(column, seconds) {
  const near = Math.abs(column.goal - column.at) < 0.5;
  column.at = near || motionless.matches ? column.goal : approach(column.at, column.goal, seconds, EASE);
  column.roll.style.translate = `0 ${-column.at}px`;
}
