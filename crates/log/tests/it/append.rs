//! Appending: what is answered is there, and what has no room leaves nothing.

use std::collections::HashSet;
use std::io::{ErrorKind, Write};

use payamgir_log::*;

use crate::site::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_appends_are_all_kept() {
    let site = Site::new();
    let log = site.open();
    let tasks: Vec<_> = (0..24u64)
        .map(|task| {
            let log = log.clone();
            tokio::spawn(async move {
                let mut answered = vec![];
                for n in 0..50 {
                    let body = body(1000 * task + n);
                    let index = log.append(Kind::ENTRY, body.clone(), vec![]).await.unwrap();
                    answered.push((index, body));
                }
                answered
            })
        })
        .collect();
    let mut answered = vec![];
    for task in tasks {
        answered.extend(task.await.unwrap());
    }
    let rows = site.rows();
    let distinct: HashSet<u64> = answered.iter().map(|(index, _)| *index).collect();
    assert_eq!((distinct.len(), rows.len()), (1200, 1200));
    for (index, body) in answered {
        assert!(rows[index as usize].body.as_ref() == Some(&body), "{index}");
    }
    assert_eq!(site.clean().size, 1200);
}

#[test]
fn a_task_sees_its_own_order() {
    let site = Site::new();
    let log = site.open();
    assert_eq!((0..5).map(|n| append(&log, &body(n), vec![]).unwrap()).max(), Some(4));
    for (n, row) in site.rows().iter().enumerate() {
        assert!(row.index == n as u64 && row.body == Some(body(n as u64)));
    }
}

