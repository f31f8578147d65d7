//! `desk recover`: the desk brought back from enough pages of its kit, on a clean machine.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use payamgir_desk::kit::{Kit, NotAKit};
use payamgir_desk::roster::{Epoch, kind};
use payamgir_desk::{Client, Failure, keys, owed};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_wire::hex::Hex;

use super::adopting;
use super::identity::own;
use super::kit::not_a_kit;
use super::page::{self, Read};
use super::place::{Link, Place};
use super::session::{Session, client, not_added, random};
use super::syncing::unreachable_server;
use crate::cli::RecoverArgs;
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};
use crate::{files, world};

/// `payamgir desk recover`
pub fn run(
    place: &Place,
    args: &RecoverArgs,
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let read = pages(args, lang)?;
    let parts: Vec<_> = read.iter().map(|page| page.part.clone()).collect();
    let kit = Kit::combine(&parts).map_err(not_a_kit)?;
    let link = link(args, &read)?;
    check(args, &read, &kit)?;
    let told = args.server.is_none() || args.log_key.is_none();
    let desk = read.iter().find_map(|page| page.desk).filter(|_| told);
    let member = Arc::new(own(place, (passphrase, args.age_identity.as_deref()), lang)?);
    let client = client(&link.server, kit.member(), link.proxy.as_deref())?;
    if matches!(client.checkpoint(), Err(Failure::Refused(word)) if word == "unknown-key") {
        return Err(not_this_desks());
    }
    let mirror = adopting::adopt(place, &link, &client, desk.as_ref())?;
    let mut session = Session::new(place, link, mirror, member)?;
    let (have, all) = become_the_desk(&mut session, &kit, &client, args.accept_loss)?;
    session.sync(|_, _| {})?;
    eprintln!("{}", done(have, all).in_(lang));
    Ok(())
}

/// Opens what members left for the kit and makes this member the desk; gives how many epochs can
/// be read, of how many. The keys are kept before the statement is sent.
fn become_the_desk(
    session: &mut Session<'_>,
    kit: &Kit,
    client: &Client,
    accept_loss: bool,
) -> Result<(usize, usize), Problem> {
    let fold = session.fold()?;
    let roster = fold.roster().ok_or_else(not_this_desks)?;
    if roster.recovery().map(|kit| kit.key) != Some(kit.recovery().key) {
        return Err(not_this_desks());
    }
    let keyring = &mut session.keyring;
    kit.open(roster, &client.deposits().map_err(unreachable_server)?, keyring);
    let readable = |epoch: &&Epoch| keyring.epoch(&*epoch.recipient.0).is_some();
    let (random, today) = (random(), keys::day(world::now()));
    let there = || roster.epochs().iter().filter(|epoch| !owed::is_over(roster, epoch, today));
    let (have, all) = (there().filter(readable).count(), there().count());
    // The statement spends the kit: what it does not open now it never will.
    if have < all && !accept_loss {
        return Err(not_all(have, all));
    }
    let signed = kit.recover(roster, (&session.member, keyring), today, &random);
    let signed = signed.ok_or_else(unmade)?;
    session.place.keep_keyring(&session.keyring, &session.member)?;
    match client.add(&[(kind::STATEMENT, signed.encode())]).map_err(unreachable_server)? {
        (_, None) => Ok((have, all)),
        (_, Some(word)) => Err(not_added(&word)),
    }
}

/// What the pages say of the server is what the maker of the kit wrote: one forged page must not
/// lead elsewhere. Where the address and the key were given, pages are not asked.
fn check(args: &RecoverArgs, read: &[Read], kit: &Kit) -> Result<(), Problem> {
    if args.server.is_some() && args.log_key.is_some() {
        return Ok(());
    }
    let fits = |page: &Read| match (&page.server, &page.log_key, &page.desk) {
        (None, None, None) => true,
        (Some(server), Some(log_key), Some(desk)) => {
            let proof = kit.vouch(&[server, log_key, &Hex(*desk).to_string()]);
            page.proof.as_deref() == Some(&proof[..])
        }
        _ => false,
    };
    if read.iter().all(fits) { Ok(()) } else { Err(forged()) }
}

fn link(args: &RecoverArgs, read: &[Read]) -> Result<Link, Problem> {
    let said = |get: fn(&Read) -> Option<String>| read.iter().find_map(get);
    let server = args.server.clone().or_else(|| said(|page| page.server.clone()));
    let log_key = args.log_key.clone().or_else(|| said(|page| page.log_key.clone()));
    match (server, log_key) {
        (Some(server), Some(log_key)) => Ok(Link { server, log_key, proxy: args.proxy.clone() }),
        _ => Err(only_words()),
    }
}

