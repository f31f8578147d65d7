//! What a source sealed itself: carried by hand, pasted, sent by a messenger. Each is taken once, whoever
//! brings it, and nobody on the way can read or alter it.

mod common;

use std::fs;
use std::process::Output;

use common::browser::{self, Form};
use common::messenger::{accounts, secret, until};
use common::{Place, Server, search, text};
use payamgir_stage::clock::Clock;
use payamgir_stage::telegram::Telegram;
use serde_json::{Value, json};

const WORDS: &str = "zq-carried-canary-3318 نوشته‌ای که کسی با خود آورد";

fn url(server: &Server) -> String {
    format!("http://{}", server.public)
}

/// Seals words into a block.
fn block(place: &Place, server: &Server, words: &str) -> String {
    let file = place.path("words.txt");
    fs::write(&file, words).unwrap();
    let sealed = place.run(&["seal", "--text", &file, "--server", &url(server)]);
    assert!(sealed.status.success(), "{}", text(&sealed.stderr));
    text(&sealed.stdout)
}

/// Seals words and a film into a file.
fn file(place: &Place, server: &Server, name: &str, words: &str, film: &[u8]) -> String {
    let (words_file, film_file, out) =
        (place.path("words.txt"), place.path("zq-film-canary-91.mp4"), place.path(name));
    fs::write(&words_file, words).unwrap();
    fs::write(&film_file, film).unwrap();
    let args = ["seal", &film_file, "--text", &words_file, "--server", &url(server), "--out", &out];
    let sealed = place.run(&args);
    assert!(sealed.status.success(), "{}", text(&sealed.stderr));
    out
}

fn carry(place: &Place, server: &Server, files: &[&str]) -> (Value, Output) {
    let mut args = vec!["carry", "--json", "--server"];
    let url = url(server);
    args.push(&url);
    args.extend(files);
    let output = place.run(&args);
    (serde_json::from_slice(&output.stdout).unwrap_or_default(), output)
}

fn told(new: u64, known: u64, other: u64, damaged: u64) -> Value {
    json!({ "new": new, "known": known, "other": other, "damaged": damaged })
}

