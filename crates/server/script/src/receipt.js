// Receipts (docs/FORMAT.md §21): the code of records, and the proof that they are in the log.

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, join, unbase64, utf8 } from "./bytes.js";

const HEAD = "c2sp.org/tlog-proof@v1\n";
const leafOf = (record) => sha256(join(new Uint8Array([0]), record));
const nodeOf = (left, right) => sha256(join(new Uint8Array([1]), left, right));
const same = (one, other) => hex(one) === hex(other);

/** What a record holds: its body's hash and its blobs', as one hash. */
export const content = (body, blobs) => sha256(join(utf8("payamgir content 1"), body, ...blobs));

/** The same, of a record. */
function held(record) {
  const blobs = Array.from({ length: record[46] }, (_, at) => record.subarray(47 + 40 * at, 79 + 40 * at));
  return content(record.subarray(14, 46), blobs);
}

/** The digits of records, in the order of the log. */
export function codeOf(records) {
  const hash = sha256(join(utf8("payamgir receipt 1"), ...records.map(leafOf)));
  const number = BigInt(`0x${hex(hash.subarray(0, 16))}`).toString().padStart(39, "0");
  const weigh = (sum, digit, at) => {
    const weighed = digit * (at % 2 ? 1 : 2);
    return sum + (weighed > 9 ? weighed - 9 : weighed);
  };
  const sum = [...number].reverse().map(Number).reduce(weigh, 0);
  return (number + ((10 - (sum % 10)) % 10)).match(/..../g).join("-");
}

/** The digits that a server gave, if they are of just these contents. */
export function checked(answer, contents) {
  const [digits, ...lines] = answer.trim().split("\n");
  const records = lines.map(unbase64);
  const [found, sent] = [records.map(held).map(hex).sort(), [...new Set(contents.map(hex))].sort()];
  const right = digits === codeOf(records) && found.join() === sent.join();
  return right ? digits : undefined;
}

/** The root that a path leads to from a leaf (RFC 9162 §2.1.3.2). */
function rootFrom(leaf, index, size, path) {
  let [at, last, hash] = [index, size - 1, leaf];
  const up = () => ([at, last] = [Math.floor(at / 2), Math.floor(last / 2)]);
  for (const beside of path) {
    if (last === 0) return undefined;
    if (at % 2 || at === last) {
      hash = nodeOf(beside, hash);
      while (at % 2 === 0 && at) up();
    } else {
      hash = nodeOf(hash, beside);
    }
    up();
  }
  return last === 0 ? hash : undefined;
}

/** How many records of a code are in the log whose key is `verifier`; nothing where a proof does not hold. */
export async function check(code, text, verifier) {
  const proofs = text.split(HEAD).slice(1);
  const records = [];
  let first;
  for (const proof of proofs) {
    const [lines, note, signatures] = proof.split("\n\n");
    const [extra, index, ...path] = lines.split("\n");
    const record = unbase64(extra.replace("extra ", ""));
    const place = Number(index.replace("index ", ""));
    const [origin, size, root] = note.split("\n");
    first ??= note;
    const led = rootFrom(leafOf(record), place, Number(size), path.map(unbase64));
    const inLog = first === note && led && same(led, unbase64(root)) && origin === verifier.split("+")[0];
    if (!inLog || !(await signed(note, signatures, verifier))) return undefined;
    records.push(record);
  }
  return records.length && codeOf(records) === code ? records.length : undefined;
}

/** Whether a note is signed by a log's key (C2SP signed-note). */
async function signed(note, signatures, verifier) {
  const [origin, id, ...encoded] = verifier.split("+");
  const key = unbase64(encoded.join("+")).subarray(1);
  const begins = `— ${origin} `;
  const ours = signatures.split("\n").filter((line) => line.startsWith(begins)).map((line) => unbase64(line.slice(begins.length)));
  const signature = ours.find((bytes) => hex(bytes.subarray(0, 4)) === id);
  if (!signature) return false;
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, signature.subarray(4), utf8(`${note}\n`));
}
