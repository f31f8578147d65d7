//! The desk's window: who is heard, what it leaves on the disk and in memory, and its alarm.

mod common;

use std::path::Path;

use common::browser::Form;
use common::room::{PASSPHRASE, Window, remembers};
use common::{Place, Server, skipped};

const TEXT: &str = "zq-room-text-canary-8841 رازِ اتاق";
const NAME: &str = "zq-room-name-canary-1177.jpg";
const CONTENT: &[u8] = b"zq-room-content-canary-6620";
const NOTE: &str = "zq-room-note-canary-3390";
const REPLY: &str = "zq-room-reply-canary-5512";
const LABEL: &str = "zq-room-label-4471";

fn submitted() -> (Place, Server) {
    let place = Place::new();
    let server = place.serve();
    let form = Form::text(TEXT).file(NAME, "image/jpeg", CONTENT);
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    place.sync(&server);
    (place, server)
}

#[test]
fn only_the_browser_that_was_started_is_heard() {
    let (place, _server) = submitted();
    let mut window = Window::start(&place, &place.path("desk"));
    let guessed = window.get("/en/");
    assert_eq!(guessed.status, 403, "a guessed port");
    assert!(!guessed.text().contains("form"));
    assert_eq!(window.get("/enter?key=00").status, 403);
    assert_eq!(window.enter().status, 200);
    assert_eq!(window.enter().status, 403, "the way in is used once");
    let with = |fields: &[(&str, &str)]| window.ask("GET", "/en/lock", fields, "").status;
    let port = window.at.port();
    assert_eq!(with(&[]), 200);
    assert_eq!(with(&[("Host", &format!("desk.attacker.example:{port}"))]), 403, "DNS rebinding");
    assert_eq!(with(&[("Host", &format!("localhost:{port}"))]), 403);
    assert_eq!(with(&[("Sec-Fetch-Site", "cross-site")]), 403);
    assert_eq!(with(&[("Sec-Fetch-Site", "same-site")]), 403, "another program on this machine");
    assert_eq!(with(&[("Cookie", &format!("payamgir-{port}=00"))]), 403);
    let form = format!("passphrase={}", PASSPHRASE.replace(' ', "+"));
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let foreign = [
        "http://attacker.example".to_owned(),
        "null".into(),
        format!("http://127.0.0.1:{}", port ^ 1),
    ];
    for origin in foreign.iter().map(String::as_str).chain([""]) {
        let forged = window.ask("POST", "/en/unlock", &[("Origin", origin), kind], &form);
        assert_eq!(forged.status, 403, "a form of {origin:?}");
    }
    assert!(window.get("/en/lock").text().contains("passphrase"), "nobody opened it meanwhile");
    let head = window.get("/en/lock").head;
    for field in [
        "content-security-policy: default-src 'none'",
        "cache-control: no-store",
        "x-frame-options: DENY",
    ] {
        assert!(head.contains(field), "{field}");
    }
}

#[test]
fn another_user_of_the_machine_is_not_even_answered() {
    let (place, _server) = submitted();
    let mut window = Window::start(&place, &place.path("desk"));
    window.enter();
    let ask = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{} && printf 'GET /en/lock HTTP/1.1\\r\\nHost: {}\\r\\nCookie: {}\\r\\n\
         Connection: close\\r\\n\\r\\n' >&3 && timeout 5 cat <&3",
        window.at.port(),
        window.at,
        window.cookie
    );
    let as_user = |before: &[&str]| {
        let all = [before, &["bash", "-c", &ask]].concat();
        let asked = std::process::Command::new(all[0]).args(&all[1..]).output();
        asked.map(|asked| (common::text(&asked.stdout), common::text(&asked.stderr)))
    };
    assert!(as_user(&["env"]).unwrap().0.starts_with("HTTP/1.1 200"), "asked the same way by us");
    let other = as_user(&["setpriv", "--reuid=65534", "--clear-groups"]);
    let Ok((said, error)) = other else { return skipped("no setpriv") };
    if error.contains("setpriv") {
        return skipped("not allowed to become another user");
    }
    assert_eq!(said, "", "with the very cookie");
    assert_eq!(window.get("/en/lock").status, 200, "and we still are");
}

