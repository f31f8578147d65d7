use payamgir_wire::release::{File, Part};

use super::*;

fn release(number: u64, previous: Hash, pages: &[&str]) -> Release {
    let file = |(at, page): (usize, &&str)| File {
        hash: hash_of(page.as_bytes()),
        size: page.len() as u64,
        path: FilePath::parse(&format!("read/p{at}.html")).unwrap(),
    };
    let files = pages.iter().enumerate().map(file).collect();
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
    fs::write(folder.path().join("editions/release.txt"), "payamgir release 1\n").unwrap();
    let damaged = Editions::open(folder.path()).err().unwrap();
    assert_eq!(damaged.kind(), io::ErrorKind::InvalidData);
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
