//! The site: which pages there are, and what each is made from.
//!
//! A [`View`] is all that one part is made from, and nothing else reaches its making: its hash tells
//! whether the part is unchanged.

mod article;
pub(crate) mod assets;
mod cover;
mod entry;
mod excerpt;
mod feed;
mod frame;
mod item;
mod rest;
pub(crate) mod shelf;
mod shown;
mod whole;

use payamgir_wire::edition::{Id, Medium};
use serde::Serialize;

use crate::paper;
use crate::press::{Made, Press, Refused, medium};
use cover::Last;
use shelf::Shelf;

pub(crate) use shown::{Seen, Shown};
pub use whole::{preview, preview_paper};

/// All that one part is made from.
#[derive(Serialize)]
#[serde(tag = "part")]
pub(crate) enum View<'a> {
    /// Style and font.
    Assets { style: &'static str, font: &'static str },
    /// A picture or sound.
    Medium {
        path: String,
        #[serde(skip)]
        item: Id,
        #[serde(skip)]
        medium: &'a Medium,
    },
    /// An item's page and card.
    Item(Box<item::Page<'a>>),
    /// An edition's page.
    Cover(Box<cover::Page<'a>>),
    /// An edition in one file.
    Whole(Box<whole::Page<'a>>),
    /// An edition on paper.
    Paper(Box<paper::Print<'a>>),
    /// All editions.
    Archive(rest::Archive<'a>),
    /// What is new, for feed readers.
    Feed(Box<feed::Feed<'a>>),
    /// What is shown where there is nothing, and the site map.
    Rest(rest::Rest<'a>),
}

impl View<'_> {
    /// Makes the files.
    pub(crate) fn make(&self, press: &Press<'_>) -> Result<Vec<Made>, Refused> {
        match self {
            Self::Assets { .. } => Ok(assets::make()),
            Self::Medium { path, item, medium: of } => {
                Ok(vec![(file(path), medium(press, *item, of)?)])
            }
            Self::Item(page) => Ok(page.make(press)),
            Self::Cover(page) => Ok(page.make()),
            Self::Whole(page) => page.make(press),
            Self::Paper(print) => print.make(press),
            Self::Archive(archive) => Ok(archive.make()),
            Self::Feed(feed) => Ok(feed.make()),
            Self::Rest(rest) => Ok(rest.make()),
        }
    }
}

/// Every part there is, in the order of a release.
pub(crate) fn views<'a>(press: &Press<'a>, shelf: &Shelf<'a>) -> Result<Vec<View<'a>>, Refused> {
    let mut views = vec![View::Assets { style: assets::style_path(), font: assets::font_path() }];
    views.extend(shelf.media()?);
    for (at, (_, edition)) in press.editions.iter().enumerate() {
        let items = (0..edition.items.len()).map(|nth| View::Item(Box::new(shelf.page(at, nth))));
        views.extend(items);
        for spoken in &press.bulletin.spoken {
            let lang = &*spoken.lang;
            views.push(View::Cover(Box::new(shelf.cover(at, lang, Last::No))));
            views.push(View::Whole(Box::new(shelf.whole(at, lang))));
            if edition.paper {
                let prints = paper::prints(shelf, at, lang);
                views.extend(prints.into_iter().map(|print| View::Paper(Box::new(print))));
            }
        }
    }
    let last = press.editions.len() - 1;
    for spoken in &press.bulletin.spoken {
        views.push(View::Cover(Box::new(shelf.cover(last, &spoken.lang, Last::Language))));
        views.push(View::Archive(shelf.archive(&spoken.lang)));
        views.push(View::Feed(Box::new(shelf.feed(&spoken.lang))));
    }
    let main = &press.bulletin.spoken[0].lang;
    views.push(View::Cover(Box::new(shelf.cover(last, main, Last::All))));
    views.push(View::Rest(shelf.rest()));
    Ok(views)
}

/// A path that was put together here.
pub(crate) fn file(path: &str) -> payamgir_wire::release::FilePath {
    payamgir_wire::release::FilePath::parse(path)
        .expect("slugs, codes and our own words make a path")
}
