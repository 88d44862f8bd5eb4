//! RTT through a debug probe, by probe-rs: two rings in the chip's memory, read and written while it runs.

use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use probe_rs::flashing::{ElfLoader, ElfOptions, download_file};
use probe_rs::probe::list::Lister;
use probe_rs::probe::{DebugProbeSelector, Probe};
use probe_rs::rtt::Rtt;
use probe_rs::{Permissions, Session};

use crate::link::Link;

/// How long the firmware may take until its rings are there.
const START: Duration = Duration::from_secs(2);
/// How long to leave the probe alone if nothing has come.
const PAUSE: Duration = Duration::from_millis(1);

/// A board at a debug probe.
pub struct Board {
    session: Session,
    rtt: Rtt,
}

impl Board {
    /// The probes that are plugged in, as they are to be selected.
    pub fn list() -> Vec<String> {
        Lister::new().list_all().iter().map(ToString::to_string).collect()
    }

    /// Attaches to a chip, e.g. `STM32G474RETx`, through the probe that `selector` names (`VID:PID` or
    /// `VID:PID:SERIAL`), or through the only one. Flashes `firmware` first, if one is given.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn attach(chip: &str, selector: Option<&str>, firmware: Option<&Path>) -> Result<Self, String> {
        Board::with_probe(open(selector)?, chip, firmware)
    }

    /// The same with a probe that is open already.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn with_probe(probe: Probe, chip: &str, firmware: Option<&Path>) -> Result<Self, String> {
        let mut session = probe.attach(chip, Permissions::default()).map_err(text)?;
        if let Some(firmware) = firmware {
            download_file(&mut session, firmware, ElfLoader(ElfOptions::default())).map_err(text)?;
        }
        let rtt = start(&mut session)?;
        Ok(Board { session, rtt })
    }
}

fn open(selector: Option<&str>) -> Result<Probe, String> {
    let lister = Lister::new();
    if let Some(selector) = selector {
        let selector: DebugProbeSelector = selector.parse().map_err(text)?;
        return lister.open(selector).map_err(text);
    }
    match &lister.list_all()[..] {
        [probe] => probe.open().map_err(text),
        [] => Err("there is no debug probe: plug one in; on Linux, udev rules must allow its use".into()),
        several => Err(format!("there are {} debug probes: name one by --probe", several.len())),
    }
}

/// Resets the chip and waits for its rings.
fn start(session: &mut Session) -> Result<Rtt, String> {
    let region = session.target().rtt_scan_regions.clone();
    let mut core = session.core(0).map_err(text)?;
    // What an earlier run has left in memory must not be taken for the rings of this one.
    let _ = Rtt::clear_control_block(&mut core, &region);
    core.reset().map_err(text)?;
    let begin = Instant::now();
    loop {
        match Rtt::attach_region(&mut core, &region) {
            Ok(rtt) => return Ok(rtt),
            Err(_) if begin.elapsed() < START => sleep(PAUSE),
            Err(error) => return Err(format!("the firmware has no RTT: {error}")),
        }
    }
}

fn text(error: impl std::error::Error) -> String {
    // Much of what probe-rs says stands in the causes.
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Writes everything to a ring, of which `write` takes as much as there is room for.
///
/// # Errors
/// `write` fails, or the chip has read nothing for as long as `patience`.
fn write_all(
    mut bytes: &[u8],
    patience: Duration,
    mut write: impl FnMut(&[u8]) -> io::Result<usize>,
) -> io::Result<()> {
    let mut last = Instant::now();
    while !bytes.is_empty() {
        match write(bytes)? {
            0 if last.elapsed() >= patience => {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the chip reads nothing"));
            }
            0 => sleep(PAUSE),
            written => {
                bytes = &bytes[written..];
                last = Instant::now();
            }
        }
    }
    Ok(())
}

impl Link for Board {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let patience = self.patience();
        let mut core = self.session.core(0).map_err(io::Error::other)?;
        let ring = self.rtt.down_channel(0).ok_or(io::ErrorKind::NotConnected)?;
        write_all(bytes, patience, |rest| ring.write(&mut core, rest).map_err(io::Error::other))
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, limit: Duration) -> io::Result<()> {
        let mut core = self.session.core(0).map_err(io::Error::other)?;
        let ring = self.rtt.up_channel(0).ok_or(io::ErrorKind::NotConnected)?;
        let begin = Instant::now();
        let mut buffer = [0; 1024];
        loop {
            match ring.read(&mut core, &mut buffer).map_err(io::Error::other)? {
                0 if begin.elapsed() >= limit => return Ok(()),
                0 => sleep(PAUSE),
                length => {
                    bytes.extend(&buffer[..length]);
                    return Ok(());
                }
            }
        }
    }

    fn restart(&mut self) -> Result<(), String> {
        self.rtt = start(&mut self.session)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_written_as_it_is_read_and_not_for_ever() {
        let (mut ring, mut calls) = (Vec::<u8>::new(), 0);
        let sent = write_all(b"abcdefgh", Duration::MAX, |rest| {
            calls += 1;
            // Every other time it is full.
            let room = if calls % 2 == 0 { 0 } else { rest.len().min(3) };
            ring.extend(&rest[..room]);
            Ok(room)
        });
        assert!(sent.is_ok());
        assert_eq!(ring, b"abcdefgh");
        let error = write_all(b"a", Duration::from_millis(20), |_| Ok(0)).expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
