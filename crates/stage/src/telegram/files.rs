//! Files, and their links that expire.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde_json::{Value, json};

use super::http::Answer;
use super::methods::Refusal;
use super::params::Params;
use super::state::Stage;

/// Bytes of the largest file that the cloud gives.
const LARGEST: u64 = 20 << 20;
/// Seconds for which a link holds.
const LINK: u64 = 3600;

/// One file.
pub(super) struct File {
    /// None where only its size is known.
    pub bytes: Option<Vec<u8>>,
    pub size: u64,
    pub path: String,
    /// Unix seconds of the last `getFile`.
    linked: Option<u64>,
}

/// All files by their `file_id`.
#[derive(Default)]
pub(super) struct Files(BTreeMap<String, File>);

impl Files {
    pub fn put(&mut self, bytes: Option<Vec<u8>>, path: Option<String>) -> String {
        let number = self.0.len() + 1;
        let id = format!("BQACAgQAAxkBAAI{number:08}");
        let path = path.unwrap_or_else(|| format!("documents/file_{number}.bin"));
        let size = bytes.as_ref().map_or(0, Vec::len) as u64;
        self.0.insert(id.clone(), File { bytes, size, path, linked: None });
        id
    }

    pub fn put_large(&mut self, size: u64) -> String {
        let id = self.put(None, None);
        if let Some(file) = self.0.get_mut(&id) {
            file.size = size;
        }
        id
    }

    pub fn get(&self, id: &str) -> Option<&File> {
        self.0.get(id)
    }

    /// Makes a link to a file, or makes it last longer.
    pub fn link(&mut self, id: &str, now: u64) {
        if let Some(file) = self.0.get_mut(id) {
            file.linked = Some(now);
        }
    }

    fn linked(&self, path: &str, now: u64) -> Option<&File> {
        let holds = |file: &&File| file.linked.is_some_and(|at| now < at + LINK);
        self.0.values().filter(holds).find(|file| file.path == path)
    }
}

/// What messages say of a file.
pub(super) fn file_fields(files: &Files, id: &str) -> Value {
    let unique = format!("AgAD{}", &id[id.len().saturating_sub(8)..]);
    let size = files.get(id).map_or(0, |file| file.size);
    json!({"file_id": id, "file_unique_id": unique, "file_size": size})
}

/// `getFile`, in the cloud and on one's own machine.
pub(super) fn getfile(stage: &Stage, params: &Params) -> Result<Value, Refusal> {
    let mut state = stage.state();
    let id = params.text("file_id");
    let wrong = || Refusal::bad("wrong file_id or the file is temporarily unavailable");
    let file = state.files.get(&id).ok_or_else(wrong)?;
    let path = match &state.local {
        Some(dir) => local_path(dir, file).map_err(|_| wrong())?,
        None if file.size > LARGEST => return Err(Refusal::bad("file is too big")),
        None => file.path.clone(),
    };
    let mut answer = file_fields(&state.files, &id);
    answer["file_path"] = json!(path);
    state.files.link(&id, stage.clock.now());
    Ok(answer)
}

/// Puts the file into the server's folder.
fn local_path(dir: &Path, file: &File) -> io::Result<String> {
    let path = std::path::absolute(dir.join(&file.path))?;
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match &file.bytes {
        Some(bytes) => fs::write(&path, bytes)?,
        None => fs::File::create(&path)?.set_len(file.size)?,
    }
    Ok(path.to_string_lossy().into_owned())
}

/// Gives the file behind a link.
pub(super) fn download(stage: &Stage, path: &str) -> Answer {
    let state = stage.state();
    let file = state.files.linked(path, stage.clock.now());
    match file.and_then(|file| file.bytes.clone()) {
        Some(bytes) => Answer::file(bytes),
        None => Refusal::new(404, "Not Found").into(),
    }
}
