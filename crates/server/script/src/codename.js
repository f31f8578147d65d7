// Codenames (docs/FORMAT.md §19): read as a person types them, and what grows from them.

import { argon2id } from "@noble/hashes/argon2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { parseHeader } from "../node_modules/age-encryption/dist/format.js";
import { decryptSTREAM } from "../node_modules/age-encryption/dist/stream.js";
import { HybridIdentity } from "../node_modules/age-encryption/dist/recipients.js";
import { base64url, hex, join, random, utf8 } from "./bytes.js";

const WORDS = 8;
const MEMORY_KIB = 32 * 1024;
const PASSES = 3;

const FOLD = { ي: "ی", ى: "ی", ئ: "ی", ك: "ک", ة: "ه", ۀ: "ه", "\u06d5": "ه", آ: "ا", أ: "ا", إ: "ا", ٱ: "ا", ؤ: "و" };
const MARKS = /[\u0640\u064B-\u065F\u0670\u200B-\u200F\u2066-\u2069]/g;

const fold = (word) => Array.from(word.replace(MARKS, "").toLowerCase(), (letter) => FOLD[letter] ?? letter).join("");
const HEARD = { ص: "س", ث: "س", ذ: "ز", ض: "ز", ظ: "ز", ط: "ت", غ: "ق", ح: "ه", ع: "ا", ء: "ا" };
const sound = (word) => Array.from(fold(word), (letter) => HEARD[letter] ?? letter).join("");
const ascii = (text) => text.replace(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) % 16));

/** Eight words of a list. */
export function draw(list) {
  const numbers = new Uint16Array(random(2 * WORDS).buffer);
  return Array.from(numbers, (number) => list[number % list.length]);
}

/** Letters added, left out, changed, or exchanged with their neighbour. */
function distance(a, b) {
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, last[j] + 1, row[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

function near(typed, list) {
  const word = fold(typed);
  const found = list.map((one) => [distance(word, fold(one)), one]).filter(([off, one]) => off <= Math.min(2, one.length / 2));
  return found.sort(([a], [b]) => a - b).slice(0, 3).map(([, one]) => one);
}

/** All ways to cut letters into eight words; two are as good as many. */
function together(letters, known) {
  const found = [];
  let tries = 0;
  const cut = (at, words) => {
    tries += 1;
    if (words.length === WORDS || found.length > 1 || tries > 20000) {
      if (words.length === WORDS && at === letters.length) found.push(words);
      return;
    }
    for (let end = at + 1; end <= Math.min(letters.length, at + 10); end += 1) {
      const word = known.get(letters.slice(at, end));
      if (word) cut(end, [...words, word]);
    }
  };
  cut(0, []);
  return found.length === 1 ? found[0] : undefined;
}

/**
 * The eight words that were typed, as `words`; else which are `unknown` and what they may be, or nothing where
 * they are not eight.
 */
export function read(typed, list) {
  const known = new Map(list.map((word) => [fold(word), word]));
  const tokens = ascii(typed).match(/[\p{L}\p{M}\u200C\u200D\u0640]+|[0-9]+/gu) ?? [];
  const words = tokens.filter((token) => !/^[0-9]/.test(token));
  if (tokens.length === 2 * WORDS && words.length === WORDS) {
    const placed = [];
    for (let at = 0; at < tokens.length; at += 2) placed[Number(tokens[at]) - 1] = tokens[at + 1];
    if (placed.length === WORDS && Object.keys(placed).length === WORDS) words.splice(0, WORDS, ...placed);
  }
  if (words.length !== WORDS) return { words: together(words.map(fold).join(""), known) };
  const heard = new Map(list.map((word) => [sound(word), word]));
  const found = words.map((word) => known.get(fold(word)) ?? heard.get(sound(word)));
  const unknown = words.map((word, place) => ({ place: place + 1, word })).filter((_, place) => !found[place]);
  if (!unknown.length) return { words: found };
  return { unknown: unknown.map(({ place, word }) => ({ place, near: near(word, list) })) };
}

/** What eight words open at the desk of this founding. */
export function grow(words, founding) {
  const salt = sha256(join(utf8("payamgir codename 1"), founding));
  const secret = argon2id(utf8(words.join(" ")), salt, { m: MEMORY_KIB, t: PASSES, p: 1, dkLen: 32 });
  const seed = hkdf(sha256, secret, undefined, utf8("payamgir dropbox key 1"), 32);
  const ticket = hkdf(sha256, secret, undefined, utf8("payamgir dropbox ticket 1"), 32);
  const id = sha256(join(utf8("payamgir dropbox id 1"), ticket)).subarray(0, 16);
  return { seed, ticket, id };
}

/** The public half, as an entry carries it. */
export function fields({ seed, id }) {
  const { publicKey } = MLKEM768X25519.keygen(seed);
  return { dropbox: hex(id), dropbox_key: base64url(publicKey) };
}

/** Opens a sealed answer; nothing where it is another's, or damaged. */
export async function open(seed, sealed) {
  try {
    const identity = Object.assign(Object.create(HybridIdentity.prototype), { identity: seed });
    const { stanzas, rest } = await parseHeader(stream(sealed));
    const fileKey = identity.unwrapFileKey(stanzas);
    if (!fileKey) return undefined;
    const bytes = await all(rest);
    const key = hkdf(sha256, fileKey, bytes.subarray(0, 16), utf8("payload"), 32);
    const plain = await all(stream(bytes.subarray(16)).pipeThrough(decryptSTREAM(key)));
    const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0);
    return JSON.parse(new TextDecoder().decode(plain.subarray(4, 4 + length)));
  } catch {
    return undefined;
  }
}

const stream = (bytes) => new Response(bytes).body;
const all = async (readable) => new Uint8Array(await new Response(readable).arrayBuffer());
