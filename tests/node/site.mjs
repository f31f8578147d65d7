// Checks a finished static site: node site.mjs FOLDER [options]
//
//   --outside=PREFIX   links whose target begins so may be missing: a path from the folder, such
//                      as fa/ or ../fa/ (may be given more than once)
//   --base=URL         where the site will be; otherwise guessed from the pages' rel=canonical
//   --folders          a link to a folder with an index.html is good enough (by file:// it is not)
//   --sure             what axe is unsure of is a fault
//   --sample=N         axe looks at N pages only, spread over the kinds of pages
//   --only=A,B         these checks only: html links scripts language requests weight og atom json
//                      sitemap axe
//   --lighthouse       Lighthouse too, over three pages
//
// Prints one line a check, "ok …" or "FAIL …". Ends with 1 where any failed, 2 where it could not
// begin. Any *.html is a page, any feed.xml an Atom feed, any feed.json a JSON Feed; an article is
// a page with one [data-words].

import { spawn } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, posix, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { chromium } from "playwright-core";

const CHECKS = {
  html: checkHtml,
  links: checkLinks,
  scripts: checkScripts,
  language: checkLanguage,
  requests: checkRequests,
  weight: checkWeight,
  og: checkOg,
  atom: checkAtom,
  json: checkJson,
  sitemap: checkSitemap,
  axe: checkAxe,
};

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".gif": "image/gif",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".mp3": "audio/mpeg",
  ".m4a": "audio/mp4",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".vtt": "text/vtt; charset=utf-8",
  ".pdf": "application/pdf",
  ".epub": "application/epub+zip",
  ".zip": "application/zip",
};
const FEED_TYPES = { "feed.xml": "application/atom+xml; charset=utf-8", "feed.json": "application/feed+json" };
const GZIPPED = /^text\/|xml|json/;
/** Less than this the real server leaves as it is. */
const GZIP_LEAST = 256;

/** A text page with its style sheets, compressed, in bytes. */
const HEAVIEST = 30_000;
const OG_SIZE = [1200, 630];
const WIDTHS = [1280, 360];
const SCHEMES = ["light", "dark"];
const RTL = new Set(["ar", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]);
const MISSING = "404.html";
/** How long anything may take on a busy machine, in milliseconds. */
const PATIENCE = 60_000;
const SETTLING = 50;
/** How many faults of one check are told. */
const TOLD = 6;

/** With the tags named, axe also runs what it leaves off otherwise (target-size). */
const AXE = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
  resultTypes: ["violations", "incomplete"],
};

const BROWSER = {
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Were interception to miss a request, no name would lead anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  ],
};

/** What the checker of HTML says that is no fault of ours: [the message, why]. */
const HTML_EXCUSED = [];

const VNU = join(createRequire(import.meta.url).resolve("vnu-jar/package.json"), "../build/dist/vnu.jar");
/** Jing, the RELAX NG validator, comes within vnu.jar under another name. */
const JING = "nu.validator.vendor.thaiopensource.relaxng.util.Driver";
const ATOM_SCHEMA = fileURLToPath(new URL("atom.rnc", import.meta.url));
const JAVA = process.env.JAVA || "/usr/bin/java";

// ---------------------------------------------------------------------------------------------
// The run

export const start = () => chromium.launch(BROWSER);

/**
 * Checks a folder; prints with `say` and returns the lines. Options as on the command line, and
 * `browser`, for one that is there already.
 */
export async function run(folder, options = {}, say = console.log) {
  const report = reporter(say);
  const site = { ...survey(folder), options, report };
  const server = await serve(site);
  try {
    await runChecks(Object.assign(site, { origin: server.origin }));
    if (options.lighthouse) await checkLighthouse(site);
  } finally {
    server.close();
  }
  return report.lines;
}

async function runChecks(site) {
  const { only, browser } = site.options;
  site.browser = browser ?? (await start());
  try {
    await readAll(site);
    // Checks of nothing find nothing.
    if (site.pages.length === 0) site.report.check("pages", ["there is none"]);
    for (const [name, check] of Object.entries(CHECKS)) {
      if (!only || only.includes(name)) await check(site);
    }
  } finally {
    // Before Lighthouse, which brings its own: what goes on beside that would cost points.
    if (!browser) await site.browser.close();
  }
}

function reporter(say) {
  const lines = [];
  const put = (line) => {
    lines.push(line);
    say(line);
  };
  /** One line: the check's name, and its faults or a note. */
  const check = (name, faults, note = "") => {
    if (faults.length === 0) return put(`ok ${name}${note && `: ${note}`}`);
    const more = faults.length > TOLD ? ` | and ${faults.length - TOLD} more` : "";
    put(`FAIL ${name}: ${faults.slice(0, TOLD).join(" | ").replace(/\s+/g, " ")}${more}`);
  };
  /** One line for all that is well, one for each that is not: a site has hundreds of pages. */
  const each = (name, things, faultsOf) => {
    let well = 0;
    for (const thing of things) {
      const faults = faultsOf(thing);
      if (faults.length === 0) well += 1;
      else check(`${name} ${thing.path}`, faults);
    }
    if (well === things.length) check(name, [], `${well} looked at`);
  };
  return { lines, check, each };
}

/** What is in the folder, by path from it. */
function survey(folder) {
  const root = resolve(folder);
  const paths = readdirSync(root, { recursive: true })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => path.split(sep).join("/"))
    .sort();
  const ending = (end) => paths.filter((path) => path.endsWith(end));
  const named = (name) => paths.filter((path) => posix.basename(path) === name);
  return {
    root,
    files: new Set(paths),
    read: (path) => readFileSync(join(root, path)),
    text: (path) => readFileSync(join(root, path), "utf8"),
    htmlPaths: ending(".html"),
    svgPaths: ending(".svg"),
    cssPaths: ending(".css"),
    atomPaths: named("feed.xml"),
    jsonPaths: named("feed.json"),
  };
}

// ---------------------------------------------------------------------------------------------
// The server

function typeOf(path) {
  return FEED_TYPES[posix.basename(path)] ?? TYPES[extname(path)] ?? "application/octet-stream";
}