#[test]
fn nothing_opened_is_on_the_disk_and_nothing_is_left_in_memory_once_locked() {
    let (place, server) = submitted();
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    let room = window.room().unwrap();
    window.until("/en/?c=1", |said| {
        said.text().contains(TEXT) && !said.text().contains("Not here yet")
    });
    window.post("/en/do", &format!("do=note&id=1&text={NOTE}&back=/en/"));
    window.post("/en/do", &format!("do=draft&id=1&text={REPLY}&back=/en/"));
    window.post("/en/do", &format!("do=label&id=1&label={LABEL}&back=/en/"));
    let page = window.get("/en/?c=1").text();
    assert!(page.contains(NOTE) && page.contains(REPLY) && page.contains(LABEL));
    assert!(window.get("/en/?q=zq-room-text").text().contains("<mark>"));
    assert_eq!(window.get("/copy/2").status, 422, "not a picture");
    let saved = window.post("/en/save/2", "how=original");
    assert_eq!(saved.body, CONTENT);
    let seed = hex_of_identity();
    let secrets: [&[u8]; 5] = [TEXT.as_bytes(), NOTE.as_bytes(), REPLY.as_bytes(), CONTENT, &seed];
    let readable = remembers(room, TEXT.as_bytes());
    if let Some(found) = readable {
        assert!(found, "the search finds what is there");
    }
    let while_open =
        plain_in(Path::new(&place.path("desk"))).into_iter().chain(plain_in(&place.temp()));
    assert_eq!(while_open.collect::<Vec<_>>(), [""; 0]);
    window.post("/en/lock", "");
    window.until("/en/lock", |said| said.status == 200 && said.text().contains("passphrase"));
    let next = window.room().unwrap();
    assert_ne!(room, next);
    assert!(!Path::new(&format!("/proc/{room}")).exists(), "the process is gone");
    match readable {
        None => skipped("the memory of a process may not be read"),
        Some(_) => {
            for secret in secrets {
                for pid in [next, window.child.id()] {
                    assert_eq!(remembers(pid, secret), Some(false), "left in memory");
                }
            }
        }
    }
    assert_eq!(window.get("/en/?c=1").status, 303, "to the door");
    assert_eq!(window.get("/play/2").status, 401);
    assert_eq!(plain_in(Path::new(&place.path("desk"))), [""; 0]);
    // What was done is in the log, or will be: it was kept before it was shown.
    window.post("/en/unlock", &format!("passphrase={}", PASSPHRASE.replace(' ', "+")));
    let page = window.until("/en/?c=1", |said| said.status == 200).text();
    assert!(page.contains(NOTE) && page.contains(REPLY) && page.contains(LABEL));
    drop(server);
}

/// The first half of the seed that the tests' founder has (see `Place::within`).
fn hex_of_identity() -> Vec<u8> {
    vec![7; 32]
}

/// Files that hold a canary in the clear.
fn plain_in(folder: &Path) -> Vec<String> {
    let canaries: [&[u8]; 6] = [
        TEXT.as_bytes(),
        NAME.as_bytes(),
        CONTENT,
        NOTE.as_bytes(),
        REPLY.as_bytes(),
        LABEL.as_bytes(),
    ];
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(plain_in(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let name = path.display().to_string();
            let holds = |canary: &&[u8]| memchr::memmem::find(&bytes, canary).is_some();
            found.extend(canaries.iter().filter(|canary| holds(canary)).map(|_| name.clone()));
        }
    }
    found
}

#[test]
fn a_wrong_passphrase_is_said_calmly_and_the_right_one_opens() {
    let (place, _server) = submitted();
    let mut window = Window::start(&place, &place.path("desk"));
    window.enter();
    window.post("/en/unlock", "passphrase=wrong");
    let said = window.until("/en/lock", |said| said.text().contains("id=\"wrong\"")).text();
    assert!(!said.contains("payamgir:") && !said.contains("Err("), "{said}");
    window.post("/en/unlock", &format!("passphrase={}", PASSPHRASE.replace(' ', "+")));
    window.until("/en/", |said| said.status == 200);
}

