//! Proofs that prove nothing: wrong ones are refused, and nothing asked for can panic.

use std::sync::LazyLock;

use payamgir_log::*;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::site::*;

const SIZE: u64 = 300;

struct Trees {
    reader: std::sync::Mutex<Reader>,
    roots: Vec<Hash>,
    leaves: Vec<Hash>,
    _site: Site,
}

static TREES: LazyLock<Trees> = LazyLock::new(|| {
    let site = Site::filled(SIZE);
    let reader = site.reader();
    let roots = (0..=SIZE).map(|size| reader.root(size).unwrap()).collect();
    let leaf = |row: &Row| Record::decode(&row.record).unwrap().leaf();
    let leaves = site.rows().iter().map(leaf).collect();
    Trees { reader: reader.into(), roots, leaves, _site: site }
});

/// What is done to a proof.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Drop(Index),
    Repeat(Index),
    Swap(Index, Index),
    Append([u8; 32]),
    Empty,
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, bit)| Change::Flip(at, bit)),
        any::<Index>().prop_map(Change::Drop),
        any::<Index>().prop_map(Change::Repeat),
        (any::<Index>(), any::<Index>()).prop_map(|(one, two)| Change::Swap(one, two)),
        any::<[u8; 32]>().prop_map(Change::Append),
        Just(Change::Empty),
    ]
}

fn changed(mut proof: Vec<Hash>, change: &Change) -> Vec<Hash> {
    let size = proof.len().max(1);
    let at = |index: &Index| index.index(size);
    match change {
        Change::Append(hash) => proof.push(Hash(*hash)),
        Change::Empty => proof.clear(),
        _ if proof.is_empty() => {}
        Change::Flip(index, bit) => {
            proof[at(index)].0[usize::from(bit / 8)] ^= 1 << (bit % 8);
        }
        Change::Drop(index) => drop(proof.remove(at(index))),
        Change::Repeat(index) => proof.insert(at(index), proof[at(index)]),
        Change::Swap(one, two) => proof.swap(at(one), at(two)),
    }
    proof
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_changed_inclusion_proof_is_refused(
        size in 1..=SIZE, index in any::<Index>(), change in any_change(),
    ) {
        let index = index.index(size as usize) as u64;
        let (root, leaf) = (TREES.roots[size as usize], TREES.leaves[index as usize]);
        let proof = TREES.reader.lock().unwrap().prove_inclusion(index, size).unwrap();
        let other = changed(proof.clone(), &change);
        let checked = check_inclusion(&other, size, root, index, leaf);
        prop_assert_eq!(checked.is_ok(), other == proof);
    }

    #[test]
    fn a_changed_consistency_proof_is_refused(
        size in 1..=SIZE, old in any::<Index>(), change in any_change(),
    ) {
        let old = old.index(size as usize) as u64 + 1;
        let (root, old_root) = (TREES.roots[size as usize], TREES.roots[old as usize]);
        let proof = TREES.reader.lock().unwrap().prove_consistency(old, size).unwrap();
        let other = changed(proof.clone(), &change);
        let checked = check_consistency(&other, size, root, old, old_root);
        prop_assert_eq!(checked.is_ok(), other == proof);
    }

    #[test]
    fn a_proof_is_of_one_leaf_at_one_place(
        size in 2..=SIZE, one in any::<Index>(), two in any::<Index>(),
    ) {
        let [one, two] = [one, two].map(|index| index.index(size as usize));
        prop_assume!(one != two);
        let root = TREES.roots[size as usize];
        let proof = TREES.reader.lock().unwrap().prove_inclusion(one as u64, size).unwrap();
        let check = |index: usize, leaf: usize, root| {
            check_inclusion(&proof, size, root, index as u64, TREES.leaves[leaf])
        };
        prop_assert!(check(one, one, root).is_ok());
        prop_assert!(check(one, two, root).is_err());
        prop_assert!(check(two, one, root).is_err());
        prop_assert!(check(two, two, root).is_err());
        prop_assert!(check(one, one, TREES.roots[size as usize - 1]).is_err());
    }

    #[test]
    fn any_numbers_may_be_checked(
        proof in prop_oneof![
            prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..80),
            Just(vec![Hash([1; 32]); 100_000]),
        ],
        size in large(), other in large(), hash in any::<[u8; 32]>(),
    ) {
        let hash = Hash(hash);
        let root = Hash([1; 32]);
        prop_assert!(check_inclusion(&proof, size, root, other, hash).is_err());
        prop_assert!(check_consistency(&proof, size, root, other, hash).is_err());
    }

    #[test]
    fn any_numbers_may_be_asked_for(
        size in large(), other in large(), level in any::<u8>(), width in any::<u16>(),
    ) {
        let reader = TREES.reader.lock().unwrap();
        prop_assert_eq!(reader.root(size).is_ok(), size <= SIZE);
        prop_assert_eq!(reader.prove_inclusion(other, size).is_ok(), size <= SIZE && other < size);
        let is_older = (1..=size).contains(&other);
        prop_assert_eq!(reader.prove_consistency(other, size).is_ok(), size <= SIZE && is_older);
        let tile = reader.tile(level, other, width);
        prop_assert!(tile.is_err() || (level < 2 && other < 2));
        prop_assert_eq!(reader.row(other).is_ok(), other < SIZE);
        reader.rows(other, size, |row| (other..size).contains(&row.index)).unwrap();
    }
}

