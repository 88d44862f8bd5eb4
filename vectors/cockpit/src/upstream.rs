//! Machine `upstream`: the reference, compiled from a checkout together with a driver of ours.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use oracle::Machine;
use oracle::digest::Sum;
use oracle::machines::program::Program;
use oracle::project::{Project, commit_of};
use oracle::subject::{CheckoutName, Reference};

use crate::cases::Cockpit;

/// The driver, in this project.
const DRIVER: &str = "vectors/cockpit/upstream/driver.cpp";
/// Where the sources lie in a checkout.
const SOURCES: [&str; 2] = ["lib/vm_cockpit/src", "lib/vm_bootloader/include"];
/// What is compiled into the driver, to tell whether a folder is a checkout at all.
const ENGINE: &str = "execution_engine/execution_engine_v2.cpp";
/// Signed overflow, which the language leaves open, wraps as it does on every target of the reference; its mock of the
/// board is the one that runs on a host. Warnings about its code are not ours to act on.
const FLAGS: [&str; 5] = ["-std=c++17", "-O2", "-fwrapv", "-w", "-DQEMU_PLATFORM"];

impl Reference<Cockpit> for Cockpit {
    fn checkout(&self) -> CheckoutName {
        CheckoutName { option: "upstream-cockpit", variable: "COCKPIT_REFERENCE" }
    }

    fn machine(
        &self,
        project: &Project,
        checkout: &Path,
        time_limit: Duration,
    ) -> Result<Box<dyn Machine<Cockpit>>, String> {
        let program = compile(project, checkout)?;
        let commit = commit_of(checkout).unwrap_or_else(|| "no commit that git can name".into());
        let path = program.to_str().ok_or_else(|| format!("{}: no UTF-8", program.display()))?;
        let command = shlex::try_join([path, &commit]).map_err(|error| error.to_string())?;
        let program = Program::start(&command, time_limit)?;
        let machine = program.machine::<Cockpit>("upstream".into())?;
        machine.map(|machine| Box::new(machine) as _).ok_or_else(|| "the driver knows no `cockpit`".into())
    }
}

/// Compiles the driver with the sources of a checkout, always anew: what is tested is what is at hand.
fn compile(project: &Project, checkout: &Path) -> Result<PathBuf, String> {
    let [sources, headers] = SOURCES.map(|folder| checkout.join(folder));
    if !sources.join(ENGINE).is_file() {
        let missing = Path::new(SOURCES[0]).join(ENGINE);
        return Err(format!(
            "{}: no checkout of the reference: {} is missing",
            checkout.display(),
            missing.display()
        ));
    }
    let folder = project.results("upstream");
    let complain = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(complain)?;
    let fresh = folder.join(format!("cockpit-new-{}", std::process::id()));
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let mut command = Command::new(&compiler);
    command.args(FLAGS);
    for folder in [&sources, &headers] {
        command.arg("-I").arg(folder);
    }
    command.arg(project.path(DRIVER)).arg("-o").arg(&fresh);
    let output = command.output().map_err(|error| complaint(&compiler, &error.to_string()))?;
    if !output.status.success() {
        return Err(complaint(&compiler, String::from_utf8_lossy(&output.stderr).trim_end()));
    }
    // Another run may be using the program of another checkout: each is called by what it is.
    let mut digest = Sum::default();
    digest.add("program", &std::fs::read(&fresh).map_err(complain)?);
    let program = folder.join(format!("cockpit-{}", &String::from(digest)[..16]));
    std::fs::rename(&fresh, &program).map_err(complain)?;
    Ok(program)
}

fn complaint(compiler: &OsStr, why: &str) -> String {
    format!("{} does not compile the reference: {why}", compiler.to_string_lossy())
}
