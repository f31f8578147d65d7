//! Blobs: where they stand, and that they go when nothing names them and only then.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::time::SystemTime;

use payamgir_log::*;

use crate::site::*;

#[test]
fn a_blob_stands_under_its_hash_and_without_a_time() {
    let site = Site::new();
    let log = site.open();
    let bytes = noise(1, 3_000_000);
    let mut writer = log.blob().unwrap();
    bytes.chunks(70_001).for_each(|chunk| writer.write_all(chunk).unwrap());
    assert_eq!((site.blobs(), site.tmp().len()), (0, 1));
    let pending = writer.finish().unwrap();
    let blob = pending.blob();
    assert_eq!(blob.size, bytes.len() as u64);
    assert!(site.tmp().iter().all(|name| name.ends_with(".intent")));
    append(&log, b"names it", vec![pending]).unwrap();
    assert!(site.tmp().is_empty());
    let path = site.blob_path(&blob.hash);
    assert!(fs::read(&path).unwrap() == bytes);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), SystemTime::UNIX_EPOCH);
    let mut read = vec![];
    log.reader().unwrap().blob(&blob.hash).unwrap().read_to_end(&mut read).unwrap();
    assert!(read == bytes);
    assert_eq!(site.clean().blobs, 1);
}

#[test]
fn the_time_of_access_is_not_the_time_of_arrival() {
    let site = Site::new();
    let log = site.open();
    let pending = pending(&log, b"attachment");
    let there = fs::metadata(site.blob_path(&pending.blob().hash)).unwrap();
    assert_eq!(there.accessed().unwrap(), SystemTime::UNIX_EPOCH);
}

#[test]
fn what_is_dropped_leaves_nothing() {
    let site = Site::new();
    let log = site.open();
    let mut writer = log.blob().unwrap();
    writer.write_all(b"unfinished").unwrap();
    drop(writer);
    drop(log.blob().unwrap().finish().unwrap());
    drop(pending(&log, b"finished"));
    let other = pending(&log, b"of a record that is refused");
    append(&log, &[0; BODY_BYTES + 1], vec![other]).unwrap_err();
    assert_eq!((site.blobs(), site.tmp().len()), (0, 0));
}

#[test]
fn a_missing_blob_is_not_found() {
    let site = Site::filled(1);
    assert!(matches!(site.reader().blob(&Hash([1; 32])), Err(Error::NotFound)));
}

#[test]
fn a_record_may_name_no_blob_that_is_gone() {
    let site = Site::new();
    let log = site.open();
    let (here, gone) = (pending(&log, b"here"), pending(&log, b"gone"));
    fs::remove_file(site.blob_path(&gone.blob().hash)).unwrap();
    let refused = append(&log, b"no", vec![gone, here]);
    assert!(matches!(refused, Err(Error::Io(e)) if e.kind() == ErrorKind::NotFound));
    assert_eq!((site.clean().size, site.blobs(), site.tmp().len()), (0, 0, 0));
}

/// What is done with blobs of the same bytes; each step is followed by a look at the folder.
#[derive(Debug)]
enum Step {
    /// Finish one more blob of these bytes.
    Finish,
    /// Drop the oldest that waits.
    Drop,
    /// Append a record that names the oldest that waits.
    Append,
    /// Erase this record.
    Erase(u64),
    ToolErases(u64),
}

#[test]
fn the_same_bytes_stay_as_long_as_anything_names_them() {
    use Step::*;
    let check = |steps: &[(Step, bool)]| {
        let site = Site::new();
        let log = site.open();
        let (mut waiting, mut hash) = (vec![], Hash::default());
        for (step, there) in steps {
            match step {
                Finish => waiting.push(pending(&log, b"the same")),
                Drop => drop(waiting.remove(0)),
                Append => drop(append(&log, b"names it", vec![waiting.remove(0)]).unwrap()),
                Erase(index) => drop(log.erase(*index).unwrap()),
                ToolErases(index) => drop(site.tool().erase(*index).unwrap()),
            }
            hash = waiting.first().map_or(hash, |pending| pending.blob().hash);
            assert_eq!(site.blob_path(&hash).exists(), *there, "{step:?} in {steps:?}");
        }
        site.clean();
        drop((waiting, log));
        site.open();
        site.clean();
        assert!(site.tmp().is_empty());
    };
    check(&[(Finish, true), (Finish, true), (Drop, true), (Drop, false)]);
    check(&[(Finish, true), (Finish, true), (Drop, true), (Append, true)]);
    check(&[(Finish, true), (Finish, true), (Append, true), (Drop, true)]);
    check(&[(Finish, true), (Append, true), (Finish, true), (Drop, true)]);
    let both = [(Finish, true), (Append, true), (Finish, true), (Append, true)];
    check(&both);
    check(&[Vec::from(both), vec![(Erase(0), true), (Erase(1), false)]].concat_steps());
    check(&[(Finish, true), (Finish, true), (Append, true), (Erase(0), true), (Drop, false)]);
    check(&[(Finish, true), (Finish, true), (Append, true), (Erase(0), true), (Append, true)]);
    check(&[
        (Finish, true),
        (Append, true),
        (ToolErases(0), false),
        (Finish, true),
        (Append, true),
    ]);
}

