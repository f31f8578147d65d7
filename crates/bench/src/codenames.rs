//! Codenames: whether time tells one of nobody from one without answers, and what a flood of guesses takes
//! from those who send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use payamgir_dropbox::{Codename, List};
use serde_json::json;

use crate::child::Child;
use crate::load::Span;
use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, load, request, stats};

const CONNECTIONS: usize = 16;
/// Who guesses at once: more than may wait.
const GUESSERS: usize = 32;

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let (visits, seconds) = if plan.quick { (60, 3) } else { (400, 15) };
    let folder = tempfile::tempdir_in(&plan.dir)?;
    fixture::create(folder.path(), &fixture::found(&fixture::member()))?;
    let server = Child::start(["server".as_ref(), folder.path().as_os_str()])?;
    eprintln!(
        "codenames: {visits} visits each, then {seconds} s of sending without and with guesses"
    );
    let times = visits_of_both(server.public, visits)?;
    let span = Span { warm: Duration::from_secs(1), counted: Duration::from_secs(seconds) };
    let submission = request::submission(server.public);
    let send = || load::run(server.public, &submission, CONNECTIONS, span, server.pid());
    let alone = send()?.per_second;
    let flood = Flood::start(server.public);
    let beside = send()?.per_second;
    let (served, refused) = flood.stop(seconds + 1);
    server.stop()?;
    Ok(section(times, (alone, beside), (served, refused)))
}

/// Times in µs of visits with words of nobody, and with words under which something was sent.
fn visits_of_both(to: SocketAddr, visits: usize) -> Result<[Vec<u32>; 2], Failure> {
    let draw = || Codename::draw(List::English, fixture::fill);
    let mut times = [vec![], vec![]];
    for _ in 0..visits {
        let known = draw();
        load::ask(to, &sent_with(to, &known))?;
        for (which, codename) in [(0, draw()), (1, known)] {
            let request = visit(to, &codename);
            let begun = Instant::now();
            load::ask(to, &request)?;
            times[which].push(begun.elapsed().as_micros() as u32);
            // The thread rests as long as it worked.
            thread::sleep(begun.elapsed());
        }
    }
    Ok(times)
}

fn visit(to: SocketAddr, codename: &Codename) -> Vec<u8> {
    let body = format!("codename={}", codename.text().replace(' ', "+"));
    post(to, "/en/answers", "application/x-www-form-urlencoded", &body)
}

fn sent_with(to: SocketAddr, codename: &Codename) -> Vec<u8> {
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let text = codename.text();
    let fields = [field("text", "words"), field("codename", &text), field("answerable", "1")];
    post(to, "/en/", "multipart/form-data; boundary=b", &format!("{}--b--\r\n", fields.concat()))
}

fn post(to: SocketAddr, path: &str, kind: &str, body: &str) -> Vec<u8> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: {to}\r\nContent-Type: {kind}\r\n");
    format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).into_bytes()
}

/// Guesses without end.
struct Flood {
    stop: Arc<AtomicBool>,
    served: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Flood {
    fn start(to: SocketAddr) -> Self {
        let mut flood = Self {
            stop: Arc::default(),
            served: Arc::default(),
            refused: Arc::default(),
            threads: vec![],
        };
        for _ in 0..GUESSERS {
            let (stop, served, refused) =
                (flood.stop.clone(), flood.served.clone(), flood.refused.clone());
            flood.threads.push(thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let guess = visit(to, &Codename::draw(List::English, fixture::fill));
                    match load::ask(to, &guess) {
                        Ok(answer) if answer.starts_with(b"HTTP/1.1 200") => {
                            served.fetch_add(1, Ordering::Relaxed)
                        }
                        _ => refused.fetch_add(1, Ordering::Relaxed),
                    };
                    thread::sleep(Duration::from_millis(20));
                }
            }));
        }
        flood
    }

    /// Answers and refusals a second.
    fn stop(self, seconds: u64) -> (f64, f64) {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| drop(thread.join()));
        let rate = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / seconds as f64;
        (rate(&self.served), rate(&self.refused))
    }
}

fn section(times: [Vec<u32>; 2], sent: (f64, f64), guesses: (f64, f64)) -> Section {
    let percents = [5, 25, 50, 75, 95, 99];
    let [nobody, none] =
        times.map(|mut times| percents.map(|at| stats::percentile(&mut times, at) / 1e3));
    let cells = |name: &str, values: [f64; 6]| {
        let mut cells = row([name]);
        cells.extend(values.map(number));
        cells
    };
    let median = nobody[2] / none[2];
    let kept = sent.1 / sent.0;
    Section {
        name: "codenames",
        figures: json!({
            "percentiles": percents, "unknown_ms": nobody, "without_answers_ms": none, "ratio_of_medians": median,
            "submissions_per_second_alone": sent.0, "submissions_per_second_beside_guesses": sent.1,
            "guesses_answered_per_second": guesses.0, "guesses_refused_per_second": guesses.1,
        }),
        rows: vec![
            row(["a visit, ms", "p5", "p25", "p50", "p75", "p95", "p99"]),
            cells("words of nobody", nobody),
            cells("words without answers", none),
            row(["submissions a second, alone", &number(sent.0)]),
            row(["submissions a second, beside a flood of guesses", &number(sent.1)]),
            row(["guesses answered a second", &number(guesses.0)]),
            row(["guesses refused a second", &number(guesses.1)]),
        ],
        goals: vec![
            Goal::at_most(
                "codenames: medians of nobody's and of none, ratio",
                median.max(1.0 / median),
                1.05,
            ),
            Goal::at_least(
                "codenames: submissions beside guesses, share of those alone",
                kept,
                0.5,
            ),
        ],
    }
}
