//! The desk: a log fetched over the signed API, verified and opened, beside bare decapsulation.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use payamgir_desk::client::World;
use payamgir_desk::open::Member;
use payamgir_desk::opening::{Opened, open_all};
use payamgir_desk::sync::sync;
use payamgir_desk::{Client, Server};
use payamgir_log::{Kind, Log, Mirror, Verifier};
use payamgir_seal::{Recipient, seal_entry};
use payamgir_wire::hex::Hex;
use payamgir_wire::sync::read_frame;
use payamgir_wire::{Channel, Entry, Part};
use serde_json::json;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::child::Child;
use crate::fixture::{FOUNDING, Founded};
use crate::kem::Pair;
use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, machine, request, stats};

const WRITERS: u64 = 64;
const KEM_TIME: Duration = Duration::from_secs(2);

/// Seconds of the clock, of this process's CPU and of the server's.
struct Took {
    wall: f64,
    desk_cpu: f64,
    server_cpu: f64,
}

struct Phases {
    fetch: Took,
    sync: Took,
    open: Took,
    recheck: Took,
    bare_rate: f64,
}

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let (entries, rounds) = if plan.quick { (10_000, 1) } else { (100_000, 3) };
    let folder = tempfile::tempdir_in(&plan.dir)?;
    let member = Arc::new(fixture::member());
    let desk = fixture::found(&member);
    let verifier = fixture::create(folder.path(), &desk)?;
    eprintln!("desk: sealing {entries} entries");
    fill(folder.path(), &desk, entries, |_| request::text())?;
    let server = Child::start(["server".as_ref(), folder.path().as_os_str()])?;
    let pair = Pair::new()?;
    let mut found = vec![];
    for number in 0..rounds {
        eprintln!("desk: round {} of {rounds}", number + 1);
        found.push(round(plan, &server, (&member, &desk), &verifier, entries, &pair)?);
    }
    server.stop()?;
    Ok(section(entries, &found))
}

/// Fills a folder's log with sealed entries.
pub(crate) fn fill(
    folder: &Path,
    desk: &Founded,
    entries: u64,
    text: fn(u64) -> String,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let (log, served) = runtime.block_on(fixture::open(folder))?;
    drop(served);
    let recipient = Arc::new(Recipient::from_bytes(desk.recipient())?);
    runtime.block_on(async {
        let mut all = JoinSet::new();
        for writer in 0..WRITERS {
            let share = entries / WRITERS + u64::from(writer < entries % WRITERS);
            all.spawn(write(log.clone(), recipient.clone(), (writer, share), text));
        }
        all.join_all().await.into_iter().collect::<Result<(), Failure>>()
    })?;
    log.close();
    Ok(())
}

async fn write(
    log: Log,
    recipient: Arc<Recipient>,
    (writer, count): (u64, u64),
    text: fn(u64) -> String,
) -> Result<(), Failure> {
    for number in 0..count {
        let entry = Entry {
            group: Hex(*fixture::random()),
            index: 0,
            arrived: fixture::now(),
            channel: Channel::Web,
            language: "fa".into(),
            alias: None,
            revises: None,
            origin: None,
            part: Part::Text(Zeroizing::new(text(number * WRITERS + writer))),
        };
        let body = entry.encode().map_err(|error| error.to_string())?;
        log.append(Kind::ENTRY, seal_entry(&recipient, &body)?, vec![]).await?;
    }
    Ok(())
}

fn round(
    plan: &Plan,
    server: &Child,
    (member, desk): (&Arc<Member>, &Founded),
    verifier: &Verifier,
    entries: u64,
    pair: &Pair,
) -> Result<Phases, Failure> {
    let folder = tempfile::tempdir_in(&plan.dir)?;
    let place = folder.path().join("log");
    let world = World { now: Arc::new(fixture::now), random: Arc::new(fixture::fill) };
    let address = Server::parse(&format!("http://{}", server.private))
        .map_err(|_| "the address is not one a desk may use")?;
    let client = Client::new(address, member.clone(), world, None)?;
    let threads = machine::cores();
    let before = pair.decapsulations(threads, KEM_TIME)?;
    let mut mirror = Mirror::open(&place, verifier.clone())?;
    let sync = timed(server, || take_all(&mut mirror, &client, entries))?;
    let open = timed(server, || open(&mirror, desk, entries, threads))?;
    let after = pair.decapsulations(threads, KEM_TIME)?;
    let fetch = timed(server, || fetch(&client, entries))?;
    let recheck = timed(server, || recheck(&place, verifier))?;
    Ok(Phases { fetch, sync, open, recheck, bare_rate: (before + after) / 2.0 })
}

