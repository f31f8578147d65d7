//! Pages as they were looked at: a change of theirs is a change to be seen. `UPDATE=1` writes them
//! anew.

use std::path::Path;

use payamgir_bulletin::Known;

use crate::{built, congress, text};

#[test]
fn pages_are_as_they_were_looked_at() {
    let built = built(&congress::small(), &Known::default()).unwrap();
    for (path, name) in [
        ("read/fa/12-1/index.html", "cover.fa.html"),
        ("read/fa/12-1/nasaji.html", "letter.fa.html"),
        ("read/en/12-1/mill.html", "letter.en.html"),
        ("read/fa/12-1/sher.html", "poem.fa.html"),
        ("read/fa/12-1/shift-shab.html", "voice.fa.html"),
        ("read/fa/12-1/yaddasht.html", "withdrawn.fa.html"),
        ("read/fa/12-2/mosavabe-3.html", "resolution.fa.html"),
        ("read/en/archive.html", "archive.en.html"),
        ("read/fa/feed.xml", "feed.fa.xml"),
        ("read/en/feed.json", "feed.en.json"),
        ("404.html", "404.html"),
    ] {
        check(name, &lines(&text(&built, path)));
    }
}

/// Each element on a line of its own, without the style that stands in a page by itself.
fn lines(page: &str) -> String {
    let page = match (page.find("<style>"), page.find("</style>")) {
        (Some(from), Some(to)) => format!("{}<style>{}", &page[..from], &page[to..]),
        _ => page.to_owned(),
    };
    page.replace("><", ">\n<") + "\n"
}

fn check(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, page).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == page, "{name} changed; look at it, then UPDATE=1");
}
