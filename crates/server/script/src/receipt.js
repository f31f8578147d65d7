// Receipts (docs/FORMAT.md §21): the code of records, and the proof that they are in the log.

import { sha256 } from "@noble/hashes/sha2.js";
import { base64, hex, join, number, unbase64, unhex, utf8 } from "./bytes.js";

const SALT = "payamgir receipt ";
const HEAD = "c2sp.org/tlog-proof@v1\n";
const leafOf = (record) => sha256(join(new Uint8Array([0]), record));
const nodeOf = (left, right) => sha256(join(new Uint8Array([1]), left, right));

/** This browser has not what checking takes. */
export class Unable extends Error {}

/** What a record holds: its body's hash and its blobs', as one hash. */
export const content = (body, blobs) => sha256(join(utf8("payamgir content 1"), body, ...blobs));

/** The same, of a record. */
function held(record) {
  const blobs = Array.from({ length: record[46] }, (_, at) => record.subarray(47 + 40 * at, 79 + 40 * at));
  return content(record.subarray(14, 46), blobs);
}

/** The digits of contents, in whatever order, under a salt. */
export function codeOf(salt, contents) {
  const sorted = [...new Set(contents.map(hex))].sort().join("");
  const hash = hex(sha256(join(utf8("payamgir receipt 1"), salt, unhex(sorted))));
  const digits = BigInt(`0x${hash.slice(0, 32)}`).toString().padStart(39, "0");
  const weigh = (sum, digit, at) => {
    const weighed = digit * (at % 2 ? 1 : 2);
    return sum + (weighed > 9 ? weighed - 9 : weighed);
  };
  const sum = [...digits].reverse().map(Number).reduce(weigh, 0);
  return (digits + ((10 - (sum % 10)) % 10)).match(/..../g).join("-");
}

/** Whether an answer is a receipt at all: what stands between may answer in a server's place. */
export const isReceipt = (text) => text.startsWith(SALT);

/** How many records of a code are in the log whose key is `verifier`; nothing where a proof does not hold. */
export async function check(code, text, verifier) {
  try {
    const [salt, ...proofs] = text.split(HEAD);
    const [first, records] = [proofs[0].split("\n\n")[1], []];
    let place = -1;
    for (const proof of proofs) {
      const record = inLog(proof, first, place);
      if (!record || !(await signed(proof, verifier))) return undefined;
      records.push(record);
      place = Number(after("index ", proof.split("\n")[1]));
    }
    const right = codeOf(unbase64(after(SALT, salt).trim()), records.map(held)) === code;
    return right ? records.length : undefined;
  } catch (error) {
    // Whatever cannot be read is no proof.
    if (error instanceof Unable) throw error;
    return undefined;
  }
}

/** What stands behind a word that has to be there. */
function after(word, line) {
  if (!line.startsWith(word)) throw new RangeError(word);
  return line.slice(word.length);
}

/** The record of a proof behind the place of another, if its path leads to the root of a checkpoint's note. */
function inLog(proof, note, before) {
  const [lines, body] = proof.split("\n\n");
  const [extra, index, ...path] = lines.split("\n");
  const [record, place] = [unbase64(after("extra ", extra)), Number(after("index ", index))];
  if (index !== `index ${place}` || !(place > before)) return undefined;
  const [, size, root] = note.split("\n");
  const led = rootFrom(leafOf(record), place, Number(size), path.map(unbase64));
  const says = hex(record.subarray(1, 9)) === hex(number(place, 8));
  return body === note && says && led && base64(led) === root ? record : undefined;
}

/** The root that a path leads to from a leaf (RFC 9162 §2.1.3.2). */
function rootFrom(leaf, index, size, path) {
  if (!(index < size)) return undefined;
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

/** Whether a proof's note is signed by a log's key (C2SP signed-note). */
async function signed(proof, verifier) {
  const [, note, signatures] = proof.split("\n\n");
  const [origin, id, ...encoded] = verifier.split("+");
  const begins = `\u2014 ${origin} `;
  const lines = signatures.split("\n").filter((line) => line.startsWith(begins));
  const ours = lines.map((line) => unbase64(line.slice(begins.length)));
  const signature = ours.find((bytes) => hex(bytes.subarray(0, 4)) === id);
  if (!signature || note.split("\n")[0] !== origin) return false;
  const key = await imported(unbase64(encoded.join("+")).subarray(1));
  return crypto.subtle.verify("Ed25519", key, signature.subarray(4), utf8(`${note}\n`));
}

async function imported(key) {
  try {
    return await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    throw new Unable();
  }
}
