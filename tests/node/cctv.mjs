// Unpacks the CCTV age test vectors (npm package cctv-age) for crates/open/tests/cctv.rs.
//
//   node cctv.mjs FOLDER
//
// Writes each vector's age file, decompressed, to FOLDER/<name>.age and prints one line a vector:
// name, expect, payload's SHA-256, "armored" or nothing, identities, passphrases; between them
// tabs, within them spaces. A header key this script does not know ends it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import * as vectors from "cctv-age";

const KEYS = ["expect", "payload", "file key", "identity", "passphrase", "armored", "compressed", "comment"];
const [folder] = process.argv.slice(2);

for (const [name, bytes] of Object.entries(vectors)) {
  const { header, file } = parse(name, Buffer.from(bytes));
  writeFileSync(join(folder, `${name}.age`), header.compressed[0] === "zlib" ? inflateSync(file) : file);
  const { expect, payload, armored, identity, passphrase } = header;
  const fields = [[name], expect, payload, armored.map(() => "armored"), identity, passphrase];
  console.log(fields.map((values) => values.join(" ")).join("\t"));
}

/** Splits a vector into its header, each key with all its values, and the age file. */
function parse(name, bytes) {
  const end = bytes.indexOf("\n\n");
  const header = Object.fromEntries(KEYS.map((key) => [key, []]));
  for (const line of bytes.subarray(0, end).toString().split("\n")) {
    const [, key, value] = line.match(/^([^:]+): (.*)$/);
    if (!(key in header)) throw new Error(`${name}: unknown key ${key}`);
    header[key].push(value);
  }
  return { header, file: bytes.subarray(end + 2) };
}
