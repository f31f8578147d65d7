//! Someone takes the disk. Nothing on it says what was sent, by whom, or how.
//!
//! Every path that takes something from a source is driven with canaries in everything it takes;
//! then all that the server left behind is searched for them in every likely encoding. A path
//! added later is added here. The test never gets weaker.

mod common;

use common::browser::{self, Form, connect, end, file_head};
use common::search::encodings;
use common::{Dice, Place, Server, search};
use std::io::Write;

/// What a source gives away. Each is long and odd enough that finding it is no accident; those
/// with other than ASCII letters are searched in UTF-8 and UTF-16.
const TEXT: &str = "رازِ کاناری ۷۳۱۹ zq-text-canary-5527";
const KEPT: &str = "zq-kept-canary-8812 نوشته‌ای که پذیرفته نشد";
const CONTENT: &str = "zq-content-canary-4471";
const NAME: &str = "zq-نام-canary-2290.jpg";
const MEDIA_TYPE: &str = "image/zq-type-canary-6634";
const FIELD: &str = "zq-field-canary-9903";
const AGENT: &str = "zq-agent-canary-1156/1.0";
const LANGUAGE: &str = "fa-x-zqlangcanary";
const ADDRESS: &str = "127.113.97.51";
const FORWARDED: &str = "203.0.113.197";
const PATH: &str = "zq-path-canary-3348";
const COOKIE: &str = "zq-cookie-canary-7760";
const REFERER: &str = "https://zq-referer-canary-1412.example/";

/// Words of a codename, as they were typed; four of them together are no accident.
const CODENAME: &str = "window garden yellow ladder bottle mountain pencil winter";
const CODEWORDS: &str = "window garden yellow ladder";
/// In an upload that is never whole. What its sender should have sealed and did not is not on the disk
/// once it has expired or was ended; while it is on its way the server cannot know what it is.
const CHECKSUM: &str = "zq-checksum-canary-3107";

const CANARIES: [&str; 15] = [
    TEXT, KEPT, CONTENT, NAME, MEDIA_TYPE, FIELD, AGENT, LANGUAGE, ADDRESS, FORWARDED, PATH,
    COOKIE, REFERER, CODEWORDS, CHECKSUM,
];

#[test]
fn the_disk_tells_nothing() {
    let place = small_place();
    let server = place.serve();
    drive(&server);
    search_nothing(&place, &server, "while running");
    // What was taken is really there, and the desk reads it: the search was not of nothing.
    place.sync(&server);
    let list = place.list();
    let read = |n: usize| place.read(list[n]["number"].as_u64().unwrap()).to_string();
    assert!(read(0).contains(TEXT) && read(0).contains(NAME));
    // A connection still sending when the server is told to stop.
    let mut half = half_sent(&server);
    let said = server.stop();
    let _ = half.write_all(b"late");
    assert!(finds(said.as_bytes()).is_empty(), "said: {:?}", finds(said.as_bytes()));
    let found = search(place.folder.path().join("server").as_path());
    assert!(found.is_empty(), "after stopping: {found:?}");
    let found = search(&place.temp());
    assert!(found.is_empty(), "temp files: {found:?}");
}

#[test]
fn the_disk_tells_nothing_after_a_kill() {
    let place = small_place();
    let server = place.serve();
    drive(&server);
    let _half = half_sent(&server);
    server.kill();
    let found = search(place.folder.path().join("server").as_path());
    assert!(found.is_empty(), "{found:?}");
    // Nor after the next start has settled what the kill left.
    let server = place.serve();
    search_nothing(&place, &server, "after a restart");
}

