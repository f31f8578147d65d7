// The desk's window in Chromium, for crates/payamgir/tests/window.rs.
//
//   node desk.mjs SCENE JSON
//
// SCENE is one of the functions in `scenes`; JSON holds `url` (the address that leads in, once),
// `passphrase` and `shots` (for pictures). The desk has what `SENT` finds, and enough other
// conversations for a second page. A check that fails ends the script. Otherwise it prints one JSON
// object: `figures`, lines worth reading.

import assert from "node:assert/strict";
import { createServer, request as ask } from "node:http";
import { join } from "node:path";
import { DIRECTIONS, LANGS, PATIENCE, SIZES, end, faults, fits, profile, reflect } from "./chromium.mjs";

const [PHONE, DESKTOP] = SIZES;
/** What finds the conversations the scenes need. */
const SENT = {
  media: "شمار رأی‌های صندوق",
  personal: "سروستانی",
  same: "صدها نفر",
  voices: "همان دقیقه‌ها",
  letter: "حسابرس پیوست",
};
const HIDDEN = "▇▇▇▇";
/** What axe cannot decide for itself: sound and film have no captions, words lie over pictures, and what
 * is in a preview's frame is looked at where the site is. */
const UNSURE = ["frame-tested", "color-contrast", "video-caption", "audio-caption", "no-autoplay-audio"];

const report = { figures: [] };
const words = (lang, fa, en) => (lang === "fa" ? fa : en);
const address = (path, query = {}) => `${path}${Object.keys(query).length ? `?${new URLSearchParams(query)}` : ""}`;

const scenes = {
  /** Every page, in both languages, sizes and colour schemes, with and without scripts. */
  async look(config) {
    for (const lang of LANGS) await wrongPassphrase(config, lang);
    const desk = await enter(config, { scripts: true });
    const all = await screens(desk);
    await desk.close();
    for (const lang of LANGS) {
      for (const scripts of [true, false]) {
        const again = await open({ scripts });
        for (const screen of all) await seen(again, screen, lang, scripts ? config.shots : undefined);
        await again.close();
      }
    }
  },

  /** What cannot be missed, and the page shown while a desk opens. */
  async alarm(config) {
    const desk = await enter(config, { scripts: true });
    await desk.page.locator("#sync[data-state=alarm]").waitFor();
    assert.match(await desk.page.locator("#alarm").innerText(), /کوتاه/);
    for (const lang of LANGS) {
      await desk.page.goto(base + `/${lang}/`);
      await inEachLight(desk, `alarmed-${lang}`, lang, config.shots);
      await desk.page.goto(base + `/${lang}/alarm`);
      assert.equal(await desk.page.locator("main form button").count(), 1);
      await inEachLight(desk, `what-alarm-${lang}`, lang, config.shots);
    }
    await desk.close();
  },

  /** What an editor does to conversations, without scripts and with them. */
  async work(config) {
    const first = await enter(config, { scripts: false });
    await works(first, "fa", 0);
    await first.close();
    const second = await open({ scripts: true });
    await works(second, "en", 1);
    await place(second, "fa", true);
    await slash(second, "en");
    await second.close();
    const third = await open({ scripts: false });
    await place(third, "en", false);
    await third.close();
  },

  /** Every shortcut, by the key's place on a Persian keyboard. */
  async keys(config) {
    const desk = await enter(config, { scripts: true });
    for (const lang of LANGS) {
      await shortcuts(desk, lang);
      await unlock(desk.page, config.passphrase);
    }
    await desk.close();
  },

  /** As it is typed. */
  async search(config) {
    const desk = await enter(config, { scripts: true });
    for (const lang of LANGS) {
      await typed(desk, lang);
      await folded(desk, lang);
    }
    await desk.close();
    const plain = await open({ scripts: false });
    await folded(plain, "fa");
    await plain.close();
  },

  /** Voice notes. */
  async sound(config) {
    const desk = await enter(config, { scripts: true });
    await voices(desk, "fa");
    await films(desk, "fa");
    await desk.close();
    const other = await open({ scripts: true });
    await voices(other, "en");
    await other.close();
  },

  /** What is open is gone once the desk is locked. */
  async lock(config) {
    for (const scripts of [true, false]) {
      const desk = cookies.length ? await open({ scripts }) : await enter(config, { scripts });
      if (await desk.page.locator("#passphrase").count()) await unlock(desk.page, config.passphrase);
      await locked(desk, config);
      await desk.close();
    }
  },

  /** Other pages in the same browser, other programs on the same machine. */
  async attack(config) {
    const desk = await enter(config, { scripts: true });
    const origin = new URL(config.url).origin;
    const number = await find(desk, "fa", SENT.media);
    await outside(origin, config.url);
    for (const host of ["127.0.0.1", "localhost"]) await stranger(desk, origin, host, number);
    const again = await profile({ javaScriptEnabled: true });
    const page = await again.newPage();
    const answer = await page.goto(config.url);
    assert.equal(answer.status(), 403, "the way in is used once");
    assert.deepEqual(await again.cookies(), []);
    await page.waitForURL(/\/lock(\?|$)/);
  assert.equal((await page.goto(`${origin}/fa/`)).status(), 403, "without the cookie");
    await again.close();
    await desk.close();
  },
};

// Coming in.

