//! A program of CockpitVM on a board: the CONC image in page 63 of flash is run in profile `plan`, with the board's devices.
//!
//! How it ended is said on the console.
#![no_std]
#![no_main]

#[path = "../register.rs"]
mod register;
#[path = "../reset.rs"]
mod reset;

use cockpit::hal::Hal;
use cockpit::{Plan, State, Stop, Vm, conc};
use cortex_m_rt::entry;
use mcu_target_board::{Board, Bus};

use register::Register;

/// Where the image lies, as on the reference's board: one page.
const IMAGE: *const u8 = 0x0801_F800 as *const u8;
const PAGE: usize = 2048;
/// Instructions between two looks at what is due. They take less than a millisecond.
const SLICE: u32 = 64;

/// The registers of this chip.
#[derive(Clone, Copy)]
struct Chip;

impl Bus for Chip {
    fn read(self, address: u32) -> u32 {
        Register::new(address as usize, 0).read()
    }

    fn write(self, address: u32, value: u32) {
        Register::new(address as usize, 0).write(value);
    }

    fn modify(self, address: u32, mask: u32, value: u32) {
        Register::new(address as usize, 0).modify(mask, value);
    }
}

#[entry]
fn main() -> ! {
    static mut STATE: State = State::new();

    let mut board = Board::open(Chip);
    // SAFETY: the page lies in flash, behind everything that is linked, and nobody writes to it while this runs.
    let page = unsafe { core::slice::from_raw_parts(IMAGE, PAGE) };
    match conc::read(page, Plan) {
        Ok(image) => {
            let stop = loop {
                let run = Vm::new(Plan, image.program(), STATE, &mut board).run(SLICE);
                board.poll();
                if let Some(stop) = run.stop {
                    break stop;
                }
            };
            say(
                &mut board,
                match stop {
                    Stop::Halt => "halt",
                    Stop::End => "end",
                    Stop::Error { error, .. } => error.name(),
                },
            );
        }
        Err(_) => say(&mut board, "no program"),
    }
    loop {
        board.poll();
    }
}

/// A line on the console.
fn say(board: &mut Board<Chip>, text: &str) {
    for part in ["\r\n", text, "\r\n"] {
        // This board has a console.
        let _ = board.print(part.as_bytes());
    }
}