/// The search finds a canary in any file and any encoding: otherwise finding none means nothing.
#[test]
fn the_search_finds_what_is_planted() {
    for canary in CANARIES {
        for (encoding, bytes) in encodings(canary) {
            let folder = tempfile::tempdir().unwrap();
            let mut dice = Dice(canary.len() as u64 + 1);
            let planted = [dice.bytes(70_001), bytes, dice.bytes(9_999)].concat();
            std::fs::create_dir(folder.path().join("deep")).unwrap();
            std::fs::write(folder.path().join("deep/file"), planted).unwrap();
            assert!(!search(folder.path()).is_empty(), "{encoding} of a canary is not found");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(NAME), b"").unwrap();
    assert!(!search(folder.path()).is_empty(), "a canary as a file's name is not found");
}

/// A server that kept the words would be caught: the same search over an unsealed copy in a
/// SQLite file and its WAL.
#[test]
fn the_search_finds_what_a_database_holds() {
    let folder = tempfile::tempdir().unwrap();
    let database = rusqlite::Connection::open(folder.path().join("log.db")).unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    database.execute("CREATE TABLE t (words TEXT)", []).unwrap();
    database.execute("INSERT INTO t VALUES (?1)", [TEXT]).unwrap();
    assert!(!search(folder.path()).is_empty());
    // Deleted without secure_delete, it is still on a free page.
    database.execute("DELETE FROM t", []).unwrap();
    assert!(!search(folder.path()).is_empty());
}

/// Limits that small forms reach.
fn small_place() -> Place {
    let place = Place::new();
    for (key, value) in
        [("file_mib", "1"), ("files", "4"), ("text_chars", "200"), ("stop_seconds", "1")]
    {
        place.configure(key, value);
    }
    place
}

fn search_nothing(place: &Place, server: &Server, when: &str) {
    let found = search(place.folder.path().join("server").as_path());
    assert!(found.is_empty(), "{when}: {found:?}");
    let said = server.said.lock().unwrap().clone();
    assert!(finds(said.as_bytes()).is_empty(), "{when} it said {:?}", finds(said.as_bytes()));
    let found = search(&place.temp());
    assert!(found.is_empty(), "{when} in temp files: {found:?}");
}

/// Every path there is.
fn drive(server: &Server) {
    let file = format!("{CONTENT} ").repeat(3000);
    let whole = Form::text(TEXT).field(FIELD, FIELD).file(NAME, MEDIA_TYPE, file.as_bytes()).file(
        NAME,
        "video/mp4",
        file.repeat(8).as_bytes(),
    );
    assert_eq!(send(server, &whole).status, 200);
    let refusals = [
        (Form::text(&KEPT.repeat(20)), 413),
        (Form::text("  ").field(FIELD, FIELD), 422),
        (Form::text(TEXT).file(NAME, MEDIA_TYPE, file.repeat(20).as_bytes()), 413),
        ((0..6).fold(Form::text(TEXT), |f, _| f.file(NAME, MEDIA_TYPE, CONTENT.as_bytes())), 413),
    ];
    for (form, status) in refusals {
        assert_eq!(send(server, &form).status, status);
    }
    malformed(server);
    come_back(server);
    sealed_by_hand(server);
    uploads(server);
    receipts_and_passes(server);
    drop(half_sent(server));
    let fields = canary_fields();
    for path in [format!("/{PATH}"), format!("/fa/?{PATH}={PATH}"), format!("/fa/{PATH}%00")] {
        browser::get(server.public, &path, &fields).unwrap();
    }
    strangers_at_the_desk(server);
}

/// Bodies that are not forms, heads that are not heads.
fn malformed(server: &Server) {
    let long = format!("{CONTENT}{}", "x".repeat(600_000));
    let bodies = [
        (Form::text(TEXT).open_body().to_vec(), "multipart/form-data; boundary=other"),
        (format!("text={TEXT}").into_bytes(), "application/x-www-form-urlencoded"),
        (
            format!("--{}\r\n{long}", browser::BOUNDARY).into_bytes(),
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
        ),
        (vec![0xff; 1000], "multipart/form-data"),
    ];
    for (body, kind) in bodies {
        let head = format!(
            "POST /en/ HTTP/1.1\r\nHost: {PATH}\r\nConnection: close\r\n{}Content-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            canary_fields(),
            body.len()
        );
        let mut stream = connect(server.public).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        let answer = browser::answer(stream).unwrap();
        assert!((400..500).contains(&answer.status), "{} for {kind}", answer.status);
    }
    let mut raw = connect(server.public).unwrap();
    raw.write_all(format!("{PATH} {CONTENT}\r\n\r\n").as_bytes()).unwrap();
    let _ = browser::answer(raw);
}

/// A codename is sent along, brought back, mistyped; an answer to nobody is removed.
fn come_back(server: &Server) {
    let with = Form::text(TEXT).field("codename", CODENAME).field("answerable", "1");
    let thanks = send(server, &with);
    assert_eq!(thanks.status, 200);
    assert_eq!(thanks.body.matches("<ol class=\"eight\">").count(), 1, "the words were taken");
    let strange = Form::text(TEXT).field("codename", KEPT).field("answerable", "1");
    assert_eq!(send(server, &strange).status, 200);
    for typed in [CODENAME, KEPT, &CODENAME.replace(' ', "%0A"), &TEXT.repeat(90)] {
        let body = format!("codename={typed}&remove=07070707070707070707070707070707&x={FIELD}");
        let answer =
            post(server, "/en/answers", "application/x-www-form-urlencoded", "", body.as_bytes());
        assert!([200, 400, 422].contains(&answer.status), "{}", answer.status);
    }
    for path in ["/answers", "/answers/remove"] {
        for body in [&[7; 32][..], &[7; 48], TEXT.as_bytes()] {
            post(server, path, "application/octet-stream", "", body);
        }
    }
}

/// What people paste and carry that is no sealed message, and where they carry it.
fn sealed_by_hand(server: &Server) {
    let block = format!("{TEXT} -----BEGIN PAYAMGIR MESSAGE----- {KEPT}");
    assert_eq!(send(server, &Form::text(&block)).status, 422);
    let carried = Form::default().field("text", &block).file(NAME, MEDIA_TYPE, CONTENT.as_bytes());
    assert_eq!(post(server, "/fa/carry", FORM_TYPE, "", &carried.body()).status, 422);
    let almost = [b"PGS1", KEPT.as_bytes()].concat();
    for body in [TEXT.as_bytes(), &almost] {
        assert_eq!(post(server, "/sealed", MEDIA_TYPE, "", body).status, 422);
    }
    let fields = format!("Upload: /upload/{PATH}\r\nBlob: {FIELD}\r\n");
    assert_eq!(post(server, "/sealed", MEDIA_TYPE, &fields, TEXT.as_bytes()).status, 400);
}

/// Receipts and passes asked for with canaries; what is typed as one is nowhere.
fn receipts_and_passes(server: &Server) {
    let asked = Form::text(TEXT).field("receipt", "1").field("pass", CODENAME);
    let sent = send(server, &asked);
    assert!(sent.status == 200 && sent.body.contains("data-receipt"));
    for typed in [CODENAME, KEPT, "1234"] {
        let body = format!("receipt={typed}&x={FIELD}");
        let form = "application/x-www-form-urlencoded";
        assert_eq!(post(server, "/fa/receipt", form, "", body.as_bytes()).status, 422);
        assert_eq!(post(server, "/receipt", MEDIA_TYPE, "", typed.as_bytes()).status, 422);
    }
    assert_eq!(post(server, "/receipts", MEDIA_TYPE, "", TEXT.as_bytes()).status, 400);
    let fields = format!("Pass: {FIELD}\r\nProof: {FIELD}\r\n");
    assert_eq!(post(server, "/sealed", MEDIA_TYPE, &fields, TEXT.as_bytes()).status, 422);
}

/// Uploads with canaries in all that is said of them; what is ended leaves nothing.
fn uploads(server: &Server) {
    let said = format!(
        "Tus-Resumable: 1.0.0\r\nUpload-Length: 9000\r\nUpload-Metadata: filename {FIELD},type {AGENT}\r\n"
    );
    let made = post(server, "/upload", MEDIA_TYPE, &said, b"");
    assert_eq!(made.status, 201);
    let path = browser::field(&made.head, "location").unwrap().to_owned();
    let more = format!(
        "Tus-Resumable: 1.0.0\r\nX-HTTP-Method-Override: PATCH\r\nUpload-Offset: 0\r\nUpload-Checksum: sha256 {CHECKSUM}\r\n"
    );
    assert_eq!(
        post(server, &path, "application/offset+octet-stream", &more, CONTENT.as_bytes()).status,
        400
    );
    let more = more.replace(&format!("Upload-Checksum: sha256 {CHECKSUM}\r\n"), "");
    assert_eq!(
        post(server, &path, "application/offset+octet-stream", &more, CONTENT.as_bytes()).status,
        204
    );
    let end = "Tus-Resumable: 1.0.0\r\nX-HTTP-Method-Override: DELETE\r\n";
    assert_eq!(post(server, &path, MEDIA_TYPE, end, b"").status, 204);
    post(server, &format!("/upload/{PATH}"), MEDIA_TYPE, end, b"");
}

const FORM_TYPE: &str = "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// Posts from the canary's address, with canaries in every field there is.
fn post(server: &Server, path: &str, kind: &str, fields: &str, body: &[u8]) -> browser::Answer {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {PATH}\r\nConnection: close\r\n{}{fields}Content-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n",
        canary_fields(),
        body.len()
    );
    let mut stream = from_canary_address(server);
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body);
    browser::answer(stream).unwrap()
}

