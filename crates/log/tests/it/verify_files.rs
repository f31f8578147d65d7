//! Damage to files: blobs, a database put back, the copy of the checkpoint.

use std::fs;

use payamgir_log::Damage::*;
use payamgir_log::*;

use crate::site::*;
use crate::verify::{SIZE, WHOLE, WITH_BLOB};

/// Damages a copy and holds what is found against what should be.
fn check(damage: impl Fn(&Site), trusted: &[Vec<u8>], expected: &[(Option<u64>, Damage)]) {
    let site = WHOLE.copy();
    damage(&site);
    let found = site.verify(trusted).unwrap().findings;
    let expected: Vec<_> =
        expected.iter().cloned().map(|(index, damage)| Finding { index, damage }).collect();
    assert_eq!(found, expected);
}

/// Changes the blob of the record that has one.
fn on_blob(change: impl Fn(&mut Vec<u8>)) -> impl Fn(&Site) {
    move |site| {
        let row = site.reader().row(WITH_BLOB as u64).unwrap();
        let blob = Record::decode(&row.record).unwrap().blobs[0];
        let path = site.blob_path(&blob.hash);
        let mut bytes = fs::read(&path).unwrap();
        change(&mut bytes);
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn damaged_blobs() {
    let index = Some(WITH_BLOB as u64);
    let length = |found| [(index, BlobLength { found, expected: 5000 })];
    for byte in [0, 2500, 4999] {
        check(on_blob(|bytes| bytes[byte] ^= 1), &[], &[(index, BlobAltered)]);
    }
    check(on_blob(|bytes| bytes.truncate(4999)), &[], &length(4999));
    check(on_blob(|bytes| bytes.clear()), &[], &length(0));
    check(on_blob(|bytes| bytes.push(0)), &[], &length(5001));
}

#[test]
fn missing_blobs() {
    let site = WHOLE.copy();
    fs::remove_dir_all(site.file("blobs")).unwrap();
    let found = site.verify(&[]).unwrap().findings;
    let expected = [5, 6].map(|index| Finding { index: Some(index), damage: BlobMissing });
    assert_eq!(found, expected);
    // A desk does not have every blob.
    assert_eq!(verify(site.path(), &verifier(), &[], false).unwrap().findings, []);
}

/// An earlier state of the whole log, and the files of which it consists.
fn earlier() -> Site {
    let site = Site::new();
    let log = site.open();
    fill(&log, 0..WITH_BLOB as u64);
    site
}

#[test]
fn a_database_put_back() {
    let (old, rolled_back) = (earlier(), [(None, RolledBack { signed: SIZE })]);
    let put_back = |site: &Site| {
        fs::copy(old.file("log.db"), site.file("log.db")).unwrap();
    };
    check(put_back, &[], &rolled_back);
    // Together with the copy of the checkpoint; the desk's tells all the same.
    let both = |site: &Site| {
        put_back(site);
        fs::copy(old.file("checkpoint"), site.file("checkpoint")).unwrap();
    };
    check(both, &[], &[]);
    check(both, &[WHOLE.note()], &rolled_back);
    // And grown again, past what was signed.
    let grown = |site: &Site| {
        both(site);
        fill(&site.open(), 1000..1400);
    };
    check(grown, &[], &[]);
    check(grown, &[WHOLE.note()], &[(None, RootDiffers { signed: SIZE })]);
}

#[test]
fn a_damaged_copy_of_the_checkpoint() {
    let write = |bytes: &'static [u8]| {
        move |site: &Site| fs::write(site.file("checkpoint"), bytes).unwrap()
    };
    check(write(b""), &[], &[(None, CheckpointInvalid)]);
    check(write(b"example.org/log\n5\n"), &[], &[(None, CheckpointInvalid)]);
    // None, and an older one, are what a crash may leave.
    check(|site| fs::remove_file(site.file("checkpoint")).unwrap(), &[], &[]);
    let older = earlier().note();
    check(|site| fs::write(site.file("checkpoint"), &older).unwrap(), &[], &[]);
}

#[test]
fn trusted_checkpoints() {
    let signed = |size| Site::filled(size).note();
    check(|_| {}, &[WHOLE.note(), Site::new().note(), earlier().note(), signed(2)], &[]);
    let other_tree = Site::new();
    append(&other_tree.open(), b"another tree", vec![]).unwrap();
    check(|_| {}, &[other_tree.note()], &[(None, RootDiffers { signed: 1 })]);
    check(|_| {}, &[signed(302)], &[(None, RolledBack { signed: 302 })]);
    check(|_| {}, &[vec![]], &[(None, CheckpointInvalid)]);
    let report = verify(WHOLE.copy().path(), &other_key(9).verifier(), &[], true).unwrap();
    let invalid = Finding { index: None, damage: CheckpointInvalid };
    assert_eq!(report.findings, [invalid.clone(), invalid]);
}

#[test]
fn verifying_beside_a_server_that_appends_and_erases_finds_nothing() {
    let site = Site::new();
    let log = site.open();
    std::thread::scope(|scope| {
        let working = scope.spawn(|| {
            for n in 0..60 {
                append(&log, &body(n), vec![pending(&log, &noise(n, 2000))]).unwrap();
                match log.erase(2 * (n / 2)) {
                    Ok(_) | Err(Error::Lingering | Error::AlreadyErased | Error::NotErasable) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        });
        while !working.is_finished() {
            assert_eq!(site.clean().findings, []);
        }
        working.join().unwrap();
    });
    assert_eq!(site.clean().size, site.rows().len() as u64);
}
