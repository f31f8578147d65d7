// The page's half: takes over the forms, shows how far it is, and says which way was taken.

import { draw, read } from "./codename.js";
import { Unable, check, isReceipt } from "./receipt.js";

const at = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/** This very script, for the worker: out of itself, so that a slow line carries it once. */
const address = () => URL.createObjectURL(new Blob([`(${__SOURCE__})()`], { type: "text/javascript" }));

/** What the page says of sealing: in itself where it is carried, else fetched once. */
let said;

function worker(job, heard = () => {}) {
  const url = address();
  const running = new Worker(url);
  return new Promise((resolve, reject) => {
    running.onerror = () => reject({ status: 0 });
    const over = () => {
      running.terminate();
      URL.revokeObjectURL(url);
    };
    running.onmessage = ({ data }) => {
      if (data.what === "done") resolve(data.result);
      else if (data.what === "failed") reject(data);
      else return heard(data);
      over();
      return undefined;
    };
    running.postMessage({ ...job, origin: location.origin });
  });
}

export async function start() {
  // Who sends before the words are here sends the plain way, and once.
  let plain = false;
  const watch = (event) => {
    if (plain) event.preventDefault();
    plain = true;
  };
  addEventListener("submit", watch);
  const here = at("#sealing");
  said = here ?? (await fetched());
  if (!said || plain || !able()) return;
  removeEventListener("submit", watch);
  const language = document.documentElement.lang;
  const data = said.dataset;
  const key = { recipient: data.recipient, epoch: data.epoch };
  const setting = { key, language, founding: data.founding, most: Number(data.most) };
  if (here) return offline(at("form"), setting);
  const form = at("form[data-seal]");
  if (form) online(form, setting);
  const door = at("form[data-door]");
  if (door) comeBack(door, setting);
  const receipt = at("form[data-check]");
  if (receipt) checkReceipt(receipt);
  return undefined;
}

/** Whether this browser has what sealing needs. */
const able = () => typeof TransformStream === "function" && typeof Worker === "function" && Boolean(Blob.prototype.stream);

async function fetched() {
  try {
    const answer = await fetch(`/${document.documentElement.lang}/sealing`);
    if (!answer.ok) return undefined;
    return at("#sealing", new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    return undefined;
  }
}

const word = (name) => at(`[data-word="${name}"]`, said).textContent;
const fill = (name, values) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), word(name));
const numbered = (value) => new Intl.NumberFormat(said.dataset.numbers, { useGrouping: true }).format(value);
const localized = (text) => text.replace(/[0-9]/g, (digit) => said.dataset.digits[digit]);

/** The line that says which way is taken. */
function which(name = "way") {
  const line = at("#way");
  line.textContent = word(name);
  line.dataset.way = "sealed";
  // What is true of the plain way alone.
  all("[data-plain]").forEach((one) => (one.hidden = true));
}

/** The words of a list. */
async function list(name = said.dataset.list) {
  const answer = await fetch(`/words/${name}`);
  const words = (await answer.text()).trim().split("\n");
  // Whatever else answers in its place, a gate or a proxy, is no list.
  if (!answer.ok || new Set(words).size !== 2048) throw new TypeError("no list");
  return words;
}

function online(form, setting) {
  which();
  ownWords(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, setting);
  });
}

/** Once the words are looked at, others are drawn here, which the server has never had. */
function ownWords(form) {
  const details = at("details[data-words]", form);
  details?.addEventListener("toggle", async () => {
    if (!details.open || details.dataset.own) return;
    details.dataset.own = "1";
    const eight = at("ol.eight", details);
    const shown = all("bdi", eight);
    // Nobody is to learn words that change under their eyes.
    eight.style.visibility = "hidden";
    try {
      const words = draw(await list());
      words.forEach((one, place) => (shown[place].textContent = one));
      at("[name=codename]", form).value = words.join(" ");
    } catch {
      // Those of the server stay.
    }
    eight.style.visibility = "";
  });
}

function gather(form) {
  const text = at("[name=text]", form).value;
  const files = [...(at("[name=files]", form)?.files ?? [])];
  return { text: /\S/.test(text) ? text : "", files };
}

