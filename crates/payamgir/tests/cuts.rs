//! Broken and slow lines, large films, and where the bytes go.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::browser::{self, BOUNDARY, Form, connect, end, file_head};
use common::{Dice, Place, Server, full_or, has_tool, text};
use serde_json::Value;

const MIB: usize = 1 << 20;

/// Waits until the desk sees `parts` parts; gives the one submission.
fn one_submission(place: &Place, server: &Server, parts: usize) -> Value {
    let begun = Instant::now();
    loop {
        place.sync(server);
        let list = place.list();
        let whole = list.first().filter(|s| s["parts"].as_array().unwrap().len() == parts);
        if let Some(found) = whole {
            assert_eq!(list.len(), 1);
            return found.clone();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{list:?}");
        sleep(Duration::from_millis(50));
    }
}

/// Opens a request and sends a text, one whole file and the head of a second.
fn begin(server: &Server, text: &str, whole: &[u8], film: usize) -> TcpStream {
    let form = Form::text(text).file("whole.jpg", "image/jpeg", whole);
    let part = format!("--{BOUNDARY}\r\n{}", file_head("film.mp4", "video/mp4"));
    let length = form.open_body().len() + part.len() + film + 2 + end().len();
    let mut stream = connect(server.public).unwrap();
    stream.write_all(browser::head("/fa/", length as u64).as_bytes()).unwrap();
    stream.write_all(form.open_body()).unwrap();
    stream.write_all(part.as_bytes()).unwrap();
    stream
}

#[test]
fn a_cut_line_leaves_the_text_the_whole_files_and_a_marked_rest() {
    for percent in [10, 50, 99] {
        let place = Place::new();
        let server = place.serve();
        let (photo, film) = (Dice(3).bytes(300_000), Dice(4).bytes(4 * MIB));
        let mut stream = begin(&server, "پیش از قطع", &photo, film.len());
        let sent = film.len() * percent / 100;
        stream.write_all(&film[..sent]).unwrap();
        drop(stream);
        let submission = one_submission(&place, &server, 3);
        let parts = submission["parts"].as_array().unwrap();
        assert_eq!(parts[0]["preview"], "پیش از قطع");
        assert_eq!((&parts[1]["size"], &parts[1]["cut"]), (&300_000.into(), &false.into()));
        let came = parts[2]["size"].as_u64().unwrap() as usize;
        assert_eq!(parts[2]["cut"], true, "{percent} %");
        assert!(came > 0 && came <= sent, "{percent} %: {came} of {sent}");
        saved_as_sent(&place, &photo, &film[..came]);
        assert_eq!(place.verify().0, 0);
    }
}

fn saved_as_sent(place: &Place, photo: &[u8], film: &[u8]) {
    let folder = place.path("saved");
    let read = place.desk(&["read", "1", "--save", &folder]);
    assert!(read.status.success(), "{}", text(&read.stderr));
    assert_eq!(std::fs::read(format!("{folder}/whole.jpg")).unwrap(), photo);
    assert_eq!(std::fs::read(format!("{folder}/cut-film.mp4")).unwrap(), film);
}

#[test]
fn the_text_is_committed_before_the_first_byte_of_a_file() {
    let place = Place::new();
    let server = place.serve();
    let form = Form::text("سالم است");
    let part = format!("--{BOUNDARY}\r\n{}", file_head("film.mp4", "video/mp4"));
    let mut stream = connect(server.public).unwrap();
    stream.write_all(browser::head("/fa/", 1 << 30).as_bytes()).unwrap();
    stream.write_all(form.open_body()).unwrap();
    stream.write_all(part.as_bytes()).unwrap();
    // The line stays open and not one byte of the film has been sent.
    let submission = one_submission(&place, &server, 1);
    assert_eq!(submission["parts"][0]["preview"], "سالم است");
}

/// A server with small times, in the proportion of the real ones.
fn impatient() -> (Place, Server) {
    let place = Place::new();
    let small = [
        ("head_seconds", "1"),
        ("pause_seconds", "2"),
        ("pace_seconds", "3"),
        ("pace_bytes", "1500"),
    ];
    small.iter().for_each(|(key, value)| place.configure(key, value));
    let server = place.serve();
    (place, server)
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let (_place, server) = impatient();
    let mut stream = connect(server.public).unwrap();
    let begun = Instant::now();
    let head = b"POST /fa/ HTTP/1.1\r\nHost: a\r\nX-Slow: ";
    stream.write_all(head).unwrap();
    let closed = (0..600).any(|_| {
        sleep(Duration::from_millis(100));
        stream.write_all(b"x").is_err()
    });
    assert!(closed, "held for {:?}", begun.elapsed());
}

#[test]
fn an_idle_connection_is_not_kept() {
    let (_place, server) = impatient();
    let mut stream = connect(server.public).unwrap();
    stream.write_all(b"GET /robots.txt HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut all = vec![];
    // Reads to the end: it ends because the server closes.
    std::io::Read::read_to_end(&mut stream, &mut all).unwrap();
    assert!(text(&all).contains("Disallow"));
}

#[test]
fn a_pause_and_a_trickle_end_in_words_and_a_marked_part() {
    for trickle in [false, true] {
        let (place, server) = impatient();
        let mut stream = begin(&server, "کند", &[1; 1000], 4 * MIB);
        stream.write_all(&[5; 5000]).unwrap();
        let reader = stream.try_clone().unwrap();
        let sender = std::thread::spawn(move || {
            while trickle && stream.write_all(b"x").is_ok() {
                sleep(Duration::from_millis(300));
            }
            stream
        });
        let answer = browser::answer(reader).unwrap();
        drop(sender.join().unwrap());
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("</html>"));
        let submission = one_submission(&place, &server, 3);
        assert_eq!(submission["parts"][2]["cut"], true);
    }
}

#[test]
fn a_slow_honest_line_is_served() {
    let (place, server) = impatient();
    let film = Dice(9).bytes(24_000);
    let mut stream = begin(&server, "آهسته", &[1; 1000], film.len());
    // 20 kbit/s: 250 bytes each tenth of a second.
    for piece in film.chunks(250) {
        stream.write_all(piece).unwrap();
        sleep(Duration::from_millis(100));
    }
    stream.write_all(format!("\r\n{}", end()).as_bytes()).unwrap();
    assert_eq!(browser::answer(stream).unwrap().status, 200);
    let submission = one_submission(&place, &server, 3);
    assert_eq!(submission["parts"][2]["cut"], false);
}

#[test]
fn memory_does_not_grow_with_a_film() {
    let size = full_or("PAYAMGIR_FILM_MIB", 200) as usize * MIB;
    let place = Place::new();
    let server = place.serve();
    let idle = server.peak_kib();
    let mut stream = begin(&server, "فیلم", &[1; 1000], size);
    let block = Dice(8).bytes(MIB);
    for _ in 0..size / MIB {
        stream.write_all(&block).unwrap();
    }
    stream.write_all(format!("\r\n{}", end()).as_bytes()).unwrap();
    assert_eq!(browser::answer(stream).unwrap().status, 200);
    let peak = server.peak_kib();
    println!("film of {} MiB: peak {} KiB, idle {} KiB", size / MIB, peak, idle);
    assert!(peak < 64 * 1024, "peak {peak} KiB");
    let submission = one_submission(&place, &server, 3);
    assert_eq!(submission["parts"][2]["size"], size as u64);
}

#[test]
fn two_dozen_uploads_at_once_stay_small() {
    let place = Place::new();
    let server = place.serve();
    let films: Vec<_> = (0..24)
        .map(|number| {
            let to = server.public;
            std::thread::spawn(move || {
                let film = Dice(number + 1).bytes(3 * MIB);
                Form::text("فیلم")
                    .file("a.mp4", "video/mp4", &film)
                    .send(to, "/fa/")
                    .unwrap()
                    .status
            })
        })
        .collect();
    assert!(films.into_iter().all(|film| film.join().unwrap() == 200));
    let peak = server.peak_kib();
    println!("24 uploads at once: peak {peak} KiB");
    assert!(peak < 64 * 1024, "peak {peak} KiB");
}

/// Repeated through the whole film, so that every buffer that holds plaintext holds it.
const CANARY: &str = "zq-trace-canary-8051 ";

#[test]
fn no_buffer_written_holds_plaintext() {
    if !has_tool("strace") {
        return;
    }
    let size = full_or("PAYAMGIR_TRACE_MIB", 16) as usize * MIB;
    let place = Place::new();
    let trace = place.path("trace");
    let calls = "trace=read,recvfrom,write,pwrite64,writev,pwritev,sendto,sendmsg,splice,sendfile";
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-s", "300000", "-o", &trace, "-e", calls, common::PROGRAM]);
    command.args(place.serve_args()).env("TMPDIR", place.temp());
    let server = Server::start(&mut command);
    upload_canaries(&server, size);
    server.stop();
    let (read, written) = canaries_in(&trace);
    println!("{} MiB sent: canary seen in {read} reads, {written} writes", size / MIB);
    assert!(read > 100, "the trace does not show what is read: {read}");
    assert_eq!(written, 0);
}

fn upload_canaries(server: &Server, size: usize) {
    let mut stream = begin(server, CANARY, CANARY.as_bytes(), size / CANARY.len() * CANARY.len());
    let block = CANARY.repeat(4096);
    let mut left = size / CANARY.len() * CANARY.len();
    while left > 0 {
        let step = left.min(block.len());
        stream.write_all(&block.as_bytes()[..step]).unwrap();
        left -= step;
    }
    stream.write_all(format!("\r\n{}", end()).as_bytes()).unwrap();
    assert_eq!(browser::answer(stream).unwrap().status, 200);
}

/// How many calls that read, and how many that write, had a canary in their buffer.
fn canaries_in(trace: &str) -> (u64, u64) {
    let mut reader = BufReader::new(std::fs::File::open(trace).unwrap());
    let (mut line, mut read, mut written) = (vec![], 0, 0);
    while reader.read_until(b'\n', &mut line).unwrap() > 0 {
        if memchr::memmem::find(&line, CANARY.trim().as_bytes()).is_some() {
            let call = text(&line[..line.len().min(60)]);
            let name = call.split_whitespace().nth(1).unwrap_or_default();
            let reads = ["read(", "recvfrom(", "<..."].iter().any(|n| name.starts_with(n));
            if reads && !call.contains("<... write") && !call.contains("<... pwrite") {
                read += 1;
            } else {
                written += 1;
            }
        }
        line.clear();
    }
    (read, written)
}

#[test]
fn a_stop_lets_an_upload_finish() {
    let place = Place::new();
    let server = place.serve();
    let film = Dice(5).bytes(MIB);
    let mut stream = begin(&server, "در راه", &[1; 1000], film.len());
    stream.write_all(&film[..MIB / 2]).unwrap();
    sleep(Duration::from_millis(200));
    server.signal("-TERM");
    sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(server.public).is_err(), "it still accepts");
    stream.write_all(&film[MIB / 2..]).unwrap();
    stream.write_all(format!("\r\n{}", end()).as_bytes()).unwrap();
    assert_eq!(browser::answer(stream).unwrap().status, 200);
    assert!(server.stop().contains("payamgir: stopped"));
    let server = place.serve();
    let submission = one_submission(&place, &server, 3);
    assert_eq!(submission["parts"][2]["cut"], false);
}