#[test]
fn a_tile_of_another_length_is_not_handed_out() {
    for sql in [
        "UPDATE tile SET hashes = substr(hashes, 33)",
        "UPDATE tile SET hashes = x''",
        "UPDATE tile SET hashes = zeroblob(8193)",
        "UPDATE tile SET hashes = zeroblob(16384)",
    ] {
        let site = Site::filled(300);
        site.sql().execute_batch(sql).unwrap();
        let reader = site.reader();
        assert!(matches!(reader.tile(0, 0, 256), Err(Error::Corrupt)));
        assert!(matches!(reader.tile(1, 0, 1), Err(Error::Corrupt)));
        assert!(matches!(reader.root(300), Err(Error::Corrupt)));
        assert!(matches!(reader.prove_inclusion(299, 300), Err(Error::Corrupt)));
        assert!(matches!(site.try_open(NO_LIMITS, Mode::Server), Err(Error::Corrupt)));
    }
}

#[test]
fn a_tile_has_one_path() {
    let check = |path: &str, tile: Option<(u8, u64, u16)>| {
        let reader = TREES.reader.lock().unwrap();
        let expected =
            tile.map(|(level, number, width)| reader.tile(level, number, width).unwrap());
        assert_eq!(reader.tile_at(path).ok(), expected, "{path}");
    };
    check("0/000", Some((0, 0, 256)));
    check("0/000.p/7", Some((0, 0, 7)));
    check("0/001.p/44", Some((0, 1, 44)));
    check("1/000.p/1", Some((1, 0, 1)));
    let others = [
        "",
        "0",
        "0/",
        "/000",
        "0/0",
        "0/00",
        "0/0000",
        "0/x000/000",
        "0/000/000",
        "0/xx00",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/+7",
        "0/000.p/07",
        "0/000.p/256",
        "0/000.p/257",
        "0/000.p/65536",
        "0/000.p/7.p/7",
        "0/000.p/",
        "00/000",
        "+0/000",
        "data/000",
        "-1/000",
        "64/000",
        "255/000",
        "256/000",
        "63/000.p/1",
        "0/001",
        "0/002.p/1",
        "2/000.p/1",
        "0/x018/x446/x744/x073/x709/x551/616",
        "0/x018/x446/x744/x073/x709/x551/615",
        "0/x999/x999/x999/x999/x999/x999/x999/999",
        "0/\u{661}",
    ];
    others.into_iter().for_each(|path| check(path, None));
}

proptest! {
    #[test]
    fn any_path_may_be_asked_for(
        path in "[0-9]{0,3}/(x[0-9]{3}/){0,7}[0-9x]{0,4}(\\.p/[+0-9]{0,4})?|.{0,40}",
    ) {
        let _ = TREES.reader.lock().unwrap().tile_at(&path);
    }
}

/// Numbers small and close to where arithmetic ends.
fn large() -> impl Strategy<Value = u64> {
    let near = |edge: u64| (0u64..3).prop_map(move |by| edge.wrapping_add(by).wrapping_sub(1));
    prop_oneof![
        0..2 * SIZE,
        any::<u64>(),
        (0u32..64).prop_flat_map(move |shift| near(1 << shift)),
        near(u64::MAX),
    ]
}
