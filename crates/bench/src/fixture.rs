//! A server's folder and a member with generated keys, laid out as `payamgir init` does.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use payamgir_desk::keys;
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::roster::{Act, Policy};
use payamgir_log::{Limits, Log, LogKey, Mode, Verifier};
use payamgir_server::Desk;
use payamgir_wire::armor::{Label, armor, dearmor};
use zeroize::Zeroizing;

use crate::Failure;

const LOG_KEY: &str = "log.key";
const DESK_PUBLIC: &str = "desk.pub";
const LOG: &str = "log";
/// The limits of the configuration's defaults, but for the total.
const LIMITS: Limits = Limits { storage: 64 << 30, keep_free: 512 << 20 };

/// A member with fresh keys.
pub fn member() -> Member {
    Member::from_seed(&random())
}

/// A desk of one member, and the keyring that opens what is sealed to it.
pub struct Founded {
    /// The founding's body.
    pub body: Vec<u8>,
    /// The keyring.
    pub keyring: Keyring,
    recipient: Box<[u8; 1216]>,
}

impl Founded {
    /// The epoch's public key.
    pub fn recipient(&self) -> &[u8] {
        &self.recipient[..]
    }
}

/// Founds a desk of one.
pub fn found(member: &Member) -> Founded {
    let mut keyring = Keyring::default();
    let random: payamgir_desk::client::Random = Arc::new(fill);
    let policy = (Policy::DEFAULT, keys::day(now()));
    let signed = keys::found(member, &mut keyring, &[], policy, &random).expect("a desk of one");
    let Act::Founded { epoch, .. } = &signed.statement.act else { unreachable!() };
    let recipient = epoch.0.clone();
    Founded { body: signed.encode(), keyring, recipient }
}

/// What a desk gives to the server.
pub fn desk_public(desk: &Founded) -> String {
    armor(Label::Desk, &desk.body)
}

/// Makes a server's folder with an empty log; gives the log's public key.
pub fn create(folder: &Path, desk: &Founded) -> Result<Verifier, Failure> {
    let secret = LogKey::generate("bench/log", &random())?;
    let key = LogKey::parse(&secret)?;
    fs::write(folder.join(LOG_KEY), secret)?;
    fs::write(folder.join(DESK_PUBLIC), desk_public(desk))?;
    Log::create(&folder.join(LOG), &key)?;
    Ok(key.verifier())
}

/// Opens a folder's log and its desk.
pub async fn open(folder: &Path) -> Result<(Log, Desk), Failure> {
    let key = LogKey::parse(&fs::read_to_string(folder.join(LOG_KEY))?)?;
    let log = Log::open(&folder.join(LOG), key, LIMITS, Mode::Server)?;
    let public = fs::read_to_string(folder.join(DESK_PUBLIC))?;
    let desk = Desk::open(&log, Some(&dearmor(Label::Desk, &public)?)).await?;
    Ok((log, desk))
}

/// Records before the entries: the desk's founding.
pub const FOUNDING: u64 = 1;

/// Entries in a folder's log.
pub fn entries(folder: &Path) -> Result<u64, Failure> {
    Ok(payamgir_log::Reader::open(&folder.join(LOG))?.size()?.saturating_sub(FOUNDING))
}

/// Fills a buffer from the operating system's generator.
pub fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives randomness");
}

/// Unix seconds.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Random bytes.
pub fn random<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    fill(&mut *bytes);
    bytes
}