#[test]
fn a_log_that_shrank_or_forked_cannot_be_missed_and_ends_the_syncing() {
    for (word, another) in [("shrank", None), ("forked", Some("three"))] {
        let place = Place::new();
        let server = place.serve();
        Form::text("one").send(server.public, "/fa/").unwrap();
        let private = server.private;
        server.stop();
        copy(Path::new(&place.path("server")), Path::new(&place.path("old")));
        let server = place.serve_at(private);
        Form::text("two").send(server.public, "/fa/").unwrap();
        place.sync(&server);
        server.stop();
        std::fs::remove_dir_all(place.path("server")).unwrap();
        std::fs::rename(place.path("old"), place.path("server")).unwrap();
        let server = place.serve_at(private);
        if let Some(another) = another {
            Form::text(another).send(server.public, "/fa/").unwrap();
        }
        alarms(&place, word);
        server.stop();
        // Now nothing answers; and the desk has been locked and opened anew.
        let mut window = Window::start(&place, &place.path("desk"));
        window.unlock();
        assert!(strip(&window.get("/en/").text()).contains(word), "it stands");
        window.post("/en/alarm", "");
        assert!(window.get("/en/alarm").text().contains("There is no alarm"), "looked into");
    }
}

fn alarms(place: &Place, word: &str) {
    let mut window = Window::start(place, &place.path("desk"));
    window.unlock();
    let page = window.until("/en/", |said| said.text().contains("data-state=\"alarm\"")).text();
    assert!(strip(&page).contains(word) && !strip(&page).contains("hidden"), "without a script");
    assert!(window.get("/en/alarm").text().contains(word));
    assert!(window.get("/status?lang=en").text().contains(word), "and for the script");
    assert!(window.get("/en/?c=1").text().contains("one"), "reading goes on");
}

/// The strip of the alarm, with what stands in it.
fn strip(page: &str) -> String {
    let from = page.split("id=\"alarm\"").nth(1).unwrap();
    from.split("</strong>").next().unwrap().to_owned()
}

#[test]
fn who_locks_comes_back_to_where_they_were() {
    let (place, _server) = submitted();
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    window.post("/en/lock", "to=%2Fen%2F%3Fview%3Dall%26c%3D1");
    let closed = window.until("/en/?view=all&c=1", |said| said.status == 303);
    let door = closed.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert_eq!(door, "/en/lock?to=%2Fen%2F%3Fview%3Dall%26c%3D1");
    assert!(window.get(door).text().contains("value=\"/en/?view=all&amp;c=1\""));
    let form = |to: &str| format!("to={to}&passphrase={}", PASSPHRASE.replace(' ', "+"));
    window.post("/en/unlock", &form("%2Fen%2F%3Fview%3Dall%26c%3D1"));
    let open = window.until(door, |said| said.status == 303);
    assert!(open.head.contains("location: /en/?view=all&c=1"), "{}", open.head);
    let elsewhere = window.get("/en/lock?to=https%3A%2F%2Fattacker.example%2F");
    assert!(elsewhere.head.contains("location: /en/\r\n"), "nowhere else: {}", elsewhere.head);
}

#[test]
fn a_desk_left_alone_locks_itself() {
    let (place, _server) = submitted();
    let mut window = Window::start_with(&place, &place.path("desk"), &["--lock-after", "1"]);
    window.unlock();
    let room = window.room().unwrap();
    let begun = std::time::Instant::now();
    // The script's asking is nobody's doing.
    while Path::new(&format!("/proc/{room}")).exists() {
        assert!(begun.elapsed().as_secs() < 180, "it stands open");
        window.get("/status");
        std::thread::sleep(std::time::Duration::from_secs(2));
    }
    assert!(begun.elapsed().as_secs() >= 50, "not before its time");
    window.until("/en/", |said| said.status == 303);
}

