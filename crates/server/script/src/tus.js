// Sealed bytes to the server over tus 1.0, however often the line breaks.

import { ask } from "./net.js";

/** A part begins small and grows while the line is good. */
const [SMALLEST, LARGEST] = [128 << 10, 2 << 20];
const TUS = { "Tus-Resumable": "1.0.0" };
const [FIRST, LONGEST] = [1000, 30000];

/** The server has the upload no longer: it begins again. */
export class Gone extends Error {}
/** The server refuses, and will again. */
export class Refused extends Error {
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

/** Why an answer is a refusal: with what it says of a pass. */
export const refused = (answer) => Object.assign(new Refused(answer.status), { pass: answer.headers?.get("Pass") });

/** What passes: proxies and servers that stop say so in many ways. */
const again = (status) => status >= 500 || [400, 408, 409, 423, 425, 429].includes(status);
/** As often nothing may come of it; after that it is no line's fault, and who waits should know. */
const [TRIES, BUSY] = [40, 8];
/** The server has more to do than it bears. */
const OCCUPIED = 503;

/** Tries until it is answered: a line that breaks is waited for. `broken` is told when it waits, and of what: a
 * status where the server said no, true where nobody answered. */
export async function patiently(act, broken, passes = again) {
  let refusals = 0;
  for (let wait = FIRST; ; wait = Math.min(wait * 2, LONGEST)) {
    let why = true;
    try {
      const answer = await act();
      refusals += 1;
      why = answer.status === OCCUPIED ? OCCUPIED : true;
      const over = !passes(answer.status) || answer.headers?.get("Pass") || refusals > (why === true ? TRIES : BUSY);
      if (over) {
        broken(false);
        return answer;
      }
    } catch (error) {
      // A line that broke is a TypeError, one that was given up for a new one an AbortError.
      if (!(error instanceof TypeError) && error?.name !== "AbortError") throw error;
    }
    broken(why);
    await pause(wait);
  }
}

/** A while, or until the network is back. */
function pause(wait) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, wait);
    function done() {
      clearTimeout(timer);
      self.removeEventListener("online", done);
      resolve();
    }
    self.addEventListener("online", done);
  });
}

/** An upload of `length` bytes: takes them in order, and gives its address. */
export class Upload {
  constructor(length, { broken, sent }) {
    Object.assign(this, { length, broken, sent, parts: [], held: 0, offset: 0, part: SMALLEST });
  }

  async begin() {
    const headers = { ...TUS, "Upload-Length": String(this.length) };
    const begin = () => ask("/upload", { method: "POST", headers });
    // No room is an answer; too many at once passes.
    const answer = await patiently(begin, this.broken, (status) => again(status) && status !== 507);
    if (answer.status !== 201) throw refused(answer);
    this.address = answer.headers.get("Location");
  }

  /** Takes bytes; sends them once they are a part. */
  async write(bytes) {
    this.parts.push(bytes);
    this.held += bytes.length;
    if (this.held >= this.part) await this.flush();
  }

  /** Sends what is held, from where the server is. Held is only what was not acknowledged. */
  async flush() {
    const whole = new Blob(this.parts);
    const start = this.offset;
    const end = start + whole.size;
    let known = true;
    // Small parts at the beginning, and after one that failed: a busy server takes those first.
    let small = this.part === SMALLEST;
    let tried = false;
    while (this.offset < end) {
      const send = async () => {
        if (!known) await this.ask();
        tried ||= !known;
        known = false;
        if (this.offset >= end) return { status: 204 };
        const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.offset) };
        const answer = await ask(this.address, { method: "PATCH", headers, body: whole.slice(this.offset - start, small || tried ? this.offset - start + SMALLEST : end) });
        if (answer.status === 404) throw new Gone();
        if (answer.status === 204) this.offset = Number(answer.headers.get("Upload-Offset"));
        return answer;
      };
      const before = this.offset;
      const answer = await patiently(send, this.broken, (status) => again(status) && status !== 507);
      if (answer.status !== 204) throw new Refused(answer.status);
      known = true;
      // What came of a line that broke counts too, and the next part is small again.
      if (this.offset === before && before < end) throw new Refused(0);
    }
    this.parts = [];
    this.held = 0;
    this.part = tried ? SMALLEST : Math.min(this.part * 2, LARGEST);
    this.sent(this.offset);
  }

  async ask() {
    const answer = await ask(this.address, { method: "HEAD", headers: TUS });
    if (answer.status === 404) throw new Gone();
    if (!answer.ok) throw new TypeError(`${answer.status}`);
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  /** No more of it: best effort, else it expires. */
  drop() {
    if (this.address) ask(this.address, { method: "DELETE", headers: TUS }).catch(() => {});
  }
}
