//! A desk's copy of an honest server's log.

use std::io::Write;

use payamgir_log::*;

use crate::site::*;

/// A record and its body as they travel.
pub type Sent = (Vec<u8>, Option<Vec<u8>>);

/// Records `from..to` as a server sends them.
pub fn page(site: &Site, from: u64, to: u64) -> Vec<Sent> {
    let mut page = vec![];
    let take = |row: Row| {
        page.push((row.record, row.body));
        true
    };
    site.reader().rows(from, to, take).unwrap();
    page
}

pub trait Take {
    /// Takes records as they were sent.
    fn take(&mut self, rows: &[Sent]) -> Result<Result<(), Divergence>, Error>;
}

impl Take for Mirror {
    fn take(&mut self, rows: &[Sent]) -> Result<Result<(), Divergence>, Error> {
        let fetched = |(record, body): &Sent| Fetched::new(record, body.clone());
        self.extend(&rows.iter().map(fetched).collect::<Vec<_>>())
    }
}

pub fn open(desk: &Site) -> Mirror {
    Mirror::open(desk.path(), verifier()).unwrap()
}

/// Brings the copy up to date as a desk does, in pages of so many records.
pub fn sync(mirror: &mut Mirror, server: &Site, page_size: u64) -> Result<(), Divergence> {
    let offered = mirror.offer(&server.note())?;
    while mirror.size() < offered.size {
        let from = mirror.size();
        mirror.take(&page(server, from, offered.size.min(from + page_size))).unwrap()?;
    }
    mirror.accept(offered).unwrap()
}

/// A copy of a log, up to date.
pub fn synced(server: &Site) -> (Site, Mirror) {
    let desk = Site::bare();
    let mut mirror = open(&desk);
    sync(&mut mirror, server, 100).unwrap();
    (desk, mirror)
}

/// What a desk's copy is found to be; it need not have every blob.
pub fn check_clean(desk: &Site) -> Report {
    let report = verify(desk.path(), &verifier(), &[], false).unwrap();
    assert_eq!(report.findings, []);
    report
}

fn is_same(desk: &Site, server: &Site) -> bool {
    desk.rows() == server.rows()
}

#[test]
fn a_copy_grows_in_pages() {
    let (server, desk) = (Site::filled(0), Site::bare());
    let mut mirror = open(&desk);
    assert!(mirror.held().is_none());
    let log = server.open();
    for (size, page_size) in [(0, 1), (1, 1), (9, 4), (255, 255), (256, 1), (700, 100), (700, 1)] {
        fill(&log, server.rows().len() as u64..size);
        sync(&mut mirror, &server, page_size).unwrap();
        assert_eq!((mirror.size(), mirror.held().unwrap().size), (size, size));
        assert!(is_same(&desk, &server));
        assert_eq!(mirror.held().unwrap().note, server.note());
        assert_eq!(check_clean(&desk).root, server.clean().root);
    }
    assert_eq!(mirror.unexplained().unwrap(), []);
}

#[test]
fn an_interrupted_sync_goes_on_where_it_stopped() {
    let (server, desk) = (Site::filled(10), Site::bare());
    sync(&mut open(&desk), &server, 3).unwrap();
    fill(&server.open(), 10..400);
    for to in [20, 255, 256, 399] {
        let mut mirror = open(&desk);
        assert_eq!(mirror.held().unwrap().size, 10);
        mirror.take(&page(&server, mirror.size(), to)).unwrap().unwrap();
        assert_eq!(mirror.size(), to);
        // Records on their way are no damage.
        check_clean(&desk);
    }
    let mut mirror = open(&desk);
    let offered = mirror.offer(&server.note()).unwrap();
    assert!(matches!(mirror.accept(offered), Err(Error::NotFound)));
    assert_eq!(mirror.size(), 399);
    sync(&mut mirror, &server, 100).unwrap();
    assert!(is_same(&desk, &server));
}

#[test]
fn nothing_counts_before_a_checkpoint_covers_it() {
    let (server, desk) = (Site::filled(10), Site::bare());
    let mut mirror = open(&desk);
    mirror.take(&page(&server, 0, 10)).unwrap().unwrap();
    drop(mirror);
    let mirror = open(&desk);
    assert!(mirror.held().is_none() && mirror.size() == 10);
    let missing = Finding { index: None, damage: Damage::CheckpointMissing };
    assert_eq!(verify(desk.path(), &verifier(), &[], false).unwrap().findings, [missing]);
}

#[test]
fn an_erasure_explains_a_missing_body() {
    let server = Site::filled(20);
    let log = server.open();
    log.erase(3).unwrap();
    log.erase(15).unwrap();
    let (desk, mirror) = synced(&server);
    assert_eq!(mirror.unexplained().unwrap(), []);
    assert_eq!(check_clean(&desk).erased, [3, 15]);
    assert!(desk.rows()[3].body.is_none() && is_same(&desk, &server));
}

