//! Options that name a chip.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use hil::firmware::CHIPS;
use hil::target::Kind;
use oracle::cores;
use oracle::project::Project;

/// The chip that takes part.
#[derive(Args)]
pub struct Target {
    /// A chip: in QEMU, at a debug probe, at a serial port.
    #[arg(long = "target", value_name = "qemu|probe|serial")]
    pub kind: Option<Kind>,
    /// Which chip is on the board.
    #[arg(long, value_parser = PossibleValuesParser::new(CHIPS.map(|chip| chip.name)), default_value = CHIPS[0].name)]
    pub chip: String,
    /// The debug probe, if there are several.
    #[arg(long, value_name = "VID:PID[:SERIAL]")]
    pub probe: Option<String>,
    /// The serial port.
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
    /// How much is done at once: processes of Python and machines at work, cases drawn, answers judged; and how many
    /// emulators run side by side [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Spoil so many frames on the way, and cut the chip's power now and then.
    #[arg(long, value_name = "N")]
    pub faults: Option<u64>,
    /// The seed of the faults.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub fault_seed: u64,
}

impl Target {
    /// How much is done at once.
    pub fn jobs(&self) -> usize {
        self.jobs.map_or_else(cores::of_this_computer, usize::from)
    }

    /// The chip, if one was named.
    pub fn chosen(&self, project: &Project) -> Option<hil::target::Target> {
        self.kind.map(|kind| self.of_kind(kind, project))
    }

    /// The chip, reached in this way.
    pub fn of_kind(&self, kind: Kind, project: &Project) -> hil::target::Target {
        hil::target::Target {
            kind,
            chip: self.chip.clone(),
            probe: self.probe.clone(),
            port: self.port.clone(),
            jobs: self.jobs(),
            faults: self.faults.map(|faults| (faults, self.fault_seed)),
            project: project.clone(),
            folder: target_folder(project),
        }
    }

    /// What another command needs to name the same chip.
    pub fn arguments(&self) -> Vec<String> {
        self.kind.map(|kind| self.arguments_of_kind(kind)).unwrap_or_default()
    }

    /// The same, if it is reached in this way.
    pub fn arguments_of_kind(&self, kind: Kind) -> Vec<String> {
        let chip = (kind != Kind::Qemu).then_some(&self.chip);
        let named = [("--chip", chip), ("--probe", self.probe.as_ref()), ("--port", self.port.as_ref())];
        let named = named.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?.clone()]));
        ["--target".into(), kind.name().into()].into_iter().chain(named.flatten()).collect()
    }
}

/// Where this checkout builds.
pub fn target_folder(project: &Project) -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    project.root().join(folder)
}
