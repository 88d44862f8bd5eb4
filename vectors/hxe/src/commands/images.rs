//! `cargo xtask hxe`: HXE images, made and looked into.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use minivm::asm;
use minivm::hxe::{self, ImageParts};
use oracle::report::Exit;
use oracle::subject::{Cases, Profile};

use super::file::read;
use crate::{Case, Hxe, NativeLoader, Outcome, info, profile};

/// What to do with images.
#[derive(Subcommand)]
pub enum Command {
    /// Assemble a program to an image of version 2.
    Build {
        /// The program, in MVASM.
        source: PathBuf,
        /// Where the image goes [default: beside the program, ending in .hxe]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The app name, at most 31 ASCII characters [default: the name of the program's file]
        #[arg(long)]
        name: Option<String>,
    },
    /// Show what an image declares, or why it is refused.
    Info {
        /// The image.
        file: PathBuf,
    },
    /// Show the program of an image as assembly text that assembles to it again.
    Disasm {
        /// The image.
        file: PathBuf,
    },
}

/// Does it, and prints.
pub fn run(command: &Command) -> Result<Exit, String> {
    match command {
        Command::Build { source, output, name } => build(source, output.as_deref(), name.as_deref()),
        Command::Info { file } => {
            let loaded = load(file)?;
            print!("{}", info::info(&loaded));
            let valid = info::accepted(&loaded).is_some();
            Ok(if valid { Exit::Conformant } else { Exit::Usage })
        }
        Command::Disasm { file } => {
            let loaded = load(file)?;
            let refused = || format!("{}:\n{}", file.display(), info::info(&loaded));
            print!("{}", info::assembly(info::accepted(&loaded).ok_or_else(refused)?));
            Ok(Exit::Conformant)
        }
    }
}

fn build(source: &Path, output: Option<&Path>, name: Option<&str>) -> Result<Exit, String> {
    let bytes = read(source)?;
    let complain = |why: String| format!("{}: {why}", source.display());
    let text = String::from_utf8(bytes).map_err(|error| complain(error.to_string()))?;
    let program = asm::assemble(&text).map_err(|error| complain(error.to_string()))?;
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let app_name = name.unwrap_or(&stem);
    if !app_name.is_ascii() || app_name.len() > 31 {
        return Err(format!("`{app_name}` is no name for an app: at most 31 ASCII characters"));
    }
    let parts = ImageParts { version: 2, app_name: app_name.into(), ..program.into() };
    let image = hxe::write(&parts);
    let output = output.map_or_else(|| source.with_extension("hxe"), Path::to_owned);
    std::fs::write(&output, &image).map_err(|error| format!("{}: {error}", output.display()))?;
    println!("{}: {} bytes, {} of code", output.display(), image.len(), parts.code.len());
    Ok(Exit::Conformant)
}

/// What loading the image says, by profile.
fn load(file: &Path) -> Result<Vec<(Profile, Outcome)>, String> {
    let case = Case::whole(read(file)?);
    let mut loader = NativeLoader::default();
    let mut load = |profile: Profile| profile::with!(profile, |it| loader.load(it, &case));
    Ok(Hxe::PROFILES.iter().map(|&profile| (profile, load(profile))).collect())
}
