// Asking the server. The worker's own address is of no server: it is told where the page is from.

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "./bytes.js";

/** A proof that found no room is good again, some times. */
const HELD = 5;

let base = "";
let pass;
let busy = () => {};
/** A proof that was not taken, how often; and a turn that comes a little later. */
let held;
let turn;

export const from = (origin) => (base = origin);
/** The digits that a desk gave out, to be let in by, and who is told that there is work to do first. */
export const bring = (digits, told) => ([pass, busy] = [digits, told]);

/** As `once`; where the server is flooded, with the work that it asks for, or later by a turn. */
export async function ask(path, options) {
  if (options?.method !== "POST") return once(path, options);
  const send = () => {
    const brought = { Pass: pass, Turn: turn, Proof: held?.proof };
    const some = Object.entries(brought).filter(([, value]) => value);
    return once(path, { ...options, headers: { ...options.headers, ...Object.fromEntries(some) } });
  };
  let answer = await send();
  if (asks(answer) && !held) {
    busy();
    const proof = solve(answer.headers.get("Challenge"));
    held = proof && { proof, times: 0 };
    if (held) answer = await send();
  }
  if (!asks(answer)) [held, turn] = [];
  else if (held && ++held.times > HELD) held = undefined;
  turn = answer.headers.get("Turn") ?? turn;
  return answer;
}

const asks = (answer) => answer.status === 503 && answer.headers.has("Challenge");

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
