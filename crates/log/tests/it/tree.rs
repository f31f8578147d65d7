//! The tree, held against an implementation that is not ours.

use std::sync::LazyLock;

use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use payamgir_log::*;
use sha2_11::Sha256;

use crate::site::*;

type Tree = MemoryBackedTree<Sha256, Vec<u8>>;

const MOST: u64 = 600;
/// Tree sizes, closely around those at which something begins.
const SIZES: [u64; 25] = [
    1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100, 127, 128, 129, 254, 255, 256, 257, 300, 511, 512, 513,
    599, 600,
];

static FILLED: LazyLock<(Site, Vec<Row>)> = LazyLock::new(|| {
    let site = Site::filled(MOST);
    let rows = site.rows();
    (site, rows)
});

fn tree(rows: &[Row]) -> Tree {
    let mut tree = Tree::new();
    rows.iter().for_each(|row| tree.push(row.record.clone()));
    tree
}

fn theirs(root: Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new(root.0.into(), size)
}

fn join(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn roots_and_inclusion_proofs_are_those_of_the_rfc() {
    let (site, rows) = &*FILLED;
    let reader = site.reader();
    for size in SIZES {
        let tree = tree(&rows[..size as usize]);
        let root = reader.root(size).unwrap();
        assert!(tree.root() == theirs(root, size), "{size}");
        for index in SIZES.map(|n| n - 1).into_iter().filter(|index| *index < size) {
            let proof = reader.prove_inclusion(index, size).unwrap();
            let expected = tree.prove_inclusion(index as usize);
            assert!(join(&proof) == expected.as_bytes(), "{index} in {size}");
            let record = &rows[index as usize].record;
            tree.root().verify_inclusion(record, index, &expected).unwrap();
            let leaf = Record::decode(record).unwrap().leaf();
            check_inclusion(&proof, size, root, index, leaf).unwrap();
        }
    }
}

#[test]
fn consistency_proofs_are_those_of_the_rfc() {
    let (site, rows) = &*FILLED;
    let reader = site.reader();
    for size in SIZES {
        let tree = tree(&rows[..size as usize]);
        let root = reader.root(size).unwrap();
        for old in SIZES.into_iter().filter(|old| *old <= size) {
            let old_root = reader.root(old).unwrap();
            let proof = reader.prove_consistency(old, size).unwrap();
            let expected = tree.prove_consistency((size - old) as usize);
            assert!(join(&proof) == expected.as_bytes(), "{old} in {size}");
            theirs(root, size).verify_consistency(&theirs(old_root, old), &expected).unwrap();
            check_consistency(&proof, size, root, old, old_root).unwrap();
        }
    }
}

#[test]
fn tiles_hold_the_leaves() {
    let (site, rows) = &*FILLED;
    check_tiles(&site.reader(), rows);
}

/// Every tile of level 0, some partial ones, and those above.
fn check_tiles(reader: &Reader, rows: &[Row]) {
    let leaves: Vec<Hash> =
        rows.iter().map(|row| Record::decode(&row.record).unwrap().leaf()).collect();
    let mut level_hashes = leaves;
    for level in 0.. {
        let mut above = vec![];
        for (number, hashes) in level_hashes.chunks(256).enumerate() {
            for width in [1, hashes.len() / 2, hashes.len()].into_iter().filter(|w| *w > 0) {
                let tile = reader.tile(level, number as u64, width as u16).unwrap();
                assert!(tile == join(&hashes[..width]), "{level}/{number} of {width}");
            }
            if let Ok(full) = <[Hash; 256]>::try_from(hashes) {
                above.push(folded(&full));
            }
        }
        let beyond = level_hashes.len() as u64;
        let one_more = (beyond % 256 + 1) as u16;
        assert!(matches!(reader.tile(level, beyond / 256, one_more), Err(Error::NotFound)));
        if above.is_empty() {
            break;
        }
        level_hashes = above;
    }
}

/// The root of 2^n hashes.
fn folded(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            let node = [&[1][..], &folded(left).0, &folded(right).0].concat();
            Hash(<sha2::Sha256 as sha2::Digest>::digest(node).into())
        }
    }
}

#[test]
fn a_log_of_more_than_a_tile_of_tiles() {
    const SIZE: u64 = 256 * 256 + 300;
    let site = Site::new();
    let log = site.open();
    wait(async {
        let appending = (0..SIZE).map(|n| {
            let (log, body) = (log.clone(), n.to_be_bytes().to_vec());
            tokio::spawn(async move { log.append(Kind::ENTRY, body, vec![]).await })
        });
        for task in appending.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
    });
    let (reader, rows) = (log.reader().unwrap(), site.rows());
    let tree = tree(&rows);
    let root = reader.root(SIZE).unwrap();
    assert!(tree.root() == theirs(root, SIZE));
    for index in [0, 255, 256, 65_535, 65_536, SIZE - 1] {
        let proof = reader.prove_inclusion(index, SIZE).unwrap();
        assert!(join(&proof) == tree.prove_inclusion(index as usize).as_bytes(), "{index}");
    }
    for old in [1, 256, 65_279, 65_280, 65_535, 65_536, 65_537, SIZE] {
        let proof = reader.prove_consistency(old, SIZE).unwrap();
        let expected = tree.prove_consistency((SIZE - old) as usize);
        assert!(join(&proof) == expected.as_bytes(), "{old}");
    }
    check_tiles(&reader, &rows);
    drop(log);
    // What was kept in memory and what is read back go on the same.
    assert_eq!(append(&site.open(), b"one more", vec![]).unwrap(), SIZE);
    assert_eq!(site.clean().size, SIZE + 1);
}
