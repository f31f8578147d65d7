// A weak line: what it takes to send a Persian text of 500 characters, the plain way and sealed in the browser.
//
//   node weak.mjs URL ROUNDS
//
// The line lies between Chromium and the server: 50 kbit/s down, 20 kbit/s up, 300 ms each way, a connection
// one round trip. Prints a JSON object: for each way its rounds, with seconds until the form can be used and until
// it was sent, requests, and bytes both ways.

import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { end, profile } from "./chromium.mjs";

const [DOWN, UP, DELAY] = [50_000 / 8, 20_000 / 8, 300];
const PART = 500;
const TEXT = "ما را به جلسه راه ندادند و می‌خواهیم حرفمان در صورت‌جلسه بیاید. ".repeat(10).slice(0, 500);

/** One direction of the line: bytes one after another at a rate, each some time later. */
function direction(rate) {
  let free = 0;
  let total = 0;
  return {
    total: () => total,
    carry(bytes, deliver) {
      for (let at = 0; at < bytes.length; at += PART) {
        const part = bytes.subarray(at, at + PART);
        total += part.length;
        free = Math.max(free, performance.now()) + (1000 * part.length) / rate;
        setTimeout(() => deliver(part), free - performance.now() + DELAY);
      }
    },
  };
}

async function line(url) {
  const [down, up] = [direction(DOWN), direction(UP)];
  const to = new URL(url);
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
    // The handshake of a connection is a round trip of its own.
    const open = performance.now() + 2 * DELAY;
    near.on("data", (bytes) => {
      setTimeout(() => up.carry(bytes, (part) => far.write(part)), Math.max(0, open - performance.now()));
    });
    far.on("data", (bytes) => down.carry(bytes, (part) => near.writable && near.write(part)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, down, up, close: () => server.close() };
}

async function send(url, scripts) {
  const way = await line(url);
  const context = await profile({ javaScriptEnabled: scripts, locale: "fa-IR" });
  const page = await context.newPage();
  let requests = 0;
  context.on("request", (request) => (requests += request.url().startsWith("http") ? 1 : 0));
  const begun = performance.now();
  await page.goto(`${way.url}fa/`, { waitUntil: "commit" });
  await page.waitForSelector("form[data-seal] button");
  const usable = (performance.now() - begun) / 1000;
  if (scripts) await page.waitForSelector("#way[data-way=sealed]", { timeout: 120_000 });
  const ready = (performance.now() - begun) / 1000;
  await page.fill("[name=text]", TEXT);
  await page.click("form[data-seal] button:not([type])");
  await page.waitForSelector(scripts ? "[data-reference]:not(:empty)" : ".number", { timeout: 120_000 });
  const sent = (performance.now() - begun) / 1000;
  assert.ok((await page.innerText("h1:visible")).includes("رسید"));
  await context.close();
  way.close();
  return { usable, ready, sent, requests, down: way.down.total(), up: way.up.total() };
}

const [url, rounds] = process.argv.slice(2);
const report = { plain: [], sealed: [] };
for (let round = 0; round < Number(rounds); round += 1) {
  report.plain.push(await send(url, false));
  report.sealed.push(await send(url, true));
}
console.log(JSON.stringify(report));
await end();
