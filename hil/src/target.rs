//! Where a chip is, and how to get a machine out of it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use oracle::project::Project;
use oracle::subject::Subject;

use crate::chip::{Chip, codec};
use crate::firmware::{CHIPS, Content, Firmware};
use crate::link::Link;
use crate::links::faulty::{Faulty, Odds};
use crate::links::qemu::{Line, Qemu};
use crate::links::serial::Serial;
use crate::session::Session;

/// How a chip is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An emulator that we start: an STM32F405.
    Qemu,
    /// A board at a debug probe, which we flash.
    Probe,
    /// A board at a serial port, which has been flashed.
    Serial,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Qemu, Kind::Probe, Kind::Serial];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Qemu => "qemu",
            Kind::Probe => "probe",
            Kind::Serial => "serial",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("unknown target `{name}`: there are qemu, probe and serial"))
    }
}

/// A chip to be found.
#[derive(Clone, Debug)]
pub struct Target {
    /// How it is reached.
    pub kind: Kind,
    /// Which chip it is, of [`CHIPS`].
    pub chip: String,
    /// The debug probe, `VID:PID` or `VID:PID:SERIAL`; needed only if there are several.
    pub probe: Option<String>,
    /// The serial port; needed only if it is reached through one.
    pub port: Option<String>,
    /// How many emulators run side by side.
    pub jobs: usize,
    /// How many faults to inject into the links, from which seed.
    pub faults: Option<(u64, u64)>,
    /// The checkout whose firmware it runs.
    pub project: Project,
    /// Where the firmware is built.
    pub folder: PathBuf,
}

/// The chip that QEMU knows.
const EMULATED: &str = CHIPS[0].name;

/// With injected faults: one frame in so many, and one power cut in so many faults.
const ODDS: Odds = Odds { frame: 40, power_cut: 10 };

impl Target {
    /// The name of the machine in lanes: an emulator is none but itself, a board is a board however it is reached.
    pub fn machine(&self) -> &'static str {
        match self.kind {
            Kind::Qemu => "qemu",
            Kind::Probe | Kind::Serial => "board",
        }
    }

    /// Builds the firmware if that is needed, flashes it if that is possible, and asks who is there.
    ///
    /// # Errors
    /// The subject is on no chip, or what is missing, in one line that says what to install or to plug in.
    pub fn connect<S: Subject>(&self) -> Result<Chip<S>, String> {
        // Nothing is built for a subject that could not be run.
        codec::<S>()?;
        let content = content::<S>();
        match self.kind {
            Kind::Qemu if self.chip != EMULATED => {
                Err(format!("QEMU has no {}, only the {EMULATED}", self.chip))
            }
            Kind::Qemu => {
                let firmware = emulated(&self.project, content, &self.folder)?;
                let start = || Qemu::start(&firmware.path, Line::Semihosting, false);
                self.machine_of((0..self.jobs.max(1)).map(|_| start()).collect::<Result<_, _>>()?, &firmware)
            }
            Kind::Probe => {
                let firmware = Firmware::build(&self.project, &self.chip, "rtt", content, &self.folder)?;
                let board = attach(&self.chip, self.probe.as_deref(), &firmware.path)?;
                self.machine_of(vec![board], &firmware)
            }
            Kind::Serial => {
                let port =
                    self.port.as_ref().ok_or("which serial port? name it by --port; --list shows them")?;
                // A port that is not there is told before minutes of building.
                let serial = Serial::open(port)?;
                let firmware = Firmware::build(&self.project, &self.chip, "uart", content, &self.folder)?;
                let flash = format!("flash {} to the board", firmware.path.display());
                self.machine_of(vec![serial], &firmware).map_err(|why| format!("{port}: {why}; {flash}"))
            }
        }
    }

    fn machine_of<S: Subject, L: Link + 'static>(
        &self,
        links: Vec<L>,
        firmware: &Firmware,
    ) -> Result<Chip<S>, String> {
        let share = links.len() as u64;
        let mut injected = Vec::new();
        let sessions = links.into_iter().zip(0..).map(|(link, number)| match self.faults {
            None => Session::open(Box::new(link)),
            Some((count, seed)) => {
                let link = Faulty::new(link, seed + number, ODDS, count.div_ceil(share));
                injected.push(link.injected());
                Session::open(Box::new(link))
            }
        });
        let sessions = sessions.collect::<Result<_, _>>()?;
        Chip::new(self.machine(), sessions, injected, &firmware.build)
    }
}

/// What the firmware with a subject has in it.
pub fn content<S: Subject>() -> Content<'static> {
    if S::on_chip().is_some_and(|on_chip| on_chip.is_alone()) {
        Content::Alone(S::NAME)
    } else {
        Content::Shared
    }
}

/// The firmware for the emulator, which must be installed.
fn emulated(project: &Project, content: Content<'_>, folder: &Path) -> Result<Firmware, String> {
    Qemu::find()?;
    Firmware::build(project, EMULATED, "semihosting", content, folder)
}

/// An emulator with the firmware for boards, whose line is its first UART. Slow: QEMU carries bytes one by one.
///
/// # Errors
/// What is missing.
pub fn with_uart(project: &Project, content: Content<'_>, folder: &Path) -> Result<Session, String> {
    Qemu::find()?;
    let firmware = Firmware::build(project, EMULATED, "uart", content, folder)?;
    Session::open(Box::new(Qemu::start(&firmware.path, Line::Uart, false)?))
}

/// An emulator whose time counts instructions, and the firmware in it, built below `folder`.
///
/// # Errors
/// What is missing.
pub fn counting(
    project: &Project,
    content: Content<'_>,
    folder: &Path,
) -> Result<(Firmware, Session), String> {
    let firmware = emulated(project, content, folder)?;
    let qemu = Qemu::start(&firmware.path, Line::Semihosting, true)?;
    Ok((firmware, Session::open(Box::new(qemu))?))
}

#[cfg(feature = "probe")]
fn attach(chip: &str, probe: Option<&str>, firmware: &Path) -> Result<crate::links::probe::Board, String> {
    let kind =
        CHIPS.iter().find(|kind| kind.name == chip).ok_or_else(|| format!("there is no chip {chip}"))?;
    crate::links::probe::Board::attach(kind.part, probe, Some(firmware))
}

#[cfg(not(feature = "probe"))]
fn attach(_: &str, _: Option<&str>, _: &Path) -> Result<Serial, String> {
    Err("built without probe-rs: cargo run --release -p lockstep --features probe -- hil --target probe"
        .into())
}

/// What there is to choose from: probes and serial ports, a line each.
pub fn list() -> Vec<String> {
    #[cfg(feature = "probe")]
    let probes = crate::links::probe::Board::list();
    #[cfg(not(feature = "probe"))]
    let probes = vec!["probes are not listed: built without probe-rs (--features probe)".to_owned()];
    let ports = match Serial::list() {
        Ok(ports) => ports.into_iter().map(|port| format!("serial port {port}")).collect(),
        Err(why) => vec![format!("serial ports are not listed: {why}")],
    };
    probes.into_iter().chain(ports).collect()
}
