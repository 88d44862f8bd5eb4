//! `cargo xtask test`: everything that must hold before a change lands.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Args;
use oracle::report::Exit;

use oracle::project::Project;

use crate::failure::Failure;

/// Options of `cargo xtask test`.
#[derive(Args)]
pub struct Options {
    /// Only tests, vectors and trials whose name contains this.
    filter: Option<String>,
    /// Fail if a part cannot run, instead of leaving it out; `cargo deny` and `actionlint` excepted.
    #[arg(long)]
    require_all: bool,
}

/// Parts that may be missing even if all are required.
const OPTIONAL: [&str; 3] = ["deny", "workflows", "slurm"];

/// A part of the test run.
struct Step {
    name: &'static str,
    program: &'static str,
    arguments: Vec<String>,
    folder: &'static str,
    /// A variable of the environment that it needs.
    variable: Option<(&'static str, &'static str)>,
    /// A command that tells whether it is installed, if that is not certain.
    probe: Option<&'static [&'static str]>,
}

impl Step {
    fn cargo(name: &'static str, arguments: &str) -> Self {
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Step { name, program: "cargo", arguments, folder: ".", variable: None, probe: None }
    }

    /// A tool that looks at the Python code, and may be missing.
    fn python(name: &'static str, program: &'static str, arguments: &str) -> Self {
        let probe: &'static [&'static str] =
            if program == "mypy" { &["mypy", "--version"] } else { &["ruff", "--version"] };
        Step { program, folder: "oracle/python", probe: Some(probe), ..Step::cargo(name, arguments) }
    }

    /// Runs it. Whether it passed, and if it did not and nobody is at a terminal, what it printed:
    /// the end of a log is often all that is seen of it.
    fn run(&self, project: &Project) -> io::Result<(bool, Vec<String>)> {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).envs(self.variable).current_dir(project.root().join(self.folder));
        if io::stdout().is_terminal() {
            return Ok((command.status()?.success(), Vec::new()));
        }
        let (output, input) = io::pipe()?;
        let mut child = command.stdout(input.try_clone()?).stderr(input).spawn()?;
        // It holds the writing ends, and the output ends when the last of them is closed.
        drop(command);
        let mut lines = Vec::new();
        for line in BufReader::new(output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            writeln!(io::stdout(), "{line}")?;
            lines.push(line);
        }
        let passed = child.wait()?.success();
        Ok((passed, if passed { Vec::new() } else { excerpt(&lines).to_vec() }))
    }
}

/// Lines shown again of a part that failed.
const EXCERPT: usize = 60;

/// What is worth showing again: from the first line that speaks of a failure, else the end.
fn excerpt(lines: &[String]) -> &[String] {
    let first = lines.iter().position(|line| line.starts_with("failures:") || line.starts_with("error"));
    let start = first.unwrap_or(lines.len().saturating_sub(EXCERPT));
    &lines[start..lines.len().min(start + EXCERPT)]
}

/// Runs every part, even after one has failed, and says which did.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    if let Some(filter) = &options.filter {
        check_filter(filter, project)?;
    }
    let steps = if options.filter.is_some() { vec![tests(options)] } else { all(options, project) };
    let (mut failed, mut missing) = (Vec::new(), Vec::new());
    for step in steps {
        println!("--- {}: {} {}", step.name, step.program, step.arguments.join(" "));
        let start = Instant::now();
        if step.probe.is_some_and(|probe| !installed(probe)) {
            println!("--- {}: skipped, because what it needs is not installed", step.name);
            if !OPTIONAL.contains(&step.name) {
                missing.push(step.name);
            }
            continue;
        }
        let (passed, excerpt) = step.run(project).unwrap_or_else(|error| (false, vec![error.to_string()]));
        println!(
            "--- {}: {} in {:.1} s",
            step.name,
            if passed { "passed" } else { "FAILED" },
            start.elapsed().as_secs_f32()
        );
        if !passed {
            failed.push((step.name, excerpt));
        }
    }
    for (name, excerpt) in failed.iter().filter(|(_, excerpt)| !excerpt.is_empty()) {
        println!("--- {name}: FAILED, from its output:\n{}", excerpt.join("\n"));
    }
    if !failed.is_empty() {
        let names: Vec<_> = failed.iter().map(|(name, _)| *name).collect();
        return Err(Failure { exit: Exit::Differs, message: format!("failed: {}", names.join(", ")) });
    }
    if !missing.is_empty() && options.require_all {
        return Err(Failure {
            exit: Exit::Undetermined,
            message: format!("not installed: {}", missing.join(", ")),
        });
    }
    Ok(Exit::Conformant)
}

/// Whether the compiler and the emulator for the chip are there.
const CHIP: Option<&[&str]> = Some(&["cargo", "xtask", "setup", "--check"]);

