// Sealing: age files to the desk's key, padded as docs/FORMAT.md §2 and §4 say. The parts are typage's own;
// what it offers as a whole brings along recipients that are not used here.

import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeHeader, encodeHeaderNoMAC } from "../node_modules/age-encryption/dist/format.js";
import { HybridRecipient } from "../node_modules/age-encryption/dist/recipients.js";
import { encryptSTREAM } from "../node_modules/age-encryption/dist/stream.js";
import { join, random, utf8 } from "./bytes.js";

const CHUNK = 65536;
const TAG = 16;
const ROOM = 2048;
const FLOOR = 4096;

/** PADMÉ: keeps the leading bits of a length. Plain arithmetic: films are longer than 32 bits. */
export function padme(length) {
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(length / step) * step;
}

/** The size of the sealed file for so many bytes. */
export function sealedSize(length) {
  if (length <= FLOOR) return FLOOR + ROOM + TAG;
  return padme(length + TAG * Math.ceil(length / CHUNK) + ROOM);
}

/** How many zeros make a sealed file of `size` of so many bytes, after a header of `header` bytes. */
function zeros(length, header, size) {
  const room = size - header;
  const chunks = Math.max(1, Math.ceil(room / (CHUNK + TAG)));
  const plain = Math.max(room - chunks * TAG, (chunks - 1) * CHUNK + 1);
  return Math.max(0, plain - length);
}

/** A header and what encrypts after it. */
function begin(recipient) {
  const fileKey = random(16);
  const stanzas = new HybridRecipient(recipient).wrapFileKey(fileKey);
  const mac = hmac(sha256, hkdf(sha256, fileKey, undefined, utf8("header"), 32), encodeHeaderNoMAC(stanzas));
  const nonce = random(16);
  const stream = encryptSTREAM(hkdf(sha256, fileKey, nonce, utf8("payload"), 32));
  return { head: join(encodeHeader(stanzas, mac), nonce), stream };
}

/** A readable stream of these parts, each a function that gives a chunk or nothing when it is at its end. */
function source(parts) {
  return new ReadableStream({
    async pull(controller) {
      while (parts.length) {
        const chunk = await parts[0]();
        if (chunk) return controller.enqueue(chunk);
        parts.shift();
      }
      controller.close();
    },
  });
}

function nothing(count) {
  let left = count;
  return () => {
    const now = Math.min(left, CHUNK);
    left -= now;
    return now ? new Uint8Array(now) : undefined;
  };
}

/**
 * Seals `length` bytes as they are read: gives what comes after one another, the header first.
 * Of the file at most some chunks are held.
 */
export async function* sealStream(recipient, reader, length) {
  const { head, stream } = begin(recipient);
  const read = async () => {
    const { done, value } = await reader.read();
    return done ? undefined : value;
  };
  const padding = nothing(zeros(length, head.length, sealedSize(length)));
  const sealed = source([read, padding]).pipeThrough(stream).getReader();
  yield head;
  for (;;) {
    const { done, value } = await sealed.read();
    if (done) return;
    yield value;
  }
}

/** Seals something small, into a file of `size` where it fits. */
export async function sealBytes(recipient, bytes, size = 0) {
  const { head, stream } = begin(recipient);
  const fits = head.length + TAG + bytes.length <= size;
  const padding = zeros(bytes.length, head.length, fits ? size : sealedSize(bytes.length));
  const once = [bytes];
  const sealed = source([() => once.shift(), nothing(padding)]).pipeThrough(stream).getReader();
  const parts = [head];
  for (;;) {
    const { done, value } = await sealed.read();
    if (done) return join(...parts);
    parts.push(value);
  }
}
