// Checks proofs (C2SP tlog-proof) with sigstore's code: the signed note, and the path to its root (RFC 6962).

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const sigstore = dirname(require.resolve("@sigstore/verify"));
const { verifyCheckpoint } = require(join(sigstore, "tlog/checkpoint.js"));
const { verifyMerkleInclusion } = require(join(sigstore, "tlog/merkle.js"));

const [verifier, ...files] = process.argv.slice(2);
const [origin, id, ...encoded] = verifier.split("+");
const key = Buffer.from(encoded.join("+"), "base64").subarray(1);
const ed25519 = Buffer.from("302a300506032b6570032100", "hex");
const publicKey = createPublicKey({ key: Buffer.concat([ed25519, key]), format: "der", type: "spki" });
const logs = [{ logID: Buffer.from(id, "hex"), baseURL: origin, publicKey }];

/** As sigstore has an entry with its proof. */
function read(proof) {
  const [lines, ...note] = proof.split("\n\n");
  const [extra, index, ...hashes] = lines.split("\n");
  assert.match(extra, /^extra /);
  assert.match(index, /^index (0|[1-9][0-9]*)$/);
  return {
    canonicalizedBody: Buffer.from(extra.slice(6), "base64"),
    inclusionProof: {
      logIndex: index.slice(6),
      hashes: hashes.map((hash) => Buffer.from(hash, "base64")),
      checkpoint: { envelope: note.join("\n\n") },
    },
  };
}

const check = (entry) => verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));

assert(files.length > 0);
for (const file of files) {
  const [nothing, proof, ...more] = readFileSync(file, "utf8").split("c2sp.org/tlog-proof@v1\n");
  assert.deepEqual([nothing, more], ["", []]);
  check(read(proof));
  const changed = read(proof);
  changed.canonicalizedBody[20] ^= 1;
  assert.throws(() => check(changed), "another record passes");
  const forged = read(proof);
  forged.inclusionProof.checkpoint.envelope = forged.inclusionProof.checkpoint.envelope.replace(/\n[0-9]+\n/, "\n99999999\n");
  assert.throws(() => check(forged), "another size passes");
}
console.log(`${files.length} checked`);
