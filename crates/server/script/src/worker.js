// The worker's half: seals and sends, so that the page stays awake. It holds words and files no longer than
// that takes.

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, join, random, unhex } from "./bytes.js";
import * as codename from "./codename.js";
import { ask, bring, from } from "./net.js";
import { codeOf, content } from "./receipt.js";
import * as piece from "./piece.js";
import { sealStream, sealedSize } from "./seal.js";
import { Gone, Refused, Upload, patiently, refused } from "./tus.js";

/** How often a file is begun. */
const BEGINNINGS = 3;

const tell = (what, more) => postMessage({ what, ...more });
const broken = (is) => tell("line", { broken: is });

/** Which jobs there are, by name. */
const jobs = { send, file, block, grow, answers };

/** Does what the page asks for. */
export function work() {
  self.onmessage = async ({ data }) => {
    from(data.origin);
    try {
      tell("done", { result: await jobs[data.job](data) });
    } catch (error) {
      tell("failed", { status: error instanceof Refused ? error.status : 0, pass: error?.pass });
    }
  };
}

const keyOf = ({ recipient, epoch }) => ({ recipient, epoch: unhex(epoch) });

/** Seals a text and files, and sends each before the next; a text is at the desk before the first file begins. */
async function send({ key, language, text, files, words, founding, most, continues, receipt, pass }) {
  bring(pass, () => broken(503));
  const to = keyOf(key);
  const [earlier, next] = (continues ?? "").split(".");
  const group = next ? unhex(earlier) : random(16);
  let index = Number(next ?? 0);
  let extra = words ? codename.fields(codename.grow(words, unhex(founding))) : {};
  const common = () => {
    const said = { ...piece.common(group, "web", language, index), ...extra };
    index += 1;
    return said;
  };
  const contents = [];
  // Where answers go is in the first part that was taken.
  const taken = () => (extra = {});
  for (const part of piece.texts(well(text))) {
    const entry = await piece.sealPart(to, common(), { kind: "text", text: part });
    await handIn(piece.alone(to.epoch, entry), {});
    contents.push(content(sha256(entry), []));
    taken();
  }
  if (text) tell("text");
  const fates = [];
  for (const [place, one] of files.entries()) {
    tell("file", { place, sent: 0, size: sealedSize(one.size) });
    const fate = one.size > most ? "large" : await sendFile(to, common, one, place, contents);
    if (fate === "sealed") taken();
    fates.push(fate);
  }
  const continued = `${hex(group)}.${index}`;
  const given = receipt && contents.length ? await receiptOf(contents) : undefined;
  return { reference: piece.reference(group), fates, text: Boolean(text), continued, given };
}

/** The digits of a receipt for what was taken, and the seconds until it can be checked; nothing where there is none. */
async function receiptOf(contents) {
  const salt = random(16);
  const body = join(salt, ...contents);
  const given = () => ask("/receipts", { method: "POST", body });
  const answer = await patiently(given, broken, (status) => status >= 500 && status !== 507);
  // What stands between may answer too; who answers in the server's place knows no time.
  const seconds = answer.status === 200 ? Number(answer.headers.get("Retry-After")) : 0;
  return seconds ? { digits: codeOf(salt, contents), seconds } : undefined;
}

/** Text that any JSON can hold: halves of letters that some keyboards leave are marked. */
const well = (text) => text.replace(/\p{Cs}/gu, "\uFFFD");

