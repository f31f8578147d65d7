//! `payamgir receipt`: whether what a receipt stands for is in the log, checked on this machine.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use payamgir_courier::{Given, Proved, Server};
use payamgir_log::{Checkpoint, Code, Hash, Proof, Verifier, check_receipt, content};
use payamgir_text::lang::Lang;
use payamgir_text::{code, digits};
use payamgir_wire::piece::{Event, Reader};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cli::ReceiptArgs;
use crate::courier::{TEXT_BYTES, no_server, not_sealed, server, unreached};
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output, world};

/// Most bytes of digits that are read.
const DIGITS_BYTES: u64 = 1024;

/// `payamgir receipt`
pub fn receipt(args: &ReceiptArgs, lang: Lang) -> Result<(), Problem> {
    let address = args.server.server.as_deref().ok_or_else(no_server)?;
    let server = server(address, &args.server)?;
    if args.files.is_empty() { check(args, &server, lang) } else { get(&args.files, &server, lang) }
}

/// Gets one for sealed files that were handed in.
fn get(files: &[PathBuf], server: &Server, lang: Lang) -> Result<(), Problem> {
    let mut contents = vec![];
    for file in files {
        contents.extend(contents_of(file)?);
    }
    let mut salt = [0; 16];
    world::random(&mut salt);
    let seconds = match payamgir_courier::receipt(server, &salt, &contents).map_err(unreached)? {
        Given::Yes(seconds) => seconds,
        Given::Strange => return Err(not_there()),
        Given::No => return Err(none_given()),
    };
    let code = Code::of(&salt, contents.into_iter().map(Hash));
    let minutes = digits::number(seconds.div_ceil(60), lang);
    eprintln!(
        "{}\n{} {minutes}",
        pick(
            lang,
            "رسید، چهل رقم. هر کس آن را پیدا کند می‌فهمد پیامی به این نشست فرستاده شده، حدوداً کی، به چه اندازه و کدام است. اگر ممکن است بگردندتان، نگهش ندارید. سنجیدن: payamgir receipt",
            "The receipt, forty digits. Whoever finds it learns that a message was sent to this assembly, about when, how large it was and which it is. If you may be searched, do not keep it. To check it: payamgir receipt",
        ),
        pick(
            lang,
            "زودترین زمان سنجیدن، به دقیقه:",
            "Minutes until it can be checked, at the earliest:"
        ),
    );
    output::line(digits::localize(&written(code), lang))
}

/// The hashes of the contents of the pieces in a file, or of the blocks in a text.
fn contents_of(path: &Path) -> Result<Vec<[u8; 32]>, Problem> {
    let unread = |error| not_sealed(payamgir_courier::NotSealed::Read(error));
    let mut file = File::open(path).map_err(unread)?;
    let mut start = [0; 4];
    let is_binary = file.read_exact(&mut start).is_ok() && &start == b"PGS1";
    file.rewind().map_err(unread)?;
    if !is_binary {
        return contents_of_blocks(file);
    }
    let (mut buffer, mut reader, mut found) = (vec![0; 64 * 1024], Reader::default(), vec![]);
    let mut piece: Option<(Hash, u64, Sha256)> = None;
    loop {
        let read = file.read(&mut buffer).map_err(unread)?;
        if read == 0 {
            break;
        }
        let mut rest = &buffer[..read];
        while let Some(event) = reader.next(&mut rest).map_err(|_| no_pieces())? {
            match event {
                Event::Head(head) => {
                    piece =
                        Some((Hash(Sha256::digest(&head.entry).into()), head.blob, Sha256::new()));
                }
                Event::Blob(part) => {
                    piece.as_mut().into_iter().for_each(|(_, _, hash)| hash.update(part));
                }
                Event::End => found.extend(piece.take().map(finish)),
            }
        }
    }
    reader.end().map_err(|_| no_pieces())?;
    if found.is_empty() { Err(no_pieces()) } else { Ok(found) }
}

