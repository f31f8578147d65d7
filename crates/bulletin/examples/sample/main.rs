//! Writes the site of an invented congress into a folder: what the tests and benchmarks look at.
//!
//! `sample FOLDER [ITEMS]`: with a number, that many short items in editions of a hundred.

mod congress;

use std::collections::BTreeMap;
use std::path::Path;

use payamgir_bulletin::{Built, Known, Press, build};
use payamgir_wire::hex::Hex;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder");
    let many = arguments.next().map(|count| count.parse().expect("a number of items"));
    let congress = many.map_or_else(congress::small, congress::large);
    let media: BTreeMap<_, _> =
        congress.media.iter().map(|(medium, bytes)| (medium.hash, bytes)).collect();
    let press = Press {
        desk: Hex([7; 32]),
        bulletin: &congress.bulletin,
        editions: &congress.editions,
        items: &congress.items,
        media: &|medium| media.get(&medium.hash).map(|bytes| (*bytes).clone()),
        engine: None,
        known: &Known::default(),
    };
    let began = std::time::Instant::now();
    let built = build(&press).expect("it can be built");
    let took = began.elapsed();
    write(&built, Path::new(&folder));
    let release = built.release(Hex([7; 32]), Hex([8; 32]), (0, Hex([0; 32])));
    let known = Known::of(&release);
    let again = std::time::Instant::now();
    let unchanged = build(&Press { known: &known, ..press }).expect("it can be built");
    let (files, new) = unchanged.counts();
    println!("{files} files in {took:.1?}; again in {:.1?}, {new} made anew", again.elapsed());
}

fn write(built: &Built, folder: &Path) {
    for (file, bytes) in built.new_files() {
        let path = folder.join(file.path.as_str());
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
}
