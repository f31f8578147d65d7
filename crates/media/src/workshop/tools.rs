//! The sandbox in which tools of the system treat a file: bubblewrap, nothing of this machine but
//! its programs, no network, and a folder in memory that ends with it.
//!
//! The tools want files with names; the names are ours, with an extension by the sniffed kind.
//! The first tool to fail ends the script, so nothing is said unless all went well.

use std::path::Path;
use std::process::Command;

use crate::{Kind, Package, Refusal};

const BWRAP: &str = "/usr/bin/bwrap";
const FFMPEG: &str = "/usr/bin/ffmpeg";
const MAT2: &str = "/usr/lib/python3/dist-packages/libmat2/__init__.py";

/// Exit codes of the script, by which a refusal is told from a failed sandbox (1) and a signal.
const UNFED: i32 = 70;
const DECLINED: i32 = 71;
const UNSAID: i32 = 72;
const UNLIMITED: i32 = 73;

/// A tool and how it is called. `$0` is the extension, `$1` the media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tool {
    package: Package,
    script: &'static str,
}

/// Streams are copied, never decoded. Only real video (`V`: no cover image, which has metadata of
/// its own) and sound are taken: a telemetry track with places is neither, and mat2, which has
/// ffmpeg copy all streams, would keep it.
const COPY: &str = r#"
ulimit -c 0 && ulimit -v 2097152 && ulimit -t 1800 || exit 73
cat > "in.$0" || exit 70
ffmpeg -nostdin -v quiet -protocol_whitelist file -i "in.$0" -map '0:V?' -map '0:a?' -c copy \
  -map_metadata -1 -map_metadata:s -1 -map_chapters -1 -disposition 0 \
  -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "out.$0" || exit 71
rm "in.$0"
cat "out.$0" || exit 72
"#;

/// mat2 by its library: its own sandbox cannot be made inside this one, and the flag that turns
/// it off has meant different things. Archives with members it does not know are refused, as is
/// its default.
const MAT: &str = r#"
ulimit -c 0 && ulimit -v 4194304 && ulimit -t 1800 || exit 73
cat > "in.$0" || exit 70
python3 -I -c '
import mimetypes, sys
from libmat2 import parser_factory
mimetypes.add_type(sys.argv[2], "." + sys.argv[1].rpartition(".")[2])
parser, _ = parser_factory.get_parser(sys.argv[1])
if parser is None:
    sys.exit(1)
parser.sandbox = False
sys.exit(0 if parser.remove_all() else 1)
' "in.$0" "$1" > /dev/null || exit 71
rm "in.$0"
cat "in.cleaned.$0" || exit 72
"#;

impl Tool {
    /// The tool that cleans a kind.
    pub fn of(kind: Kind) -> Result<Self, Refusal> {
        match kind {
            Kind::Mp4 | Kind::Mov | Kind::M4a | Kind::WebM => {
                Ok(Self { package: Package::Ffmpeg, script: COPY })
            }
            Kind::Ogg | Kind::Mp3 | Kind::Wav | Kind::Pdf | Kind::Docx | Kind::Odt => {
                Ok(Self { package: Package::Mat2, script: MAT })
            }
            _ => Err(Refusal::NotSupported),
        }
    }

    /// The command that reads a file of `kind`, at most `most` bytes, and says the cleaned one.
    pub fn command(self, kind: Kind, most: u64) -> Result<Command, Refusal> {
        self.installed()?;
        Ok(self.in_sandbox(kind, most))
    }

