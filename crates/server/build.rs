//! Lists the files of `languages/`: to add a language is to add one.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=languages");
    let folder =
        Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("languages");
    let files = fs::read_dir(&folder).expect("languages/ is there");
    let mut files: Vec<_> = files.map(|file| file.expect("it can be read").path()).collect();
    files.sort();
    let mut list = String::from("[");
    for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "txt")) {
        write!(list, "include_str!({file:?}),").expect("writing to memory");
    }
    list.push(']');
    let out = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("languages.rs");
    fs::write(out, list).expect("the folder is cargo's own");
}
