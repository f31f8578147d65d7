// Asking the server. The worker's own address is of no server: it is told where the page is from.

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "./bytes.js";

let base = "";
let pass;

export const from = (origin) => (base = origin);
/** The digits that a desk gave out, to be let in by. */
export const bring = (digits) => (pass = digits);

/** As `once`; where the server is flooded, with the work that it asks for. */
export async function ask(path, options) {
  const brought = options?.method === "POST" && pass ? { Pass: pass } : {};
  const headers = { ...options?.headers, ...brought };
  const answer = await once(path, { ...options, headers });
  const challenge = answer.status === 503 && answer.headers.get("Challenge");
  const proof = challenge && solve(challenge);
  return proof ? once(path, { ...options, headers: { ...headers, Proof: proof } }) : answer;
}

/** As `fetch`; given up when the network comes back, because what was under way is on a line that is gone. */
async function once(path, options) {
  const given = new AbortController();
  const up = () => given.abort();
  self.addEventListener("online", up);
  try {
    return await fetch(base + path, { ...options, signal: given.signal });
  } finally {
    self.removeEventListener("online", up);
  }
}

/** More hashes than that no server of ours asks for. */
const MOST = 5_000_000;

/** The number that a challenge asks for (ALTCHA). */
function solve(challenge) {
  const { maxnumber, ...asked } = JSON.parse(atob(challenge));
  for (let number = 0; number <= Math.min(maxnumber, MOST); number += 1) {
    if (hex(sha256(utf8(asked.salt + number))) === asked.challenge) return btoa(JSON.stringify({ ...asked, number }));
  }
  return undefined;
}
