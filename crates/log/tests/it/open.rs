//! Making and opening logs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use payamgir_log::*;

use crate::site::*;

#[test]
fn a_reopened_log_goes_on() {
    let site = Site::new();
    for round in 0..5u64 {
        let log = site.open();
        fill(&log, 60 * round..60 * (round + 1));
        log.close();
    }
    let rows = site.rows();
    assert!((0..300).all(|n| rows[n].body == Some(body(n as u64))));
    assert_eq!(site.clean().size, 300);
}

#[test]
fn one_process_at_a_time_takes_blobs() {
    let site = Site::new();
    let first = site.open();
    assert!(matches!(site.try_open(NO_LIMITS, Mode::Server), Err(Error::Locked)));
    let tool = site.tool();
    assert!(matches!(tool.blob(), Err(Error::Locked)));
    assert_eq!(append(&tool, b"from the tool", vec![]).unwrap(), 0);
    assert_eq!(append(&first, b"from the server", vec![]).unwrap(), 1);
    first.close();
    site.open();
}

#[test]
fn the_lock_lasts_as_long_as_anything_can_touch_a_blob() {
    let site = Site::new();
    let (log, is_locked) = (site.open(), || site.try_open(NO_LIMITS, Mode::Server).is_err());
    let (writer, pending) = (log.blob().unwrap(), pending(&log, b"x"));
    drop(log);
    assert!(is_locked());
    drop(writer);
    assert!(is_locked());
    drop(pending);
    assert!(!is_locked());
}

#[test]
fn dropping_the_last_handle_waits_for_what_is_queued() {
    let site = Site::new();
    for round in 1..20 {
        let log = site.open();
        append(&log, b"one", vec![]).unwrap();
        drop(log.clone());
        drop(log);
        assert_eq!(fs::read(site.file("checkpoint")).unwrap(), site.note());
        assert_eq!(site.rows().len(), round);
    }
}

#[test]
fn there_is_a_log_or_there_is_none() {
    let check = |prepare: fn(&Path), made: bool| {
        let site = Site::bare();
        prepare(site.path());
        assert_eq!(Log::create(site.path(), &key()).is_ok(), made);
        assert_eq!(site.try_open(NO_LIMITS, Mode::Server).is_ok(), made);
    };
    check(|_| {}, true);
    // A creation that was interrupted: nothing of it is at log.db yet.
    let interrupted = |path: &Path| {
        fs::create_dir(path.join("tmp")).unwrap();
        fs::write(path.join("tmp/log.db"), b"half").unwrap();
        fs::write(path.join("tmp/log.db-wal"), b"of it").unwrap();
    };
    check(interrupted, true);
    check(|path| fs::write(path.join("log.db"), b"something else").unwrap(), false);
    check(|path| fs::write(path.join("log.db-wal"), b"left behind").unwrap(), false);
    check(|path| fs::write(path.join("checkpoint"), b"of a lost log").unwrap(), false);
}

#[test]
fn creating_changes_no_log_that_is_there() {
    let site = Site::filled(3);
    assert!(matches!(Log::create(site.path(), &other_key(9)), Err(Error::Io(_))));
    assert_eq!(site.clean().size, 3);
}

#[test]
fn what_is_no_log_of_this_kind_is_not_opened() {
    let missing = Site::bare().file("nowhere");
    for mode in [Mode::Server, Mode::Tool] {
        let opened = Log::open(&missing, key(), NO_LIMITS, mode);
        assert!(matches!(opened, Err(Error::NotALog)));
    }
    assert!(!missing.exists() && matches!(Reader::open(&missing), Err(Error::NotALog)));
    for pragma in ["application_id", "user_version"] {
        let site = Site::filled(1);
        site.sql().pragma_update(None, pragma, 5).unwrap();
        assert!(matches!(Reader::open(site.path()), Err(Error::NotALog)));
        assert!(matches!(site.try_open(NO_LIMITS, Mode::Server), Err(Error::NotALog)));
    }
}

#[test]
fn a_mirror_and_a_log_are_not_taken_for_each_other() {
    let (log, mirror) = (Site::filled(1), Site::bare());
    drop(Mirror::open(mirror.path(), verifier()).unwrap());
    assert!(matches!(Mirror::open(log.path(), verifier()), Err(Error::NotALog)));
    assert!(matches!(mirror.try_open(NO_LIMITS, Mode::Tool), Err(Error::NotALog)));
}

#[test]
fn another_key_does_not_open_the_log() {
    let site = Site::filled(1);
    let opened = Log::open(site.path(), other_key(9), NO_LIMITS, Mode::Server);
    assert!(matches!(opened, Err(Error::Key)));
}

#[test]
fn a_log_that_lost_records_does_not_grow_another_branch() {
    for sql in ["DELETE FROM record WHERE seq = 4", "DELETE FROM checkpoint"] {
        let site = Site::filled(5);
        let log = site.open();
        append(&log, b"still whole", vec![]).unwrap();
        site.sql().execute_batch("DELETE FROM record WHERE seq = 5").unwrap();
        site.sql().execute_batch(sql).unwrap();
        assert!(matches!(append(&log, b"no", vec![]), Err(Error::Corrupt)));
        log.close();
        assert!(matches!(site.try_open(NO_LIMITS, Mode::Server), Err(Error::Corrupt)));
    }
}

#[test]
fn a_rolled_back_log_takes_nothing_and_its_evidence_stays() {
    let site = Site::filled(5);
    let earlier = site.copy();
    fill(&site.open(), 5..9);
    fs::copy(earlier.file("log.db"), site.file("log.db")).unwrap();
    let signed = fs::read(site.file("checkpoint")).unwrap();
    for mode in [Mode::Server, Mode::Tool] {
        assert!(matches!(site.try_open(NO_LIMITS, mode), Err(Error::RolledBack)));
    }
    assert!(fs::read(site.file("checkpoint")).unwrap() == signed);
    let damage = Finding { index: None, damage: Damage::RolledBack { signed: 9 } };
    assert_eq!(site.verify(&[]).unwrap().findings, [damage]);
}

#[test]
fn nobody_else_may_read_what_the_log_makes() {
    let site = Site::bare();
    let path = site.file("deep/log");
    Log::create(&path, &key()).unwrap();
    let log = Log::open(&path, key(), NO_LIMITS, Mode::Server).unwrap();
    append(&log, b"body", vec![pending(&log, b"blob")]).unwrap();
    log.close();
    let log = Log::open(&path, key(), NO_LIMITS, Mode::Server).unwrap();
    append(&log, b"body", vec![]).unwrap();
    let (_writer, _pending) = (log.blob().unwrap(), pending(&log, b"another"));
    let mirror = site.file("mirror");
    let _mirror = Mirror::open(&mirror, verifier()).unwrap();
    let names = private(&path);
    for name in ["log.db", "log.db-wal", "log.db-shm", "checkpoint", "lock"] {
        assert!(names.iter().any(|found| found == name), "{name} is not there");
    }
    assert!(names.iter().any(|name| name.ends_with(".intent")));
    assert!(names.iter().any(|name| name.ends_with(".part")));
    private(&mirror);
}

/// Names of all that is below a folder, of which nothing is open to others.
fn private(path: &Path) -> Vec<String> {
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    let mut names = vec![path.file_name().unwrap().to_str().unwrap().to_owned()];
    if path.is_dir() {
        let below = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        names.extend(below.flat_map(|path| private(&path)));
    }
    names
}