/** One file; from its beginning again, some times, where the server has forgotten it. */
async function sendFile(key, common, file, place, contents) {
  let said;
  for (let begun = 1; ; begun += 1) {
    const size = sealedSize(file.size);
    const upload = new Upload(size, { broken, sent: (sent) => tell("file", { place, sent, size }) });
    try {
      const hash = sha256.create();
      // The size may be some bytes more, where it cannot be met exactly.
      const parts = sealStream(key.recipient, file.stream().getReader(), file.size);
      await upload.begin();
      for await (const part of parts) {
        hash.update(part);
        await upload.write(part);
      }
      await upload.flush();
      const blob = hex(hash.digest());
      const attachment = { kind: "attachment", blob, size: file.size, media_type: well(file.type), name: well(file.name), cut: false };
      said ??= common();
      const entry = await piece.sealPart(key, said, attachment);
      await handIn(piece.alone(key.epoch, entry), { Upload: upload.address, Blob: blob });
      contents.push(content(sha256(entry), [unhex(blob)]));
      return "sealed";
    } catch (error) {
      upload.drop();
      if (error instanceof Gone && begun < BEGINNINGS) continue;
      // A pass that is none is said, where no text was taken that would be sent twice.
      if (error instanceof Refused && error.pass && !contents.length) throw error;
      if (error instanceof Refused && error.status === 507) return "full";
      if (error instanceof Refused && error.status === 413) return "large";
      return "lost";
    }
  }
}

async function handIn(body, headers) {
  const bring = () => ask("/sealed", { method: "POST", body, headers });
  const answer = await patiently(bring, broken, (status) => status >= 500 && status !== 507);
  if (headers.Upload && answer.status === 404) throw new Gone();
  if (answer.status !== 200) throw refused(answer);
}

/** Seals a text and files into one file. Some browsers hold all of it in memory. */
async function file({ key, language, text, files }) {
  const to = keyOf(key);
  const group = random(16);
  const out = [];
  let index = 0;
  for (const part of piece.texts(well(text))) {
    const entry = await piece.sealPart(to, piece.common(group, "carried", language, index), { kind: "text", text: part });
    out.push(new Blob([piece.alone(to.epoch, entry)]));
    index += 1;
  }
  for (const [place, one] of files.entries()) {
    out.push(...(await carriedFile(to, piece.common(group, "carried", language, index), one, place)));
    index += 1;
  }
  return new Blob(out);
}

async function carriedFile(key, common, one, place) {
  const hash = sha256.create();
  const blobs = [];
  let [held, size] = [[], 0];
  for await (const part of sealStream(key.recipient, one.stream().getReader(), one.size)) {
    hash.update(part);
    held.push(part);
    size += part.length;
    if (held.length === 64) {
      blobs.push(new Blob(held));
      held = [];
      tell("file", { place, sent: size, size: sealedSize(one.size) });
    }
  }
  blobs.push(new Blob(held));
  const attachment = { kind: "attachment", blob: hex(hash.digest()), size: one.size, media_type: well(one.type), name: well(one.name), cut: false };
  const entry = await piece.sealPart(key, common, attachment);
  const head = piece.head(key.epoch, entry, size);
  const sum = sha256.create().update(head);
  for (const blob of blobs) sum.update(new Uint8Array(await blob.arrayBuffer()));
  return [new Blob([head]), ...blobs, new Blob([sum.digest()])];
}

/** Seals a text into a block to be pasted. */
async function block({ key, language, text }) {
  const to = keyOf(key);
  const group = random(16);
  const pieces = [];
  for (const [index, part] of piece.texts(well(text)).entries()) {
    const entry = await piece.inBlock(to, piece.common(group, "carried", language, index), { kind: "text", text: part });
    pieces.push(piece.alone(to.epoch, entry));
  }
  return piece.block(pieces);
}

/** The keys of eight words, for who asks again soon. */
async function grow({ words, founding }) {
  return codename.grow(words, unhex(founding));
}

/** What waits for eight words, after one was removed; opened here. */
async function answers({ grown, remove }) {
  if (remove) {
    const gone = await ask("/answers/remove", { method: "POST", body: join(grown.ticket, unhex(remove)) });
    if (!gone.ok) throw new Refused(gone.status);
  }
  const answer = await ask("/answers", { method: "POST", body: grown.ticket });
  if (!answer.ok) throw new Refused(answer.status);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const replies = new Map();
  for (let at = 0; at + 8192 <= bytes.length; at += 8192) {
    const opened = await codename.open(grown.seed, bytes.slice(at, at + 8192));
    if (!opened) continue;
    const known = replies.get(opened.reply);
    replies.set(opened.reply, { id: opened.reply, at: opened.at, text: (known?.text ?? "") + opened.text });
  }
  return [...replies.values()];
}
