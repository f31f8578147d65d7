//! Why a job was not done.

use std::fmt;

use payamgir_text::Lang;

/// Why there is no answer. Says nothing of the attachment but this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The file, what it declares to be, or the answer is over a limit.
    TooLarge,
    /// The file is not whole, or not what its first bytes say.
    Malformed,
    /// This kind of file cannot be treated.
    NotSupported,
    /// The tool that cleans would not: there is something in the file that it does not know.
    Declined,
    /// The job took too long and was ended.
    TimedOut,
    /// The job's process ended of itself or was ended by its sandbox.
    Crashed,
    /// The sandbox could not be made.
    NoSandbox,
    /// A tool is not installed.
    NoTool(Package),
    /// What was to be read could not be, or the result could not be handed on.
    Interrupted,
}

/// A Debian package that a job needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Package {
    /// Makes the sandbox for the other two.
    Bubblewrap,
    /// Copies sound and film without what they carry.
    Ffmpeg,
    /// Takes metadata from documents and sound.
    Mat2,
}

impl Package {
    /// The name to install it by.
    pub fn name(self) -> &'static str {
        match self {
            Package::Bubblewrap => "bubblewrap",
            Package::Ffmpeg => "ffmpeg",
            Package::Mat2 => "mat2",
        }
    }
}

impl Refusal {
    /// What happened and what to do, for an editor.
    pub fn words(self, lang: Lang) -> String {
        let (fa, en) = match self {
            Refusal::TooLarge => {
                ("این پرونده برای این کار بیش از حد بزرگ است.", "The file is too large for this.")
            }
            Refusal::Malformed => (
                "این پرونده ناقص است یا آن نیست که می‌نماید.",
                "The file is not whole, or not what it seems to be.",
            ),
            Refusal::NotSupported => (
                "با این نوع پرونده این کار شدنی نیست.",
                "This cannot be done with this kind of file.",
            ),
            Refusal::Declined => (
                "در این پرونده چیزی هست که ابزار نمی‌شناسد؛ نسخه‌ای ساخته نشد.",
                "There is something in the file that the tool does not know; no copy was made.",
            ),
            Refusal::TimedOut => {
                ("کار بیش از اندازه طول کشید و متوقف شد.", "It took too long and was stopped.")
            }
            Refusal::Crashed => (
                "کار ناتمام ماند؛ با این پرونده با احتیاط رفتار کنید.",
                "The work broke off; treat the file with care.",
            ),
            Refusal::NoSandbox => (
                "محیط جدا ساخته نشد؛ پرونده باز نشد.",
                "No sandbox could be made; the file was not opened.",
            ),
            Refusal::Interrupted => (
                "پرونده تا پایان خوانده یا نوشته نشد.",
                "The file was not read or written to its end.",
            ),
            Refusal::NoTool(package) => return package.words(lang),
        };
        match lang {
            Lang::Fa => fa.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

impl Refusal {
    /// Why a worker could not read its input: it is the memory, or else the pipe.
    pub(crate) fn of_reading(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::OutOfMemory => Refusal::TooLarge,
            _ => Refusal::Malformed,
        }
    }
}

impl Package {
    fn words(self, lang: Lang) -> String {
        let name = self.name();
        match lang {
            Lang::Fa => format!(
                "بستهٔ دبیان \u{2068}{name}\u{2069} را نصب کنید: \u{2066}sudo apt install {name}\u{2069}"
            ),
            Lang::En => format!("Install the Debian package {name}: sudo apt install {name}"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(Lang::En))
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named_in_both_languages() {
        for package in [Package::Bubblewrap, Package::Ffmpeg, Package::Mat2] {
            for lang in [Lang::Fa, Lang::En] {
                let words = Refusal::NoTool(package).words(lang);
                assert!(words.contains(&format!("apt install {}", package.name())), "{words}");
            }
        }
    }
}
