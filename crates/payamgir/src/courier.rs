//! `payamgir seal` and `payamgir carry`: what a source or a courier does on a machine of their own.

use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Write};
use std::path::Path;

use payamgir_courier::{Failure, Key, NotSealed, Server, Submission, Told, fetch_key, fingerprint};
use payamgir_text::code;
use payamgir_text::lang::Lang;
use zeroize::Zeroizing;

use crate::cli::{CarryArgs, SealArgs, ServerAddress};
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output, world};

/// Longest text that is sealed in one go.
pub const TEXT_BYTES: u64 = 4 << 20;

/// `payamgir seal`
pub fn seal(args: &SealArgs, lang: Lang) -> Result<(), Problem> {
    let key = key(args)?;
    eprintln!("{}", pick(lang, "به این کلید مهر می‌شود:", "Sealing to this key:"));
    eprintln!("  {}", fingerprint(&key.epoch, lang));
    let text = args.text.as_deref().map(words).transpose()?.unwrap_or_default();
    let files: Vec<&Path> = args.files.iter().map(|path| &**path).collect();
    if payamgir_text::is_blank(&text) && files.is_empty() {
        return Err(nothing());
    }
    let mut group = [0; 16];
    world::random(&mut group);
    let submission =
        Submission { group, language: lang.code(), now: world::now(), text: &text, files: &files };
    match &args.out {
        None if files.is_empty() => {
            let block = payamgir_courier::seal_block(&key, &submission).map_err(not_sealed)?;
            output::bytes(block.as_bytes())
        }
        None => Err(no_block_for_files()),
        Some(out) => into_file(&key, &submission, out, lang),
    }
}

fn into_file(
    key: &Key,
    submission: &Submission<'_>,
    out: &Path,
    lang: Lang,
) -> Result<(), Problem> {
    files::create(out, b"")?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let write = |error| not_sealed(NotSealed::Write(error));
    let mut to = BufWriter::new(File::options().write(true).open(out).map_err(write)?);
    let total: u64 =
        submission.files.iter().filter_map(|file| file.metadata().ok()).map(|m| m.len()).sum();
    let (mut done, mut told) = (0u64, 0);
    let progress = |bytes: u64| {
        done += bytes;
        let percent = done * 100 / total.max(1);
        if percent >= told + 5 {
            told = percent;
            eprintln!("  {percent}%");
        }
    };
    let temp = folder.unwrap_or(Path::new("."));
    payamgir_courier::seal(key, submission, &mut to, temp, progress).map_err(not_sealed)?;
    let file = to.into_inner().map_err(|error| write(error.into_error()))?;
    file.sync_all().map_err(write)?;
    eprintln!(
        "{}",
        pick(
            lang,
            "مهر شد. اصل پرونده‌ها سر جایشان مانده‌اند.",
            "Sealed. The originals are still where they were."
        )
    );
    Ok(())
}

fn key(args: &SealArgs) -> Result<Key, Problem> {
    let text = match (&args.key, &args.server.server) {
        (Some(file), _) => files::read(file)?,
        (None, Some(address)) => fetch_key(&server(address, &args.server)?).map_err(unreached)?,
        (None, None) => return Err(no_key()),
    };
    Key::read(&text).map_err(not_a_key)
}

fn words(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let mut text = Zeroizing::new(String::new());
    let mut read = |from: &mut dyn Read| from.take(TEXT_BYTES).read_to_string(&mut text);
    let done = if path == Path::new("-") {
        read(&mut std::io::stdin())
    } else {
        File::open(path).and_then(|mut file| read(&mut file))
    };
    done.map_err(|error| not_sealed(NotSealed::Read(error)))?;
    Ok(text)
}