/** The session's cookie: one way in serves all profiles of a scene. */
let cookies = [];
let base = "";
const at = (lang, query) => base + address(`/${lang}/`, query);

/** A profile with the session's cookie. `close` checks what went on in it. */
async function open({ scripts, size = DESKTOP, bare = false }) {
  const context = await profile({ javaScriptEnabled: scripts, viewport: size, locale: "fa-IR" });
  context.setDefaultTimeout(Math.min(PATIENCE, 30_000));
  if (cookies.length) await context.addCookies(cookies);
  const page = await context.newPage();
  const asked = [];
  const complaints = [];
  context.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (said) => {
    // Chromium says this of every answer that is not a 200.
    if (!said.text().startsWith("Failed to load resource")) complaints.push(said.text());
  });
  const close = async () => {
    assert.deepEqual(complaints, [], "the console is silent");
    const elsewhere = asked.filter((url) => !url.startsWith(`${base}/`) && !url.startsWith("data:"));
    assert.deepEqual(elsewhere, [], "nothing is asked of anybody else");
    const stored = scripts ? await context.storageState() : { origins: [] };
    assert.deepEqual(stored.origins, [], "nothing is stored");
    const kept = scripts && page.url().startsWith(base) ? await page.evaluate(() => Object.entries(sessionStorage)) : [];
    for (const [name, value] of kept) assert.match(`${name}=${value}`, /^place:[a-z-]*\d*=\d+$/, "how far a list was scrolled, and no more");
    await context.close();
  };
  const desk = { context, page, asked, scripts, close };
  if (cookies.length && !bare) await page.goto(`${base}/fa/`);
  return desk;
}

async function enter(config, options) {
  base = new URL(config.url).origin;
  const desk = await open({ ...options, bare: true });
  if (!cookies.length) {
    await desk.page.goto(config.url);
    await desk.page.waitForURL(/\/lock(\?|$)/);
    cookies = await desk.context.cookies();
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite, expires }) => [httpOnly, sameSite, expires]),
      [[true, "Strict", -1]],
    );
  }
  await desk.page.goto(`${base}/fa/`);
  await unlock(desk.page, config.passphrase);
  return desk;
}

async function unlock(page, passphrase) {
  const begun = Date.now();
  await page.fill("#passphrase", passphrase);
  await page.click("button.primary");
  await page.waitForSelector("#list");
  report.figures.push(`unlocked after ${Date.now() - begun} ms`);
}

async function wrongPassphrase(config, lang) {
  base = new URL(config.url).origin;
  const desk = await open({ scripts: lang === "fa", bare: true });
  if (!cookies.length) {
    await desk.page.goto(config.url);
    await desk.page.waitForURL(/\/lock(\?|$)/);
    cookies = await desk.context.cookies();
  }
  await desk.page.goto(`${base}/${lang}/lock`);
  await inEachLight(desk, `lock-${lang}`, lang, config.shots);
  await desk.page.fill("#passphrase", "not this one");
  await desk.page.click("button.primary");
  await desk.page.waitForSelector("#wrong");
  const told = await desk.page.locator("#wrong").innerText();
  assert.match(told, words(lang, /گذرواژه/, /passphrase/i));
  assert.doesNotMatch(told, /[!！]|error|invalid|خطا/i, "calm words");
  assert.equal(await desk.page.inputValue("#passphrase"), "", "what was typed does not come back");
  await inEachLight(desk, `wrong-${lang}`, lang, config.shots);
  await desk.close();
}

/** Waits until what was sent with a conversation has come from the server. */
async function fetched({ page }, lang, number) {
  const begun = Date.now();
  do {
    await page.goto(at(lang, { view: "all", c: number }));
    if ((await page.locator(".lost[data-kind=missing]").count()) === 0) return;
    await page.waitForTimeout(500);
  } while (Date.now() - begun < PATIENCE);
  assert.fail(`attachments of ${number} did not come`);
}

// Looking.

/** Numbers of conversations, by what was sent in them. */
async function find({ page }, lang, sent) {
  await page.goto(base + address(`/${lang}/`, { view: "all", q: sent }));
  const href = await page.locator("#list a.alias").first().getAttribute("href");
  return new URL(href, base).searchParams.get("c");
}

async function screens(desk) {
  const number = {};
  for (const [name, sent] of Object.entries(SENT)) number[name] = await find(desk, "fa", sent);
  for (const name of ["media", "voices", "letter"]) await fetched(desk, "fa", number[name]);
  await desk.page.goto(at("fa", { view: "all", c: number.personal }));
  const record = await desk.page.locator('a[href*="/redact/"]').first().getAttribute("href");
  const screen = (name, path, query = {}, status = 200) => ({ name, path, query, status });
  return [
    screen("list", "/"),
    screen("page", "/", { view: "all", c: number.same }),
    screen("media", "/", { view: "all", c: number.media }),
    screen("voices", "/", { view: "all", c: number.voices }),
    screen("letter", "/", { view: "all", c: number.letter }),
    screen("details", "/", { view: "all", c: number.personal, details: "on" }),
    screen("folded", "/", { view: "all", c: number.personal, details: "off" }),
    screen("search", "/", { q: "صندوق تعمير" }),
    screen("nothing", "/", { q: "هیچ‌کجانیست" }),
    screen("unknown", "/", { q: "وضعیت:سبز سالن" }),
    screen("audit", "/audit"),
    screen("help", "/help"),
    screen("canned", "/canned"),
    screen("names", "/names"),
    screen("members", "/members"),
    screen("redact", record.slice(3)),
    screen("facts", `/facts/${number.voices}`),
    ...(await published(desk, number.personal)).map(([name, path, query]) => screen(name, path, query)),
    screen("alarm", "/alarm"),
    screen("missing", "/", { c: "999999" }, 404),
  ];
}

