//! The traits themselves.

use crate::event::{CommandResult, Event};
use crate::table::Full;

/// Takes what tasks put out, and what happens.
pub trait Devices {
    /// Bytes for the console, in the order of the calls.
    fn uart(&mut self, pid: u16, bytes: &[u8]);
    /// A CAN frame: an identifier of 11 bits and up to 255 bytes, of which a classic bus takes 8.
    fn can(&mut self, pid: u16, id: u16, data: &[u8]);
    /// A task leaves.
    fn exit(&mut self, pid: u16, code: u32);
    /// An event is reported.
    fn event(&mut self, event: &Event);
}

/// Files by name. Names are not empty, and no path: a slash in one is a character like any other.
pub trait FileSystem {
    /// Makes everything as at the start, which in RAM is one file "/hello.txt". What lies elsewhere may stay.
    fn reset(&mut self);
    /// The length of a file in bytes; nothing if there is none of this name.
    fn length(&self, name: &str) -> Option<u32>;
    /// Makes an empty file, if there is none of this name.
    ///
    /// # Errors
    /// [`Full`]; nothing has changed.
    fn create(&mut self, name: &str) -> Result<(), Full>;
    /// Takes a file away; `false` if there is none of this name.
    fn delete(&mut self, name: &str) -> bool;
    /// Gives a file another name; `false` if there is none of the old one or one of the new one.
    ///
    /// # Errors
    /// [`Full`]; nothing has changed.
    fn rename(&mut self, old: &str, new: &str) -> Result<bool, Full>;
    /// Copies bytes from `position` on; says how many there were.
    fn read(&self, name: &str, position: u32, bytes: &mut [u8]) -> usize;
    /// Writes bytes at `position`; a file that ends before that is filled up with zeros.
    ///
    /// # Errors
    /// [`Full`]; nothing has changed.
    fn write(&mut self, name: &str, position: u32, bytes: &[u8]) -> Result<(), Full>;
    /// Tells all names in the order of their code points, with a line feed between two, in pieces of any size.
    fn list(&self, tell: &mut dyn FnMut(&[u8]));
}

/// A file system that is chosen at run time.
#[cfg(feature = "std")]
impl<F: FileSystem + ?Sized> FileSystem for std::boxed::Box<F> {
    fn reset(&mut self) {
        (**self).reset();
    }

    fn length(&self, name: &str) -> Option<u32> {
        (**self).length(name)
    }

    fn create(&mut self, name: &str) -> Result<(), Full> {
        (**self).create(name)
    }

    fn delete(&mut self, name: &str) -> bool {
        (**self).delete(name)
    }

    fn rename(&mut self, old: &str, new: &str) -> Result<bool, Full> {
        (**self).rename(old, new)
    }

    fn read(&self, name: &str, position: u32, bytes: &mut [u8]) -> usize {
        (**self).read(name, position, bytes)
    }

    fn write(&mut self, name: &str, position: u32, bytes: &[u8]) -> Result<(), Full> {
        (**self).write(name, position, bytes)
    }

    fn list(&self, tell: &mut dyn FnMut(&[u8])) {
        (**self).list(tell);
    }
}

/// Numbers that outlive a reset of the chip.
pub trait NonVolatile {
    /// What was stored under a key.
    fn load(&self, key: u16) -> Option<u16>;
    /// Stores under a key.
    ///
    /// # Errors
    /// [`Full`]; nothing has changed.
    fn store(&mut self, key: u16, bits: u16) -> Result<(), Full>;
}

/// A clock for whoever drives the executive, which itself never reads one.
pub trait Timer {
    /// ms since some moment; never less than before.
    fn now(&mut self) -> u64;
}

/// Handlers of commands that are functions of the host (profile `reference`).
pub trait HostCommands {
    /// Runs handler `number`, from 1; nothing if there is none of this number.
    fn run(&mut self, number: u32) -> Option<CommandResult>;
}

/// No handlers of the host.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCommands;

impl HostCommands for NoCommands {
    fn run(&mut self, _: u32) -> Option<CommandResult> {
        None
    }
}