    fn in_sandbox(self, kind: Kind, most: u64) -> Command {
        let mut command = Command::new(BWRAP);
        command.env_clear().current_dir("/");
        command.args(["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]);
        command.args(["--cap-drop", "ALL", "--uid", "65534", "--gid", "65534"]);
        command.args(["--ro-bind", "/usr", "/usr"]);
        for (name, at) in [("bin", "/bin"), ("lib", "/lib"), ("lib64", "/lib64")] {
            command.args(["--symlink", &format!("usr/{name}"), at]);
        }
        for path in ["/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"] {
            command.args(["--ro-bind-try", path, path]);
        }
        command.args(["--proc", "/proc", "--dev", "/dev"]);
        // The file, a tool's own copies and pages drawn from it, the result.
        let size = most.saturating_mul(4).saturating_add(256 << 20).to_string();
        command.args(["--size", &size, "--tmpfs", "/w", "--chdir", "/w"]);
        for (name, value) in
            [("PATH", "/usr/bin"), ("HOME", "/w"), ("TMPDIR", "/w"), ("LANG", "C.UTF-8")]
        {
            command.args(["--setenv", name, value]);
        }
        command.args(["/bin/sh", "-c", self.script, kind.extension(), media_type(kind)]);
        command
    }

    fn installed(self) -> Result<(), Refusal> {
        let path = if self.package == Package::Mat2 { MAT2 } else { FFMPEG };
        all_there([(Package::Bubblewrap, BWRAP), (self.package, path)])
    }
}

/// The first package whose file is not there is named.
fn all_there<const N: usize>(needs: [(Package, &str); N]) -> Result<(), Refusal> {
    let missing = needs.into_iter().find(|(_, path)| !Path::new(path).exists());
    missing.map_or(Ok(()), |(package, _)| Err(Refusal::NoTool(package)))
}

/// The media type by which mat2 chooses how to clean; `/etc/mime.types`, where it would look, need
/// not be there.
fn media_type(kind: Kind) -> &'static str {
    if kind == Kind::Wav { "audio/x-wav" } else { kind.media_type() }
}

/// What the script's exit code, if it was no success, means.
pub(super) fn refusal(code: Option<i32>) -> Refusal {
    match code {
        Some(UNFED | UNSAID) => Refusal::TooLarge,
        Some(DECLINED) => Refusal::Declined,
        Some(1 | UNLIMITED) => Refusal::NoSandbox,
        _ => Refusal::Crashed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named() {
        let (there, gone) = ("/", "/nonexistent/tool");
        let table = [
            (there, there, Ok(())),
            (gone, there, Err(Refusal::NoTool(Package::Bubblewrap))),
            (there, gone, Err(Refusal::NoTool(Package::Mat2))),
        ];
        for (first, second, want) in table {
            let needs = [(Package::Bubblewrap, first), (Package::Mat2, second)];
            assert_eq!(all_there(needs), want);
        }
    }

    #[test]
    fn every_exit_has_a_meaning() {
        let table = [
            (Some(1), Refusal::NoSandbox),
            (Some(UNFED), Refusal::TooLarge),
            (Some(DECLINED), Refusal::Declined),
            (Some(UNLIMITED), Refusal::NoSandbox),
            (Some(139), Refusal::Crashed),
            (None, Refusal::Crashed),
        ];
        for (code, want) in table {
            assert_eq!(refusal(code), want, "{code:?}");
        }
    }

    #[test]
    fn the_command_is_ours_alone() {
        let tool = Tool { package: Package::Mat2, script: MAT };
        let command = tool.in_sandbox(Kind::Odt, 1 << 20);
        let args: Vec<_> = command.get_args().filter_map(|arg| arg.to_str()).collect();
        for want in ["--unshare-all", "--die-with-parent", "--new-session", "--clearenv"] {
            assert!(args.contains(&want), "{want}");
        }
        // Nothing of this machine can be written to, and only these parts of it read.
        assert!(!args.contains(&"--bind") && !args.contains(&"--dev-bind"));
        let bound: Vec<_> = args.windows(2).filter(|w| w[0].starts_with("--ro-bind")).collect();
        let roots = ["/usr", "/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"];
        assert!(bound.iter().all(|w| roots.contains(&w[1])), "{bound:?}");
    }
}
