//! A desk's copy when the server, or who took its place, does not tell the truth.

use payamgir_log::*;

use crate::mirror::{Sent, Take, check_clean, open, page, sync, synced};
use crate::site::*;

/// A log of the same key whose records differ from number `from` on.
fn fork(from: u64, size: u64) -> Site {
    let site = Site::filled(from);
    fill(&site.open(), 5000 + from..5000 + size);
    site
}

/// A lie is named, changes nothing, and the honest log can be synced after it.
fn check(lie: &Site, expected: Divergence) {
    let honest = Site::filled(10);
    let (desk, mut mirror) = synced(&honest);
    let (rows, held) = (desk.rows(), mirror.held().cloned());
    assert_eq!(sync(&mut mirror, lie, 100), Err(expected));
    assert!(mirror.held().cloned() == held && desk.rows() == rows);
    fill(&honest.open(), 10..300);
    sync(&mut mirror, &honest, 100).unwrap();
    assert!(desk.rows() == honest.rows() && check_clean(&desk).size == 300);
}

#[test]
fn logs_that_contradict_what_was_signed() {
    check(&Site::filled(4), Divergence::Shrunk { had: 10, offered: 4 });
    check(&Site::new(), Divergence::Shrunk { had: 10, offered: 0 });
    check(&fork(3, 10), Divergence::Forked { offered: 10 });
    check(&fork(3, 11), Divergence::Forked { offered: 11 });
    check(&fork(0, 600), Divergence::Forked { offered: 600 });
    let other = Site::bare();
    Log::create(other.path(), &other_key(9)).unwrap();
    check(&other, Divergence::BadSignature);
}

#[test]
fn a_note_that_is_none() {
    let (_desk, mirror) = synced(&Site::filled(3));
    for note in [&b""[..], b"example.org/log\n3\n", &[0xff; 70]] {
        assert_eq!(mirror.offer(note), Err(Divergence::BadSignature));
    }
    let forked = mirror.offer(&fork(1, 3).note());
    assert_eq!(forked, Err(Divergence::Forked { offered: 3 }));
    let mut note = Site::filled(4).note();
    note[20] ^= 1;
    assert_eq!(mirror.offer(&note), Err(Divergence::BadSignature));
}

#[test]
fn another_logs_key_does_not_open_the_copy() {
    let (desk, mirror) = synced(&Site::filled(3));
    drop(mirror);
    let opened = Mirror::open(desk.path(), other_key(9).verifier());
    assert!(matches!(opened, Err(Error::Key)));
}

#[test]
fn altered_records_are_named_and_nothing_pending_is_kept() {
    let server = Site::filled(20);
    let check = |change: &dyn Fn(&mut Vec<Sent>), index: u64| {
        let (desk, mut mirror) = synced(&Site::filled(2));
        mirror.take(&page(&server, 2, 5)).unwrap().unwrap();
        let mut rows = page(&server, 5, 20);
        change(&mut rows);
        let expected = Err(Divergence::Altered { index });
        assert_eq!(mirror.take(&rows).unwrap(), expected);
        assert_eq!((mirror.size(), desk.rows().len()), (2, 2));
        sync(&mut mirror, &server, 100).unwrap();
        check_clean(&desk);
    };
    check(&|rows| rows[0].1 = Some(b"other".into()), 5);
    check(&|rows| rows[3].1.as_mut().unwrap()[0] ^= 1, 8);
    check(&|rows| rows[3].0[20] ^= 1, 8);
    check(&|rows| rows[3].0[0] ^= 1, 8);
    check(&|rows| rows[3].0.push(0), 8);
    check(&|rows| rows[3].0.clear(), 8);
    check(&|rows| drop(rows.remove(3)), 8);
    check(&|rows| rows.swap(3, 4), 8);
    check(&|rows| rows.insert(0, rows[0].clone()), 6);
    // A body that fits its record but is larger than any body may be.
    let large = |rows: &mut Vec<Sent>| {
        let body = vec![0; BODY_BYTES + 1];
        let mut record = Record::decode(&rows[3].0).unwrap();
        record.body_size = body.len() as u32;
        record.body_hash = Hash(<sha2::Sha256 as sha2::Digest>::digest(&body).into());
        rows[3] = (record.encode(), Some(body));
    };
    check(&large, 8);
}

