// The hall view in Chromium, mostly by keyboard.
//
//   node hall.mjs FILE… [--shots FOLDER]
//
// FILE is a generated hall file with two items or more. What is expected is read from the file's
// own words. Prints a line a check; ends with 1 if any failed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";

const PATIENCE = Number(process.env.HALL_PATIENCE ?? 60) * 1000;
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const ODD_SIZES = [
  { width: 320, height: 568 },
  { width: 740, height: 360 },
  { width: 700, height: 900 },
];
const SIZES = process.env.HALL_SIZE ? [{ 1280: DESKTOP, 360: PHONE }[process.env.HALL_SIZE]] : [DESKTOP, PHONE];
const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";

const args = process.argv.slice(2);
const shots = args.includes("--shots") ? args.splice(args.indexOf("--shots"), 2)[1] : undefined;

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
/** axe runs in a copy of the page: the page's own policy lets no other script in. */
const copies = await browser.newContext({ reducedMotion: "reduce" });
let failed = 0;

async function hall(url, html) {
  const lang = html.match(/<html[^>]*? lang="(\w+)"/)[1];
  const words = JSON.parse(html.match(/<script type="application\/json" id="words">(.*?)<\/script>/s)[1]);
  const scene = { url, lang, words };
  await plain(scene);
  for (const size of SIZES) {
    const name = `${lang} ${size.width}`;
    await reading({ ...scene, size, name });
    await second({ ...scene, size, name });
  }
  await odd({ ...scene, size: DESKTOP, name: `${lang} odd` });
}

/** One line a check. After one that failed, `mend` brings things back to where others can begin. */
async function check(name, act, mend = async () => {}) {
  const start = performance.now();
  try {
    await act();
    console.log(`ok      ${name}${process.env.HALL_TIMES ? ` ${Math.round(performance.now() - start)} ms` : ""}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}: ${String(error.message).split("\n").slice(0, 6).join(" ")}`);
    await mend().catch(() => {});
  }
}

async function open({ url, size }, options = {}, before = undefined) {
  const context = await browser.newContext({ viewport: size, ...options });
  context.setDefaultTimeout(PATIENCE);
  const complaints = [];
  const requests = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (said) => complaints.push(said.text()));
    page.on("request", (request) => requests.push(request.url().split("#")[0]));
  });
  const page = await context.newPage();
  if (before) await page.addInitScript(before);
  await page.goto(url);
  return { context, page, complaints, requests };
}

// What a reader sees, found without the page's own script.

/** Lines of text on the screen: the middle of each, its item, block and words. Runs in the page. */
function look() {
  const range = document.createRange();
  const lines = [];
  const articles = [...document.querySelectorAll("article")];
  const blocks = document.querySelectorAll("main :is(h2, h3, p, li):not(.note)");
  for (const block of blocks) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const boxes = [];
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest("h2, h3, p, li") !== block) continue;
      range.selectNodeContents(walker.currentNode);
      for (const box of range.getClientRects()) if (box.width > 1) boxes.push(box);
    }
    const down = document.documentElement.hasAttribute("data-flip") ? -1 : 1;
    boxes.sort((one, other) => down * (one.top + one.bottom - other.top - other.bottom));
    let row;
    for (const box of boxes) {
      const middle = (box.top + box.bottom) / 2;
      if (row && middle < row.bottom && middle > row.top) {
        row.top = Math.min(row.top, box.top);
        row.bottom = Math.max(row.bottom, box.bottom);
        continue;
      }
      const item = articles.indexOf(block.closest("article"));
      const tag = block.className || block.tagName;
      row = { top: box.top, bottom: box.bottom, item, tag, text: block.textContent.trim() };
      lines.push(row);
    }
  }
  for (const line of lines) line.middle = (line.top + line.bottom) / 2;
  const stage = document.querySelector("#stage").getBoundingClientRect();
  const shift = parseFloat(getComputedStyle(document.querySelector(".glass")).getPropertyValue("--eye"));
  const eye = document.documentElement.hasAttribute("data-flip") ? stage.bottom - shift : stage.top + shift;
  return { lines, eye, top: stage.top, bottom: stage.bottom };
}

const seen = (page) => page.evaluate(look);

/** The line at the eye, and its number; fails if none is within two pixels. */
async function atEye(page) {
  await rest(page);
  const { lines, eye, top, bottom } = await seen(page);
  const distances = lines.map(({ middle }) => Math.abs(middle - eye));
  const at = distances.indexOf(Math.min(...distances));
  assert.ok(distances[at] <= 2, `no line is at the eye line: the nearest is ${distances[at]}px away`);
  return { ...lines[at], at, lines, top, bottom };
}

/** How far the words have moved, to parts of a pixel. */
const far = (page) =>
  page.evaluate(() => {
    const [stage, content] = ["#stage", ".content"].map((name) => document.querySelector(name).getBoundingClientRect());
    return stage.top - content.top;
  });

const isGoing = (page) => page.evaluate(() => document.documentElement.hasAttribute("data-going"));

