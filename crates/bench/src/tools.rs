//! Programs that are not this one: found, or made.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Failure, Plan};

/// `rage` and `rage-keygen`, installed beside the build where they are missing.
pub fn rage() -> Result<(PathBuf, PathBuf), Failure> {
    let root = target()?.join("tools");
    let found = || find("rage", &root).zip(find("rage-keygen", &root));
    if let Some(pair) = found() {
        return Ok(pair);
    }
    run(cargo().args(["install", "rage", "--locked", "--root"]).arg(&root))?;
    found().ok_or_else(|| "rage was installed but is not there".into())
}

/// The payamgir program: the one named, or one built now from this source.
pub fn payamgir(plan: &Plan) -> Result<PathBuf, Failure> {
    if let Some(program) = &plan.program {
        return Ok(program.clone());
    }
    let target = target()?;
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let mut build = cargo();
    build.args(["build", "--quiet", "--release", "-p", "payamgir", "--manifest-path"]);
    run(build.arg(manifest).arg("--target-dir").arg(&target))?;
    Ok(target.join("release/payamgir"))
}

/// Runs a command to its end, its output on standard error.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// The build's folder: this program is in `<target>/release`.
fn target() -> Result<PathBuf, Failure> {
    let exe = std::env::current_exe()?;
    let target = exe.parent().and_then(Path::parent).ok_or("this program is in no folder")?;
    Ok(target.to_owned())
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn find(name: &str, root: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let more = [root.join("bin"), home.join(".cargo/bin")];
    let mut places = std::env::split_paths(&path).chain(more);
    places.find_map(|place| Some(place.join(name)).filter(|program| program.is_file()))
}
