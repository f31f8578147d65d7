//! Every flag, in one place: parsing, help, manual page and completions come from here.

#[cfg(feature = "desk")]
mod desk;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use payamgir_text::lang::Lang;

use crate::problem::Problem;

#[cfg(feature = "desk")]
pub use desk::*;

const EXIT_CODES: &str = "Exit codes: 0 done; 1 it could not be done; 2 wrong usage; \
                          3 stored data is damaged or a log contradicts itself.";

/// Takes words, voice, photos and films for an assembly from people who cannot be in the room,
/// sealed on arrival so that the server cannot read them again.
#[derive(Parser)]
#[command(name = "payamgir", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    /// Language of messages: fa or en [default: from LANG]
    #[arg(long, global = true, value_parser = ["fa", "en"])]
    lang: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Make a server's folder: log, log key and a commented payamgir.toml
    #[cfg(feature = "serve")]
    Init(InitArgs),
    /// Take submissions and serve desks
    #[cfg(feature = "serve")]
    Serve(ServeArgs),
    /// Print the page that seals with no network; its SHA-256 goes to standard error
    #[cfg(feature = "serve")]
    OfflinePage(OfflinePageArgs),
    /// Say how the running server and its messengers' accounts stand
    #[cfg(feature = "serve")]
    Status(StatusArgs),
    /// Check the messengers' accounts in channels.toml by asking their platforms
    #[cfg(feature = "serve")]
    Doctor(DoctorArgs),
    /// The desk's work: identity, sync, reading
    #[cfg(feature = "desk")]
    Desk(DeskArgs),
    /// Seal words and files on this machine, for somebody to carry
    #[cfg(feature = "courier")]
    Seal(SealArgs),
    /// Hand in sealed files: each is taken once, and you can read none
    #[cfg(feature = "courier")]
    Carry(CarryArgs),
    /// Check a receipt, whose forty digits are typed in; or get one for sealed files that were handed in
    #[cfg(feature = "courier")]
    Receipt(ReceiptArgs),
    /// Check published editions from their files alone, or take them along
    #[cfg(feature = "courier")]
    Edition(EditionArgs),
    /// Look after a server's log
    Log(LogArgs),
    /// Try everything on this machine: a server and a desk in a throw-away folder
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Print the manual page (roff)
    Man,
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Where a server's folder is.
#[derive(Args)]
pub struct ServerFolder {
    /// The server's folder
    #[arg(long, env = "PAYAMGIR_DIR", default_value = "payamgir-data", value_name = "FOLDER")]
    pub dir: PathBuf,
}

#[cfg(feature = "serve")]
#[derive(Args)]
pub struct InitArgs {
    #[command(flatten)]
    pub folder: ServerFolder,
    /// The desk's public half, as `payamgir desk init` wrote it; may be copied in later
    #[arg(long, value_name = "FILE")]
    pub desk: Option<PathBuf>,
    /// The log's name in its checkpoints [default: a random one]
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
}

#[cfg(feature = "serve")]
#[derive(Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub folder: ServerFolder,
    /// Address for sources, over the one in payamgir.toml
    #[arg(long, env = "PAYAMGIR_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<std::net::SocketAddr>,
    /// Address for desks and health checks, over the one in payamgir.toml
    #[arg(long, env = "PAYAMGIR_DESK_LISTEN", value_name = "ADDRESS:PORT")]
    pub desk_listen: Option<std::net::SocketAddr>,
}

#[cfg(feature = "serve")]
#[derive(Args)]
pub struct OfflinePageArgs {
    #[command(flatten)]
    pub folder: ServerFolder,
    /// The page's language [default: the first in payamgir.toml]
    #[arg(long, value_name = "CODE")]
    pub page: Option<String>,
}

#[cfg(feature = "serve")]
#[derive(Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub folder: ServerFolder,
    /// The server's address for desks, over the one in payamgir.toml
    #[arg(long, env = "PAYAMGIR_DESK_LISTEN", value_name = "ADDRESS:PORT")]
    pub desk_listen: Option<std::net::SocketAddr>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(feature = "serve")]
#[derive(Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub folder: ServerFolder,
}

/// A server, as sources reach it.
#[cfg(feature = "courier")]
#[derive(Args)]
pub struct ServerAddress {
    /// The server's address for sources, as https://example.org
    #[arg(long, value_name = "ADDRESS")]
    pub server: Option<String>,
    /// A SOCKS proxy, as socks5://127.0.0.1:9050 for Tor
    #[arg(long, value_name = "ADDRESS")]
    pub proxy: Option<String>,
}