/** Waits until nothing has moved for ten frames. */
const rest = (page) =>
  page.evaluate(async (patience) => {
    const place = () => document.querySelector(".content").getBoundingClientRect().top;
    const start = performance.now();
    for (let before = NaN, still = 0; still < 10; ) {
      await new Promise(requestAnimationFrame);
      still = place() === before && !document.documentElement.hasAttribute("data-going") ? still + 1 : 0;
      before = place();
      if (performance.now() - start > patience) throw new Error("the words do not come to rest");
    }
  }, PATIENCE);

const scrollTop = (page) => page.evaluate(() => document.querySelector("#stage").scrollTop);

/** Waits until the words have gone on by more than `by` pixels. */
const goesOn = (page, from, by = 8) =>
  page.waitForFunction(([from, by]) => document.querySelector("#stage").scrollTop > from + by, [from, by]);

const says = (page, text) =>
  page.waitForFunction((text) => document.querySelector("[role=status]").textContent === text, text);

/** As fast as it goes, for what takes long otherwise; and back. */
const hurry = (page, key = "Equal") => press(page, ...Array(20).fill(key));

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

/** A key as another layout has it: the same place, another letter. */
const pressAs = (page, code, key) =>
  page.evaluate((named) => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { ...named, bubbles: true, cancelable: true }));
  }, { code, key });

const figure = async (page, name) => {
  const text = await page.locator(`[data-figure=${name}]`).innerText();
  return text.replace(/[۰-۹]/g, (digit) => PERSIAN.indexOf(digit));
};
const seconds = async (page, name) =>
  (await figure(page, name)).split(":").reduce((total, part) => total * 60 + Number(part), 0);

/** Pixels a second, by the page's clock, after speed has had time to settle. */
const measureSpeed = (page) =>
  page.evaluate(async () => {
    const place = () => document.querySelector(".content").getBoundingClientRect().top;
    const wait = async (ms) => {
      const start = performance.now();
      while (performance.now() - start < ms) await new Promise(requestAnimationFrame);
      return performance.now() - start;
    };
    await wait(900);
    const from = place();
    const took = await wait(1500);
    return ((from - place()) / took) * 1000;
  });

