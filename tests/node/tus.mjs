// tus-js-client against the server, for crates/payamgir/tests/tus.rs.
//
//   node tus.mjs ENDPOINT BYTES [weak]
//
// Uploads so many made-up bytes in parts, stops in the middle and goes on from what the server says, with
// another client that knows the address alone; ends another upload. On a weak line it uploads once, for as long
// as that takes. Prints the address and the SHA-256.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Upload } from "tus-js-client";

const [endpoint, bytes, weak] = process.argv.slice(2);
const film = Buffer.alloc(Number(bytes));
for (let at = 0; at < film.length; at += 4) film.writeUInt32LE((at * 2654435761) >>> 0, at);

function upload(options) {
  return new Promise((resolve, reject) => {
    const client = new Upload(film, {
      endpoint,
      chunkSize: 1 << 20,
      retryDelays: [0, 200, 1000],
      onError: reject,
      onSuccess: () => resolve(client),
      ...options,
      onProgress: (sent) => options.onProgress?.(sent, client, resolve),
    });
    client.start();
  });
}

function done(path) {
  const hash = createHash("sha256").update(film).digest("hex");
  console.log(JSON.stringify({ path: new URL(path).pathname, hash }));
  process.exit();
}

if (weak) done((await upload({ retryDelays: Array(200).fill(1000) })).url);

const half = await upload({
  onProgress: (sent, client, resolve) => {
    if (sent > film.length / 2) client.abort().then(() => resolve(client));
  },
});
assert.ok(half.url.startsWith(endpoint));
const known = await fetch(half.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
const offset = Number(known.headers.get("Upload-Offset"));
assert.ok(offset > 0 && offset < film.length, `${offset}`);
const whole = await upload({ uploadUrl: half.url });
assert.equal(whole.url, half.url);

const unwanted = await upload({
  onProgress: (sent, client, resolve) => {
    if (sent > 0) client.abort(true).then(() => resolve(client));
  },
});
const gone = await fetch(unwanted.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
assert.equal(gone.status, 404);

done(whole.url);