#[test]
fn records_that_fit_but_were_not_signed_are_forgotten() {
    let honest = Site::filled(20);
    let (desk, mut mirror) = synced(&Site::filled(10));
    let before = desk.rows();
    let offered = mirror.offer(&honest.note()).unwrap();
    let mut rows = page(&honest, 10, 20);
    // The tree commits to the kind; the record alone cannot tell.
    rows[4].0[9] = 77;
    mirror.take(&rows).unwrap().unwrap();
    let accepted = mirror.accept(offered).unwrap();
    assert_eq!(accepted, Err(Divergence::Forked { offered: 20 }));
    assert!(mirror.size() == 10 && desk.rows() == before);
    sync(&mut mirror, &honest, 3).unwrap();
    assert!(desk.rows() == honest.rows());
}

#[test]
fn a_checkpoint_of_fewer_records_than_are_pending_is_no_progress() {
    let server = Site::filled(20);
    let (_desk, mut mirror) = synced(&Site::filled(5));
    mirror.take(&page(&server, 5, 20)).unwrap().unwrap();
    let rolled_back = Site::filled(12);
    let forked = Err(Divergence::Forked { offered: 12 });
    assert_eq!(sync(&mut mirror, &rolled_back, 100), forked);
    assert_eq!(mirror.size(), 5);
    sync(&mut mirror, &rolled_back, 100).unwrap();
}

#[test]
fn what_is_pending_beyond_a_size_can_be_forgotten() {
    let server = Site::filled(300);
    let (desk, mut mirror) = synced(&Site::filled(5));
    mirror.take(&page(&server, 5, 290)).unwrap().unwrap();
    mirror.trim(290).unwrap();
    assert_eq!(mirror.size(), 290);
    mirror.trim(289).unwrap();
    assert_eq!((mirror.size(), desk.rows().len()), (5, 5));
    // What is held is not.
    mirror.trim(0).unwrap();
    assert_eq!(mirror.size(), 5);
    sync(&mut mirror, &server, 100).unwrap();
    check_clean(&desk);
}

#[test]
fn a_checkpoint_nobody_signed_is_not_accepted() {
    let server = Site::filled(20);
    let (desk, mut mirror) = synced(&Site::filled(5));
    mirror.take(&page(&server, 5, 20)).unwrap().unwrap();
    let mut made_up = mirror.offer(&server.note()).unwrap();
    made_up.note = b"example.org/log\n20\nAAAA\n".into();
    assert_eq!(mirror.accept(made_up).unwrap(), Err(Divergence::BadSignature));
    drop(mirror);
    sync(&mut open(&desk), &server, 100).unwrap();
}

/// Sends an erasure of `target` that is forgotten again, after an honest log of `size` records.
fn forgotten_erasure(mirror: &mut Mirror, target: u64) {
    let index = mirror.size();
    let lie = fork(0, index + 1).note();
    let mut erasure = Record::new(Kind::ERASURE, &target.to_be_bytes(), vec![]).unwrap();
    erasure.index = index;
    let rows = [(erasure.encode(), Some(target.to_be_bytes().to_vec()))];
    mirror.take(&rows).unwrap().unwrap();
    let offered = mirror.offer(&lie).unwrap();
    assert!(mirror.accept(offered).unwrap().is_err());
}

#[test]
fn an_erasure_that_is_forgotten_explains_nothing_and_takes_no_explanation_away() {
    let (server, desk) = (Site::filled(10), Site::bare());
    let log = server.open();
    log.erase(3).unwrap();
    let mut mirror = open(&desk);
    let mut rows = page(&server, 0, 11);
    rows[4].1 = None;
    mirror.take(&rows).unwrap().unwrap();
    let offered = mirror.offer(&server.note()).unwrap();
    mirror.accept(offered).unwrap().unwrap();
    for target in [3, 4, 10, 11, 12, u64::MAX] {
        forgotten_erasure(&mut mirror, target);
        assert_eq!(mirror.unexplained().unwrap(), [4], "{target}");
    }
    let report = verify(desk.path(), &verifier(), &[], false).unwrap();
    let missing = Finding { index: Some(4), damage: Damage::BodyMissing };
    assert_eq!((report.erased, report.findings), (vec![3], vec![missing]));
}

