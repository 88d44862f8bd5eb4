//! `cargo xtask conc`: CONC images, made, looked into and run.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use cockpit::disasm::Disassembly;
use cockpit::{Program, Recorder, State, Stop, Vm, asm, conc};
use oracle::report::Exit;
use oracle::subject::{Cases, profile_of};

use crate::cases::Cockpit;
use crate::image::read;
use crate::listing::quoted;
use crate::outcome::Call;
use crate::profile;

/// What to do with images.
#[derive(Subcommand)]
pub enum Command {
    /// Assemble a program to an image.
    Build {
        /// The program.
        source: PathBuf,
        /// Where the image goes [default: beside the program, ending in .conc]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Show what an image contains, as each profile reads it.
    Info {
        /// The image.
        file: PathBuf,
    },
    /// Show the program of an image as assembly text that assembles to it again.
    Disasm {
        /// The image.
        file: PathBuf,
        #[command(flatten)]
        whom: Whom,
    },
    /// Run an image. Its text goes to stdout, what it does to other devices to stderr. The exit status is 0 after HALT and at
    /// the end of the program, 124 if the instructions are used up, and 129 and above for an error: 128 + its position in the
    /// list of errors.
    Run {
        /// The image.
        file: PathBuf,
        #[command(flatten)]
        whom: Whom,
        /// How many instructions to run at most.
        #[arg(long, value_name = "N", default_value_t = 100_000_000)]
        max_steps: u32,
    },
}

/// Whom to follow.
#[derive(clap::Args)]
pub struct Whom {
    /// Whom to follow, in reading the image and in running it.
    #[arg(long, default_value = "plan", value_parser = PossibleValuesParser::new(Cockpit::PROFILES.iter().map(|it| it.name())))]
    profile: String,
}

/// Does it, and prints. Gives the exit status.
pub fn run(command: &Command) -> Result<u8, String> {
    match command {
        Command::Build { source, output } => build(source, output.as_deref()),
        Command::Info { file } => info(file),
        Command::Disasm { file, whom } => {
            let bytes = bytes_of(file)?;
            print!("{}", assembly(image(file, &bytes, whom)?.program()));
            Ok(Exit::Conformant as u8)
        }
        Command::Run { file, whom, max_steps } => {
            let bytes = bytes_of(file)?;
            let image = image(file, &bytes, whom)?;
            let profile = profile_of::<Cockpit>(&whom.profile).map_err(|unknown| unknown.to_string())?;
            Ok(profile::with!(profile, |it| execute(it, image.program(), *max_steps)))
        }
    }
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn image<'f>(file: &Path, bytes: &'f [u8], whom: &Whom) -> Result<conc::Image<'f>, String> {
    let profile = profile_of::<Cockpit>(&whom.profile).map_err(|unknown| unknown.to_string())?;
    read(bytes, profile).map_err(|error| format!("{}: {error}", file.display()))
}

fn build(source: &Path, output: Option<&Path>) -> Result<u8, String> {
    let complain = |why: String| format!("{}: {why}", source.display());
    let text = String::from_utf8(bytes_of(source)?).map_err(|error| complain(error.to_string()))?;
    let program = asm::assemble(&text).map_err(|error| complain(error.to_string()))?;
    let strings: Vec<&[u8]> = program.strings.iter().map(Vec::as_slice).collect();
    let image = conc::write(Program { code: &program.code, strings: &strings });
    let image = image.map_err(|defect| complain(format!("no image can hold it: {}", defect.name())))?;
    let output = output.map_or_else(|| source.with_extension("conc"), Path::to_owned);
    std::fs::write(&output, &image).map_err(|error| format!("{}: {error}", output.display()))?;
    println!("{}: {} bytes, {} instructions", output.display(), image.len(), program.code.len());
    Ok(Exit::Conformant as u8)
}

fn info(file: &Path) -> Result<u8, String> {
    let bytes = bytes_of(file)?;
    let mut exit = Exit::Usage;
    for &profile in Cockpit::PROFILES {
        match read(&bytes, profile) {
            Err(error) => println!("{profile}: {error}"),
            Ok(image) => {
                exit = Exit::Conformant;
                let Program { code, strings } = image.program();
                println!("{profile}: {} instructions, {} strings", code.len(), strings.len());
                for (number, text) in strings.iter().enumerate() {
                    println!("  {number:2}  {}", quoted(&latin(text)));
                }
            }
        }
    }
    Ok(exit as u8)
}

/// The program as assembly text, which assembles to the same code and strings.
fn assembly(program: Program<'_>) -> String {
    let code = program.code.iter().enumerate();
    let mut text: String =
        code.map(|(at, &word)| format!("        {:<28} ; {at}\n", Disassembly(word).to_string())).collect();
    for (number, string) in program.strings.iter().enumerate() {
        text.push_str(&format!("text_{number}: .string {}\n", asm_text(string)));
    }
    text
}

/// Bytes in quotes, as the assembler reads them.
fn asm_text(bytes: &[u8]) -> String {
    let escaped = bytes.iter().map(|&byte| match byte {
        b'\n' => "\\n".into(),
        b'\t' => "\\t".into(),
        b'\r' => "\\r".into(),
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        0x20..=0x7E => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn execute(profile: impl cockpit::Profile, program: Program<'_>, max_steps: u32) -> u8 {
    let (mut state, mut hal) = (State::new(), Recorder::default());
    let (mut steps, mut stop) = (0, None);
    while stop.is_none() && steps < max_steps {
        let run = Vm::new(profile, program, &mut state, &mut hal).step();
        (steps, stop) = (steps + run.steps, run.stop);
        hal.calls.drain(..).for_each(|call| show(&call));
    }
    let (text, status) = match stop {
        None => ("out of steps".to_owned(), 124),
        Some(Stop::Halt) => ("halt".to_owned(), 0),
        Some(Stop::End) => ("end".to_owned(), 0),
        Some(Stop::Error { error, .. }) => {
            (format!("error: {} at {}", error.name(), state.pc), 129 + error as u8)
        }
    };
    eprintln!("{text} after {steps} instructions, stack {:?}", state.stack.as_slice());
    status
}

/// Shows what was done to the outside.
fn show(call: &cockpit::Call) {
    match call {
        cockpit::Call::Print { text } => {
            let mut stdout = io::stdout().lock();
            // Who reads the text may have gone; the program runs on without.
            let _ = stdout.write_all(text).and_then(|()| stdout.flush());
        }
        other => eprintln!("{}", Call::from(other)),
    }
}
