//! The crate as others use it: a whole congress made into files.

#[path = "../../examples/sample/congress.rs"]
mod congress;

mod build;
mod golden;
mod hall;
mod seen;

use std::collections::BTreeMap;

use congress::Congress;
use payamgir_bulletin::{Built, Known, Press, Refused, build};
use payamgir_wire::hex::Hex;

/// Builds a congress.
pub fn built(congress: &Congress, known: &Known) -> Result<Built, Refused> {
    let media: BTreeMap<_, _> =
        congress.media.iter().map(|(medium, bytes)| (medium.hash, bytes)).collect();
    build(&Press {
        desk: Hex([7; 32]),
        bulletin: &congress.bulletin,
        editions: &congress.editions,
        items: &congress.items,
        media: &|medium| media.get(&medium.hash).map(|bytes| (*bytes).clone()),
        engine: None,
        known,
    })
}

/// A file's text.
pub fn text(built: &Built, path: &str) -> String {
    let found = built.new_files().find(|(file, _)| file.path.as_str() == path);
    String::from_utf8(found.unwrap_or_else(|| panic!("no {path}")).1.to_vec()).unwrap()
}
