//! A desk of several people, each with the real program and a folder of their own.

use std::process::Output;

use payamgir_desk::open::Member;
use serde_json::Value;

use super::browser::Form;
use super::{Place, Server, text};

/// A person's desk beside the founder's.
pub struct Person<'a> {
    pub place: &'a Place,
    pub dir: String,
}

impl<'a> Person<'a> {
    /// Somebody with an identity and the desk's public half, not admitted yet.
    pub fn new(place: &'a Place, name: &str, seed: u8) -> Self {
        let person = Self::stranger(place, name, seed);
        std::fs::copy(place.path("desk/desk.pub"), format!("{}/desk.pub", person.dir)).unwrap();
        person
    }

    /// Somebody with an identity and nothing else.
    pub fn stranger(place: &'a Place, name: &str, seed: u8) -> Self {
        let dir = place.path(name);
        std::fs::create_dir(&dir).unwrap();
        let member = Member::from_seed(&zeroize::Zeroizing::new([seed; 64]));
        let file = member.lock("a passphrase for tests".into(), Some(2)).unwrap();
        std::fs::write(format!("{dir}/identity.age"), file).unwrap();
        Self { place, dir }
    }

    pub fn run(&self, args: &[&str]) -> Output {
        let passphrase = self.place.path("passphrase");
        let fixed = ["--lang", "en", "desk", "--dir", &self.dir, "--passphrase-file", &passphrase];
        self.place.run(&[&fixed[..], args].concat())
    }

    /// The file with this person's block.
    pub fn block(&self) -> String {
        let shown = self.run(&["identity"]);
        assert!(shown.status.success(), "{}", text(&shown.stderr));
        let path = format!("{}/block", self.dir);
        std::fs::write(&path, shown.stdout).unwrap();
        path
    }

    pub fn sync(&self, server: &Server) -> Output {
        let url = format!("http://{}", server.private);
        self.run(&["sync", "--server", &url, "--log-key", &self.place.log_key])
    }

    /// Texts this person can read.
    pub fn reads(&self) -> Vec<String> {
        let listed = self.run(&["list", "--json"]);
        let lines: Vec<Value> =
            text(&listed.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let preview = |line: &Value| line["parts"][0]["preview"].as_str().map(str::to_owned);
        lines.iter().filter_map(preview).collect()
    }

    pub fn key(&self) -> String {
        let members = members(&self.run(&["members", "--json"]));
        let own = members["members"].as_array().unwrap().iter().find(|m| m["you"] == true);
        own.unwrap()["key"].as_str().unwrap().to_owned()
    }
}

pub fn members(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

pub fn send(server: &Server, words: &str) {
    assert_eq!(Form::text(words).send(server.public, "/fa/").unwrap().status, 200);
}

pub fn founder(place: &Place) -> Person<'_> {
    Person { place, dir: place.path("desk") }
}
