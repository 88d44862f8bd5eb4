//! `cargo xtask run`: an HXE image in development mode, without an executive.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use minivm::control::{Arena, ControlPlane, Ending, MemConfig, RegisterId};
use minivm::disasm::Disassembly;
use minivm::hxe::SECTION_MAX;
use minivm::{Fault, Memory, Reg};
use oracle::subject::{Cases, Profile, profile_of};

use super::file::read;
use crate::{Hxe, profile};

/// Options of `cargo xtask run`.
///
/// The exit status is the low byte of the program's own (R0 at `SVC MOD=1 FN=0` or at its last RET); 124 if the
/// instructions are used up, 128 at a BRK, 129 and above for a fault: 128 + its position in the list of faults.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Options {
    /// The image.
    file: PathBuf,
    /// Print every instruction with the registers that it changes, on stderr.
    #[arg(long)]
    trace: bool,
    /// How many instructions to run at most.
    #[arg(long, value_name = "N", default_value_t = 100_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    max_steps: u64,
    /// Whom to follow.
    #[arg(long, default_value = "reference", value_parser = PossibleValuesParser::new(Hxe::PROFILES.iter().map(|it| it.name())))]
    profile: String,
}

/// How the program ended.
pub enum Status {
    /// By itself, with this status.
    Exit(u32),
    /// BRK.
    Break,
    /// A fault.
    Fault(Fault),
    /// All instructions are used up.
    OutOfSteps,
}

impl Status {
    /// The exit status of the process.
    pub fn code(&self) -> u8 {
        match self {
            Status::Exit(status) => *status as u8,
            Status::OutOfSteps => 124,
            Status::Break => 128,
            Status::Fault(fault) => 129 + *fault as u8,
        }
    }
}

/// Runs the program; its text goes to stdout.
///
/// # Errors
/// The file cannot be read, or is no image that can be loaded.
pub fn run(options: &Options) -> Result<Status, String> {
    let profile: Profile = profile_of::<Hxe>(&options.profile).map_err(|unknown| unknown.to_string())?;
    profile::with!(profile, |it| run_in(it, options))
}

fn run_in(profile: impl minivm::Profile, options: &Options) -> Result<Status, String> {
    let image = read(&options.file)?;
    let complain = |error: minivm::control::Error| format!("{}: {error}", options.file.display());
    let (mut code, mut metadata) = (vec![0; SECTION_MAX as usize], vec![0; image.len()]);
    let mut memory = Box::new(Memory::new());
    let arena = Arena::new(&mut code, &mut memory, &mut metadata);
    let mut vm = ControlPlane::new(profile, [arena]);
    // One at a time, for the trace and for an exact limit.
    let config = MemConfig { autorun_quanta: 1, keep_last_regs: options.trace, ..MemConfig::default() };
    vm.init(&config).map_err(complain)?;
    let pid = vm.load(&image).map_err(complain)?;
    vm.set_context(pid).map_err(complain)?;
    let code = &image[vm.image(pid).map_err(complain)?.header.size()..];
    let mut retired = 0;
    let print = |bytes: &[u8]| {
        let mut stdout = io::stdout().lock();
        // Who reads the text may have gone; the program runs on without.
        let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
    };
    let ending = vm.run_until(print, |vm, result| {
        if options.trace {
            trace(code, vm);
        }
        retired += u64::from(result.retired);
        retired >= options.max_steps
    });
    let (text, status) = match ending.map_err(complain)? {
        Ending::Exit { status } if status > u8::MAX.into() => {
            (format!("exit {status}, of which a process can tell {}", status as u8), Status::Exit(status))
        }
        Ending::Exit { status } => (format!("exit {status}"), Status::Exit(status)),
        Ending::Fault(fault) => (format!("fault: {}", fault.name()), Status::Fault(fault)),
        Ending::Break { code } => (format!("break {code}"), Status::Break),
        Ending::Condition => ("out of steps".into(), Status::OutOfSteps),
    };
    eprintln!("{text} after {retired} instructions");
    Ok(status)
}

/// A line for the instruction executed last: address, word, text, and what it has changed.
fn trace<P: minivm::Profile, const N: usize>(code: &[u8], vm: &ControlPlane<'_, P, N>) {
    let (pc, word) = (vm.last_pc(), vm.last_opcode());
    let text = Disassembly::at(code, pc as usize).map(|instruction| instruction.to_string());
    let before = vm.last_regs().unwrap_or_default();
    let changes = Reg::all().filter_map(|reg| {
        let value = vm.reg(RegisterId::General(reg)).ok()?;
        (value != before[reg.index()]).then(|| format!("{reg}={value:#x}"))
    });
    let changes: Vec<String> = changes.collect();
    eprintln!("{pc:04x}  {word:08x}  {:<28}{}", text.unwrap_or_default(), changes.join(" "));
}

#[cfg(test)]
mod tests {
    use itertools::Itertools;
    use minivm::Fault;

    use super::Status;

    #[test]
    fn no_two_endings_but_those_of_programs_have_the_same_status() {
        let faults = Fault::ALL.iter().map(|&fault| Status::Fault(fault).code());
        let endings = faults.chain([Status::Break.code(), Status::OutOfSteps.code()]);
        assert!(endings.clone().all_unique(), "{:?}", endings.collect_vec());
    }
}
