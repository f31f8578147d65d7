//! A member whose age key is in hardware, behind an age plugin.

mod common;

use std::path::PathBuf;
use std::process::{Command, Output};

use common::people::send;
use common::{PROGRAM, Place, text};

/// The folder of the plugin that is built with these tests.
fn plugins() -> PathBuf {
    let folder = PathBuf::from(PROGRAM).parent().unwrap().join("examples");
    // Cargo builds the examples with all tests, but not with one alone.
    if !folder.join("age-plugin-drawer").exists() {
        let args = ["build", "-q", "-p", "payamgir", "--example", "age-plugin-drawer"];
        assert!(Command::new(env!("CARGO")).args(args).status().unwrap().success());
    }
    folder
}

struct Desk<'a> {
    place: &'a Place,
    dir: String,
    drawer: String,
}

impl Desk<'_> {
    fn command(&self, args: &[&str]) -> Command {
        let passphrase = self.place.path("passphrase");
        let fixed = ["--lang", "en", "desk", "--dir", &self.dir, "--passphrase-file", &passphrase];
        let mut command = self.place.command(&[&fixed[..], args].concat());
        command.env("PATH", plugins()).env("DRAWER", &self.drawer);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }
}

#[test]
fn a_member_with_a_hardware_key_works_as_any_other() {
    let place = Place::new();
    let server = place.serve();
    let desk = Desk { place: &place, dir: place.path("hw"), drawer: place.path("drawer") };
    let made = Command::new(plugins().join("age-plugin-drawer")).output().unwrap();
    let key_file = place.path("key.txt");
    std::fs::write(&key_file, made.stdout).unwrap();
    // Nothing is made while the key is not there.
    let without = desk.run(&["identity", "--age-identity", &key_file]);
    assert_eq!(without.status.code(), Some(1));
    assert!(text(&without.stderr).contains("age-plugin-drawer"), "{}", text(&without.stderr));
    assert!(!PathBuf::from(&desk.dir).join("identity.age").exists());
    std::fs::write(&desk.drawer, [5; 32]).unwrap();
    let shown = desk.run(&["identity", "--age-identity", &key_file]);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
    assert!(text(&shown.stderr).contains("touch the key in the drawer"));
    let block = place.path("block");
    std::fs::write(&block, shown.stdout).unwrap();
    let url = format!("http://{}", server.private);
    let link = ["sync", "--server", &url, "--log-key", &place.log_key];
    send(&server, "یک");
    assert!(place.desk(&link).status.success());
    assert!(place.desk(&["admit", &block]).status.success());
    std::fs::copy(place.path("desk/desk.pub"), format!("{}/desk.pub", desk.dir)).unwrap();
    let synced = desk.run(&link);
    assert!(synced.status.success(), "{}", text(&synced.stderr));
    assert!(text(&desk.run(&["list"]).stdout).contains("یک"));
    assert!(
        desk.run(&["passphrase", "--new-passphrase-file", &place.path("passphrase")])
            .status
            .success()
    );
    // The keyring is there, the passphrase too, and the key is not.
    std::fs::remove_file(&desk.drawer).unwrap();
    let unplugged = desk.run(&["list"]);
    assert_eq!(unplugged.status.code(), Some(1));
    let said = text(&unplugged.stderr);
    assert!(said.contains("Nothing is lost") && !said.contains("remove it"), "{said}");
    // Another key, or no plugin.
    std::fs::write(&desk.drawer, [6; 32]).unwrap();
    assert_eq!(desk.run(&["list"]).status.code(), Some(1));
    std::fs::write(&desk.drawer, [5; 32]).unwrap();
    let nowhere = desk.command(&["list"]).env("PATH", "/nonexistent").output().unwrap();
    assert!(text(&nowhere.stderr).contains("on the PATH"), "{}", text(&nowhere.stderr));
    assert!(text(&desk.run(&["list"]).stdout).contains("یک"));
}

#[test]
fn what_is_no_plugins_identity_is_refused() {
    let place = Place::new();
    let desk = Desk { place: &place, dir: place.path("hw"), drawer: place.path("drawer") };
    for content in ["", "AGE-SECRET-KEY-1QQQ", "AGE-PLUGIN-", "AGE-PLUGIN-../../BIN/SH-1QQQQ"] {
        let file = place.path("key.txt");
        std::fs::write(&file, content).unwrap();
        let refused = desk.run(&["identity", "--age-identity", &file]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("no age plugin's identity"), "{content}");
    }
}
