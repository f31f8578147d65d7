//! Inclusion and consistency proofs (RFC 6962 §2.1.1, §2.1.2), made from the tiles.

use rusqlite::Connection;
use tlog_tiles::{Hash, Tile, TileHashReader, TileReader};

use crate::edge::join;
use crate::{Error, Reader, schema};

const TILE_HEIGHT: u8 = 8;
/// Hashes in the proofs of a tree of 2^64 records: one for each level, and one more where it
/// begins at a subtree.
const LONGEST_PROOF: usize = 65;

impl Reader {
    /// The root of the tree's first `size` records.
    pub fn root(&self, size: u64) -> Result<Hash, Error> {
        self.within(size)?;
        root(&self.connection, size)
    }

    /// Proves that record `index` is in the tree of `size` records.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
        self.within(size)?;
        if index >= size {
            return Err(Error::NotFound);
        }
        let tiles = Tiles { connection: &self.connection, size };
        let hashes = TileHashReader::new(size, self.root(size)?, &tiles);
        Ok(tlog_tiles::prove_record(size, index, &hashes)?)
    }

    /// Proves that the tree of `size` records begins with the tree of `old` records.
    pub fn prove_consistency(&self, old: u64, size: u64) -> Result<Vec<Hash>, Error> {
        self.within(size)?;
        if old > size || old == 0 {
            return Err(Error::NotFound);
        }
        let tiles = Tiles { connection: &self.connection, size };
        let hashes = TileHashReader::new(size, self.root(size)?, &tiles);
        Ok(tlog_tiles::prove_tree(size, old, &hashes)?)
    }

    /// The bytes of a hash tile (C2SP tlog-tiles): `width` hashes of tile `number` at `level`.
    pub fn tile(&self, level: u8, number: u64, width: u16) -> Result<Vec<u8>, Error> {
        let wanted = u64::from(width);
        let above = self.size()?.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let end = number.checked_mul(256).and_then(|first| first.checked_add(wanted));
        if width == 0 || width > 256 || end.is_none_or(|end| end > above) {
            return Err(Error::NotFound);
        }
        let level = u32::from(level);
        Ok(join(&schema::tile_hashes(&self.connection, level, number, wanted)?))
    }

    /// A hash tile by its path below `tile/`: `<level>/<number>[.p/<width>]`.
    pub fn tile_at(&self, path: &str) -> Result<Vec<u8>, Error> {
        let (level, number, width) = parse_path(path).ok_or(Error::NotFound)?;
        self.tile(level, number, width)
    }

    fn within(&self, size: u64) -> Result<(), Error> {
        if size > self.size()? { Err(Error::NotFound) } else { Ok(()) }
    }
}

/// Reads a tile's path, which is written in one way only. The crate's own parser panics on
/// levels and widths that cannot be.
fn parse_path(path: &str) -> Option<(u8, u64, u16)> {
    let (place, width) = path.split_once(".p/").unwrap_or((path, "256"));
    let (level, number) = place.split_once('/')?;
    let (level, width): (u8, u16) = (level.parse().ok()?, width.parse().ok()?);
    let mut groups = number.split('/').map(|group| group.trim_start_matches('x').parse::<u64>());
    let number = groups
        .try_fold(0u64, |number, group| number.checked_mul(1000)?.checked_add(group.ok()?))?;
    let possible = level < 64 && (1..=256).contains(&width);
    let tile = possible.then(|| Tile::new(TILE_HEIGHT, level, number, width.into(), false))?;
    (tile.path() == format!("tile/{TILE_HEIGHT}/{path}")).then_some((level, number, width))
}

/// The root of the first `size` records, which must be there.
pub(crate) fn root(connection: &Connection, size: u64) -> Result<Hash, Error> {
    Ok(tlog_tiles::tree_hash(size, &Unchecked(&Tiles { connection, size }))?)
}

/// Checks an inclusion proof against a root one trusts.
pub fn check_inclusion(
    proof: &[Hash],
    size: u64,
    root: Hash,
    index: u64,
    leaf: Hash,
) -> Result<(), Error> {
    short(proof)?;
    Ok(tlog_tiles::check_record(&proof.to_vec(), size, root, index, leaf)?)
}

/// Checks a consistency proof between two roots one trusts.
pub fn check_consistency(
    proof: &[Hash],
    size: u64,
    root: Hash,
    old: u64,
    old_root: Hash,
) -> Result<(), Error> {
    short(proof)?;
    Ok(tlog_tiles::check_tree(&proof.to_vec(), size, root, old, old_root)?)
}

/// Refuses what no tree is high enough for: the crate copies a proof once for each level.
fn short(proof: &[Hash]) -> Result<(), Error> {
    if proof.len() > LONGEST_PROOF { Err(Error::Corrupt) } else { Ok(()) }
}

/// The log's tiles as they would be in a tree of `size` records.
struct Tiles<'a> {
    connection: &'a Connection,
    size: u64,
}

impl Tiles<'_> {
    fn read(&self, tile: &Tile) -> Result<Vec<u8>, tlog_tiles::Error> {
        let (level, number) = (u32::from(tile.level()), tile.level_index());
        let width = u64::from(tile.width());
        let hashes = schema::tile_hashes(self.connection, level, number, width);
        hashes.map(|hashes| join(&hashes)).map_err(|_| tlog_tiles::Error::InvalidTile)
    }
}

impl TileReader for Tiles<'_> {
    fn height(&self) -> u8 {
        TILE_HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        tiles.iter().map(|tile| self.read(tile)).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// Hashes straight from our own tiles, to compute a root there is none to check against.
struct Unchecked<'a>(&'a Tiles<'a>);

impl tlog_tiles::HashReader for Unchecked<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let one = |index: &u64| {
            let tile = Tile::from_index(TILE_HEIGHT, *index);
            let in_level = self.0.size.checked_shr(8 * u32::from(tile.level())).unwrap_or(0);
            let width = (in_level - 256 * tile.level_index()).min(256) as u32;
            let whole = Tile::new(TILE_HEIGHT, tile.level(), tile.level_index(), width, false);
            whole.hash_at_index(&self.0.read(&whole)?, *index)
        };
        indexes.iter().map(one).collect()
    }
}
