//! Building the firmware, and what can be read in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object, ObjectSection, ObjectSymbol, SectionKind};
use oracle::project::Project;
use oracle::subject::{Alone, Code};

/// The architecture of the chips.
pub const TARGET: &str = "thumbv7em-none-eabihf";

/// A chip that there is firmware for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChipKind {
    /// The name of its feature in `mcu-target`.
    pub name: &'static str,
    /// What probe-rs calls it.
    pub part: &'static str,
}

/// The chips there is firmware for. The first is the one that QEMU knows.
pub const CHIPS: [ChipKind; 2] = [
    ChipKind { name: "stm32f405", part: "STM32F405RGTx" },
    ChipKind { name: "stm32g474", part: "STM32G474RETx" },
];

/// The compiler of Debian's package `rustc-web`, which has the source of the core library beside it.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
/// The linker that goes with it.
const DEBIAN_LINKER: &str = "arm-none-eabi-ld";

/// What to do if the chip's compiler is missing.
pub const HOW_TO_INSTALL: &str = "rustup target add thumbv7em-none-eabihf; if that has no network, on Debian: \
                                  apt install rustc-web rust-web-src binutils-arm-none-eabi";

/// What compiles for the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The toolchain of the host, with the chip's library beside it.
    Rustup,
    /// Debian's compiler, which builds the chip's library from its source.
    Debian,
}

impl Toolchain {
    /// The one that is installed.
    ///
    /// # Errors
    /// There is none. Says what to install.
    pub fn find() -> Result<Self, String> {
        let in_sysroot = |rustc: &str, path: &str| {
            let sysroot = output(Command::new(rustc).args(["--print", "sysroot"]))?;
            Some(Path::new(sysroot.trim()).join("lib/rustlib").join(path).exists())
        };
        if in_sysroot("rustc", &format!("{TARGET}/lib")) == Some(true) {
            return Ok(Toolchain::Rustup);
        }
        let source = in_sysroot(DEBIAN_RUSTC, "src/rust/library") == Some(true);
        if source && output(Command::new(DEBIAN_LINKER).arg("--version")).is_some() {
            return Ok(Toolchain::Debian);
        }
        Err(format!("there is no compiler for the chip: cargo xtask setup, or {HOW_TO_INSTALL}"))
    }

    /// What it says it is, e.g. `rustc 1.96.0`.
    ///
    /// # Errors
    /// It does not say.
    pub fn version(self) -> Result<String, String> {
        let rustc = if self == Toolchain::Debian { DEBIAN_RUSTC } else { "rustc" };
        let said = output(Command::new(rustc).arg("--version")).unwrap_or_default();
        let words: Vec<&str> = said.split_whitespace().take(2).collect();
        if words.is_empty() { Err(format!("{rustc} does not say its version")) } else { Ok(words.join(" ")) }
    }

