//! Bits flipped anywhere in the database's file, and databases that are no more than bytes.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use payamgir_log::*;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::site::*;

/// A log small enough to flip much of it: a full tile, a blob, an erasure.
static SMALL: LazyLock<Site> = LazyLock::new(|| {
    let site = Site::filled(258);
    let log = site.open();
    append(&log, b"with a blob", vec![pending(&log, b"blob")]).unwrap();
    append(&log, &noise(1, 40_000), vec![]).unwrap();
    log.erase(3).unwrap();
    log.close();
    site
});

/// All that the tables hold; `None` where SQLite cannot read it.
fn contents(connection: &Connection) -> Option<BTreeMap<&'static str, Vec<Vec<Value>>>> {
    let tables = ["record", "tile", "blob", "checkpoint", "sqlite_schema"];
    tables.into_iter().map(|table| Some((table, rows_of(connection, table).ok()?))).collect()
}

fn rows_of(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut query = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = query.column_count();
    let rows = query.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
    rows.collect()
}

/// A flip is found, or nothing that is stored differs.
fn check(site: &Site, whole: &[u8], bit: usize) {
    let mut bytes = whole.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(site.file(&format!("log.db{suffix}")));
    }
    fs::write(site.file("log.db"), &bytes).unwrap();
    let verified = catch_unwind(AssertUnwindSafe(|| site.verify(&[])));
    let verified = verified.unwrap_or_else(|_| panic!("bit {bit}"));
    if verified.is_ok_and(|report| report.findings.is_empty()) {
        let original = tempfile::NamedTempFile::new().unwrap();
        fs::write(original.path(), whole).unwrap();
        let original = contents(&Connection::open(original.path()).unwrap()).unwrap();
        assert!(contents(&site.sql()) == Some(original), "bit {bit} of byte {}", bit / 8);
    }
}

#[test]
fn no_flipped_bit_goes_unseen_or_panics() {
    let site = SMALL.copy();
    let whole = fs::read(site.file("log.db")).unwrap();
    // A step that is prime to the file's size, so that every kind of page is met; and the
    // headers of the file and of its first page closely.
    let spread = (0..700).map(|n| (n * 1_000_003) % (8 * whole.len()));
    let close = (0..8 * 130).step_by(5);
    for bit in spread.chain(close) {
        check(&site, &whole, bit);
    }
}

#[test]
fn flips_in_a_file_that_is_open_elsewhere_do_not_panic_the_writer() {
    let size = fs::metadata(SMALL.file("log.db")).unwrap().len() as usize;
    for n in 0..40 {
        let site = SMALL.copy();
        let mut bytes = fs::read(site.file("log.db")).unwrap();
        bytes[(n * 7919 + 100) % size] ^= 0x55;
        fs::write(site.file("log.db"), bytes).unwrap();
        if let Ok(log) = site.try_open(NO_LIMITS, Mode::Server) {
            let _ = append(&log, b"more", vec![pending(&log, b"blob")]);
            let _ = log.erase(5);
            // A writer that panicked would have closed the log.
            assert!(!matches!(append(&log, b"more", vec![]), Err(Error::Closed)), "{n}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_file_can_be_looked_at(
        bytes in prop::collection::vec(any::<u8>(), 0..3000), keep in 0..40_000usize,
    ) {
        let site = SMALL.copy();
        let mut file = fs::read(site.file("log.db")).unwrap();
        file.truncate(keep);
        file.extend(&bytes);
        fs::write(site.file("log.db"), file).unwrap();
        let found = site.verify(&[]);
        prop_assert!(found.map_or(true, |report| !report.findings.is_empty()));
        prop_assert!(site.try_open(NO_LIMITS, Mode::Server).is_err());
        let _ = Mirror::open(site.path(), verifier());
    }
}
