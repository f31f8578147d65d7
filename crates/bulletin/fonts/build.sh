#!/usr/bin/env bash
# Makes Vazirmatn.woff2 from the npm package vazirmatn, and copies the two weights that cards are drawn
# with. Needs npm, and fonttools with brotli (pip install fonttools==4.68.0 brotli==1.2.1).
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" vazirmatn@33.0.3 >/dev/null
tar xzf "$work"/vazirmatn-33.0.3.tgz -C "$work"
fonts="$work/package/fonts"
cp "$fonts"/ttf/Vazirmatn-{Regular,Bold}.ttf "$work/package/OFL.txt" .
# What Persian, Arabic, Kurdish, Urdu and Latin texts need; the names, which say the licence, stay.
pyftsubset "$fonts/variable/Vazirmatn[wght].ttf" --flavor=woff2 --output-file=Vazirmatn.woff2 \
  --layout-features='*' --name-IDs='*' --no-hinting --desubroutinize \
  --unicodes=U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+060C,U+061B,U+061F,U+0621-0655,U+0660-066C,U+0670,U+0671,U+0679,U+067E,U+0686,U+0688,U+0691,U+0695,U+0698,U+06A4,U+06A9,U+06AF,U+06B5,U+06BA,U+06BE,U+06C0-06C3,U+06C6,U+06CC,U+06CE,U+06D2,U+06D4,U+06D5,U+06F0-06F9,U+200B-200F,U+2010-2027,U+2030,U+2039,U+203A,U+2066-2069,U+20AC,U+2190-2193,U+2212,U+25CF,U+FD3E,U+FD3F