/** Writes an item and an edition; gives the pages of publishing. */
async function published({ page }, number) {
  const kept = async (button) => {
    await Promise.all([page.waitForNavigation(), page.locator(button).click()]);
    return new URL(page.url()).pathname.slice(3);
  };
  await page.goto(`${base}/fa/bulletin`);
  await page.fill("input[name=title-0]", "صدای کنگره");
  await page.fill("input[name=title-1]", "Voice of the Congress");
  await kept("form.stack button.primary");
  await page.goto(`${base}/fa/item/new?c=${number}`);
  await page.fill("#title", "نامه‌ای از یک رأی‌دهنده");
  await page.waitForFunction(() => document.getElementById("preview").contentDocument?.body?.innerText.includes("نامه‌ای"));
  const item = await kept("#item button.primary");
  await page.goto(`${base}/fa/edition/new`);
  await page.fill("input[name=title-fa]", "روز ۲");
  await page.locator("ol.places input[inputmode]").first().fill("۱");
  const edition = await kept("button[value=keep]");
  return [
    ["publish", "/publish"],
    ["bulletin", "/bulletin"],
    ["item-new", "/item/new", { c: number }],
    ["item", item],
    ["posts", `${item}/posts`],
    ["tell", `${item}/tell`],
    ["edition-new", "/edition/new"],
    ["edition", edition],
  ];
}

async function seen(desk, { name, path, query, status }, lang, shots) {
  const answer = await desk.page.goto(base + address(`/${lang}${path}`, query));
  assert.equal(answer.status(), status, name);
  const title = await desk.page.title();
  assert.ok(title.includes(words(lang, "پیامگیر", "Payamgir")), title);
  if (name === "search") assert.ok(await desk.page.locator("#list mark").count(), "what was found is marked");
  if (name === "unknown") assert.match(await desk.page.locator(".hint-box").first().innerText(), /سبز/);
  if (name === "media") await pictures(desk);
  if (name === "voices") assert.equal(await desk.page.locator("audio[controls]").count(), 2);
  if (name === "letter") assert.ok(await desk.page.locator(".document details").count());
  if (name === "facts") assert.match(await desk.page.locator("main").innerText(), /Canary Author/);
  await inEachLight(desk, `${name}-${lang}`, lang, shots);
}

/** The copy of the photo is there and is none of what was sent. */
async function pictures({ page }) {
  const image = page.locator(".album img").first();
  await image.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => {
    const image = document.querySelector(".album img");
    return image.complete && image.naturalWidth > 0;
  });
  assert.equal(await page.locator("video[controls]").count(), 1);
}

/** In every size and light; pictures where `shots` says whither. */
async function inEachLight({ page }, name, lang, shots) {
  const root = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
  assert.deepEqual(root, [lang, DIRECTIONS[lang]], name);
  await fits(page, name, ["100%"]);
  await reflect(page, await (await page.context().request.get(`${base}/desk.css`)).text());
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await nothingHangsOver(page, `${name} at ${size.width}px`);
    for (const scheme of shots ? ["light", "dark"] : ["light"]) {
      if (shots) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.screenshot({ path: join(shots, `${name}-${size.width}-${scheme}.png`) });
      }
      const { told, unsure } = await faults(size, scheme);
      check(told, `axe, ${name} at ${size.width}px, ${scheme}`);
      check(unsure.filter(([rule]) => !UNSURE.includes(rule)), `axe is not sure, ${name} at ${size.width}px`);
    }
  }
  await page.setViewportSize(DESKTOP);
}

function check(found, where) {
  assert.deepEqual(found, [], where);
}

/** Panes that scroll do so downwards; only tables may be wider than their place. */
async function nothingHangsOver(page, where) {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((it) => ["auto", "scroll"].includes(getComputedStyle(it).overflowX) && !it.matches(".table, textarea"))
      .filter((it) => it.scrollWidth > it.clientWidth + 1)
      .map((it) => `${it.tagName}.${it.className} ${it.scrollWidth} > ${it.clientWidth}`),
  );
  check(wide, `wider than its pane, ${where}`);
}

// Working.

/** Presses what sends a form, and waits until the page shows what came of it. */
async function press(desk, button) {
  const answered = desk.page.waitForResponse((answer) => answer.request().method() === "POST");
  await desk.page.locator(button).click();
  await answered;
  if (!desk.scripts) await desk.page.waitForLoadState();
}

/** How many there are of it, now and after the address is asked for again. */
async function stays(desk, selector, count) {
  const found = desk.page.locator(selector);
  const reached = async () => {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await found.count()) === count) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.equal(await found.count(), count, `${selector} at ${desk.page.url()}`);
  };
  await reached();
  await desk.page.reload();
  await reached();
}

