//! Damage to the database, and that `verify` names each.

use std::fs;
use std::slice::from_ref;
use std::sync::LazyLock;

use payamgir_log::Damage::*;
use payamgir_log::*;
use rusqlite::{Connection, params};

use crate::site::*;

/// Records in the log that is damaged: 300 that were appended, and the erasure of number 9.
pub const SIZE: u64 = 301;
pub const ERASED: i64 = 9;
pub const WITH_BLOB: i64 = 5;

pub static WHOLE: LazyLock<Site> = LazyLock::new(|| {
    let site = Site::new();
    let log = site.open();
    fill(&log, 0..WITH_BLOB as u64);
    append(&log, b"with a blob", vec![pending(&log, &noise(1, 5000))]).unwrap();
    append(&log, b"another", vec![pending(&log, &noise(2, 50))]).unwrap();
    fill(&log, 7..300);
    log.erase(ERASED as u64).unwrap();
    log.close();
    assert_eq!((site.clean().erased, site.clean().blobs), (vec![ERASED as u64], 2));
    site
});

/// The damage a change of the record bytes before the first full tile does beyond the record.
const TREE: [(Option<u64>, Damage); 2] =
    [(None, Tile { level: 0, number: 0 }), (None, RootDiffers { signed: SIZE })];

fn find(findings: impl IntoIterator<Item = (Option<u64>, Damage)>) -> Vec<Finding> {
    findings.into_iter().map(|(index, damage)| Finding { index, damage }).collect()
}

/// Damages a copy by SQL and holds what is found against what should be.
fn check(damage: impl Fn(&Connection), expected: &[(Option<u64>, Damage)], beyond: bool) {
    let site = WHOLE.copy();
    damage(&site.sql());
    let tree = if beyond { &TREE[..] } else { &[] };
    let report = site.verify(&[]).unwrap();
    assert_eq!(report.findings, find(expected.iter().chain(tree).cloned()));
    assert_eq!(report.omitted, 0);
}

fn run(sql: &str) -> impl Fn(&Connection) {
    move |connection| connection.execute_batch(sql).unwrap()
}

/// Gives records 3 and 4 each other's columns.
fn swap(columns: &str) -> impl Fn(&Connection) {
    let sql = format!(
        "CREATE TEMP TABLE other AS SELECT * FROM record WHERE seq IN (3, 4);
         UPDATE record SET ({columns}) = (SELECT {columns} FROM other WHERE other.seq = 7 - record.seq)
         WHERE seq IN (3, 4)"
    );
    move |connection| connection.execute_batch(&sql).unwrap()
}

/// Flips a bit of a value.
fn flip(column: &str, seq: i64, byte: usize) -> impl Fn(&Connection) {
    move |connection| {
        let sql = format!("SELECT {column} FROM record WHERE seq = ?1");
        let mut value: Vec<u8> = connection.query_row(&sql, [seq], |row| row.get(0)).unwrap();
        value[byte] ^= 0x10;
        let sql = format!("UPDATE record SET {column} = ?2 WHERE seq = ?1");
        connection.execute(&sql, params![seq, value]).unwrap();
    }
}

#[test]
fn altered_bodies() {
    for seq in [0, 255, 256, 298] {
        check(flip("body", seq, 3), &[(Some(seq as u64), BodyAltered)], false);
    }
    check(
        run("UPDATE record SET body = CAST(body || x'00' AS BLOB) WHERE seq = 3"),
        &[(Some(3), BodyAltered)],
        false,
    );
    check(run("UPDATE record SET body = x'' WHERE seq = 3"), &[(Some(3), BodyAltered)], false);
    check(swap("body"), &[(Some(3), BodyAltered), (Some(4), BodyAltered)], false);
    let restored = "UPDATE record SET body = x'aabb' WHERE seq = 9";
    check(run(restored), &[(Some(9), BodyAltered), (Some(9), ErasureForged)], false);
}

#[test]
fn altered_records() {
    // Offsets by the format: version, index, kind, body length, body hash, blob count.
    check(flip("record", 3, 0), &[(Some(3), RecordMalformed)], true);
    check(flip("record", 3, 8), &[(Some(3), RecordMisplaced { belongs: 19 })], true);
    check(flip("record", 3, 9), &[], true);
    check(flip("record", 3, 13), &[(Some(3), BodyAltered)], true);
    check(flip("record", 3, 14), &[(Some(3), BodyAltered)], true);
    check(flip("record", 3, 46), &[(Some(3), RecordMalformed)], true);
    check(run("UPDATE record SET record = x'' WHERE seq = 3"), &[(Some(3), RecordMalformed)], true);
    // Beyond the full tile only the root tells.
    check(flip("record", 299, 9), &[(None, RootDiffers { signed: SIZE })], false);
    // An erasure that is none any more explains nothing.
    let erasure = [(Some(9), BodyMissing), (None, RootDiffers { signed: SIZE })];
    check(flip("record", 300, 9), &erasure, false);
}

