//! The right edge of the tree: all that is needed to append and to know the root.

use tlog_tiles::{EMPTY_HASH, Hash, node_hash};

/// Hashes in a full tile (C2SP tlog-tiles, height 8).
pub(crate) const TILE: usize = 256;
const TILE_HEIGHT: u32 = 8;

/// A tile that became full: its level, its number in that level, and its hashes.
pub(crate) type FullTile = (u32, u64, Vec<u8>);

/// The growing edge.
#[derive(Clone, Default)]
pub(crate) struct Edge {
    size: u64,
    /// Perfect subtrees from left to right, as (height, hash); heights fall.
    subtrees: Vec<(u32, Hash)>,
    /// The partial tile of each level.
    partial: Vec<Vec<Hash>>,
}

impl Edge {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The tree's root (RFC 6962 §2.1).
    pub(crate) fn root(&self) -> Hash {
        let mut rising = self.subtrees.iter().rev().map(|(_, hash)| *hash);
        let last = rising.next().unwrap_or(EMPTY_HASH);
        rising.fold(last, |right, left| node_hash(left, right))
    }

    /// Adds a leaf; tiles that it fills go to `full`.
    pub(crate) fn push(&mut self, leaf: Hash, full: &mut Vec<FullTile>) {
        self.size += 1;
        self.add(0, leaf, full);
    }

    /// Restores an edge from what is stored: for each level from the lowest, the hashes of its
    /// partial tile.
    pub(crate) fn restore(size: u64, partial: Vec<Vec<Hash>>) -> Self {
        let mut edge = Self { size, subtrees: vec![], partial: vec![] };
        for (level, hashes) in partial.iter().enumerate().rev() {
            for hash in hashes {
                edge.merge(TILE_HEIGHT * level as u32, *hash, |_, _| {});
            }
        }
        edge.partial = partial;
        edge
    }

    fn add(&mut self, level: u32, hash: Hash, full: &mut Vec<FullTile>) {
        let mut carried = vec![(level, hash)];
        self.merge(TILE_HEIGHT * level, hash, |height, hash| {
            if height % TILE_HEIGHT == 0 {
                carried.push((height / TILE_HEIGHT, hash));
            }
        });
        for (level, hash) in carried {
            self.add_to_tile(level, hash, full);
        }
    }

    fn add_to_tile(&mut self, level: u32, hash: Hash, full: &mut Vec<FullTile>) {
        if self.partial.len() <= level as usize {
            self.partial.push(Vec::with_capacity(TILE));
        }
        let tile = &mut self.partial[level as usize];
        tile.push(hash);
        if tile.len() == TILE {
            let number = (self.size >> (TILE_HEIGHT * (level + 1))) - 1;
            full.push((level, number, join(tile)));
            tile.clear();
        }
    }

    /// Puts a perfect subtree at the right end, joining equals; `grown` sees each joined one.
    fn merge(&mut self, height: u32, hash: Hash, mut grown: impl FnMut(u32, Hash)) {
        let (mut height, mut hash) = (height, hash);
        while let Some((_, left)) = self.subtrees.pop_if(|(other, _)| *other == height) {
            hash = node_hash(left, hash);
            height += 1;
            grown(height, hash);
        }
        self.subtrees.push((height, hash));
    }
}

/// The bytes of a tile.
pub(crate) fn join(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes in a tile's bytes.
pub(crate) fn split(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<32>().0.iter().map(|hash| Hash(*hash)).collect()
}

/// The root of a full tile.
pub(crate) fn tile_root(bytes: &[u8]) -> Hash {
    let mut edge = Edge::default();
    for hash in split(bytes) {
        edge.merge(0, hash, |_, _| {});
    }
    edge.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaf(n: u64) -> Hash {
        tlog_tiles::record_hash(&n.to_be_bytes())
    }

    /// RFC 6962 §2.1, written as it is written there.
    fn plain_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => EMPTY_HASH,
            [one] => *one,
            many => {
                let k = 1 << (many.len() - 1).ilog2();
                node_hash(plain_root(&many[..k]), plain_root(&many[k..]))
            }
        }
    }

    #[test]
    fn roots_and_tiles_are_those_of_the_rfc() {
        let (mut edge, mut full, mut leaves) = (Edge::default(), vec![], vec![]);
        assert!(edge.root() == EMPTY_HASH);
        for n in 0..1500 {
            leaves.push(leaf(n));
            edge.push(leaf(n), &mut full);
            assert!(edge.root() == plain_root(&leaves), "{n}");
        }
        let numbers: Vec<_> = full.iter().map(|(level, n, _)| (*level, *n)).collect();
        assert_eq!(numbers, [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4)]);
        assert!(full[3].2 == join(&leaves[768..1024]));
        assert!(tile_root(&full[3].2) == plain_root(&leaves[768..1024]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_restored_edge_goes_on_the_same(size in 0u64..70_000, more in 0u64..600) {
            let (mut edge, mut full) = (Edge::default(), vec![]);
            (0..size).for_each(|n| edge.push(leaf(n), &mut full));
            let mut again = Edge::restore(size, edge.partial.clone());
            prop_assert!(again.root() == edge.root());
            let (mut one, mut two) = (vec![], vec![]);
            for n in size..size + more {
                edge.push(leaf(n), &mut one);
                again.push(leaf(n), &mut two);
            }
            prop_assert!(again.root() == edge.root() && one == two);
        }
    }
}