async function send(form, setting) {
  const { text, files } = gather(form);
  if (!text && !files.length) return wrong(form, "empty");
  if ([...text.replace(BLOCK, "")].length > Number(said.dataset.chars)) return wrong(form, "long");
  const chosen = at("[name=answerable]", form);
  const asked = chosen && (chosen.type === "hidden" || chosen.checked);
  // What is sealed already is not sealed again: the server knows it. Nothing that is not sealed goes with it.
  if (text.includes("BEGIN PAYAMGIR MESSAGE")) {
    const alone = !text.replace(BLOCK, "").trim() && !files.length && !asked;
    return alone ? form.submit() : wrong(form, "block-alone");
  }
  const words = asked ? at("[name=codename]", form).value.split(" ") : undefined;
  const progress = show(form, files.length);
  const heard = (data) => progress.heard(data);
  try {
    const continues = at("[name=continues]", form)?.value;
    const pass = typed(at("[name=pass]", form)?.value ?? "");
    const receipt = Boolean(at("[name=receipt]", form)?.checked);
    const result = await worker({ job: "send", ...setting, text, files, words, continues, receipt, pass }, heard);
    progress.over();
    if (!result.text && !result.fates.includes("sealed")) {
      progress.end();
      return wrong(form, result.fates[0]);
    }
    finish({ ...result, receipt, pass }, words, setting);
  } catch ({ status, pass: refused }) {
    progress.end();
    wrong(form, refused ? `pass-${refused}` : ({ 507: "full", 503: "busy" }[status] ?? "failed"));
  }
  return undefined;
}

/** A sealed message in a text, or what there is of one; messengers make long dashes of short ones. */
const BLOCK = /[-\u2010-\u2015\s]*BEGIN PAYAMGIR MESSAGE(?:(?!BEGIN PAYAMGIR)[^])*?(?:END PAYAMGIR MESSAGE[-\u2010-\u2015\s]*|$)/g;

/** How far it is: in words, and as a bar that programs read too. */
function show(form, count) {
  all("button, textarea, input", form).forEach((field) => (field.disabled = true));
  const box = at("[data-progress]", said).cloneNode(true);
  const [line, bar] = [at("[data-line]", box), at("progress", box)];
  form.append(box);
  line.textContent = word("sending");
  box.scrollIntoView({ block: "nearest" });
  const leave = (event) => event.preventDefault();
  const over = () => removeEventListener("beforeunload", leave);
  if (count || !form.matches("[data-door]")) addEventListener("beforeunload", leave);
  // The way out is never asked about.
  at(".exit")?.addEventListener("click", over, { capture: true });
  return {
    over,
    heard(data) {
      if (data.what === "text") line.textContent = word("text-sent");
      if (data.what === "line") {
        at("[data-broken-line]", box).hidden = data.broken !== true;
        at("[data-busy-line]", box).hidden = data.broken !== 503;
      }
      if (data.what !== "file") return;
      const percent = Math.floor((100 * data.sent) / data.size);
      line.textContent = fill("file-sent", { n: numbered(data.place + 1), of: numbered(count), percent: numbered(percent) });
      bar.hidden = false;
      bar.value = percent;
    },
    end() {
      over();
      box.remove();
      all("button, textarea, input", form).forEach((field) => (field.disabled = false));
    },
  };
}

function wrong(form, name, lines = []) {
  at(".alert", form)?.remove();
  const alert = document.createElement("p");
  alert.className = "alert";
  alert.setAttribute("role", "alert");
  alert.textContent = lines.length ? "" : word(name);
  for (const line of lines) {
    const one = document.createElement("span");
    one.textContent = line;
    alert.append(one, document.createElement("br"));
  }
  form.prepend(alert);
  alert.scrollIntoView({ block: "center" });
}

