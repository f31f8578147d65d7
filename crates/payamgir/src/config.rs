//! `payamgir.toml`: the comment beside each field in [`SAMPLE`] is the manual.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::words::Say;

/// The file `payamgir init` writes. A test holds it to be the defaults.
pub const SAMPLE: &str = include_str!("payamgir.toml");

/// What the file says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub listen: SocketAddr,
    pub desk_listen: SocketAddr,
    pub desk: String,
    pub site: Site,
    pub limits: Limits,
}

/// What the pages say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    pub name_fa: String,
    pub name_en: String,
    pub exit_url: String,
    pub languages: Vec<String>,
}

/// What the server bears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub text_chars: u64,
    pub files: u64,
    pub file_mib: u64,
    pub submission_mib: u64,
    pub storage_mib: u64,
    pub keep_free_mib: u64,
    pub unfinished_mib: u64,
    pub connections: u64,
    pub uploads: u64,
    pub upload_wait_seconds: u64,
    pub head_seconds: u64,
    pub pause_seconds: u64,
    pub pace_bytes: u64,
    pub pace_seconds: u64,
    pub stop_seconds: u64,
    pub answer_days: u32,
    pub receipt_seconds: u64,
    pub receipt_records: u64,
    pub plain_burst: u64,
    pub plain_per_second: u64,
    pub plain_storage_percent: u64,
    pub proven_burst: u64,
    pub proven_per_second: u64,
    pub proof_work: u64,
    pub connection_burst: u64,
    pub connection_per_second: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 8080).into(),
            desk_listen: ([127, 0, 0, 1], 8081).into(),
            desk: "desk.pub".into(),
            site: Site::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name_fa: "نشست ما".into(),
            name_en: "Our assembly".into(),
            exit_url: "https://www.wikipedia.org/".into(),
            languages: vec!["fa".into(), "en".into()],
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text_chars: 20_000,
            files: 20,
            file_mib: 3072,
            submission_mib: 6144,
            storage_mib: 20_480,
            keep_free_mib: 512,
            unfinished_mib: 8192,
            connections: 512,
            uploads: 24,
            upload_wait_seconds: 60,
            head_seconds: 20,
            pause_seconds: 45,
            pace_bytes: 30_000,
            pace_seconds: 60,
            stop_seconds: 30,
            answer_days: 30,
            receipt_seconds: 3600,
            receipt_records: 64,
            plain_burst: 40_000,
            plain_per_second: 20,
            plain_storage_percent: 80,
            proven_burst: 2000,
            proven_per_second: 200,
            proof_work: 200_000,
            connection_burst: 30,
            connection_per_second: 2,
        }
    }
}

impl Config {
    /// Reads the file's text. An unknown key is an error with a suggestion.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let table: toml::Table = toml::from_str(text).map_err(malformed)?;
        let known = toml::Table::try_from(Self::default()).expect("the defaults are a table");
        if let Some((key, near)) = unknown_key(&table, &known) {
            return Err(unknown(&key, near.as_deref()));
        }
        let config: Self = toml::from_str(text).map_err(malformed)?;
        config.check()
    }

    fn check(self) -> Result<Self, Problem> {
        let limits = &self.limits;
        let positive = [
            ("text_chars", limits.text_chars),
            ("connections", limits.connections),
            ("uploads", limits.uploads),
            ("head_seconds", limits.head_seconds),
            ("pause_seconds", limits.pause_seconds),
            ("pace_seconds", limits.pace_seconds),
            ("answer_days", limits.answer_days.into()),
            ("receipt_records", limits.receipt_records),
        ];
        if let Some((name, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(out_of_range(name));
        }
        let https = ["https://", "http://"].iter().any(|s| self.site.exit_url.starts_with(s));
        if !https {
            return Err(out_of_range("exit_url"));
        }
        let known = |code: &String| payamgir_server::pages::Language::of(code).is_some();
        if self.site.languages.is_empty() || !self.site.languages.iter().all(known) {
            return Err(out_of_range("languages"));
        }
        let bounded = [
            ("receipt_records", limits.receipt_records, 10_000),
            ("plain_storage_percent", limits.plain_storage_percent, 100),
            // Under load eight times that is asked for; programs do five million.
            ("proof_work", limits.proof_work, 600_000),
        ];
        if let Some((name, ..)) = bounded.iter().find(|(_, value, most)| value > most) {
            return Err(out_of_range(name));
        }
        if [limits.text_chars, limits.uploads, limits.connections].iter().any(|n| *n > 1_000_000) {
            return Err(out_of_range("text_chars, uploads, connections"));
        }
        Ok(self)
    }
}

fn unknown_key(given: &toml::Table, known: &toml::Table) -> Option<(String, Option<String>)> {
    for (key, value) in given {
        match (known.get(key), value) {
            (None, _) => {
                let near = known
                    .keys()
                    .max_by(|a, b| strsim::jaro(a, key).total_cmp(&strsim::jaro(b, key)));
                let near = near.filter(|near| strsim::jaro(near, key) > 0.7);
                return Some((key.clone(), near.cloned()));
            }
            (Some(toml::Value::Table(known)), toml::Value::Table(given)) => {
                if let Some(found) = unknown_key(given, known) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

fn unknown(key: &str, near: Option<&str>) -> Problem {
    let what = Say::new(
        format!("کلید «{key}» در payamgir.toml شناخته نیست."),
        format!("payamgir.toml has an unknown key: {key}."),
    );
    let to_do = match near {
        Some(near) => {
            Say::new(format!("شاید «{near}» منظورتان بود."), format!("Did you mean {near}?"))
        }
        None => Say::new("آن را بردارید.", "Remove it."),
    };
    Problem::new(what, to_do)
}

fn out_of_range(name: &str) -> Problem {
    let what = Say::new(
        format!("مقدار «{name}» در payamgir.toml پذیرفتنی نیست."),
        format!("payamgir.toml has a value out of range: {name}."),
    );
    let to_do = Say::new(
        "توضیح کنار آن را در فایل نمونه ببینید.",
        "See the comment beside it in the sample file.",
    );
    Problem::new(what, to_do)
}

fn malformed(error: toml::de::Error) -> Problem {
    let what = Say::new("payamgir.toml خواندنی نیست.", "payamgir.toml is malformed.");
    let to_do = Say::new("سطری را که نام برده شده درست کنید.", "Mend the line that is named.");
    Problem::new(what, to_do).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use payamgir_text::lang::Lang;

    #[test]
    fn the_sample_is_the_defaults_and_names_every_key() {
        assert_eq!(Config::parse(SAMPLE).ok(), Some(Config::default()));
        let known = toml::Table::try_from(Config::default()).unwrap();
        let sample: toml::Table = toml::from_str(SAMPLE).unwrap();
        assert_eq!(known, sample);
    }

    #[test]
    fn mistakes_are_named() {
        let table = [
            ("lisen = \"127.0.0.1:1\"", "lisen. Did you mean"),
            ("[limits]\nfile = 3", "file"),
            ("[limits]\nfiels = 3", "Did you mean files?"),
            ("zzz = 1", "Remove it."),
            ("listen = 5", "malformed"),
            ("listen =", "malformed"),
            ("[limits]\npause_seconds = 0", "pause_seconds"),
            ("[site]\nexit_url = \"javascript:alert(1)\"", "exit_url"),
        ];
        for (text, expected) in table {
            let told = Config::parse(text).err().unwrap().tell(Lang::En).replace(".\n  ", ". ");
            assert!(told.contains(expected), "{text}: {told}");
        }
    }
}
