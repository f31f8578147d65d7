// The source's page in Chromium, for crates/payamgir/tests/browser.rs.
//
//   node page.mjs SCENE JSON
//
// SCENE is one of the functions exported in `scenes`; JSON holds `url` (the page's address, with
// its last slash), `folder` (for files to send), `shots` (for pictures) and what the scene names.
// A check that fails ends the script. Otherwise it prints one JSON object: `figures`, lines worth
// reading, and `sent`: for each submission that the page said had arrived its language,
// reference, text (null where none) and files with their name, media type and the path of a copy.

import assert from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LANGS, SIZES, checkAnswer, end, fates, inspect, open, reference, submit, weight } from "./chromium.mjs";

const MIB = 1 << 20;
const WORDS = {
  fa: { form: "پیام به نشست", whole: "پیام شما رسید", part: "بخشی از پیام شما رسید", arrived: "رسید", none: "نداشت" },
  en: {
    form: "A message to the assembly",
    whole: "Your message has arrived",
    part: "Part of your message has arrived",
    arrived: "arrived",
    none: "none",
  },
};

const report = { figures: [], sent: [] };

const scenes = {
  /** The form before anything is sent, and the page that is not there. `exit`: the way out. */
  async look({ url, shots, exit }) {
    for (const lang of LANGS) {
      for (const scripts of [false, true]) {
        for (const size of SIZES) await firstLoad(url, lang, scripts, size);
      }
      await keyboard(url, lang, exit, shots);
    }
    for (const [locale, lang] of [["fa-IR", "fa"], ["en-GB", "en"], ["de-DE", "en"]]) {
      const { page, close } = await open({ locale });
      await checkAnswer(page, await page.goto(url), lang, 200);
      if (locale !== "de-DE") await inspect(page, `form-${lang}`, shots);
      await checkAnswer(page, await page.goto(`${url}nothing`), lang, 404);
      if (locale !== "de-DE") await inspect(page, `not-found-${lang}`, shots);
      await page.click("a.more");
      assert.equal(page.url(), `${url}${lang}/`);
      await close();
    }
  },

  /** Words, a photo and a film in one go; then as many files as may be. `text`, `photo`, `film`, `files`. */
  async send({ url, shots, folder, text, photo, film, files }) {
    for (const lang of LANGS) {
      const { page, requests, close } = await open();
      await page.goto(`${url}${lang}/`);
      await fill(page, text, [photo, film]);
      const answer = await submit(page);
      await checkAnswer(page, answer, lang, 200);
      assert.equal(page.url(), `${url}${lang}/`);
      assert.equal(await heading(page), WORDS[lang].whole);
      assert.deepEqual(await fates(page), Array(3).fill(WORDS[lang].arrived));
      assert.equal(requests.length, 2, "the form and its answer");
      await weigh(answer, `confirmation, ${lang}`, 5);
      await arrived(page, lang, text, [at(photo, "image/jpeg"), at(film, "video/mp4")]);
      await inspect(page, `received-${lang}`, shots);
      await close();
    }
    const { page, close } = await open();
    const all = Array.from({ length: files }, (_, n) => make(folder, `${n}.txt`, `file ${n}`));
    await page.goto(`${url}fa/`);
    await fill(page, "", all);
    const answer = await submit(page);
    await checkAnswer(page, answer, "fa", 200);
    await weigh(answer, `confirmation of ${files} files, fa`, 5);
    await arrived(page, "fa", null, all.map((path) => at(path, "text/plain")));
    await close();
  },

  /** What is not taken. `chars`, `files`, `mib`: the limits; `much`: of all together, in MiB. */
  async refuse(config) {
    for (const lang of LANGS) {
      await empty(config, lang);
      await tooLong(config, lang);
      await tooMany(config, lang);
      await tooLarge(config, lang);
      await tooMuch(config, lang);
    }
  },

  /** What people and files do that nobody thinks of. */
  async odd({ url, folder }) {
    await strangeWords(url);
    await strangeFiles(url, folder);
    await twice(url, false);
    await backAndAgain(url);
  },

  /** A name that hides its own end from who reads the form: the file must not be lost for that. */
  async hidden({ url, folder }) {
    const { page, close } = await open();
    const path = make(folder, "ends in a backslash\\", "its content");
    await page.goto(`${url}en/`);
    await fill(page, "with a file", [path]);
    await checkAnswer(page, await submit(page), "en", 200);
    assert.equal((await fates(page)).length, 2, "the file is told");
    await arrived(page, "en", "with a file", [{ path, name: "" }]);
    await close();
  },
};

async function firstLoad(url, lang, scripts, size) {
  const { page, requests, close } = await open({ scripts, size });
  const answer = await page.goto(`${url}${lang}/`);
  await checkAnswer(page, answer, lang, 200);
  await page.waitForTimeout(100);
  if (!scripts) assert.equal(requests.length, 1, "the first load is one request");
  assert.equal(await page.locator("script").count(), 1);
  assert.equal(await page.locator("svg, img, iframe, video").count(), 0);
  if (!scripts && size === SIZES[0]) await weigh(answer, `first load, ${lang}`, 13);
  await close();
}