#[test]
fn a_body_withheld_is_named_until_an_erasure_explains_it() {
    let (server, desk) = (Site::filled(20), Site::bare());
    let mut mirror = open(&desk);
    let offered = mirror.offer(&server.note()).unwrap();
    let mut rows = page(&server, 0, 20);
    // Erased by now, but after the checkpoint that is being synced.
    rows[7].1 = None;
    rows[8].1 = None;
    mirror.take(&rows).unwrap().unwrap();
    mirror.accept(offered).unwrap().unwrap();
    assert_eq!(mirror.unexplained().unwrap(), [7, 8]);
    server.open().erase(8).unwrap();
    sync(&mut mirror, &server, 100).unwrap();
    assert_eq!(mirror.unexplained().unwrap(), [7]);
    let missing = Finding { index: Some(7), damage: Damage::BodyMissing };
    let report = verify(desk.path(), &verifier(), &[], false).unwrap();
    assert_eq!((report.findings, report.erased), (vec![missing], vec![8]));
}

#[test]
fn a_body_withheld_can_be_supplied_later() {
    let (server, desk) = (Site::filled(9), Site::bare());
    server.open().erase(2).unwrap();
    let mut mirror = open(&desk);
    let offered = mirror.offer(&server.note()).unwrap();
    let mut rows = page(&server, 0, 10);
    for withheld in [5, 7, 9] {
        rows[withheld].1 = None;
    }
    mirror.take(&rows).unwrap().unwrap();
    mirror.accept(offered).unwrap().unwrap();
    assert_eq!(mirror.unexplained().unwrap(), [2, 5, 7, 9]);
    let mut check = |index: u64, body: &[u8], taken: bool, left: &[u64]| {
        assert_eq!(mirror.supply(index, body).unwrap(), taken);
        assert_eq!(mirror.unexplained().unwrap(), left);
    };
    check(5, b"another", false, &[2, 5, 7, 9]);
    check(5, &body(7), false, &[2, 5, 7, 9]);
    check(5, &body(5), true, &[2, 7, 9]);
    check(7, &body(7), true, &[2, 9]);
    check(7, &body(7), true, &[2, 9]);
    check(0, b"another", false, &[2, 9]);
    // With the erasure comes what it explains.
    check(9, &2u64.to_be_bytes(), true, &[]);
    assert!(matches!(mirror.supply(10, b""), Err(Error::NotFound)));
    assert!(is_same(&desk, &server));
    assert_eq!(check_clean(&desk).erased, [2]);
}

#[test]
fn what_a_desk_has_it_keeps() {
    let server = Site::filled(5);
    let log = server.open();
    let bytes = noise(1, 4000);
    append(&log, b"with a blob", vec![pending(&log, &bytes)]).unwrap();
    let (desk, mut mirror) = synced(&server);
    let hash = Record::decode(&desk.rows()[5].record).unwrap().blobs[0].hash;
    assert!(mirror.intake().unwrap().keep(fetched(&mirror, &bytes), &hash));
    (3..6).for_each(|index| assert!(log.erase(index).is_ok()));
    sync(&mut mirror, &server, 100).unwrap();
    assert!(desk.rows()[3].body == Some(body(3)) && server.rows()[3].body.is_none());
    assert!(desk.blob_path(&hash).exists() && !server.blob_path(&hash).exists());
    drop(mirror);
    assert_eq!(open(&desk).unexplained().unwrap(), []);
    assert_eq!(verify(desk.path(), &verifier(), &[], true).unwrap().findings, []);
}

/// A blob as it came from the server.
fn fetched(mirror: &Mirror, bytes: &[u8]) -> PendingBlob {
    let mut writer = mirror.intake().unwrap().blob().unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_blob_is_kept_only_if_it_is_the_one() {
    let server = Site::new();
    let log = server.open();
    let [right, other] = [1, 2].map(|seed| noise(seed, 3000));
    append(&log, b"names it", vec![pending(&log, &right)]).unwrap();
    let (desk, mirror) = synced(&server);
    let size = |bytes| mirror.intake().unwrap().blob_size(&fetched(&mirror, bytes).blob().hash);
    assert_eq!(size(&right).unwrap(), 3000);
    assert!(matches!(size(&other), Err(Error::NotFound)));
    let [hash, other_hash] = [&right, &other].map(|bytes| fetched(&mirror, bytes).blob().hash);
    let check = |bytes: &[u8], hash: &Hash, kept: bool| {
        assert_eq!(mirror.intake().unwrap().keep(fetched(&mirror, bytes), hash), kept);
        assert_eq!((desk.blobs(), desk.tmp().len()), (usize::from(kept), 0));
    };
    check(&other, &hash, false);
    check(&right[1..], &hash, false);
    check(&right, &other_hash, false);
    // The right bytes for a hash that no record names.
    check(&other, &other_hash, false);
    check(&right, &hash, true);
    assert!(mirror.intake().unwrap().keep(fetched(&mirror, &right), &hash));
    assert_eq!(verify(desk.path(), &verifier(), &[], true).unwrap().findings, []);
}

#[test]
fn one_process_at_a_time_has_the_copy() {
    let (desk, mirror) = synced(&Site::filled(3));
    assert!(matches!(Mirror::open(desk.path(), verifier()), Err(Error::Locked)));
    drop(mirror);
    open(&desk);
}

#[test]
fn a_damaged_copy_does_not_accuse_the_server() {
    let (desk, mirror) = synced(&Site::filled(5));
    drop(mirror);
    desk.sql().execute_batch("DELETE FROM record WHERE seq = 4").unwrap();
    assert!(matches!(Mirror::open(desk.path(), verifier()), Err(Error::Corrupt)));
}
