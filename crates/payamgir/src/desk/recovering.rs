//! `desk recover`: the desk brought back from enough pages of its kit, on a clean machine.

use std::io::{BufRead, IsTerminal};
use std::path::Path;
use std::sync::Arc;

use payamgir_desk::client::{Random, World};
use payamgir_desk::kit::{Kit, NotAKit};
use payamgir_desk::roster::{Epoch, kind};
use payamgir_desk::{Client, Server, keys};
use payamgir_text::digits;
use payamgir_text::lang::Lang;

use super::adopting;
use super::identity::own;
use super::kit::not_a_kit;
use super::page::{self, Read};
use super::place::{Link, Place, no_server};
use super::session::{Session, not_added};
use super::syncing::{bad_address, unreachable_server};
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
    let desk = read.iter().find_map(|page| page.desk);
    let member = Arc::new(own(place, (passphrase, args.age_identity.as_deref()), lang)?);
    let client = client(&kit, &link)?;
    let mirror = adopting::adopt(place, &link, &client, desk.as_ref())?;
    let mut session = Session::new(place, link, mirror, member)?;
    let (have, all) = become_the_desk(&mut session, &kit, &client)?;
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
) -> Result<(usize, usize), Problem> {
    let fold = session.fold()?;
    let roster = fold.roster().ok_or_else(not_this_desks)?;
    if roster.recovery().map(|kit| kit.key) != Some(kit.recovery().key) {
        return Err(not_this_desks());
    }
    let keyring = &mut session.keyring;
    kit.open(roster, &client.deposits().map_err(unreachable_server)?, keyring);
    let readable = |epoch: &&Epoch| keyring.epoch(&*epoch.recipient.0).is_some();
    let have = roster.epochs().iter().filter(readable).count();
    let (random, today): (Random, u32) = (Arc::new(world::random), keys::day(world::now()));
    let signed = kit.recover(roster, (&session.member, keyring), today, &random);
    let signed = signed.ok_or_else(unmade)?;
    session.place.keep_keyring(&session.keyring, &session.member)?;
    match client.add(&[(kind::STATEMENT, signed.encode())]).map_err(unreachable_server)? {
        (_, None) => Ok((have, roster.epochs().len())),
        (_, Some(word)) => Err(not_added(&word)),
    }
}

/// A client that asks as the kit.
fn client(kit: &Kit, link: &Link) -> Result<Client, Problem> {
    let server = Server::parse(&link.server).map_err(bad_address)?;
    let world = World { now: Arc::new(world::now), random: Arc::new(world::random) };
    Client::new(server, kit.member(), world, link.proxy.as_deref()).map_err(unreachable_server)
}

fn link(args: &RecoverArgs, read: &[Read]) -> Result<Link, Problem> {
    let said = |get: fn(&Read) -> Option<String>| read.iter().find_map(get);
    let server = args.server.clone().or_else(|| said(|page| page.server.clone()));
    let log_key = args.log_key.clone().or_else(|| said(|page| page.log_key.clone()));
    match (server, log_key) {
        (Some(server), Some(log_key)) => Ok(Link { server, log_key, proxy: args.proxy.clone() }),
        _ => Err(no_server()),
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
            Err(error) => return Err(not_a_kit(error)),
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
        "شاید به کار رفته یا بسته‌ی تازه‌تری ساخته شده است؛ تاریخ برگ‌ها را ببینید.",
        "It may have been used, or a newer one made: look at the dates on the pages.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}
