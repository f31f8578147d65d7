//! Files that come with messages.

use std::fs;

use serde_json::{Value, json};

use super::Signal;

/// What is wrong with an attachment's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is not there.
    Missing,
    /// Its second half is not there.
    Truncated,
    /// It has no bytes.
    Empty,
}

impl Signal {
    /// Puts a file among the attachments. Gives what a message says of it.
    pub fn attach(&self, bytes: &[u8], content_type: &str, filename: Option<&str>) -> Value {
        self.file(bytes, bytes, content_type, filename)
    }

    /// Says that there is a file, and puts less of it there.
    pub fn attach_broken(
        &self,
        kind: Broken,
        bytes: &[u8],
        content_type: &str,
        filename: Option<&str>,
    ) -> Value {
        let part = if kind == Broken::Truncated { &bytes[..bytes.len() / 2] } else { &[] };
        let object = self.file(part, bytes, content_type, filename);
        if kind == Broken::Missing {
            let id = object["id"].as_str().unwrap_or_default();
            let _ = fs::remove_file(self.attachments().join(id));
        }
        object
    }

    fn file(&self, part: &[u8], whole: &[u8], kind: &str, filename: Option<&str>) -> Value {
        let number = self.daemon().file_number();
        let id = format!("Kq3mXz0abc{number:06}{}", extension(kind));
        fs::write(self.attachments().join(&id), part).expect("a file");
        let mut object = json!({"contentType": kind, "filename": filename, "id": id});
        object["size"] = json!(whole.len());
        for name in ["width", "height", "caption"] {
            object[name] = Value::Null;
        }
        object["uploadTimestamp"] = json!(self.clock().now() * 1000);
        object
    }
}

fn extension(kind: &str) -> &'static str {
    match kind {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/webp" => ".webp",
        "audio/aac" => ".aac",
        "audio/mp4" => ".m4a",
        "audio/ogg" => ".ogg",
        "video/mp4" => ".mp4",
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        _ => "",
    }
}
