//! A link that goes wrong on purpose.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use hil_wire::frame::{DELIMITER, Frame};

use crate::link::Link;

/// What can go wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One to three bits are flipped.
    Flip,
    /// Some bytes in a row are lost.
    Drop,
    /// A byte comes twice.
    Double,
    /// The rest of it is lost, its end included.
    Cut,
    /// All of it is lost.
    Lose,
    /// All of it comes twice.
    Repeat,
    /// Bytes that nobody has sent come before it.
    Noise,
    /// The chip loses its power, in the middle of whatever it is doing.
    PowerCut,
}

/// Every fault.
const ALL: [Fault; 8] = [
    Fault::Flip,
    Fault::Drop,
    Fault::Double,
    Fault::Cut,
    Fault::Lose,
    Fault::Repeat,
    Fault::Noise,
    Fault::PowerCut,
];

/// How often each fault has been injected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Injected {
    counts: [u64; ALL.len()],
    /// Frames that were changed and yet read as another frame than was sent. The CRC lets one in four thousand million
    /// through.
    pub undetected: u64,
}

impl Injected {
    /// How many in all.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many of each.
    pub fn by_fault(&self) -> impl Iterator<Item = (Fault, u64)> {
        ALL.into_iter().zip(self.counts)
    }
}

impl Display for Injected {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> =
            self.by_fault().map(|(fault, count)| format!("{fault:?} {count}").to_lowercase()).collect();
        write!(f, "{} faults: {}", self.total(), counts.join(", "))
    }
}

/// What goes wrong how often.
#[derive(Clone, Copy, Debug)]
pub struct Odds {
    /// One frame in so many has a fault.
    pub frame: u32,
    /// One fault in so many is a power cut.
    pub power_cut: u32,
}

/// A link with faults, in both directions.
pub struct Faulty<L> {
    link: L,
    rng: Rng,
    odds: Odds,
    /// No more than so many.
    limit: u64,
    injected: Arc<Mutex<Injected>>,
    /// Bytes of a frame that has not arrived whole.
    partial: Vec<u8>,
}

impl<L: Link> Faulty<L> {
    /// Lets `limit` faults happen to what `link` carries; the same `seed` draws the same ones.
    pub fn new(link: L, seed: u64, odds: Odds, limit: u64) -> Self {
        let rng = Rng::with_seed(seed);
        Faulty { link, rng, odds, limit, injected: Arc::default(), partial: Vec::new() }
    }

    /// What has been injected so far, and will be.
    pub fn injected(&self) -> Arc<Mutex<Injected>> {
        Arc::clone(&self.injected)
    }

    /// Carries a frame, with its delimiters, to `out`, as it comes out of the line.
    fn carry(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        let injected = self.injected();
        let mut injected = injected.lock().unwrap_or_else(PoisonError::into_inner);
        if injected.total() >= self.limit || self.rng.u32(0..self.odds.frame) != 0 {
            out.extend(frame);
            return;
        }
        let fault = match self.rng.u32(0..self.odds.power_cut) {
            0 => Fault::PowerCut,
            _ => ALL[self.rng.usize(..ALL.len() - 1)],
        };
        injected.counts[fault as usize] += 1;
        let from = out.len();
        self.spoil(fault, frame, out);
        injected.undetected += undetected(frame, &out[from..]);
    }

    fn spoil(&mut self, fault: Fault, frame: &[u8], out: &mut Vec<u8>) {
        let at = self.rng.usize(..frame.len());
        let start = out.len();
        match fault {
            Fault::Flip => {
                out.extend(frame);
                for _ in 0..self.rng.usize(1..=3) {
                    let place = start + self.rng.usize(..frame.len());
                    out[place] ^= 1 << self.rng.u32(..8);
                }
            }
            Fault::Drop => {
                let end = frame.len().min(at + self.rng.usize(1..=8));
                out.extend(&frame[..at]);
                out.extend(&frame[end..]);
            }
            Fault::Double => {
                out.extend(&frame[..=at]);
                out.extend(&frame[at..]);
            }
            Fault::Cut => out.extend(&frame[..at]),
            Fault::Lose => {}
            Fault::Repeat => {
                out.extend(frame);
                out.extend(frame);
            }
            Fault::Noise => {
                let length = self.rng.usize(1..=40);
                out.extend(std::iter::repeat_with(|| self.rng.u8(..)).take(length));
                out.extend(frame);
            }
            Fault::PowerCut => self.link.cut_power(),
        }
    }
}

/// How many frames are in `carried` that are whole, and not `sent`.
fn undetected(sent: &[u8], carried: &[u8]) -> u64 {
    let pieces = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes.split(|&byte| byte == DELIMITER).filter(|piece| !piece.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let sent = pieces(sent);
    let strange = |piece: &Vec<u8>| !sent.contains(piece) && Frame::decode(&mut piece.clone()).is_ok();
    pieces(carried).iter().filter(|piece| strange(piece)).count() as u64
}

impl<L: Link> Link for Faulty<L> {
    /// The session sends a frame at a time.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = Vec::with_capacity(bytes.len());
        self.carry(bytes, &mut out);
        self.link.send(&out)
    }

    fn receive(&mut self, bytes: &mut Vec<u8>, limit: Duration) -> io::Result<()> {
        self.link.receive(&mut self.partial, limit)?;
        // A frame ends with its second delimiter.
        while let Some(end) = self.partial.iter().skip(1).position(|&byte| byte == DELIMITER) {
            let frame: Vec<u8> = self.partial.drain(..end + 2).collect();
            self.carry(&frame, bytes);
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), String> {
        self.partial.clear();
        self.link.restart()
    }

    fn cut_power(&mut self) {
        self.link.cut_power();
    }

    fn patience(&self) -> Duration {
        self.link.patience()
    }
}