/** The page that says what arrived. */
function finish({ reference, fates, text, continued, receipt, given, pass }, words, setting) {
  const main = at("template", said).content.cloneNode(true);
  const whole = fates.every((fate) => fate === "sealed");
  at("[data-whole]", main).hidden = !whole;
  at("[data-part]", main).hidden = whole;
  at("[data-text]", main).textContent = word(text ? "sealed" : "none");
  const parts = at("ul.parts", main);
  fates.forEach((fate, place) => {
    const row = document.createElement("li");
    const [name, what] = [document.createElement("span"), document.createElement("b")];
    name.textContent = fill("file", { n: numbered(place + 1) });
    what.textContent = word(fate === "full" ? "lost" : fate);
    what.className = fate === "sealed" ? "" : "lost";
    row.append(name, " ", what);
    parts.append(row);
  });
  if (fates.includes("full")) {
    at("[data-part]", main).append(Object.assign(document.createElement("p"), { textContent: word("full") }));
  }
  at("[data-reference]", main).textContent = localized(reference);
  const eight = at("[data-eight]", main);
  if (words) all("ol.eight bdi", eight).forEach((one, place) => (one.textContent = words[place]));
  else eight.remove();
  if (at("[data-receipt]", main)) showReceipt(main, receipt, given);
  if (given) at("[data-more]", main).hidden = whole;
  const rest = at("[data-rest]", main);
  if (whole) rest.remove();
  replace(main);
  if (whole) return;
  const form = at("form[data-seal]");
  form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name: "continues", value: continued }));
  if (at("[name=pass]", form)) at("[name=pass]", form).value = pass;
  if (given) Object.assign(at("[name=receipt]", form), { checked: true }).closest("details").open = true;
  if (words) {
    at("[name=codename]", form).value = words.join(" ");
  } else {
    at("#answer", form).closest(".row").remove();
  }
  online(form, setting);
}

function showReceipt(main, receipt, given) {
  const [yours, none] = [at("[data-receipt]", main), at("[data-no-receipt]", main)];
  if (!receipt || given) none.remove();
  if (!given) return yours.remove();
  const groups = localized(given.digits).split("-");
  all("bdi", yours).forEach((group, place) => (group.textContent = groups[place]));
  const wait = at("[data-wait]", yours);
  wait.textContent = wait.textContent.replace("{n}", numbered(Math.ceil(given.seconds / 60)));
  return undefined;
}

function replace(main) {
  // No leaving is asked about any more, and nothing of the form stays in the page.
  const leave = at("main");
  leave.replaceChildren(main);
  // Another language would lose what is shown here.
  at(".langs")?.remove();
  scrollTo(0, 0);
  const heading = all("h1", leave).find((one) => !one.closest("[hidden]"));
  document.title = `${heading.textContent} – ${document.title}`;
  heading.tabIndex = -1;
  heading.focus();
}

/** The door for who comes back: the words stay in this browser. */
function comeBack(form, setting) {
  which("way-door");
  form.addEventListener("submit", async (event) => {
    const typed = at("[name=codename]", form).value;
    event.preventDefault();
    const progress = show(form, 0);
    at("[data-line]", form).textContent = word("opening");
    try {
      const { words, unknown } = read(typed, await list(isLatin(typed) ? "en.txt" : "fa.txt"));
      if (!words) {
        progress.end();
        return mistaken(form, unknown);
      }
      const grown = await worker({ job: "grow", words, founding: setting.founding });
      progress.over();
      await visit(grown, words, setting);
    } catch {
      progress.end();
      wrong(form, "door-failed");
    }
    return undefined;
  });
}

/** What of a receipt is another page of the server's: that it waits, is unknown, or is none. */
const SAID = [202, 404, 410, 422];

/** A receipt is checked here, wherever this browser can. */
function checkReceipt(form) {
  form.dataset.check = "here";
  const button = at("button", form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    at(".alert", form)?.remove();
    foundOut(word("receipt-check"));
    try {
      await looked(form);
    } catch (error) {
      if (error instanceof Unable) form.submit();
      else wrong(form, "door-failed");
    } finally {
      button.disabled = false;
    }
  });
}

async function looked(form) {
  const digits = digitsOf(at("[name=receipt]", form).value);
  // What is written in another way the server can read.
  if (digits.length !== 40) return form.submit();
  const code = digits.match(/..../g).join("-");
  const answer = await fetch("/receipt", { method: "POST", body: code });
  if (SAID.includes(answer.status)) return form.submit();
  const text = await answer.text();
  if (answer.status !== 200 || !isReceipt(text)) return wrong(form, "door-failed");
  const parts = await check(code, text, said.dataset.log);
  if (!parts) return wrong(form, "receipt-wrong");
  form.reset();
  foundOut(word("receipt-in"), fill("receipt-in-told", { n: numbered(parts) }), word("receipt-browser"));
  return showProof(text);
}

/** The proof itself, for the desk or another program. */
function showProof(text) {
  const [details, summary, proof] = ["details", "summary", "pre"].map((name) => document.createElement(name));
  summary.textContent = word("receipt-proof");
  proof.textContent = text;
  Object.assign(proof, { dir: "ltr", tabIndex: 0 });
  details.append(summary, proof);
  at("[data-found]").append(details);
}

