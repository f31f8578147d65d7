//! The benchmarks: `cargo run --release -p payamgir-bench`.
//!
//! Each figure is measured in the same run as what it is held against, in alternating rounds.
//! Servers run as children, so that their CPU time is theirs alone.

/// The one the program has, so that both sides of a comparison have it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod child;
mod codenames;
#[path = "../../bulletin/examples/sample/congress.rs"]
mod congress;
mod desk;
mod editions;
mod fixture;
mod floor;
mod floor_store;
mod idle;
mod intake;
mod kem;
mod load;
mod machine;
mod report;
mod request;
mod room;
mod seal;
mod server;
mod stats;
mod tools;
mod weak;
mod window;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use report::Section;

/// Anything that stops a benchmark; shown to whoever runs it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures payamgir beside what it is held against.
#[derive(Parser)]
struct Cli {
    /// Write JSON to standard output; the table goes to standard error
    #[arg(long)]
    json: bool,
    /// Fewer and shorter rounds, smaller data
    #[arg(long)]
    quick: bool,
    /// Measure the room with a million submissions too: 15 GB of disk, some minutes
    #[arg(long)]
    million: bool,
    /// Only these parts
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// The payamgir program to start [default: the one built beside this one]
    #[arg(long)]
    program: Option<PathBuf>,
    /// Where databases are made; on a real disk [default: beside this program]
    #[arg(long)]
    dir: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Intake,
    Seal,
    Desk,
    Idle,
    Room,
    Codenames,
    Weak,
    Editions,
}

/// All of them, in their order.
const PARTS: [Part; 8] = [
    Part::Intake,
    Part::Seal,
    Part::Desk,
    Part::Idle,
    Part::Room,
    Part::Codenames,
    Part::Weak,
    Part::Editions,
];

/// What this program is when it starts itself.
#[derive(Subcommand)]
enum Role {
    /// The server on a folder
    #[command(hide = true)]
    Server { folder: PathBuf },
    /// The floor on a folder, answering with a page of this many bytes
    #[command(hide = true)]
    Floor { folder: PathBuf, answer_bytes: usize },
    /// A desk unlocked in a folder, listed and searched
    #[command(hide = true)]
    Room { folder: PathBuf },
    /// A file sealed to standard output
    #[command(hide = true)]
    Seal { recipient: String, file: PathBuf },
}

/// What every part is told.
struct Plan {
    quick: bool,
    million: bool,
    program: Option<PathBuf>,
    dir: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.role {
        Some(Role::Server { folder }) => server::run(folder),
        Some(Role::Floor { folder, answer_bytes }) => floor::run(folder, *answer_bytes),
        Some(Role::Room { folder }) => room::child(folder),
        Some(Role::Seal { recipient, file }) => seal::seal_file(recipient, file),
        None => measure(cli),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("payamgir-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(cli: Cli) -> Result<(), Failure> {
    let exe = std::env::current_exe()?;
    let dir = cli.dir.or_else(|| exe.parent().map(Path::to_owned)).ok_or("no folder to work in")?;
    let plan = Plan { quick: cli.quick, million: cli.million, program: cli.program, dir };
    let before = machine::describe(&plan.dir)?;
    let mut sections = vec![];
    for part in PARTS {
        if cli.only.is_empty() || cli.only.contains(&part) {
            sections.push(run(part, &plan)?);
        }
    }
    let after = machine::load_average()?;
    report::print(&before, after, &sections, cli.json)
}

fn run(part: Part, plan: &Plan) -> Result<Section, Failure> {
    match part {
        Part::Intake => intake::run(plan),
        Part::Seal => seal::run(plan),
        Part::Desk => desk::run(plan),
        Part::Idle => idle::run(plan),
        Part::Room => room::run(plan),
        Part::Codenames => codenames::run(plan),
        Part::Weak => weak::run(plan),
        Part::Editions => editions::run(plan),
    }
}