fn all(options: &Options, project: &Project) -> Vec<Step> {
    vec![
        Step::cargo("format", "fmt --all --check"),
        Step::cargo("clippy", "clippy --workspace --all-targets --quiet -- -D warnings"),
        Step {
            variable: Some(("RUSTDOCFLAGS", "-D warnings")),
            ..Step::cargo("docs", "doc --workspace --no-deps --quiet")
        },
        tests(options),
        Step { probe: None, ..Step::python("model", "python3", "-m unittest discover -q -s tests") },
        Step::python("model types", "mypy", ""),
        Step::python("model style", "ruff", "check --quiet"),
        Step::python("model format", "ruff", "format --check --quiet"),
        no_std(project),
        Step::cargo("toy", "test --quiet -p lockstep --features toy --test toy"),
        Step::cargo("conformance", "xtask conformance --quick --report target/lockstep/quick"),
        Step::cargo("exhaust", "xtask exhaust --shard 1/256 --report target/lockstep/quick-exhaust"),
        Step { folder: "mcu-target", ..Step::cargo("firmware format", "fmt --check") },
        Step {
            probe: CHIP,
            ..Step::cargo(
                "chip",
                "xtask hil --target qemu --cases 4000 --sweep 10000 --report target/lockstep/quick-hil",
            )
        },
        Step {
            probe: CHIP,
            ..Step::cargo(
                "link faults",
                "xtask hil --target qemu --cases 400 --sweep 1000 --faults 60 --report target/lockstep/faults",
            )
        },
        Step { probe: CHIP, ..Step::cargo("budget", "xtask budget --report target/lockstep/budget") },
        Step {
            probe: Some(&["rustup", "run", "nightly", "cargo", "fuzz", "--version"]),
            ..Step::cargo("fuzz", "xtask fuzz --minutes 1 --report target/lockstep/quick-fuzz")
        },
        Step {
            probe: Some(&[
                "sh",
                "-c",
                "command -v chromedriver && { command -v chromium || command -v google-chrome; }",
            ]),
            ..Step::cargo("browser", "test --quiet -p reports --test browser -- --ignored")
        },
        Step {
            probe: Some(&[
                "sh",
                "-c",
                "PATH=$PATH:/usr/sbin; for it in sbatch slurmctld slurmd munged; do command -v $it || exit 1; done",
            ]),
            ..Step::cargo("slurm", "test --quiet -p lockstep --test slurm -- --ignored")
        },
        Step {
            program: "actionlint",
            probe: Some(&["actionlint", "-version"]),
            ..Step::cargo("workflows", "")
        },
        // Advisories need the network; the workflow asks for them.
        Step {
            probe: Some(&["cargo", "deny", "--version"]),
            ..Step::cargo("deny", "deny --log-level error check bans licenses sources")
        },
    ]
}

/// The crates of `vm/` that say that they need no operating system, each of which has the name of its folder, as a chip
/// needs them. One that needs one is not built with them: it would switch on features that a chip has not.
fn no_std(project: &Project) -> Step {
    let mut step = Step::cargo("no_std", "build --quiet --no-default-features");
    let folders = std::fs::read_dir(project.path("vm")).into_iter().flatten().flatten();
    let mut names: Vec<String> = folders
        .filter(|folder| {
            let root = std::fs::read_to_string(folder.path().join("src/lib.rs"));
            root.is_ok_and(|root| root.contains("no_std"))
        })
        .map(|folder| folder.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    step.arguments.extend(names.into_iter().flat_map(|name| ["--package".into(), name]));
    step
}

fn tests(options: &Options) -> Step {
    let mut step = Step::cargo("tests", "test --workspace --quiet --no-fail-fast");
    step.arguments.extend(options.filter.clone());
    step
}

/// Whether a test of this name runs at all: a run of no test would say that it has passed.
fn check_filter(filter: &str, project: &Project) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--quiet", filter, "--", "--list", "--format", "terse"]);
    let output =
        command.current_dir(project.root()).stderr(Stdio::inherit()).output().map_err(Failure::internal)?;
    if !output.status.success() {
        return Err(Failure { exit: Exit::Differs, message: "the tests do not build".into() });
    }
    let tests = count(filter, &String::from_utf8_lossy(&output.stdout))?;
    println!("--- {tests} tests have `{filter}` in their name");
    Ok(())
}

/// How many tests were listed; benchmarks are none.
fn count(filter: &str, listed: &str) -> Result<usize, Failure> {
    match listed.lines().filter(|line| line.ends_with(": test")).count() {
        0 => Err(Failure::nothing(format!("no test, vector or trial has `{filter}` in its name"))),
        tests => Ok(tests),
    }
}

fn installed(probe: &[&str]) -> bool {
    Command::new(probe[0]).args(&probe[1..]).output().is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use oracle::report::Exit;

    use super::{EXCERPT, count, excerpt};

    #[test]
    fn a_filter_that_matches_nothing_is_refused() {
        assert_eq!(count("add", "vector add-one: test\nadd: test\nadd: benchmark\n").unwrap(), 2);
        for listed in ["", "\n\n", "add: benchmark\n"] {
            let refused = count("TYPO", listed).unwrap_err();
            assert_eq!(refused.exit, Exit::NothingSelected);
            assert!(refused.message.contains("`TYPO`"), "{}", refused.message);
        }
    }

    #[test]
    fn an_excerpt_starts_at_the_failure_or_else_is_the_end() {
        let mut lines: Vec<String> = (0..200).map(|line| format!("line {line}")).collect();
        assert_eq!(excerpt(&lines), &lines[200 - EXCERPT..]);
        lines[10] = "failures:".into();
        assert_eq!(excerpt(&lines), &lines[10..10 + EXCERPT]);
        assert_eq!(excerpt(&lines[..12]), &lines[10..12]);
        assert!(excerpt(&[]).is_empty());
    }
}
