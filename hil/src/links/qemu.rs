//! QEMU: its `netduinoplus2` is an STM32F405.
//!
//! The line is the emulator's standard streams, which the firmware reaches by semihosting, or as a UART whose bytes
//! QEMU carries one by one.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use oracle::machines::last_words::LastWords;
use oracle::machines::processes::{Kind, spawn};
use process_wrap::std::ChildWrapper;

use crate::link::Link;

/// The emulator's program.
pub const PROGRAM: &str = "qemu-system-arm";

/// What to do if it is missing.
pub const HOW_TO_INSTALL: &str = "apt install qemu-system-arm";

/// How many pieces of what the chip says, of up to 64 KiB each, may wait to be read. More stay in the pipe, and stop the chip.
const WAITING: usize = 64;

/// How the firmware reaches the emulator's standard streams. It must be built for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// By semihosting; a firmware with this feature.
    Semihosting,
    /// By its first UART.
    Uart,
}

/// An emulator that we have started. Dropping it ends it.
pub struct Qemu {
    firmware: PathBuf,
    line: Line,
    /// One instruction takes one nanosecond of the chip's time, so that time counts instructions.
    counts_instructions: bool,
    running: Option<Running>,
}

struct Running {
    child: Box<dyn ChildWrapper>,
    to_chip: Sender<Vec<u8>>,
    from_chip: Receiver<Vec<u8>>,
    last_words: Option<LastWords>,
}

impl Qemu {
    /// Whether the emulator is installed.
    ///
    /// # Errors
    /// It is not. Says what to install.
    pub fn find() -> Result<(), String> {
        let found =
            Command::new(PROGRAM).arg("--version").output().is_ok_and(|output| output.status.success());
        let missing = || format!("there is no {PROGRAM}: cargo xtask setup, or on Debian: {HOW_TO_INSTALL}");
        found.then_some(()).ok_or_else(missing)
    }

    /// Starts the emulator with this firmware. With `counts_instructions` it is slower, and SysTick tells how many
    /// instructions were executed.
    ///
    /// # Errors
    /// Why it does not start.
    pub fn start(firmware: &Path, line: Line, counts_instructions: bool) -> Result<Self, String> {
        let mut qemu = Qemu { firmware: firmware.to_owned(), line, counts_instructions, running: None };
        qemu.restart()?;
        Ok(qemu)
    }

    fn running(&mut self) -> io::Result<&mut Running> {
        self.running.as_mut().ok_or_else(|| gone(None))
    }
}

fn gone(last_words: Option<&LastWords>) -> io::Error {
    const HOW: &str = "QEMU has ended";
    let how = last_words.map_or_else(|| HOW.to_owned(), |last_words| last_words.told(HOW));
    io::Error::new(io::ErrorKind::BrokenPipe, how)
}

impl Link for Qemu {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let running = self.running()?;
        running.to_chip.send(bytes.to_vec()).map_err(|_| gone(running.last_words.as_ref()))
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, limit: Duration) -> io::Result<()> {
        let running = self.running()?;
        let from_chip = &running.from_chip;
        match from_chip.recv_timeout(limit) {
            Ok(more) => bytes.extend(more),
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => return Err(gone(running.last_words.as_ref())),
        }
        from_chip.try_iter().take(WAITING).for_each(|more| bytes.extend(more));
        Ok(())
    }

    fn restart(&mut self) -> Result<(), String> {
        self.running = None;
        let mut command = Command::new(PROGRAM);
        command.args(["-machine", "netduinoplus2", "-display", "none", "-monitor", "none"]);
        match self.line {
            Line::Semihosting => {
                command.args(["-serial", "none", "-semihosting-config", "enable=on,target=native"])
            }
            Line::Uart => command.args(["-serial", "stdio"]),
        };
        if self.counts_instructions {
            command.args(["-icount", "shift=0"]);
        }
        command.arg("-kernel").arg(&self.firmware);
        self.running = Some(Running::spawn(command).map_err(|error| format!("{PROGRAM}: {error}"))?);
        Ok(())
    }

    fn cut_power(&mut self) {
        self.running = None;
    }

    /// Longer than the firmware's watchdog on a busy host.
    fn patience(&self) -> Duration {
        Duration::from_secs(30)
    }
}

impl Running {
    fn spawn(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (mut child, _) = spawn(Kind::Machine, command)?;
        let (stdin, stdout, stderr) = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (to_chip, to_write) = mpsc::channel::<Vec<u8>>();
        let (arrived, from_chip) = mpsc::sync_channel(WAITING);
        // The threads end with the emulator, which closes its ends of the pipes.
        let last_words = stderr.map(LastWords::of);
        if let Some(mut stdin) = stdin {
            thread::spawn(move || to_write.into_iter().try_for_each(|bytes| stdin.write_all(&bytes)));
        }
        if let Some(mut stdout) = stdout {
            thread::spawn(move || {
                let mut buffer = [0; 1 << 16];
                while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                    if arrived.send(buffer[..length].to_vec()).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Running { child, to_chip, from_chip, last_words })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
