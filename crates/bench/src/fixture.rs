//! A server's folder and a member with generated keys, laid out as `payamgir init` does.

use std::fs;
use std::path::Path;

use payamgir_desk::open::Member;
use payamgir_log::{Limits, Log, LogKey, Mode, Verifier};
use payamgir_wire::desk_public::DeskPublic;
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

/// What a desk of one member gives to the server.
pub fn desk_public(member: &Member) -> DeskPublic {
    DeskPublic { recipient: member.identity().recipient(), members: vec![member.verifying_key()] }
}

/// Makes a server's folder with an empty log; gives the log's public key.
pub fn create(folder: &Path, member: &Member) -> Result<Verifier, Failure> {
    let secret = LogKey::generate("bench/log", &random())?;
    let key = LogKey::parse(&secret)?;
    fs::write(folder.join(LOG_KEY), secret)?;
    fs::write(folder.join(DESK_PUBLIC), desk_public(member).to_string())?;
    Log::create(&folder.join(LOG), &key)?;
    Ok(key.verifier())
}

/// Opens a folder's log and reads whom it is sealed to.
pub fn open(folder: &Path) -> Result<(Log, DeskPublic), Failure> {
    let key = LogKey::parse(&fs::read_to_string(folder.join(LOG_KEY))?)?;
    let log = Log::open(&folder.join(LOG), key, LIMITS, Mode::Server)?;
    Ok((log, DeskPublic::parse(&fs::read_to_string(folder.join(DESK_PUBLIC))?)?))
}

/// Records in a folder's log.
pub fn records(folder: &Path) -> Result<u64, Failure> {
    Ok(payamgir_log::Reader::open(&folder.join(LOG))?.size()?)
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
