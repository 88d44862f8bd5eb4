//! `cargo xtask test`: everything that must hold before a change lands.

use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;
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
    /// Run the heavy parts too, and fail if a part cannot run, instead of leaving it out; `cargo deny`, `actionlint` and
    /// Slurm excepted. What `.ci/run` does.
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
    /// What must be installed, if that is not certain.
    needs: Option<Tool>,
    /// Whether it is left to `.ci/run`: it builds much, or takes long.
    is_heavy: bool,
}

/// What a part needs that may not be there.
#[derive(Clone, Copy)]
struct Tool {
    /// A command that succeeds if it is.
    probe: &'static [&'static str],
    /// How to get it.
    install: &'static str,
}

impl Tool {
    /// Whether it is, asked in the checkout `root`.
    fn is_there(self, root: &Path) -> bool {
        Command::new(self.probe[0])
            .args(&self.probe[1..])
            .current_dir(root)
            .output()
            .is_ok_and(|output| output.status.success())
    }
}

const MYPY: Tool = Tool { probe: &["mypy", "--version"], install: "pip install 'mypy>=1.13,<3'" };
const RUFF: Tool = Tool { probe: &["ruff", "--version"], install: "pip install 'ruff>=0.8,<1'" };
/// The compiler and the emulator for the chip.
const CHIP: Tool = Tool { probe: &["cargo", "xtask", "setup", "--check"], install: "cargo xtask setup" };
const MATURIN: Tool =
    Tool { probe: &["maturin", "--version"], install: "pip install 'maturin>=1.9,<2' 'mypy>=1.13,<3'" };
const FUZZ: Tool = Tool {
    probe: &["rustup", "run", "nightly", "cargo", "fuzz", "--version"],
    install: "rustup toolchain install nightly --profile minimal && cargo install cargo-fuzz --locked",
};
const BROWSER: Tool = Tool {
    probe: &["sh", "-c", "command -v chromedriver && { command -v chromium || command -v google-chrome; }"],
    install: "apt install chromium chromium-driver",
};
const SLURM: Tool = Tool {
    probe: &[
        "sh",
        "-c",
        "PATH=$PATH:/usr/sbin; for it in sbatch slurmctld slurmd munged; do command -v $it || exit 1; done",
    ],
    install: "apt install slurm-wlm",
};
const ACTIONLINT: Tool =
    Tool { probe: &["actionlint", "-version"], install: "https://github.com/rhysd/actionlint" };
const DENY: Tool =
    Tool { probe: &["cargo", "deny", "--version"], install: "cargo install cargo-deny --locked" };

impl Step {
    fn cargo(name: &'static str, arguments: &str) -> Self {
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Step { name, program: "cargo", arguments, folder: ".", variable: None, needs: None, is_heavy: false }
    }

    /// One that looks at the Python code.
    fn python(name: &'static str, program: &'static str, arguments: &str) -> Self {
        Step { program, folder: "oracle/python", ..Step::cargo(name, arguments) }
    }

    /// The same, if the tool is there.
    fn needing(self, tool: Tool) -> Self {
        Step { needs: Some(tool), ..self }
    }

