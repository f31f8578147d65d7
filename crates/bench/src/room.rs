//! The desk's room without its browser: reading all that was synced, unlocking, listing and
//! searching, beside bare decapsulation and a plain SQLite full-text index of the same texts.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use payamgir_desk::client::World;
use payamgir_desk::office::{Office, Wanted};
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::store::{Progress, Store, Vault};
use payamgir_desk::{Client, Server};
use payamgir_log::{Mirror, Reader};
use payamgir_text::search::parse;
use rusqlite::Connection;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::child::Child;
use crate::fixture::FOUNDING;
use crate::kem::Pair;
use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, desk, fixture, machine, stats, window};

const KEM_TIME: Duration = Duration::from_secs(2);
const MEMBER: [u8; 64] = [7; 64];
const STORE_KEY: [u8; 32] = [8; 32];
/// Rows of a page.
const ROWS: usize = 40;
/// Conversations gone through one after another.
const ITEMS: usize = 300;
/// Invented words, and characters of an invented text.
const WORDS: u64 = 60_000;
const CHARS: usize = 500;

const STARTS: [&str; 12] =
    ["را", "مه", "شو", "کار", "نا", "با", "در", "گفت", "می‌", "سر", "پا", "هم"];
const MIDDLES: [&str; 10] = ["ما", "ند", "یش", "او", "گر", "بر", "تی", "سا", "لی", "وم"];
const ENDS: [&str; 10] = ["", "ان", "ها", "ی", "ند", "ش", "م", "ه", "تر", "‌ها"];

/// What one size gave.
struct Found {
    entries: u64,
    sync: f64,
    read: f64,
    fts: f64,
    bare: f64,
    /// From the passphrase to the first screen, in the real program.
    screen_ms: f64,
    child: BTreeMap<String, f64>,
}

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let sizes: &[u64] = match (plan.quick, plan.million) {
        (true, _) => &[20_000],
        (false, false) => &[100_000],
        (false, true) => &[100_000, 1_000_000],
    };
    let found = sizes.iter().map(|size| measure(plan, *size)).collect::<Result<Vec<_>, _>>()?;
    Ok(section(&found))
}