#[test]
fn an_append_nobody_waits_for_is_kept_all_the_same() {
    let site = Site::new();
    let log = site.open();
    let mut appending = Box::pin(log.append(Kind::ENTRY, body(0), vec![]));
    wait(async {
        // Polled once: it is on its way.
        std::future::poll_fn(|context| {
            let _ = appending.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    });
    drop(appending);
    log.close();
    assert_eq!(site.clean().size, 1);
}

#[test]
fn what_does_not_belong_in_the_log_is_refused() {
    let site = Site::new();
    let log = site.open();
    let check = |kind, size, blobs, expected: Option<Error>| {
        let blobs: Vec<_> = (0..blobs).map(|n| pending(&log, &[n, blobs])).collect();
        let result = wait(log.append(kind, vec![1; size], blobs));
        assert_eq!(format!("{:?}", result.err()), format!("{expected:?}"));
    };
    check(Kind::ENTRY, 0, 0, None);
    check(Kind(200), BODY_BYTES, 16, None);
    check(Kind::ENTRY, BODY_BYTES + 1, 0, Some(Error::TooLarge));
    check(Kind::ENTRY, 1, 17, Some(Error::TooLarge));
    check(Kind::ERASURE, 8, 0, Some(Error::Reserved));
    assert_eq!((site.clean().size, site.blobs()), (2, 16));
    assert!(site.tmp().is_empty());
}

#[test]
fn storage_has_a_limit_and_erasing_makes_room() {
    let site = Site::new();
    let limits = Limits { storage: 4 << 20, keep_free: 0 };
    let log = site.try_open(limits, Mode::Server).unwrap();
    let large = vec![1; 3 << 20];
    let first = append(&log, b"with a blob", vec![pending(&log, &large)]).unwrap();
    assert!(log.has_room());
    let mut writer = log.blob().unwrap();
    assert_eq!(writer.write_all(&large).unwrap_err().kind(), ErrorKind::StorageFull);
    assert!(matches!(writer.finish(), Err(Error::Closed)));
    while log.has_room() {
        append(&log, &[2; BODY_BYTES], vec![]).unwrap();
    }
    let before = site.rows().len();
    assert!(matches!(append(&log, &[3; BODY_BYTES], vec![]), Err(Error::Full)));
    assert_eq!(site.rows().len(), before);
    log.erase(first).unwrap();
    assert!(log.has_room());
    append(&log, &[4; BODY_BYTES], vec![pending(&log, &large[1 << 20..])]).unwrap();
    assert!(site.clean().findings.is_empty() && site.blobs() == 1);
}

#[test]
fn erasing_by_a_tool_makes_room_at_the_server() {
    let site = Site::new();
    let limits = Limits { storage: 4 << 20, keep_free: 0 };
    let log = site.try_open(limits, Mode::Server).unwrap();
    let large = vec![1; 3 << 20];
    append(&log, b"large", vec![pending(&log, &large)]).unwrap();
    site.tool().erase(0).unwrap();
    // The server learns of it with its next commit.
    append(&log, b"small", vec![]).unwrap();
    append(&log, b"large again", vec![pending(&log, &large)]).unwrap();
}

#[test]
fn erased_bodies_make_room() {
    let site = Site::new();
    let limits = Limits { storage: 2 << 20, keep_free: 0 };
    let log = site.try_open(limits, Mode::Server).unwrap();
    let mut kept = 0;
    while append(&log, &noise(kept, BODY_BYTES), vec![]).is_ok() {
        kept += 1;
    }
    assert!(kept > 20);
    for index in 0..5 {
        log.erase(index).unwrap();
    }
    append(&log, &noise(99, BODY_BYTES), vec![]).unwrap();
}

#[test]
fn a_larger_limit_on_reopening_helps() {
    let site = Site::new();
    let tight = Limits { storage: 1 << 20, keep_free: 0 };
    let log = site.try_open(tight, Mode::Server).unwrap();
    while append(&log, &[1; BODY_BYTES], vec![]).is_ok() {}
    let size = site.rows().len() as u64;
    log.close();
    let log = site.try_open(tight, Mode::Server).unwrap();
    assert!(!log.has_room());
    log.close();
    let log = site.try_open(Limits { storage: 2 << 20, ..tight }, Mode::Server).unwrap();
    assert_eq!(append(&log, &[1; BODY_BYTES], vec![]).unwrap(), size);
}

#[test]
fn the_same_bytes_count_once_for_a_log_that_is_opened() {
    let site = Site::new();
    let log = site.open();
    for _ in 0..8 {
        append(&log, b"", vec![pending(&log, &[1; 1 << 18])]).unwrap();
    }
    log.close();
    let log = site.try_open(Limits { storage: 1 << 20, keep_free: 0 }, Mode::Server).unwrap();
    assert!(log.has_room());
}

#[test]
fn room_taken_by_a_blob_comes_back_when_it_is_dropped() {
    let site = Site::new();
    let limits = Limits { storage: 2 << 20, keep_free: 0 };
    let log = site.try_open(limits, Mode::Server).unwrap();
    let most = vec![1; 3 << 19];
    for _ in 0..5 {
        let mut writer = log.blob().unwrap();
        writer.write_all(&most).unwrap();
        assert_eq!(log.blob().unwrap().write(&most).unwrap_err().kind(), ErrorKind::StorageFull);
        drop(writer);
        drop(pending(&log, &most));
    }
    append(&log, b"", vec![pending(&log, &most)]).unwrap();
}

#[test]
fn the_disk_is_kept_free() {
    let site = Site::new();
    let limits = Limits { storage: u64::MAX, keep_free: u64::MAX };
    let log = site.try_open(limits, Mode::Server).unwrap();
    assert!(!log.has_room());
    assert!(matches!(log.blob(), Err(Error::Full)));
    assert!(matches!(append(&log, b"no", vec![]), Err(Error::Full)));
    assert_eq!(site.clean().size, 0);
}

#[test]
fn an_append_the_database_refuses_leaves_nothing_and_the_next_one_works() {
    let site = Site::new();
    let limits = Limits { storage: 1 << 20, keep_free: 0 };
    let log = site.try_open(limits, Mode::Server).unwrap();
    let sql = "CREATE TRIGGER refuse BEFORE INSERT ON record
               BEGIN SELECT RAISE(ABORT, 'no'); END";
    site.sql().execute_batch(sql).unwrap();
    let half = vec![1; 1 << 19];
    for _ in 0..5 {
        let refused = append(&log, b"refused", vec![pending(&log, &half)]);
        assert!(matches!(refused, Err(Error::Sqlite(_))));
        assert_eq!((site.blobs(), site.tmp().len()), (0, 0));
    }
    site.sql().execute_batch("DROP TRIGGER refuse").unwrap();
    assert_eq!(append(&log, b"taken", vec![pending(&log, &half)]).unwrap(), 0);
    assert_eq!(site.clean().size, 1);
}
