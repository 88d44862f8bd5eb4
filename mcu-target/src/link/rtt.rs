//! RTT: two rings in memory, which a debug probe reads and writes while the chip runs.

use rtt_target::{ChannelMode, DownChannel, UpChannel, rtt_init};

/// One ring each way.
pub struct Link {
    up: UpChannel,
    down: DownChannel,
}

impl Link {
    /// Lays the rings out.
    pub fn open() -> Self {
        let channels = rtt_init! {
            up: { 0: { size: 1024, mode: ChannelMode::BlockIfFull, name: "replies" } }
            down: { 0: { size: 1024, name: "requests" } }
        };
        Link { up: channels.up.0, down: channels.down.0 }
    }

    /// A byte, if one has arrived.
    pub fn receive(&mut self) -> Option<u8> {
        let mut byte = [0];
        (self.down.read(&mut byte) == 1).then_some(byte[0])
    }

    /// Sends all of them; waits if the probe does not fetch them.
    pub fn send(&mut self, bytes: &[u8]) {
        self.up.write(bytes);
    }
}
