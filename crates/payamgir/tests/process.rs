//! What the running process gives up, and what it costs to print its manual.

mod common;

use common::{Place, text};

#[test]
fn no_core_is_dumped_and_no_file_is_for_others() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let server = place.serve();
    let form = common::browser::Form::text("x").file("a", "b/c", b"d");
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    place.sync(&server);
    let mut folders = vec![place.path("server"), place.path("desk/log")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
            if path.is_dir() {
                folders.push(path.to_str().unwrap().to_owned());
            }
        }
    }
}

#[test]
fn a_demo_whose_terminal_is_closed_leaves_nothing_behind() {
    let place = Place::new();
    let mut demo = place.command(&["demo", "--listen", "127.0.0.1:0"]);
    let server = common::Server::start(&mut demo);
    let form = common::browser::Form::text("x").file("a.jpg", "image/jpeg", b"opened");
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    let opened = || std::fs::read_dir(place.temp()).unwrap().count();
    assert_eq!(opened(), 1, "its throw-away folder");
    server.signal("-HUP");
    let said = server.wait();
    assert!(said.contains("payamgir: stopped"), "{said}");
    assert_eq!(opened(), 0);
}

#[test]
fn blobs_carry_no_time() {
    let place = Place::new();
    let server = place.serve();
    let form = common::browser::Form::default().file("a", "b/c", b"d");
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    let folder = std::fs::read_dir(place.path("server/log/blobs")).unwrap().next().unwrap();
    let blob = std::fs::read_dir(folder.unwrap().path()).unwrap().next().unwrap().unwrap();
    assert_eq!(blob.metadata().unwrap().modified().unwrap(), std::time::SystemTime::UNIX_EPOCH);
}

#[test]
fn the_manual_and_the_completions_name_every_command() {
    let place = Place::new();
    let manual = text(&place.run(&["man"]).stdout);
    for shell in ["bash", "zsh", "fish"] {
        let script = text(&place.run(&["completions", shell]).stdout);
        for command in ["serve", "init", "desk", "log", "demo"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    for page in ["payamgir\\-serve", "payamgir\\-desk\\-sync", "payamgir\\-log\\-erase"] {
        assert!(manual.contains(page), "{page}");
    }
    assert!(manual.contains("EXIT") || manual.contains("Exit codes"));
}
