// Builds the one script of the source's pages, for browsers of some years ago too.
//
//   npm ci && node build.mjs            writes dist/seal.js and dist/seal.js.br
//   npm ci && node build.mjs --check    fails where those are not what is built here

import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

const OUT = new URL("dist/seal.js", import.meta.url);
const COMPRESSED = new URL("dist/seal.js.br", import.meta.url);
/** Most bytes of the script as browsers fetch it. */
const MOST = 45 * 1024;

const { outputFiles } = await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["src/main.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome94", "firefox93", "safari15"],
  legalComments: "none",
  charset: "ascii",
  write: false,
  // The whole of it, as the function below can give it.
  define: { __SOURCE__: "payamgir" },
});
// An ending tag within would end the page that carries it.
const whole = `(function payamgir(){${outputFiles[0].text.trim()}})();\n`;
const script = Buffer.from(whole.replaceAll("</script", "<\\/script"));

if (process.argv.includes("--check")) {
  const same = readFileSync(OUT).equals(script) && brotliDecompressSync(readFileSync(COMPRESSED)).equals(script);
  if (!same) throw new Error("dist/ is not what src/ and the lock file give");
} else {
  mkdirSync(new URL("dist/", import.meta.url), { recursive: true });
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
  writeFileSync(OUT, script);
  writeFileSync(COMPRESSED, brotliCompressSync(script, { params }));
}
const size = readFileSync(COMPRESSED).length;
if (size > MOST) throw new Error(`${size} bytes compressed: over ${MOST}`);
console.log(`${script.length} bytes, ${size} compressed`);
