// Entries (docs/FORMAT.md §3) and pieces (§20).

import { sha256 } from "@noble/hashes/sha2.js";
import { base64, hex, join, number, utf8 } from "./bytes.js";
import { sealBytes } from "./seal.js";

/** Most bytes of a text inside JSON. */
const TEXT_BYTES = 48 * 1024;
const MAGIC = utf8("PGS1");
/** Bytes of a piece that fits, as a block, one message of the strictest messenger that takes one. */
export const BLOCK_PIECE = 2952;
const OVERHEAD = 4 + 32 + 4 + 8 + 32;

/** What stands before a sealed blob of `blob` bytes. */
export function head(epoch, entry, blob) {
  return join(MAGIC, epoch, number(entry.length, 4), entry, number(blob, 8));
}

/** A whole piece without a blob. */
export function alone(epoch, entry) {
  const bytes = head(epoch, entry, 0);
  return join(bytes, sha256(bytes));
}

/** Seals one part. `size` is that of a smaller class, where the part fits it. */
export function sealPart(key, common, part, size) {
  const { kind, ...rest } = part;
  const json = utf8(JSON.stringify({ v: 1, kind, ...common, ...rest }));
  return sealBytes(key.recipient, join(number(json.length, 4), json), size);
}

export const inBlock = (key, common, part) => sealPart(key, common, part, BLOCK_PIECE - OVERHEAD);

/** A text cut into pieces that fit an entry: at line ends where one is near. */
export function texts(text) {
  const pieces = [];
  let rest = text;
  while (rest) {
    const end = pieceEnd(rest);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return pieces;
}

function pieceEnd(text) {
  let used = 0;
  let lineEnd = 0;
  let at = 0;
  for (const letter of text) {
    used += utf8(JSON.stringify(letter)).length - 2;
    if (used > TEXT_BYTES) return lineEnd > at / 2 ? lineEnd : at;
    at += letter.length;
    if (letter === "\n") lineEnd = at;
  }
  return text.length;
}

/** The number a source and a desk can speak of. */
export function reference(group) {
  let number = 0n;
  for (const byte of group.subarray(0, 8)) number = (number << 8n) | BigInt(byte);
  const digits = String(number % 1000000000n).padStart(9, "0");
  return digits.match(/.../g).join("-");
}

/** Pieces as a block of text. */
export function block(pieces) {
  const lines = base64(join(...pieces)).match(/.{1,64}/g);
  return ["-----BEGIN PAYAMGIR MESSAGE-----", ...lines, "-----END PAYAMGIR MESSAGE-----", ""].join("\n");
}

/** What all parts of one submission say. */
export function common(group, channel, language, index) {
  return { group: hex(group), index, arrived: Math.floor(Date.now() / 1000), channel, language };
}
