//! The demo's desk in a browser: a folder of its own for the same member, and the program's own window.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use payamgir_desk::open::{Keyring, Member};
use payamgir_text::lang::Lang;

use crate::desk::{Link, Place};
use crate::files;
use crate::problem::Problem;

/// What unlocks the demo's desk.
pub const PASSPHRASE: &str = "payamgir demo desk";
/// The passphrase is printed: deriving a key from it slowly would protect nothing.
const WORK: u8 = 4;

/// A window that ends when dropped.
pub struct Window(Child);

impl Window {
    /// Makes the folder and starts the window, which prints its address.
    pub fn open(
        folder: &Path,
        (member, keyring, founding): (&Member, &Keyring, &str),
        link: &Link,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let place = Place::new(Some(folder.join("window")))?;
        place.folder()?;
        let file = member.lock(PASSPHRASE.into(), Some(WORK)).map_err(super::no_folder)?;
        files::create(&place.identity(), &file)?;
        files::create(&place.public(), founding.as_bytes())?;
        place.keep_keyring(keyring, member)?;
        place.remember(link)?;
        let mut command = Command::new(std::env::current_exe().map_err(super::no_folder)?);
        command.args(["--lang", lang.code(), "desk", "--dir"]).arg(place.dir());
        command.args(["--no-browser", "--window", "127.0.0.1:0"]).stdin(Stdio::null());
        Ok(Self(command.spawn().map_err(super::no_folder)?))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