/** Serves what `survey` found and nothing else, as the real server does: gzip, times to keep. */
async function serve(site) {
  const small = new Map();
  const compressed = (path) => {
    if (!small.has(path)) small.set(path, gzipSync(site.read(path)));
    return small.get(path);
  };
  const answer = (request, response) => {
    const asked = new URL(request.url, "http://x").pathname;
    const path = served(site, asked);
    if (path === undefined && site.files.has(`${unescaped(asked).slice(1)}/index.html`)) {
      return response.writeHead(301, { location: `${asked}/` }).end();
    }
    const shown = path ?? MISSING;
    if (!site.files.has(shown)) return response.writeHead(404).end();
    const type = typeOf(shown);
    const gzip = GZIPPED.test(type) && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const plain = site.read(shown);
    const zipped = gzip && plain.length >= GZIP_LEAST;
    const body = zipped ? compressed(shown) : plain;
    response.writeHead(path === undefined ? 404 : 200, {
      "content-type": type,
      "content-length": body.length,
      "cache-control": shown.endsWith(".html") ? "no-cache" : "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      vary: "accept-encoding",
      ...(zipped && { "content-encoding": "gzip" }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  const server = createServer(answer);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

/** The file that a path of a URL shows. */
function served(site, asked) {
  const path = unescaped(asked).slice(1);
  const shown = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  return site.files.has(shown) ? shown : undefined;
}

/** Percent-decoded; as it is where it cannot be. */
function unescaped(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const escaped = (path) => path.split("/").map(encodeURIComponent).join("/");

// ---------------------------------------------------------------------------------------------
// Reading pages and feeds, in Chromium: its parsers are those that matter

/** Reads every page and feed into `site`, and learns where the site will be. */
async function readAll(site) {
  const context = await site.browser.newContext();
  const lab = await context.newPage();
  site.lab = lab;
  site.pages = [];
  for (const path of site.htmlPaths) site.pages.push(await readPage(site, path, "text/html"));
  site.drawings = [];
  for (const path of site.svgPaths) site.drawings.push(await readPage(site, path, "image/svg+xml"));
  site.marked = new Map([...site.pages, ...site.drawings].map((page) => [page.path, page]));
  site.base = site.options.base ?? guessBase(site);
  site.atoms = [];
  for (const path of site.atomPaths) site.atoms.push(await readAtom(site, path));
  site.jsons = [];
  for (const path of site.jsonPaths) site.jsons.push(await readJson(site, path));
  await context.close();
}

async function readPage(site, path, type) {
  const facts = await site.lab.evaluate(factsOf, { text: site.text(path), type });
  return { ...facts, path, ids: new Set(facts.ids), kind: kindOf(path, facts.articles) };
}

/** list: an index, an archive, an edition; whole: an edition in one file. */
function kindOf(path, articles) {
  if (path === MISSING) return "missing";
  if (articles === 0) return "list";
  // An edition of one article, in one file, can be told from the article by its name only.
  const { name, dir } = posix.parse(path);
  return articles > 1 || name === "whole" || name === posix.basename(dir) ? "whole" : "article";
}

/** What a page says; runs in the browser. `words`: all of it is an article's body. */
function factsOf({ text, type, words }) {
  const LINKING = [
    "href", "src", "srcset", "imagesrcset", "poster", "action", "formaction", "background", "manifest",
    "ping", "longdesc", "xlink:href",
  ];
  const doc = new DOMParser().parseFromString(text, type);
  const all = [];
  // A template's content is a tree of its own, which querySelectorAll does not enter.
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      all.push(element);
      if (element.localName === "template") walk(element.content);
    }
  };
  walk(doc);
  const tagged = (name) => all.filter(({ localName }) => localName === name);
  const told = (element) => element.outerHTML.slice(0, 120);
  const rel = (element) => element.getAttribute("rel") ?? "";

  const refs = all.flatMap((element) => {
    const attributes = element.localName === "object" ? [...LINKING, "data"] : LINKING;
    return attributes
      .filter((attribute) => element.hasAttribute(attribute))
      .map((attribute) => ({
        tag: element.localName,
        attribute,
        value: element.getAttribute(attribute),
        words: words || element.closest("[data-words]") !== null,
        address: element.closest(".addresses") !== null,
        rel: rel(element),
        hreflang: element.hasAttribute("hreflang"),
      }));
  });
  const metas = tagged("meta").map((element) => [
    element.getAttribute("property") ?? element.getAttribute("name") ?? element.getAttribute("http-equiv") ?? "",
    element.getAttribute("content") ?? "",
  ]);
  const holders = [...doc.querySelectorAll("[data-words]")].map((element) => element.closest("article") ?? doc);
  const body = doc.body ?? doc.documentElement;
  return {
    error: doc.querySelector("parsererror")?.textContent,
    lang: doc.documentElement.getAttribute("lang") ?? "",
    dir: doc.documentElement.getAttribute("dir") ?? "",
    ids: all.flatMap((element) => [element.id, element.localName === "a" ? element.getAttribute("name") : ""]).filter(Boolean),
    refs,
    metas,
    articles: new Set(holders).size,
    canonical: tagged("link").find((element) => /\bcanonical\b/i.test(rel(element)))?.getAttribute("href"),
    bases: tagged("base").map(told),
    styles: [
      ...tagged("style").map(({ textContent }) => textContent),
      ...all.map((element) => element.getAttribute("style")).filter(Boolean),
    ],
    scripts: tagged("script").map(told),
    handlers: all.filter((element) => element.getAttributeNames().some((name) => /^on|^srcdoc$/i.test(name))).map(told),
    // For feeds: what stands outside any element, and which of the outermost ones say language and direction.
    bare: [...body.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data.trim()).join(""),
    outermost: [...body.children].map((element) => ({
      name: element.localName,
      lang: element.getAttribute("lang") ?? "",
      dir: element.getAttribute("dir") ?? "",
    })),
  };
}

/** Where the site will be, as most of its pages say: a page's canonical address less its path. */
function guessBase(site) {
  const votes = new Map();
  for (const { path, canonical } of site.pages) {
    if (!/^https?:/i.test(canonical ?? "")) continue;
    const address = unescaped(canonical);
    const ends = [path, path.replace(/(^|\/)index\.html$/, "$1")];
    const end = ends.find((end) => address.endsWith(`/${end}`));
    if (end === undefined) continue;
    const base = address.slice(0, address.length - end.length);
    votes.set(base, (votes.get(base) ?? 0) + 1);
  }
  return [...votes].sort((one, other) => other[1] - one[1])[0]?.[0];
}

async function readAtom(site, path) {
  const feed = { path, ...(await site.lab.evaluate(atomOf, site.text(path))) };
  for (const words of feed.htmls ?? []) words.facts = await readWords(site, words.html);
  return feed;
}

const readWords = (site, text) => site.lab.evaluate(factsOf, { text, type: "text/html", words: true });

/** What an Atom feed says; runs in the browser. */
function atomOf(text) {
  const doc = new DOMParser().parseFromString(text, "application/xml");
  const error = doc.querySelector("parsererror");
  if (error) return { error: error.textContent };
  const ATOM = "http://www.w3.org/2005/Atom";
  const XML = "http://www.w3.org/XML/1998/namespace";
  const kids = (element, name) =>
    [...element.children].filter((kid) => kid.namespaceURI === ATOM && kid.localName === name);
  const said = (element, name) => kids(element, name)[0]?.textContent.trim();
  /** xml:base, from the outermost element to this one. */
  const bases = (element) => {
    const own = element.getAttributeNS(XML, "base");
    const outer = element.parentElement ? bases(element.parentElement) : [];
    return own === null ? outer : [...outer, own];
  };
  const link = (element) => ({
    rel: element.getAttribute("rel") ?? "alternate",
    href: element.getAttribute("href") ?? "",
    kind: `${element.getAttribute("type")} ${element.getAttribute("hreflang")}`,
    bases: bases(element),
  });
  const common = (element) => ({
    id: said(element, "id"),
    title: said(element, "title"),
    updated: said(element, "updated"),
    published: said(element, "published"),
    authored: kids(element, "author").length > 0,
    links: kids(element, "link").map(link),
  });
  const entry = (element) => {
    const [content] = kids(element, "content");
    const sources = kids(element, "source");
    return {
      ...common(element),
      authored: [element, ...sources].some((holder) => kids(holder, "author").length > 0),
      summarised: kids(element, "summary").length > 0,
      content: content && { type: content.getAttribute("type") ?? "text", away: content.hasAttribute("src") },
    };
  };
  const entries = kids(doc.documentElement, "entry");
  const pieces = [...doc.getElementsByTagNameNS(ATOM, "*")].filter(
    (element) =>
      element.getAttribute("type") === "html" &&
      ["content", "summary", "title", "subtitle", "rights"].includes(element.localName),
  );
  const images = ["icon", "logo"].flatMap((name) => kids(doc.documentElement, name));
  return {
    ...common(doc.documentElement),
    entries: entries.map(entry),
    htmls: pieces.map((element) => ({
      html: element.textContent,
      bases: bases(element),
      content: element.localName === "content",
      name: said(element.closest("entry") ?? doc.documentElement, "id"),
    })),
    images: images.map((element) => ({ href: element.textContent.trim(), bases: bases(element) })),
  };
}

async function readJson(site, path) {
  let value;
  try {
    value = JSON.parse(site.text(path));
  } catch (error) {
    return { path, error: String(error), htmls: [] };
  }
  const htmls = [];
  for (const item of Array.isArray(value?.items) ? value.items : []) {
    if (typeof item?.content_html !== "string") continue;
    htmls.push({ name: item.id, content: true, bases: [], facts: await readWords(site, item.content_html) });
  }
  return { path, value, htmls };
}

// ---------------------------------------------------------------------------------------------
// 1. HTML

async function checkHtml(site) {
  if (site.pages.length === 0) return;
  const files = site.pages.map(({ path }) => join(site.root, path));
  // The stack: deep trees of elements. One start for all files: most of its time is the start.
  const args = ["-Xss1m", "-Xmx512m", "-jar", VNU, "--format", "json", "--stdout", "--exit-zero-always", ...files];
  const { messages } = JSON.parse(await java(args));
  const faults = new Map();
  for (const { url, type, lastLine, message } of messages) {
    if (HTML_EXCUSED.some(([excused]) => message.includes(excused))) continue;
    const path = url ? fileURLToPath(url).slice(site.root.length + 1) : "";
    faults.set(path, [...(faults.get(path) ?? []), `${type}, line ${lastLine}: ${message}`]);
  }
  // What it says of no file at all (a file it cannot read, its own end) must not be lost.
  if (faults.has("")) site.report.check("html", faults.get(""));
  site.report.each("html", site.pages, ({ path }) => faults.get(path) ?? []);
}

/** Runs Java and returns what it prints. */
async function java(args) {
  const child = spawn(JAVA, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [out, complaints] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (data) => (out += data));
  child.stderr.setEncoding("utf8").on("data", (data) => (complaints += data));
  await new Promise((ended, failed) => child.on("error", failed).on("close", ended));
  if (out === "" && complaints !== "") throw new Error(`${JAVA}: ${complaints.slice(0, 500)}`);
  return out;
}

// ---------------------------------------------------------------------------------------------
// 2. Links

function checkLinks(site) {
  site.report.each("links, pages", site.pages, (page) => [
    ...page.bases.map((base) => `${base}: changes what every other link means`),
    ...faultsOfRefs(site, page.path, [...page.refs, ...metaRefs(page), ...styleRefs(page.styles)]),
  ]);
  site.report.each("links, drawings", site.drawings, ({ path, refs, styles }) =>
    faultsOfRefs(site, path, [...refs, ...styleRefs(styles)]),
  );
  const sheets = site.cssPaths.map((path) => ({ path, refs: styleRefs([site.text(path)]) }));
  site.report.each("links, style sheets", sheets, ({ path, refs }) => faultsOfRefs(site, path, refs));
  site.report.each("links, feeds", [...site.atoms, ...site.jsons], (feed) => faultsOfFeed(site, feed));
}

/** What of a page may be absolute because it is told to others. */
function metaRefs({ metas }) {
  return metas.flatMap(([name, value]) => {
    if (/^(og:(url|image|image:url|image:secure_url|audio|video)|twitter:(image|player))$/.test(name)) {
      return [{ tag: "meta", attribute: name, value, published: true }];
    }
    const refresh = /^refresh$/i.test(name) && /url\s*=\s*['"]?([^'"]*)/i.exec(value);
    return refresh ? [{ tag: "meta", attribute: "refresh", value: refresh[1] }] : [];
  });
}

/** What style sheets load. Not image-set("…"): that one is left to the check of requests. */
function styleRefs(texts) {
  const LOADING = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')][^)]*?))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')/gi;
  return texts.flatMap((text) =>
    [...text.replace(/\/\*[^]*?\*\//g, "").matchAll(LOADING)].map((match) => ({
      tag: "style",
      attribute: "url",
      value: match.slice(1).find((value) => value !== undefined),
    })),
  );
}

function faultsOfFeed(site, feed) {
  if (feed.error) return [];
  const faults = faultsOfRefs(site, feed.path, feed.value ? jsonRefs(feed.value) : atomRefs(feed));
  for (const { facts, bases, name } of feed.htmls) {
    const refs = [...facts.refs, ...styleRefs(facts.styles)].map((ref) => ({ ...ref, bases, feed: true }));
    faults.push(...faultsOfRefs(site, feed.path, refs).map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

function atomRefs({ links, entries, images }) {
  return [...links, ...images, ...entries.flatMap((entry) => entry.links)].map(({ href, bases, rel }) => ({
    tag: "atom",
    attribute: rel ?? "image",
    value: href,
    bases,
    published: true,
  }));
}

const JSON_URLS = ["url", "external_url", "image", "banner_image", "home_page_url", "feed_url", "next_url", "icon", "favicon", "avatar"];

/** Every value of a JSON Feed whose name says that it is a URL, however deep. */
function jsonRefs(value) {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    JSON_URLS.includes(name) && typeof inner === "string"
      ? [{ tag: "json", attribute: name, value: inner, published: true }]
      : jsonRefs(inner),
  );
}

function faultsOfRefs(site, path, refs) {
  return refs.flatMap((ref) => {
    const values = /srcset$/.test(ref.attribute) ? candidates(ref.value) : [ref.value];
    return values
      .map((value) => [value, faultOfRef(site, path, { ...ref, value: trimmed(value) })])
      .filter(([, fault]) => fault)
      .map(([value, fault]) => `${ref.tag} ${ref.attribute}="${value.slice(0, 100)}" ${fault}`);
  });
}

/** A URL as browsers read it. */
const trimmed = (value) => value.trim().replace(/[\t\n\r]/g, "");

/** The URLs of a srcset; a URL may hold commas, but not end with one. */
function candidates(srcset) {
  const urls = [];
  let rest = srcset.replace(/^[\s,]+/, "");
  while (rest !== "") {
    const [url] = rest.match(/^\S+/);
    urls.push(url.replace(/,+$/, ""));
    rest = rest.slice(url.length);
    if (!url.endsWith(",")) rest = rest.replace(/^[^,]*/, "");
    rest = rest.replace(/^[\s,]+/, "");
  }
  return urls;
}

/** What is wrong with a link, if anything. */
function faultOfRef(site, path, ref) {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(ref.value)?.[1].toLowerCase();
  if (scheme === "data") return dataFault(ref);
  if (scheme) return absoluteFault(site, path, ref, scheme);
  if (/^[/\\]/.test(ref.value)) return rootedFault(site, path, ref);
  const { from, web } = rebased(site, path, ref.bases ?? []);
  // An unknown address as xml:base: nothing can be said of what lies there.
  return from === undefined ? undefined : landing(site, from, ref.value, web);
}

const isAnchor = ({ tag }) => tag === "a" || tag === "area";

/** An edition in one file holds its pictures and fonts so; nothing is asked of anybody. */
function dataFault({ tag, attribute, value }) {
  const embedded = /^data:(,|(image|font|audio|video|application\/(x-)?font)\b)/i.test(value);
  const shown = !isAnchor({ tag }) && !/action|ping|manifest/.test(attribute) && tag !== "iframe";
  return embedded && shown ? undefined : "is data: where it is no picture, font, sound or film";
}

function absoluteFault(site, path, ref, scheme) {
  const web = /^https?$/.test(scheme);
  const own = site.base !== undefined && ref.value.startsWith(site.base);
  if (web && (isPublished(ref) || (ref.feed && own))) return own ? atHome(site, ref.value) : undefined;
  // Where the bulletin is served: from a copy there is no other way to write to it.
  if (isAnchor(ref) && ref.address && web) return own ? atHome(site, ref.value) : undefined;
  if (isAnchor(ref) && ref.words && ["mailto", "tel", "https"].includes(scheme)) return undefined;
  if (isAnchor(ref) && path === MISSING && (web || scheme === "mailto")) return own ? atHome(site, ref.value) : undefined;
  return "is absolute";
}

/** Canonical addresses and those of the same page in another language cannot be relative. */
function isPublished({ tag, rel, hreflang, published }) {
  if (published) return true;
  return tag === "link" && (/\bcanonical\b/i.test(rel) || (/\balternate\b/i.test(rel) && hreflang));
}

/** A page is shown for any missing path, so the 404 page alone may begin links at the root. */
function rootedFault(site, path, { value }) {
  if (/^[/\\]{2}/.test(value)) return "leads to another host";
  if (path !== MISSING) return "begins with a slash";
  const under = site.base ? unescaped(new URL(site.base).pathname) : "/";
  if (!unescaped(value).startsWith(under)) return undefined;
  return landing(site, "", unescaped(value).slice(under.length), true);
}

const atHome = (site, value) => landing(site, "", value.slice(site.base.length), true);

/**
 * The path from which a link is meant, as xml:base has it, and whether that is an address of the
 * web; no path where it is not an address of ours.
 */
function rebased(site, path, bases) {
  let place = { from: path, web: false };
  for (const base of bases) {
    if (!/^[a-z][a-z0-9+.-]*:/i.test(base)) place = { ...place, from: joined(place.from, unescaped(base)) };
    else if (site.base && base.startsWith(site.base)) place = { from: unescaped(base.slice(site.base.length)), web: true };
    else return {};
  }
  return place;
}

/** A relative path, from a file or from a folder (with its slash); above the root it begins "../". */
function joined(from, path) {
  const folder = from.endsWith("/") ? from : posix.dirname(from);
  const found = posix.normalize(posix.join(folder, path));
  return found === "." || found === "./" ? "" : found;
}

/** What is wrong with where a relative link leads. `folders`: a folder's index is as good. */
function landing(site, from, value, folders) {
  const [address, fragment] = value.split(/#(.*)/s);
  const [asked] = address.split("?");
  const path = asked === "" ? from : joined(from, unescaped(asked));
  const file = landed(site, path);
  if (file === undefined) {
    const outside = (site.options.outside ?? []).some((prefix) => path.startsWith(posix.normalize(prefix)));
    if (outside) return undefined;
    return path.startsWith("../") ? "leads out of the folder" : "leads to no file";
  }
  if (file !== path && !folders && !site.options.folders) return `leads to a folder: by file:// that is no page (${file} is)`;
  return fragmentFault(site, file, fragment);
}

function landed(site, path) {
  if (site.files.has(path)) return path;
  const index = `${path}index.html`;
  return (path === "" || path.endsWith("/")) && site.files.has(index) ? index : undefined;
}

function fragmentFault(site, file, fragment) {
  if (!fragment || fragment.startsWith(":~:") || fragment === "top") return undefined;
  const page = site.marked.get(file);
  if (!page || page.ids.has(unescaped(fragment))) return undefined;
  return `leads to no id in ${file}`;
}

// ---------------------------------------------------------------------------------------------
// 2. Scripts, 4. language

function checkScripts(site) {
  site.report.each("scripts, pages and drawings", [...site.pages, ...site.drawings], scriptFaults);
  const feeds = [...site.atoms, ...site.jsons];
  site.report.each("scripts, feeds", feeds, ({ htmls = [] }) => htmls.flatMap(({ facts }) => scriptFaults(facts)));
}

function scriptFaults({ error, scripts, handlers, refs }) {
  const addresses = refs.filter(({ value }) => /^javascript:/i.test(trimmed(value)));
  return [
    ...(error ? [error] : []),
    ...[...scripts, ...handlers].map((element) => `script in ${element}`),
    ...addresses.map(({ tag, value }) => `script in ${tag}: ${value}`),
  ];
}

function checkLanguage(site) {
  site.report.each("language", site.pages, ({ lang, dir }) => directionFaults("html", lang, dir));
}

function directionFaults(name, lang, dir) {
  if (!isLanguage(lang)) return [`${name} has no lang`];
  const expected = RTL.has(lang.split("-")[0].toLowerCase()) ? "rtl" : "ltr";
  return dir === expected ? [] : [`${name} has lang="${lang}" and dir="${dir}"`];
}

const isLanguage = (value) => typeof value === "string" && /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(value);

// ---------------------------------------------------------------------------------------------
// 2. Requests

async function checkRequests(site) {
  const loads = await loadAll(site);
  site.report.each("requests, served", loads, ({ byHttp }) => byHttp.faults);
  site.report.each("requests, by file://", loads, ({ byFile }) => byFile.faults);
  await checkMissing(site);
}

/** Opens every page as readers do, scripts off; kept for the weights. */
async function loadAll(site) {
  if (site.loads) return site.loads;
  const context = await site.browser.newContext({ javaScriptEnabled: false });
  const home = pathToFileURL(`${site.root}/`).href;
  await context.route((url) => !ours(site, home, url.href), (route) => route.abort());
  const [web, disk] = [await context.newPage(), await context.newPage()];
  const loads = [];
  for (const { path } of site.pages) {
    const byHttp = await load(web, `${site.origin}/${escaped(path)}`, `${site.origin}/`);
    const byFile = await load(disk, home + escaped(path), home);
    loads.push({ path, byHttp, byFile });
  }
  await context.close();
  return (site.loads = loads);
}

const ours = (site, home, url) => [`${site.origin}/`, home, "data:", "about:"].some((start) => url.startsWith(start));

/** Opens one page of the site: what it asked for, and what went wrong with that. */
async function load(page, url, home, status = 200) {
  const [asked, faults] = [[], []];
  const hear = (request) => request.url().startsWith("data:") || asked.push(request);
  // Chromium says again in the console that something did not load.
  const overhear = (said) => said.text().startsWith("Failed to load") || faults.push(`console: ${said.text()}`);
  page.on("request", hear).on("console", overhear);
  await page.goto(url, { waitUntil: "load", timeout: PATIENCE }).catch((error) => faults.push(error.message));
  // What only the painting asks for (a background) may come after the load.
  await page.evaluate(() => document.documentElement.offsetHeight);
  await page.waitForTimeout(SETTLING);
  for (const request of asked) faults.push(...(await requestFaults(request, home, status)));
  page.off("request", hear).off("console", overhear);
  const sheets = asked.filter((request) => request.resourceType() === "stylesheet").map((request) => request.url());
  return { faults, sheets: sheets.map((sheet) => unescaped(sheet.slice(home.length).split(/[?#]/)[0])) };
}

/** Waits for the answer: an icon may come after the page, and must not be cut off by the next. */
async function requestFaults(request, home, status) {
  const url = request.url();
  if (!url.startsWith(home)) return [`asks for ${url}`];
  if (request.resourceType() === "script") return [`loads the script ${url}`];
  // Not for its end: Playwright may wait for ever for that of a 404 that is no page.
  const response = await Promise.race([request.response(), patience()]);
  if (!response || request.failure()) return [`cannot load ${url}`];
  const expected = request.isNavigationRequest() ? status : 200;
  return url.startsWith("http") && response.status() !== expected ? [`${response.status()} for ${url}`] : [];
}

const patience = () => new Promise((over) => setTimeout(over, PATIENCE).unref());

/** The page for what is missing is shown at any depth, and has to be whole there. */
async function checkMissing(site) {
  if (!site.files.has(MISSING)) return site.report.check("requests, missing page", [`there is no ${MISSING}`]);
  const context = await site.browser.newContext({ javaScriptEnabled: false });
  const { faults } = await load(await context.newPage(), `${site.origin}/no/such/page.html`, `${site.origin}/`, 404);
  await context.close();
  site.report.check("requests, missing page", faults, "404, whole at any depth");
}

// ---------------------------------------------------------------------------------------------
// 5. Weight

async function checkWeight(site) {
  const loads = await loadAll(site);
  for (const [at, { path, kind }] of site.pages.entries()) {
    const texts = [path, ...loads[at].byHttp.sheets].filter((name) => site.files.has(name)).map((name) => site.text(name));
    const bytes = texts.map((text) => wire(lean(text))).reduce((sum, length) => sum + length, 0);
    const embedded = texts.map((text) => text.length - lean(text).length).reduce((sum, length) => sum + length, 0);
    const note = `${kilo(bytes)}${embedded > 0 ? ` and ${kilo(embedded)} of data:` : ""} (${kind})`;
    // An edition in one file is as long as it is.
    const heavy = kind !== "whole" && bytes > HEAVIEST;
    site.report.check(`weight ${path}`, heavy ? [`${note} is over ${kilo(HEAVIEST)}`] : [], note);
  }
}

/** Without the fonts and pictures that are embedded. */
const lean = (text) => text.replace(/data:(image|font|audio|video|application)\/[^"')\s<>]*/gi, "");
const wire = (text) => (text.length < GZIP_LEAST ? Buffer.byteLength(text) : gzipSync(text).length);
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

// ---------------------------------------------------------------------------------------------
// 6. OpenGraph

function checkOg(site) {
  const articles = site.pages.filter(({ kind }) => kind === "article");
  if (articles.length === 0) return site.report.check("og", ["no page has one [data-words]: no article to look at"]);
  site.report.each("og", articles, (page) => ogFaults(site, page));
}

function ogFaults(site, { path, metas }) {
  // The first of each: what follows a second og:image describes that one.
  const said = Object.fromEntries([...metas].reverse());
  const needed = ["og:title", "og:type", "og:image", "og:image:width", "og:image:height", "og:image:alt"];
  const faults = needed.filter((name) => !said[name]?.trim()).map((name) => `no ${name}`);
  if (said["og:image"]) faults.push(...cardFaults(site, path, said["og:image"]));
  const [width, height] = OG_SIZE;
  if (said["og:image:width"] !== `${width}` || said["og:image:height"] !== `${height}`) {
    faults.push(`og:image:width and height are not ${width} and ${height}`);
  }
  return faults;
}

function cardFaults(site, path, value) {
  const file = fileOf(site, path, value);
  if (file === undefined) return [`og:image ${value} is no file here`];
  const size = pngSize(site.read(file));
  if (size === undefined) return [`og:image ${file} is no PNG`];
  return size.join() === OG_SIZE.join() ? [] : [`og:image ${file} is ${size.join("x")}`];
}

/** The file of a URL; an absolute one is taken to lead here where nothing says where "here" is. */
function fileOf(site, path, value) {
  const absolute = /^https?:/i.test(value);
  const base = site.base ?? (absolute ? `${new URL(value).origin}/` : "");
  if (absolute && !value.startsWith(base)) return undefined;
  const asked = unescaped((absolute ? value.slice(base.length) : value).split(/[?#]/)[0]);
  const file = absolute ? asked : joined(path, asked);
  return site.files.has(file) ? file : undefined;
}

/** Width and height of a PNG that has a beginning and an end. */
function pngSize(bytes) {
  const whole = bytes.subarray(0, 8).toString("latin1") === "\x89PNG\r\n\x1a\n" && bytes.subarray(-8, -4).toString("latin1") === "IEND";
  return whole ? [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] : undefined;
}

// ---------------------------------------------------------------------------------------------
// 3. Feeds

async function checkAtom(site) {
  if (site.atoms.length === 0) return site.report.check("atom", ["no feed.xml"]);
  const files = site.atoms.map(({ path }) => join(site.root, path));
  const told = (await java(["-cp", VNU, JING, "-c", ATOM_SCHEMA, ...files])).split("\n");
  site.report.each("atom, schema", site.atoms, ({ path }) => {
    const start = `${join(site.root, path)}:`;
    return told.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
  });
  const strange = told.filter((line) => line && !files.some((file) => line.startsWith(`${file}:`)));
  if (strange.length > 0) site.report.check("atom, schema", strange);
  site.report.each("atom", site.atoms, atomFaults);
}

/** What RFC 4287 asks for beside its schema, and what we ask for. */
function atomFaults(feed) {
  if (feed.error) return [feed.error];
  const { entries, htmls } = feed;
  const ids = entries.map(({ id }) => id);
  const faults = repeated(ids).map((id) => `two entries with the id ${id}`);
  if (!feed.authored && entries.some(({ authored }) => !authored)) faults.push("an entry without an author, and the feed has none");
  if (entries.length === 0) faults.push("no entry");
  if (!newestFirst(entries)) faults.push("entries are not newest first, neither by published nor by updated");
  faults.push(...commonFaults("the feed", feed));
  for (const entry of entries) faults.push(...entryFaults(entry));
  for (const { facts, content, name } of htmls) if (content) faults.push(...wordsFaults(name, facts));
  return faults;
}

function commonFaults(name, { id, title, updated, published, links }) {
  const faults = [];
  if (!isName(id)) faults.push(`${name}: the id "${id}" is neither tag: nor urn:`);
  if (!title) faults.push(`${name}: no title`);
  if (!isDate(updated)) faults.push(`${name}: updated "${updated}" is not of RFC 3339`);
  if (published !== undefined && !isDate(published)) faults.push(`${name}: published "${published}" is not of RFC 3339`);
  const alternates = links.filter(({ rel }) => rel === "alternate").map(({ kind }) => kind);
  if (repeated(alternates).length > 0) faults.push(`${name}: two rel=alternate of one type and language`);
  return faults;
}

function entryFaults(entry) {
  const { id, content, links } = entry;
  const faults = commonFaults(id, entry);
  if (!content) faults.push(`${id}: no content`);
  else if (content.type !== "html" || content.away) faults.push(`${id}: content is not type=html, inline`);
  if (!content && !links.some(({ rel }) => rel === "alternate")) faults.push(`${id}: neither content nor rel=alternate`);
  if (content?.away && !entry.summarised) faults.push(`${id}: content is elsewhere and there is no summary`);
  return faults;
}

/** Readers show an entry amid their own page: direction and language have to be within. */
function wordsFaults(name, { bare, outermost }) {
  const faults = bare ? [`words outside any element: ${bare.slice(0, 40)}`] : [];
  if (outermost.length === 0) faults.push("no element in content");
  faults.push(...outermost.flatMap((element) => directionFaults(element.name, element.lang, element.dir)));
  return faults.map((fault) => `${name}: ${fault}`);
}

const repeated = (values) => [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];

/** By one of the two dates: a correction changes `updated` of an entry that stays where it is. */
function newestFirst(entries) {
  const falls = (dates) => dates.every((date, at) => at === 0 || !(dates[at - 1] < date));
  const orders = [({ updated }) => updated, ({ published, updated }) => published ?? updated];
  return orders.some((date) => falls(entries.map((entry) => Date.parse(date(entry)))));
}

/** tag: (RFC 4151) and urn: (RFC 8141). */
function isName(id) {
  const tag = /^tag:[a-z0-9.@_-]+,\d{4}(-\d\d(-\d\d)?)?:[^\s#]*(#\S*)?$/i;
  const urn = /^urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:\S+$/i;
  const uuid = /^urn:uuid:(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)/i;
  return typeof id === "string" && (tag.test(id) || urn.test(id)) && !uuid.test(id);
}

function isDate(value) {
  const RFC3339 = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
  if (typeof value !== "string" || !RFC3339.test(value)) return false;
  // The day is one of its month: Date takes the 31st of June for the 1st of July.
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value.slice(0, 10));
}

function checkJson(site) {
  if (site.jsons.length === 0) return site.report.check("json", ["no feed.json"]);
  site.report.each("json", site.jsons, ({ error, value, htmls }) => {
    if (error) return [error];
    return [
      ...jsonFaults(value),
      ...htmls.flatMap(({ name, facts }) => wordsFaults(name, facts)),
    ];
  });
}

const text = (value) => typeof value === "string" && value.trim() !== "";
const url = (value) => text(value) && !/\s/.test(value);
const flag = (value) => typeof value === "boolean";
const number = (value) => typeof value === "number" && value >= 0;
const texts = (value) => Array.isArray(value) && value.every(text);
const people = (value) => Array.isArray(value) && value.every(person);
const person = (value) => isObject(value) && ["name", "url", "avatar"].some((key) => text(value[key]));
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const listOf = (rules) => (value) => Array.isArray(value) && value.every((inner) => keyFaults("", inner, rules).length === 0);

/** JSON Feed 1.1: what each key holds; [rule] where it has to be there. */
const JSON_ATTACHMENT = { url: [url], mime_type: [text], title: text, size_in_bytes: number, duration_in_seconds: number };
const JSON_FEED = {
  version: [(value) => value === "https://jsonfeed.org/version/1.1"],
  title: [text],
  items: [Array.isArray],
  // Not asked for by the specification, but by us.
  language: [isLanguage],
  home_page_url: url,
  feed_url: url,
  description: text,
  user_comment: text,
  next_url: url,
  icon: url,
  favicon: url,
  author: person,
  authors: people,
  expired: flag,
  hubs: listOf({ type: [text], url: [url] }),
};
const JSON_ITEM = {
  id: [text],
  url: url,
  external_url: url,
  title: text,
  content_html: text,
  content_text: text,
  summary: text,
  image: url,
  banner_image: url,
  date_published: isDate,
  date_modified: isDate,
  author: person,
  authors: people,
  tags: texts,
  language: isLanguage,
  attachments: listOf(JSON_ATTACHMENT),
};

function jsonFaults(feed) {
  const faults = keyFaults("the feed", feed, JSON_FEED);
  if (!Array.isArray(feed?.items)) return faults;
  faults.push(...repeated(feed.items.map((item) => item?.id)).map((id) => `two items with the id ${id}`));
  for (const [at, item] of feed.items.entries()) {
    faults.push(...keyFaults(`item ${at + 1}`, item, JSON_ITEM));
    if (!text(item?.content_html) && !text(item?.content_text)) faults.push(`item ${at + 1}: neither content_html nor content_text`);
  }
  return faults;
}

function keyFaults(name, value, rules) {
  if (!isObject(value)) return [`${name} is no object`];
  const missing = Object.keys(rules).filter((key) => Array.isArray(rules[key]) && !(key in value));
  const wrong = Object.keys(value).filter((key) => {
    // Names for others' use begin with "_" and a letter.
    if (!Object.hasOwn(rules, key)) return !/^_[a-z]/i.test(key);
    return ![rules[key]].flat()[0](value[key]);
  });
  return [
    ...missing.map((key) => `${name}: no ${key}`),
    ...wrong.map((key) => `${name}: ${key} is not what JSON Feed 1.1 knows: ${JSON.stringify(value[key]).slice(0, 60)}`),
  ];
}

// ---------------------------------------------------------------------------------------------
// The sitemap

async function checkSitemap(site) {
  const path = "sitemap.xml";
  if (!site.files.has(path)) return;
  const context = await site.browser.newContext();
  const lab = await context.newPage();
  const { error, places } = await lab.evaluate(placesOf, site.text(path));
  await context.close();
  if (error) return site.report.check("sitemap", [error]);
  const faults = places.flatMap(({ loc, lastmod }) => placeFaults(site, loc, lastmod));
  if (places.length === 0) faults.push("no place in it");
  site.report.check("sitemap", faults, `${places.length} places`);
}

/** What a sitemap says; runs in the browser. */
function placesOf(text) {
  const doc = new DOMParser().parseFromString(text, "application/xml");
  const error = doc.querySelector("parsererror");
  if (error) return { error: error.textContent };
  const SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9";
  if (doc.documentElement.namespaceURI !== SITEMAP || doc.documentElement.localName !== "urlset") {
    return { error: "the root is no urlset" };
  }
  const said = (element, name) => element.getElementsByTagNameNS(SITEMAP, name)[0]?.textContent.trim();
  const places = [...doc.getElementsByTagNameNS(SITEMAP, "url")];
  return { places: places.map((element) => ({ loc: said(element, "loc") ?? "", lastmod: said(element, "lastmod") })) };
}

function placeFaults(site, loc, lastmod) {
  if (!/^https?:\/\//i.test(loc)) return [`${loc} is not absolute`];
  const faults = [];
  if (site.base && !loc.startsWith(site.base)) faults.push(`${loc} is not under ${site.base}`);
  else if (site.base && atHome(site, loc)) faults.push(`${loc} ${atHome(site, loc)}`);
  if (lastmod !== undefined && !isDate(lastmod) && !/^\d{4}-\d\d-\d\d$/.test(lastmod)) faults.push(`${loc}: lastmod "${lastmod}"`);
  return faults;
}

// ---------------------------------------------------------------------------------------------
// 4. Accessibility

async function checkAxe(site) {
  const pages = sampled(site.pages, site.options.sample);
  // Scripts on: axe is one. The pages have none, as another check sees to.
  const context = await site.browser.newContext({ reducedMotion: "reduce" });
  const unsure = new Set();
  const found = [];
  const page = await context.newPage();
  for (const { path } of pages) {
    await page.goto(`${site.origin}/${escaped(path)}`);
    found.push({ path, faults: await axeFaults(page, unsure), wide: await wideFaults(page) });
  }
  await context.close();
  site.report.each("axe", found, ({ faults }) => faults);
  site.report.each("width", found, ({ wide }) => wide);
  // What axe leaves to people, such as words over a picture, is a fault only where that is asked for.
  if (site.options.sure) site.report.check("axe, unsure", [...unsure]);
  else if (unsure.size > 0) site.report.check("axe, unsure", [], [...unsure].slice(0, TOLD).join(" | "));
}

async function axeFaults(page, unsure) {
  await page.evaluate(axe.source);
  const faults = new Map();
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { violations, incomplete } = await page.evaluate((options) => globalThis.axe.run(options), AXE);
      for (const { id, nodes } of incomplete) {
        for (const { target, any } of nodes) unsure.add(`${id} at ${target.join(" ")}: ${any[0]?.message ?? ""}`);
      }
      for (const { id, nodes } of violations) {
        const name = `${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`;
        faults.set(name, [...(faults.get(name) ?? []), `${width} ${colorScheme}`]);
      }
    }
  }
  return [...faults].map(([name, where]) => `${name} (${where.join(", ")})`);
}

/** Nothing is wider than a phone; hiding what is beyond the edge does not count as a remedy. */
async function wideFaults(page) {
  const width = Math.min(...WIDTHS);
  await page.setViewportSize({ width, height: 800 });
  await page.addStyleTag({ content: "html, body { overflow-x: visible !important }" });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return beyond > 0 ? [`${beyond}px too wide at ${width}px`] : [];
}

/** At most `most` pages, taken by turns from each kind of page in each language. */
function sampled(pages, most) {
  if (most === undefined || most >= pages.length) return pages;
  const kinds = new Map();
  for (const page of pages) {
    const kind = `${page.kind} ${page.lang}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), page]);
  }
  const shares = new Map();
  for (let left = most; left > 0; ) {
    for (const [kind, group] of kinds) {
      const share = shares.get(kind) ?? 0;
      if (left === 0 || share === group.length) continue;
      shares.set(kind, share + 1);
      left -= 1;
    }
  }
  // Of each kind from its first to its last: old editions and new ones.
  return [...shares].flatMap(([kind, share]) => {
    const group = kinds.get(kind);
    return Array.from({ length: share }, (_, at) => group[Math.floor((at * group.length) / share)]);
  });
}

// ---------------------------------------------------------------------------------------------
// 7. Lighthouse

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** A busy machine costs points that the page would not; no page gains any by being tried again. */
const TRIES = 3;

async function checkLighthouse(site) {
  const { default: lighthouse } = await import("lighthouse");
  for (const [name, { path }] of Object.entries(threePages(site.pages))) {
    const url = `${site.origin}/${escaped(path).replace(/(^|\/)index\.html$/, "$1")}`;
    let best;
    for (let tried = 0; tried < TRIES && !(best?.total === CATEGORIES.length); tried += 1) {
      const result = await measured(lighthouse, url);
      if (!best || result.total > best.total) best = result;
    }
    site.report.check(`lighthouse, ${name} ${path}: ${best.scores}`, best.faults);
  }
}

/** A new browser for each try, so that none finds anything kept. */
async function measured(lighthouse, url) {
  const port = await freePort();
  const browser = await chromium.launch({ ...BROWSER, args: [...BROWSER.args, `--remote-debugging-port=${port}`] });
  try {
    // The preset is mobile unless another is named.
    const options = { port, output: "json", logLevel: "error", onlyCategories: CATEGORIES, throttlingMethod: "simulate" };
    const { lhr } = await lighthouse(url, options);
    return judged(lhr);
  } finally {
    await browser.close();
  }
}

function judged({ categories, audits, runtimeError }) {
  if (runtimeError) return { total: 0, scores: "none", faults: [runtimeError.message] };
  const scores = CATEGORIES.map((name) => [name, categories[name].score]);
  const faults = scores.filter(([, score]) => score !== 1).flatMap(([name, score]) => [
    `${name} is ${Math.round(score * 100)}`,
    ...categories[name].auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
      .map(({ id }) => `${id} ${audits[id].displayValue ?? ""} ${placesIn(audits[id])}`),
  ]);
  const told = scores.map(([name, score]) => `${name} ${Math.round(score * 100)}`).join(", ");
  return { total: scores.reduce((sum, [, score]) => sum + score, 0), scores: told, faults };
}

/** Where on the page an audit found what it found. */
function placesIn({ explanation, details }) {
  const items = (details?.items ?? []).map((item) => item?.node?.snippet ?? item?.source?.snippet ?? item?.url ?? item?.description);
  return [explanation, ...items].filter((place) => typeof place === "string").slice(0, 3).join(" ");
}

/** The front page, an edition and an article: in Persian where there are any, with the most pictures. */
function threePages(pages) {
  const pictures = ({ refs }) => refs.filter(({ tag }) => tag === "img").length;
  const rank = (page) => (page.lang.startsWith("fa") ? 1e6 : 0) + pictures(page);
  const articles = pages.filter(({ kind }) => kind === "article");
  const [article] = articles.sort((one, other) => rank(other) - rank(one));
  const index = pages.find(({ path }) => path === "index.html") ?? pages[0];
  const edition = article && pages.find(({ path }) => path === posix.join(posix.dirname(article.path), "index.html"));
  return Object.fromEntries(Object.entries({ index, edition, article }).filter(([, page]) => page));
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

// ---------------------------------------------------------------------------------------------
// The command line

function commandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      outside: { type: "string", multiple: true },
      base: { type: "string" },
      folders: { type: "boolean" },
      sample: { type: "string" },
      sure: { type: "boolean" },
      only: { type: "string" },
      lighthouse: { type: "boolean" },
    },
  });
  const only = values.only?.split(",");
  const unknown = only?.find((name) => !(name in CHECKS) && name !== "");
  if (positionals.length !== 1 || unknown || !statSync(positionals[0]).isDirectory()) {
    throw new Error(unknown ? `no such check: ${unknown}` : "one folder, please");
  }
  const sample = values.sample === undefined ? undefined : Number(values.sample);
  if (sample !== undefined && !(Number.isInteger(sample) && sample > 0)) throw new Error("--sample=N, a number of pages");
  // Relative links are sought from what stands before them: a base is a folder.
  const base = values.base?.replace(/\/?$/, "/");
  return { folder: positionals[0], options: { ...values, only, sample, base } };
}

async function main() {
  let asked;
  try {
    asked = commandLine();
  } catch (error) {
    console.error(`node site.mjs FOLDER [--outside=PREFIX] [--base=URL] [--folders] [--sure] [--sample=N] [--only=A,B] [--lighthouse]: ${error.message}`);
    return 2;
  }
  const lines = await run(asked.folder, asked.options);
  const failed = lines.filter((line) => line.startsWith("FAIL")).length;
  console.log(`${lines.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