#[test]
fn moved_records() {
    let swapped = "UPDATE record SET seq = 1000 WHERE seq = 3;
        UPDATE record SET seq = 3 WHERE seq = 4; UPDATE record SET seq = 4 WHERE seq = 1000;";
    let misplaced = |at, belongs| (Some(at), RecordMisplaced { belongs });
    check(run(swapped), &[misplaced(3, 4), misplaced(4, 3)], true);
    check(swap("record, body"), &[misplaced(3, 4), misplaced(4, 3)], true);
    let found = [misplaced(3, 4), (Some(3), BodyAltered), misplaced(4, 3), (Some(4), BodyAltered)];
    check(swap("record"), &found, true);
}

#[test]
fn removed_records() {
    check(run("DELETE FROM record WHERE seq = 20"), &[(Some(20), RecordMissing)], true);
    let three = [20, 21, 22].map(|index| (Some(index), RecordMissing));
    check(run("DELETE FROM record WHERE seq IN (20, 21, 22)"), &three, true);
    let rolled_back = (None, RolledBack { signed: SIZE });
    let last = [(Some(9), BodyMissing), rolled_back.clone()];
    check(run("DELETE FROM record WHERE seq = 300"), &last, false);
    let blobs = [(None, BlobListing), (None, Tile { level: 0, number: 0 })];
    let all = [vec![rolled_back], blobs.into()].concat();
    check(run("DELETE FROM record"), &all, false);
}

#[test]
fn missing_bodies() {
    let gone = |seq: i64, by: &str| {
        run(
            &format!("UPDATE record SET body = NULL, erased_by = {by} WHERE seq = {seq}").leak()[..],
        )
    };
    check(gone(3, "NULL"), &[(Some(3), BodyMissing)], false);
    // Number 300 is an erasure, but of number 9; 20 is none; 999 is not there.
    for by in ["300", "20", "999", "-1", "3"] {
        check(gone(3, by), &[(Some(3), BodyMissing)], false);
    }
    check(gone(300, "NULL"), &[(Some(9), BodyMissing), (Some(300), BodyMissing)], false);
    check(
        run("UPDATE record SET erased_by = NULL WHERE seq = 9"),
        &[(Some(9), BodyMissing)],
        false,
    );
    check(run("UPDATE record SET erased_by = 299 WHERE seq = 9"), &[(Some(9), BodyMissing)], false);
    check(
        run("UPDATE record SET erased_by = 300 WHERE seq = 3"),
        &[(Some(3), ErasureForged)],
        false,
    );
}

#[test]
fn altered_tiles() {
    let tile = (None, Tile { level: 0, number: 0 });
    let flipped = "UPDATE tile SET hashes = CAST(x'00' || substr(hashes, 2) AS BLOB)";
    check(run(flipped), from_ref(&tile), false);
    check(run("UPDATE tile SET hashes = substr(hashes, 2)"), from_ref(&tile), false);
    check(run("DELETE FROM tile"), &[tile], false);
    for (level, number) in [(0, 1), (1, 0), (8, 0), (u32::MAX, 7)] {
        let more = format!("INSERT INTO tile VALUES ({level}, {number}, x'')");
        check(run(&more), &[(None, Tile { level, number })], false);
    }
}

#[test]
fn altered_lists_of_blobs() {
    let listing = |index| (index, BlobListing);
    check(run("UPDATE blob SET size = size + 1 WHERE seq = 5"), &[listing(Some(5))], false);
    check(run("DELETE FROM blob WHERE seq = 5"), &[listing(Some(5))], false);
    check(run("INSERT INTO blob VALUES (zeroblob(32), 3, 1)"), &[listing(Some(3))], false);
    check(run("INSERT INTO blob VALUES (zeroblob(32), 9, 1)"), &[listing(Some(9))], false);
    check(run("INSERT INTO blob VALUES (zeroblob(32), 999, 1)"), &[listing(None)], false);
    let moved = [listing(Some(5)), listing(Some(6))];
    check(run("UPDATE blob SET seq = 11 - seq"), &moved, false);
}