#[test]
fn a_stop_does_not_wait_for_ever_and_seals_what_came() {
    let place = Place::new();
    place.configure("limits.stop_seconds", "1");
    let server = place.serve();
    let mut stream = begin(&server, "نیمه", &[1; 1000], MIB);
    stream.write_all(&Dice(5).bytes(MIB / 2)).unwrap();
    sleep(Duration::from_millis(200));
    assert!(server.stop().contains("payamgir: stopped"));
    let server = place.serve();
    let submission = one_submission(&place, &server, 3);
    assert_eq!(submission["parts"][2]["cut"], true);
    assert_eq!(place.verify().0, 0);
}

#[test]
fn a_peer_that_never_reads_does_not_hold_up_a_stop() {
    let place = Place::new();
    place.configure("limits.stop_seconds", "1");
    let server = place.serve();
    let mut deaf = connect(server.public).unwrap();
    deaf.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let page = b"GET /fa/ HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000);
    // Until nobody takes any more: both sides' buffers are full of answers nobody reads.
    while deaf.write_all(&page).is_ok() {}
    let begun = Instant::now();
    assert!(server.stop().contains("payamgir: stopped"));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn who_crawls_gives_way_to_who_waits() {
    let place = Place::new();
    let tight = [
        ("uploads", "1"),
        ("pace_seconds", "2"),
        ("pace_bytes", "2000"),
        ("upload_wait_seconds", "60"),
    ];
    tight.iter().for_each(|(key, value)| place.configure(key, value));
    let server = place.serve();
    let mut crawler = begin(&server, "نخست", &[1; 10], 4_000_000);
    // More than goes by without a turn.
    crawler.write_all(&[2; 100_000]).unwrap();
    let mut crawl = |times: usize| {
        for _ in 0..times {
            if crawler.write_all(&[2; 600]).is_err() {
                return false;
            }
            sleep(Duration::from_millis(400));
        }
        true
    };
    assert!(crawl(12), "alone it may go on");
    let second = {
        let film = Form::text("دوم").file("b.mp4", "video/mp4", &Dice(6).bytes(100_000));
        let to = server.public;
        std::thread::spawn(move || film.send(to, "/fa/").unwrap().status)
    };
    while !second.is_finished() && crawl(1) {}
    assert_eq!(second.join().unwrap(), 200);
    place.sync(&server);
    let cut = place.list().iter().any(|s| s["parts"][2]["cut"] == true);
    assert!(cut, "what came of the first is kept and marked");
}

#[test]
fn a_small_file_needs_no_turn() {
    let place = Place::new();
    place.configure("uploads", "1");
    place.configure("upload_wait_seconds", "600");
    let server = place.serve();
    let mut slow = begin(&server, "نخست", &[1; 10], 4_000_000);
    slow.write_all(&[2; 100_000]).unwrap();
    sleep(Duration::from_millis(500));
    let film = Dice(6).bytes(60_000);
    let small = Form::text("دوم").file("b.jpg", "image/jpeg", &film).file("c", "x/y", b"");
    let sent = small.send(server.public, "/en/").unwrap();
    assert!(sent.status == 200 && !sent.body.contains("did not arrive"), "{}", sent.body);
    drop(slow);
}

#[test]
fn a_file_in_very_many_chunks_is_one() {
    let place = Place::new();
    let server = place.serve();
    let mut stream = connect(server.public).unwrap();
    let head = format!(
        "POST /fa/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let part = format!("--{BOUNDARY}\r\n{}", file_head("film.mp4", "video/mp4"));
    stream.write_all(format!("{head}{:x}\r\n{part}\r\n", part.len()).as_bytes()).unwrap();
    stream.write_all(&b"1\r\nz\r\n".repeat(50_000)).unwrap();
    let end = format!("\r\n{}", end());
    stream.write_all(format!("{:x}\r\n{end}\r\n0\r\n\r\n", end.len()).as_bytes()).unwrap();
    assert_eq!(browser::answer(stream).unwrap().status, 200);
    place.sync(&server);
    let read = place.read(1);
    assert_eq!(read["parts"][0]["size"], 50_000, "{read}");
}

#[test]
fn waiting_for_a_turn_is_not_the_senders_slowness() {
    let place = Place::new();
    let tight = [
        ("uploads", "1"),
        ("pace_seconds", "2"),
        ("pace_bytes", "2000"),
        ("upload_wait_seconds", "30"),
    ];
    tight.iter().for_each(|(key, value)| place.configure(key, value));
    let server = place.serve();
    // More than goes by without a turn.
    let mut first = begin(&server, "نخست", &[1; 10], 140_000);
    first.write_all(&[2; 101_000]).unwrap();
    sleep(Duration::from_millis(300));
    let second = {
        let film = Form::text("دوم").file("b.mp4", "video/mp4", &Dice(6).bytes(130_000));
        let to = server.public;
        std::thread::spawn(move || film.send(to, "/fa/").unwrap().status)
    };
    for piece in [[2; 3000]; 13] {
        first.write_all(&piece).unwrap();
        sleep(Duration::from_millis(400));
    }
    first.write_all(format!("\r\n{}", end()).as_bytes()).unwrap();
    assert_eq!(browser::answer(first).unwrap().status, 200);
    assert_eq!(second.join().unwrap(), 200);
}
