//! All that the template can see.

use std::collections::HashMap;

use payamgir_bulletin::Sheet;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};

use crate::{COVERAGE, TEMPLATE};

/// What the sheet's data is called.
const DATA: &str = "edition.json";
const FONTS: [&[u8]; 3] = [
    include_bytes!("../fonts/VazirmatnPaper-Light.ttf"),
    include_bytes!("../fonts/VazirmatnPaper-Regular.ttf"),
    include_bytes!("../fonts/VazirmatnPaper-Bold.ttf"),
];

/// The fonts, read once.
pub(crate) struct Fonts {
    book: LazyHash<FontBook>,
    all: Vec<Font>,
    library: LazyHash<Library>,
}

impl Fonts {
    pub(crate) fn read() -> Self {
        let all: Vec<Font> =
            FONTS.iter().filter_map(|bytes| Font::new(Bytes::new(*bytes), 0)).collect();
        let book = LazyHash::new(FontBook::from_fonts(&all));
        Self { book, all, library: LazyHash::new(Library::default()) }
    }
}

/// The template, the data, the pictures; no other file, no clock, no package.
pub(crate) struct World<'a> {
    fonts: &'a Fonts,
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl<'a> World<'a> {
    pub(crate) fn new(fonts: &'a Fonts, sheet: &Sheet) -> Self {
        let sources = TEMPLATE.iter().map(|(name, text)| {
            let id = named(name);
            (id, Source::new(id, (*text).to_owned()))
        });
        let data = (named(DATA), Bytes::from_string(sheet.data.clone()));
        let coverage = (named(COVERAGE.0), Bytes::from_string(COVERAGE.1));
        let pictures =
            sheet.files.iter().map(|(path, bytes)| (named(path), Bytes::new(bytes.clone())));
        Self {
            fonts,
            main: named(TEMPLATE[0].0),
            sources: sources.collect(),
            files: pictures.chain([data, coverage]).collect(),
        }
    }
}

/// The name of a file of ours.
fn named(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("our own names, and hashes with endings");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl typst::World for World<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.fonts.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.all.get(index).cloned()
    }

    /// Nothing that is set depends on when it is set.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}
