//! The tables and the JSON.

use std::io::Write;

use serde_json::{Value, json};

use crate::Failure;

/// What one part of the benchmarks found.
pub struct Section {
    /// Its name in the JSON.
    pub name: &'static str,
    /// Everything measured.
    pub figures: Value,
    /// Rows of cells; the first is the heading.
    pub rows: Vec<Vec<String>>,
    /// What is held against a goal.
    pub goals: Vec<Goal>,
}

/// A figure and what it should be.
pub struct Goal {
    name: String,
    figure: f64,
    goal: f64,
    at_most: bool,
}

impl Goal {
    /// Met by `goal` or less.
    pub fn at_most(name: impl Into<String>, figure: f64, goal: f64) -> Self {
        Self { name: name.into(), figure, goal, at_most: true }
    }

    /// Met by `goal` or more.
    pub fn at_least(name: impl Into<String>, figure: f64, goal: f64) -> Self {
        Self { name: name.into(), figure, goal, at_most: false }
    }

    fn met(&self) -> bool {
        if self.at_most { self.figure <= self.goal } else { self.figure >= self.goal }
    }

    fn json(&self) -> Value {
        let bound = if self.at_most { "at_most" } else { "at_least" };
        json!({"name": self.name, "figure": self.figure, bound: self.goal, "met": self.met()})
    }

    fn cells(&self) -> Vec<String> {
        let sign = if self.at_most { "≤" } else { "≥" };
        let met = if self.met() { "met" } else { "MISSED" };
        vec![
            self.name.clone(),
            number(self.figure),
            format!("{sign} {}", number(self.goal)),
            met.into(),
        ]
    }
}

/// A heading or a row from anything that can be shown.
pub fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).into()
}

/// Three digits that count.
pub fn number(value: f64) -> String {
    match value.abs() {
        v if v == 0.0 || v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Prints what was found: the table, or the table on standard error and JSON on standard output.
pub fn print(before: &Value, after: f64, sections: &[Section], json: bool) -> Result<(), Failure> {
    let text = text(before, after, sections);
    if !json {
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(());
    }
    std::io::stderr().write_all(text.as_bytes())?;
    let mut all = json!({"machine": before, "load_after": after});
    for section in sections {
        let goals: Vec<_> = section.goals.iter().map(Goal::json).collect();
        all[section.name] = json!({"figures": section.figures, "goals": goals});
    }
    serde_json::to_writer_pretty(std::io::stdout(), &all)?;
    println!();
    Ok(())
}

fn text(before: &Value, after: f64, sections: &[Section]) -> String {
    let mut text = format!(
        "{} × {}; load {} before, {after} after; write + fsync {} µs\n",
        before["cores"],
        before["cpu"].as_str().unwrap_or_default(),
        before["load_before"],
        number(before["fsync_us"].as_f64().unwrap_or_default()),
    );
    for section in sections {
        text += &format!("\n{}\n{}", section.name, table(&section.rows));
    }
    let goals: Vec<_> = sections.iter().flat_map(|s| s.goals.iter().map(Goal::cells)).collect();
    text + &format!("\ngoals\n{}", table(&goals))
}

fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |at: usize| rows.iter().filter_map(|r| r.get(at)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).filter_map(wide).collect();
    let mut text = String::new();
    for row in rows {
        text += " ";
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Names to the left, figures to the right.
            let cell = match at {
                0 => format!(" {cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            };
            text += &cell;
        }
        text += "\n";
    }
    text
}
