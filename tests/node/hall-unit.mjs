// The arithmetic of the hall's page, and that its words are all there. Run by: node --test hall-unit.mjs

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const PARTS = "core page memory lines motion view dialogs link audience acts keys start".split(" ");

const text = (name) => readFileSync(new URL(`../../crates/bulletin/hall/${name}`, import.meta.url), "utf8");
const NAMES =
  "clamp localDigits digitOf fill countWords duration linesOf screenfuls stopAfter stopBefore stopUpTo nearestStop passed placeOf lineOf pixelsPerSecond approach glidePlace shareOf placeAtShare twinPlace";
const core = new Function(`"use strict"; ${text("core.js")}; return { ${NAMES.split(" ").join(", ")} };`)();

const lines = (...blocks) =>
  blocks.flatMap(([item, block, count, top]) => Array.from({ length: count }, (_, at) => ({ item, block, top: top + at * 100, bottom: top + at * 100 + 60 })));
const LINES = lines([0, 0, 1, 0], [0, 1, 5, 100], [0, 2, 4, 600], [1, 0, 1, 1300], [1, 1, 2, 1400]);

test("digits of three scripts are read, and Persian ones written", () => {
  assert.deepEqual(["7", "۷", "٧", "x", "", "77"].map(core.digitOf), ["7", "7", "7", "", "", ""]);
  assert.equal(core.localDigits("1:05", "fa"), "۱:۰۵");
  assert.equal(core.localDigits("1:05", "en"), "1:05");
});

test("words are filled in, and what is not named stays", () => assert.equal(core.fill("{n} of {all} {x}", { n: "1", all: "2" }), "1 of 2 {x}"));

test("words are counted, one with a ZWNJ once", () => assert.equal(core.countWords(" می‌خواهم  بدانید \n که "), 3));

test("durations are rounded up", () => {
  const table = [[0, "0:00"], [-3, "0:00"], [0.2, "0:01"], [59.5, "1:00"], [61, "1:01"], [3600, "1:00:00"], [3725, "1:02:05"]];
  for (const [seconds, expected] of table) assert.equal(core.duration(seconds), expected);
});

test("boxes side by side are one line, whatever their fonts; those below each other are two", () => {
  const boxes = [{ top: 100, bottom: 160 }, { top: 0, bottom: 60 }, { top: 8, bottom: 50 }, { top: 5, bottom: 70 }];
  assert.deepEqual(core.linesOf(boxes), [{ top: 0, bottom: 70 }, { top: 100, bottom: 160 }]);
  assert.deepEqual(core.linesOf([{ top: 0, bottom: 60 }, { top: 50, bottom: 110 }]).length, 2);
});

test("screenfuls fit, reach over no end of an item, and rather begin with a paragraph", () => {
  for (const room of [120, 250, 420, 700, 5000]) {
    const starts = core.screenfuls(LINES, room);
    assert.equal(starts[0], 0);
    assert.ok(starts.includes(10), "the next item begins one");
    for (const [at, start] of starts.entries()) {
      const end = starts[at + 1] ?? LINES.length;
      assert.ok(end > start);
      assert.ok(end === start + 1 || LINES[end - 1].bottom - LINES[start].top <= room + 30);
      assert.equal(LINES[end - 1].item, LINES[start].item);
    }
  }
  assert.deepEqual(core.screenfuls(LINES, 700), [0, 6, 10]);
  assert.deepEqual(core.screenfuls([], 700), []);
});

test("stops are stepped through one by one and end at the ends", () => {
  const stops = [30, 130, 230];
  assert.deepEqual([-9, 30, 30.6, 80, 230, 999].map((at) => core.stopAfter(stops, at)), [30, 130, 130, 130, 230, 230]);
  assert.deepEqual([-9, 30, 80, 130.4, 999].map((at) => core.stopBefore(stops, at)), [30, 30, 30, 30, 230]);
  assert.deepEqual([0, 30, 79, 81, 180, 181, 999].map((at) => core.nearestStop(stops, at)), [30, 30, 30, 130, 130, 230, 230]);
});

