//! What stands where: items in editions, translations beside originals, answers beside what they
//! answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use payamgir_redact::Cleared;
use payamgir_wire::edition::{Bulletin, Edition, Flaw, Id, Item, Medium, Spoken};
use payamgir_wire::release::FilePath;
use serde::Serialize;

use super::View;
use crate::letters;
use crate::press::{Press, Refused};
use crate::when;

/// What stands where.
pub(crate) struct Shelf<'a> {
    pub(crate) bulletin: &'a Bulletin,
    pub(crate) editions: &'a [(Id, Cleared<Edition>)],
    pub(crate) desk: payamgir_wire::Hash,
    pub(crate) items: &'a BTreeMap<Id, Cleared<Item>>,
    /// The edition of each item.
    place: HashMap<Id, usize>,
    translations: HashMap<Id, Vec<Id>>,
    answered: HashMap<Id, Vec<Id>>,
}

/// A link to an item or a page.
#[derive(Clone, Serialize)]
pub(crate) struct Link<'a> {
    /// Where, in the bulletin's folder.
    pub(crate) path: String,
    pub(crate) title: &'a str,
    pub(crate) lang: &'a str,
}

impl<'a> Shelf<'a> {
    /// Puts everything in its place, if it can be published.
    pub(crate) fn new(press: &Press<'a>) -> Result<Self, Refused> {
        press.bulletin.check().map_err(Refused::Flaw)?;
        let mut this = Self {
            bulletin: press.bulletin,
            editions: press.editions,
            desk: press.desk,
            items: press.items,
            place: HashMap::new(),
            translations: HashMap::new(),
            answered: HashMap::new(),
        };
        if press.editions.is_empty() {
            return Err(Refused::Nothing);
        }
        let mut slugs = BTreeSet::new();
        for (at, (_, edition)) in press.editions.iter().enumerate() {
            edition.check().map_err(Refused::Flaw)?;
            if !when::exists(&edition.day) {
                return Err(Refused::Flaw(Flaw::Day));
            }
            if !slugs.insert(&edition.slug) {
                return Err(Refused::Flaw(Flaw::SameSlug));
            }
            this.place(at, edition)?;
        }
        this.relate();
        Ok(this)
    }

    /// Puts an edition's items in their places.
    fn place(&mut self, at: usize, edition: &Edition) -> Result<(), Refused> {
        let mut paths = BTreeSet::new();
        for id in &edition.items {
            let item = self.items.get(id).ok_or(Refused::NoItem(*id))?;
            item.check().map_err(|flaw| Refused::Item(*id, flaw))?;
            if !item.days().all(when::exists) {
                return Err(Refused::Item(*id, Flaw::Day));
            }
            if !paths.insert((&item.lang, &item.slug)) {
                return Err(Refused::Item(*id, Flaw::SameSlug));
            }
            if self.place.insert(*id, at).is_some() {
                return Err(Refused::NoItem(*id));
            }
        }
        Ok(())
    }

    fn relate(&mut self) {
        for (_, edition) in self.editions {
            for id in &edition.items {
                let item = &self.items[id];
                if let Some(original) = item.translates {
                    self.translations.entry(original).or_default().push(*id);
                }
                for about in &item.answers {
                    self.answered.entry(*about).or_default().push(*id);
                }
            }
        }
    }

