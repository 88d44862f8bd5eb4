//! Semihosting: the standard streams of the emulator that the firmware runs in.
//!
//! QEMU hands a UART its bytes one by one, some ten thousand a second; this carries whole frames at once.

use cortex_m_semihosting::{debug, nr};

/// The two streams.
pub struct Link {
    requests: usize,
    replies: usize,
    buffer: [u8; 1024],
    /// What of `buffer` has been read and not yet received.
    waiting: core::ops::Range<usize>,
}

/// Modes of `fopen`, by their numbers in the semihosting specification.
const READ_BINARY: usize = 1;
const WRITE_BINARY: usize = 5;

impl Link {
    /// Opens the streams.
    pub fn open() -> Self {
        let open = |path: &[u8], mode| call(nr::OPEN, &[path.as_ptr() as usize, mode, path.len() - 1]);
        Link {
            requests: open(b"/dev/stdin\0", READ_BINARY),
            replies: open(b"/dev/stdout\0", WRITE_BINARY),
            buffer: [0; 1024],
            waiting: 0..0,
        }
    }

    /// A byte. Waits until there is one.
    pub fn receive(&mut self) -> Option<u8> {
        if self.waiting.is_empty() {
            let size = self.buffer.len();
            let missing = call(nr::READ, &[self.requests, self.buffer.as_mut_ptr() as usize, size]);
            self.waiting = 0..size.saturating_sub(missing);
            if self.waiting.is_empty() {
                // The host is gone: an emulator that nobody talks to would run for ever.
                debug::exit(debug::EXIT_SUCCESS);
            }
        }
        self.waiting.next().map(|at| self.buffer[at])
    }

    /// Sends all of them.
    pub fn send(&mut self, bytes: &[u8]) {
        call(nr::WRITE, &[self.replies, bytes.as_ptr() as usize, bytes.len()]);
    }
}

/// Asks the emulator for an operation.
fn call(operation: usize, arguments: &[usize; 3]) -> usize {
    // SAFETY: the operations used here take three arguments, of which one is the address of bytes that outlive the
    // call: of a static string, of the buffer, of the slice to be sent; READ writes no more than the size it is given.
    unsafe { cortex_m_semihosting::syscall(operation, arguments) }
}
