// What stands in the file: the edition, its items, the words of its language.

const root = document.documentElement;
const edition = document.body.dataset.edition;
const WORDS = JSON.parse(document.getElementById("words").textContent);

const local = (value) => localDigits(String(value), root.lang);

/** Text of either direction, kept from reordering what stands around it. */
const isolated = (text) => `\u2068${text}\u2069`;

/** A word of the page's language; numbers in it take its digits, text stays as it is. */
function word(name, values = {}) {
  const put = (value) => (typeof value === "number" ? local(value) : isolated(value));
  const shown = Object.entries(values).map(([key, value]) => [key, put(value)]);
  return fill(WORDS[name], Object.fromEntries(shown));
}

function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

const mark = (element, name, whether) => element.toggleAttribute(name, whether);

async function turnFullscreen() {
  if (document.fullscreenElement) return document.exitFullscreen();
  await root.requestFullscreen({ navigationUI: "hide" });
  // A remote's stop key is Escape: where the browser lets us have it, it pauses and the screen stays full.
  return navigator.keyboard?.lock?.(["Escape"]).catch(() => {});
}

const motionless = matchMedia("(prefers-reduced-motion: reduce)");

// Blocks: a paragraph, a heading, a bayt, a point of a list. They are counted the same in both
// windows, shown or not.

const BLOCK = "h1, h2, h3, h4, h5, h6, p, li, blockquote, dd, dt, pre, div";

function textsIn(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !node.parentElement.closest(".note")) texts.push(node);
  }
  return texts;
}

/** The blocks of an element in reading order, each with its texts. */
function blocksOf(element) {
  const blocks = [];
  for (const text of textsIn(element)) {
    const around = text.parentElement.closest(BLOCK);
    if (blocks.at(-1)?.element !== around) blocks.push({ element: around, texts: [] });
    blocks.at(-1).texts.push(text);
  }
  return blocks;
}

const lengthOf = ({ texts }) => sum(texts.map((text) => text.data.trim().length));
const wordsIn = ({ texts }) => countWords(texts.map((text) => text.data).join(" "));
const textOf = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";

const items = [...document.querySelectorAll("main > article")].map((element, index) => ({
  index,
  element,
  slug: element.id.replace(/^i-/, ""),
  kind: textOf(element.querySelector(":scope > .kind")),
  title: textOf(element.querySelector(":scope > h2")),
  byline: textOf(element.querySelector(":scope > .byline")),
  translation: element.querySelector(":scope > .translation"),
  blocks: blocksOf(element),
}));
