// Asking the server. The worker's own address is of no server: it is told where the page is from.

let base = "";

export const from = (origin) => (base = origin);
export const ask = (path, options) => fetch(base + path, options);