#[test]
fn a_file_is_taken_once_however_often_and_by_whomever() {
    let place = Place::new();
    let server = place.serve();
    let film: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
    let one = file(&place, &server, "one.bin", WORDS, &film);
    let two = file(&place, &server, "two.bin", "دیگری", b"short");
    // Nothing of it can be read on the way.
    let found =
        search::within(&fs::read(&one).unwrap(), &["zq-carried-canary-3318", "zq-film-canary-91"]);
    assert!(found.is_empty(), "{found:?}");
    let (first, output) = carry(&place, &server, &[&one]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(first, told(2, 0, 0, 0));
    assert_eq!(carry(&place, &server, &[&one]).0, told(0, 2, 0, 0));
    // A bundle is files joined.
    let bundle = place.path("bundle.bin");
    fs::write(
        &bundle,
        [fs::read(&one).unwrap(), fs::read(&two).unwrap(), fs::read(&two).unwrap()].concat(),
    )
    .unwrap();
    assert_eq!(carry(&place, &server, &[&bundle]).0, told(2, 4, 0, 0));
    server.kill();
    let server = place.serve();
    assert_eq!(carry(&place, &server, &[&two, &one]).0, told(0, 4, 0, 0));
    place.sync(&server);
    assert_eq!(place.list().len(), 2);
    let read = place.read(1).to_string();
    assert!(read.contains("zq-carried-canary-3318") && read.contains("zq-film-canary-91.mp4"));
    assert!(read.contains("carried"));
    assert_eq!(place.verify().0, 0);
    let saved = place.path("saved");
    let output = place.desk(&["read", "1", "--save", &saved]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let files: Vec<_> =
        fs::read_dir(&saved).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(files.contains(&film));
}

#[test]
fn many_couriers_at_once_and_one_copy() {
    let place = Place::new();
    let server = place.serve();
    let film = vec![7; 2_000_000];
    let one = fs::read(file(&place, &server, "one.bin", WORDS, &film)).unwrap();
    let couriers: Vec<_> = (0..8)
        .map(|_| {
            let (one, to) = (one.clone(), server.public);
            std::thread::spawn(move || {
                let form = Form::default()
                    .file("a.bin", "application/octet-stream", &one)
                    .file("b", "", b"");
                form.send(to, "/en/carry").unwrap()
            })
        })
        .collect();
    let answers: Vec<_> = couriers.into_iter().map(|courier| courier.join().unwrap()).collect();
    assert!(answers.iter().all(|answer| answer.status == 200), "{}", answers[0].body);
    let new: u64 =
        answers.iter().map(|answer| count(&answer.body, "<span>New messages</span> <b>")).sum();
    assert_eq!(new, 2);
    place.sync(&server);
    assert_eq!((place.list().len(), blobs(&place)), (1, 1));
}

fn count(page: &str, mark: &str) -> u64 {
    page.split(mark).nth(1).map_or(0, |rest| rest.split('<').next().unwrap().parse().unwrap())
}

fn blobs(place: &Place) -> usize {
    let folder = place.folder.path().join("server/log/blobs");
    fs::read_dir(folder)
        .unwrap()
        .map(|below| fs::read_dir(below.unwrap().path()).unwrap().count())
        .sum()
}

#[test]
fn damage_is_told_and_takes_nothing_with_it() {
    let place = Place::new();
    let server = place.serve();
    let film = vec![9; 500_000];
    let whole = fs::read(file(&place, &server, "one.bin", WORDS, &film)).unwrap();
    let bad = place.path("bad.bin");
    let attempts: [(Vec<u8>, Value); 6] = [
        (whole[..whole.len() - 1].to_vec(), told(1, 0, 0, 1)),
        (whole[..100].to_vec(), told(0, 0, 0, 1)),
        (b"PGS1 and nothing".to_vec(), told(0, 0, 0, 1)),
        (b"just words".to_vec(), told(0, 0, 0, 1)),
        (
            {
                let mut changed = whole.clone();
                let at = whole.len() - 90_000;
                changed[at] ^= 1;
                changed
            },
            told(0, 1, 0, 1),
        ),
        ([&whole[..], b"garbage"].concat(), told(1, 1, 0, 1)),
    ];
    for (bytes, expected) in attempts {
        fs::write(&bad, bytes).unwrap();
        let (tally, output) = carry(&place, &server, &[&bad]);
        assert_eq!(tally, expected);
        assert_eq!(output.status.code(), Some(1));
    }
    place.sync(&server);
    assert_eq!((place.list().len(), blobs(&place)), (1, 1));
    assert_eq!(place.verify().0, 0);
}

/// The same entry with another blob is something else: it keeps nobody's copy out.
#[test]
fn a_courier_who_exchanges_the_film_keeps_nobody_out() {
    let place = Place::new();
    let server = place.serve();
    let whole = fs::read(file(&place, &server, "one.bin", "", &vec![9; 100_000])).unwrap();
    let length = u32::from_be_bytes(whole[36..40].try_into().unwrap()) as usize;
    let entry = whole[40..40 + length].to_vec();
    let head = payamgir_wire::piece::Head {
        epoch: payamgir_wire::hex::Hex(whole[4..36].try_into().unwrap()),
        entry,
        blob: 0,
    };
    let bad = place.path("bad.bin");
    fs::write(&bad, head.alone()).unwrap();
    assert_eq!(carry(&place, &server, &[&bad]).0, told(1, 0, 0, 0));
    assert_eq!(carry(&place, &server, &[&place.path("one.bin")]).0, told(1, 0, 0, 0));
    assert_eq!(carry(&place, &server, &[&place.path("one.bin")]).0, told(0, 1, 0, 0));
    assert_eq!(blobs(&place), 1);
}

/// A row that breaks where a piece ends is not all of it.
#[test]
fn a_line_that_breaks_between_pieces_is_not_said_to_be_all() {
    use std::io::Write;
    let place = Place::new();
    let server = place.serve();
    let whole = fs::read(file(&place, &server, "one.bin", "نوشته", b"film")).unwrap();
    let first = 40 + u32::from_be_bytes(whole[36..40].try_into().unwrap()) as usize + 8 + 32;
    let mut stream = browser::connect(server.public).unwrap();
    let head =
        format!("POST /sealed HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", whole.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&whole[..first]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    // It is told nothing, or that it was not all.
    if let Ok(answer) = browser::answer(stream) {
        assert_ne!(answer.status, 200, "{}", answer.body);
    }
    until("what came whole is there", || {
        place.sync(&server);
        place.list().len() == 1
    });
}

#[test]
fn what_is_for_another_desk_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    let (server, elsewhere) = (place.serve(), other.serve());
    let theirs = file(&other, &elsewhere, "theirs.bin", "برای دیگری", b"film");
    assert_eq!(carry(&place, &server, &[&theirs]).0, told(0, 0, 2, 0));
    let answer =
        Form::text(&block(&other, &elsewhere, "برای دیگری")).send(server.public, "/en/").unwrap();
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("for another desk") && answer.body.contains("BEGIN PAYAMGIR MESSAGE")
    );
    place.sync(&server);
    assert!(place.list().is_empty());
}

#[test]
fn a_block_is_known_whichever_way_it_comes() {
    let (place, stage) = (Place::new(), Telegram::start(Clock::default()));
    secret(&place, "telegram.token", stage.token());
    accounts(&place, "greeting_fa = \"\"", &format!("[[telegram]]\napi = \"{}\"", stage.url()));
    let server = place.serve();
    let block = block(&place, &server, WORDS);
    assert!(block.chars().count() < 4096, "{}", block.chars().count());
    // By a messenger, with words around it.
    stage.inject_from(901, json!({ "text": format!("این را کسی داد\n{block}") }));
    until("it is acknowledged", || stage.pending() == 0);
    // By the form for words, and as a courier pastes it.
    let answer =
        Form::text(&format!("{block}\nو این هم از من")).send(server.public, "/fa/").unwrap();
    assert_eq!(answer.status, 200);
    // What stood apart stays apart, and eight words are not said to be in what was sealed elsewhere.
    let around = Form::text(&format!("پیش از آن\n{block}\nپس از آن"));
    assert_eq!(around.send(server.public, "/fa/").unwrap().status, 200);
    let eight = "tulip avocado tiger doctor dancer sandal octopus napkin";
    let apart = Form::text(&block).field("codename", eight).field("answerable", "1");
    let apart = apart.send(server.public, "/en/").unwrap();
    assert!(apart.body.contains("The eight words are not in a message that was sealed elsewhere"));
    let answer = Form::default()
        .field("text", &block.replace('-', "—"))
        .send(server.public, "/en/carry")
        .unwrap();
    assert!(answer.body.contains("<span>Here already</span> <b>1</b>"), "{}", answer.body);
    let saved = place.path("block.txt");
    fs::write(&saved, &block).unwrap();
    assert_eq!(carry(&place, &server, &[&saved]).0, told(0, 1, 0, 0));
    place.sync(&server);
    let all: Vec<String> = place
        .list()
        .iter()
        .map(|row| place.read(row["number"].as_u64().unwrap()).to_string())
        .collect();
    assert_eq!(all.len(), 4);
    assert_eq!(all.iter().filter(|one| one.contains("zq-carried-canary-3318")).count(), 1);
    assert!(all.iter().all(|one| !one.contains("BEGIN PAYAMGIR")));
    assert!(all.iter().any(|one| one.contains("این را کسی داد")));
    assert!(all.iter().any(|one| one.contains("و این هم از من")));
    let apart = |one: &String| {
        one.contains("پیش از آن\\n\\nپس از آن") || one.contains("پیش از آن\\n\\n\\nپس از آن")
    };
    assert!(all.iter().any(apart), "{all:?}");
}

#[test]
fn a_damaged_block_is_given_back() {
    let place = Place::new();
    let server = place.serve();
    let block = block(&place, &server, WORDS);
    let cut: String = block.chars().take(1500).collect();
    let answer = Form::text(&format!("سلام\n{cut}")).send(server.public, "/en/").unwrap();
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("damaged or not whole") && answer.body.contains("سلام"));
    place.sync(&server);
    assert!(place.list().is_empty());
}

