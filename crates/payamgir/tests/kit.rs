//! The recovery kit, from founding to a clean machine, with the real program.

mod common;

use common::people::{Person, done, founder, members, send};
use common::{Place, Server, text};

/// What somebody with a page in hand reads from it.
struct Page {
    code: String,
    words: String,
}

fn page(html: &str) -> Page {
    let words = html.split("<b>").skip(1).map(|rest| rest.split("</b>").next().unwrap());
    Page { code: scan(html), words: words.collect::<Vec<_>>().join("\n") }
}

/// Scans the QR code as a camera would: from the picture, not from what made it.
fn scan(html: &str) -> String {
    let view = html.split("viewBox=\"0 0 ").nth(1).unwrap();
    let size: usize = view.split(' ').next().unwrap().parse().unwrap();
    let path = html.split("<path d=\"").nth(1).unwrap().split('"').next().unwrap();
    let dark: std::collections::BTreeSet<(usize, usize)> = path
        .split('M')
        .skip(1)
        .map(|step| {
            let (x, y) = step.split_once('h').unwrap().0.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect();
    let zoom = 5;
    let shade = |x: usize, y: usize| if dark.contains(&(x / zoom, y / zoom)) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * zoom, size * zoom, shade);
    let grids = image.detect_grids();
    grids[0].decode().unwrap().1
}

/// A desk of two with two epochs, and its kit of 2 of 3 pages.
fn desk(place: &Place, lang: &str) -> (Server, Vec<Page>) {
    let server = place.serve();
    let (a, b) = (founder(place), Person::new(place, "b", 11));
    let advised = a.sync(&server);
    assert!(advised.status.success());
    let advice = text(&a.run(&["members"]).stderr);
    assert!(advice.contains("make a recovery kit"), "{advice}");
    done(&a.run(&["admit", &b.block(), "--role", "admin"]));
    send(&server, "یک");
    let out = place.path("pages");
    let passphrase = place.path("passphrase");
    let fixed = ["--lang", lang, "desk", "--dir", &a.dir, "--passphrase-file", &passphrase];
    let kit = ["kit", "--pages", "3", "--needed", "2", "--out", &out];
    done(&place.run(&[&fixed[..], &kit].concat()));
    assert!(!text(&a.run(&["members"]).stderr).contains("make a recovery kit"));
    done(&a.run(&["epoch"]));
    send(&server, "دو");
    let mut files: Vec<_> = std::fs::read_dir(&out).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let read = |n: usize| std::fs::read_to_string(&files[n - 1]).unwrap();
    (server, [1, 2, 3].map(|n| page(&read(n))).into())
}

fn write(place: &Place, name: &str, text: &str) -> String {
    let path = place.path(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn any_two_of_three_pages_bring_the_desk_back_on_a_clean_machine() {
    let place = Place::new();
    let (server, pages) = desk(&place, "fa");
    let address = server.private;
    server.stop();
    for (round, (one, two)) in [(0, 1), (0, 2), (1, 2)].into_iter().enumerate() {
        let kept = place.path("kept");
        let folder = place.path("server");
        let _ = std::fs::remove_dir_all(&kept);
        copy(&folder, &kept);
        let server = place.serve_at(address);
        let clean = Person::stranger(&place, &format!("clean{round}"), 20 + round as u8);
        // One page scanned, the other typed.
        let code = write(&place, "code", &pages[one].code);
        let words = write(&place, "words", &pages[two].words);
        let alone = clean.run(&["recover", "--page", &code]);
        assert_eq!(alone.status.code(), Some(1));
        assert!(text(&alone.stderr).contains("2 pages are needed"), "{}", text(&alone.stderr));
        let twice = clean.run(&["recover", "--page", &code, "--page", &code]);
        assert!(text(&twice.stderr).contains("2 pages are needed"), "{}", text(&twice.stderr));
        let back = clean.run(&["recover", "--page", &words, "--page", &code]);
        assert!(back.status.success(), "{}", text(&back.stderr));
        assert!(text(&back.stderr).contains("2 of 2 epochs"), "{}", text(&back.stderr));
        done(&clean.run(&["sync"]));
        assert_eq!(clean.reads(), ["یک", "دو"]);
        let all = members(&clean.run(&["members", "--json"]));
        assert_eq!(all["members"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&all["members"][0]["role"], &all["kit"]),
            (&"admin".into(), &serde_json::Value::Null)
        );
        let out = founder(&place).run(&["sync"]);
        assert!(text(&out.stderr).contains("not a member"), "who was lost is out");
        let spent = Person::stranger(&place, &format!("late{round}"), 30 + round as u8);
        let spent = spent.run(&["recover", "--page", &code, "--page", &words]);
        assert!(!spent.status.success(), "a kit works once");
        server.stop();
        std::fs::remove_dir_all(&folder).unwrap();
        copy(&kept, &folder);
    }
}

#[test]
fn words_alone_bring_it_back_and_mistakes_are_named() {
    let place = Place::new();
    let (server, pages) = desk(&place, "en");
    let clean = Person::stranger(&place, "clean", 20);
    let url = format!("http://{}", server.private);
    let numbered: String = pages[0]
        .words
        .lines()
        .enumerate()
        .map(|(at, word)| format!("{} {word}\n", at + 1))
        .collect();
    let first = write(&place, "first", &numbered);
    let second = write(&place, "second", &pages[2].words.to_uppercase().replace('\n', " "));
    let nowhere = clean.run(&["recover", "--page", &first, "--page", &second]);
    assert!(text(&nowhere.stderr).contains("--log-key KEY"), "{}", text(&nowhere.stderr));
    let mut words: Vec<&str> = pages[2].words.lines().collect();
    // Two that are not the same word by chance.
    let at = (0..).find(|at| words[*at] != words[at + 1]).unwrap();
    words.swap(at, at + 1);
    let swapped = write(&place, "swapped", &words.join(" "));
    let server = ["--server", &url, "--log-key", &place.log_key];
    let recover = |one: &str, two: &str| {
        clean.run(&[&["recover", "--page", one, "--page", two][..], &server].concat())
    };
    let refused = recover(&first, &swapped);
    assert!(text(&refused.stderr).contains("not written right"), "{}", text(&refused.stderr));
    words.swap(at, at + 1);
    words[3] = "applle";
    let misspelt = write(&place, "misspelt", &words.join(" "));
    let refused = recover(&first, &misspelt);
    assert!(text(&refused.stderr).contains("Word 4"), "{}", text(&refused.stderr));
    done(&recover(&first, &second));
    done(&clean.run(&["sync"]));
    assert_eq!(clean.reads(), ["یک", "دو"]);
}

#[test]
fn a_kit_is_not_spent_for_less_than_all_unless_that_is_accepted() {
    let place = Place::new();
    let (server, pages) = desk(&place, "en");
    let kept = place.path("kept");
    std::fs::rename(place.path("server/recovery"), &kept).unwrap();
    let clean = Person::stranger(&place, "clean", 20);
    let (one, two) = (write(&place, "1", &pages[0].code), write(&place, "2", &pages[1].code));
    let both = ["recover", "--page", &one, "--page", &two];
    let refused = clean.run(&both);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("0 of 2 epochs"), "{}", text(&refused.stderr));
    assert!(founder(&place).run(&["members"]).status.success(), "the desk is as it was");
    std::fs::remove_dir_all(place.path("server/recovery")).unwrap();
    std::fs::rename(&kept, place.path("server/recovery")).unwrap();
    let forged = pages[1].code.replace(&server.private.to_string(), "127.0.0.1:9");
    let forged = write(&place, "forged", &forged);
    let refused = clean.run(&["recover", "--page", &one, "--page", &forged]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    // Nor where the others say nothing of the server.
    let words = write(&place, "words", &pages[0].words);
    let refused = clean.run(&["recover", "--page", &words, "--page", &forged]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
    // A scanner that loses line breaks loses nothing else.
    std::fs::write(&one, pages[0].code.replace('\n', " ")).unwrap();
    done(&clean.run(&both));
    done(&clean.run(&["sync"]));
    assert_eq!(clean.reads(), ["یک", "دو"]);
    let again = Person::stranger(&place, "again", 21).run(&both);
    assert_eq!(again.status.code(), Some(3), "{}", text(&again.stderr));
    assert!(text(&again.stderr).contains("present recovery kit"), "{}", text(&again.stderr));
}

#[test]
fn a_kit_that_the_log_does_not_take_leaves_no_pages_and_goes_with_its_maker() {
    let place = Place::new();
    let (server, pages) = desk(&place, "en");
    let b = Person::new(&place, "b3", 11);
    std::fs::remove_dir_all(&b.dir).unwrap();
    copy(&place.path("b"), &b.dir);
    done(&b.sync(&server));
    let a = founder(&place);
    done(&a.run(&["role", &b.key()[..8], "editor"]));
    let out = place.path("void");
    assert!(!b.run(&["kit", "--out", &out]).status.success(), "an editor makes no kit");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);
    done(&a.run(&["role", &b.key()[..8], "admin"]));
    // The founder made the kit.
    done(&b.run(&["remove", &a.key()[..8]]));
    assert!(text(&b.run(&["members"]).stderr).contains("make a recovery kit"));
    let (one, two) = (write(&place, "1", &pages[0].code), write(&place, "2", &pages[1].code));
    let gone = Person::stranger(&place, "gone", 20);
    let refused = gone.run(&["recover", "--page", &one, "--page", &two]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
}

#[test]
fn what_a_member_left_for_the_kit_goes_with_it() {
    let place = Place::new();
    let (server, _) = desk(&place, "en");
    let b = Person::new(&place, "b2", 11);
    std::fs::remove_dir_all(&b.dir).unwrap();
    copy(&place.path("b"), &b.dir);
    done(&b.sync(&server));
    let deposits = || std::fs::read_dir(place.path("server/recovery")).unwrap().count();
    assert_eq!(deposits(), 2, "one for each member");
    let a = founder(&place);
    let one = std::fs::read_dir(place.path("server/recovery")).unwrap().next().unwrap().unwrap();
    let before = std::fs::read(one.path()).unwrap();
    done(&a.run(&["sync"]));
    assert_eq!(std::fs::read(one.path()).unwrap(), before, "nothing new, nothing left anew");
    done(&a.run(&["remove", &b.key()[..8]]));
    assert_eq!(deposits(), 1);
}

fn copy(from: &str, to: &str) {
    let done = std::process::Command::new("cp").args(["-r", from, to]).status().unwrap();
    assert!(done.success());
}
