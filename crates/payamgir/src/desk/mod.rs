//! `desk …`: the local machine.

mod acts;
mod adopting;
mod changes;
mod erasing;
mod export;
mod identity;
mod import;
mod inviting;
mod joining;
mod kit;
mod members;
mod page;
mod passing;
mod place;
mod reading;
mod recovering;
mod room;
mod session;
mod spoken;
mod syncing;
mod terminal;
mod window;

use std::path::Path;

use payamgir_log::Report;
use payamgir_text::lang::Lang;

use crate::cli::{DeskArgs, DeskCommand};
use crate::problem::Problem;
use crate::words::Say;
use crate::{files, log_commands};

#[cfg(feature = "serve")]
pub use demo_needs::*;

/// What the demo uses of the desk.
#[cfg(feature = "serve")]
mod demo_needs {
    pub use super::identity::{founding, new_member};
    pub use super::place::Link;
    pub use super::reading::{part_lines, save_all};
    pub use super::session::random;
    pub use super::syncing::threads;
}

pub use session::Session;

pub use place::Place;
pub use room::file_job;

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
    let Some(command) = args.command else { return window::run(&place, &args.window, shown) };
    let reads = matches!(
        command,
        DeskCommand::List { .. } | DeskCommand::Read { .. } | DeskCommand::Verify { .. }
    );
    // The room takes its folder once it is unlocked.
    let reads = reads || matches!(command, DeskCommand::Room);
    let _held = if reads { None } else { Some(place.hold()?) };
    match command {
        DeskCommand::Room => room::run(place, &args.window, shown),
        DeskCommand::Init { member, threshold, age_identity } => {
            let how = (passphrase, age_identity.as_deref());
            identity::init(&place, &member, threshold, how, lang)
        }
        DeskCommand::Identity { age_identity } => {
            identity::identity(&place, (passphrase, age_identity.as_deref()), lang)
        }
        DeskCommand::Join(args) => joining::run(&place, &args, passphrase, lang),
        DeskCommand::Recover(args) => recovering::run(&place, &args, passphrase, lang),
        DeskCommand::Passphrase { new_passphrase_file } => {
            identity::passphrase(&place, passphrase, new_passphrase_file.as_deref(), lang)
        }
        DeskCommand::Roster(command) => {
            members::run(Session::open(&place, passphrase, lang)?, &command, lang)
        }
        DeskCommand::Sync { server, log_key, proxy, attachments } => {
            let given = syncing::Given { server, log_key, proxy };
            syncing::run(&place, &given, attachments, passphrase, lang)
        }
        DeskCommand::List { last, json } => reading::list(&place, last, json, passphrase, shown),
        DeskCommand::Read { number, save, json } => {
            reading::read(&place, number, save.as_deref(), json, passphrase, shown)
        }
        DeskCommand::Passes { count, new_key, json } => {
            passing::run(&place, (count, new_key, json), passphrase, lang)
        }
        DeskCommand::Export { out, age } => {
            export::run(place, (out.as_deref(), age.as_deref()), passphrase, lang)
        }
        DeskCommand::Import { export } => import::run(&place, &export, passphrase, lang),
        DeskCommand::Verify { checkpoint, json } => {
            let shown = checkpoint.iter().map(|path| checkpoint_in(path));
            let shown: Vec<Vec<u8>> = shown.collect::<Result<_, _>>()?;
            // A copy made by syncing was held against the server's checkpoints each time.
            let report = Report { unwitnessed: false, ..place.verify(&shown)? };
            log_commands::tell(&report, json, lang)
        }
    }
}

/// A checkpoint: by itself, or in the proof of a receipt.
fn checkpoint_in(path: &Path) -> Result<Vec<u8>, Problem> {
    let text = files::read(path)?;
    payamgir_log::note_in(&text).map(String::into_bytes).ok_or_else(no_checkpoint)
}

fn no_checkpoint() -> Problem {
    let what = Say::new("این فایل چک‌پوینت نیست.", "This file is not a checkpoint.");
    let to_do = Say::new(
        "چک‌پوینت لاگ یا گواه یک رسید را بدهید.",
        "Give a checkpoint of the log, or the proof of a receipt.",
    );
    Problem::new(what, to_do).exits(2)
}