/// What anybody can seal is not taken for the server's word.
#[test]
fn nobody_can_seal_what_the_server_would_say() {
    use payamgir_seal::{Recipient, seal_entry};
    use payamgir_wire::desk_key::DeskKey;
    use payamgir_wire::hex::Hex;
    use payamgir_wire::piece::Head;
    use payamgir_wire::{Channel, Entry, Origin, Outcome, Part, State};
    use zeroize::Zeroizing;

    let place = Place::new();
    let server = place.serve();
    let key = browser::get(server.public, "/key", "").unwrap();
    let key = DeskKey::read(&key.body).unwrap();
    let recipient: Recipient = key.recipient.parse().unwrap();
    let origin = Origin {
        route: Some(Zeroizing::new("r".into())),
        person: Some(Hex([5; 16])),
        sender: Some(Zeroizing::new("zq-forged-name".into())),
        ..Origin::default()
    };
    let parts = [
        Part::Text(Zeroizing::new("forged".into())),
        Part::Outcome(Outcome { state: State::Read, reason: None, code: None }),
        Part::Deletion(None),
    ];
    let mut pieces = vec![];
    for (index, part) in (0..).zip(parts) {
        let entry = Entry {
            group: Hex([3; 16]),
            index,
            arrived: 1,
            channel: Channel::Telegram,
            language: "fa".into(),
            alias: Some(Zeroizing::new("zq-forged-alias".into())),
            revises: Some(0),
            origin: Some(Box::new(origin.clone())),
            part,
        };
        let entry = seal_entry(&recipient, &entry.encode().unwrap()).unwrap();
        pieces.extend(Head { epoch: key.epoch, entry, blob: 0 }.alone());
    }
    let bad = place.path("forged.bin");
    fs::write(&bad, pieces).unwrap();
    assert_eq!(carry(&place, &server, &[&bad]).0, told(3, 0, 0, 0));
    place.sync(&server);
    let read = place.read(1).to_string();
    assert!(read.contains("forged") && read.contains("carried"));
    for word in ["zq-forged-alias", "zq-forged-name", "telegram", "deletion"] {
        assert!(!read.contains(word), "{word} in {read}");
    }
}