/** The way out comes first by keyboard, goes where it should and tells nobody whence. */
async function keyboard(url, lang, exit, shots) {
  const { context, page, close } = await open({ scripts: true, away: [new URL(exit).origin] });
  let left;
  await context.route(exit, (route) => {
    left = route.request();
    return route.fulfill({ body: "elsewhere" });
  });
  await page.goto(`${url}${lang}/`);
  const active = () => page.evaluate(() => document.activeElement.className);
  await page.keyboard.press("Tab");
  assert.equal(await active(), "exit");
  await page.screenshot({ path: join(shots, `focus-exit-${lang}.png`) });
  await page.keyboard.press("Tab");
  assert.equal(await active(), "skip");
  assert.ok(await page.locator(".skip").isVisible());
  await page.screenshot({ path: join(shots, `focus-skip-${lang}.png`) });
  await page.keyboard.press("Enter");
  await page.waitForURL((address) => address.hash === "#main");
  await page.click(".exit");
  assert.equal(page.url(), exit);
  assert.equal((await left.allHeaders()).referer, undefined);
  await close();
}

async function empty({ url, shots }, lang) {
  const { page, close } = await open();
  await page.goto(`${url}${lang}/`);
  await checkAnswer(page, await submit(page), lang, 422);
  await saysWhatAndWhere(page, "#text", join(shots, `empty-${lang}-field.png`));
  await inspect(page, `empty-${lang}`, shots);
  await close();
}

async function tooLong({ url, shots, chars }, lang) {
  const { page, close } = await open();
  await page.goto(`${url}${lang}/`);
  const start = '\n</textarea> "می‌خواهم" & <b>🕊\u200f  \n';
  const text = `${start}${"ا".repeat(chars)}\n`;
  await page.fill("#text", text);
  await checkAnswer(page, await submit(page), lang, 413);
  await saysWhatAndWhere(page, "#text", join(shots, `too-long-${lang}-field.png`));
  assert.equal(await page.inputValue("#text"), text, "typed words stay");
  await inspect(page, `too-long-${lang}`, shots);
  await page.fill("#text", start);
  await checkAnswer(page, await submit(page), lang, 200);
  await arrived(page, lang, start, []);
  await close();
}

async function tooMany({ url, shots, folder, files }, lang) {
  const { page, close } = await open();
  const all = Array.from({ length: files + 1 }, (_, n) => make(folder, `${lang}-${n}.txt`, `file ${n}`));
  await page.goto(`${url}${lang}/`);
  await fill(page, "words", all);
  await checkAnswer(page, await submit(page), lang, 413);
  assert.equal(await heading(page), WORDS[lang].part);
  const [words, ...rest] = await fates(page);
  assert.equal(words, WORDS[lang].arrived);
  assert.deepEqual(rest.map((fate) => fate === WORDS[lang].arrived), all.map((_, n) => n < files));
  await arrived(page, lang, "words", all.slice(0, files).map((path) => at(path, "text/plain")));
  await inspect(page, `too-many-${lang}`, shots);
  await close();
}

/** A browser that is cut off while it sends shows an error of its own: it must be heard out. */
async function tooLarge({ url, shots, folder, mib }, lang) {
  const { page, close } = await open();
  const film = make(folder, `large-${lang}.mp4`, "", (mib + 29) * MIB);
  const [small, rest] = ["small", "rest"].map((name) => make(folder, `${name}-${lang}.txt`, name));
  await page.goto(`${url}${lang}/`);
  await fill(page, "متن", [film, small]);
  await checkAnswer(page, await submit(page), lang, 413);
  assert.equal(await heading(page), WORDS[lang].part);
  const [words, first, second] = await fates(page);
  assert.deepEqual([words, second], Array(2).fill(WORDS[lang].arrived), "what arrived is told");
  assert.notEqual(first, WORDS[lang].arrived);
  const number = await reference(page);
  await inspect(page, `too-large-${lang}`, shots);

  await fill(page, "", [rest]);
  await checkAnswer(page, await submit(page), lang, 200);
  assert.equal(await reference(page), number, "the rest joins what arrived");
  await arrived(page, lang, "متن", [small, rest].map((path) => at(path, "text/plain")));

  await page.goto(`${url}${lang}/`);
  await fill(page, "", [film]);
  await checkAnswer(page, await submit(page), lang, 413);
  assert.equal(await heading(page), WORDS[lang].form);
  await saysWhatAndWhere(page, "#files", join(shots, `too-large-alone-${lang}-field.png`));
  await inspect(page, `too-large-alone-${lang}`, shots);
  await close();
}