#[cfg(feature = "courier")]
#[derive(Args)]
pub struct SealArgs {
    /// Photos, sound, film: any files
    pub files: Vec<PathBuf>,
    /// A file with words; - reads them from standard input
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// The desk's key in a file, as the server shows it at /key
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    pub server: ServerAddress,
    /// Where to write it; without this, words become a block of text on standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[cfg(feature = "courier")]
#[derive(Args)]
pub struct CarryArgs {
    /// Sealed files, bundles of them, or texts with sealed blocks
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub server: ServerAddress,
    /// A file with a pass of the desk, for when strangers flood the server (-: the standard input)
    #[arg(long, value_name = "FILE")]
    pub pass: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(feature = "courier")]
#[derive(Args)]
pub struct ReceiptArgs {
    /// Sealed files that were handed in: a receipt for all of them together
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub server: ServerAddress,
    /// The log's public key, as the desk knows it [default: the one that the server names]
    #[arg(long, value_name = "KEY")]
    pub log_key: Option<String>,
    /// Where to write the proofs (C2SP tlog-proof)
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(feature = "courier")]
#[derive(Args)]
pub struct EditionArgs {
    #[command(subcommand)]
    pub command: EditionCommand,
}

#[cfg(feature = "courier")]
#[derive(Subcommand)]
pub enum EditionCommand {
    /// Check that a folder holds what as many editors as the desk asks for approved, and nothing else
    Verify(VerifyArgs),
    /// Take everything that a server publishes along in a folder, and check it
    Save(SaveArgs),
}

#[cfg(feature = "courier")]
#[derive(Args)]
pub struct VerifyArgs {
    /// The folder, with release.txt and proof.txt in it
    pub folder: PathBuf,
    /// The desk's public half that it must be of [default: the one it names]
    #[arg(long, value_name = "FILE")]
    pub desk: Option<PathBuf>,
    /// An earlier copy that you trust: this one must be no older, and know all its desk's membership
    #[arg(long, value_name = "FOLDER")]
    pub known: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(feature = "courier")]
#[derive(Args)]
pub struct SaveArgs {
    /// The folder to write; what is there and right already is not fetched again
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    #[command(flatten)]
    pub server: ServerAddress,
    /// The desk's public half that it must be of [default: the one it names]
    #[arg(long, value_name = "FILE")]
    pub desk: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct LogArgs {
    #[command(subcommand)]
    pub command: LogCommand,
}

#[derive(Subcommand)]
pub enum LogCommand {
    /// Re-derive the whole tree and check every body and blob
    Verify {
        #[command(flatten)]
        folder: ServerFolder,
        /// A checkpoint kept elsewhere that the log must still lead from
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove a record's body and attachments for good; the gap stays provable
    Erase {
        #[command(flatten)]
        folder: ServerFolder,
        /// The record's number
        record: u64,
        /// The same number again, to be sure
        #[arg(long, value_name = "RECORD")]
        confirm: Option<u64>,
    },
}

#[cfg(feature = "demo")]
#[derive(Args)]
pub struct DemoArgs {
    /// Address of the page; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: std::net::SocketAddr,
    /// Stop after this many parts have arrived
    #[arg(long, value_name = "COUNT")]
    pub parts: Option<u64>,
}

impl Cli {
    /// The language to speak: the flag, then the environment, then English.
    pub fn language(&self) -> Lang {
        let flag = self.lang.as_deref().and_then(|lang| lang.parse().ok());
        flag.or_else(from_environment).unwrap_or(Lang::En)
    }
}

fn from_environment() -> Option<Lang> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).and_then(|l| Lang::from_locale(&l))
}

/// Prints the manual: the program's page, then one for each command.
pub fn man() -> Result<(), Problem> {
    let mut command = Cli::command();
    command.build();
    let mut pages = vec![];
    write_pages(command, &mut pages).map_err(Problem::output)?;
    crate::output::bytes(&pages)
}

fn write_pages(command: clap::Command, to: &mut Vec<u8>) -> std::io::Result<()> {
    let below: Vec<_> = command.get_subcommands().filter(|c| !is_help(c)).cloned().collect();
    clap_mangen::Man::new(command).render(to)?;
    below.into_iter().try_for_each(|command| write_pages(command, to))
}

fn is_help(command: &clap::Command) -> bool {
    command.get_name() == "help"
}

/// Prints completions.
pub fn completions(shell: clap_complete::Shell) -> Result<(), Problem> {
    let mut script = vec![];
    clap_complete::generate(shell, &mut Cli::command(), "payamgir", &mut script);
    crate::output::bytes(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
