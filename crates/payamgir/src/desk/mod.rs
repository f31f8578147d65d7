//! `desk …`: the local machine.

mod identity;
mod place;
mod reading;
mod syncing;

use payamgir_log::Report;
use payamgir_text::lang::Lang;

use crate::cli::{DeskArgs, DeskCommand};
use crate::log_commands;
use crate::problem::Problem;

#[cfg(feature = "serve")]
pub use demo_needs::*;

/// What the demo uses of the desk.
#[cfg(feature = "serve")]
mod demo_needs {
    pub use super::identity::{new_member, public_half};
    pub use super::place::Link;
    pub use super::reading::{part_lines, save_all};
    pub use super::syncing::{client, sync_problem, threads};
}

pub use place::Place;

/// How times are shown.
#[derive(Clone, Copy)]
pub struct Shown {
    /// The language.
    pub lang: Lang,
    /// Seconds from UTC.
    pub offset: i32,
}

/// Runs a desk command.
pub fn run(args: DeskArgs, lang: Lang) -> Result<(), Problem> {
    let place = Place::new(args.dir.clone())?;
    let shown = Shown { lang, offset: args.utc_offset };
    let passphrase = args.passphrase_file.as_deref();
    match args.command {
        DeskCommand::Init => identity::init(&place, passphrase, lang),
        DeskCommand::Sync { server, log_key, proxy, attachments } => {
            let given = syncing::Given { server, log_key, proxy };
            syncing::run(&place, &given, attachments, passphrase, lang)
        }
        DeskCommand::List { last, json } => reading::list(&place, last, json, passphrase, shown),
        DeskCommand::Read { number, save, json } => {
            reading::read(&place, number, save.as_deref(), json, passphrase, shown)
        }
        DeskCommand::Verify { json } => {
            // A copy made by syncing was held against the server's checkpoints each time.
            let report = Report { unwitnessed: false, ..place.verify()? };
            log_commands::tell(&report, json, lang)
        }
    }
}