async function isOn(desk, lang, view, number, expected) {
  const here = desk.page.url();
  await desk.page.goto(at(lang, { view }));
  assert.equal(await desk.page.locator(`#row-${number}`).count(), expected ? 1 : 0, `${number} on ${view}`);
  await desk.page.goto(here);
}

async function works(desk, lang, nth) {
  const { page } = desk;
  await page.goto(at(lang, { view: "waiting" }));
  const ids = await page.locator("#list [name=id]").evaluateAll((all) => all.map((one) => one.value));
  const number = ids[nth];
  await page.goto(at(lang, { view: "all", c: number }));
  await writes(desk, `${lang} ${nth}`);
  const deed = (name) => `#conversation button[value=${name}]`;

  await press(desk, deed("assign-me"));
  await stays(desk, deed("assign-me"), 0);
  await isOn(desk, lang, "mine", number, true);
  await page.fill("#label", "شمارش ۱");
  await press(desk, "#details button[value=label]");
  await stays(desk, "#details .chips .chip", 1);
  await press(desk, "#details button[value=unlabel]");
  await stays(desk, "#details .chips .chip", 0);
  for (const [to, back, view] of [
    ["resolve", "reopen", "resolved"],
    ["snooze", "reopen", "snoozed"],
    ["quarantine", "release", "quarantine"],
  ]) {
    await press(desk, deed(to));
    await stays(desk, deed(back), 1);
    await isOn(desk, lang, view, number, true);
    await press(desk, deed(back));
    await stays(desk, deed(back), 0);
    await isOn(desk, lang, view, number, false);
  }
  await many(desk, lang, ids.slice(3, 5), `${lang}-bulk`);
  await everything(desk, lang);
  if (desk.scripts) await colleague(desk, lang, number);
  if (desk.scripts) await preview(desk);
  await names(desk, lang);
  await redacts(desk, lang);
}

/** A note stays, a reply waits as a draft and then goes. */
async function writes(desk, text) {
  const { page } = desk;
  await page.check("#write-note", { force: true });
  await page.fill("#note", `یادداشت ${text}\nسطر دوم`);
  await press(desk, "button[value=note]");
  await stays(desk, ".entry-note", 1);
  assert.deepEqual(await page.locator(".entry-note .words p").allInnerTexts(), [`یادداشت ${text}`, "سطر دوم"]);
  await page.check("#write-reply", { force: true });
  await page.fill("#reply", `پیش‌نویس ${text}`);
  await press(desk, "#conversation button[value=draft]");
  await stays(desk, ".entry-reply[data-state=draft]", 1);
  assert.equal(await page.inputValue("#reply"), `پیش‌نویس ${text}`, "a draft is there to go on with");
  await page.fill("#reply", `پاسخ <b>${text}</b>`);
  await press(desk, "#conversation button[value=queue]");
  await stays(desk, ".entry-reply[data-state=queued]", 1);
  await stays(desk, ".entry-reply", 1);
  assert.equal(await page.locator(".entry-reply .words").innerText(), `پاسخ <b>${text}</b>`);
  assert.equal(await page.inputValue("#reply"), "", "what was queued is not in the field any more");
}

async function many(desk, lang, ids, label) {
  const { page } = desk;
  await page.goto(at(lang, { view: "waiting" }));
  for (const id of ids) await page.check(`#list [name=id][value="${id}"]`);
  await page.fill("#bulk-label", label);
  await press(desk, "#bulk button[value=label]");
  const chips = `#list .row .chip:has-text("${label}")`;
  await page.locator(chips).first().waitFor();
  assert.equal(await page.locator(chips).count(), 2);
  const toast = page.locator("#toast");
  await toast.waitFor();
  assert.match(await toast.innerText(), words(lang, /۲ گفت‌وگو/, /2 conversations/));
  await press(desk, "#toast button");
  await stays(desk, chips, 0);
}

/** All of a list, on every page of it; the count is asked for before anything is erased. */
async function everything(desk, lang) {
  const { page } = desk;
  await page.goto(at(lang, { view: "waiting" }));
  const count = async () => (await page.locator("#views li.first .count").innerText()).replace(/[۰-۹]/g, (d) => "۰۱۲۳۴۵۶۷۸۹".indexOf(d));
  const all = Number(await count());
  assert.ok(all > 40, `${all}: more than a page`);
  const choose = async () => {
    await page.locator("#list [name=id]").first().check();
    await page.check("#bulk [name=everything]");
  };
  await choose();
  await page.locator(".bulk-erase summary").click();
  await page.fill("#bulk-count", "1");
  await press(desk, "#bulk button[value=erase-many]");
  await page.locator("#toast").waitFor();
  assert.match(await page.locator("#toast").innerText(), words(lang, /هیچ چیز پاک نشد/, /Nothing was erased/));
  await page.goto(at(lang, { view: "waiting" }));
  await choose();
  await press(desk, "#bulk button[value=quarantine]");
  await page.locator(".nothing-here").waitFor();
  await press(desk, "#toast button");
  await page.locator("#list .row").first().waitFor();
  await page.goto(at(lang, { view: "waiting" }));
  assert.equal(Number(await count()), all, "one press takes it back");
}

