//! `getFile`, in the cloud and on one's own machine.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::files::{File, file_fields};
use super::methods::Refusal;
use super::params::Params;
use super::state::Stage;

/// Bytes of the largest file that the cloud gives.
const LARGEST: u64 = 20 << 20;

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
