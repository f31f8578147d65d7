//! Bodies that are taken once, and files that were written elsewhere.

use std::fs;

use payamgir_log::*;
use sha2::{Digest, Sha256};

use crate::site::*;

fn once(log: &Log, body: &[u8], blobs: Vec<PendingBlob>) -> Result<Appended, Error> {
    wait(log.append_once(Kind::ENTRY, body.to_vec(), blobs))
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

#[test]
fn a_body_is_taken_once_and_what_comes_again_leaves_nothing() {
    let site = Site::new();
    let log = site.open();
    let first = once(&log, b"sealed", vec![pending(&log, b"film")]).unwrap();
    assert!(first.new);
    let again = once(&log, b"sealed", vec![pending(&log, b"film")]).unwrap();
    assert_eq!((again.index, again.new), (first.index, false));
    assert_eq!((site.blobs(), site.tmp().len()), (1, 0));
    // With another blob it is something else: who brings the one must not keep out the other.
    assert!(once(&log, b"sealed", vec![pending(&log, b"another")]).unwrap().new);
    assert!(once(&log, b"sealed", vec![]).unwrap().new);
    assert!(!once(&log, b"sealed", vec![pending(&log, b"film")]).unwrap().new);
    // What came otherwise is another matter.
    assert_eq!(append(&log, b"sealed", vec![]).unwrap(), 3);
    assert!(once(&log, b"something else", vec![]).unwrap().new);
    drop(log);
    let log = site.open();
    assert!(!once(&log, b"sealed", vec![]).unwrap().new);
    let known = |body: &[u8]| log.reader().unwrap().once(&content(&hash(body), [])).unwrap();
    assert_eq!((known(b"sealed"), known(b"never")), (Some(2), None));
    assert_eq!(site.clean().size, 5);
}

#[test]
fn bytes_that_two_records_name_count_once() {
    let site = Site::new();
    let limits = Limits { storage: 3_000_000, keep_free: 0 };
    let log = site.try_open(limits, Mode::Server).unwrap();
    let film = noise(5, 1_000_000);
    for n in 0..20u8 {
        once(&log, &[n; 50], vec![pending(&log, &film)]).unwrap();
    }
    assert_eq!(site.blobs(), 1);
}

#[test]
fn many_at_once_and_one_is_new() {
    let site = Site::new();
    let log = site.open();
    let bring = |n: u8| log.append_once(Kind::ENTRY, vec![n % 3; 100], vec![]);
    let tasks: Vec<_> = (0..60).map(bring).collect();
    let appended = wait(async {
        let mut all = vec![];
        for task in tasks {
            all.push(task.await.unwrap());
        }
        all
    });
    assert_eq!(appended.iter().filter(|one| one.new).count(), 3);
    assert_eq!(site.reader().size().unwrap(), 3);
}

#[test]
fn what_was_erased_is_not_taken_again() {
    let site = Site::new();
    let log = site.open();
    once(&log, b"sealed", vec![]).unwrap();
    log.erase(0).unwrap();
    let again = once(&log, b"sealed", vec![]).unwrap();
    assert_eq!((again.index, again.new), (0, false));
}

#[test]
fn a_list_that_lies_is_found() {
    let site = Site::new();
    let log = site.open();
    once(&log, b"sealed", vec![]).unwrap();
    drop(log);
    site.clean();
    site.sql().execute("UPDATE once SET hash = zeroblob(32)", []).unwrap();
    let found = site.verify(&[]).unwrap().findings;
    assert_eq!(found, [Finding { index: Some(0), damage: Damage::OnceListing }]);
}

#[test]
fn a_log_made_before_takes_them_too() {
    let site = Site::new();
    site.sql().execute_batch("DROP TABLE once; DROP INDEX record_kinds").unwrap();
    site.clean();
    let log = site.open();
    assert!(once(&log, b"sealed", vec![]).unwrap().new);
    site.clean();
}

#[test]
fn a_file_written_elsewhere_becomes_a_blob() {
    let site = Site::new();
    let log = site.open();
    let bytes = noise(3, 300_000);
    let file = site.path().join("elsewhere");
    fs::write(&file, &bytes).unwrap();
    assert!(matches!(log.adopt(&file, &Hash([7; 32])), Err(Error::Corrupt)));
    assert!(file.exists(), "another hash leaves it as it is");
    let pending = log.adopt(&file, &hash(&bytes)).unwrap();
    append(&log, b"names it", vec![pending]).unwrap();
    assert!(fs::read(site.blob_path(&hash(&bytes))).unwrap() == bytes);
    assert!(site.tmp().is_empty());
    assert!(file.exists(), "it is the caller's to remove");
    fs::remove_file(&file).unwrap();
    assert_eq!(site.clean().blobs, 1);
}