async function tooMuch({ url, folder, much }, lang) {
  const { page, close } = await open();
  const films = [1, 2].map((n) => make(folder, `much-${n}.mp4`, "", Math.ceil(much * 0.75) * MIB));
  await page.goto(`${url}${lang}/`);
  await fill(page, "many films", films);
  await checkAnswer(page, await submit(page), lang, 413);
  assert.equal(await heading(page), WORDS[lang].part);
  await arrived(page, lang, "many films", []);
  await close();
}

async function strangeWords(url) {
  const texts = [
    "سطر یک\r\nسطر دو\n\n  سطر سه\t\n",
    "👩‍🚀🏳️‍🌈 𐎠𐎭𐎶 می‌خواهم\u200f\u202eoof\u202c e\u0301",
    "--boundary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"x\"\r\n\r\nx",
  ];
  for (const text of texts) {
    const { page, close } = await open();
    await page.goto(`${url}fa/`);
    await page.fill("#text", text);
    await checkAnswer(page, await submit(page), "fa", 200);
    await arrived(page, "fa", text.replaceAll("\r\n", "\n"), []);
    await close();
  }
}

async function strangeFiles(url, folder) {
  // What Chromium makes of these names on the wire; a desk sees no more than that.
  const names = [
    ['quo"te.txt', "quo%22te.txt"],
    ["line\nend.txt", "line%0Aend.txt"],
    ["photo\u202egpj.exe", "photo\u202egpj.exe"],
    ["semi;colon=a'b%22.txt", "semi;colon=a'b%22.txt"],
    ["back\\slash.txt", "back\\slash.txt"],
    ["می‌خواهم ۱۲.jpg", "می‌خواهم ۱۲.jpg"],
    ["empty.txt", "empty.txt"],
  ];
  const paths = names.map(([name]) => make(folder, name, name === "empty.txt" ? "" : `of ${name}`));
  const files = names.map(([, name], n) => ({ ...at(paths[n]), name }));
  const { page, close } = await open();
  await page.goto(`${url}en/`);
  await fill(page, " \n\t ", [...paths, paths[0]]);
  await checkAnswer(page, await submit(page), "en", 200);
  assert.equal((await fates(page))[0], WORDS.en.none, "blanks are no words");
  await arrived(page, "en", null, [...files, files[0]]);

  const long = `${"ن".repeat(251)}.txt`;
  const copy = make(folder, "long.txt", "a long name");
  await page.goto(`${url}en/`);
  const buffer = Buffer.from("a long name");
  await page.setInputFiles("#files", [{ name: long, mimeType: "text/plain", buffer }]);
  await checkAnswer(page, await submit(page), "en", 200);
  await arrived(page, "en", null, [{ ...at(copy), name: long }]);
  await close();
}

/** The button pressed twice in haste. */
async function twice(url, scripts) {
  const { page, close } = await open({ scripts });
  const text = `twice, scripts ${scripts}`;
  await page.goto(`${url}en/`);
  await page.fill("#text", text);
  await Promise.all([page.waitForNavigation(), page.dblclick("button")]);
  await page.waitForSelector(".number");
  await arrived(page, "en", text, []);
  await close();
}

/** Back from the confirmation: words do not lie in the browser for the next person to see. */
async function backAndAgain(url) {
  const { page, close } = await open();
  await page.goto(`${url}en/`);
  await page.fill("#text", "first");
  await submit(page);
  await arrived(page, "en", "first", []);
  await page.goBack();
  assert.equal(await page.inputValue("#text"), "");
  await page.fill("#text", "second");
  await submit(page);
  await arrived(page, "en", "second", []);
  await close();
}

async function fill(page, text, paths) {
  await page.fill("#text", text);
  await page.setInputFiles("#files", paths);
}

async function heading(page) {
  return page.locator("h1").innerText();
}

/** The summary is there and leads to the field at fault, which says the same. */
async function saysWhatAndWhere(page, field, shot) {
  const link = page.locator(".alert a");
  assert.equal(await link.getAttribute("href"), field);
  assert.equal(await page.locator(field).getAttribute("aria-invalid"), "true");
  assert.equal(await page.locator(`${field}-error`).innerText(), await link.innerText());
  await link.click();
  assert.equal(await page.locator(field).evaluate((it) => it === document.activeElement), true);
  await page.screenshot({ path: shot });
}

/** A file to send; where `size` is given, so many zeros after its content. */
function make(folder, name, content, size) {
  const path = join(folder, name);
  writeFileSync(path, content);
  if (size !== undefined) truncateSync(path, size);
  return path;
}

function at(path, type) {
  return { name: basename(path), type, path };
}

async function arrived(page, language, text, files) {
  report.sent.push({ language, reference: await reference(page), text, files });
}

async function weigh(answer, what, most) {
  const bytes = await weight(answer);
  assert.ok(bytes <= most * 1024, `${what}: ${bytes} bytes`);
  report.figures.push(`${what}: ${bytes} bytes with its header (limit ${most} KB)`);
}

const [scene, config] = process.argv.slice(2);
await scenes[scene](JSON.parse(config));
await end();
console.log(JSON.stringify(report));