/** Who writes here too is shown while the page is open. */
async function colleague(desk, lang, number) {
  const { page } = desk;
  await page.goto(at(lang, { view: "all", c: number }));
  assert.ok(await page.locator("#presence").isHidden());
  let others = "مینا is writing here now.";
  await page.route("**/status*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), others } });
  });
  await page.locator("#presence:visible").waitFor();
  assert.equal(await page.locator("#presence").innerText(), others);
  others = "";
  await page.locator("#presence").waitFor({ state: "hidden" });
  await page.unroute("**/status*");
}

/** What is written is shown as it will stand, before it is kept. */
async function preview(desk) {
  const { page } = desk;
  await page.check("#write-reply", { force: true });
  await page.fill("#reply", "سطر یک\n<b>two</b>");
  await page.locator(".versions:has(#preview) summary").click();
  assert.deepEqual(await page.locator("#preview p").allInnerTexts(), ["سطر یک", "<b>two</b>"]);
  await page.fill("#reply", "");
}

async function names(desk, lang) {
  const { page } = desk;
  await page.goto(`${base}/${lang}/names`);
  await page.fill("[name=name]", "گلستان");
  await press(desk, "main button.primary");
  await stays(desk, 'button[name=drop][value="گلستان"]', 1);
  await press(desk, 'button[name=drop][value="گلستان"]');
  await stays(desk, 'button[name=drop][value="گلستان"]', 0);
}

/** What is ticked is hidden, and everywhere it is told that it is. */
async function redacts(desk, lang) {
  const { page } = desk;
  const number = await find(desk, lang, SENT.personal);
  await page.goto(at(lang, { view: "all", c: number }));
  await page.locator('a[href*="/redact/"]').first().click();
  await page.waitForSelector("#redact-text");
  const here = page.url();
  const span = page.locator("#redact-text label", { hasText: SENT.personal });
  await span.locator("input").check({ force: true });
  await press(desk, "button[value=preview]");
  await page.locator("#preview .gone").first().waitFor();
  assert.ok(!(await page.locator("#preview").innerText()).includes(SENT.personal));
  await press(desk, "button[value=keep]");
  await page.waitForSelector(".words.redacted");
  const shown = await page.locator(".words.redacted").first().innerText();
  assert.ok(shown.includes(HIDDEN) && !shown.includes(SENT.personal), shown);
  await page.locator(".words.redacted ~ .versions > summary").first().click();
  assert.ok((await page.locator("del").allInnerTexts()).join().includes(SENT.personal), "told what is hidden");
  await page.goto(here);
  assert.ok(await span.locator("input").isChecked(), "what is hidden stays ticked");
}

/** A canned reply by its name after a slash. */
async function slash(desk, lang) {
  const { page } = desk;
  await page.goto(`${base}/${lang}/canned`);
  await page.fill("#title", "thanks");
  await page.fill("#text", "Thank you.\nWe have read it.");
  await press(desk, "button[value=keep]");
  await page.locator(".pick-list a", { hasText: "thanks" }).waitFor();
  const number = await find(desk, lang, SENT.letter);
  await page.goto(at(lang, { view: "all", c: number }));
  await page.check("#write-reply", { force: true });
  await page.fill("#reply", "");
  await page.locator("#reply").pressSequentially("Dear friend, /tha");
  await page.locator("#canned [role=option]:visible").waitFor();
  assert.equal(await page.locator("#reply").getAttribute("aria-activedescendant"), await page.locator("#canned [aria-selected=true]").getAttribute("id"));
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#reply"), "Dear friend, Thank you.\nWe have read it.");
  assert.equal(await page.locator("#canned").isVisible(), false);
  await page.fill("#reply", "");
}

/** The list is where it was left. */
async function place(desk, lang, scripts) {
  const { page } = desk;
  await page.goto(at(lang, { view: "all" }));
  const far = () => page.locator("#list").evaluate((list) => list.scrollTop);
  await page.locator("#list a.alias").nth(20).scrollIntoViewIfNeeded();
  const left = await far();
  assert.ok(left > 300, `${left}`);
  await page.locator("#list a.alias").nth(20).click();
  await page.waitForSelector("#conversation[data-conversation]");
  const opened = page.url();
  const title = await page.locator("#conversation-title").innerText();
  await page.reload();
  assert.equal(await page.locator("#conversation-title").innerText(), title, "the address says what is open");
  await page.goBack();
  await page.waitForSelector("#conversation.nothing");
  if (scripts) {
    await page.waitForFunction((left) => Math.abs(document.querySelector("#list").scrollTop - left) < 80, left);
    await page.goForward();
    await page.waitForSelector("#conversation[data-conversation]");
    assert.equal(page.url(), opened);
  }
}

// Shortcuts.

const PERSIAN = { KeyJ: "ت", KeyK: "ن", KeyU: "ع", KeyX: "ط", KeyA: "ش", KeyI: "ه", KeyL: "م", KeyE: "ث", KeyS: "س", KeyQ: "ض", KeyR: "ق", KeyN: "د", KeyD: "ی", KeyP: "ح", KeyF: "ب", Slash: "/" };

