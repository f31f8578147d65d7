//! Pages as `pdftotext` and `pdfinfo` read them: what is taken out is what was put in, in the order in
//! which it is read, and tagged.
//!
//! Compared after this alone: direction marks, embeddings, zero-width spaces, word joiners and soft
//! hyphens go (the extractor adds some, the template others); runs of white space are one space; a vowel
//! mark that the extractor put before its letter goes after it; a paragraph that a column or page ends
//! may come in up to four pieces, each of which ends where a line ends. Letters, digits, ZWNJ and
//! brackets are held as they are. The extractor knows one direction for a page: of an item that runs
//! the other way than its edition, lines that mix directions come out in another order, and are not held
//! here.
#![cfg(feature = "pdf")]

#[path = "../../bulletin/examples/sample/congress.rs"]
mod congress;

use std::collections::BTreeMap;
use std::process::Command;

use congress::Congress;
use payamgir_bulletin::paper::{Form, sheet};
use payamgir_bulletin::{Engine, Known, Press, Sheet};
use payamgir_paper::Typst;
use payamgir_wire::hex::Hex;
use serde_json::Value;

fn with_press<T>(congress: &Congress, with: impl FnOnce(&Press<'_>) -> T) -> T {
    let media: BTreeMap<_, _> = congress.media.iter().map(|(m, bytes)| (m.hash, bytes)).collect();
    with(&Press {
        desk: Hex([7; 32]),
        bulletin: &congress.bulletin,
        editions: &congress.editions,
        items: &congress.items,
        media: &|medium| media.get(&medium.hash).map(|bytes| (*bytes).clone()),
        engine: None,
        known: &Known::default(),
    })
}

fn tool(name: &str, args: &[&str]) -> Option<String> {
    let done = Command::new(name).args(args).output().ok()?;
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// A PDF in a file, for the tools.
fn written(pdf: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    file
}

#[test]
fn what_is_taken_out_is_what_was_put_in() {
    if tool("pdftotext", &["-v"]).is_none() {
        return println!("SKIPPED: pdftotext (poppler-utils)");
    }
    let (engine, congress) = (Typst::new(), congress::small());
    for lang in ["fa", "en"] {
        for form in Form::ALL {
            let sheet = with_press(&congress, |press| sheet(press, (0, lang), form)).unwrap();
            let pdf = engine.set(&sheet).unwrap();
            let file = written(&pdf);
            let path = file.path().to_str().unwrap();
            let info = tool("pdfinfo", &[path]).unwrap();
            assert!(info.contains("Tagged:") && info.contains("yes"), "{form:?} {lang}\n{info}");
            assert!(form != Form::Light || pdf.len() < 1 << 20, "{} bytes", pdf.len());
            let text = Text::of(&tool("pdftotext", &["-enc", "UTF-8", path, "-"]).unwrap());
            for piece in put_in(&sheet, form) {
                assert!(text.has(&piece), "{form:?} {lang}: {piece}\n{}", text.all);
            }
            assert!(!text.has("متنی که دیگر نیست"), "what was withdrawn is not printed");
        }
    }
}

/// `PAYAMGIR_PAGES=folder` leaves the PDFs there, to be looked at.
#[test]
fn pages_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PAYAMGIR_PAGES") else { return };
    let (engine, congress) = (Typst::new(), congress::small());
    for lang in ["fa", "en"] {
        for form in Form::ALL {
            let sheet = with_press(&congress, |press| sheet(press, (0, lang), form)).unwrap();
            let path = std::path::Path::new(&folder).join(format!("{form:?}.{lang}.pdf"));
            std::fs::write(path, engine.set(&sheet).unwrap()).unwrap();
        }
    }
}

#[test]
fn the_same_sheet_is_the_same_bytes() {
    let (engine, congress) = (Typst::new(), congress::small());
    let sheet = with_press(&congress, |press| sheet(press, (0, "fa"), Form::A5)).unwrap();
    assert!(engine.set(&sheet).unwrap() == engine.set(&sheet).unwrap());
    let again = Typst::new();
    assert!(engine.set(&sheet).unwrap() == again.set(&sheet).unwrap());
}

#[test]
fn words_are_words_and_never_code() {
    let engine = Typst::new();
    let congress = congress::small();
    let good = with_press(&congress, |press| sheet(press, (0, "fa"), Form::A4)).unwrap();
    for hostile in [
        "#panic(1)",
        "#import \"/etc/passwd\"",
        "\\\\ ] } $ _ * @x <y> // /*",
        "\u{202e}\u{2067}\u{0}",
        "😀 漢字",
    ] {
        let mut data: Value = serde_json::from_str(&good.data).unwrap();
        for key in ["title", "cover", "number", "date"] {
            data[key] = hostile.into();
        }
        data["items"][0]["title"] = hostile.into();
        data["items"][0]["blocks"][0]["c"][0]["s"] = hostile.into();
        let sheet = Sheet { data: data.to_string(), files: good.files.clone() };
        engine.set(&sheet).unwrap();
    }
    let none = Sheet { data: "{".into(), files: vec![] };
    let why = engine.set(&none).unwrap_err();
    assert!(!why.is_empty());
}

/// Every text that a sheet has, in pieces between the marks of notes.
fn put_in(sheet: &Sheet, form: Form) -> Vec<String> {
    let data: Value = serde_json::from_str(&sheet.data).unwrap();
    let mut all = vec![data["title"].clone(), data["cover"].clone()];
    let mut pieces = vec![];
    blocks(&data["intro"], &mut pieces);
    let same = |item: &&Value| item["dir"] == data["dir"];
    for item in data["items"].as_array().unwrap().iter().filter(same) {
        all.extend(
            ["title", "byline", "dateline", "label", "withdrawn"].map(|key| item[key].clone()),
        );
        blocks(&item["blocks"], &mut pieces);
        for note in item["notes"].as_array().unwrap() {
            inlines(note, &mut pieces);
        }
        if form == Form::A4 || form == Form::A5 {
            all.extend(item["pulls"].as_array().unwrap().clone());
        }
        all.extend(
            item["media"].as_array().unwrap().iter().map(|medium| medium["caption"].clone()),
        );
        all.extend(item["corrections"].as_array().unwrap().iter().map(|note| note["text"].clone()));
    }
    blocks(&data["colophon"], &mut pieces);
    pieces.extend(all.iter().filter_map(|value| value.as_str()).map(str::to_owned));
    pieces.iter().map(|piece| normal(piece)).filter(|piece| !piece.is_empty()).collect()
}

fn blocks(all: &Value, out: &mut Vec<String>) {
    for block in all.as_array().into_iter().flatten() {
        match block["t"].as_str().unwrap_or_default() {
            "p" | "h" => inlines(&block["c"], out),
            "quote" => blocks(&block["c"], out),
            "list" => block["c"].as_array().unwrap().iter().for_each(|entry| blocks(entry, out)),
            "poem" => {
                for line in block["c"].as_array().unwrap() {
                    out.extend(
                        ["a", "b"].iter().filter_map(|half| line[half].as_str()).map(str::to_owned),
                    );
                }
            }
            _ => {}
        }
    }
}

/// The words of a line; a mark of a note ends a piece.
fn inlines(all: &Value, out: &mut Vec<String>) {
    out.push(String::new());
    gather(all, out);
}

fn gather(all: &Value, out: &mut Vec<String>) {
    for inline in all.as_array().into_iter().flatten() {
        match inline["t"].as_str().unwrap_or_default() {
            "text" => out.last_mut().unwrap().push_str(inline["s"].as_str().unwrap()),
            "br" => out.last_mut().unwrap().push(' '),
            "note" => out.push(String::new()),
            _ => gather(&inline["c"], out),
        }
    }
}

fn normal(text: &str) -> String {
    let unseen = |c: &char| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{ad}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    let seen: String = text.chars().filter(unseen).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as it was taken out.
struct Text {
    all: String,
    /// Where lines end in it.
    ends: Vec<usize>,
}

impl Text {
    fn of(taken: &str) -> Self {
        let (mut all, mut ends) = (String::new(), vec![]);
        for line in taken.lines() {
            let soft = line.trim_end().ends_with('\u{ad}');
            let line = turned(&normal(line));
            if line.is_empty() {
                continue;
            }
            all.push_str(&line);
            ends.push(all.len());
            if !soft {
                all.push(' ');
            }
        }
        Self { all, ends }
    }

    fn has(&self, piece: &str) -> bool {
        self.has_from(piece, 0, 4)
    }

    /// Whether it is there in so many pieces, in order, each but the last of which ends a line.
    fn has_from(&self, piece: &str, from: usize, pieces: usize) -> bool {
        if self.all[from..].contains(piece) {
            return true;
        }
        if pieces == 1 {
            return false;
        }
        let spaces: Vec<usize> = piece.match_indices(' ').map(|(at, _)| at).collect();
        spaces.into_iter().rev().any(|at| {
            let (first, rest) = (&piece[..at], &piece[at + 1..]);
            self.all[from..].match_indices(first).any(|(place, _)| {
                let end = from + place + first.len();
                self.ends.binary_search(&end).is_ok() && self.has_from(rest, end, pieces - 1)
            })
        })
    }
}

/// Vowel marks that stand before their letter, after it.
fn turned(line: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}');
    let mut out = String::new();
    let mut marks: Vec<char> = vec![];
    for c in line.chars() {
        if is_mark(c) {
            marks.push(c);
        } else if c == ' ' {
            out.extend(marks.drain(..));
            out.push(c);
        } else {
            out.push(c);
            out.extend(marks.drain(..).rev());
        }
    }
    out.extend(marks);
    out
}
