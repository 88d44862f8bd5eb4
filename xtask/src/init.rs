//! `lockstep init`: a folder to start a port from.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use oracle::project::Project;
use oracle::report::Exit;

use crate::failure::Failure;
use crate::machines::typed;
use crate::{config, page};

/// Options of `cargo xtask init`.
#[derive(Args)]
pub struct Options {
    /// The folder. It is made if it is not there; no file in it is replaced.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The language of the machine to start from.
    #[arg(long)]
    language: Language,
}

/// A language in which there is a machine to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// `machine.py`, for Python 3.10 or newer.
    Python,
    /// `machine.c`, for C11.
    C,
    /// A Cargo package.
    Rust,
    /// `machine.cpp`, for C++17.
    #[value(name = "c++")]
    Cpp,
    /// `machine.go`, for Go 1.18 or newer.
    Go,
    /// `machine.ts`, for Node 18 or newer.
    #[value(name = "typescript")]
    TypeScript,
}

/// A machine to start from, which calls itself `mine`.
struct Starter {
    /// Files by name.
    files: &'static [(&'static str, &'static str)],
    /// What builds it; empty if nothing has to.
    build: &'static str,
    /// What starts it.
    command: &'static str,
}

const NODE: &str = r#"{
  "private": true,
  "type": "module",
  "scripts": { "build": "tsc" },
  "devDependencies": { "typescript": ">=5" }
}
"#;

const TSC: &str = r#"{
  "compilerOptions": { "strict": true, "target": "es2022", "module": "es2022", "types": [] },
  "files": ["machine.ts"]
}
"#;

const CARGO: &str = r#"[package]
name = "machine"
version = "0.1.0"
edition = "2024"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = { version = "1", features = ["raw_value"] }

[workspace]
"#;

impl Language {
    fn starter(self) -> Starter {
        match self {
            Language::Python => Starter {
                files: &[("machine.py", include_str!("../../oracle/examples/machine.py"))],
                build: "",
                command: "python3 machine.py",
            },
            Language::C => Starter {
                files: &[("machine.c", include_str!("../../oracle/examples/machine.c"))],
                build: "cc -std=gnu11 -O2 -o machine machine.c",
                command: "./machine",
            },
            Language::Rust => Starter {
                files: &[
                    ("Cargo.toml", CARGO),
                    ("src/main.rs", include_str!("../../oracle/examples/machine.rs")),
                ],
                build: "cargo build --release",
                command: "target/release/machine",
            },
            Language::Cpp => Starter {
                files: &[("machine.cpp", include_str!("../../oracle/examples/machine.cpp"))],
                build: "c++ -std=c++17 -O2 -o machine machine.cpp",
                command: "./machine",
            },
            Language::Go => Starter {
                files: &[("machine.go", include_str!("../../oracle/examples/machine.go"))],
                build: "go build -o machine machine.go",
                command: "./machine",
            },
            Language::TypeScript => Starter {
                files: &[
                    ("machine.ts", include_str!("../../oracle/examples/machine.ts")),
                    ("package.json", NODE),
                    ("tsconfig.json", TSC),
                ],
                build: "npm install && npm run build",
                command: "node machine.js",
            },
        }
    }
}

impl Starter {
    fn config(&self) -> String {
        let Starter { command, .. } = self;
        format!(
            "\
# What `conformance`, `check` and `ladder` are about in this folder. Options on the
# command line come first.

# Programs that speak the machine protocol, as seen from this folder.
machines = [\"{command}\"]
# What the machine is compared with: the model, and the vectors. Leave it out to
# run everything.
lanes = [\"mine~python/reference\", \"mine~vectors\"]
# Where report.html and everything else goes; of a run that leaves something out,
# a folder below it: quick, selected.
report = \"lockstep\"
"
        )
    }

    /// A workflow for GitHub. Where the repository of Lockstep is, is a variable of the port's.
    fn workflow(&self) -> String {
        let build = match self.build {
            "" => String::new(),
            build => format!("      - run: {build}\n"),
        };
        format!(
            "\
name: lockstep
on: [push, pull_request]
jobs:
  conformance:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: cargo install --quiet --locked --git \"${{{{ vars.LOCKSTEP_REPOSITORY }}}}\" lockstep
{build}      - run: lockstep conformance --quick
"
        )
    }
}

/// Writes the files, and says what to do next.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    let starter = options.language.starter();
    let (config, workflow) = (starter.config(), starter.workflow());
    let own = [(config::FILE, config.as_str()), (".github/workflows/lockstep.yml", workflow.as_str())];
    let files: Vec<(&str, &str)> = own.into_iter().chain(starter.files.iter().copied()).collect();
    if let Some((name, _)) = files.iter().find(|(name, _)| options.folder.join(name).exists()) {
        let message = format!("{} is there already", options.folder.join(name).display());
        return Err(Failure::usage(message));
    }
    let mut said = String::new();
    for (name, text) in &files {
        let path = options.folder.join(name);
        write(&path, text).map_err(|error| Failure::file(&path, error))?;
        said += &format!("wrote {}\n", path.display());
    }
    let folder = options.folder.display().to_string();
    let build = if starter.build.is_empty() { String::new() } else { format!("  {}\n", starter.build) };
    let name = match oracle::called() {
        "lockstep" => String::new(),
        _ => format!("  alias lockstep={}\n", typed(&[by_cargo(project)]).trim_start()),
    };
    said += &format!("\nnext:\n  cd{}\n{build}{name}  lockstep check && lockstep\n", typed(&[folder]));
    said += "then add an opcode to `step`, and again. `lockstep ladder` says which one.\n";
    page::print(&said)?;
    Ok(Exit::Conformant)
}

/// How Cargo runs this program from any folder.
fn by_cargo(project: &Project) -> String {
    let package = project.root().join("xtask/Cargo.toml");
    let package = package.canonicalize().unwrap_or(package).display().to_string();
    format!("cargo run -qr --no-default-features --manifest-path{} --", typed(&[package]))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
