//! A page of a recovery kit: what is printed, and reading it again.

use std::fmt::Write;

use data_encoding::BASE64URL_NOPAD;
use payamgir_desk::kit::{NotAKit, PAGE_BYTES, Page};
use payamgir_desk::roster::Hash;
use payamgir_text::lang::Lang;
use payamgir_text::{bytewords, digits};
use payamgir_wire::hex::Hex;
use qrcodegen::{QrCode, QrCodeEcc};

use super::kit::not_a_kit;
use super::spoken;
use crate::problem::Problem;
use crate::words::pick;

/// The first line of what the QR code says.
const FIRST_LINE: &str = "PAYAMGIR KIT 1";
/// White around a QR code, in modules (ISO/IEC 18004).
const QUIET: i32 = 4;

/// What is on a page.
pub struct Sheet<'a> {
    /// Its part of the key.
    pub part: &'a Page,
    /// How many pages there are.
    pub all: u8,
    /// The server's desk address when it was made.
    pub server: &'a str,
    /// The log's public key.
    pub log_key: &'a str,
    /// The founding's hash.
    pub desk: Hash,
    /// What the kit says for the server, the log key and the desk.
    pub proof: [u8; 16],
    /// The kit's name.
    pub kit: String,
    /// When it was made, in words.
    pub day: String,
}

/// What was read from a page.
pub struct Read {
    /// Its part of the key.
    pub part: Page,
    /// What it says of the server: address, log key, desk; nothing where only words were typed.
    pub server: Option<String>,
    pub log_key: Option<String>,
    pub desk: Option<Hash>,
    /// What the kit says for those three.
    pub proof: Option<Vec<u8>>,
}

/// What the QR code says.
pub fn code(sheet: &Sheet<'_>) -> String {
    let share = BASE64URL_NOPAD.encode(&sheet.part.encode());
    let (server, log_key, desk) = (sheet.server, sheet.log_key, Hex(sheet.desk));
    let proof = BASE64URL_NOPAD.encode(&sheet.proof);
    format!(
        "{FIRST_LINE}\nshare {share}\nserver {server}\nlog {log_key}\ndesk {desk}\nproof {proof}\n"
    )
}

/// Reads what a QR code said, or the words that were typed, numbered or not.
pub fn read(text: &str) -> Result<Read, Problem> {
    // Line breaks may have been lost on the way from the scanner.
    let said: Vec<&str> = text.split_whitespace().collect();
    let line = |name: &str| {
        let mut pairs = said.windows(2).filter(|pair| pair[0] == name);
        pairs.next().map(|pair| pair[1].to_owned())
    };
    let is_code = text.contains(FIRST_LINE);
    let bytes = match line("share").filter(|_| is_code) {
        Some(share) => BASE64URL_NOPAD.decode(share.as_bytes()).unwrap_or_default(),
        None => {
            let mut words = spoken::pieces(text);
            words.retain(|word| !word.chars().all(|c| c.is_ascii_digit()));
            if words.len() > PAGE_BYTES {
                return Err(not_a_kit(NotAKit::Page));
            }
            spoken::bytes(&words)?
        }
    };
    let part = Page::decode(&bytes).map_err(not_a_kit)?;
    let line = |name| line(name).filter(|_| is_code);
    let desk = line("desk").and_then(|hex| Hex::<32>::parse(&hex).ok()).map(|hash| hash.0);
    let proof = line("proof").and_then(|proof| BASE64URL_NOPAD.decode(proof.as_bytes()).ok());
    Ok(Read { part, server: line("server"), log_key: line("log"), desk, proof })
}