/// The pages that were named, or typed one after another until there are enough.
fn pages(args: &RecoverArgs, lang: Lang) -> Result<Vec<Read>, Problem> {
    if !args.page.is_empty() {
        return args.page.iter().map(|path| page::read(&files::read(path)?)).collect();
    }
    if !std::io::stdin().is_terminal() {
        return Err(no_pages());
    }
    let mut read: Vec<Read> = vec![];
    loop {
        let parts: Vec<_> = read.iter().map(|page| page.part.clone()).collect();
        match Kit::combine(&parts) {
            Err(NotAKit::TooFew { .. }) => {}
            // The last one does not belong to those before.
            Err(error) => {
                eprint!("{}", not_a_kit(error).tell(lang));
                read.pop();
            }
            Ok(_) => return Ok(read),
        }
        let number = digits::number(read.len() as u64 + 1, lang);
        let ask = pick(
            lang,
            "متن کد یا واژه‌های این برگ را بنویسید و با یک سطر خالی پایان دهید. برگ",
            "Paste this page's code or type its words, and end with an empty line. Page",
        );
        eprintln!("{ask} {number}:");
        match page::read(&paragraph()?) {
            Ok(page) => read.push(page),
            // A slip must not cost the pages before.
            Err(problem) => eprint!("{}", problem.tell(lang)),
        }
    }
}

fn paragraph() -> Result<String, Problem> {
    let mut text = String::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| no_pages().because(error))?;
        if line.trim().is_empty() && !text.is_empty() {
            return Ok(text);
        }
        text.push_str(&line);
        text.push('\n');
    }
    if text.is_empty() { Err(no_pages()) } else { Ok(text) }
}

fn done(have: usize, all: usize) -> Say {
    let fa = |n: usize| digits::number(n as u64, Lang::Fa);
    Say::new(
        format!(
            "تحریریه بازگشت: شما تنها عضو و سرپرست آن‌اید. {} دوره از {} خواندنی است. این بسته دیگر به کار نمی‌آید؛ دیگران را دعوت کنید و بسته‌ی تازه‌ای بسازید: payamgir desk kit",
            fa(have),
            fa(all)
        ),
        format!(
            "The desk is back: you are its only member and admin. {have} of {all} epochs can be read. This kit is spent: invite the others, and make a new one with payamgir desk kit"
        ),
    )
}

fn forged() -> Problem {
    let what = Say::new(
        "هشدار: آنچه برگی درباره‌ی سرور می‌گوید از سازنده‌ی بسته نیست.",
        "ALARM: what a page says of the server was not written by who made the kit.",
    );
    let to_do = Say::new(
        "برگی ساختگی است یا کدش درست خوانده نشده. تنها واژه‌های هر برگ را بنویسید و ‎--server و ‎--log-key را از جایی مطمئن بدهید.",
        "A page is forged, or its code was misread. Type only the words, and give --server and --log-key from where you trust.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// The kit would be spent for less than it is there for.
fn not_all(have: usize, all: usize) -> Problem {
    let fa = |n: usize| digits::number(n as u64, Lang::Fa);
    let what = Say::new(
        format!(
            "سرور تنها کلید {} دوره از {} را برای این بسته دارد. بسته هنوز به کار نرفته است.",
            fa(have),
            fa(all)
        ),
        format!(
            "The server has the keys of only {have} of {all} epochs for this kit. The kit is not spent."
        ),
    );
    let to_do = Say::new(
        "پوشه‌ی recovery سرور را از پشتیبان بیاورید؛ اگر نیست و می‌پذیرید که باقی هرگز باز نشود، ‎--accept-loss بدهید.",
        "Restore the server's folder recovery from its backup; if there is none, and you accept that the rest never opens, give --accept-loss.",
    );
    Problem::new(what, to_do)
}

/// Words say nothing of the server.
fn only_words() -> Problem {
    let what = Say::new(
        "نشانی سرور و کلید لاگ داده نشده است.",
        "The server's address and the log key were not given.",
    );
    let to_do = Say::new(
        "هر دو پای هر برگ چاپ شده‌اند: payamgir desk recover --server نشانی --log-key کلید",
        "Both are printed at the foot of each page: payamgir desk recover --server URL --log-key KEY",
    );
    Problem::new(what, to_do)
}

fn no_pages() -> Problem {
    let what = Say::new("برگی داده نشد.", "No page was given.");
    let to_do = Say::new(
        "در ترمینال اجرا کنید، یا هر برگ را با ‎--page فایل بدهید.",
        "Run it in a terminal, or name a file for each page with --page.",
    );
    Problem::new(what, to_do)
}

fn unmade() -> Problem {
    let what = Say::new("بازیابی ساخته نشد.", "The recovery could not be made.");
    Problem::new(what, Say::new("دوباره اجرا کنید.", "Run it again."))
}

/// The log knows another kit, or none.
fn not_this_desks() -> Problem {
    let what = Say::new(
        "این بسته‌ی بازیابی کنونی این تحریریه نیست.",
        "This is not the desk's present recovery kit.",
    );
    let to_do = Say::new(
        "شاید به کار رفته، بسته‌ی تازه‌تری ساخته شده، یا سازنده‌اش کنار گذاشته شده است؛ تاریخ برگ‌ها را ببینید. اگر همین پوشه پیش‌تر بازیابی شده، «payamgir desk sync» را اجرا کنید.",
        "It may have been used, a newer one made, or whoever made it removed: look at the dates on the pages. If this very folder was recovered before, run `payamgir desk sync`.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}