async function shortcuts(desk, lang) {
  const { page } = desk;
  const voice = await find(desk, lang, SENT.voices);
  await fetched(desk, lang, voice);
  await page.goto(at(lang, { view: "all" }));
  const open = page.url();
  const keys = JSON.parse(await page.locator("#keys").textContent());
  const ids = await page.locator("#list [name=id]").evaluateAll((all) => all.map((one) => one.value));
  const cdp = await desk.context.newCDPSession(page);
  const hit = async (action) => {
    const { code, shift } = keys.find((key) => key.action === action);
    const key = { code, key: PERSIAN[code], modifiers: shift ? 8 : 0, text: PERSIAN[code] };
    await cdp.send("Input.dispatchKeyEvent", { type: "keyDown", ...key });
    await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  };
  const to = (number) => page.goto(at(lang, { view: "all", c: number }));
  const isOpen = (number) => page.waitForSelector(`#conversation[data-conversation="${number}"]`);
  const focused = (id) => page.waitForFunction((id) => document.activeElement?.id === id, id);
  const posted = async (action, value) => {
    const [request] = await Promise.all([page.waitForRequest((one) => one.url().endsWith(`/${lang}/do`)), hit(action)]);
    assert.equal(new URLSearchParams(request.postData()).get("do"), value, action);
    await (await request.response()).finished();
    await page.waitForTimeout(500);
  };
  const table = {
    next: async () => (await page.goto(open), await hit("next"), await isOpen(ids[0]), await hit("next"), await isOpen(ids[1])),
    previous: async () => (await to(ids[1]), await hit("previous"), await isOpen(ids[0])),
    back: async () => (await page.setViewportSize(PHONE), await to(ids[1]), await hit("back"), await page.waitForURL((url) => !url.searchParams.has("c")), await page.setViewportSize(DESKTOP)),
    select: async () => (await to(ids[1]), await hit("select"), assert.ok(await page.isChecked(`#list [value="${ids[1]}"]`))),
    all: async () => (await hit("all"), assert.equal(await page.locator("#list [name=id]:checked").count(), ids.length)),
    "assign-me": async () => (await to(ids[lang === "fa" ? 2 : 4]), await posted("assign-me", "assign-me")),
    assign: async () => (await to(ids[2]), await hit("assign"), await focused("assign")),
    label: async () => (await to(ids[2]), await hit("label"), await focused("label")),
    resolve: async () => (await to(ids[2]), await posted("resolve", "resolve"), await posted("resolve", "reopen")),
    snooze: async () => (await to(ids[2]), await hit("snooze"), await focused("snooze")),
    quarantine: async () => (await to(ids[2]), await posted("quarantine", "quarantine"), await posted("quarantine", "release")),
    reply: async () => (await to(ids[2]), await hit("reply"), await focused("reply"), assert.equal(await page.inputValue("#reply"), "")),
    note: async () => (await to(ids[2]), await hit("note"), await focused("note"), assert.equal(await page.inputValue("#note"), "")),
    details: async () => (await to(ids[2]), await hit("details"), await page.locator("#details").waitFor({ state: "hidden" }), await hit("details"), await page.locator("#details").waitFor()),
    "fold-list": async () => (await to(ids[2]), await hit("fold-list"), await page.locator(".pane-list").waitFor({ state: "hidden" }), await hit("fold-list"), await page.locator(".pane-list").waitFor()),
    play: async () => (await to(voice), await hit("play"), await page.waitForFunction(() => !document.querySelector("audio").paused), await hit("play"), await page.waitForFunction(() => document.querySelector("audio").paused)),
    search: async () => (await to(ids[2]), await hit("search"), await focused("q"), assert.equal(await page.inputValue("#q"), "")),
    new: async () => {
      await page.goto(open);
      await page.evaluate(() => (document.querySelector("#new").hidden = false));
      await Promise.all([page.waitForNavigation(), hit("new")]);
    },
    help: async () => (await page.goto(open), await hit("help"), await page.waitForURL(/\/help$/)),
    lock: async () => (await page.goto(open), await hit("lock"), await page.waitForURL(/\/lock(\?|$)/)),
  };
  assert.deepEqual(Object.keys(table).sort(), keys.map((key) => key.action).sort(), "every shortcut is tried");
  const failed = [];
  for (const { action } of keys.filter((key) => key.action !== "lock")) {
    await table[action]().catch((error) => failed.push(`${action}: ${error.message.split("\n")[0]}`));
    await page.setViewportSize(DESKTOP);
  }
  assert.deepEqual(failed, [], "every shortcut does its work");
  // Words in the search field are searched for, which the address says; nothing else happens.
  const where = () =>
    page.evaluate(() => [location.pathname, document.querySelector("#conversation").dataset.conversation]);
  const still = async (why) => {
    const before = await where();
    for (const { action } of keys) await hit(action);
    await page.waitForTimeout(500);
    assert.deepEqual(await where(), before, why);
    assert.ok(await page.locator("#list").count(), why);
  };
  await to(ids[3]);
  for (const field of ["q", "reply", "label"]) {
    await page.locator(`#${field}`).focus();
    await still(`nothing happens while somebody writes in ${field}`);
    assert.equal(await page.evaluate(() => document.activeElement.id), field);
    await page.fill(`#${field}`, "");
  }
  await page.goto(`${base}/${lang}/help`);
  await press(desk, "main form.switch button");
  await page.waitForSelector("body[data-keys=off]");
  await to(ids[3]);
  await still("shortcuts that are off");
  await page.goto(`${base}/${lang}/help`);
  await press(desk, "main form.switch button");
  await page.waitForSelector("body[data-keys=on]");
  await page.goto(open);
  await table.lock();
}