/// Playing, looking for facts and cleaning leave nothing either; nor does a sealed export.
#[test]
fn attachments_that_are_looked_at_leave_nothing_on_the_disk_or_in_memory() {
    if !["ffmpeg", "mat2", "bwrap"].iter().all(|tool| common::has_tool(tool)) {
        return;
    }
    let place = Place::new();
    let server = place.serve();
    let voice = place.path("voice.ogg");
    let (tone, title) = ("sine=frequency=440:duration=2", format!("title={NOTE}"));
    let args = ["-v", "error", "-f", "lavfi", "-i", tone, "-metadata", &title, &voice];
    assert!(std::process::Command::new("ffmpeg").args(args).status().unwrap().success());
    let bytes = std::fs::read(&voice).unwrap();
    std::fs::remove_file(&voice).unwrap();
    let form = Form::text(TEXT).file(NAME, "audio/ogg", &bytes);
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    place.sync(&server);
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    let room = window.room().unwrap();
    window.until("/en/?c=1", |said| !said.text().contains("Not here yet"));
    assert_eq!(window.get("/play/2").body, bytes);
    assert!(window.get("/en/facts/1").text().contains(NOTE));
    let told = window.post("/en/save/2", "how=clean").text();
    assert!(
        told.contains("The copy keeps something") && !told.contains(NOTE),
        "the encoder's mark"
    );
    let clean = window.post("/en/save/2", "how=anyway");
    assert!(clean.body.starts_with(b"OggS"));
    assert!(memchr::memmem::find(&clean.body, NOTE.as_bytes()).is_none());
    let desk = place.path("desk");
    let now = || [plain_in(Path::new(&desk)), plain_in(&place.temp())].concat();
    assert_eq!(now(), [""; 0]);
    window.post("/en/lock", "");
    window.until("/en/lock", |said| said.status == 200 && said.text().contains("passphrase"));
    assert!(!Path::new(&format!("/proc/{room}")).exists());
    for pid in [window.room().unwrap(), window.child.id()] {
        assert_ne!(remembers(pid, NOTE.as_bytes()), Some(true));
    }
    drop(window);
    let sealed = place.path("out.age");
    assert!(place.desk(&["export", "--age", &sealed]).status.success());
    assert_eq!(now(), [""; 0]);
    let sealed = std::fs::read(sealed).unwrap();
    assert!(
        [TEXT, NAME, NOTE].iter().all(|c| memchr::memmem::find(&sealed, c.as_bytes()).is_none())
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn what_is_erased_is_gone_here_and_at_the_server_and_the_gap_is_shown() {
    let (place, server) = submitted();
    Form::text("another that stays").send(server.public, "/fa/").unwrap();
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    window.until("/en/?c=1", |said| {
        said.text().contains(TEXT) && !said.text().contains("Not here yet")
    });
    window.post("/en/do", "do=erase&id=1&confirm=2&back=/en/");
    assert_eq!(window.get("/en/?c=1").status, 200, "another number was typed");
    window.post("/en/do", "do=erase&id=1&confirm=%DB%B1&back=/en/");
    window.until("/en/?c=1", |said| said.status == 404);
    let audit = window.get("/en/audit").text();
    assert!(audit.contains("asked for erasing") && audit.contains("Erased; the gap stays"));
    assert!(!window.get("/en/?view=all").text().contains("zq-room-text"));
    window.until("/en/?view=all", |said| said.text().contains("another that stays"));
    drop(window);
    let records = |folder: &str| {
        let reader = payamgir_log::Reader::open(Path::new(&place.path(folder))).unwrap();
        [1, 2].map(|record| {
            let row = reader.row(record).unwrap();
            let record = payamgir_log::Record::decode(&row.record).unwrap();
            let blobs = record.blobs.iter().filter(|blob| reader.blob(&blob.hash).is_ok()).count();
            (row.erased, row.body.is_some(), blobs)
        })
    };
    assert_eq!(records("server/log"), [(true, false, 0); 2]);
    assert_eq!(records("desk/log"), [(true, false, 0); 2]);
    assert_eq!(place.verify().0, 0, "the tree verifies with its gap");
    let own = place.desk(&["verify"]);
    assert!(own.status.success(), "and so does the desk's copy: {}", common::text(&own.stdout));
}