/** What axe finds in a copy of what the page shows now. */
async function faults(page) {
  const copy = await copies.newPage();
  await copy.setViewportSize(page.viewportSize());
  const html = await page.evaluate(() => {
    const root = document.documentElement.cloneNode(true);
    for (const away of root.querySelectorAll("script, meta[http-equiv]")) away.remove();
    return root.outerHTML;
  });
  await copy.setContent(`<!doctype html>${html}`);
  // A dialog is modal by a call, not by its markup.
  await copy.evaluate(() => {
    const open = document.querySelector("dialog[open]");
    open?.close();
    open?.showModal();
  });
  await copy.evaluate(axe.source);
  const { violations, passes } = await copy.evaluate(() => globalThis.axe.run());
  await copy.close();
  assert.ok(passes.length > 5, "axe looked");
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

async function picture(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name.replaceAll(" ", "-")}.png` });
}

const shown = (page, selector) =>
  page.evaluate((name) => [...document.querySelectorAll(name)].map((node) => node.textContent.trim()), selector);
const titles = (page) => shown(page, "article > h2");
const marks = (page) =>
  page.evaluate(() => [...document.querySelectorAll("article")].map((node) => node.hasAttribute("data-read")));
const has = (page, name) => page.evaluate((name) => document.documentElement.hasAttribute(name), name);

/** Forgets all and opens the page anew. */
async function fresh(page) {
  await page.evaluate(() => addEventListener("pagehide", () => localStorage.clear()));
  await page.reload();
}

async function plain(scene) {
  const { page, context, complaints } = await open({ ...scene, size: DESKTOP }, { javaScriptEnabled: false });
  await check(`${scene.lang}: reads as a document without script, in large type`, async () => {
    assert.ok(await page.locator("article").first().isVisible());
    assert.ok(await page.locator("article").last().isVisible());
    // The script is off for the page, not for the one who asks.
    const [size, beyond] = await page.evaluate(() => {
      const size = parseFloat(getComputedStyle(document.querySelector("article p")).fontSize);
      return [size, document.documentElement.scrollWidth - innerWidth];
    });
    assert.ok(size >= 24 && beyond <= 0, `${size}, ${beyond}`);
  });
  await check(`${scene.lang}: nothing in it comes from elsewhere or is an inline handler`, async () => {
    const odd = await page.evaluate(() => {
      const names = [...document.querySelectorAll("*")].flatMap((node) => node.getAttributeNames());
      return names.filter((name) => /^(on.*|src|href|style)$/.test(name));
    });
    assert.deepEqual(odd, []);
    assert.deepEqual(complaints, []);
  });
  await picture(page, `${scene.lang} plain`);
  await context.close();
}

async function reading(scene) {
  const { name, lang } = scene;
  const { context, page, complaints, requests } = await open(scene);
  const step = (what, act) => check(`${name}: ${what}`, act, () => fresh(page));
  const count = await page.locator("article").count();
  assert.ok(count >= 2, "a file with two items");
  const all = await titles(page);

  await step(`starts paused, the first line at the eye line`, async () => {
    const line = await atEye(page);
    assert.equal(line.at, 0);
    const before = await far(page);
    await page.waitForTimeout(700);
    assert.equal(await far(page), before);
    assert.equal(await isGoing(page), false);
  });
  await picture(page, `${name} start`);

  await step(`says item, time left, speed and clock, in the digits of its language`, async () => {
    const text = await page.locator(".figures").innerText();
    assert.match(text, lang === "fa" ? /^[^0-9]*[۰-۹][^0-9]*$/s : /^[^۰-۹]*[0-9][^۰-۹]*$/s);
    assert.match(await figure(page, "item"), new RegExp(`^1\\D+${count}$`));
    assert.match(await figure(page, "clock"), /^\d\d:\d\d$/);
    const [item, whole] = [await seconds(page, "left"), await seconds(page, "all")];
    assert.ok(item > 0 && whole >= item, `${item} of ${whole}`);
  });

  await step(`axe finds nothing, dark and light`, async () => {
    assert.deepEqual(await faults(page), []);
    await press(page, "KeyL");
    assert.deepEqual(await faults(page), []);
    await picture(page, `${name} light`);
    await press(page, "KeyL");
  });

  await step(`Space scrolls, Space stops on a line, three times`, async () => {
    for (const pause of [0, 180, 430]) {
      const from = await far(page);
      await press(page, "Space");
      assert.equal(await isGoing(page), true);
      await goesOn(page, from);
      await page.waitForTimeout(pause);
      await press(page, "Space");
      assert.equal(await isGoing(page), false);
      await atEye(page);
      assert.ok((await far(page)) >= from, "the words went on, not back");
    }
  });

  await step(`K, Enter and F5 start and stop; F5 does not reload; Escape stops`, async () => {
    await page.evaluate(() => (globalThis.same = true));
    for (const key of ["KeyK", "Enter", "F5"]) {
      await press(page, key);
      assert.equal(await isGoing(page), true, key);
      await press(page, key);
      assert.equal(await isGoing(page), false, key);
    }
    await press(page, "F5", "Escape");
    assert.equal(await isGoing(page), false);
    await press(page, "Escape");
    assert.equal(await isGoing(page), false, "Escape never starts");
    assert.equal(await page.evaluate(() => globalThis.same), true);
    await atEye(page);
  });

  await step(`speed changes on the fly, as much as it says`, async () => {
    // In the longest item, which lasts while it is measured; each item has its own pixels a word.
    const longest = await page.evaluate(() => {
      const lengths = [...document.querySelectorAll("article > .words")].map(({ textContent }) => textContent.length);
      return lengths.indexOf(Math.max(...lengths)) + 1;
    });
    const jump = async () => {
      await press(page, ...[...String(longest)].map((digit) => `Digit${digit}`), "Enter", "ArrowDown");
    };
    await jump();
    await rest(page);
    await press(page, "Space");
    const [slow, said] = [await measureSpeed(page), Number(await figure(page, "pace"))];
    const whole = await seconds(page, "all");
    for (let n = 0; n < 6; n++) await press(page, "Equal", "Shift+ArrowUp", "NumpadAdd");
    await jump();
    const [fast, saidFast] = [await measureSpeed(page), Number(await figure(page, "pace"))];
    assert.ok(slow > 0 && fast > slow * 1.2, `${slow} then ${fast} pixels a second`);
    assert.ok(saidFast > said, `${said} then ${saidFast} words a minute`);
    const [ratio, saidRatio] = [fast / slow, saidFast / said];
    assert.ok(Math.abs(ratio - saidRatio) < 0.35 * saidRatio, `${ratio} times as fast, ${saidRatio} said`);
    assert.ok((await seconds(page, "all")) < whole, "less time is left");
    for (let n = 0; n < 6; n++) await press(page, "Minus", "Shift+ArrowDown", "NumpadSubtract");
    await press(page, "Space");
    await atEye(page);
    assert.equal(Number(await figure(page, "pace")), said);
  });

  await step(`down and up go line by line`, async () => {
    await press(page, "Home");
    const first = await atEye(page);
    const steps = Math.min(6, first.lines.length - 1);
    for (let step = 1; step <= steps; step++) {
      await press(page, "ArrowDown");
      assert.equal((await atEye(page)).at, step);
    }
    await press(page, "ArrowUp");
    assert.equal((await atEye(page)).at, steps - 1);
    await press(page, "ArrowUp", "ArrowUp");
    assert.equal((await atEye(page)).at, Math.max(0, steps - 3), "quick steps add up");
  });

  await step(`Page Down and → go a screenful on and skip no line, Page Up and ← back`, async () => {
    await press(page, "Home");
    let before = await atEye(page);
    const places = [before.at];
    for (const key of ["PageDown", "ArrowRight", "PageDown"]) {
      if (before.at === before.lines.length - 1) break;
      await press(page, key);
      const now = await atEye(page);
      const hidden = (line, at) => at > before.at && (line.bottom > before.bottom + 1 || line.item !== before.item);
      const first = before.lines.findIndex(hidden);
      assert.ok(now.at > before.at && (first < 0 || now.at <= first), `${before.at} to ${now.at}, ${first} was hidden`);
      before = now;
      places.push(now.at);
    }
    for (const key of ["PageUp", "ArrowLeft", "PageUp"].slice(0, places.length - 1)) await press(page, key);
    assert.equal((await atEye(page)).at, places[0]);
  });

  await step(`Home and End go to the first line and to the closing word`, async () => {
    await press(page, "End");
    const end = await atEye(page);
    assert.equal(end.at, end.lines.length - 1);
    assert.equal(await seconds(page, "all"), 0);
    await press(page, "Space");
    assert.equal(await isGoing(page), false, "there is nothing left to start");
    await press(page, "Home");
    assert.equal((await atEye(page)).at, 0);
  });

  await step(`a number and Enter jump to that item, in any digits`, async () => {
    await press(page, "Digit2", "Enter");
    const marked = await marks(page);
    let line = await atEye(page);
    assert.deepEqual([line.item, line.tag], [1, "H2"]);
    await press(page, "Numpad1", "NumpadEnter");
    assert.equal((await atEye(page)).item, 0);
    await pressAs(page, "", "۲");
    await press(page, "Enter");
    line = await atEye(page);
    assert.deepEqual([line.item, line.tag], [1, "H2"]);
    await press(page, "Digit9", "Digit9", "Digit9", "Enter");
    assert.equal((await atEye(page)).at, line.at, "no such item: it stays");
    assert.equal(await isGoing(page), false);
    await press(page, "Digit1", "Backspace", "Digit2", "Escape", "Digit1", "Enter");
    assert.equal((await atEye(page)).item, 0);
    assert.deepEqual(await marks(page), marked, "jumping marks nothing read");
  });

  await step(`N skips to the next item, P goes to the start of this one and then back`, async () => {
    await press(page, "Home");
    const marked = await marks(page);
    await press(page, "KeyN");
    const second = await atEye(page);
    assert.deepEqual([second.item, second.tag], [1, "H2"]);
    assert.deepEqual(await marks(page), marked, "skipping marks nothing read");
    await press(page, "ArrowDown", "KeyP");
    assert.equal((await atEye(page)).at, second.at);
    await press(page, "KeyP");
    assert.equal((await atEye(page)).item, 0);
  });

  await step(`the list names all items; arrows and Enter jump`, async () => {
    await press(page, "Home", "KeyJ");
    const rows = page.locator("#list li button");
    assert.equal(await rows.count(), count);
    for (const [at, title] of all.entries()) assert.ok((await rows.nth(at).innerText()).includes(title.slice(0, 20)));
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-current")), "true");
    assert.deepEqual(await faults(page), []);
    await picture(page, `${name} list`);
    await press(page, "End", "Home", "ArrowDown", "Enter");
    assert.equal(await page.locator("dialog[open]").count(), 0);
    assert.equal((await atEye(page)).item, 1);
    for (const key of ["Escape", "KeyJ", "F5"]) {
      await press(page, "KeyJ", key);
      assert.equal(await page.locator("dialog[open]").count(), 0, key);
    }
  });

  await step(`help lists every key that is taken, and no other`, async () => {
    await helpIsWhole(page);
    // Chromium says this of an F that no hand pressed.
    complaints.splice(0, Infinity, ...complaints.filter((said) => !said.includes("by a user gesture")));
  });

  await step(`axe finds nothing in the help; every row says what it does`, async () => {
    await press(page, "Shift+Slash");
    assert.deepEqual(await faults(page), []);
    const rows = await shown(page, "#help li span:first-child");
    assert.ok(rows.length > 20 && rows.every((row) => row && !/undefined|\{/.test(row)));
    assert.equal(new Set(rows).size, rows.length);
    await picture(page, `${name} help`);
    await press(page, "KeyH");
    assert.equal(await page.locator("dialog[open]").count(), 0);
  });

  await step(`mirrored either way it still scrolls on and stops on a line`, async () => {
    const matrix = () => page.evaluate(() => getComputedStyle(document.querySelector(".glass")).transform);
    await press(page, "Home");
    const turns = [
      ["KeyM", "matrix(-1, 0, 0, 1, 0, 0)"],
      ["Shift+KeyM", "matrix(-1, 0, 0, -1, 0, 0)"],
      ["KeyM", "matrix(1, 0, 0, -1, 0, 0)"],
    ];
    for (const [key, expected] of turns) {
      await press(page, key);
      assert.equal(await matrix(), expected);
      const before = await atEye(page);
      const from = await scrollTop(page);
      await press(page, "Space");
      await goesOn(page, from);
      await press(page, "Space");
      const after = await atEye(page);
      assert.ok(after.at >= before.at);
      await press(page, "ArrowDown");
      assert.equal((await atEye(page)).at, after.at + 1);
      await picture(page, `${name} mirror ${key}`);
    }
    await press(page, "Shift+KeyM");
    assert.equal(await matrix(), "none");
    await pressAs(page, "KeyM", "ئ");
    assert.notEqual(await matrix(), "none", "by the key's place, on a Persian keyboard");
    await pressAs(page, "KeyM", "ئ");
  });

  await step(`the eye line goes off and on, up and down, and the line with it`, async () => {
    const eye = page.locator(".eye");
    const display = () => eye.evaluate((node) => getComputedStyle(node).display);
    await press(page, "KeyE");
    assert.equal(await display(), "none");
    await press(page, "KeyE");
    assert.equal(await display(), "block");
    const place = () => eye.evaluate((node) => node.getBoundingClientRect().top);
    const [before, line] = [await place(), await atEye(page)];
    await press(page, "BracketRight", "BracketRight");
    assert.ok((await place()) > before);
    assert.equal((await atEye(page)).at, line.at);
    await press(page, "BracketLeft", "BracketLeft");
    assert.ok(Math.abs((await place()) - before) <= 1);
    assert.equal((await atEye(page)).at, line.at);
  });

  await step(`larger and smaller text keep the paragraph that is read`, async () => {
    const type = () => page.evaluate(() => parseFloat(getComputedStyle(document.querySelector("article p")).fontSize));
    await press(page, "Home", "PageDown", "ArrowDown");
    const [before, line] = [await type(), await atEye(page)];
    await press(page, "KeyT", "KeyT");
    assert.ok((await type()) > before);
    assert.equal((await atEye(page)).text, line.text);
    await press(page, "Shift+KeyT", "Shift+KeyT");
    assert.ok(Math.abs((await type()) - before) < 0.1);
    assert.equal((await atEye(page)).text, line.text);
  });

  await step(`R marks and unmarks; reading past the last line marks`, async () => {
    await fresh(page);
    await press(page, "KeyR");
    assert.equal((await marks(page))[0], true);
    await press(page, "KeyR");
    assert.equal((await marks(page))[0], false);
    for (let pages = 0; pages < 200 && (await atEye(page)).item === 0; pages++) {
      assert.equal((await marks(page))[0], false, "not before its last line is past");
      await press(page, "PageDown");
    }
    assert.deepEqual(await marks(page), [true, ...Array(count - 1).fill(false)]);
  });

  await step(`scrolling itself marks an item, and S stops at the next`, async () => {
    await fresh(page);
    await press(page, "Digit2", "Enter");
    await rest(page);
    await press(page, "ArrowUp");
    assert.equal((await atEye(page)).item, 0);
    await hurry(page);
    await press(page, "KeyS", "Space");
    await page.waitForFunction(() => document.querySelector("article").hasAttribute("data-read"));
    const line = await atEye(page);
    assert.deepEqual([line.item, line.tag], [1, "H2"], "it stopped by itself at the next title");
    await press(page, "KeyS");
    await hurry(page, "Minus");
  });

  await step(`place, marks and taste survive a reload`, async () => {
    await press(page, "Digit2", "Enter", "ArrowDown", "KeyT");
    const [line, marked] = [await atEye(page), await marks(page)];
    await page.reload();
    const again = await atEye(page);
    assert.deepEqual([again.at, again.text], [line.at, line.text]);
    assert.equal(await isGoing(page), false);
    assert.deepEqual(await marks(page), marked);
    assert.ok(marked[0]);
    await press(page, "Shift+KeyT");
  });

  await step(`wheel scrolls while paused and comes to rest on a line`, async () => {
    await press(page, "Home");
    const before = await atEye(page);
    await page.mouse.move(scene.size.width / 2, 200);
    const from = await scrollTop(page);
    await page.mouse.wheel(0, 333);
    await goesOn(page, from);
    await page.waitForTimeout(600);
    assert.ok((await atEye(page)).at > before.at);
  });

  await step(`buttons are big enough and leave the keys alone`, async () => {
    const sizes = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll(".bar button")].map((node) => node.getBoundingClientRect());
      return boxes.filter(({ width }) => width).map(({ width, height }) => Math.min(width, height));
    });
    assert.ok(sizes.length >= 5 && sizes.every((size) => size >= 44), `${sizes}`);
    await page.locator(".bar [data-act=faster]").click();
    await page.locator(".bar [data-act=toggle]").click();
    assert.equal(await isGoing(page), true);
    await press(page, "Space");
    assert.equal(await isGoing(page), false);
    await page.locator(".bar [data-act=slower]").click();
  });

  await step(`nothing is wider than the window, and the words have most of it`, async () => {
    for (const size of [scene.size, ...ODD_SIZES]) {
      await page.setViewportSize(size);
      const beyond = await page.evaluate(() => {
        const nodes = ["html", ".bar", "#stage"].map((name) => document.querySelector(name));
        return nodes.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      });
      assert.ok(Math.max(...beyond) <= 0, `${beyond} at ${size.width}px`);
      const share = await page.evaluate(() => document.querySelector("#stage").clientHeight / innerHeight);
      assert.ok(share > 0.7, `the words have ${share} of ${size.width} by ${size.height}`);
    }
    await page.setViewportSize(scene.size);
  });

  await step(`F fills the screen and gives it back`, async () => {
    await press(page, "KeyF");
    await page.waitForFunction(() => document.fullscreenElement === document.documentElement);
    await atEye(page);
    await press(page, "KeyF");
    await page.waitForFunction(() => !document.fullscreenElement);
  });

  await step(`alone, B blanks this window and stops; Space brings the words back`, async () => {
    await press(page, "Space", "Period");
    assert.equal(await isGoing(page), false);
    assert.equal(await page.locator("article").first().isVisible(), false);
    await press(page, "Space");
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".glass")).visibility), "visible");
    assert.equal(await isGoing(page), true);
    await press(page, "Space");
  });

  await step(`states are said to those who do not see them, others are not`, async () => {
    const live = page.locator("[role=status]");
    assert.equal(await page.locator("[aria-live]:not([aria-live=polite])").count(), 0);
    await press(page, "KeyR");
    await says(page, scene.words[(await marks(page))[(await atEye(page)).item] ? "said-read" : "said-unread"]);
    assert.equal(await live.count(), 1);
    await press(page, "KeyR");
  });

  await step(`the console is silent and nothing was asked for but the file`, () => {
    assert.deepEqual(complaints, []);
    assert.deepEqual([...new Set(requests)], [scene.url]);
  });
  await context.close();
}

const OTHER_KEYS = `
  Space Enter Escape Backspace Tab Delete Insert Home End PageUp PageDown ArrowUp ArrowDown ArrowLeft ArrowRight
  Minus Equal BracketLeft BracketRight Backslash Semicolon Quote Backquote Comma Period Slash IntlBackslash IntlRo
  NumpadAdd NumpadSubtract NumpadMultiply NumpadDivide NumpadEnter NumpadDecimal NumpadComma NumpadEqual
  IntlYen CapsLock ContextMenu Pause ScrollLock PrintScreen NumLock MediaPlayPause BrowserBack`.trim().split(/\s+/);

/** Presses every key there is and compares those that were taken with those the help names. */
async function helpIsWhole(page) {
  await press(page, "KeyH");
  const rows = await page.evaluate(() => [...document.querySelectorAll("#help [data-keys]")].map((row) => row.dataset.keys));
  const named = rows.join(" ").split(" ");
  await press(page, "Escape");
  assert.equal(new Set(named).size, named.length, "no key is named twice");
  const taken = await page.evaluate((others) => {
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `Key${letter}`);
    const digits = [..."0123456789"].flatMap((digit) => [`Digit${digit}`, `Numpad${digit}`]);
    const functions = [..."123456789"].map((number) => `F${number}`).concat("F10", "F11", "F12");
    const taken = [];
    const isTaken = (key) =>
      !document.body.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true }));
    globalThis.open = () => null;
    for (const code of [...letters, ...digits, ...functions, ...others]) {
      for (const shiftKey of [false, true]) {
        if (isTaken({ code, key: "Unidentified", shiftKey })) taken.push(`${shiftKey ? "Shift+" : ""}${code}`);
        document.querySelector("dialog[open]")?.close();
      }
    }
    for (const held of ["ctrlKey", "altKey", "metaKey"]) {
      if (isTaken({ code: "KeyM", key: "m", [held]: true })) taken.push(`${held} KeyM`);
    }
    return taken;
  }, OTHER_KEYS);
  assert.deepEqual(taken.sort(), named.sort());
  // What all those keys changed is forgotten.
  await fresh(page);
}

async function second(scene) {
  const { name } = scene;
  const { context, page, complaints, requests } = await open(scene);
  const step = (what, act) => check(`${name}: ${what}`, act, () => fresh(page));
  const all = await titles(page);
  const [hall] = await Promise.all([context.waitForEvent("page"), press(page, "KeyA")]);
  await hall.setViewportSize({ width: 1280, height: 720 });
  const title = () => hall.locator(".sheet h1").innerText();
  const showsItem = (index) =>
    hall.waitForFunction((title) => {
      const covered = document.documentElement.hasAttribute("data-cover");
      return !covered && document.querySelector(".sheet h1")?.textContent.trim() === title;
    }, all[index]);

  await step(`before it has begun the hall sees the cover`, async () => {
    await hall.waitForFunction(() => document.documentElement.hasAttribute("data-cover"));
    assert.equal(await hall.locator(".cover h1").isVisible(), true);
    assert.deepEqual(await faults(hall), []);
  });

  await step(`the hall sees the item that is read, with by-line and translation`, async () => {
    const about = await page.evaluate(() => [...document.querySelectorAll("article")].map((node) => ({
      byline: node.querySelector(":scope > .byline")?.textContent ?? null,
      words: node.querySelector(":scope > .words").textContent,
      translation: node.querySelector(":scope > .translation > .words")?.textContent ?? null,
      lang: node.querySelector(":scope > .translation")?.lang,
      dir: node.querySelector(":scope > .translation")?.dir,
    })));
    for (const [index, { byline, words, translation, lang, dir }] of about.entries()) {
      await press(page, ...[...String(index + 1)].map((digit) => `Digit${digit}`), "Enter", "ArrowDown");
      await showsItem(index);
      assert.equal(await title(), all[index]);
      assert.deepEqual(await shown(hall, ".seat .byline"), byline === null ? [] : [byline.trim()]);
      const sides = [words, translation].filter((side) => side !== null).map((side) => side.trim());
      assert.deepEqual(await shown(hall, ".column .words"), sides);
      if (translation === null) continue;
      const column = hall.locator(".column").last();
      assert.deepEqual([await column.getAttribute("lang"), await column.getAttribute("dir")], [lang, dir]);
      const [one, other] = await hall.evaluate(() => {
        const boxes = [...document.querySelectorAll(".column")].map((node) => node.getBoundingClientRect());
        return boxes.map(({ left, top }) => [left, top]);
      });
      assert.ok(one[0] !== other[0] && one[1] === other[1], "beside each other");
    }
  });

  await step(`the paragraph that is read stands out in both, in sight, as it is read`, async () => {
    const pair = await page.evaluate(() => {
      return [...document.querySelectorAll("article")].findIndex((node) => node.querySelector(".translation"));
    });
    await press(page, ...[...String(Math.max(pair, 0) + 1)].map((digit) => `Digit${digit}`), "Enter");
    while (["H2", "byline"].includes((await atEye(page)).tag)) await press(page, "ArrowDown");
    const texts = new Set();
    for (let step = 0; step < 6; step++) {
      const { text, item } = await atEye(page);
      if (item !== Math.max(pair, 0)) break;
      await hall.waitForFunction((text) => document.querySelector("[data-now]")?.textContent.trim() === text, text);
      const lit = await shown(hall, "[data-now]");
      assert.equal(lit.length, pair < 0 ? 1 : 2);
      texts.add(lit.join());
      await hall.waitForFunction(() => [...document.querySelectorAll("[data-now]")].every((node) => {
        const [box, column] = [node.getBoundingClientRect(), node.closest(".column").getBoundingClientRect()];
        return box.bottom > column.top && box.top < column.bottom;
      }));
      await press(page, "PageDown");
    }
    assert.ok(texts.size >= 1);
  });

  await step(`axe finds nothing in the second screen, dark and light`, async () => {
    await press(page, "Digit1", "Enter", "ArrowDown");
    await showsItem(0);
    // What fades in is not yet what is seen.
    await hall.waitForTimeout(900);
    assert.deepEqual(await faults(hall), []);
    await hall.bringToFront();
    await press(hall, "KeyL");
    await hall.waitForTimeout(900);
    assert.deepEqual(await faults(hall), []);
    await picture(hall, `${name} audience light`);
    await press(hall, "KeyL");
    await hall.waitForTimeout(900);
    await picture(hall, `${name} audience`);
    assert.equal(await has(page, "data-light"), false, "its colours are its own");
  });

  await step(`keys pressed in the second screen reach the reader's window`, async () => {
    const [before, from] = [await atEye(page), await scrollTop(page)];
    await press(hall, "ArrowDown");
    await goesOn(page, from, 0);
    assert.equal((await atEye(page)).at, before.at + 1);
    await press(hall, "Space");
    await page.waitForFunction(() => document.documentElement.hasAttribute("data-going"));
    await press(hall, "Space");
    await rest(page);
    await press(hall, "Digit2", "Enter");
    await showsItem(1);
  });

  await step(`it follows while the words scroll`, async () => {
    await press(page, "Digit1", "Enter");
    await rest(page);
    await hurry(page);
    await press(page, "Space");
    await hall.evaluate(() => {
      const state = () => document.querySelector(".roll").style.translate + document.querySelector("[data-now]")?.textContent;
      const before = state();
      globalThis.hasFollowed = () => state() !== before;
    });
    await hall.waitForFunction(() => globalThis.hasFollowed());
    await press(page, "Space");
    await rest(page);
  });

  await step(`B blanks the second screen and not the reader's`, async () => {
    await press(page, "KeyB");
    await hall.waitForFunction(() => document.documentElement.hasAttribute("data-blank"));
    assert.equal(await hall.locator(".sheet h1").isVisible(), false);
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".glass")).visibility), "visible");
    await press(page, "Period");
    await hall.waitForFunction(() => !document.documentElement.hasAttribute("data-blank"));
    assert.equal(await hall.locator(".sheet h1").isVisible(), true);
  });

  await step(`F in the second screen fills that one`, async () => {
    await hall.bringToFront();
    await press(hall, "KeyF");
    await hall.waitForFunction(() => document.fullscreenElement === document.documentElement);
    assert.equal(await hall.locator(".full").isVisible(), false);
    await press(hall, "KeyF");
    await hall.waitForFunction(() => !document.fullscreenElement);
  });

  await step(`after either window was loaded anew they find each other`, async () => {
    await page.reload();
    await press(page, "Digit2", "Enter", "ArrowDown");
    await showsItem(1);
    await hall.reload();
    await showsItem(1);
  });

  await step(`it says so when the reader's window is gone`, async () => {
    await page.close();
    await says(hall, scene.words.gone);
    assert.equal(await hall.locator(".cover h1").isVisible(), true);
    assert.deepEqual(await faults(hall), []);
    await picture(hall, `${name} audience gone`);
  });

  await step(`the consoles are silent and nothing was asked for but the file`, () => {
    assert.deepEqual(complaints, []);
    assert.deepEqual([...new Set(requests)], [scene.url]);
  });
  await context.close();
}