/// The desk's address takes canaries too.
fn strangers_at_the_desk(server: &Server) {
    let signed = format!("Signature: {FIELD}\r\nSignature-Input: {FIELD}\r\n{}", canary_fields());
    for path in ["/desk/1/log?from=0&to=9", &format!("/desk/1/blob/{PATH}"), "/healthz", "/readyz"]
    {
        browser::get(server.private, path, &signed).unwrap();
    }
}

fn send(server: &Server, form: &Form) -> browser::Answer {
    let body = form.body();
    let mut stream = from_canary_address(server);
    let head = browser::head("/fa/", body.len() as u64);
    let head = head.replace("Host:", &format!("{}Host:", canary_fields()));
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    browser::answer(stream).unwrap()
}

/// A connection from an address that is a canary itself.
fn from_canary_address(server: &Server) -> std::net::TcpStream {
    use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let from = std::net::SocketAddr::new(ADDRESS.parse().unwrap(), 0);
    bind(&socket, &from).unwrap();
    connect(&socket, &server.public).unwrap();
    socket.into()
}

/// A text and the first part of a film; the line stays open.
fn half_sent(server: &Server) -> std::net::TcpStream {
    let form = Form::text(TEXT);
    let mut stream = from_canary_address(server);
    let begun = [form.open_body(), format!("--{}\r\n", browser::BOUNDARY).as_bytes()].concat();
    let film = format!("{}{}", file_head(NAME, MEDIA_TYPE), CONTENT.repeat(9000));
    let length = begun.len() + film.len() * 2 + end().len();
    stream.write_all(browser::head("/fa/", length as u64).as_bytes()).unwrap();
    stream.write_all(&begun).unwrap();
    stream.write_all(film.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    stream
}

fn canary_fields() -> String {
    format!(
        "User-Agent: {AGENT}\r\nAccept-Language: {LANGUAGE}\r\nX-Forwarded-For: {FORWARDED}\r\n\
         Forwarded: for={FORWARDED}\r\nCookie: a={COOKIE}\r\nReferer: {REFERER}\r\n"
    )
}

fn search(folder: &std::path::Path) -> Vec<String> {
    search::below(folder, &CANARIES)
}

fn finds(bytes: &[u8]) -> Vec<String> {
    search::within(bytes, &CANARIES)
}
