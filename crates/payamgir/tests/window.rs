//! The desk's window in Chromium against the real program: what editors see and do there, and what
//! other pages in the same browser do not.

mod common;
#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use common::browser::Form;
use common::{Place, Server, has_tool};
use serde_json::{Value, json};

const NEEDS: [&str; 3] = ["playwright-core", "axe-core", "/usr/bin/chromium"];
const PASSPHRASE: &str = "a passphrase for tests";
const MEDIA: &str = "در مجمع شمار رأی‌های صندوق تعمیر سالن ۱۱۲ خوانده شد، ولی برگه‌ی روی دیوار ۱۲۱ را نشان می‌دهد.\nصورت‌جلسه را همان شب امضا کردند.";
const PERSONAL: &str =
    "با ۰۹۱۲۰۰۰۱۲۳۴ یا همسایه‌ام آقای سروستانی تماس بگیرید. ایمیل: golestan@example.org";
const SAME: &str = "این متن را صدها نفر برای نشست فرستاده‌اند و همه خواسته‌اند که خوانده شود.";
const VOICES: &str = "دو تکه صدا از همان دقیقه‌ها دارم.";
const LETTER: &str = "نامه‌ی حسابرس پیوست است.";
/// Enough for a list of more than one page.
const OTHERS: usize = 45;

#[test]
fn every_page_is_whole_in_both_languages() {
    play("look");
}

#[test]
fn the_desks_work_is_done_with_and_without_scripts() {
    play("work");
}

#[test]
fn every_shortcut_does_its_work() {
    play("keys");
}

#[test]
fn what_is_typed_is_found() {
    play("search");
}

#[test]
fn an_alarm_is_seen_on_every_page() {
    let Some(script) = script() else { return };
    let place = Place::new();
    let server = place.serve();
    send(&server, Form::text("یک"));
    let private = server.private;
    server.stop();
    let (now, old) = (place.path("server"), place.path("old"));
    let copied = Command::new("cp").args(["-r", &now, &old]).status().unwrap();
    assert!(copied.success());
    let server = place.serve_at(private);
    send(&server, Form::text("دو"));
    place.sync(&server);
    server.stop();
    fs::remove_dir_all(&now).unwrap();
    fs::rename(&old, &now).unwrap();
    let _server = place.serve_at(private);
    show("alarm", &place, script);
}

#[test]
fn voice_notes_play_one_after_the_other() {
    play("sound");
}

#[test]
fn a_locked_desk_shows_nothing() {
    play("lock");
}

#[test]
fn other_pages_get_nothing() {
    play("attack");
}

/// A running window. Ended when dropped.
struct Window {
    child: Child,
    url: String,
}

impl Window {
    fn open(place: &Place) -> Self {
        let dir = place.path("desk");
        let args = ["--lang", "fa", "desk", "--dir", &dir, "--window", "127.0.0.1:0"];
        let more = ["--no-browser", "--utc-offset=+03:30"];
        let mut command = place.command(&[&args[..], &more].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// desk.mjs, where it can run.
fn script() -> Option<Command> {
    has_tool("ffmpeg").then(|| runner::script("desk.mjs", &NEEDS)).flatten()
}

/// Plays a scene of desk.mjs at a desk of its own.
fn play(scene: &str) {
    let Some(script) = script() else { return };
    let place = Place::new();
    let server = place.serve();
    send_all(&place, &server);
    place.sync(&server);
    show(scene, &place, script);
}

fn show(scene: &str, place: &Place, mut script: Command) {
    let window = Window::open(place);
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("window");
    fs::create_dir_all(&shots).unwrap();
    let config =
        json!({ "url": window.url, "passphrase": PASSPHRASE, "shots": shots.to_str().unwrap() });
    let report = runner::output(script.args([scene, &config.to_string()]));
    let report: Value = serde_json::from_str(&report).unwrap();
    for figure in report["figures"].as_array().unwrap() {
        runner::say(&format!("window: {}", figure.as_str().unwrap()));
    }
    runner::say(&format!("window: pictures of {scene} in {}", shots.display()));
}

/// What the scenes look for, and others around it.
fn send_all(place: &Place, server: &Server) {
    let made = |name: &str, args: &[&str]| make(place, name, args);
    let photo =
        made("photo.jpg", &["-f", "lavfi", "-i", "testsrc2=size=900x600", "-frames:v", "1"]);
    let film =
        ["-f", "lavfi", "-i", "testsrc=duration=2:size=320x240:rate=15", "-pix_fmt", "yuv420p"];
    let film = made("film.mp4", &film);
    let voices = [("a.ogg", "440"), ("b.ogg", "330")].map(|(name, tone)| {
        let sine = format!("sine=frequency={tone}:duration=4");
        made(name, &["-f", "lavfi", "-i", &sine, "-metadata", "artist=Canary Author"])
    });
    send(
        server,
        Form::text(MEDIA).file("photo.jpg", "image/jpeg", &photo).file(
            "film.mp4",
            "video/mp4",
            &film,
        ),
    );
    send(server, Form::text(PERSONAL));
    (0..3).for_each(|_| send(server, Form::text(SAME)));
    let [one, two] = &voices;
    send(
        server,
        Form::text(VOICES).file("a.ogg", "audio/ogg", one).file("b.ogg", "audio/ogg", two),
    );
    send(server, Form::text(LETTER).file("letter.pdf", "application/pdf", b"%PDF-1.4 not really"));
    for n in 1..=OTHERS {
        send(
            server,
            Form::text(&format!("پیام {n} درباره‌ی موضوع {} و چیزهای دیگر {}", n * 7, n * 13)),
        );
    }
}

fn send(server: &Server, form: Form) {
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
}

/// A file that ffmpeg makes.
fn make(place: &Place, name: &str, args: &[&str]) -> Vec<u8> {
    let path = place.path(name);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y"]).args(args).arg(&path);
    assert!(command.status().unwrap().success(), "{name}");
    fs::read(path).unwrap()
}