    /// An item that is published.
    pub(crate) fn item(&self, id: &Id) -> Option<&'a Item> {
        self.items.get(id).filter(|_| self.place.contains_key(id)).map(|item| &**item)
    }

    /// Where an item's page is; nothing where it is not published.
    pub(crate) fn path(&self, id: &Id) -> Option<String> {
        let (_, edition) = &self.editions[*self.place.get(id)?];
        let item = self.item(id)?;
        Some(format!("read/{}/{}/{}.html", item.lang, edition.slug, item.slug))
    }

    /// A link to an item.
    pub(crate) fn link(&self, id: &Id) -> Option<Link<'a>> {
        let item = self.item(id)?;
        Some(Link { path: self.path(id)?, title: &item.title, lang: &item.lang })
    }

    pub(crate) fn links<'b>(&self, ids: impl IntoIterator<Item = &'b Id>) -> Vec<Link<'a>> {
        ids.into_iter().filter_map(|id| self.link(id)).collect()
    }

    /// An item's translations, or those of what it is a translation of, without itself.
    pub(crate) fn versions(&self, id: &Id) -> Vec<Id> {
        let original = self.items[id].translates.unwrap_or(*id);
        let others = self.translations.get(&original).into_iter().flatten();
        let all = std::iter::once(&original).chain(others);
        all.filter(|other| *other != id && self.place.contains_key(*other)).copied().collect()
    }

    /// What answers an item.
    pub(crate) fn answers_to(&self, id: &Id) -> &[Id] {
        self.answered.get(id).map_or(&[], Vec::as_slice)
    }

    /// An edition's items as they are read in a language: of an original and its translations the one
    /// in that language, or else the original; in the edition's order.
    pub(crate) fn reading(&self, at: usize, lang: &str) -> Vec<Id> {
        let edition = &self.editions[at].1;
        let here = |id: &Id| self.place.get(id) == Some(&at);
        let mut seen = BTreeSet::new();
        let mut reading = vec![];
        for id in &edition.items {
            let original = self.items[id].translates.filter(here).unwrap_or(*id);
            if !seen.insert(original) {
                continue;
            }
            let mut versions = self.versions(&original).into_iter().filter(here);
            let own = self.items[&original].lang == lang;
            let chosen = versions.find(|other| !own && self.items[other].lang == lang);
            reading.push(chosen.unwrap_or(original));
        }
        reading
    }

    /// How the bulletin speaks around a text of a language: in it, or in one that runs alike.
    pub(crate) fn spoken(&self, lang: &str) -> &'a Spoken {
        let all = &self.bulletin.spoken;
        let alike = |spoken: &&Spoken| letters::frame(&spoken.lang) == letters::frame(lang);
        let own = all.iter().find(|spoken| spoken.lang == lang);
        own.or_else(|| all.iter().find(alike)).unwrap_or(&all[0])
    }

    /// Every picture and sound once.
    pub(crate) fn media(&self) -> Result<Vec<View<'a>>, Refused> {
        let mut seen = BTreeSet::new();
        let mut views = vec![];
        for (_, edition) in self.editions {
            for id in &edition.items {
                let item: &'a Item = &self.items[id];
                for medium in item.media.iter().filter(|_| item.withdrawn.is_none()) {
                    let path = path(medium).ok_or(Refused::NoMedium(*id))?;
                    if seen.insert(path.clone()) {
                        views.push(View::Medium { path, item: *id, medium });
                    }
                }
            }
        }
        Ok(views)
    }
}

/// Where a picture's or sound's file is; nothing where its kind is not published.
pub(crate) fn path(medium: &Medium) -> Option<String> {
    let kind =
        ["image/", "audio/", "video/"].iter().any(|kind| medium.media_type.starts_with(kind));
    let ending = FilePath::ending(&medium.media_type).filter(|_| kind)?;
    Some(format!("read/media/{}.{ending}", &medium.hash.to_string()[..24]))
}

/// The way from one file of the bulletin to another.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len().min(to.len()) - 1;
    let same = (0..folders).take_while(|at| from[*at] == to[*at]).count();
    let up = "../".repeat(from.len() - 1 - same);
    format!("{up}{}", to[same..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways() {
        for (from, to, way) in [
            ("index.html", "read/fa/index.html", "read/fa/index.html"),
            ("read/fa/12/a.html", "read/fa/12/b.html", "b.html"),
            ("read/fa/12/a.html", "read/en/12/a.html", "../../en/12/a.html"),
            ("read/fa/12/a.html", "index.html", "../../../index.html"),
            ("read/fa/12/a.html", "read/assets/s.css", "../../assets/s.css"),
            ("read/fa/index.html", "fa/", "../../fa/"),
        ] {
            assert_eq!(relative(from, to), way);
        }
    }
}