#[test]
fn an_erasure_does_not_explain_the_loss_of_an_erasure() {
    let server = Site::filled(5);
    let log = server.open();
    log.erase(1).unwrap();
    let desk = Site::bare();
    let mut mirror = open(&desk);
    let mut rows = page(&server, 0, 6);
    rows[5].1 = None;
    let mut erasure = Record::new(Kind::ERASURE, &5u64.to_be_bytes(), vec![]).unwrap();
    erasure.index = 6;
    rows.push((erasure.encode(), Some(5u64.to_be_bytes().into())));
    mirror.take(&rows).unwrap().unwrap();
    assert_eq!(mirror.unexplained().unwrap(), [1, 5]);
    let sql = "UPDATE record SET erased_by = 6 WHERE seq = 5";
    check_missing(&desk, sql, 5);
}

#[test]
fn an_erasure_explains_nothing_that_comes_after_it() {
    let (desk, honest) = (Site::bare(), Site::filled(5));
    let mut mirror = open(&desk);
    let target = 3u64.to_be_bytes();
    let erasure = Record::new(Kind::ERASURE, &target, vec![]).unwrap();
    let mut rows = page(&honest, 0, 5);
    rows[0] = (erasure.encode(), Some(target.into()));
    rows[3].1 = None;
    mirror.take(&rows).unwrap().unwrap();
    assert_eq!(mirror.unexplained().unwrap(), [3]);
    check_missing(&desk, "UPDATE record SET erased_by = 0 WHERE seq = 3", 3);
}

/// A mark that is forged does not help.
fn check_missing(desk: &Site, forgery: &str, index: u64) {
    desk.sql().execute_batch(forgery).unwrap();
    let findings = verify(desk.path(), &verifier(), &[], false).unwrap().findings;
    let missing = Finding { index: Some(index), damage: Damage::BodyMissing };
    assert!(findings.contains(&missing), "{findings:?}");
}

#[test]
fn the_blobs_of_forgotten_records_go() {
    let lie = Site::filled(10);
    let log = lie.open();
    let bytes = noise(1, 1000);
    let hash = {
        let pending = pending(&log, &bytes);
        let hash = pending.blob().hash;
        append(&log, b"names it", vec![pending]).unwrap();
        hash
    };
    let (desk, mut mirror) = synced(&Site::filled(10));
    mirror.take(&page(&lie, 10, 11)).unwrap().unwrap();
    let mut writer = mirror.intake().unwrap().blob().unwrap();
    std::io::Write::write_all(&mut writer, &bytes).unwrap();
    assert!(mirror.intake().unwrap().keep(writer.finish().unwrap(), &hash));
    let honest = Site::filled(11);
    let offered = mirror.offer(&honest.note()).unwrap();
    assert!(mirror.accept(offered).unwrap().is_err());
    assert_eq!((desk.blobs(), desk.tmp().len()), (0, 0));
    sync(&mut mirror, &honest, 100).unwrap();
}

#[test]
fn a_blob_of_an_impossible_size_is_only_that() {
    let blob = BlobRef { hash: Hash([1; 32]), size: u64::MAX };
    let record = Record::new(Kind::ENTRY, b"body", vec![blob, blob]).unwrap();
    let desk = Site::bare();
    let mut mirror = open(&desk);
    mirror.take(&[(record.encode(), Some(b"body".into()))]).unwrap().unwrap();
    drop(mirror);
    assert_eq!(open(&desk).size(), 1);
}

#[test]
fn what_others_were_shown_is_of_the_same_log() {
    let (_desk, mirror) = synced(&Site::filled(7));
    for size in [1, 4, 7, 9] {
        assert_eq!(mirror.compare(&Site::filled(size).note()).unwrap(), Ok(()));
    }
    let forked = mirror.compare(&fork(1, 3).note()).unwrap();
    assert_eq!(forked, Err(Divergence::Forked { offered: 3 }));
    assert_eq!(mirror.compare(b"x").unwrap(), Err(Divergence::BadSignature));
}
