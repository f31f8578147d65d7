// Chromium as sources and editors use it, and what must be true of every page it is shown; for
// page.mjs and desk.mjs.
// Not run by itself.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const LANGS = ["fa", "en"];
export const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
];
/** How long anything may take on a busy machine, in milliseconds. */
export const PATIENCE = 120_000;
const NARROWEST = { width: 320, height: 640 };
export const DIRECTIONS = { fa: "rtl", en: "ltr" };
const TEXT_FIELDS = ["#text", "#codename", "#receipt", "#pass", ".short"];
const PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹";

const FIELDS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "set-cookie": undefined,
  "link": undefined,
  "refresh": undefined,
};

const BROWSER = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
const browser = await chromium.launch(BROWSER);

/** A browser that keeps what it keeps in a folder, as people's do; scripts off. */
export const keeping = (folder) => chromium.launchPersistentContext(folder, { ...BROWSER, javaScriptEnabled: false });

/** axe needs scripts: it looks at copies of pages, in a browser of its own where it is at home. */
const mirror = await (await browser.newContext()).newPage();
await mirror.setContent('<!doctype html><img src="data:,">');
await mirror.evaluate(axe.source);
const control = await mirror.evaluate(() => globalThis.axe.run());
assert.ok(control.violations.some(({ id }) => id === "image-alt"), "axe finds what is there to find");

/** A fresh browser profile of which nothing is expected yet. */
export const profile = (options) => browser.newContext(options);

/** What the script of the source's pages asks for. */
const OWN = /^\/(s\/[0-9a-f]{16}\.js|(fa|en)\/sealing|words\/(fa|en)\.txt|sealed|upload|upload\/[0-9a-f]{32}|receipts?|answers|answers\/remove)$/;

/** A fresh browser profile, scripts off unless asked for. `close` checks what went on in it. */
export async function open({ scripts = false, size = SIZES[0], locale = "fa-IR", away = [] } = {}) {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: size, locale });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  // The worker of a page is made of the page's own script: that asks nobody.
  context.on("request", (request) => request.url().startsWith("blob:") || requests.push(request));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (said) => {
    // Chromium says this of every answer that is not a 200.
    if (!said.text().startsWith("Failed to load resource")) complaints.push(said.text());
  });
  const close = async () => {
    assert.deepEqual(complaints, [], "the console is silent");
    const more = requests.filter((request) => !request.isNavigationRequest());
    const expected = scripts ? OWN : /^$/;
    const odd = more.map((request) => new URL(request.url()).pathname).filter((path) => !expected.test(path));
    assert.deepEqual(odd, [], "a page is one request, and what its one script asks for");
    const origins = new Set(requests.map((request) => new URL(request.url()).origin));
    for (const origin of away) origins.delete(origin);
    assert.ok(origins.size <= 1, `${[...origins]}`);
    assert.deepEqual(await context.cookies(), [], "no cookie");
    await context.close();
  };
  return { context, page, requests, close };
}

/** Presses the form's button and waits for the answer. */
export async function submit(page) {
  const [answer] = await Promise.all([page.waitForNavigation(), page.click("button")]);
  return answer;
}

/** What every answer says of itself, and that the page shown is in its language. */
export async function checkAnswer(page, answer, lang, status) {
  assert.equal(answer.status(), status, page.url());
  const headers = await answer.allHeaders();
  for (const [name, value] of Object.entries(FIELDS)) assert.equal(headers[name], value, name);
  const html = await page.content();
  const style = html.match(/<style>([^]*?)<\/style>/)[1];
  const hash = createHash("sha256").update(style).digest("base64");
  assert.equal(
    headers["content-security-policy"],
    `default-src 'none'; style-src 'sha256-${hash}'; script-src 'self'; worker-src blob:; ` +
      "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  const root = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
  assert.deepEqual(root, [lang, DIRECTIONS[lang]]);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(paper, "rgba(0, 0, 0, 0)", "the style sheet is let through");
}

/** Bytes of an answer on the wire. */
export async function weight(answer) {
  const sizes = await answer.request().sizes();
  return sizes.responseBodySize + sizes.responseHeadersSize;
}

/** Nothing is wider than the page, in any size and with each size of text. */
export async function fits(page, name, texts = ["100%", "200%"]) {
  for (const size of [NARROWEST, ...SIZES]) {
    await page.setViewportSize(size);
    for (const text of texts) {
      const beyond = await page.evaluate((text) => {
        const root = document.documentElement;
        root.style.fontSize = text;
        const beyond = root.scrollWidth - root.clientWidth;
        root.removeAttribute("style");
        return beyond;
      }, text);
      assert.ok(beyond <= 0, `${name} is ${beyond}px too wide at ${size.width}px, text at ${text}`);
    }
  }
}

/** Copies a page to where axe can look at it; `style` stands for the style sheets it links to. */
export async function reflect(page, style = "") {
  await mirror.evaluate(([html, style]) => {
    const copy = new DOMParser().parseFromString(html, "text/html").documentElement;
    if (style) copy.querySelector("head").append(Object.assign(document.createElement("style"), { textContent: style }));
    document.replaceChild(document.adoptNode(copy), document.documentElement);
  }, [await page.content(), style]);
}

/** What axe finds in the copy, as lines, and of what it is not sure, as pairs of rule and place. */
export async function faults(size, colorScheme) {
  await mirror.setViewportSize(size);
  await mirror.emulateMedia({ colorScheme });
  // The other scheme changes colours and nothing else.
  const rules = colorScheme === "dark" ? { runOnly: ["color-contrast"] } : {};
  const found = await mirror.evaluate((options) => globalThis.axe.run(options), rules);
  return {
    told: found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`),
    unsure: found.incomplete.flatMap((v) => v.nodes.map((n) => [v.id, n.target.join()])),
  };
}

/** Looks at a page in every size and in both colour schemes; keeps pictures of it. */
export async function inspect(page, name, shots) {
  await fits(page, name);
  await page.evaluate(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
  });
  await reflect(page);
  for (const size of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      const path = join(shots, `${name}-${size.width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      const { told, unsure } = await faults(size, colorScheme);
      assert.deepEqual(told, [], `axe, ${name} at ${size.width}px, ${colorScheme}`);
      // What axe cannot decide: words over the ruled lines of the text field.
      assert.ok(unsure.every(([rule, at]) => rule === "color-contrast" && TEXT_FIELDS.includes(at)), `${unsure}`);
    }
  }
}

/** The number of a message as the page shows it, in ASCII digits. */
export async function reference(page) {
  const shown = await page.locator(".number").innerText();
  return shown.replace(/[۰-۹]/g, (digit) => PERSIAN_DIGITS.indexOf(digit));
}

/** What the page says of each part, the words first. */
export async function fates(page) {
  return page.locator(".parts b").allInnerTexts();
}

export const end = () => browser.close();
