//! What a session needs: a nightly compiler, cargo-fuzz, the binaries of the targets, and the worker if something is
//! found.

use std::env;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::process::Command;

use oracle::project::Project;
use oracle::report::Exit;

use crate::fuzzing::Fuzzing;

/// Something is not installed, or does not build.
#[derive(Clone, Debug)]
pub enum Missing {
    /// What to install.
    NotInstalled(String),
    /// What did not build.
    NotBuilt(String),
}

impl Display for Missing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Missing::NotInstalled(install) => {
                write!(f, "fuzzing needs something that is not installed: {install}")
            }
            Missing::NotBuilt(what) => write!(f, "does not build: {what}"),
        }
    }
}

/// The targets, built.
#[derive(Clone, Debug)]
pub struct Tools {
    binaries: PathBuf,
}

impl Tools {
    /// Builds the binaries of these targets. Cargo says what it does on stderr.
    ///
    /// # Errors
    /// What is not installed, or what does not build.
    pub fn build(fuzzing: &Fuzzing, names: &[&str]) -> Result<Self, Missing> {
        let host = host()?;
        let version = Command::new("cargo").args(["fuzz", "--version"]).output();
        if !version.is_ok_and(|output| output.status.success()) {
            return Err(Missing::NotInstalled("cargo install cargo-fuzz --locked".into()));
        }
        let fuzz = target_folder(&fuzzing.project).join("fuzz");
        // Without a name cargo-fuzz builds all, at once; it takes no more than one name.
        let all = names.len() == fuzzing.names().len();
        let builds: Vec<Option<&str>> =
            if all { vec![None] } else { names.iter().copied().map(Some).collect() };
        for name in builds {
            let mut build = Command::new("rustup");
            // Nothing that is fuzzed has unsafe code, so a sanitizer would find nothing and halve the speed. What
            // traced compares would tell, mutation knows: it is made for each format.
            build
                .args([
                    "run",
                    "nightly",
                    "cargo",
                    "fuzz",
                    "build",
                    "--sanitizer=none",
                    "--no-trace-compares",
                    "--target-dir",
                ])
                .arg(&fuzz);
            build.args(name);
            run(&fuzzing.project, "the fuzz targets", build)?;
        }
        Ok(Tools { binaries: fuzz.join(host).join("release") })
    }

    /// The binary of a target.
    pub fn binary(&self, target: &str) -> PathBuf {
        self.binaries.join(target)
    }
}

/// Builds the worker, which only those need who have found something.
///
/// # Errors
/// It does not build.
pub(super) fn worker(project: &Project) -> Result<PathBuf, Missing> {
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "-p", "fuzz-worker"]);
    run(project, "the worker", build)?;
    Ok(target_folder(project).join("debug/fuzz-worker"))
}

/// Where Cargo puts what it builds.
fn target_folder(project: &Project) -> PathBuf {
    let folder = env::var_os("CARGO_TARGET_DIR");
    project.root().join(folder.unwrap_or_else(|| "target".into()))
}

/// A command for a program that looks for the checkout that it is about, whatever the current folder is.
pub(super) fn in_checkout(project: &Project, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("CARGO_MANIFEST_DIR", project.root());
    command
}

/// The platform of the nightly compiler, which shows that there is one.
fn host() -> Result<String, Missing> {
    let output = Command::new("rustup").args(["run", "nightly", "rustc", "-vV"]).output();
    let output = output.ok().filter(|output| output.status.success());
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let host =
        text.and_then(|text| Some(text.lines().find_map(|line| line.strip_prefix("host: "))?.to_owned()));
    host.ok_or_else(|| Missing::NotInstalled("rustup toolchain install nightly --profile minimal".into()))
}

/// Runs a hex file in the worker, which has the checks that a release build leaves out.
///
/// # Errors
/// The worker does not build, or does not run.
pub fn replay(project: &Project, file: &Path) -> Result<Exit, Missing> {
    let worker = worker(project)?;
    let status = in_checkout(project, &worker).arg("replay").arg(file).status();
    let status = status.map_err(|error| Missing::NotBuilt(format!("{}: {error}", worker.display())))?;
    Ok(match status.code() {
        Some(0) => Exit::Conformant,
        Some(2) => Exit::Usage,
        // It complains, or the input has ended the process.
        _ => Exit::Differs,
    })
}

fn run(project: &Project, what: &str, mut command: Command) -> Result<(), Missing> {
    let status = command.current_dir(project.root()).status();
    if status.as_ref().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let why = status.map_or_else(|error| error.to_string(), |status| status.to_string());
    Err(Missing::NotBuilt(format!("{what}: {why}")))
}
