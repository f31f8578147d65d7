//! Where a file of a release is.

use std::fmt;

/// Most bytes of a path.
const BYTES: usize = 200;

/// Endings and the media types they are served as; a release has no other file.
const TYPES: [(&str, &str); 21] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("woff2", "font/woff2"),
    ("txt", "text/plain; charset=utf-8"),
    ("xml", "application/atom+xml; charset=utf-8"),
    ("json", "application/feed+json; charset=utf-8"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("mp3", "audio/mpeg"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("m4a", "audio/mp4"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("pdf", "application/pdf"),
    ("srt", "application/x-subrip; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"),
];

/// A path within a bulletin: segments of small Latin letters, digits, `.`, `_` and `-`, none beginning
/// with a dot, with one of the known endings. It means the same on any file system and in any address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(String);

impl FilePath {
    /// A path, where it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let segment =
            |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
        let holds = text.len() <= BYTES && text.split('/').all(segment);
        let this = Self(text.to_owned());
        (holds && this.known().is_some()).then_some(this)
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is served as.
    pub fn media_type(&self) -> &'static str {
        match &*self.0 {
            "sitemap.xml" => "application/xml; charset=utf-8",
            _ => self.known().unwrap_or("application/octet-stream"),
        }
    }

    /// The ending of files of a media type, where a release may have such.
    pub fn ending(media_type: &str) -> Option<&'static str> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let is = |served: &str| served.split(';').next() == Some(essence);
        match essence {
            "audio/x-wav" | "audio/vnd.wave" => Some("wav"),
            "audio/x-flac" => Some("flac"),
            "video/ogg" => None,
            _ => TYPES.iter().find(|(_, served)| is(served)).map(|(ending, _)| *ending),
        }
    }

    fn known(&self) -> Option<&'static str> {
        let (stem, ending) = self.0.rsplit_once('.')?;
        let named = !stem.is_empty() && !stem.ends_with('/');
        TYPES.iter().find(|(known, _)| named && *known == ending).map(|(_, served)| *served)
    }

    /// The folders it is in, outermost first.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
