//! What is new in a language, as Atom (RFC 4287) and JSON Feed 1.1, with every word of it.

use maud::html;
use payamgir_wire::Hash;
use payamgir_wire::edition::{Day, Id, Spoken};
use serde::Serialize;
use serde_json::json;

use super::article::{Under, article};
use super::file;
use super::shelf::{Shelf, relative};
use super::shown::Shown;
use crate::press::Made;
use crate::when;

/// Most entries.
const ENTRIES: usize = 40;

/// All that the feeds of a language are made from.
#[derive(Serialize)]
pub(crate) struct Feed<'a> {
    path: String,
    spoken: &'a Spoken,
    base: &'a str,
    tag: &'a str,
    desk: Hash,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    path: String,
    published: Day,
    updated: Day,
    shown: Shown<'a>,
}

impl<'a> Shelf<'a> {
    /// What is new in a language, the newest edition first, items in their order.
    pub(crate) fn feed(&self, lang: &'a str) -> Feed<'a> {
        let mut entries = vec![];
        for at in (0..self.editions.len()).rev() {
            let published = self.editions[at].1.day;
            for id in self.reading(at, lang) {
                let shown = Shown::of(self, &id);
                let gone = shown.withdrawn.map(|(day, _)| day);
                let corrected = shown.corrections.iter().map(|(day, _)| *day);
                let days = corrected.chain(gone).chain([published]);
                let updated = days.max_by_key(when::iso_day).unwrap_or(published);
                entries.push(Entry {
                    path: self.path(&id).unwrap_or_default(),
                    published,
                    updated,
                    shown,
                });
            }
        }
        // An older item that was corrected or withdrawn is news again.
        entries.sort_by_key(|entry| std::cmp::Reverse(when::iso_day(&entry.updated)));
        entries.truncate(ENTRIES);
        let bulletin = self.bulletin;
        Feed {
            path: format!("read/{lang}/feed.xml"),
            spoken: self.spoken(lang),
            base: &bulletin.base,
            tag: &bulletin.tag,
            desk: self.desk,
            entries,
        }
    }
}

impl Feed<'_> {
    pub(crate) fn make(&self) -> Vec<Made> {
        let json = self.path.replace("feed.xml", "feed.json");
        vec![(file(&self.path), self.atom().into_bytes()), (file(&json), self.json())]
    }

    /// Where something is; in full where the bulletin says where it is served.
    fn at(&self, path: &str) -> String {
        if self.base.is_empty() {
            relative(&self.path, path)
        } else {
            format!("{}{path}", self.base)
        }
    }

    /// A name that stays: by the bulletin's own tag (RFC 4151), or else as a UUID made of the id.
    fn name(&self, id: &Id, what: &str) -> String {
        match self.tag {
            "" => uuid(id),
            tag => format!("tag:{tag}:{what}/{id}"),
        }
    }

    /// Which desk and language.
    fn own_name(&self) -> String {
        let mut id = [0; 16];
        id.copy_from_slice(&self.desk.0[..16]);
        for (byte, letter) in id.iter_mut().zip(self.spoken.lang.bytes()) {
            *byte ^= letter;
        }
        self.name(&payamgir_wire::hex::Hex(id), "feed")
    }

    fn content(&self, shown: &Shown<'_>) -> String {
        let to = |path: &str| self.at(path);
        let words = article(shown, &to, Under { prefix: "", level: 2 }, &html! {});
        html! { div lang=(shown.lang) dir=(shown.dir()) { (words) } }.into_string()
    }

    fn updated(&self) -> String {
        let newest = self.entries.iter().map(|entry| when::iso_day(&entry.updated)).max();
        moment(&newest.unwrap_or_else(|| "1970-01-01".into()))
    }

    fn atom(&self) -> String {
        let home = self.path.replace("feed.xml", "index.html");
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
             <id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<author><name>{}</name></author>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n",
            self.spoken.lang,
            escaped(&self.own_name()),
            escaped(&self.spoken.title),
            self.updated(),
            escaped(&self.spoken.title),
            escaped(&self.at(&home)),
            escaped(&self.at(&self.path)),
        );
        if !self.spoken.about.is_empty() {
            out.push_str(&format!("<subtitle>{}</subtitle>\n", escaped(&self.spoken.about)));
        }
        for entry in &self.entries {
            out.push_str(&self.entry(entry));
        }
        out.push_str("</feed>\n");
        out
    }

    fn entry(&self, entry: &Entry<'_>) -> String {
        let shown = &entry.shown;
        let name = match shown.byline.name() {
            "" => String::new(),
            name => format!("<author><name>{}</name></author>", escaped(name)),
        };
        format!(
            "<entry xml:lang=\"{}\"><id>{}</id><title>{}</title><updated>{}</updated><published>{}</published>{name}\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/><content type=\"html\">{}</content></entry>\n",
            shown.lang,
            escaped(&self.name(&shown.id, "item")),
            escaped(shown.title),
            moment(&when::iso_day(&entry.updated)),
            moment(&when::iso_day(&entry.published)),
            escaped(&self.at(&entry.path)),
            escaped(&self.content(shown)),
        )
    }

    fn json(&self) -> Vec<u8> {
        let item = |entry: &Entry<'_>| {
            let shown = &entry.shown;
            let mut item = json!({
                "id": self.name(&shown.id, "item"),
                "url": self.at(&entry.path),
                "title": shown.title,
                "content_html": self.content(shown),
                "date_published": moment(&when::iso_day(&entry.published)),
                "date_modified": moment(&when::iso_day(&entry.updated)),
                "language": shown.lang,
            });
            if !shown.byline.name().is_empty() {
                item["authors"] = json!([{ "name": shown.byline.name() }]);
            }
            item
        };
        let json_path = self.path.replace("feed.xml", "feed.json");
        let mut feed = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.spoken.title,
            "home_page_url": self.at(&self.path.replace("feed.xml", "index.html")),
            "feed_url": self.at(&json_path),
            "language": self.spoken.lang,
            "items": self.entries.iter().map(item).collect::<Vec<_>>(),
        });
        if !self.spoken.about.is_empty() {
            feed["description"] = json!(self.spoken.about);
        }
        serde_json::to_vec_pretty(&feed).expect("it has no map with other keys than strings")
    }
}

/// A day's beginning: nothing finer is said.
fn moment(day: &str) -> String {
    format!("{day}T00:00:00Z")
}

/// A UUID of the kind that says nothing of how it was made (RFC 9562, version 8).
fn uuid(id: &Id) -> String {
    let mut bytes = id.0;
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = payamgir_wire::hex::Hex(bytes).to_string();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// A text as XML has it.
pub(crate) fn escaped(text: &str) -> String {
    // XML 1.0 §2.2 has no other controls, and neither of the two last of the plane.
    let allowed = |c: &char| {
        let control = c.is_control() && !matches!(c, '\n' | '\t');
        !control && !matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(allowed) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