/// The page, to be printed from a browser. It fetches nothing.
pub fn html(sheet: &Sheet<'_>, lang: Lang) -> String {
    let number = |n: u8| digits::number(n.into(), lang);
    let (part, all) = (number(sheet.part.number), number(sheet.all));
    let needed = number(sheet.part.needed);
    let (code, dir) = (lang.code(), lang.dir());
    let title = pick(lang, "بسته‌ی بازیابی تحریریه", "The desk’s recovery kit");
    let of = match lang {
        Lang::Fa => format!("برگ {part} از {all}"),
        Lang::En => format!("page {part} of {all}"),
    };
    let what = match lang {
        Lang::Fa => format!(
            "هر {needed} برگ از این {all} برگ با هم تحریریه را بازمی‌گردانند، و هر که آن‌ها را داشته باشد همه‌ی پیام‌ها را می‌خواند. این برگ را جدا از برگ‌های دیگر و دور از چشم نگه دارید."
        ),
        Lang::En => format!(
            "Any {needed} of these {all} pages together bring the desk back, and whoever has them can read everything. Keep this page apart from the others, and out of sight."
        ),
    };
    let how = pick(
        lang,
        "روی رایانه‌ای پاک: <bdi dir=\"ltr\">payamgir desk recover</bdi>. سپس متن کد هر برگ را بچسبانید یا واژه‌هایش را به ترتیب شماره بنویسید؛ در این حال نشانی سرور و کلید لاگ را هم بدهید.",
        "On a clean computer: payamgir desk recover. Then paste what the code of each page says, or type its words in the order of their numbers; then the server and the log key must be given too.",
    );
    let (server, log_key) = (escape(sheet.server), escape(sheet.log_key));
    let desk = Hex(sheet.desk);
    let [server_name, log_name, desk_name, kit_name, day_name] = match lang {
        Lang::Fa => ["نشانی سرور", "کلید لاگ", "تحریریه", "بسته", "تاریخ"],
        Lang::En => ["server", "log key", "desk", "kit", "made"],
    };
    format!(
        "<!doctype html>\n<html lang=\"{code}\" dir=\"{dir}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}, {of}</title>\n\
         <style>{STYLE}</style>\n<main>\n<header><h1>{title}</h1><p class=\"of\">{of}</p></header>\n\
         <p class=\"what\">{what}</p>\n<div class=\"part\">{qr}<ol>{words}</ol></div>\n\
         <p class=\"how\">{how}</p>\n<dl>\n<dt>{server_name}<dd dir=\"ltr\">{server}\n\
         <dt>{log_name}<dd dir=\"ltr\">{log_key}\n<dt>{desk_name}<dd dir=\"ltr\">{desk}\n\
         <dt>{kit_name}<dd dir=\"ltr\">{kit}\n<dt>{day_name}<dd>{day}\n</dl>\n</main>\n</html>\n",
        qr = svg(&self::code(sheet), lang),
        words = words(sheet.part, lang),
        kit = escape(&sheet.kit),
        day = escape(&sheet.day),
    )
}

const STYLE: &str = "@page{size:A4;margin:16mm}*{box-sizing:border-box}\
body{margin:0;font:12pt/1.6 Vazirmatn,'Noto Naskh Arabic','Noto Sans',Tahoma,sans-serif;color:#000;background:#fff}\
main{max-width:178mm;margin:0 auto;padding:6mm 4mm}\
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;border-bottom:2px solid}\
h1{font-size:19pt;margin:0}.of{font-size:15pt;margin:0;font-weight:700}.what{font-weight:700;margin:5mm 0}\
.part{display:flex;flex-wrap:wrap;gap:8mm;align-items:flex-start}\
svg{width:62mm;height:62mm;flex:none;margin:-3mm}\
ol{flex:1 1 88mm;columns:3;column-gap:5mm;margin:0;padding:0;list-style:none;font-size:12.5pt}\
li{break-inside:avoid;display:flex;gap:2mm}li span{min-width:6mm;text-align:end;font-size:9.5pt;padding-top:.2em}\
.how{margin:6mm 0 4mm}dl{display:grid;grid-template-columns:max-content 1fr;gap:1mm 5mm;margin:0;font-size:9.5pt;border-top:1px solid;padding-top:4mm}\
dt{font-weight:700}dd{margin:0;overflow-wrap:anywhere}dd[dir=ltr]{text-align:start;font-family:ui-monospace,monospace}";

fn words(part: &Page, lang: Lang) -> String {
    let mut out = String::new();
    for (at, byte) in part.encode().iter().enumerate() {
        let number = digits::number(at as u64 + 1, lang);
        let word = bytewords::word(*byte, lang);
        let _ = write!(out, "<li><span>{number}</span> <b>{word}</b>");
    }
    out
}

fn svg(text: &str, lang: Lang) -> String {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("some hundred bytes");
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let label = pick(lang, "کد این برگ", "this page’s code");
    format!(
        "<svg role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{size}v{size}H0z\"/><path d=\"{path}\"/></svg>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
