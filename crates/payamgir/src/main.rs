//! The one program: flags, configuration, wiring, words.

#[cfg(feature = "serve")]
mod channels_config;
mod cli;
#[cfg(feature = "serve")]
mod config;
mod files;
mod harden;
mod log_commands;
mod output;
mod problem;
mod words;
mod world;

#[cfg(feature = "courier")]
mod courier;
#[cfg(feature = "demo")]
mod demo;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "courier")]
mod edition;
#[cfg(feature = "serve")]
mod operating;
#[cfg(feature = "courier")]
mod receipt;
#[cfg(feature = "serve")]
mod serve;

use std::process::ExitCode;

/// Sealing makes many short-lived buffers of some kilobytes; the system's allocator consolidates
/// its heap at every one of them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::problem::Problem;

fn main() -> ExitCode {
    harden::process();
    #[cfg(feature = "desk")]
    if let Some(job) = desk::file_job() {
        return payamgir_media::worker::main(job);
    }
    let cli = Cli::parse();
    let lang = cli.language();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprint!("{}", problem.tell(lang));
            ExitCode::from(problem.code())
        }
    }
}

fn run(cli: Cli) -> Result<(), Problem> {
    let lang = cli.language();
    match cli.command {
        #[cfg(feature = "serve")]
        Command::Init(args) => serve::init(&args, lang),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::serve(&args, lang),
        #[cfg(feature = "serve")]
        Command::OfflinePage(args) => serve::offline_page(&args, lang),
        #[cfg(feature = "serve")]
        Command::Status(args) => operating::status(&args, lang),
        #[cfg(feature = "serve")]
        Command::Doctor(args) => operating::doctor(&args, lang),
        #[cfg(feature = "desk")]
        Command::Desk(args) => desk::run(args, lang),
        #[cfg(feature = "courier")]
        Command::Seal(args) => courier::seal(&args, lang),
        #[cfg(feature = "courier")]
        Command::Carry(args) => courier::carry(&args, lang),
        #[cfg(feature = "courier")]
        Command::Receipt(args) => receipt::receipt(&args, lang),
        #[cfg(feature = "courier")]
        Command::Edition(args) => edition::run(&args.command, lang),
        Command::Log(args) => log_commands::run(args, lang),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(&args, lang),
        Command::Man => cli::man(),
        Command::Completions { shell } => cli::completions(shell),
    }
}
