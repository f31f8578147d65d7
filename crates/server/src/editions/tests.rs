use payamgir_wire::release::{File, FilePath, Part};

use super::*;

fn release(number: u64, previous: Hash, pages: &[&str]) -> Release {
    let file = |(at, page): (usize, &&str)| File {
        hash: hash_of(page.as_bytes()),
        size: page.len() as u64,
        path: FilePath::parse(&format!("read/p{at}.html")).unwrap(),
    };
    let files = pages.iter().enumerate().map(file).collect();
    of(number, previous, files)
}

fn of(number: u64, previous: Hash, files: Vec<File>) -> Release {
    let parts = vec![Part { key: Hex([9; 32]), files }];
    Release { desk: Hex([1; 32]), number, previous, author: Hex([3; 32]), parts }
}

fn publish(editions: &Editions, release: &Release) -> Result<(), NotPublished> {
    editions.publish((release, &release.encode()), &Proof::default())
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("editions/files")).unwrap();
    let mut names: Vec<String> =
        files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn one_follows_the_other_and_what_nobody_names_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    assert!(editions.live().is_none());
    let first = release(1, Hex([0; 32]), &["one", "two"]);
    assert!(matches!(publish(&editions, &first), Err(NotPublished::Missing)));
    for page in ["one", "two", "of no release"] {
        editions.keep(page.as_bytes()).unwrap();
    }
    assert_eq!(editions.missing(&first), []);
    publish(&editions, &first).unwrap();
    assert_eq!(names(folder.path()).len(), 4, "two files and their compressed forms");
    editions.keep(b"three").unwrap();
    for (number, previous) in [(1, first.hash()), (3, first.hash()), (2, Hex([0; 32]))] {
        let other = release(number, previous, &["three"]);
        assert!(matches!(publish(&editions, &other), Err(NotPublished::Stale)));
    }
    publish(&editions, &release(2, first.hash(), &["two", "three"])).unwrap();
    assert!(matches!(publish(&editions, &first), Err(NotPublished::Stale)));
    assert_eq!(names(folder.path()).len(), 4);
    assert!(editions.live().unwrap().file("read/p1.html").is_some());
}

#[test]
fn what_was_published_is_served_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    let first = release(1, Hex([0; 32]), &["one"]);
    publish(&editions, &first).unwrap();
    drop(editions);
    let again = Editions::open(folder.path()).unwrap();
    let live = again.live().unwrap();
    let served = live.file("read/p0.html").unwrap().clone();
    assert_eq!(live.read_small(&served, false).unwrap().unwrap(), "one");
    assert_eq!(live.held(&served, false).unwrap(), "one", "from memory the next time");
    // A file that a crash cut off before its name was there is no file.
    fs::write(folder.path().join("editions/files/half.new"), "x").unwrap();
    assert!(Editions::open(folder.path()).unwrap().live().is_some());
}

/// The names in the folder itself.
fn top(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder.join("editions")).unwrap();
    let mut names: Vec<String> =
        all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_stop_between_proof_and_list_leaves_the_release_before_with_its_own_proof() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    let first = release(1, Hex([0; 32]), &["one"]);
    let own = Proof { statements: vec![vec![7]], approvals: vec![] };
    editions.publish((&first, &first.encode()), &own).unwrap();
    let list = folder.path().join("editions/release.txt");
    let before = fs::read(&list).unwrap();
    let next = release(2, first.hash(), &["one"]);
    publish(&editions, &next).unwrap();
    let next_proof = format!("proof-{}.txt", next.hash());
    assert_eq!(top(folder.path()), ["files", &next_proof, "release.txt"], "others are swept");

    // As it was after the second's proof and before its list.
    let name = format!("proof-{}.txt", first.hash());
    fs::write(folder.path().join("editions").join(&name), own.encode()).unwrap();
    fs::write(&list, before).unwrap();
    let again = Editions::open(folder.path()).unwrap();
    let live = again.live().unwrap();
    assert_eq!((live.hash, &live.proof.plain[..]), (first.hash(), own.encode().as_bytes()));
    publish(&again, &next).unwrap();
    assert_eq!(top(folder.path()), ["files", &next_proof, "release.txt"]);
}

/// What it is called, and what it does to a server's folder.
type Damage<'d> = (&'static str, &'d dyn Fn(&Path));