    fn apply(self, command: &mut Command) {
        if self == Toolchain::Debian {
            command.env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=core");
            command.arg("--config").arg(format!("target.{TARGET}.linker = '{DEBIAN_LINKER}'"));
            command.arg("--config").arg(format!("target.{TARGET}.rustflags = ['-Clinker-flavor=ld']"));
        }
    }
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// What firmware with a link has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// The subjects that share a chip. Built for speed: they are interpreters.
    Shared,
    /// One of these, in a way to run that has firmware of its own.
    Apart(&'a str),
    /// A subject that does not share a chip, because it takes all of it. Built for size.
    Alone(&'a str),
}

/// The profile of `mcu-target/Cargo.toml` for speed.
const SPEED: &str = "speed";
/// The one for size.
const SIZE: &str = "release";

/// Firmware that was built.
#[derive(Clone, Debug)]
pub struct Firmware {
    /// The file.
    pub path: PathBuf,
    /// Its build id.
    pub build: Vec<u8>,
}

impl Firmware {
    /// Builds that of the project, if that is needed, for the chip of this name in [`CHIPS`], with the link `uart`, `rtt`
    /// or `semihosting`, below the folder `target`.
    ///
    /// # Errors
    /// What is missing, or what the compiler says.
    pub fn build(
        project: &Project,
        chip: &str,
        link: &str,
        content: Content<'_>,
        target: &Path,
    ) -> Result<Self, String> {
        let (only, profile) = match content {
            Content::Shared => (None, SPEED),
            Content::Apart(way) => (Some(way), SPEED),
            Content::Alone(subject) => (Some(subject), SIZE),
        };
        let Some(only) = only else {
            return Firmware::make(
                project,
                ("firmware", profile),
                &[&format!("--features={chip},{link}")],
                target,
            );
        };
        let features = format!("--features={chip},{link},{only}");
        Firmware::make(project, ("firmware", profile), &["--no-default-features", &features], target)
    }

    /// Builds one with a single subject.
    ///
    /// # Errors
    /// What is missing, or what the compiler says: that it does not fit the chip's memory, too.
    pub fn build_alone(project: &Project, alone: Alone, target: &Path) -> Result<Self, String> {
        let Alone { program, chip, features, .. } = alone;
        let features = format!("--features={chip},{}", features.join(","));
        Firmware::make(project, (program, SIZE), &["--no-default-features", &features], target)
    }

    /// Builds a program of `mcu-target` in a profile of its `Cargo.toml`, with these features.
    fn make(
        project: &Project,
        (program, profile): (&str, &str),
        features: &[&str],
        target: &Path,
    ) -> Result<Self, String> {
        let toolchain = Toolchain::find()?;
        let source = project.root().join("mcu-target");
        // Each variant has a folder of its own, so that one does not undo the other.
        let chosen = features.last().and_then(|it| it.strip_prefix("--features=")).unwrap_or_default();
        let folder = target.join("firmware").join(chosen.replace(',', "-"));
        let mut command = Command::new("cargo");
        command.current_dir(source).args(["build", "--quiet", "--profile", profile, "--bin", program]);
        command.args(features).arg("--target-dir").arg(&folder);
        // Flags for the host are none for the chip.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        toolchain.apply(&mut command);
        let output = command.output().map_err(|error| format!("cargo: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "the firmware does not build: {}; {command:?} says more",
                first_error(&said)
            ));
        }
        Firmware::read(folder.join(TARGET).join(profile).join(program))
    }

    /// Bytes of flash that the code takes which a subject runs in one of its profiles.
    ///
    /// # Errors
    /// The file cannot be read, or has no such code.
    pub fn size_of_code(&self, code: Code) -> Result<u64, String> {
        let Code { of_crate, for_type, shared } = code;
        let prefix = format!("{of_crate}::");
        let size: u64 = self.inspect(|file| {
            let sizes = file.symbols().filter(|symbol| {
                let name = format!("{:#}", rustc_demangle::demangle(symbol.name().unwrap_or_default()));
                let name = name.trim_start_matches('<');
                name.starts_with(&prefix) && name.contains(for_type)
                    || shared.iter().any(|shared| name.starts_with(shared))
            });
            sizes.map(|symbol| symbol.size()).sum()
        })?;
        if size == 0 { Err(format!("no code for {for_type} is in it")) } else { Ok(size) }
    }

    /// Bytes of flash that all of it takes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn size(&self) -> Result<u64, String> {
        let in_flash = |section: &object::Section<'_, '_>| {
            matches!(
                section.kind(),
                SectionKind::Text
                    | SectionKind::ReadOnlyData
                    | SectionKind::ReadOnlyString
                    | SectionKind::Data
                    | SectionKind::Note
            ) && section.address() != 0
        };
        self.inspect(|file| file.sections().filter(in_flash).map(|section| section.size()).sum())
    }

    /// Bytes of RAM that its variables take; what is left is the stack's.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn ram(&self) -> Result<u64, String> {
        let in_ram = |section: &object::Section<'_, '_>| {
            matches!(section.kind(), SectionKind::Data | SectionKind::UninitializedData)
        };
        self.inspect(|file| file.sections().filter(in_ram).map(|section| section.size()).sum())
    }

    fn inspect<T>(&self, look: impl FnOnce(&object::File<'_>) -> T) -> Result<T, String> {
        let data = fs::read(&self.path).map_err(|error| format!("{}: {error}", self.path.display()))?;
        object::File::parse(&*data)
            .map(|file| look(&file))
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Firmware that is there already.
    ///
    /// # Errors
    /// The file is no firmware.
    pub fn read(path: PathBuf) -> Result<Self, String> {
        let mut firmware = Firmware { path, build: Vec::new() };
        let build = firmware.inspect(|file| file.build_id().ok().flatten().map(<[u8]>::to_vec))?;
        firmware.build = build.ok_or_else(|| format!("{}: it has no build id", firmware.path.display()))?;
        Ok(firmware)
    }
}
/// The first error that a compiler reports, and its place, in a line.
fn first_error(said: &str) -> String {
    let mut lines = said.lines().skip_while(|line| !line.starts_with("error"));
    let Some(error) = lines.next() else {
        return said.lines().last().unwrap_or("cargo says nothing").to_owned();
    };
    match lines.find_map(|line| line.trim_start().strip_prefix("--> ")) {
        Some(place) => format!("{error} ({place})"),
        None => error.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::first_error;

    #[test]
    fn an_error_is_told_with_its_place() {
        let said = "warning: unused\n --> src/a.rs:1:1\nerror[E0425]: no `x`\n  --> src/b.rs:2:3\n   |\nerror: aborting";
        assert_eq!(first_error(said), "error[E0425]: no `x` (src/b.rs:2:3)");
        assert_eq!(first_error("error: no such target\n"), "error: no such target");
        assert_eq!(first_error("killed\n"), "killed");
        assert_eq!(first_error(""), "cargo says nothing");
    }
}