test("an item is past once its end is", () => {
  assert.deepEqual(core.passed([100, 200, 300], 100, 200), [1]);
  assert.deepEqual(core.passed([100, 200, 300], 99, 301), [0, 1, 2]);
  assert.deepEqual(core.passed([100, 200, 300], 200, 100), []);
});

test("every line's place leads back to it; and near it where lines are other lines", () => {
  for (const at of LINES.keys()) assert.equal(core.lineOf(LINES, core.placeOf(LINES, at)), at);
  const narrow = lines([0, 0, 2, 0], [0, 1, 10, 200], [1, 1, 2, 1400]);
  assert.equal(core.lineOf(narrow, core.placeOf(LINES, 3)), 2 + 5);
  assert.equal(core.lineOf(narrow, core.placeOf(LINES, 8)), 11, "a block that is not shown: the one before it");
  assert.equal(core.lineOf(narrow, core.placeOf(LINES, 10)), 12, "no block before it: the item's first");
});

test("speed is words by their pixels, and never nothing", () => {
  assert.equal(core.pixelsPerSecond(120, 3000, 100), 60);
  assert.ok(core.pixelsPerSecond(120, 0, 0) > 0);
});

test("what approaches gets there without going past, in small steps as in large ones", () => {
  let small = 0;
  for (let n = 0; n < 100; n++) small = core.approach(small, 10, 0.01, 0.2);
  assert.ok(Math.abs(small - core.approach(0, 10, 1, 0.2)) < 1e-9 && small < 10 && small > 9.9);
});

test("a glide begins and ends where it should", () => {
  const glide = { from: 0, to: 100, start: 1000, length: 200 };
  assert.deepEqual([900, 1000, 1200, 5000].map((now) => core.glidePlace(glide, now)), [0, 0, 100, 100]);
  assert.equal(core.glidePlace({ ...glide, length: 0 }, 1000), 100);
});

test("columns go paragraph by paragraph, or by their share", () => {
  const place = { block: 1, ratio: 0.5 };
  assert.equal(core.twinPlace([10, 20], [7, 9], place), place);
  assert.deepEqual(core.twinPlace([10, 20], [60], place), { block: 0, ratio: 2 / 3 });
  assert.deepEqual(core.placeAtShare([10, 20], 1), { block: 1, ratio: 1 });
  assert.deepEqual(core.placeAtShare([], 0.5), { block: 0, ratio: 1 });
});

test("both languages have every word that is asked for, and none besides", () => {
  const [fa, en] = ["fa", "en"].map((lang) => JSON.parse(text(`words.${lang}.json`)));
  assert.deepEqual(Object.keys(fa), Object.keys(en));
  const holes = (words) => Object.values(words).map((value) => (value.match(/\{\w+\}/g) ?? []).sort().join());
  assert.deepEqual(holes(fa), holes(en));
  const source = PARTS.map((part) => text(`${part}.js`)).join("\n");
  const literal = [...source.matchAll(/"([a-zA-Z]+(?:-[a-zA-Z]+)*)"/g)].map(([, name]) => name);
  const keys = [...source.matchAll(/group: "(\w+)", act: "(\w+)"/g)].flatMap(([, group, act]) => [`group-${group}`, `do-${act}`]);
  const turned = [...source.matchAll(/turn\("(\w+)"\)/g)].flatMap(([, name]) => [`said-${name}-on`, `said-${name}-off`]);
  const lists = (name, prefix) => JSON.parse(source.match(new RegExp(`const ${name} = (\\[.*?\\]);`))[1]).map((each) => `${prefix}-${each}`);
  const made = [...lists("BUTTONS", "button"), ...lists("FIGURES", "figure"), ...lists("READS", "said-reads"), "title-list", "title-help"];
  const asked = new Set([...literal.filter((name) => name in fa), ...keys, ...turned, ...made]);
  assert.deepEqual(Object.keys(fa).filter((name) => !asked.has(name)), [], "never asked for");
  assert.deepEqual([...keys, ...turned, ...made].filter((name) => !(name in fa)), [], "missing");
  const direct = [...source.matchAll(/word\("([\w-]+)"/g)].map(([, name]) => name);
  assert.deepEqual(direct.filter((name) => !(name in fa)), [], "missing");
});