/// The same of a text with blocks.
fn contents_of_blocks(file: File) -> Result<Vec<[u8; 32]>, Problem> {
    let mut text = String::new();
    file.take(TEXT_BYTES).read_to_string(&mut text).map_err(|_| no_pieces())?;
    let (mut found, mut rest) = (vec![], &text[..]);
    while let Some(block) = payamgir_wire::piece::find(rest) {
        for head in block.pieces.map_err(|_| no_pieces())? {
            found.push(content(&Hash(Sha256::digest(&head.entry).into()), None).0);
        }
        rest = block.after;
    }
    if found.is_empty() { Err(no_pieces()) } else { Ok(found) }
}

fn finish((body, blob, hash): (Hash, u64, Sha256)) -> [u8; 32] {
    let hash = Hash(hash.finalize().into());
    content(&body, (blob > 0).then_some(&hash)).0
}

/// Checks one whose digits are typed: never an argument, which a shell would remember.
fn check(args: &ReceiptArgs, server: &Server, lang: Lang) -> Result<(), Problem> {
    let code = read_code(lang)?;
    let key = match &args.log_key {
        Some(key) => key.clone(),
        None => told_key(server, lang)?,
    };
    let verifier = Verifier::parse(&key).map_err(|error| other_key().because(error))?;
    match payamgir_courier::prove(server, &written(code)).map_err(unreached)? {
        Proved::Unknown => Err(unknown()),
        Proved::Never => Err(never()),
        Proved::Waits(seconds) => Err(waits(seconds.div_ceil(60))),
        Proved::Proofs(proofs) => {
            if args.log_key.as_ref().is_some_and(|given| is_other(given, server)) {
                return Err(other_key());
            }
            let checked = check_receipt(code, &proofs, &verifier);
            let (found, checkpoint) = checked.map_err(|error| wrong().because(error))?;
            if let Some(out) = &args.proof {
                write_proofs(out, &found)?;
            }
            tell(args, &found, &checkpoint, lang)
        }
    }
}

/// Whether the server names another key than the one that was given.
fn is_other(given: &str, server: &Server) -> bool {
    payamgir_courier::log_key(server).is_ok_and(|key| key != given)
}

/// A file for each part: the one that is named, and where there are more, others behind it with their numbers.
fn write_proofs(out: &Path, found: &[Proof]) -> Result<(), Problem> {
    for (number, proof) in (1..).zip(found) {
        let name = match number {
            1 => out.to_owned(),
            more => PathBuf::from(format!("{}.{more}", out.display())),
        };
        files::create(&name, proof.to_string().as_bytes())?;
    }
    Ok(())
}

fn read_code(lang: Lang) -> Result<Code, Problem> {
    eprintln!(
        "{}",
        pick(lang, "چهل رقم رسید، و Enter:", "The forty digits of the receipt, and Enter:")
    );
    let mut typed = String::new();
    let mut input = std::io::BufReader::new(std::io::stdin().take(DIGITS_BYTES));
    // However many lines they were written in.
    while let Ok(1..) = std::io::BufRead::read_line(&mut input, &mut typed) {
        if let Some(code) = parse(&typed) {
            return Ok(code);
        }
        if typed.chars().filter(|c| c.is_alphanumeric()).count() > 2 * code::RECEIPT.digits {
            break;
        }
    }
    Err(misread())
}

fn told_key(server: &Server, lang: Lang) -> Result<String, Problem> {
    let key = payamgir_courier::log_key(server).map_err(unreached)?;
    let said = pick(
        lang,
        "کلید لاگ را خود سرور داد؛ آن را با کلیدی که تحریریه می‌شناسد مقایسه کنید:",
        "The server itself named the log's key; compare it with the one that the desk knows:",
    );
    eprintln!("{said}\n  {key}");
    Ok(key)
}

fn tell(
    args: &ReceiptArgs,
    found: &[Proof],
    checkpoint: &Checkpoint,
    lang: Lang,
) -> Result<(), Problem> {
    let indexes: Vec<u64> = found.iter().map(|proof| proof.record.index).collect();
    let root = data_encoding::BASE64.encode(&checkpoint.root.0);
    if args.json {
        return output::json(&json!({ "records": indexes, "size": checkpoint.size, "root": root }));
    }
    let parts = digits::number(indexes.len() as u64, lang);
    output::line(match lang {
        Lang::Fa => format!("در دفتر ثبت هست. بخش‌ها: {parts}"),
        Lang::En => format!("It is in the record. Parts: {parts}"),
    })?;
    eprintln!("  {} {}", pick(lang, "ریشه‌ی منتشرشده:", "published root:"), root);
    Ok(())
}

