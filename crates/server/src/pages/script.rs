//! The one script, as it is built from `script/` (docs/adr/0012-the-sources-side.md): pinned by its hash in
//! its address and in the pages.

use std::sync::LazyLock;

use data_encoding::{BASE64, HEXLOWER};
use maud::{Markup, html};
use sha2::{Digest, Sha256, Sha384};

/// The script.
pub const SCRIPT: &str = include_str!("../../script/dist/seal.js");
/// The same, compressed as `br`.
pub const COMPRESSED: &[u8] = include_bytes!("../../script/dist/seal.js.br");

static NAME: LazyLock<String> = LazyLock::new(|| HEXLOWER.encode(&Sha256::digest(SCRIPT)[..8]));
static INTEGRITY: LazyLock<String> =
    LazyLock::new(|| format!("sha384-{}", BASE64.encode(&Sha384::digest(SCRIPT))));

/// Where it is.
pub fn address() -> String {
    format!("/s/{}.js", *NAME)
}

/// Loaded once the page can be used; a page that does not get it works without.
pub(super) fn tag() -> Markup {
    html! { script src=(address()) integrity=(*INTEGRITY) defer {} }
}