/// `payamgir carry`
pub fn carry(args: &CarryArgs, lang: Lang) -> Result<(), Problem> {
    let address = args.server.server.as_deref().ok_or_else(no_server)?;
    let server = server(address, &args.server)?;
    let pass = args.pass.as_deref().map(pass).transpose()?;
    let (mut all, mut fine, mut flooded) = (Told::default(), true, false);
    for path in &args.files {
        let mut file = File::open(path).map_err(|error| not_sealed(NotSealed::Read(error)))?;
        let (told, status) = hand_in(&server, pass.as_ref().map(|pass| pass.as_str()), &mut file)?;
        all.new += told.new;
        all.known += told.known;
        all.other += told.other;
        all.damaged += told.damaged;
        fine &= status == 200;
        flooded |= status == 503;
    }
    if args.json {
        output::json(&all)?;
    } else {
        tell(&all, lang)?;
    }
    match (fine, all.new + all.known) {
        (true, _) => Ok(()),
        _ if flooded => Err(too_much_comes()),
        (false, 0) => Err(nothing_taken()),
        (false, _) => Err(not_all()),
    }
}

/// The digits of a pass, out of a file: an argument would stay in the shell's history.
fn pass(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let typed = words(path)?;
    match code::PASS.read(&typed) {
        Some(number) => Ok(Zeroizing::new(code::PASS.write(number))),
        None => Err(no_pass()),
    }
}

/// A file of pieces, or a text with blocks.
fn hand_in(server: &Server, pass: Option<&str>, file: &mut File) -> Result<(Told, u16), Problem> {
    let mut start = [0; 4];
    let is_binary = file.read_exact(&mut start).is_ok() && &start == b"PGS1";
    std::io::Seek::rewind(file).map_err(|error| not_sealed(NotSealed::Read(error)))?;
    if is_binary {
        return payamgir_courier::hand_in(server, pass, file).map_err(unreached);
    }
    let mut text = String::new();
    let read = file.take(TEXT_BYTES).read_to_string(&mut text);
    let (mut bytes, mut damaged, mut rest) = (vec![], 0, &text[..]);
    let found = read.ok().and_then(|_| payamgir_wire::piece::find(rest));
    let mut found = found;
    while let Some(block) = found {
        match block.pieces {
            Ok(heads) => heads.iter().for_each(|head| bytes.extend(head.alone())),
            Err(_) => damaged += 1,
        }
        rest = block.after;
        found = payamgir_wire::piece::find(rest);
    }
    if bytes.is_empty() {
        return Ok((Told { damaged: damaged.max(1), ..Told::default() }, 422));
    }
    let handed = payamgir_courier::hand_in(server, pass, &mut Cursor::new(bytes));
    let (mut told, status) = handed.map_err(unreached)?;
    told.damaged += damaged;
    Ok((told, if damaged > 0 { 422 } else { status }))
}

fn tell(told: &Told, lang: Lang) -> Result<(), Problem> {
    let lines = [
        (pick(lang, "تازه", "new"), told.new),
        (pick(lang, "پیش‌تر رسیده بود", "there already"), told.known),
        (pick(lang, "برای تحریریه‌ی دیگر", "for another desk"), told.other),
        (pick(lang, "آسیب‌دیده یا ناخوانا", "damaged, or no sealed message"), told.damaged),
    ];
    for (word, count) in lines.into_iter().filter(|(_, count)| *count > 0) {
        output::line(format!("{word}: {}", payamgir_text::digits::number(count, lang)))?;
    }
    std::io::stdout().flush().map_err(Problem::output)
}

pub fn server(address: &str, args: &ServerAddress) -> Result<Server, Problem> {
    Server::new(address, args.proxy.as_deref()).map_err(unreached)
}

pub fn unreached(failure: Failure) -> Problem {
    let (what, to_do) = match failure {
        Failure::Address => (
            Say::new("این نشانی درست نیست.", "This is not an address."),
            Say::new(
                "چیزی مانند https://example.org بدهید.",
                "Give something like https://example.org.",
            ),
        ),
        Failure::Network(_) => (
            Say::new(
                "سرور در دسترس نبود یا خط قطع شد.",
                "The server could not be reached, or the line broke.",
            ),
            Say::new(
                "دوباره بیازمایید؛ آنچه رسیده دو بار شمرده نمی‌شود.",
                "Try again; what arrived does not count twice.",
            ),
        ),
        Failure::Status(503) => return too_much_comes(),
        Failure::Status(_) => (
            Say::new(
                "سرور چیزی گفت که این برنامه نمی‌شناسد.",
                "The server said something this program does not know.",
            ),
            Say::new(
                "نشانی را ببینید: باید نشانی فرستندگان باشد.",
                "Look at the address: it should be the one for sources.",
            ),
        ),
    };
    Problem::new(what, to_do).because(failure)
}