/// The word of that number, made of syllables.
fn word(n: u64) -> String {
    let pick = |of: &[&'static str], by: u64| of[(by % of.len() as u64) as usize];
    let (start, middle) = (pick(&STARTS, n), pick(&MIDDLES, n / 12));
    let (more, end) = (pick(&MIDDLES, n / 120), pick(&ENDS, n / 1200));
    let long = if n.is_multiple_of(3) { pick(&STARTS, n / 12_000) } else { "" };
    format!("{start}{middle}{more}{long}{end}")
}

/// A number from 0 on, small ones far oftener, as words are.
fn zipf(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    let unit = (*state >> 11) as f64 / (1u64 << 53) as f64;
    ((WORDS as f64).powf(unit) - 1.0) as u64
}

/// An invented text.
fn text(seed: u64) -> String {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::with_capacity(CHARS * 2);
    let mut chars = 0;
    while chars < CHARS {
        let word = word(zipf(&mut state));
        chars += word.chars().count() + 1;
        text.push_str(&word);
        text.push(' ');
    }
    text
}

fn measure(plan: &Plan, entries: u64) -> Result<Found, Failure> {
    let folder = tempfile::tempdir_in(&plan.dir)?;
    let (theirs, ours) = (folder.path().join("server"), folder.path().join("desk"));
    std::fs::create_dir(&theirs)?;
    std::fs::create_dir(&ours)?;
    let member = Arc::new(Member::from_seed(&Zeroizing::new(MEMBER)));
    let founded = fixture::found(&member);
    let verifier = fixture::create(&theirs, &founded)?;
    std::fs::write(ours.join("keyring"), founded.keyring.text().as_bytes())?;
    eprintln!("room: sealing {entries} entries");
    desk::fill(&theirs, &founded, entries, text)?;
    let server = Child::start(["server".as_ref(), theirs.as_os_str()])?;
    let address = Server::parse(&format!("http://{}", server.private))
        .map_err(|_| "the address is not one a desk may use")?;
    let keys = (&*verifier.to_string(), &STORE_KEY);
    window::furnish(&ours, &member, &founded, keys)?;
    let world = World { now: Arc::new(fixture::now), random: Arc::new(fixture::fill) };
    let client = Client::new(address, member, world, None)?;
    let pair = Pair::new()?;
    eprintln!("room: reading {entries} entries");
    let before = pair.decapsulations(machine::cores(), KEM_TIME)?;
    let mut mirror = Mirror::open(&ours.join("log"), verifier)?;
    let sync = timed(|| desk::take_all(&mut mirror, &client, entries))?;
    drop(mirror);
    server.stop()?;
    let read = timed(|| {
        let mut store = store(&ours)?;
        store.read(&founded.keyring, entries + FOUNDING, &Progress::default())?;
        Ok(())
    })?;
    let after = pair.decapsulations(machine::cores(), KEM_TIME)?;
    let fts = timed(|| plain_index(folder.path(), entries))?;
    std::fs::remove_dir_all(&theirs)?;
    let child = ask_child(&ours)?;
    let screen_ms = window::unlock_ms(plan, &ours)?;
    Ok(Found { entries, sync, read, fts, bare: (before + after) / 2.0, screen_ms, child })
}

fn timed(what: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    what()?;
    Ok(start.elapsed().as_secs_f64())
}

/// The same texts into SQLite's own full-text index, unsealed and unfolded.
fn plain_index(folder: &Path, entries: u64) -> Result<(), Failure> {
    let mut connection = Connection::open(folder.join("plain.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61');",
    )?;
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?;
        for seed in 0..entries {
            insert.execute(rusqlite::params![seed as i64, text(seed)])?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn store(folder: &Path) -> Result<Store, Failure> {
    let vault = Vault::open(&folder.join("store"), Zeroizing::new(STORE_KEY))?;
    Ok(Store::new(vault, &folder.join("log"), machine::cores()))
}

/// A process of its own, as the room is: its memory is its own.
fn ask_child(folder: &Path) -> Result<BTreeMap<String, f64>, Failure> {
    let asked = Command::new(std::env::current_exe()?).arg("room").arg(folder).output()?;
    if !asked.status.success() {
        return Err(String::from_utf8_lossy(&asked.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&asked.stdout)?)
}

/// Unlocks, lists, goes from item to item and searches; prints what it took.
pub fn child(folder: &Path) -> Result<(), Failure> {
    let start = Instant::now();
    let text = std::fs::read_to_string(folder.join("keyring"))?;
    let keys = || Keyring::parse(&text).map_err(|_| "the keyring does not parse");
    let size = Reader::open(&folder.join("log"))?.size()?;
    let mut store = store(folder)?;
    store.read(&keys()?, size, &Progress::default())?;
    let member = (Arc::new(Member::from_seed(&Zeroizing::new(MEMBER))), keys()?);
    let world = World { now: Arc::new(fixture::now), random: Arc::new(fixture::fill) };
    let log = folder.join("log");
    let office = Office::open(store, (&log, size), member, world, Arc::default())?;
    let first = office.list(Wanted::Waiting, &parse(""), (None, ROWS), 0)?;
    office.counts();
    let unlock = start.elapsed().as_secs_f64() * 1000.0;
    let mut items = items(&office)?;
    let (mut searches, found) = searches(&office)?;
    let (memory, peak) = machine::memory(std::process::id())?;
    let all = json!({
        "first_rows": first.rows.len(),
        "unlock_ms": unlock,
        "item_p95_ms": stats::percentile(&mut items, 95) / 1000.0,
        "search_p50_ms": stats::percentile(&mut searches, 50) / 1000.0,
        "search_p95_ms": stats::percentile(&mut searches, 95) / 1000.0,
        "search_hits": found,
        "rss_mib": memory,
        "peak_mib": peak,
    });
    println!("{all}");
    Ok(())
}

/// µs from one conversation to the next: the list, the conversation, the counts.
fn items(office: &Office) -> Result<Vec<u32>, Failure> {
    let numbers: Vec<u64> = {
        let store = office.store();
        let all = store.catalog().conversations();
        let step = (all.len() / ITEMS).max(1);
        all.iter().step_by(step).map(|conversation| conversation.number).collect()
    };
    let mut took = vec![];
    for number in numbers {
        let start = Instant::now();
        office.list(Wanted::Open, &parse(""), (Some(number), ROWS), 0)?;
        office.view(number)?.ok_or("a conversation is missing")?;
        office.counts();
        took.push(start.elapsed().as_micros() as u32);
    }
    Ok(took)
}

/// µs of searches as they are typed: common and rare words, their beginnings, two and three of
/// them, phrases, and what is not there. Each is asked twice; both count.
fn searches(office: &Office) -> Result<(Vec<u32>, usize), Failure> {
    let mut asked = vec![];
    for n in 0..40u64 {
        let (common, middling, rare) = (word(n), word(n * 37 + 500), word(n * 1409 % WORDS));
        let start: String = middling.chars().take(3).collect();
        asked.extend([
            common.clone(),
            rare.clone(),
            start,
            format!("{common} {middling}"),
            format!("{common} {rare} -{middling}"),
            format!("\"{} {}\"", word(n % 5), word(n % 7)),
            format!("{rare}qqq"),
        ]);
    }
    let (mut took, mut found) = (vec![], 0);
    for query in asked.iter().chain(&asked) {
        let start = Instant::now();
        let rows = office.list(Wanted::All, &parse(query), (None, ROWS), 0)?;
        took.push(start.elapsed().as_micros() as u32);
        found += usize::from(!rows.rows.is_empty());
    }
    Ok((took, found))
}

fn section(found: &[Found]) -> Section {
    let mut rows = vec![row([
        "submissions",
        "sync/s",
        "open + index/s",
        "all/s",
        "of decapsulation + FTS5",
        "store ms",
        "passphrase to screen ms",
        "next item p95 ms",
        "search p50 ms",
        "search p95 ms",
        "RSS MiB",
        "peak MiB",
    ])];
    let mut goals = vec![];
    for one in found {
        let get = |name: &str| one.child.get(name).copied().unwrap_or(f64::NAN);
        let n = one.entries as f64;
        let against = n / one.bare + one.fts;
        rows.push(row([
            &one.entries.to_string(),
            &number(n / one.sync),
            &number(n / one.read),
            &number(n / (one.sync + one.read)),
            &number(against / (one.sync + one.read)),
            &number(get("unlock_ms")),
            &number(one.screen_ms),
            &number(get("item_p95_ms")),
            &number(get("search_p50_ms")),
            &number(get("search_p95_ms")),
            &number(get("rss_mib")),
            &number(get("peak_mib")),
        ]));
        let at = |what: &str| format!("room: {what} at {}", one.entries);
        if one.entries <= 100_000 {
            goals.push(Goal::at_most(at("passphrase to screen, ms"), one.screen_ms, 3000.0));
        }
        goals.push(Goal::at_most(at("next item p95, ms"), get("item_p95_ms"), 50.0));
        goals.push(Goal::at_most(at("search p95, ms"), get("search_p95_ms"), 50.0));
        goals.push(Goal::at_most(at("RSS, MiB"), get("rss_mib"), 500.0));
    }
    if let [small, large] = found {
        let each = |one: &Found| (one.sync + one.read) / one.entries as f64;
        let ratio = each(large) / each(small);
        goals.push(Goal::at_most("room: time each, the large over the small", ratio, 1.1));
        let opened = |one: &Found| one.child.get("unlock_ms").copied().unwrap_or(f64::NAN);
        let ratio = opened(large) / large.entries as f64 * small.entries as f64 / opened(small);
        goals.push(Goal::at_most("room: opening the store each, the same", ratio, 1.1));
    }
    let figures: Vec<Value> = found.iter().map(Found::json).collect();
    Section { name: "room", figures: figures.into(), rows, goals }
}

impl Found {
    fn json(&self) -> Value {
        json!({
            "entries": self.entries,
            "sync_s": self.sync,
            "read_s": self.read,
            "plain_fts5_s": self.fts,
            "bare_decapsulations_per_second": self.bare,
            "passphrase_to_screen_ms": self.screen_ms,
            "unlocked": self.child,
        })
    }
}