trait ConcatSteps {
    fn concat_steps(self) -> Vec<(Step, bool)>;
}

impl ConcatSteps for [Vec<(Step, bool)>; 2] {
    fn concat_steps(self) -> Vec<(Step, bool)> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn one_record_may_name_the_same_bytes_twice() {
    let site = Site::new();
    let log = site.open();
    let blobs = vec![pending(&log, b"twice"), pending(&log, b"twice")];
    append(&log, b"names it twice", blobs).unwrap();
    assert_eq!(site.clean().blobs, 2);
    log.erase(0).unwrap();
    assert_eq!((site.blobs(), site.clean().erased), (0, vec![0]));
}

#[test]
fn a_blob_a_tool_took_away_under_a_waiting_one_is_noticed() {
    let site = Site::new();
    let log = site.open();
    append(&log, b"first", vec![pending(&log, b"the same")]).unwrap();
    let second = pending(&log, b"the same");
    site.tool().erase(0).unwrap();
    assert!(matches!(append(&log, b"second", vec![second]), Err(Error::Io(_))));
    append(&log, b"again", vec![pending(&log, b"the same")]).unwrap();
    assert_eq!((site.clean().size, site.blobs()), (3, 1));
}

#[test]
fn what_a_crash_left_is_settled_at_the_next_opening() {
    let check = |crash: &dyn Fn(&Site, &Log) -> Site, blobs: usize, erased: &[u64]| {
        let site = Site::new();
        let log = site.open();
        append(&log, b"kept", vec![pending(&log, b"kept")]).unwrap();
        let crashed = crash(&site, &log);
        crashed.open().close();
        assert_eq!((crashed.blobs(), files(&crashed.file("tmp")).len()), (blobs, 0));
        assert_eq!(crashed.clean().erased, erased);
    };
    check(&|site, _| site.copy(), 1, &[]);
    let writing = |site: &Site, log: &Log| {
        let mut writer = log.blob().unwrap();
        writer.write_all(b"half of it").unwrap();
        site.copy()
    };
    check(&writing, 1, &[]);
    let finished = |site: &Site, log: &Log| {
        let _pending = pending(log, b"no record yet");
        site.copy()
    };
    check(&finished, 1, &[]);
    let announced = |site: &Site, log: &Log| {
        let pending = pending(log, b"not in its place yet");
        fs::remove_file(site.blob_path(&pending.blob().hash)).unwrap();
        site.copy()
    };
    check(&announced, 1, &[]);
    let committed = |site: &Site, log: &Log| {
        let (pending, before) = (pending(log, b"named"), files(&site.file("tmp")));
        append(log, b"names it", vec![pending]).unwrap();
        let copy = site.copy();
        before.keys().for_each(|name| fs::write(copy.file("tmp").join(name), b"").unwrap());
        copy
    };
    check(&committed, 2, &[]);
    let copied = |site: &Site, _: &Log| {
        fs::write(site.file("tmp/1-1.new"), b"half a checkpoint").unwrap();
        fs::create_dir(site.file("tmp/of the operator")).unwrap();
        let copy = site.copy();
        fs::remove_dir(site.file("tmp/of the operator")).unwrap();
        copy
    };
    check(&copied, 1, &[]);
    let erasure_announced = |site: &Site, _: &Log| with_intents(site.copy(), site);
    check(&erasure_announced, 1, &[]);
    let erasure_committed = |site: &Site, log: &Log| {
        let before = site.copy();
        log.erase(0).unwrap();
        let copy = with_intents(site.copy(), &before);
        copy_tree(&before.file("blobs"), &copy.file("blobs"));
        copy
    };
    check(&erasure_committed, 0, &[0]);
}

/// Adds an intent for each blob that `other` has.
fn with_intents(site: Site, other: &Site) -> Site {
    for name in files(&other.file("blobs")).into_keys() {
        let hash = name.rsplit('/').next().unwrap();
        fs::write(site.file("tmp").join(hash).with_extension("intent"), b"").unwrap();
    }
    site
}