/** What is not as it usually is. */
async function odd(scene) {
  const { name } = scene;

  await check(`${name}: it works without localStorage`, async () => {
    const { context, page, complaints } = await open(scene, {}, () => {
      const get = () => {
        throw new DOMException("no", "SecurityError");
      };
      Object.defineProperty(globalThis, "localStorage", { get });
    });
    await press(page, "ArrowDown", "KeyR", "KeyT");
    assert.equal((await marks(page))[0], true);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  await check(`${name}: what is remembered wrongly is not believed`, async () => {
    const { context, page, complaints } = await open(scene);
    const edition = await page.evaluate(() => document.body.dataset.edition);
    const settings = { wpm: "fast", size: 99, reads: "x", eye: null };
    const wrong = JSON.stringify({ settings, read: 7, place: { slug: "nobody", block: -1 } });
    for (const kept of ["null", "{", "[]", wrong]) {
      await page.evaluate(
        (pair) => addEventListener("pagehide", () => localStorage.setItem(...pair)),
        [`payamgir-hall-${edition}`, kept],
      );
      await page.reload();
      assert.equal((await atEye(page)).at, 0, kept);
      await press(page, "ArrowDown");
      await atEye(page);
    }
    assert.deepEqual(complaints, []);
    await context.close();
  });

  await check(`${name}: with less motion it goes from line to line`, async () => {
    const { context, page } = await open(scene, { reducedMotion: "reduce" });
    const from = await far(page);
    for (let n = 0; n < 30; n++) await press(page, "Equal");
    await press(page, "Space");
    const places = await page.evaluate(async () => {
      const places = new Set();
      const start = performance.now();
      while (performance.now() - start < 4000) {
        await new Promise(requestAnimationFrame);
        places.add(document.querySelector(".content").getBoundingClientRect().top);
      }
      return [...places];
    });
    await press(page, "Space");
    await atEye(page);
    assert.ok((await far(page)) > from);
    assert.ok(places.length >= 2 && places.length < 20, `${places.length} places in four seconds`);
    await context.close();
  });

  await check(`${name}: it stops when its window is hidden`, async () => {
    const { context, page } = await open(scene);
    await press(page, "Space");
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    assert.equal(await isGoing(page), false);
    await context.close();
  });

  await check(`${name}: a tap starts and stops, a drag does not`, async () => {
    const { context, page } = await open({ ...scene, size: PHONE }, { hasTouch: true, isMobile: true });
    await page.touchscreen.tap(180, 300);
    await page.waitForFunction(() => document.documentElement.hasAttribute("data-going"));
    await page.touchscreen.tap(180, 300);
    await page.waitForFunction(() => !document.documentElement.hasAttribute("data-going"));
    await rest(page);
    const before = await far(page);
    const touch = await context.newCDPSession(page);
    const at = (y) => [{ x: 180, y }];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(500) });
    for (let y = 480; y >= 200; y -= 20) {
      await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(y) });
    }
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await goesOn(page, before, 50);
    assert.equal(await isGoing(page), false);
    await page.waitForTimeout(700);
    await atEye(page);
    assert.ok((await far(page)) > before + 50, "the finger moved the words");
    await context.close();
  });

  await check(`${name}: a translation can be read in place of the original or after it`, async () => {
    const { context, page } = await open(scene);
    const pair = page.locator("article:has(> .translation)").first();
    if (await pair.count()) {
      const visible = (side) => pair.locator(side).isVisible();
      const state = async () => [await visible("> .words"), await visible("> .translation .words")];
      const states = [await state()];
      for (let n = 0; n < 3; n++) {
        await press(page, "KeyO");
        states.push(await state());
        await atEye(page);
      }
      assert.deepEqual(states, [[true, false], [true, true], [false, true], [true, false]]);
    }
    await context.close();
  });

  await check(`${name}: the second screen opened by itself says what to do`, async () => {
    const { context, page } = await open({ ...scene, url: `${scene.url}#audience` });
    await says(page, scene.words.alone);
    assert.deepEqual(await faults(page), []);
    await press(page, "Space", "Digit1", "Enter", "KeyJ");
    await context.close();
  });

  await check(`${name}: a resized window keeps the paragraph that is read`, async () => {
    const { context, page } = await open(scene);
    await press(page, "PageDown", "PageDown");
    const { text } = await atEye(page);
    for (const size of [PHONE, { width: 900, height: 500 }, DESKTOP]) {
      await page.setViewportSize(size);
      await page.waitForTimeout(200);
      assert.equal((await atEye(page)).text, text);
    }
    await context.close();
  });
}

for (const file of args) await hall(pathToFileURL(resolve(file)).href, readFileSync(file, "utf8"));
await browser.close();
process.exit(failed ? 1 : 0);
