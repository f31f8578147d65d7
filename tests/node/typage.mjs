// typage (npm package age-encryption) on the other side of crates/open/tests/typage.rs.
//
//   node typage.mjs keys                         a new hybrid identity and its recipient, a line each
//   node typage.mjs recipient IDENTITY           the recipient of an identity of ours
//   node typage.mjs seal RECIPIENT IN OUT        seals a file, binary
//   node typage.mjs seal-armored RECIPIENT IN OUT
//   node typage.mjs open IDENTITY IN OUT         opens a file, armoured or binary
//   node typage.mjs unlock PASSPHRASE IN         prints what a passphrase-protected file holds
//   node typage.mjs seal-made RECIPIENT BYTES OUT
//   node typage.mjs seal-made-armored RECIPIENT BYTES OUT
//        seals as it streams so many made-up bytes, the same as `made` in typage.rs gives;
//        prints their SHA-256
//   node typage.mjs open-stream IDENTITY IN SIZE
//        opens as it streams, armoured or binary; prints the SHA-256 of the first SIZE bytes and
//        how many zeros follow; anything else that follows is an error
//
// typage armours whole files only; here its code is given one piece at a time, so that memory
// stays the same whatever the length.

import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Decrypter, Encrypter, armor, generateHybridIdentity, identityToRecipient } from "age-encryption";

const MADE_CHUNK = 1 << 20;
const BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----\n";
const END = "-----END AGE ENCRYPTED FILE-----\n";
/** Bytes in a line of armour, characters in it with its end, and lines taken at a time. */
const [LINE_BYTES, LINE_CHARS, LINES] = [48, 65, 8192];

const commands = {
  async keys() {
    const identity = await generateHybridIdentity();
    return `${identity}\n${await identityToRecipient(identity)}`;
  },
  recipient: identityToRecipient,
  async seal(recipient, from, to) {
    writeFileSync(to, await sealer(recipient).encrypt(readFileSync(from)));
  },
  async "seal-armored"(recipient, from, to) {
    writeFileSync(to, armor.encode(await sealer(recipient).encrypt(readFileSync(from))));
  },
  async open(identity, from, to) {
    writeFileSync(to, await opener(identity).decrypt(sealed(from)));
  },
  async unlock(passphrase, from) {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    return await decrypter.decrypt(sealed(from), "text");
  },
  "seal-made": (recipient, bytes, to) => sealMade(recipient, bytes, to, (stream) => stream),
  "seal-made-armored": (recipient, bytes, to) => sealMade(recipient, bytes, to, armored),
  async "open-stream"(identity, from, size) {
    const hash = createHash("sha256");
    let left = Number(size);
    let zeros = 0;
    const file = isArmored(from) ? Readable.from(dearmored(from)) : createReadStream(from);
    const stream = await opener(identity).decrypt(Readable.toWeb(file));
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      hash.update(bytes.subarray(0, left));
      const padding = bytes.subarray(left);
      if (!padding.equals(Buffer.alloc(padding.length))) throw new Error("padding other than zeros");
      left -= bytes.length - padding.length;
      zeros += padding.length;
    }
    if (left > 0) throw new Error(`${left} bytes are missing`);
    return `${hash.digest("hex")} ${zeros}`;
  },
};

function sealer(recipient) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter;
}

function opener(identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter;
}

/** A sealed file's bytes, out of their armour where they have one. */
function sealed(path) {
  return isArmored(path) ? armor.decode(readFileSync(path, "latin1")) : readFileSync(path);
}

function isArmored(path) {
  const start = Buffer.alloc(5);
  const file = openSync(path, "r");
  readSync(file, start);
  closeSync(file);
  return start.toString() === "-----";
}

async function sealMade(recipient, bytes, to, form) {
  const hash = createHash("sha256");
  const plain = Readable.toWeb(Readable.from(made(Number(bytes), hash)));
  const stream = await sealer(recipient).encrypt(plain);
  await pipeline(form(Readable.fromWeb(stream)), createWriteStream(to));
  return hash.digest("hex");
}

/** The armour around a stream of bytes. */
async function* armored(stream) {
  const lines = (bytes) => armor.encode(bytes).slice(BEGIN.length, -END.length);
  let held = Buffer.alloc(0);
  yield BEGIN;
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk]);
    const whole = held.length - (held.length % LINE_BYTES);
    yield lines(held.subarray(0, whole));
    held = held.subarray(whole);
  }
  yield lines(held);
  yield END;
}

/** The bytes of an armoured file. */
async function* dearmored(path) {
  let held = "";
  for await (const text of createReadStream(path, "latin1")) {
    held += text;
    while (held.length > BEGIN.length + LINES * LINE_CHARS + END.length) {
      const end = BEGIN.length + LINES * LINE_CHARS;
      yield armor.decode(held.slice(0, end) + END);
      held = BEGIN + held.slice(end);
    }
  }
  yield armor.decode(held);
}

/** Xorshift numbers in chunks that each begin with their own number; `hash` sees them pass. */
function* made(total, hash) {
  const block = Buffer.alloc(MADE_CHUNK);
  for (let at = 0, x = 1; at < block.length; at += 4) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    block.writeInt32LE(x, at);
  }
  for (let number = 0; number * MADE_CHUNK < total; number += 1) {
    block.writeUInt32LE(number, 0);
    const chunk = Buffer.from(block.subarray(0, total - number * MADE_CHUNK));
    hash.update(chunk);
    yield chunk;
  }
}

const [command, ...args] = process.argv.slice(2);
const said = await commands[command](...args);
if (said !== undefined) console.log(said);