pub fn not_sealed(error: NotSealed) -> Problem {
    let what = match &error {
        NotSealed::Read(_) => Say::new("پرونده‌ای خوانده نشد.", "A file could not be read."),
        NotSealed::Write(_) => {
            Say::new("آنچه مهر شد نوشته نشد.", "What was sealed could not be written.")
        }
    };
    let to_do = Say::new(
        "دسترسی و جای دیسک را ببینید.",
        "Look at the permissions and the free space on the disk.",
    );
    Problem::new(what, to_do).because(error)
}

fn not_a_key(error: payamgir_courier::NotAKey) -> Problem {
    let what = Say::new("این کلید تحریریه نیست.", "This is not a desk's key.");
    let to_do =
        Say::new("آن را از نشانی «/key» سرور بگیرید.", "Take it from the server's address /key.");
    Problem::new(what, to_do).because(error)
}

fn no_key() -> Problem {
    let what = Say::new("کلیدی داده نشد.", "No key was given.");
    let to_do =
        Say::new("‎--server نشانی یا ‎--key پرونده بدهید.", "Give --server ADDRESS or --key FILE.");
    Problem::new(what, to_do).exits(2)
}

pub fn no_server() -> Problem {
    let what = Say::new("نشانی سرور داده نشد.", "No server was given.");
    let to_do = Say::new("با ‎--server نشانی سرور را بدهید.", "Give --server ADDRESS.");
    Problem::new(what, to_do).exits(2)
}

fn nothing() -> Problem {
    let what = Say::new("چیزی برای مهر کردن نیست.", "There is nothing to seal.");
    let to_do = Say::new("پرونده‌ای نام ببرید یا ‎--text بدهید.", "Name a file, or give --text.");
    Problem::new(what, to_do).exits(2)
}

fn no_block_for_files() -> Problem {
    let what = Say::new("پرونده‌ها در نوشته جا نمی‌شوند.", "Files do not fit into a block of text.");
    let to_do = Say::new("‎--out پرونده بدهید.", "Give --out FILE.");
    Problem::new(what, to_do).exits(2)
}

fn no_pass() -> Problem {
    let what = Say::new("این برگه‌ی ورود خوانده نشد.", "This pass could not be read.");
    let to_do = Say::new(
        "باید سی رقم باشد؛ شاید یکی رقم دیگری است یا دو تا جابه‌جا شده‌اند.",
        "There should be thirty digits; perhaps one is another, or two were exchanged.",
    );
    Problem::new(what, to_do).exits(2)
}

fn too_much_comes() -> Problem {
    let what = Say::new(
        "همین حالا پیام‌های زیادی به سرور می‌رسد.",
        "Many messages are arriving at the server just now.",
    );
    let to_do = Say::new(
        "آنچه گرفته شد سر جایش است؛ چند دقیقه‌ی دیگر دوباره بیازمایید، یا با ‎--pass برگه‌ی ورود بدهید.",
        "What was taken is safe. Try again in a few minutes, or give a pass of the desk with --pass.",
    );
    Problem::new(what, to_do)
}

fn nothing_taken() -> Problem {
    let what = Say::new("هیچ‌چیز تحویل گرفته نشد.", "Nothing was taken.");
    let to_do = Say::new(
        "ببینید پرونده همان است که «payamgir seal» یا صفحه‌ی بی‌اینترنت ساخت، و برای همین تحریریه.",
        "See that it is what `payamgir seal` or the page without a network made, and for this desk.",
    );
    Problem::new(what, to_do)
}

fn not_all() -> Problem {
    let what = Say::new("همه تحویل گرفته نشد.", "Not all of it was taken.");
    let to_do = Say::new(
        "آنچه گرفته شد سر جایش است؛ بقیه را دوباره بیاورید.",
        "What was taken is safe; bring the rest again.",
    );
    Problem::new(what, to_do)
}
