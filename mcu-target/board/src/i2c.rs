//! I2C on two lines that are driven by hand: PC11 is SCL and PA8 is SDA, as the reference's board has them, which no I2C
//! peripheral of the chip does.

use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};

use crate::bus::Bus;
use crate::clock::wait;
use crate::port::{Line, Mode, Pull};

const SCL: Line = Line::c(11);
const SDA: Line = Line::a(8);
/// Half of what a bit takes, at least, in microseconds: no more than 250 kHz.
const HALF: u32 = 2;

/// The bus, of which this is the only master. It can only be written to.
pub struct Wires<B>(B);

impl<B: Bus> Wires<B> {
    /// Takes the lines. The clock must run.
    pub fn open(bus: B) -> Self {
        for line in [SCL, SDA] {
            line.write(bus, true);
            line.open_drain(bus);
            line.pull(bus, Pull::Up);
            line.become_mode(bus, Mode::Output);
        }
        Wires(bus)
    }

    fn start(&self) {
        SDA.write(self.0, true);
        SCL.write(self.0, true);
        wait(self.0, HALF);
        SDA.write(self.0, false);
        wait(self.0, HALF);
        SCL.write(self.0, false);
    }

    fn stop(&self) {
        SDA.write(self.0, false);
        wait(self.0, HALF);
        SCL.write(self.0, true);
        wait(self.0, HALF);
        SDA.write(self.0, true);
        wait(self.0, HALF);
    }

    /// A bit out, and the one that is on the line meanwhile.
    fn bit(&self, is_high: bool) -> bool {
        SDA.write(self.0, is_high);
        wait(self.0, HALF);
        SCL.write(self.0, true);
        wait(self.0, HALF);
        let seen = SDA.is_high(self.0);
        SCL.write(self.0, false);
        seen
    }

    /// Sends a byte, the highest bit first; whether somebody has acknowledged it.
    fn byte(&self, byte: u8) -> bool {
        for bit in (0..8).rev() {
            self.bit(byte >> bit & 1 != 0);
        }
        !self.bit(true)
    }

    fn send(&self, address: u8, operations: &[Operation<'_>]) -> Result<(), ErrorKind> {
        let refused = |source| ErrorKind::NoAcknowledge(source);
        self.byte(address << 1).then_some(()).ok_or(refused(NoAcknowledgeSource::Address))?;
        for operation in operations {
            let Operation::Write(bytes) = operation else { return Err(ErrorKind::Other) };
            for &byte in *bytes {
                self.byte(byte).then_some(()).ok_or(refused(NoAcknowledgeSource::Data))?;
            }
        }
        Ok(())
    }
}

impl<B> ErrorType for Wires<B> {
    type Error = ErrorKind;
}

impl<B: Bus> I2c for Wires<B> {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        self.start();
        let sent = self.send(address, operations);
        self.stop();
        sent
    }
}