#[test]
fn what_is_damaged_is_not_served_and_can_be_published_again() {
    let damages: [Damage<'_>; 5] = [
        ("a short list", &|at| {
            fs::write(at.join("release.txt"), "payamgir release 1\n").unwrap();
        }),
        ("another list", &|at| {
            let other = release(1, Hex([0; 32]), &["one", "one"]);
            fs::write(at.join("release.txt"), other.encode()).unwrap();
        }),
        ("a damaged proof", &|at| {
            let proof = format!("proof-{}.txt", release(1, Hex([0; 32]), &["one"]).hash());
            fs::write(at.join(proof), "payamgir proof 1\nstatement !\n").unwrap();
        }),
        ("no files", &|at| fs::remove_dir_all(at.join("files")).unwrap()),
        ("a short file", &|at| {
            fs::write(at.join("files").join(hash_of(b"one").to_string()), "on").unwrap();
        }),
    ];
    for (what, damage) in damages {
        let folder = tempfile::tempdir().unwrap();
        let editions = Editions::open(folder.path()).unwrap();
        editions.keep(b"one").unwrap();
        let first = release(1, Hex([0; 32]), &["one"]);
        publish(&editions, &first).unwrap();
        damage(&folder.path().join("editions"));
        let damaged = Editions::open(folder.path()).err().unwrap_or_else(|| panic!("{what}"));
        assert_eq!(damaged.kind(), io::ErrorKind::InvalidData, "{what}");
        let anew = Editions::empty(folder.path());
        assert!(anew.live().is_none(), "{what}");
        for _ in anew.missing(&first) {
            anew.keep(b"one").unwrap();
        }
        publish(&anew, &first).unwrap();
        assert!(Editions::open(folder.path()).unwrap().live().is_some(), "{what}");
    }
}

#[test]
fn a_compressed_form_that_is_lost_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    publish(&editions, &release(1, Hex([0; 32]), &["one"])).unwrap();
    let gzip = gzipped(&editions.path(&hash_of(b"one")));
    fs::remove_file(&gzip).unwrap();
    assert!(Editions::open(folder.path()).unwrap().live().is_some());
    assert!(gzip.exists());
}

#[test]
fn an_edition_stands_where_editions_stand() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    let at = |path: &str| {
        let path = FilePath::parse(path).unwrap();
        of(1, Hex([0; 32]), vec![File { hash: hash_of(b"one"), size: 3, path }])
    };
    for own in ["offline.html", "words/fa.txt", "fa/index.html", "robots.txt", "readme.txt"] {
        let refused = publish(&editions, &at(own));
        assert!(matches!(refused, Err(NotPublished::Misplaced)), "{own}");
        let bytes = at(own).encode();
        let live = Live::of(&editions.folder, &bytes, b"", &at(own)).unwrap();
        assert!(live.file(own).is_none(), "{own}");
    }
    for good in ["index.html", "404.html", "sitemap.xml", "cover.png", "read/a/b.html"] {
        let folder = tempfile::tempdir().unwrap();
        let editions = Editions::open(folder.path()).unwrap();
        editions.keep(b"one").unwrap();
        publish(&editions, &at(good)).unwrap();
        assert!(editions.live().unwrap().file(good).is_some(), "{good}");
    }
}

#[test]
fn a_server_that_lost_all_takes_up_where_the_desk_is() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    publish(&editions, &release(7, Hex([6; 32]), &["one"])).unwrap();
    assert_eq!(editions.live().unwrap().number, 7);
}

#[test]
fn a_server_that_fell_behind_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    let first = release(1, Hex([0; 32]), &["one"]);
    publish(&editions, &first).unwrap();
    editions.keep(b"three").unwrap();
    // The second was published before a backup was put back here.
    let lost = Hex([5; 32]);
    let beside = release(2, lost, &["three"]);
    assert!(matches!(publish(&editions, &beside), Err(NotPublished::Stale)));
    let third = release(3, lost, &["three"]);
    publish(&editions, &third).unwrap();
    assert!(matches!(publish(&editions, &first), Err(NotPublished::Stale)));
    editions.keep(b"four").unwrap();
    publish(&editions, &release(4, third.hash(), &["four"])).unwrap();
}

#[test]
fn files_say_nothing_of_when_they_came() {
    let folder = tempfile::tempdir().unwrap();
    let editions = Editions::open(folder.path()).unwrap();
    editions.keep(b"one").unwrap();
    publish(&editions, &release(1, Hex([0; 32]), &["one"])).unwrap();
    for name in names(folder.path()) {
        let data = fs::metadata(folder.path().join("editions/files").join(name)).unwrap();
        assert_eq!(data.modified().unwrap(), std::time::SystemTime::UNIX_EPOCH);
    }
}