/** What is known of a receipt: a heading, and lines below. */
function foundOut(what, ...told) {
  const heading = Object.assign(document.createElement("h1"), { textContent: what, tabIndex: -1 });
  const lines = told.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
  if (lines.length) lines[0].className = "lead";
  at("[data-found]").replaceChildren(heading, ...lines);
  if (lines.length) heading.focus();
}

/** The digits in what was typed. */
const digitsOf = (text) => [...text].map(digit).join("").replace(/[^0-9]/g, "");

/** What was typed, as a header field can have it: digits of ours, and what stands between them. */
const typed = (text) => [...text].map(digit).join("").replace(/[^!-~]+/g, " ").trim().slice(0, 128);

/** A digit of any of our alphabets as one of ASCII; another letter as it is. */
const digit = (letter) => (/[\u0660-\u0669\u06f0-\u06f9]/.test(letter) ? String(letter.charCodeAt(0) % 16) : letter);

const isLatin = (text) => (text.match(/[a-z]/gi) ?? []).length * 2 > (text.match(/\p{L}/gu) ?? []).length;

/** Which words are not of the list, and what they may be. */
function mistaken(form, unknown = []) {
  const lines = unknown.map(({ place, near }) => {
    const line = fill("unknown", { n: numbered(place) });
    return near.length ? `${line} ${word("near")} ${near.join(" · ")}` : line;
  });
  wrong(form, "count", lines);
}

async function visit(grown, words, setting, remove) {
  const replies = await worker({ job: "answers", grown, remove });
  const main = at("template[data-visit]", said).content.cloneNode(true);
  at("[data-removed]", main).hidden = !remove;
  at("[data-none]", main).hidden = replies.length > 0 || Boolean(remove);
  const typed = at("form[data-seal] [name=text]")?.value ?? "";
  at("[data-some]", main).hidden = replies.length === 0;
  const [place, model] = [at("[data-replies]", main), at("template", main)];
  for (const reply of replies) {
    const row = model.content.cloneNode(true);
    at("bdi", row).textContent = new Intl.DateTimeFormat(said.dataset.dates, { dateStyle: "medium" }).format(reply.at * 1000);
    for (const line of reply.text.split("\n").filter((one) => one.trim())) {
      const paragraph = document.createElement("p");
      paragraph.dir = "auto";
      paragraph.textContent = line;
      at(".said", row).append(paragraph);
    }
    at("button", row).addEventListener("click", () => {
      visit(grown, words, setting, reply.id).catch(() => wrong(at("main"), "failed"));
    });
    place.append(row);
  }
  replace(main);
  const form = at("form[data-seal]");
  at("[name=codename]", form).value = words.join(" ");
  at("[name=text]", form).value = typed;
  online(form, setting);
}

/** The page that is carried: seals into a file, or into a block of text. */
function offline(form, setting) {
  which();
  let last;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { text, files } = gather(form);
    if (!text && !files.length) return wrong(form, "empty");
    if ([...text].length > Number(said.dataset.chars)) return wrong(form, "long");
    if (files.some((one) => one.size > setting.most)) return wrong(form, "too-large");
    const progress = show(form, files.length);
    const out = at("#out");
    try {
      // What does not fit one message of a messenger is a file.
      let job = files.length ? "file" : "block";
      let result = await worker({ job, ...setting, text, files }, progress.heard);
      if (job === "block" && result.length > 4096) {
        job = "file";
        result = await worker({ job, ...setting, text, files });
      }
      at("[data-block]", out).hidden = job !== "block";
      if (job === "block") at("textarea", out).value = result;
      if (last) URL.revokeObjectURL(last);
      last = URL.createObjectURL(job === "block" ? new Blob([result], { type: "text/plain" }) : result);
      const link = at("a[download]", out);
      link.href = last;
      link.download = job === "block" ? "1.txt" : "1.bin";
      out.hidden = false;
      form.reset();
      progress.end();
      out.scrollIntoView();
      const heading = at("h2", out);
      heading.tabIndex = -1;
      heading.focus();
    } catch {
      progress.end();
      wrong(form, "failed");
    }
    return undefined;
  });
  at("button[data-copy]")?.addEventListener("click", () => {
    const text = at("#out textarea");
    text.select();
    document.execCommand("copy");
  });
}