#[test]
fn altered_checkpoints() {
    let replaced = |note: &[u8]| {
        let note = note.to_vec();
        move |c: &Connection| {
            c.execute("UPDATE checkpoint SET note = ?1", [&note]).unwrap();
        }
    };
    let mut flipped = WHOLE.note();
    let last = flipped.len() - 10;
    flipped[last] ^= 1;
    check(replaced(&flipped), &[(None, CheckpointInvalid)], false);
    check(replaced(b""), &[(None, CheckpointInvalid)], false);
    check(replaced(&[b'x'; 9000]), &[(None, CheckpointInvalid)], false);
    check(run("DELETE FROM checkpoint"), &[(None, CheckpointMissing)], false);
    // One that is only older, and one of another tree.
    check(replaced(&Site::filled(4).note()), &[(Some(4), Unsigned)], false);
    let other_tree = [(None, RootDiffers { signed: 7 }), (Some(7), Unsigned)];
    check(replaced(&Site::filled(7).note()), &other_tree, false);
}

#[test]
fn what_does_not_belong_in_the_database() {
    let forged = "INSERT INTO record SELECT 301, 
                  CAST(x'01000000000000012d' || substr(record, 10) AS BLOB), body, NULL
                  FROM record WHERE seq = 3";
    check(run(forged), &[(Some(301), Unsigned)], false);
    let numbered = |seq: i64| (None, Database(format!("a record is numbered {seq}")));
    check(run("INSERT INTO record VALUES (-1, x'', x'', NULL)"), &[numbered(-1)], false);
    let far = 1 << 62;
    let sql = format!("INSERT INTO record VALUES ({far}, x'', x'', NULL)");
    check(run(&sql), &[numbered(far)], false);
    let tables = (None, Database("the tables are not those of a log".into()));
    check(run("CREATE TABLE more (x)"), from_ref(&tables), false);
    check(run("DROP INDEX record_erased"), from_ref(&tables), false);
    let trigger = "CREATE TRIGGER keep AFTER UPDATE ON record BEGIN SELECT 1; END";
    check(run(trigger), &[tables], false);
}

#[test]
fn a_huge_value_is_damage_and_is_not_read() {
    let site = WHOLE.copy();
    site.sql().execute("UPDATE record SET body = zeroblob(100000000) WHERE seq = 3", []).unwrap();
    let findings = site.verify(&[]).unwrap().findings;
    assert!(matches!(&findings[..], [Finding { index: None, damage: Database(_) }, ..]));
}

#[test]
fn a_value_of_another_type_is_damage() {
    let site = WHOLE.copy();
    let sql = "PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'record';";
    site.sql().execute_batch(sql).unwrap();
    let sql = "UPDATE record SET body = 'text' WHERE seq = 3;
        UPDATE record SET record = 5 WHERE seq = 4;
        UPDATE record SET erased_by = 'x' WHERE seq = 6";
    site.sql().execute_batch(sql).unwrap();
    let findings = site.verify(&[]).unwrap().findings;
    let expected = [(3, BodyAltered), (4, RecordMalformed), (6, ErasureForged)];
    for (index, damage) in expected {
        assert!(findings.contains(&Finding { index: Some(index), damage }), "{findings:?}");
    }
}

#[test]
fn findings_are_listed_up_to_a_number() {
    let site = Site::filled(3);
    site.sql().execute_batch("UPDATE record SET seq = 20000 + seq").unwrap();
    let report = site.verify(&[]).unwrap();
    assert_eq!(report.findings.len(), 10_000);
    assert!(report.omitted > 10_000 && report.size == 20_003);
}

#[test]
fn a_database_that_is_gone_or_no_logs_is_damage() {
    let spoil: [&dyn Fn(&Site); 4] = [
        &|site| fs::remove_file(site.file("log.db")).unwrap(),
        &|site| fs::write(site.file("log.db"), b"").unwrap(),
        &|site| site.sql().pragma_update(None, "application_id", 1).unwrap(),
        &|site| site.sql().pragma_update(None, "user_version", 9).unwrap(),
    ];
    for spoil in spoil {
        let site = Site::filled(3);
        spoil(&site);
        let findings = site.verify(&[]).unwrap().findings;
        assert!(matches!(findings[..], [Finding { index: None, damage: Database(_) }]));
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let nothing = verify(elsewhere.path(), &verifier(), &[], true);
    assert!(matches!(nothing, Err(Error::NotALog)), "a folder that never held one");
}
