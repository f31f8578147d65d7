//! A weak line: 50 kbit/s down, 20 kbit/s up, 600 ms there and back, and a Persian text of 500 characters sent
//! over it from Chromium, without the script and with it. Needs Node, its packages and Chromium.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::child::Child;
use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, stats};

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let rounds = if plan.quick { 1 } else { 5 };
    let folder = tempfile::tempdir_in(&plan.dir)?;
    fixture::create(folder.path(), &fixture::found(&fixture::member()))?;
    let server = Child::start(["server".as_ref(), folder.path().as_os_str()])?;
    eprintln!("weak: {rounds} rounds");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node/weak.mjs");
    let url = format!("http://{}/", server.public);
    let ended = Command::new("node").arg(script).args([&url, &rounds.to_string()]).output()?;
    if !ended.status.success() {
        return Err(String::from_utf8_lossy(&ended.stderr).into_owned().into());
    }
    server.stop()?;
    Ok(section(&serde_json::from_slice(&ended.stdout)?))
}

/// The median of a figure over a way's rounds.
fn median(report: &Value, way: &str, figure: &str) -> f64 {
    let rounds = report[way].as_array().into_iter().flatten();
    stats::median(rounds.filter_map(|round| round[figure].as_f64()))
}

fn section(report: &Value) -> Section {
    let of = |way: &str| {
        ["usable", "sent", "requests", "down", "up"].map(|figure| median(report, way, figure))
    };
    let (plain, sealed) = (of("plain"), of("sealed"));
    let cells = |name: &str, values: [f64; 5]| {
        let mut cells = row([name]);
        cells.extend(values.map(number));
        cells
    };
    let bytes = plain[3] + plain[4];
    Section {
        name: "weak",
        figures: json!({ "rounds": report }),
        rows: vec![
            row(["medians", "form shown, s", "sent, s", "requests", "bytes down", "bytes up"]),
            cells("plain", plain),
            cells("sealed in the browser", sealed),
        ],
        goals: vec![
            Goal::at_most("weak: plain, sent, s", plain[1], 10.0),
            Goal::at_most("weak: plain, requests", plain[2], 2.0),
            Goal::at_most("weak: plain, bytes both ways", bytes, 20_480.0),
            Goal::at_most("weak: sealed, form shown, of plain's", sealed[0] / plain[0], 1.2),
            Goal::at_most("weak: sealed, sent, s", sealed[1], 45.0),
        ],
    }
}
