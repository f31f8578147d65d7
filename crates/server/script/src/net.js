// Asking the server. The worker's own address is of no server: it is told where the page is from.

let base = "";

export const from = (origin) => (base = origin);

/** As `fetch`; given up when the network comes back, because what was under way is on a line that is gone. */
export async function ask(path, options) {
  const given = new AbortController();
  const up = () => given.abort();
  self.addEventListener("online", up);
  try {
    return await fetch(base + path, { ...options, signal: given.signal });
  } finally {
    self.removeEventListener("online", up);
  }
}