// Searching.

const hits = (page) => page.locator("#list .row").count();

async function typed(desk, lang) {
  const { page } = desk;
  await page.goto(at(lang, { view: "all" }));
  const before = await hits(page);
  await page.locator("#q").pressSequentially("سروستا", { delay: 30 });
  await page.waitForFunction(() => document.querySelectorAll("#list .row").length === 1);
  assert.ok(before > 1);
  assert.equal(await page.evaluate(() => document.activeElement.id), "q", "the field keeps the focus");
  assert.match(await page.locator("#list mark").first().innerText(), /^سروستا/);
  assert.equal(new URL(page.url()).searchParams.get("q"), "سروستا", "the address says what is searched for");
  // Something arrives meanwhile: it is counted, and nothing moves.
  await page.route("**/status*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), new: 3 } });
  });
  const still = await page.locator("#list").innerHTML();
  await page.locator("#new:visible").waitFor();
  await page.unroute("**/status*");
  const now = (await page.locator("#list").innerHTML()).replace(/<a [^>]*id="new"[^]*?<\/a>/, "");
  assert.equal(now, still.replace(/<a [^>]*id="new"[^]*?<\/a>/, ""), "the results hold");
  assert.equal(await hits(page), 1);
  await page.reload();
  assert.equal(await hits(page), 1);
  assert.equal(await page.inputValue("#q"), "سروستا");
  await page.fill("#q", "");
  await page.waitForFunction((before) => document.querySelectorAll("#list .row").length === before, before);
}

/** What looks the same is the same. */
async function folded(desk, lang) {
  const { page } = desk;
  const pairs = [
    ["تعمیر سالن", "تعمير سالن"],
    ["برگه‌ی", "برگه ی"],
    ["۰۹۱۲۰۰۰۱۲۳۴", "09120001234"],
    ["۱۱۲", "112"],
    ["صورت‌جلسه", "صورت جلسه"],
  ];
  for (const [written, other] of pairs) {
    const found = [];
    for (const q of [written, other]) {
      await page.goto(at(lang, { q }));
      found.push(await page.locator("#list [name=id]").evaluateAll((all) => all.map((one) => one.value)));
      assert.ok((await page.locator("#list mark").count()) > 0, `${q} is marked`);
    }
    assert.ok(found[0].length > 0, written);
    assert.deepEqual(found[0], found[1], `${written} and ${other}`);
  }
}

// Sound.

async function voices(desk, lang) {
  const { page } = desk;
  const number = await find(desk, lang, SENT.voices);
  await fetched(desk, lang, number);
  assert.ok(!desk.asked.some((url) => url.includes("/play/")), "nothing hostile is parsed before somebody plays it");
  await page.evaluate(() => document.querySelectorAll("audio").forEach((one) => ((one.preload = "auto"), one.load())));
  await page.waitForFunction(() => [...document.querySelectorAll("audio")].every((one) => one.readyState > 0));
  const [first] = await page.locator("audio").evaluateAll((all) => all.map((one) => one.src));
  const part = await desk.context.request.get(first, { headers: { Range: "bytes=100-199" } });
  assert.equal(part.status(), 206);
  assert.match(part.headers()["content-range"], /^bytes 100-199\/\d+$/);
  assert.equal((await part.body()).length, 100);
  const beyond = await desk.context.request.get(first, { headers: { Range: "bytes=99999999-" } });
  assert.equal(beyond.status(), 416);
  const end = await page.evaluate(async () => {
    const [voice] = document.querySelectorAll("audio");
    voice.currentTime = voice.duration - 0.7;
    await new Promise((done) => voice.addEventListener("seeked", done, { once: true }));
    return [voice.currentTime, voice.duration];
  });
  assert.ok(end[1] > 2 && end[0] > end[1] - 1, `sought to ${end}`);
  await page.locator('.speed input[value="1.5"]').first().check({ force: true });
  const rates = await page.locator("audio").evaluateAll((all) => all.map((one) => one.playbackRate));
  assert.deepEqual(rates, [1.5, 1.5], "one speed for all");
  await page.evaluate(() => document.querySelector("audio").play());
  await page.waitForFunction(() => {
    const [one, next] = document.querySelectorAll("audio");
    return one.ended && !next.paused && next.currentTime > 0 && next.playbackRate === 1.5;
  });
  await page.evaluate(() => document.querySelectorAll("audio")[0].play());
  await page.waitForFunction(() => document.querySelectorAll("audio")[1].paused, undefined);
}

/** A film has the same speeds; what cannot be played says so. */
async function films(desk, lang) {
  const { page } = desk;
  const number = await find(desk, lang, SENT.media);
  await fetched(desk, lang, number);
  await page.locator(".film .speed input[value=\"0.75\"]").check({ force: true });
  assert.equal(await page.locator("video").evaluate((film) => film.playbackRate), 0.75);
  await page.locator("video").evaluate((film) => {
    film.src = "/play/999999";
    film.load();
  });
  await page.locator(".film .lost").waitFor();
}

// Locking.

