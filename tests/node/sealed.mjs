// The source's pages with their script, in Chromium, for crates/payamgir/tests/sealed.rs.
//
//   node sealed.mjs SCENE JSON
//
// SCENE is one of the functions exported in `scenes`; JSON holds `url` (the server's address, with its last
// slash), `folder` (for files), `shots` (for pictures) and what the scene names. A check that fails ends the
// script. Otherwise it prints one JSON object: `figures`, and what the scene has to say.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LANGS, PATIENCE, end, fates, inspect, keeping, open, profile, reference } from "./chromium.mjs";

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
    const posts = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.postData() ?? ""));
    // Nothing that is not sealed goes with it, as the page says.
    for (const spoil of ["words", "file", "eight"]) {
      await page.fill("[name=text]", spoil === "words" ? `zq-beside-canary\n${block}` : block);
      if (spoil === "file") await page.setInputFiles("[name=files]", [film]);
      if (spoil === "eight") await page.click("details[data-words] summary");
      if (spoil === "eight") await page.check("[name=answerable]");
      await page.click("form[data-seal] button:not([type])");
      await page.waitForSelector("form .alert");
      assert.match(await page.innerText("form .alert"), /A sealed message goes alone/);
      if (spoil === "words") await inspect(page, "block-not-alone-en", shots);
      await page.goto(`${url}en/`);
      await taken(page);
    }
    assert.deepEqual(posts, []);
    await page.fill("[name=text]", `\n${block.replaceAll("-----", "\u2014")}\n `);
    await page.click("form[data-seal] button:not([type])");
    await page.waitForSelector(".number");
    assert.equal(posts.length, 1);
    // A server that has more to do than it bears is no broken line; the form comes back after some tries.
    await page.goto(`${url}en/`);
    await taken(page);
    const busy = (route) => route.fulfill({ status: 503 });
    await page.route("**/sealed", busy);
    await page.fill("[name=text]", "zq-busy-canary");
    await page.click("form[data-seal] button:not([type])");
    await page.waitForSelector("[data-busy-line]:visible");
    assert.ok(await page.isHidden("[data-broken-line]"));
    await inspect(page, "sealed-busy-en", shots);
    await page.unroute("**/sealed", busy);
    await arrived(page);
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

  /** Strangers have used up the lane of those who bring nothing: the script works, and a pass goes by. */
  async flooded({ url, shots, text, film, passes }) {
    for (const lang of LANGS) {
      const { page, close } = await open({ scripts: true });
      await page.goto(`${url}${lang}/`);
      await taken(page);
      await page.fill("[name=text]", text);
      await page.setInputFiles("[name=files]", [film]);
      await page.click("form[data-seal] button");
      await arrived(page);
      assert.equal(await page.innerText("h1:visible"), WHOLE[lang]);
      assert.equal(await page.locator(".lost").count(), 0);
      await close();
      const plain = await open({ scripts: false });
      await plain.page.goto(`${url}${lang}/`);
      await plain.page.fill("[name=text]", text);
      await plain.page.click("form button");
      assert.equal(await plain.page.inputValue("[name=text]"), text);
      assert.ok(await plain.page.isVisible("[name=pass]"), "it is asked for where it helps");
      await inspect(plain.page, `flooded-${lang}`, shots);
      if (lang === "en") {
        await plain.page.fill("[name=pass]", "12345 67890");
        await plain.page.click("form button");
        assert.equal(await plain.page.getAttribute("[name=pass]", "aria-invalid"), "true");
        assert.equal(await plain.page.inputValue("[name=pass]"), "12345 67890");
        await inspect(plain.page, "wrong-pass-en", shots);
        await plain.page.fill("[name=pass]", passes[0]);
        await plain.page.click("form button");
        assert.equal(await plain.page.innerText("h1"), WHOLE.en);
      }
      await plain.close();
    }
    const { page, requests, close } = await open({ scripts: true });
    await page.goto(`${url}fa/`);
    await taken(page);
    await page.fill("[name=text]", text);
    await page.click("details:has([name=pass]) summary");
    await page.fill("[name=pass]", passes[1].replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]));
    await inspect(page, "pass-fa", shots);
    await page.click("form[data-seal] button");
    await arrived(page);
    const heads = await Promise.all(requests.map((request) => request.allHeaders()));
    assert.ok(heads.some((head) => head.pass === passes[1]), "it goes by the pass");
    await close();
  },

  /** A pass that cannot be read is said to be that, where nothing else lets in; the lane of work is closed. */
  async closed({ url, text, shots, film }) {
    for (const files of [[], [film]]) {
      const { page, close } = await open({ scripts: true });
      await page.goto(`${url}en/`);
      await taken(page);
      if (!files.length) await page.fill("[name=text]", text);
      await page.setInputFiles("[name=files]", files);
      await page.click("details:has([name=pass]) summary");
      await page.fill("[name=pass]", "1. 12345 2. 67890");
      await page.click("form[data-seal] button");
      await page.waitForSelector("form .alert");
      assert.match(await page.innerText("form .alert"), /The digits of the pass could not be read/);
      assert.equal(await page.inputValue("[name=pass]"), "1. 12345 2. 67890");
      if (!files.length) await inspect(page, "pass-misread-en", shots);
      await close();
    }
  },

  /** A receipt is asked for, shown once, and checked on another device: in the browser, by the server, and in vain. */
  async receipt({ url, shots, text, film }) {
    const told = { fa: ["در دفتر ثبت هست", "گواه را مرورگر خودتان سنجید"], en: ["It is in the record", "Your browser checked the proof itself"] };
    const served = { fa: "این را سرور سنجید", en: "The server checked it" };
    for (const lang of LANGS) {
      const sealed = await open({ scripts: true });
      await sealed.page.goto(`${url}${lang}/`);
      await taken(sealed.page);
      await sealed.page.fill("[name=text]", text);
      await sealed.page.setInputFiles("[name=files]", [film]);
      await sealed.page.click("details:has([name=receipt]) summary");
      await sealed.page.check("[name=receipt]");
      await inspect(sealed.page, `receipt-asked-${lang}`, shots);
      await sealed.page.click("form[data-seal] button");
      await arrived(sealed.page);
      const digits = (await sealed.page.locator("[data-receipt] bdi").allInnerTexts()).join("-");
      assert.match(digits, lang === "fa" ? /^[۰-۹]{4}(-[۰-۹]{4}){9}$/ : /^[0-9]{4}(-[0-9]{4}){9}$/);
      assert.equal(await sealed.page.locator("[data-no-receipt]").count(), 0);
      assert.match(await sealed.page.innerText("[data-wait]"), /[0-9۰-۹]/);
      await inspect(sealed.page, `receipt-given-${lang}`, shots);
      await sealed.close();
      const { page, close } = await open({ scripts: true });
      await published(page, lang, digits, told[lang][1]);
      assert.equal(await page.innerText("h1"), told[lang][0]);
      await inspect(page, `receipt-checked-${lang}`, shots);
      await unanswered(page, digits);
      assert.notEqual(await page.innerText("h1"), told[lang][0], "what was found before is not said any more");
      await close();
      const plain = await open({ scripts: false });
      await plain.page.goto(`${url}${lang}/receipt`);
      await inspect(plain.page, `receipt-door-${lang}`, shots);
      await plain.page.fill("[name=receipt]", digits.replace(/.$/, (last) => (last === "1" || last === "۱" ? "2" : "1")));
      await plain.page.click("form button");
      assert.equal(await plain.page.getAttribute("[name=receipt]", "aria-invalid"), "true");
      await inspect(plain.page, `receipt-misread-${lang}`, shots);
      await plain.page.fill("[name=receipt]", digits);
      await plain.page.click("form button");
      assert.ok((await plain.page.innerText("main")).includes(served[lang]));
      await plain.page.click("summary");
      await inspect(plain.page, `receipt-served-${lang}`, shots);
      await plain.close();
      await forged(digits, lang);
    }

    /** Checks until it is published. */
    async function published(page, lang, digits, sign) {
      for (let tries = 0; tries < 60; tries += 1) {
        await page.goto(`${url}${lang}/receipt`);
        await page.waitForSelector("form[data-check=here]");
        await page.fill("[name=receipt]", digits.replaceAll("-", " "));
        const before = await page.innerText("h1");
        await page.click("form button");
        await page.waitForFunction((before) => document.querySelector("h1") && document.querySelector("h1").textContent !== before, before);
        if ((await page.innerText("main")).includes(sign)) return;
        await page.waitForTimeout(500);
      }
      assert.fail("it is never published");
    }

    /** Neither a gate that answers in its place nor a line that broke is taken for a verdict. */
    async function unanswered(page, digits) {
      const ways = [(route) => route.fulfill({ status: 200, body: "<html>sign in</html>" }), (route) => route.abort(), (route) => route.fulfill({ status: 502 })];
      for (const way of ways) {
        await page.route("**/receipt", way);
        await page.fill("[name=receipt]", digits);
        await page.click("form button");
        await page.waitForFunction(() => /did not answer|جواب نداد/.test(document.querySelector("form .alert")?.textContent));
        assert.equal(await page.inputValue("[name=receipt]"), digits, "they are still there");
        await page.unroute("**/receipt", way);
      }
    }

    /** A server that changes a record, a hash of the path or the root is caught. */
    async function forged(digits, lang) {
      const change = (at) => async (route) => {
        const answer = await route.fetch();
        const lines = (await answer.text()).split("\n");
        const line = lines.findIndex(at);
        assert.ok(line >= 0);
        const letter = lines[line].length - 6;
        lines[line] = lines[line].slice(0, letter) + (lines[line][letter] === "B" ? "C" : "B") + lines[line].slice(letter + 1);
        await route.fulfill({ response: answer, body: lines.join("\n") });
      };
      const ways = [(line) => line.startsWith("payamgir receipt "), (line) => line.startsWith("extra "), (line) => /^[A-Za-z0-9+/]{43}=$/.test(line), (line) => line.startsWith("— ")];
      // Parts that are said twice, or in another order.
      const turned = (make) => async (route) => {
        const answer = await route.fetch();
        const [salt, ...proofs] = (await answer.text()).split(/(?=c2sp\.org)/);
        assert.equal(proofs.length, 2);
        await route.fulfill({ response: answer, body: salt + make(proofs).join("") });
      };
      const lies = [...ways.map(change), turned(([one, two]) => [one, one, two]), turned(([one, two]) => [two, one]), turned(([one]) => [one])];
      for (const lie of lies) {
        const context = await profile({});
        const page = await context.newPage();
        await page.route("**/receipt", (route) => (new URL(route.request().url()).pathname === "/receipt" ? lie(route) : route.continue()));
        await page.goto(`${url}${lang}/receipt`);
        await page.waitForSelector("form[data-check=here]");
        await page.fill("[name=receipt]", digits);
        await page.click("form button");
        await page.waitForSelector("form .alert");
        await context.close();
      }
    }
  },

  /** What a browser keeps on its disk of who sent, came back and checked a receipt with no script: nothing of that. */
  async left({ url, folder, text, block }) {
    for (const bare of [true, false]) {
      const kept = join(folder, `profile-${bare}`);
      const context = await keeping(kept);
      // Without what keeps a form's words off the disk they are found: the search can see.
      const strip = async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('type="password"', 'type="hidden"') });
      };
      if (bare) await context.route("**/*", strip);
      const page = await context.newPage();
      await page.goto(`${url}en/`);
      await page.fill("[name=text]", text);
      for (const asked of ["answerable", "receipt"]) {
        await page.click(`details:has([name=${asked}]) summary`);
        await page.check(`[name=${asked}]`);
      }
      await page.click("form button");
      const [eight, digits] = await Promise.all(["section:not([data-receipt]) ol.eight bdi", "[data-receipt] bdi"].map((one) => page.locator(one).allInnerTexts()));
      assert.deepEqual([eight.length, digits.length], [8, 10]);
      await page.goto(`${url}en/answers`);
      await page.fill("[name=codename]", eight.join(" "));
      await page.click("form button");
      await page.waitForSelector("form[data-seal]");
      await page.goto(`${url}en/receipt`);
      await page.fill("[name=receipt]", digits.join("-"));
      await page.click("form button");
      await page.waitForSelector("h1");
      await page.goto(`${url}en/carry`);
      await page.fill("[name=text]", block);
      await page.click("form button");
      await page.waitForSelector(".parts");
      await page.goto("about:blank");
      // Windows are written down a while after they change.
      await page.waitForTimeout(4000);
      await context.close();
      const sought = [text, eight.slice(0, 3).join(" "), eight.slice(0, 3).join("+"), digits.slice(0, 3).join("-"), block.split("\n")[2]];
      const found = sought.filter((one) => below(kept).some((bytes) => bytes.includes(one) || bytes.includes(Buffer.from(one, "utf16le"))));
      if (bare) assert.ok(found.includes(text) && found.length >= 3, `${found}`);
      else assert.deepEqual(found, []);
    }
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

/** The bytes of all files below a folder. */
function below(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((one) => one.isFile()).map((one) => readFileSync(join(one.parentPath, one.name)));
}

const [scene, json] = process.argv.slice(2);
try {
  await scenes[scene](JSON.parse(json));
  console.log(JSON.stringify(report));
} finally {
  await end();
}