/// What the desk prints is what the page, the key's file and the program say.
#[test]
fn the_key_has_the_same_words_everywhere() {
    let place = Place::new();
    let server = place.serve();
    place.sync(&server);
    let members: Value =
        serde_json::from_slice(&place.desk(&["members", "--json"]).stdout).unwrap();
    for lang in ["fa", "en"] {
        let words = members[format!("key_{lang}")].as_str().unwrap();
        assert_eq!(words.split(' ').count(), 8);
        for page in [format!("/{lang}/"), format!("/{lang}/offline.html")] {
            let page = browser::get(server.public, &page, "").unwrap().body;
            assert!(page.contains(&format!("<bdi>{words}</bdi>")), "{words}");
        }
        let (file, dir) = (place.path("words.txt"), place.path("server"));
        fs::write(&file, "x").unwrap();
        let sealed =
            place.run(&["--lang", lang, "seal", "--text", &file, "--server", &url(&server)]);
        assert!(text(&sealed.stderr).contains(words));
        // The page that is carried is the same, whoever gives it.
        let served =
            browser::get(server.public, &format!("/{lang}/offline.html"), "").unwrap().body;
        let printed = place.run(&["offline-page", "--dir", &dir, "--page", lang]);
        assert!(printed.status.success(), "{}", text(&printed.stderr));
        assert_eq!(text(&printed.stdout), served);
    }
}

#[test]
fn couriers_are_told_what_is_wrong() {
    let place = Place::new();
    let server = place.serve();
    for (args, code) in [
        (vec!["carry", "none.bin", "--server", "http://127.0.0.1:1"], 1),
        (vec!["carry", "none.bin"], 2),
        (vec!["seal", "--server", "example.org", "--text", "x"], 1),
        (vec!["seal", "--text", "x"], 2),
        (vec!["seal", "--server", "http://127.0.0.1:1"], 1),
    ] {
        assert_eq!(place.run(&args).status.code(), Some(code), "{args:?}");
    }
    let key = place.path("key.txt");
    fs::write(&key, "payamgir key 1\n").unwrap();
    assert_eq!(place.run(&["seal", "--key", &key, "--text", &key]).status.code(), Some(1));
    let shown = browser::get(server.public, "/key", "").unwrap().body;
    fs::write(&key, &shown).unwrap();
    let sealed = place.run(&["--lang", "en", "seal", "--key", &key, "--text", &key]);
    assert!(sealed.status.success());
    assert!(text(&sealed.stderr).contains("Sealing to this key:"));
    // A key whose hash is another's is refused.
    let epoch = shown.lines().nth(2).unwrap();
    fs::write(&key, shown.replace(epoch, &epoch.replace(&epoch[6..10], "0000"))).unwrap();
    assert_eq!(place.run(&["seal", "--key", &key, "--text", &key]).status.code(), Some(1));
}
