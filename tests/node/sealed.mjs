// The source's pages with their script, in Chromium, for crates/payamgir/tests/sealed.rs.
//
//   node sealed.mjs SCENE JSON
//
// SCENE is one of the functions exported in `scenes`; JSON holds `url` (the server's address, with its last
// slash), `folder` (for files), `shots` (for pictures) and what the scene names. A check that fails ends the
// script. Otherwise it prints one JSON object: `figures`, and what the scene has to say.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LANGS, PATIENCE, end, fates, inspect, open, profile, reference } from "./chromium.mjs";

const report = { figures: [] };
const SEALED = { fa: "مرورگر شما پیام را پیش از رفتن مهر می‌کند", en: "Your browser seals it before it leaves" };
const PLAIN = { fa: "سرور آن را همین که برسد مهر می‌کند", en: "the server seals it as soon as it arrives" };
const WHOLE = { fa: "پیام شما رسید", en: "Your message has arrived" };

/** Waits until the script has taken the page over. */
const taken = (page) => page.waitForSelector("#way[data-way=sealed]");
const arrived = (page) => page.waitForSelector("[data-reference]:not(:empty)", { timeout: PATIENCE });
const words = (page) => page.inputValue("form[data-seal] [name=codename]");

const scenes = {
  /** Words and a film leave sealed: `text` and `film` are in no request, and both reach the desk. */
  async send({ url, shots, text, film, canaries }) {
    report.sent = [];
    for (const lang of LANGS) {
      const { page, requests, close } = await open({ scripts: true });
      await page.goto(`${url}${lang}/`);
      await taken(page);
      assert.ok((await page.innerText("#way")).startsWith(SEALED[lang]));
      await page.click("details[data-words] summary");
      await page.waitForSelector("details[data-own]");
      await page.check("[name=answerable]");
      if (lang === "fa") await inspect(page, `sealed-form-${lang}`, shots);
      const codename = await words(page);
      await page.fill("[name=text]", text);
      await page.setInputFiles("[name=files]", [film]);
      await page.dblclick("form[data-seal] button");
      await arrived(page);
      assert.equal(await page.innerText("h1:visible"), WHOLE[lang]);
      assert.equal((await fates(page)).length, 2);
      assert.equal((await page.locator("ol.eight bdi").allInnerTexts()).join(" "), codename);
      report.sent.push({ lang, reference: await reference(page), codename });
      await inspect(page, `sealed-done-${lang}`, shots);
      for (const request of requests) {
        const body = request.postDataBuffer() ?? Buffer.alloc(0);
        const head = JSON.stringify([request.url(), await request.allHeaders()]);
        for (const canary of [...canaries, codename.split(" ").slice(0, 2).join(" ")]) {
          assert.ok(!body.includes(canary) && !head.includes(canary), `${canary} in ${request.url()}`);
        }
      }
      await close();
    }
  },

  /** Where the script does not come, comes late, or is another, the plain way serves, and the page says so. */
  async plain({ url, text }) {
    const ways = [
      (route) => route.abort(),
      (route) => route.fulfill({ contentType: "text/javascript", body: "document.body.append('zq-evil')" }),
      (route) => new Promise((resolve) => setTimeout(() => resolve(route.abort()), 20_000)),
    ];
    for (const way of ways) {
      const context = await profile({ locale: "en-GB" });
      const page = await context.newPage();
      await page.route(/\/s\/[0-9a-f]+\.js$/, way);
      await page.goto(`${url}en/`, { waitUntil: "commit" });
      await page.waitForSelector("form[data-seal] button");
      assert.ok((await page.innerText("#way")).includes(PLAIN.en));
      await page.fill("[name=text]", text);
      await page.click("form[data-seal] button");
      await page.waitForSelector(".number");
      const main = await page.innerText("main");
      assert.ok(main.includes("It is sealed. The server can no longer read it"), main);
      assert.ok(!(await page.content()).includes("zq-evil"));
      await context.close();
    }
  },

  /** What people do and servers say that nobody hopes for. `block`: words that were sealed elsewhere. */
  async odd({ url, shots, block, film }) {
    const { context, page, close } = await open({ scripts: true, locale: "en-GB", away: ["https://exit.example"] });
    page.on("dialog", (dialog) => assert.fail(`${dialog.type()}: nothing is asked`));
    // At the bare address too.
    await page.goto(url);
    await taken(page);
    // Nothing was taken: nothing is said to have arrived.
    const full = (route) => route.fulfill({ status: 507 });
    await page.route("**/upload", full);
    await page.setInputFiles("[name=files]", [film]);
    await page.click("form[data-seal] button:not([type])");
    await page.waitForSelector("form .alert");
    assert.equal(await page.locator("[data-reference]").count(), 0);
    // Some was: the rest can be sent from the page that says so.
    await page.fill("[name=text]", "a\ud83d half, zq-half-canary");
    await page.click("form[data-seal] button:not([type])");
    await arrived(page);
    assert.equal(await page.innerText("h1:visible"), "Part of your message has arrived");
    const number = await reference(page);
    await inspect(page, "sealed-part-en", shots);
    await page.unroute("**/upload", full);
    await page.setInputFiles("[name=files]", [film]);
    await page.click("form[data-seal] button:not([type])");
    await page.waitForFunction(() => document.querySelectorAll(".parts li").length === 2 && document.querySelector(".parts b:not(.lost)"));
    await page.waitForFunction(() => document.querySelector("h1:not([hidden] *)")?.textContent === "Your message has arrived");
    assert.equal(await reference(page), number, "it joins what arrived");
    // What was sealed elsewhere is not sealed again.
    await page.goto(`${url}en/`);
    await taken(page);
    await page.fill("[name=text]", block);
    await page.click("form[data-seal] button:not([type])");
    await page.waitForSelector(".number");
    // The way out is never asked about.
    await context.route("https://exit.example/**", (route) => route.fulfill({ body: "elsewhere" }));
    await page.goto(`${url}en/`);
    await taken(page);
    await page.route("**/upload", () => {});
    await page.setInputFiles("[name=files]", [film]);
    await page.click("form[data-seal] button:not([type])");
    await page.waitForSelector(".progress");
    await page.click(".exit");
    await page.waitForURL("https://exit.example/**");
    report.number = number;
    await context.close();
    void close;
  },

  /** The line goes away and comes back while a film is sent. */
  async broken({ url, shots, text, film, cuts }) {
    const { context, page, close } = await open({ scripts: true });
    await page.goto(`${url}en/`);
    await taken(page);
    await page.fill("[name=text]", text);
    await page.setInputFiles("[name=files]", [film]);
    await page.click("form[data-seal] button");
    let seen = 0;
    for (let cut = 0; cut < cuts; cut += 1) {
      await page.waitForFunction((seen) => document.querySelector(".progress progress")?.value > seen, seen);
      await context.setOffline(true);
      await page.waitForSelector("[data-broken-line]:visible");
      if (cut === 0) await page.screenshot({ path: join(shots, "sealed-broken.png"), fullPage: true });
      await context.setOffline(false);
      await page.waitForSelector("[data-broken-line]", { state: "hidden" });
      seen = await page.evaluate(() => document.querySelector(".progress progress")?.value ?? 100);
      if (seen > 90) break;
    }
    await arrived(page);
    report.sent = [{ lang: "en", reference: await reference(page) }];
    // What a browser says of a line that broke is no complaint of the page.
    await context.close();
    void close;
  },

  /** Answers are opened in the page: the words are in no request. `codename`, `answer`. */
  async answers({ url, shots, codename, answer, lang }) {
    const { page, requests, close } = await open({ scripts: true });
    await page.goto(`${url}${lang}/answers`);
    await taken(page);
    await inspect(page, `door-${lang}`, shots);
    const list = codename.split(" ");
    await page.fill("[name=codename]", [`x${list[0]}`, ...list.slice(1)].join(" "));
    await page.click("form[data-door] button");
    await page.waitForSelector("form .alert");
    assert.ok((await page.innerText("form .alert")).includes(list[0]), "the word that was meant is offered");
    const typed = codename.split(" ").map((word, place) => `${place + 1}. ${word}`).join("\n");
    await page.fill("[name=codename]", typed);
    await page.click("form[data-door] button");
    await page.waitForSelector(".said");
    assert.ok((await page.innerText(".said")).includes(answer));
    await inspect(page, `visit-${lang}`, shots);
    assert.equal(await words(page), codename, "and one can go on");
    await page.fill("form[data-seal] [name=text]", "and another thing, zq-second-canary");
    await page.click("form[data-seal] button:not([type])");
    await arrived(page);
    await page.goto(`${url}${lang}/answers`);
    await taken(page);
    await page.fill("[name=codename]", codename);
    await page.click("form[data-door] button");
    await page.waitForSelector(".said");
    await page.click(".reply button");
    await page.waitForSelector("[data-removed]:visible");
    assert.equal(await page.locator(".said").count(), 0);
    assert.ok(!(await page.isVisible("[data-none]")), "it was not another word");
    const bodies = requests.map((request) => request.postDataBuffer() ?? Buffer.alloc(0));
    for (const word of codename.split(" ").filter((word) => word.length > 4)) {
      assert.ok(bodies.every((body) => !body.includes(word)), "the words stay in the browser");
    }
    await close();
  },

  /** The page that is carried: opened from the disk, with no network. Gives what it made. */
  async offline({ url, shots, folder, text, film }) {
    const online = await profile({});
    for (const lang of LANGS) {
      const answer = await (await online.request.get(`${url}${lang}/offline.html`)).text();
      const saved = join(folder, `offline-${lang}.html`);
      writeFileSync(saved, answer);
      const context = await profile({ acceptDownloads: true });
      await context.setOffline(true);
      const page = await context.newPage();
      const complaints = [];
      const asked = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (said) => complaints.push(said.text()));
      context.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(saved).href);
      await taken(page);
      await page.fill("[name=text]", text);
      await page.click("form button");
      await page.waitForSelector("#out:visible");
      const block = await page.inputValue("#out textarea");
      assert.ok(block.length < 4096, `${block.length}`);
      writeFileSync(join(folder, `block-${lang}.txt`), block);
      await inspect(page, `offline-${lang}`, shots);
      await page.fill("[name=text]", `${text} 2`);
      await page.setInputFiles("[name=files]", [film]);
      await page.click("form button");
      await page.waitForSelector("[data-block]", { state: "hidden" });
      const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
      await download.saveAs(join(folder, `file-${lang}.bin`));
      const strange = asked.filter((one) => !one.startsWith("file:") && !one.startsWith("blob:") && !one.startsWith("data:"));
      assert.deepEqual([complaints, strange], [[], []]);
      await context.close();
    }
    await online.close();
  },
};

const [scene, json] = process.argv.slice(2);
try {
  await scenes[scene](JSON.parse(json));
  console.log(JSON.stringify(report));
} finally {
  await end();
}
