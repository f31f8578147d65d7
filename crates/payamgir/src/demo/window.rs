//! The demo's desk in browsers: a folder for each of two editors, and the program's own window for each.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use payamgir_desk::keys;
use payamgir_desk::open::{Keyring, Member};
use payamgir_text::lang::Lang;

use crate::desk::{Link, Place, founding, new_member, random};
use crate::files;
use crate::problem::Problem;

/// What unlocks the demo's desks.
pub const PASSPHRASE: &str = "payamgir demo desk";
/// The passphrase is printed: deriving a key from it slowly would protect nothing.
const WORK: u8 = 4;

/// Two editors, both of whom must approve what is published.
pub struct Editors {
    pub first: Arc<Member>,
    pub keyring: Keyring,
    second: (Member, Keyring),
    /// The desk's public half.
    pub founding: String,
}

impl Editors {
    /// Two fresh identities and a desk of theirs.
    pub fn new() -> Self {
        let (first, second) = (Arc::new(new_member()), new_member());
        let (mut keyring, mut other) = (Keyring::default(), Keyring::default());
        let block = keys::block(&second, &mut other, &random());
        let policy = payamgir_desk::roster::Policy {
            threshold: 2,
            author_may_approve: true,
            ..payamgir_desk::roster::Policy::DEFAULT
        };
        let founding = founding(&first, &mut keyring, &[block], policy).expect("a desk of two");
        Self { first, keyring, second: (second, other), founding }
    }

    /// Opens a window for each; gives their addresses.
    pub fn windows(&self, folder: &Path, link: &Link, lang: Lang) -> Result<[Window; 2], Problem> {
        let open = |name: &str, member: &Member, keyring: &Keyring| {
            Window::open(&folder.join(name), (member, keyring, &self.founding), link, lang)
        };
        let (second, keyring) = &self.second;
        Ok([open("window-1", &self.first, &self.keyring)?, open("window-2", second, keyring)?])
    }
}

/// A window that ends when dropped.
pub struct Window {
    child: Child,
    /// What leads in.
    pub address: String,
    /// Held open: a window whose output nobody takes would end.
    _output: BufReader<ChildStdout>,
}

impl Window {
    fn open(
        folder: &Path,
        (member, keyring, founding): (&Member, &Keyring, &str),
        link: &Link,
        lang: Lang,
    ) -> Result<Self, Problem> {
        let place = Place::new(Some(folder.to_owned()))?;
        place.folder()?;
        let file = member.lock(PASSPHRASE.into(), Some(WORK)).map_err(super::no_folder)?;
        files::create(&place.identity(), &file)?;
        files::create(&place.public(), founding.as_bytes())?;
        place.keep_keyring(keyring, member)?;
        place.remember(link)?;
        let mut command = Command::new(std::env::current_exe().map_err(super::no_folder)?);
        command.args(["--lang", lang.code(), "desk", "--dir"]).arg(place.dir());
        command.args(["--no-browser", "--window", "127.0.0.1:0"]);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(super::no_folder)?;
        let output = child.stdout.take().expect("it was piped");
        let (mut output, mut address) = (BufReader::new(output), String::new());
        output.read_line(&mut address).map_err(super::no_folder)?;
        Ok(Self { child, address: address.trim().to_owned(), _output: output })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
