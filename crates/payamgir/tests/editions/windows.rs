//! Two editors at their windows, from what a source sent to a copy of what is published.

use super::*;
use common::search;

/// Stands in an item that is kept and not published.
const DRAFT: &str = "zq-draft-canary-3391 پیش‌نویسی که نماند";
/// What the source wrote around the name, which nobody publishes.
const SENT: &str = "هستم از کارخانهٔ آبان";

#[test]
fn two_editors_publish_what_a_source_sent_and_nothing_hidden_is_in_it() {
    let place = Place::new();
    let (server, [a, b, _]) = three(&place, true);
    let words = "سلام. من نگین هستم از کارخانهٔ آبان.\n\nسه ماه است حقوق نداریم.";
    assert_eq!(Form::text(words).send(server.public, "/fa/").unwrap().status, 200);
    let (mut wa, mut wb) = (Window::start(&place, &a.dir), Window::start(&place, &b.dir));
    done(&a.sync(&server));
    done(&b.sync(&server));
    wa.unlock();
    wb.unlock();
    let record = record_of(&wa, "نگین");
    let start = words.chars().count() - words.split_once("نگین").unwrap().1.chars().count() - 4;
    let hide = format!("span={start}-{}&do=keep&kept=", start + 4);
    assert_eq!(wa.post(&format!("/en/redact/{record}"), &hide).status, 303);

    let begun = wa.get(&format!("/en/item/new?c={record}")).text();
    assert!(begun.contains("▇▇▇▇") && !begun.contains("نگین"), "hidden from the start");
    let at = between(&begun, "id=\"item\" action=\"", "\"").to_owned();
    let item = |title: &str, body: &str, base: &str| {
        form(&[
            ("on", &record),
            ("base", base),
            ("slug", "abban"),
            ("lang", "fa"),
            ("title", title),
            ("body", body),
            ("by", "none"),
            ("kind", "words"),
            ("label", "none"),
        ])
    };
    let leaking = wa.post(&at, &item("نامه‌ای از نَگين", "متن", ""));
    assert_eq!(leaking.status, 200);
    assert!(leaking.text().contains("words that you hid"), "{}", leaking.text());
    assert_eq!(
        wa.post(&at, &item("نامه‌ای از یک کارگر", "سه ماه است حقوق نداریم.", "")).status,
        303
    );
    let fresh = wa.get("/en/item/new").text();
    let draft = between(&fresh, "id=\"item\" action=\"", "\"").to_owned();
    assert_eq!(wa.post(&draft, &item("پیش‌نویس", DRAFT, "").replace("abban", "draft")).status, 303);
    let name = form(&[
        ("lang-0", "fa"),
        ("title-0", "صدای کنگره"),
        ("lang-1", "en"),
        ("title-1", "Voice"),
    ]);
    assert_eq!(wa.post("/en/bulletin", &name).status, 303);
    let fresh = wa.get("/en/edition/new").text();
    let edition = between(&fresh, "class=\"stack\" action=\"", "\"").to_owned();
    let id = at.rsplit('/').next().unwrap();
    let fields = form(&[
        ("day", "2026-11-30"),
        ("slug", "12-2"),
        ("lang", "fa"),
        ("title-fa", "کنگرهٔ دوازدهم، روز ۲"),
        ("item", id),
        (&format!("place-{id}"), "1"),
        ("do", "propose"),
    ]);
    wa.until("/en/publish", |_| true);
    let proposed = until_taken(&wa, &edition, &fields, 303);
    assert_eq!(proposed, 303);
    let seen = wb.until(&edition, |said| said.text().contains("Proposed for publication")).text();
    assert!(page(&server, "/").2.contains("<form"), "one approval is not two");
    let proposal = between(&seen, "<form action=\"", "\"").to_owned();
    let shown = wb.get(&format!("{proposal}/preview/read/fa/12-2/abban.html")).text();
    assert!(shown.contains("سه ماه است حقوق نداریم."));
    assert_eq!(wb.post(&proposal, "").status, 303);
    let published = std::time::Instant::now();
    while !page(&server, "/").2.contains("کنگرهٔ دوازدهم") {
        assert!(published.elapsed().as_secs() < 120, "it is not published");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let out = place.path("saved");
    let url = format!("http://{}", server.public);
    let desk = format!("{}/desk.pub", a.dir);
    let saved = place.run(&[
        "--lang", "en", "edition", "save", "--server", &url, "--out", &out, "--desk", &desk,
    ]);
    assert!(saved.status.success(), "{}", text(&saved.stderr));
    assert!(text(&saved.stdout).contains("2 editors approved it"), "{}", text(&saved.stdout));
    check_copies(&place, Path::new(&out), &desk);
    check_older_copies(&place, Path::new(&out), &url);
    // In nothing that is served, sealed copies aside, is the hidden name.
    for file in files(Path::new(&out)) {
        assert!(!text(&std::fs::read(&file).unwrap()).contains("نگین"), "{}", file.display());
    }
    let hall = wb.get(&format!("{edition}/hall?lang=fa"));
    assert!(hall.text().contains("سه ماه است حقوق نداریم."));
    assert!(hall.head.contains("script-src 'sha256-"), "{}", hall.head);
    let srt = wb.get(&format!("{edition}/subtitles?form=srt&lang=fa")).text();
    assert!(srt.contains("00:00:00,000 --> "), "{srt}");
    check_disk(&place, server);
}

/// What was published is on the server's disk, what was not is nowhere, and its log has neither.
fn check_disk(place: &Place, server: Server) {
    let disk = place.folder.path().join("server");
    let published = "سه ماه است حقوق نداریم";
    assert!(!search::below(&disk, &[published]).is_empty(), "the search was not of nothing");
    let said = server.stop();
    assert_eq!(search::below(&disk, &[DRAFT, SENT]), Vec::<String>::new());
    assert_eq!(search::within(said.as_bytes(), &[DRAFT, SENT, published]), Vec::<String>::new());
}

/// Any change of the files is found by who has nothing but them.
fn check_copies(place: &Place, folder: &Path, desk: &str) {
    let verify = |more: &[&str]| {
        let path = folder.to_str().unwrap();
        place.run(&[&["--lang", "en", "edition", "verify", path], more].concat()).status.code()
    };
    assert_eq!(verify(&["--desk", desk]), Some(0));
    assert_eq!(verify(&[]), Some(0));
    let page = folder.join("index.html");
    let good = std::fs::read(&page).unwrap();
    let mut bad = good.clone();
    bad[40] ^= 1;
    std::fs::write(&page, &bad).unwrap();
    assert_eq!(verify(&[]), Some(3), "a changed byte");
    std::fs::remove_file(&page).unwrap();
    assert_eq!(verify(&[]), Some(3), "a file taken away");
    std::fs::write(&page, &good).unwrap();
    std::fs::write(folder.join("read/more.html"), "x").unwrap();
    assert_eq!(verify(&[]), Some(3), "a file put in");
    std::fs::remove_file(folder.join("read/more.html")).unwrap();
    for (name, find) in [("release.txt", "number 1"), ("proof.txt", "approval ")] {
        let path = folder.join(name);
        let good = std::fs::read_to_string(&path).unwrap();
        let at = good.find(find).unwrap() + find.len() + 4;
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        std::fs::write(&path, bad).unwrap();
        assert_eq!(verify(&[]), Some(3), "{name}");
        std::fs::write(&path, good).unwrap();
    }
    assert_eq!(verify(&[]), Some(0));
}

/// A copy goes on from what its folder has, or is not made there.
fn check_older_copies(place: &Place, folder: &Path, url: &str) {
    let save = |out: &Path| {
        let out = out.to_str().unwrap();
        place.run(&["--lang", "en", "edition", "save", "--server", url, "--out", out])
    };
    let older = Path::new(&place.path("older")).to_owned();
    std::fs::create_dir_all(&older).unwrap();
    let mut list = Release::decode(&std::fs::read(folder.join("release.txt")).unwrap()).unwrap();
    list.author = Hex([9; 32]);
    std::fs::write(older.join("release.txt"), list.encode()).unwrap();
    let refused = save(&older);
    assert!(text(&refused.stderr).contains("does not go on"), "{}", text(&refused.stderr));
    list.number = 9;
    std::fs::write(older.join("release.txt"), list.encode()).unwrap();
    let refused = save(&older);
    assert!(text(&refused.stderr).contains("an older release"), "{}", text(&refused.stderr));
    list.desk = Hex([8; 32]);
    std::fs::write(older.join("release.txt"), list.encode()).unwrap();
    assert!(text(&save(&older).stderr).contains("another desk"));
}

fn record_of(window: &Window, words: &str) -> String {
    let list = window.until("/en/", |said| said.text().contains(words)).text();
    between(&list, "name=\"id\" value=\"", "\"").to_owned()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
}

/// Posts until the desk has heard from the server what is published.
fn until_taken(window: &Window, path: &str, fields: &str, status: u16) -> u16 {
    let begun = std::time::Instant::now();
    loop {
        let said = window.post(path, fields);
        if said.status == status || begun.elapsed().as_secs() > 60 {
            assert_eq!(said.status, status, "{}", said.text());
            return said.status;
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
}
