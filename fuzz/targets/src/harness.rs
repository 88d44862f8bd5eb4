//! Running inputs: panics become complaints, and uses are counted.
//!
//! Under plain libFuzzer the first complaint ends the process, as usual. In a [session](crate::session), which names a
//! folder in [`FOLDER`], inputs are put there by the cause that they show, and fuzzing goes on: a frequent bug hides no
//! other.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crc::{CRC_32_ISO_HDLC, Crc};
use oracle::fuzz::{Bench, Cause, Complaint, Create, ModelUse, Target, Use, panics};

use crate::fuzzing::{Fuzzing, Make};

/// The environment variable that names the folder where inputs of a session go.
pub const FOLDER: &str = "LOCKSTEP_FUZZ_FOLDER";
/// How the line begins in which a process of a session says what it has counted.
pub const COUNTS: &str = "lockstep counts ";
/// Inputs kept of each cause.
const KEPT_OF_A_CAUSE: u64 = 8;
/// How often counts are printed.
const PERIOD: Duration = Duration::from_millis(500);

/// A target that survives its own panics.
pub struct Harness {
    make: Make,
    bench: Bench,
    target: Box<dyn Target>,
}

impl Harness {
    /// A harness for what `make` makes with `bench`.
    pub fn new(make: Make, bench: Bench) -> Self {
        let target = make(&bench);
        Harness { make, bench, target }
    }

    /// A harness for the target of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn find(fuzzing: &Fuzzing, name: &str, model: ModelUse) -> Result<Self, String> {
        fuzzing.find(name).map(|(_, make)| Harness::new(make, fuzzing.bench(model)))
    }

    /// The target.
    pub fn target(&self) -> &dyn Target {
        &*self.target
    }

    /// Runs an input. [`panics::keep`] must have been called.
    ///
    /// # Errors
    /// What the target complains about, or where it panicked.
    pub fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let target = AssertUnwindSafe(&mut self.target);
        if let Ok(result) = panic::catch_unwind(move || { target }.run(input)) {
            return result;
        }
        self.target = (self.make)(&self.bench);
        Err(panics::last())
    }
}

/// A harness in a process of its own, which counts.
pub struct Process {
    harness: Harness,
    folder: Option<PathBuf>,
    counts: Counts,
    /// How often each cause was seen.
    causes: BTreeMap<Cause, u64>,
    printed: Instant,
}

/// What a process has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Inputs run.
    pub runs: u64,
    /// Inputs that were of use.
    pub useful: u64,
    /// Inputs that showed something wrong.
    pub failing: u64,
}

impl Counts {
    /// The share of inputs that were of use.
    pub fn share(&self) -> f64 {
        self.useful as f64 / self.runs.max(1) as f64
    }

    /// What a line of the process says, if it is one about counts.
    pub fn parse(line: &str) -> Option<Counts> {
        let mut numbers = line.strip_prefix(COUNTS)?.split(' ').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Counts { runs: next()?, useful: next()?, failing: next()? })
    }
}

impl Process {
    /// The process of the target that `create` makes. That it is not found by name keeps the code of all others out of
    /// the binary, which makes libFuzzer several times as fast.
    pub fn new(create: Create, bench: Bench) -> Self {
        let folder = std::env::var_os(FOLDER).map(PathBuf::from);
        if folder.is_some() {
            panics::keep();
        }
        let harness = Harness::new(Box::new(create), bench);
        Process {
            harness,
            folder,
            counts: Counts::default(),
            causes: BTreeMap::new(),
            printed: Instant::now(),
        }
    }

    /// The target.
    pub fn target(&self) -> &dyn Target {
        self.harness.target()
    }

    /// Runs an input.
    ///
    /// # Panics
    /// Something is wrong, and no session keeps it.
    pub fn run(&mut self, input: &[u8]) {
        if self.folder.is_none() {
            if let Err(complaint) = self.harness.target.run(input) {
                panic!("{complaint}\n{}", self.target().describe(input));
            }
            return;
        }
        self.counts.runs += 1;
        match self.harness.run(input) {
            Ok(Use::Useful) => self.counts.useful += 1,
            Ok(Use::Useless) => {}
            Err(complaint) => {
                self.counts.failing += 1;
                self.keep(input, &complaint);
            }
        }
        // Asking for the time costs as much as a small input.
        let soon = self.counts.runs.is_power_of_two() || self.counts.runs.is_multiple_of(64);
        if soon && self.printed.elapsed() >= PERIOD {
            self.print();
        }
    }

    fn print(&mut self) {
        self.printed = Instant::now();
        let Counts { runs, useful, failing } = self.counts;
        eprintln!("{COUNTS}{runs} {useful} {failing}");
    }

    fn keep(&mut self, input: &[u8], complaint: &Complaint) {
        let Some(folder) = &self.folder else { return };
        let seen = self.causes.entry(complaint.cause.clone()).or_default();
        *seen += 1;
        if *seen <= KEPT_OF_A_CAUSE {
            let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
            let cause = crc.checksum(complaint.cause.to_string().as_bytes());
            let path = folder.join(format!("{cause:08x}-{seen}"));
            if let Err(error) = fs::write(&path, input) {
                eprintln!("{}: {error}", path.display());
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.folder.is_some() {
            self.print();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_they_are_printed() {
        let counts = Counts { runs: 12, useful: 3, failing: 1 };
        assert_eq!(Counts::parse(&format!("{COUNTS}12 3 1")), Some(counts));
        assert_eq!(Counts::parse("#12 NEW cov: 1"), None);
        assert_eq!(Counts::parse(&format!("{COUNTS}12 3")), None);
    }
}