async function locked(desk, config) {
  const { page } = desk;
  const number = await find(desk, "fa", SENT.personal);
  await page.goto(at("fa", { view: "all", c: number }));
  assert.ok((await page.content()).includes(SENT.personal));
  await page.locator("[data-action=lock]").click();
  await page.waitForFunction((sent) => !document.body.innerText.includes(sent), SENT.personal);
  await page.waitForSelector("#passphrase");
  assert.equal(new URL(page.url()).pathname, "/fa/lock");
  const empty = async (why) => {
    const shown = await page.content();
    for (const word of [SENT.personal, 'id="list"', 'id="conversation"']) assert.ok(!shown.includes(word), `${why}: ${word}`);
  };
  await empty("locked");
  for (const step of [1, 2]) {
    await page.goBack({ timeout: 5000 }).catch(() => {});
    await page.waitForTimeout(500);
    await empty(`back ${step}`);
  }
  const copy = await desk.context.request.get(`${base}/copy/1`);
  assert.ok([401, 404].includes(copy.status()), `${copy.status()}`);
  await page.goto(at("fa", { view: "all", c: number }));
  await page.waitForSelector("#passphrase");
  await unlock(page, config.passphrase);
  await page.waitForSelector(`#conversation[data-conversation="${number}"]`);
}

// Attacking.

/** What a program that speaks HTTP itself is told. */
function tell(origin, path, { method = "GET", headers = {} } = {}) {
  return new Promise((done, failed) => {
    const sent = ask(`${origin}${path}`, { method, headers }, (answer) => {
      let body = "";
      answer.on("data", (piece) => (body += piece));
      answer.on("end", () => done({ status: answer.statusCode, body }));
    });
    sent.on("error", failed);
    sent.end();
  });
}

async function outside(origin, entry) {
  const { name } = cookies[0];
  const cookie = `${name}=${cookies[0].value}`;
  assert.equal((await tell(origin, "/fa/", { headers: { cookie } })).status, 200, "the control");
  const table = [
    ["without the cookie", "/fa/", {}],
    ["another cookie", "/fa/", { headers: { cookie: `${name}=${"0".repeat(64)}` } }],
    ["another name", "/fa/", { headers: { cookie, host: "desk.attacker.example" } }],
    ["localhost", "/fa/", { headers: { cookie, host: new URL(origin).host.replace("127.0.0.1", "localhost") } }],
    ["another site", "/fa/", { headers: { cookie, "sec-fetch-site": "cross-site" } }],
    ["another origin", "/fa/do", { method: "POST", headers: { cookie, origin: "http://127.0.0.1:1" } }],
    ["no origin", "/fa/do", { method: "POST", headers: { cookie } }],
    ["used", `${new URL(entry).pathname}${new URL(entry).search}`, {}],
  ];
  for (const [why, path, how] of table) {
    const { status, body } = await tell(origin, path, how);
    assert.equal(status, 403, why);
    assert.ok(!body.includes("id=\"list\""), why);
  }
}

/** A page of another origin, in the browser that has the desk open. */
async function stranger(desk, origin, host, number) {
  const server = createServer((request, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end(`<!doctype html><link rel=icon href="data:,"><form method=post target=out action="${origin}/fa/do">
      <input name=do value=resolve><input name=id value=${number}></form><iframe name=out></iframe>
      <iframe name=desk src="${origin}/fa/"></iframe><img src="${origin}/copy/1"><script src="${origin}/desk.js"></script>`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const page = await desk.context.newPage();
  const answers = [];
  let tried = 0;
  page.on("request", (request) => (tried += request.url().startsWith(origin) ? 1 : 0));
  page.on("response", (answer) => answer.url().startsWith(origin) && answers.push(answer));
  await page.goto(`http://${host}:${server.address().port}/`);
  await page.evaluate(() => document.forms[0].submit());
  const read = await page.evaluate(async (origin) => {
    const all = [];
    for (const [path, how] of [["/fa/", {}], ["/status", {}], ["/fa/", { mode: "no-cors" }], ["/fa/do", { method: "POST", body: "do=resolve" }]]) {
      const answer = await fetch(origin + path, { credentials: "include", ...how }).catch(() => undefined);
      all.push(answer ? await answer.text() : "");
    }
    return all;
  }, origin);
  assert.deepEqual(read, ["", "", "", ""], "nothing is read from another origin");
  await page.waitForTimeout(1000);
  // Of what is kept from a page altogether the browser tells no answer.
  assert.ok(tried >= 7 && answers.length >= 2, `${tried} were tried, ${answers.length} answered`);
  assert.deepEqual(answers.map((one) => one.status()).filter((status) => status !== 403), [], `${host}: all turned away`);
  assert.equal(await page.locator("img").evaluate((image) => image.naturalWidth), 0);
  for (const frame of page.frames().slice(1)) assert.ok(!(await frame.content()).includes('id="list"'));
  await page.close();
  server.close();
  await desk.page.goto(at("fa", { view: "resolved" }));
  assert.equal(await desk.page.locator(`#row-${number}`).count(), 0, "nothing was done");
  desk.asked.splice(0, desk.asked.length, ...desk.asked.filter((url) => url.startsWith(base)));
}

const [scene, config] = process.argv.slice(2);
await scenes[scene](JSON.parse(config));
await end();
console.log(JSON.stringify(report));