fn timed(server: &Child, phase: impl FnOnce() -> Result<(), Failure>) -> Result<Took, Failure> {
    let own = || machine::cpu(std::process::id());
    let (start, desk, theirs) = (Instant::now(), own()?, server.cpu()?);
    phase()?;
    Ok(Took {
        wall: start.elapsed().as_secs_f64(),
        desk_cpu: (own()? - desk).as_secs_f64(),
        server_cpu: (server.cpu()? - theirs).as_secs_f64(),
    })
}

/// Fetches, verifies and keeps.
pub(crate) fn take_all(mirror: &mut Mirror, client: &Client, entries: u64) -> Result<(), Failure> {
    let synced = sync(mirror, client, |_, _| {})?;
    let whole = synced.now == entries + FOUNDING && synced.withheld.is_empty();
    if whole { Ok(()) } else { Err("the sync did not bring everything".into()) }
}

fn open(mirror: &Mirror, desk: &Founded, entries: u64, threads: usize) -> Result<(), Failure> {
    let mut opened = 0;
    open_all(&mut mirror.reader()?, &desk.keyring, (0, entries + FOUNDING), threads, |item| {
        if let Opened::Part(Entry { part: Part::Text(text), .. }) = &item.opened {
            opened += u64::from(text.len() == request::TEXT_BYTES);
        }
    })?;
    if opened == entries { Ok(()) } else { Err("not every entry opened".into()) }
}

/// Fetches and throws away: what the line, the server and the frames alone take.
fn fetch(client: &Client, entries: u64) -> Result<(), Failure> {
    let mut here = 0;
    while here < entries + FOUNDING {
        let mut page =
            std::io::BufReader::with_capacity(256 * 1024, client.log(here, entries + FOUNDING)?);
        while read_frame(&mut page)?.is_some() {
            here += 1;
        }
    }
    Ok(())
}

/// What `payamgir desk verify` does: everything once more, from the disk.
fn recheck(place: &Path, verifier: &Verifier) -> Result<(), Failure> {
    let report = payamgir_log::verify(place, verifier, &[], false)?;
    if report.findings.is_empty() { Ok(()) } else { Err("the copy does not verify".into()) }
}

/// A phase's name and where its figures are; those in parentheses do not count.
type Phase = (&'static str, fn(&Phases) -> &Took);

const PHASES: [Phase; 4] = [
    ("sync, verified", |r| &r.sync),
    ("open", |r| &r.open),
    ("(fetch alone)", |r| &r.fetch),
    ("(verify again, from the disk)", |r| &r.recheck),
];

/// The median µs per entry: of the clock, of the desk's CPU and of the server's.
fn each(entries: u64, rounds: &[Phases], of: fn(&Phases) -> &Took) -> [f64; 3] {
    let parts: [fn(&Took) -> f64; 3] = [|t| t.wall, |t| t.desk_cpu, |t| t.server_cpu];
    parts.map(|part| {
        stats::median(rounds.iter().map(|round| part(of(round)))) * 1e6 / entries as f64
    })
}

fn section(entries: u64, rounds: &[Phases]) -> Section {
    let rate = |round: &Phases| entries as f64 / (round.sync.wall + round.open.wall);
    let bare = stats::median(rounds.iter().map(|round| round.bare_rate));
    let overall = stats::median(rounds.iter().map(rate));
    let of_bare = stats::median(rounds.iter().map(|round| rate(round) / round.bare_rate));
    let mut rows = vec![row(["phase", "entries/s", "µs each", "desk CPU µs", "server CPU µs"])];
    let mut phases = serde_json::Map::new();
    for (name, of) in PHASES {
        let [wall, desk, server] = each(entries, rounds, of);
        rows.push(row([name, &number(1e6 / wall), &number(wall), &number(desk), &number(server)]));
        let value = json!({"us": wall, "desk_cpu_us": desk, "server_cpu_us": server});
        phases.insert(name.to_owned(), value);
    }
    rows.push(row(["sync + open", &number(overall), &number(1e6 / overall)]));
    rows.push(row(["bare decapsulation", &number(bare), &number(1e6 / bare)]));
    Section {
        name: "desk",
        figures: json!({
            "entries": entries,
            "threads": machine::cores(),
            "phases": phases,
            "per_second": overall,
            "bare_decapsulations_per_second": bare,
            "of_bare": of_bare,
        }),
        rows,
        goals: vec![Goal::at_least("desk: of bare decapsulation", of_bare, 0.4)],
    }
}