fn parse(text: &str) -> Option<Code> {
    code::RECEIPT.read(text).map(|number| Code::new(number.to_be_bytes()))
}

fn written(code: Code) -> String {
    code::RECEIPT.write(u128::from_be_bytes(code.bytes()))
}

fn misread() -> Problem {
    let what = Say::new("این رقم‌ها خوانده نشد.", "These digits could not be read.");
    let to_do = Say::new(
        "باید چهل رقم باشد. شاید یکی دیگر است یا دو تا جابه‌جا شده‌اند.",
        "There should be forty. Perhaps one is another, or two were exchanged.",
    );
    Problem::new(what, to_do).exits(2)
}

fn no_pieces() -> Problem {
    let what = Say::new("این فایل مهرشده نیست.", "This is not a sealed file.");
    let to_do = Say::new(
        "پرونده‌ای بدهید که «payamgir seal --out» یا صفحه‌ی بی‌اینترنت ساخته و تحویل داده شده است.",
        "Give one that `payamgir seal --out` or the page without a network made, and that was handed in.",
    );
    Problem::new(what, to_do).exits(2)
}

fn not_there() -> Problem {
    let what = Say::new("این پرونده هنوز به آن‌جا نرسیده است.", "This file is not there yet.");
    let to_do = Say::new(
        "نخست آن را با «payamgir carry» ببرید.",
        "Hand it in first, with `payamgir carry`.",
    );
    Problem::new(what, to_do)
}

fn none_given() -> Problem {
    let what = Say::new("این سرور رسیدی نمی‌دهد.", "This server gives no receipt.");
    let to_do = Say::new("آنچه تحویل داده شد سر جایش است.", "What was handed in is safe.");
    Problem::new(what, to_do)
}

fn never() -> Problem {
    let what = Say::new(
        "در دفتر ثبت هست، ولی منتشر نمی‌شود.",
        "It is in the record, but the record is not published.",
    );
    let to_do =
        Say::new("این سرور اکنون چیزی منتشر نمی‌کند.", "This server publishes nothing at present.");
    Problem::new(what, to_do)
}

fn other_key() -> Problem {
    let what = Say::new(
        "کلیدی که دادید کلید این سرور نیست.",
        "The log key that you gave is not this server's.",
    );
    let to_do = Say::new(
        "کلید را دوباره از تحریریه بگیرید؛ اگر درست است، سرور دیگری در میان است.",
        "Ask the desk for the key again; if it is right, another server stands between.",
    );
    Problem::new(what, to_do)
}

fn unknown() -> Problem {
    let what = Say::new("این سرور چنین رسیدی ندارد.", "This server has no such receipt.");
    let to_do = Say::new(
        "رقم‌ها و ترتیب ده گروه را دوباره ببینید، و این‌که رسید از همین سرور است. اگر همه درست است، آن پیام در دفتر ثبت این سرور نیست.",
        "Compare the digits and the order of the ten groups, and see that it is this server's. If all is right, the message is not in its record.",
    );
    Problem::new(what, to_do)
}

fn waits(minutes: u64) -> Problem {
    let what = Say::new("هنوز منتشر نشده است.", "It is not published yet.");
    let to_do = Say::new(
        format!("حدود {} دقیقه‌ی دیگر دوباره بسنجید.", digits::number(minutes, Lang::Fa)),
        format!("Check again in about {minutes} min."),
    );
    Problem::new(what, to_do)
}

fn wrong() -> Problem {
    let what = Say::new(
        "گواه درست نیست: دفتر ثبت یا خط دست‌کاری شده است.",
        "The proof does not hold: the record or the line was tampered with.",
    );
    let to_do = Say::new(
        "اگر می‌توانید بی‌خطر به تحریریه خبر دهید.",
        "Tell the desk, if you can do so safely.",
    );
    Problem::new(what, to_do)
}