    /// The same, left to `.ci/run`.
    fn heavy(self) -> Self {
        Step { is_heavy: true, ..self }
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
            reports::say(&line);
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

/// What became of the parts, by name.
#[derive(Default)]
struct Tally {
    passed: Vec<&'static str>,
    /// With what each has printed last.
    failed: Vec<(&'static str, Vec<String>)>,
    /// With what to install.
    skipped: Vec<(&'static str, &'static str)>,
    left: Vec<&'static str>,
}

/// Runs every part, even after one has failed, and says which did.
pub fn run(options: &Options, project: &Project) -> Result<Exit, Failure> {
    if let Some(filter) = &options.filter {
        check_filter(filter, project)?;
    }
    let steps = if options.filter.is_some() { vec![tests(options)] } else { all(options, project) };
    let begin = Instant::now();
    let mut tally = Tally::default();
    for step in steps {
        if step.is_heavy && !options.require_all {
            tally.left.push(step.name);
            continue;
        }
        reports::say(&format!("--- {}: {} {}", step.name, step.program, step.arguments.join(" ")));
        if let Some(tool) = step.needs.filter(|tool| !tool.is_there(project.root())) {
            reports::say(&format!("--- {}: skipped, because what it needs is not installed", step.name));
            tally.skipped.push((step.name, tool.install));
            continue;
        }
        let start = Instant::now();
        let (passed, excerpt) = step.run(project).unwrap_or_else(|error| (false, vec![error.to_string()]));
        let became = if passed { "passed" } else { "FAILED" };
        reports::say(&format!("--- {}: {became} in {:.1} s", step.name, start.elapsed().as_secs_f32()));
        match passed {
            true => tally.passed.push(step.name),
            false => tally.failed.push((step.name, excerpt)),
        }
    }
    reports::tell(&tally.text(begin.elapsed().as_secs()));
    tally.exit(options.require_all)
}

impl Tally {
    /// What is to be read at the end: excerpts, what did not run and how it would, the verdict.
    fn text(&self, seconds: u64) -> String {
        let mut text = String::new();
        for (name, excerpt) in self.failed.iter().filter(|(_, excerpt)| !excerpt.is_empty()) {
            text += &format!("--- {name}: FAILED, from its output:\n{}\n", excerpt.join("\n"));
        }
        text.push('\n');
        for (name, install) in &self.skipped {
            text += &format!("skipped {name}: {install}\n");
        }
        if !self.left.is_empty() {
            text += &format!("left to .ci/run, or --require-all: {}\n", self.left.join(", "));
        }
        let verdict = if self.failed.is_empty() { "passed" } else { "FAILED" };
        let [passed, failed, skipped, left] =
            [self.passed.len(), self.failed.len(), self.skipped.len(), self.left.len()];
        text + &format!(
            "{verdict}: {passed} parts passed, {failed} failed, {skipped} skipped, {left} left, in {seconds} s\n"
        )
    }

    fn exit(&self, all_are_required: bool) -> Result<Exit, Failure> {
        if !self.failed.is_empty() {
            let names: Vec<_> = self.failed.iter().map(|(name, _)| *name).collect();
            return Err(Failure { exit: Exit::Differs, message: format!("failed: {}", names.join(", ")) });
        }
        let missing: Vec<_> =
            self.skipped.iter().map(|(name, _)| *name).filter(|name| !OPTIONAL.contains(name)).collect();
        if all_are_required && !missing.is_empty() {
            let message = format!("not installed: {}", missing.join(", "));
            return Err(Failure { exit: Exit::Undetermined, message });
        }
        Ok(Exit::Conformant)
    }
}

fn all(options: &Options, project: &Project) -> Vec<Step> {
    vec![
        Step::cargo("format", "fmt --all --check"),
        Step::cargo("clippy", "clippy --workspace --exclude minivm-jit --all-targets --quiet -- -D warnings"),
        Step {
            variable: Some(("RUSTDOCFLAGS", "-D warnings")),
            ..Step::cargo("docs", "doc --workspace --exclude minivm-jit --no-deps --quiet")
        },
        tests(options),
        Step::python("model", "python3", "-m unittest discover -q -s tests"),
        Step::python("model types", "mypy", "").needing(MYPY),
        Step::python("model style", "ruff", "check --quiet . ../../vm/python").needing(RUFF),
        Step::python("model format", "ruff", "format --check --quiet . ../../vm/python").needing(RUFF),
        Step { program: "python3", folder: "vm/python", ..Step::cargo("python package", "check.py") }
            .needing(MATURIN)
            .heavy(),
        no_std(project),
        // What makes machine code takes as long to build as all else that a newcomer needs at first.
        Step::cargo("machine code", "test --quiet -p minivm-jit").heavy(),
        Step::cargo(
            "machine code clippy",
            "clippy -p minivm-jit -p vectors-minivm --features vectors-minivm/jit --all-targets --quiet -- -D warnings",
        )
        .heavy(),
        Step::cargo(
            "machine code lanes",
            "run --quiet -p lockstep --features jit -- conformance --quick --only rust-jit --report target/lockstep/quick-jit",
        )
        .heavy(),
        Step::cargo("toy", "test --quiet -p lockstep --features toy --test toy").heavy(),
        Step::cargo("conformance", "xtask conformance --quick --report target/lockstep/quick"),
        Step::cargo("exhaust", "xtask exhaust --shard 1/256 --report target/lockstep/quick-exhaust"),
        Step { folder: "mcu-target", ..Step::cargo("firmware format", "fmt --check") },
        Step::cargo(
            "chip",
            "xtask hil --target qemu --cases 4000 --sweep 10000 --report target/lockstep/quick-hil",
        )
        .needing(CHIP),
        Step::cargo(
            "link faults",
            "xtask hil --target qemu --cases 400 --sweep 1000 --faults 60 --report target/lockstep/faults",
        )
        .needing(CHIP),
        Step::cargo("budget", "xtask budget --report target/lockstep/budget").needing(CHIP).heavy(),
        Step::cargo("fuzz", "xtask fuzz --minutes 1 --report target/lockstep/quick-fuzz")
            .needing(FUZZ)
            .heavy(),
        Step::cargo("browser", "test --quiet -p reports --test browser -- --ignored")
            .needing(BROWSER)
            .heavy(),
        Step::cargo("slurm", "test --quiet -p lockstep --test slurm -- --ignored").needing(SLURM).heavy(),
        Step { program: "actionlint", ..Step::cargo("workflows", "") }.needing(ACTIONLINT),
        // Advisories need the network; the workflow asks for them.
        Step::cargo("deny", "deny --log-level error check bans licenses sources").needing(DENY),
    ]
}

/// The crates of `vm/` that say that they need no operating system, each of which has the name of its folder, as a chip
/// needs them. One that needs one is not built with them: it would switch on features that a chip has not.
fn no_std(project: &Project) -> Step {
    let mut step = Step::cargo("no_std", "build --quiet --no-default-features");
    let folders = std::fs::read_dir(project.path("vm")).into_iter().flatten().flatten();
    let mut names: Vec<String> = folders
        .filter(|folder| {
            let read = |file| std::fs::read_to_string(folder.path().join(file)).unwrap_or_default();
            // A library for C is linked, which without an operating system works in a program for a chip only: that is
            // a trial of its own.
            read("src/lib.rs").contains("no_std") && !read("Cargo.toml").contains("staticlib")
        })
        .map(|folder| folder.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    step.arguments.extend(names.into_iter().flat_map(|name| ["--package".into(), name]));
    step
}

fn tests(options: &Options) -> Step {
    let mut step = Step::cargo("tests", "test --workspace --exclude minivm-jit --quiet --no-fail-fast");
    step.arguments.extend(options.filter.clone());
    step
}

/// Whether a test of this name runs at all: a run of no test would say that it has passed.
fn check_filter(filter: &str, project: &Project) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command.args([
        "test",
        "--workspace",
        "--exclude",
        "minivm-jit",
        "--quiet",
        filter,
        "--",
        "--list",
        "--format",
        "terse",
    ]);
    let output =
        command.current_dir(project.root()).stderr(Stdio::inherit()).output().map_err(Failure::internal)?;
    if !output.status.success() {
        return Err(Failure { exit: Exit::Differs, message: "the tests do not build".into() });
    }
    let tests = count(filter, &String::from_utf8_lossy(&output.stdout))?;
    reports::say(&format!("--- {tests} tests have `{filter}` in their name"));
    Ok(())
}

/// How many tests were listed; benchmarks are none.
fn count(filter: &str, listed: &str) -> Result<usize, Failure> {
    match listed.lines().filter(|line| line.ends_with(": test")).count() {
        0 => Err(Failure::nothing(format!("no test, vector or trial has `{filter}` in its name"))),
        tests => Ok(tests),
    }
}

#[cfg(test)]
mod tests {
    use oracle::report::Exit;

    use super::{EXCERPT, Tally, count, excerpt};

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
    fn the_end_says_what_did_not_run_and_how_it_would() {
        let mut tally = Tally { passed: vec!["format", "tests"], left: vec!["fuzz"], ..Tally::default() };
        tally.skipped.push(("chip", "cargo xtask setup"));
        assert_eq!(
            tally.text(812),
            "\nskipped chip: cargo xtask setup\nleft to .ci/run, or --require-all: fuzz\n\
             passed: 2 parts passed, 0 failed, 1 skipped, 1 left, in 812 s\n"
        );
        assert_eq!(tally.exit(false).unwrap(), Exit::Conformant);
        assert_eq!(tally.exit(true).unwrap_err().exit, Exit::Undetermined);
        // What nobody has to have is not missed.
        tally.skipped = vec![("slurm", "apt install slurm-wlm")];
        assert_eq!(tally.exit(true).unwrap(), Exit::Conformant);
        tally.failed.push(("clippy", vec!["error: one".into()]));
        assert_eq!(tally.exit(false).unwrap_err().exit, Exit::Differs);
        assert!(tally.text(1).starts_with("--- clippy: FAILED, from its output:\nerror: one\n"));
        assert!(tally.text(1).ends_with("FAILED: 2 parts passed, 1 failed, 1 skipped, 1 left, in 1 s\n"));
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
