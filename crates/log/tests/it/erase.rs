//! Erasing: what is erased is gone, and the log says so.

use std::collections::HashSet;
use std::fs;

use payamgir_log::*;

use crate::site::*;

/// Lengths of pieces looked for, and the pieces themselves.
const PIECE: usize = 16;

/// How many of the body's pieces are anywhere in the folder.
pub fn traces(site: &Site, body: &[u8]) -> usize {
    let pieces: HashSet<&[u8]> = body.chunks_exact(PIECE).collect();
    let files = files(site.path());
    let found = files.values().flat_map(|bytes| bytes.windows(PIECE));
    found.filter(|window| pieces.contains(window)).collect::<HashSet<_>>().len()
}

#[test]
fn nothing_is_left_of_an_erased_body() {
    for size in [4 << 10, 14 << 10, 17 << 10, BODY_BYTES] {
        let site = Site::new();
        let log = site.open();
        let (secret, blob) = (noise(5, size), noise(6, 100_000));
        fill(&log, 0..20);
        let index = append(&log, &secret, vec![pending(&log, &blob)]).unwrap();
        fill(&log, 21..40);
        // Some pieces lie across the pages of the database.
        assert!(traces(&site, &secret) > size / PIECE - 10);
        let erasure = log.erase(index).unwrap();
        assert_eq!((traces(&site, &secret), traces(&site, &blob)), (0, 0));
        let row = log.reader().unwrap().row(erasure).unwrap();
        let record = Record::decode(&row.record).unwrap();
        assert_eq!((record.kind, erasure), (Kind::ERASURE, 40));
        assert_eq!(row.body.unwrap(), index.to_be_bytes());
        assert_eq!(site.clean().erased, [index]);
        assert!(site.blobs() == 0 && site.tmp().is_empty());
    }
}

#[test]
fn an_erased_record_keeps_its_proof() {
    let site = Site::filled(20);
    let (before, log) = (site.rows(), site.open());
    let old = verifier().open(&site.note()).unwrap();
    log.erase(4).unwrap();
    let (reader, new) = (site.reader(), verifier().open(&site.note()).unwrap());
    let row = reader.row(4).unwrap();
    assert!(row.body.is_none() && row.record == before[4].record);
    let leaf = Record::decode(&row.record).unwrap().leaf();
    let proof = reader.prove_inclusion(4, new.size).unwrap();
    check_inclusion(&proof, new.size, new.root, 4, leaf).unwrap();
    let proof = reader.prove_consistency(old.size, new.size).unwrap();
    check_consistency(&proof, new.size, new.root, old.size, old.root).unwrap();
}

#[test]
fn what_cannot_be_erased_is_refused() {
    let site = Site::filled(3);
    let log = site.open();
    let erasure = log.erase(1).unwrap();
    let check = |index, expected: Error| {
        let refused = log.erase(index).unwrap_err();
        assert_eq!(format!("{refused:?}"), format!("{expected:?}"));
    };
    check(1, Error::AlreadyErased);
    check(erasure, Error::NotErasable);
    for index in [erasure + 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
        check(index, Error::NotFound);
    }
    // A refusal is not an append.
    assert_eq!(append(&log, b"next", vec![]).unwrap(), erasure + 1);
    assert_eq!(site.clean().erased, [1]);
}

#[test]
fn everything_can_be_erased() {
    let site = Site::filled(300);
    let log = site.open();
    (0..300).for_each(|index| assert_eq!(log.erase(index).unwrap(), 300 + index));
    assert_eq!(site.clean().erased, Vec::from_iter(0..300));
}

#[test]
fn a_blob_that_cannot_be_removed_is_not_kept_silent_about() {
    let site = Site::new();
    let log = site.open();
    let pending = pending(&log, b"in the way");
    let path = site.blob_path(&pending.blob().hash);
    append(&log, b"names it", vec![pending]).unwrap();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(log.erase(0), Err(Error::Lingering)));
    assert!(matches!(log.erase(0), Err(Error::AlreadyErased)));
    fs::remove_dir(&path).unwrap();
    fs::write(&path, b"in the way").unwrap();
    log.close();
    assert_eq!(site.clean().erased, [0]);
    site.open().close();
    assert_eq!((site.blobs(), site.tmp().len()), (0, 0));
}

#[test]
fn a_full_log_can_be_erased_from() {
    let site = Site::filled(1);
    let limits = Limits { storage: 0, keep_free: u64::MAX };
    site.try_open(limits, Mode::Tool).unwrap().erase(0).unwrap();
    assert_eq!(site.clean().erased, [0]);
}

#[test]
fn a_tool_erases_beside_a_server_that_appends() {
    let site = Site::new();
    let log = site.open();
    let secrets: Vec<_> = (0..6).map(|n| noise(n, 4096)).collect();
    for secret in &secrets {
        append(&log, secret, vec![pending(&log, &secret[1..])]).unwrap();
    }
    std::thread::scope(|scope| {
        let server = scope.spawn(|| {
            for n in 0..100 {
                append(&log, &body(n), vec![]).unwrap();
            }
        });
        let tool = site.tool();
        for index in 0..6 {
            tool.erase(index).unwrap();
        }
        server.join().unwrap();
    });
    fill(&log, 100..110);
    assert!(secrets.iter().all(|secret| traces(&site, secret) == 0));
    let report = site.clean();
    assert_eq!((report.size, report.erased, site.blobs()), (122, Vec::from_iter(0..6), 0));
}

#[test]
fn two_cannot_erase_the_same_record() {
    let site = Site::filled(40);
    let tools = [site.tool(), site.tool()];
    std::thread::scope(|scope| {
        let erasing = tools
            .each_ref()
            .map(|tool| scope.spawn(|| (0..40).filter(|index| tool.erase(*index).is_ok()).count()));
        assert_eq!(erasing.map(|thread| thread.join().unwrap()).iter().sum::<usize>(), 40);
    });
    assert_eq!((site.clean().size, site.rows().len()), (80, 80));
}

#[test]
fn a_reader_in_the_way_is_not_kept_silent_about() {
    let site = Site::filled(3);
    let log = site.open();
    let secret = noise(1, 4096);
    let index = append(&log, &secret, vec![]).unwrap();
    let reader = site.reader();
    let reading = || {
        assert!(matches!(log.erase(index), Err(Error::Lingering)));
        assert!(matches!(log.wipe(), Err(Error::Lingering)));
        assert!(traces(&site, &secret) > 0);
        // The server goes on meanwhile.
        append(&log, b"next", vec![]).unwrap();
        false
    };
    reader.rows(0, 1, |_| reading()).unwrap();
    log.wipe().unwrap();
    assert_eq!((traces(&site, &secret), site.clean().erased), (0, vec![index]));
}

#[test]
fn what_lingers_goes_when_the_log_is_opened_again() {
    let site = Site::filled(3);
    let log = site.open();
    let secret = noise(1, 4096);
    let index = append(&log, &secret, vec![]).unwrap();
    let mut crashed = None;
    let reader = site.reader();
    let _ = reader.rows(0, 1, |_| {
        log.erase(index).unwrap_err();
        crashed = Some(site.copy());
        false
    });
    let crashed = crashed.unwrap();
    assert!(traces(&crashed, &secret) > 0);
    let log = crashed.open();
    log.wipe().unwrap();
    assert_eq!(traces(&crashed, &secret), 0);
}
