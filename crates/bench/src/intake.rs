//! Taking submissions: the server beside the floor and one bare encapsulation.

use std::time::Duration;

use serde_json::{Value, json};

use crate::child::Child;
use crate::kem::Pair;
use crate::load::{Load, Span};
use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, load, request, stats};

const CONNECTIONS: [usize; 3] = [8, 32, 64];
const KEM_TIME: Duration = Duration::from_millis(300);

/// One round of both sides.
struct Round {
    ours: Load,
    floor: Load,
    encapsulation_us: f64,
    strays: u64,
}

/// All rounds at one number of connections.
struct Level {
    connections: usize,
    rounds: Vec<Round>,
}

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let (rounds, counted) = if plan.quick { (1, 1500) } else { (5, 4000) };
    let span = Span { warm: Duration::from_secs(1), counted: Duration::from_millis(counted) };
    let pair = Pair::new()?;
    let answer_bytes = answer_bytes(plan)?;
    let mut levels = vec![];
    for connections in CONNECTIONS {
        let mut level = Level { connections, rounds: vec![] };
        for number in 0..rounds {
            eprintln!("intake: {connections} connections, round {} of {rounds}", number + 1);
            level.rounds.push(round(plan, connections, span, &pair, answer_bytes)?);
        }
        levels.push(level);
    }
    Ok(section(&levels, answer_bytes))
}

/// Bytes of the page after a submission, head not counted.
fn answer_bytes(plan: &Plan) -> Result<usize, Failure> {
    let folder = tempfile::tempdir_in(&plan.dir)?;
    fixture::create(folder.path(), &fixture::found(&fixture::member()))?;
    let server = Child::start(["server".as_ref(), folder.path().as_os_str()])?;
    let answer = load::ask(server.public, &request::submission(server.public))?;
    server.stop()?;
    let head = answer.windows(4).position(|w| w == b"\r\n\r\n").ok_or("no head in the answer")?;
    Ok(answer.len() - head - 4)
}

fn round(
    plan: &Plan,
    connections: usize,
    span: Span,
    pair: &Pair,
    answer_bytes: usize,
) -> Result<Round, Failure> {
    let before = pair.encapsulation(KEM_TIME)?;
    let (ours, strays) = ours(plan, connections, span)?;
    let between = pair.encapsulation(KEM_TIME)?;
    let floor = floor(plan, connections, span, answer_bytes)?;
    let after = pair.encapsulation(KEM_TIME)?;
    let encapsulation_us = stats::median([before, between, after]);
    Ok(Round { ours, floor, encapsulation_us, strays })
}

/// The server on a fresh folder; also how many records its log has too few or too many.
fn ours(plan: &Plan, connections: usize, span: Span) -> Result<(Load, u64), Failure> {
    let folder = tempfile::tempdir_in(&plan.dir)?;
    fixture::create(folder.path(), &fixture::found(&fixture::member()))?;
    let server = Child::start(["server".as_ref(), folder.path().as_os_str()])?;
    let load = drive(&server, connections, span)?;
    server.stop()?;
    // A connection that broke may have left a record that was not acknowledged.
    let strays = fixture::entries(folder.path())?.abs_diff(load.acknowledged);
    let strays = strays.saturating_sub(load.errors);
    Ok((load, strays))
}

fn floor(plan: &Plan, connections: usize, span: Span, bytes: usize) -> Result<Load, Failure> {
    let folder = tempfile::tempdir_in(&plan.dir)?;
    let bytes = bytes.to_string();
    let server = Child::start(["floor".as_ref(), folder.path().as_os_str(), bytes.as_ref()])?;
    let load = drive(&server, connections, span)?;
    server.stop()?;
    Ok(load)
}

fn drive(server: &Child, connections: usize, span: Span) -> Result<Load, Failure> {
    let request = request::submission(server.public);
    load::run(server.public, &request, connections, span, server.pid())
}

impl Level {
    fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        stats::median(self.rounds.iter().map(of))
    }

    /// CPU beside the floor and one encapsulation of the same round.
    fn cost(&self) -> f64 {
        self.median(|r| r.ours.cpu_us / (r.floor.cpu_us + r.encapsulation_us))
    }

    fn tail(&self) -> f64 {
        self.median(|r| r.ours.p99_us / r.floor.p99_us)
    }

    fn errors(&self) -> u64 {
        self.rounds.iter().map(|r| r.ours.errors + r.floor.errors + r.strays).sum()
    }

    fn side(&self, of: impl Fn(&Round) -> &Load) -> [f64; 4] {
        let figures: [fn(&Load) -> f64; 4] =
            [|l| l.per_second, |l| l.cpu_us, |l| l.p50_us, |l| l.p99_us];
        figures.map(|figure| self.median(|round| figure(of(round))))
    }

    fn json(&self) -> Value {
        let side = |[per_second, cpu_us, p50_us, p99_us]: [f64; 4]| json!({"per_second": per_second, "cpu_us": cpu_us, "p50_us": p50_us, "p99_us": p99_us});
        json!({
            "connections": self.connections,
            "ours": side(self.side(|r| &r.ours)),
            "floor": side(self.side(|r| &r.floor)),
            "encapsulation_us": self.median(|r| r.encapsulation_us),
            "cpu_ratio": self.cost(),
            "p99_ratio": self.tail(),
            "errors": self.errors(),
        })
    }

    fn rows(&self) -> [Vec<String>; 2] {
        let line = |name: &str, figures: [f64; 4]| {
            let mut cells = row([&self.connections.to_string(), name]);
            cells.extend(figures.map(number));
            cells
        };
        let mut ours = line("ours", self.side(|r| &r.ours));
        ours.extend([number(self.cost()), number(self.tail()), self.errors().to_string()]);
        [ours, line("floor", self.side(|r| &r.floor))]
    }

    fn goals(&self) -> Vec<Goal> {
        let named = |what: &str| format!("intake, {} connections: {what}", self.connections);
        let mut goals = vec![
            Goal::at_most(named("CPU ÷ (floor + encapsulation)"), self.cost(), 1.5),
            Goal::at_most(named("p99 ÷ floor's"), self.tail(), 4.0),
            Goal::at_most(named("errors, lost or stray records"), self.errors() as f64, 0.0),
        ];
        if self.connections == 64 {
            let rate = self.median(|r| r.ours.per_second);
            goals.push(Goal::at_least(named("submissions/s"), rate, 8000.0));
        }
        goals
    }
}

fn section(levels: &[Level], answer_bytes: usize) -> Section {
    let encapsulation = stats::median(
        levels.iter().flat_map(|level| level.rounds.iter().map(|round| round.encapsulation_us)),
    );
    let heading = [
        "connections",
        "side",
        "per s",
        "CPU µs",
        "p50 µs",
        "p99 µs",
        "÷ bound",
        "÷ p99",
        "errors",
    ];
    let mut rows = vec![row(heading)];
    rows.extend(levels.iter().flat_map(Level::rows));
    rows.push(row(["one encapsulation", "", "", &number(encapsulation)]));
    Section {
        name: "intake",
        figures: json!({
            "text_bytes": request::TEXT_BYTES,
            "answer_bytes": answer_bytes,
            "encapsulation_us": encapsulation,
            "levels": levels.iter().map(Level::json).collect::<Vec<_>>(),
        }),
        rows,
        goals: levels.iter().flat_map(Level::goals).collect(),
    }
}
