//! Style and font: their names hold their hashes, so that a browser may keep them for ever.

use std::sync::LazyLock;

use payamgir_wire::hex::Hex;
use sha2::{Digest, Sha256};

use super::file;
use crate::press::Made;

const STYLE: &str = include_str!("../../style/site.css");
/// Vazirmatn, variable in weight, without what Persian, Arabic, Kurdish and Latin do not need.
pub(crate) const FONT: &[u8] = include_bytes!("../../fonts/Vazirmatn.woff2");

static FONT_PATH: LazyLock<String> =
    LazyLock::new(|| format!("read/assets/vazirmatn-{}.woff2", short(FONT)));
/// The style as it is served: it names the font beside it.
static SERVED: LazyLock<String> = LazyLock::new(|| {
    let name = FONT_PATH.rsplit('/').next().unwrap_or_default();
    STYLE.replace("vazirmatn.woff2", name)
});
static STYLE_PATH: LazyLock<String> =
    LazyLock::new(|| format!("read/assets/style-{}.css", short(SERVED.as_bytes())));

fn short(bytes: &[u8]) -> String {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    Hex(hash).to_string()[..12].to_owned()
}

/// Where the style is.
pub(crate) fn style_path() -> &'static str {
    &STYLE_PATH
}

/// Where the font is.
pub(crate) fn font_path() -> &'static str {
    &FONT_PATH
}

/// The style of a page that stands alone: the font is in it.
pub(crate) fn inlined() -> String {
    let font = data_encoding::BASE64.encode(FONT);
    STYLE.replace("vazirmatn.woff2", &format!("data:font/woff2;base64,{font}"))
}

/// The style of a page that stands alone and brings no font.
pub(crate) fn plain() -> &'static str {
    STYLE.split_once("\n\n").map_or(STYLE, |(_, rest)| rest)
}

/// The files.
pub(crate) fn make() -> Vec<Made> {
    let style = SERVED.as_bytes().to_vec();
    vec![(file(&STYLE_PATH), style), (file(&FONT_PATH), FONT.to_vec())]
}
