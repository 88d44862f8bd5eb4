//! A chip for the board: registers, and what is wired to them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use mcu_target_board::Bus;

const PORT_A: u32 = 0x4800_0000;
const PORT_C: u32 = 0x4800_0800;
const CNT: u32 = 0x4000_0C24;
const USART_ISR: u32 = 0x4001_381C;
const USART_TDR: u32 = 0x4001_3828;

/// What happens on the wires of the display.
#[derive(Default)]
struct Wires {
    scl: bool,
    sda: bool,
    /// Bits of the byte that is being sent; none between transfers.
    bits: Option<Vec<bool>>,
    bytes: Vec<u8>,
    /// The display holds the line low.
    acknowledges: bool,
    transfers: Vec<Vec<u8>>,
}

/// The chip.
#[derive(Default)]
pub struct Chip {
    registers: RefCell<BTreeMap<u32, u32>>,
    wires: RefCell<Wires>,
    console: RefCell<Vec<u8>>,
    /// Lines that are high from outside, by port and number.
    pub high: RefCell<Vec<(u32, u32)>>,
    /// Samples, by the number of the ADC and the channel.
    pub samples: RefCell<BTreeMap<(u32, u32), u32>>,
    /// Whether there is a display.
    has_display: bool,
}

impl Chip {
    /// One with a display.
    pub fn with_display() -> Self {
        Chip { has_display: true, ..Chip::default() }
    }

    pub fn register(&self, address: u32) -> u32 {
        self.registers.borrow().get(&address).copied().unwrap_or(0)
    }

    pub fn printed(&self) -> String {
        String::from_utf8(self.console.borrow().clone()).unwrap()
    }

    /// What was sent to the display, by transfers, and forgets it.
    pub fn transfers(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.wires.borrow_mut().transfers)
    }

    /// The mode of a line: 0 input, 1 output, 2 a peripheral's, 3 analog.
    pub fn mode(&self, port: u32, number: u32) -> u32 {
        self.register(port) >> (2 * number) & 3
    }

    /// Whether a line is driven high.
    pub fn drives(&self, port: u32, number: u32) -> bool {
        self.register(port + 0x14) >> number & 1 != 0
    }

    fn lines_change(&self) {
        let (scl, sda) = (self.drives(PORT_C, 11), self.drives(PORT_A, 8));
        let mut wires = self.wires.borrow_mut();
        let wires = &mut *wires;
        if scl && wires.scl && sda != wires.sda {
            // A start, or a stop.
            if sda && !wires.bytes.is_empty() {
                wires.transfers.push(std::mem::take(&mut wires.bytes));
            }
            wires.bits = (!sda).then(Vec::new);
            wires.acknowledges = false;
        } else if scl && !wires.scl {
            if let Some(bits) = &mut wires.bits {
                bits.push(sda);
            }
        } else if !scl && wires.scl {
            let count = wires.bits.as_ref().map_or(0, Vec::len);
            wires.acknowledges = count == 8 && self.has_display;
            if count == 9 {
                let bits = wires.bits.replace(Vec::new()).unwrap();
                wires.bytes.push(bits[..8].iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit)));
            }
        }
        (wires.scl, wires.sda) = (scl, sda);
    }

    fn input(&self, port: u32) -> u32 {
        let mut lines = self.register(port + 0x14);
        for &(of, number) in self.high.borrow().iter().filter(|(of, _)| *of == port) {
            assert_eq!(of, port);
            lines |= 1 << number;
        }
        if port == PORT_A && self.wires.borrow().acknowledges { lines & !(1 << 8) } else { lines }
    }
}

impl Bus for &Chip {
    fn read(self, address: u32) -> u32 {
        match address {
            CNT => {
                let now = self.register(CNT).wrapping_add(1);
                self.registers.borrow_mut().insert(CNT, now);
                now
            }
            USART_ISR => 1 << 7,
            // Ready, and converted.
            0x5000_0000 | 0x5000_0100 => 0b101,
            // Calibration takes no time here.
            0x5000_0008 | 0x5000_0108 => self.register(address) & !(1 << 31),
            0x5000_0040 | 0x5000_0140 => {
                let channel = self.register(address - 0x10) >> 6;
                let adc = 1 + (address >> 8 & 1);
                *self.samples.borrow().get(&(adc, channel)).expect("a channel that is wired")
            }
            _ if address & 0x3FF == 0x10 && (0x4800_0000..0x4800_0C00).contains(&address) => {
                self.input(address - 0x10)
            }
            _ => self.register(address),
        }
    }

    fn write(self, address: u32, value: u32) {
        if address == USART_TDR {
            self.console.borrow_mut().push(value as u8);
        } else if address & 0x3FF == 0x18 && (0x4800_0000..0x4800_0C00).contains(&address) {
            let output = self.register(address - 4) & !(value >> 16) | value & 0xFFFF;
            self.registers.borrow_mut().insert(address - 4, output);
            self.lines_change();
        } else {
            self.registers.borrow_mut().insert(address, value);
        }
    }
}
