//! The flags of `payamgir desk …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args)]
pub struct DeskArgs {
    /// The desk's folder [default: payamgir-desk in the user's data folder]
    #[arg(long, global = true, env = "PAYAMGIR_DESK_DIR", value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
    /// Read the passphrase from the first line of this file instead of asking
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Offset of shown times from UTC, as +03:30
    #[arg(
        long,
        global = true,
        env = "PAYAMGIR_UTC_OFFSET",
        default_value = "+00:00",
        value_parser = utc_offset,
        allow_hyphen_values = true,
        value_name = "±HH:MM"
    )]
    pub utc_offset: i32,
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(subcommand)]
    pub command: Option<DeskCommand>,
}

/// How the desk's window is opened, where no command is given.
#[derive(Args)]
pub struct WindowArgs {
    /// The loopback address the window is served at; port 0 for any
    #[arg(
        long,
        env = "PAYAMGIR_DESK_WINDOW",
        default_value = "127.0.0.1:7311",
        value_name = "ADDRESS:PORT"
    )]
    pub window: std::net::SocketAddr,
    /// Minutes without anything done after which the desk locks itself
    #[arg(long, env = "PAYAMGIR_LOCK_AFTER", default_value_t = 15, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=480))]
    pub lock_after: u64,
    /// Do not start a browser; print the address that leads in, once
    #[arg(long)]
    pub no_browser: bool,
    /// The browser to start [default: what the system opens pages with]
    #[arg(long, value_name = "PROGRAM")]
    pub browser: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum DeskCommand {
    /// Serve the desk's window; started by `payamgir desk`
    #[command(hide = true)]
    Room,
    /// Found a desk: make an identity under a passphrase; print what the server needs
    Init {
        /// The block of somebody who is an admin from the start; may be given again
        #[arg(long, value_name = "FILE")]
        member: Vec<PathBuf>,
        /// How many admins change the desk, and how many editors approve; from 2 on an author's own
        /// approval does not count [default: 1]
        #[arg(long, value_name = "COUNT")]
        threshold: Option<u8>,
        /// Keep the age key in hardware: the file that an age plugin made, as of age-plugin-yubikey
        #[arg(long, value_name = "FILE")]
        age_identity: Option<PathBuf>,
    },
    /// Make an identity, and print the block by which an admin admits it
    Identity {
        /// Keep the age key in hardware: the file that an age plugin made, as of age-plugin-yubikey
        #[arg(long, value_name = "FILE")]
        age_identity: Option<PathBuf>,
    },
    /// Join a desk by the code that one of its admins told you
    Join(JoinArgs),
    /// Bring a desk back whose members are all lost, from enough pages of its recovery kit
    Recover(RecoverArgs),
    /// Change the passphrase of the identity
    Passphrase {
        /// Read the new one from the first line of this file instead of asking
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    #[command(flatten)]
    Roster(RosterCommand),
    /// Fetch what is new and verify it
    Sync {
        /// The server's desk address, as http://127.0.0.1:8081; remembered
        #[arg(long, value_name = "URL")]
        server: Option<String>,
        /// The log's public key, as `payamgir init` printed it; remembered
        #[arg(long, value_name = "KEY")]
        log_key: Option<String>,
        /// A SOCKS proxy, as socks5://127.0.0.1:9050 for Tor, or none; remembered
        #[arg(long, value_name = "URL")]
        proxy: Option<String>,
        /// Fetch all attachments too
        #[arg(long)]
        attachments: bool,
    },
    /// List submissions, newest last
    List {
        /// Show only this many of the newest
        #[arg(long, value_name = "COUNT")]
        last: Option<usize>,
        /// Print JSON, one submission a line
        #[arg(long)]
        json: bool,
    },
    /// Print one submission; save its attachments where asked
    Read {
        /// The submission's number in the list
        number: u64,
        /// Save the attachments into this folder
        #[arg(long, value_name = "FOLDER")]
        save: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print passes: who has one is let in when strangers flood the server, which cannot tell whose it is
    Passes {
        /// How many
        #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=100))]
        count: u8,
        /// Take a key of the server for passes that is not the one it had before
        #[arg(long)]
        new_key: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write everything as plain files into a new folder, or as one sealed file
    Export {
        /// A new folder for plain files
        #[arg(long, value_name = "FOLDER", conflicts_with = "age")]
        out: Option<PathBuf>,
        /// A new age file, sealed to this member's own key; a tar archive is inside
        #[arg(long, value_name = "FILE")]
        age: Option<PathBuf>,
    },
    /// Bring the log of an export back into this desk's folder
    Import {
        /// The export's folder, or its age file
        export: PathBuf,
    },
    /// Check this desk's copy of the log
    Verify {
        /// A checkpoint that somebody else was shown: it must be of the same log
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// How a newcomer joins.
#[derive(Args)]
pub struct JoinArgs {
    /// The code, a number and four words; without it, asks, or goes on waiting
    pub code: Vec<String>,
    /// The server's desk address, as http://127.0.0.1:8081; remembered
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// A SOCKS proxy, as socks5://127.0.0.1:9050 for Tor; remembered
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Keep the age key in hardware: the file that an age plugin made, as of age-plugin-yubikey
    #[arg(long, value_name = "FILE")]
    pub age_identity: Option<PathBuf>,
    /// Leave the answer and do not wait until somebody lets you in
    #[arg(long)]
    pub no_wait: bool,
}

/// From what a desk is brought back.
#[derive(Args)]
pub struct RecoverArgs {
    /// A file with what a page's code says, or with its words; may be given again [default: ask]
    #[arg(long, value_name = "FILE")]
    pub page: Vec<PathBuf>,
    /// Go on although the kit does not open all; what it does not open is lost
    #[arg(long)]
    pub accept_loss: bool,
    /// The server's desk address, over the one on the pages
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Keep the age key in hardware: the file that an age plugin made, as of age-plugin-yubikey
    #[arg(long, value_name = "FILE")]
    pub age_identity: Option<PathBuf>,
    /// The log's public key, over the one on the pages
    #[arg(long, value_name = "KEY")]
    pub log_key: Option<String>,
    /// A SOCKS proxy, as socks5://127.0.0.1:9050 for Tor; remembered
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}

/// Commands about who the desk is.
#[derive(Subcommand)]
pub enum RosterCommand {
    /// List the members, the threshold, and what waits for signatures
    Members {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Invite somebody: print a code to tell by telephone
    Invite {
        /// What they may do
        #[arg(long, value_enum, default_value_t = RoleArg::Editor)]
        role: RoleArg,
        /// Days for which the code works
        #[arg(long, value_name = "DAYS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=30))]
        days: u32,
    },
    /// Let in who answered your invitation, after comparing the fingerprint
    Welcome {
        /// The code's number, where several are open
        number: Option<u32>,
        /// The fingerprint that the newcomer read to you, instead of asking
        #[arg(long, value_name = "DIGITS")]
        fingerprint: Option<String>,
        /// The same person's old key, which is shut out
        #[arg(long, value_name = "KEY")]
        replaces: Option<String>,
    },
    /// Admit a member by its block
    Admit {
        /// The block, as `payamgir desk identity` printed it
        block: PathBuf,
        /// What it may do
        #[arg(long, value_enum, default_value_t = RoleArg::Editor)]
        role: RoleArg,
        /// The same person's old key, which is shut out
        #[arg(long, value_name = "KEY")]
        replaces: Option<String>,
    },
    /// Remove a member; what comes later it cannot read
    Remove {
        /// Its key, or how it begins
        member: String,
    },
    /// Change what a member may do
    Role {
        /// Its key, or how it begins
        member: String,
        /// What it may do
        #[arg(value_enum)]
        role: RoleArg,
    },
    /// Change what the desk asks for
    Policy(PolicyArgs),
    /// Make a recovery kit: pages to print, enough of which bring the desk back
    Kit {
        /// How many pages
        #[arg(long, value_name = "COUNT", default_value_t = 5)]
        pages: u8,
        /// How many of them are needed together
        #[arg(long, value_name = "COUNT", default_value_t = 3)]
        needed: u8,
        /// The folder for the pages; better one that is not on a disk
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
    /// Start a new epoch: entries are sealed to a new key from now on
    Epoch,
    /// Sign a change that waits for more admins
    Sign {
        /// Its hash in `payamgir desk members`, or how it begins
        statement: String,
    },
    /// Approve that bodies are erased, at the server and at every desk
    Erase {
        /// The record's number
        #[arg(required_unless_present = "before", conflicts_with = "before")]
        record: Option<u64>,
        /// All that came before this day: as 2026-03-21 or 1405/1/1, or as 90d for 90 days ago
        #[arg(long, value_name = "DAY", value_parser = before)]
        before: Option<Before>,
        /// Say how many submissions that are, instead of asking
        #[arg(long, value_name = "COUNT", requires = "before")]
        confirm: Option<u64>,
    },
}

/// What the desk asks for; what is not named stays.
#[derive(Args)]
pub struct PolicyArgs {
    /// How many admins change the desk, and how many editors approve
    #[arg(long, value_name = "COUNT")]
    pub threshold: Option<u8>,
    /// Whether an author's own approval counts
    #[arg(long, value_name = "BOOL")]
    pub author_may_approve: Option<bool>,
    /// Days after which a new epoch starts by itself; 0 for never
    #[arg(long, value_name = "DAYS")]
    pub epoch_days: Option<u16>,
    /// Days after its end for which an epoch can be read; 0 for always
    #[arg(long, value_name = "DAYS")]
    pub retention_days: Option<u16>,
}

/// What a member may do.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum RoleArg {
    /// Reads only
    Reader,
    /// Reads, answers, approves
    Editor,
    /// All that, and changes who the desk is
    Admin,
}

impl From<RoleArg> for payamgir_desk::roster::Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Reader => Self::Reader,
            RoleArg::Editor => Self::Editor,
            RoleArg::Admin => Self::Admin,
        }
    }
}

/// A day, or how many days ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Days from 1970-01-01.
    Day(i32),
    /// Days ago.
    Ago(u32),
}

fn before(text: &str) -> Result<Before, String> {
    let ago = text.strip_suffix('d').and_then(|days| days.parse().ok()).map(Before::Ago);
    let day = payamgir_text::search::day(text).map(Before::Day);
    ago.or(day).ok_or_else(|| "write it as 2026-03-21, 1405/1/1 or 90d".to_owned())
}

fn utc_offset(text: &str) -> Result<i32, String> {
    let wrong = || "write it as +03:30 or -05:00".to_owned();
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(wrong()),
    };
    let (hours, minutes) = rest.split_once(':').ok_or_else(wrong)?;
    match (hours.len(), minutes.len(), hours.parse::<i32>(), minutes.parse::<i32>()) {
        (2, 2, Ok(h @ 0..=14), Ok(m @ 0..=59)) => Ok(sign * (h * 3600 + m * 60)),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(before("90d"), Ok(Before::Ago(90)));
        assert_eq!(before("2026-03-21"), Ok(Before::Day(20_533)));
        assert_eq!(before("1405/1/1"), before("2026-03-21"));
        for bad in ["", "d", "-1d", "90", "2026-02-30", "tomorrow"] {
            assert!(before(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn offsets() {
        assert_eq!(utc_offset("+03:30"), Ok(12_600));
        assert_eq!(utc_offset("-05:00"), Ok(-18_000));
        for bad in ["", "3", "03:30", "+3:30", "+15:00", "+03:60", "+aa:bb", "۰"] {
            assert!(utc_offset(bad).is_err(), "{bad}");
        }
    }
}
