//! What paging counts, worked out from the addresses alone: lists of what is at hand, with nothing in it.

use std::cell::RefCell;
use std::collections::VecDeque;

use minivm::Opcode;
use minivm::memory::{LoadStore, Memory};
use minivm::paging::{Area, Class, CodeCounters, DataCounters};

/// Something done to data memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    Read { address: u32, size: u32 },
    Write { address: u32, size: u32 },
    Flush,
}

/// Memory that writes down how it is accessed.
#[derive(Default)]
pub struct Recorder {
    pub memory: Box<Memory>,
    accesses: RefCell<Vec<Access>>,
}

impl Recorder {
    /// Everything that was done, and a flush at the end.
    pub fn taken(self) -> Vec<Access> {
        let mut accesses = self.accesses.into_inner();
        accesses.push(Access::Flush);
        accesses
    }
}

impl LoadStore for Recorder {
    fn read<const N: usize>(&self, address: u32) -> Option<[u8; N]> {
        self.accesses.borrow_mut().push(Access::Read { address, size: N as u32 });
        self.memory.read(address)
    }

    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Option<()> {
        self.accesses.borrow_mut().push(Access::Write { address, size: N as u32 });
        self.memory.write(address, bytes)
    }
}

/// The bytes of the instruction at an address of the code. A literal that is not in the code has none.
pub fn size_at(code: &[u8], pc: u32) -> u32 {
    let rest = code.len() as u32 - pc;
    if code[pc as usize] == Opcode::Ldi32 as u8 && rest >= 8 { 8 } else { 4 }
}

/// What is counted for instructions at these addresses and of these sizes, one after the other.
pub fn code(attempts: &[(u32, u32)], code_size: u32, (line_size, buffers): (usize, usize)) -> CodeCounters {
    let line_size = line_size as u32;
    let mut counters = CodeCounters::default();
    // The current one is the first.
    let mut at_hand: VecDeque<u32> = VecDeque::new();
    let mut announced: Option<u32> = None;
    for &(pc, size) in attempts {
        let (first, last) = (pc / line_size, (pc + size - 1) / line_size);
        for line in first..=last {
            let current = at_hand.front().copied();
            if current != Some(line) {
                counters.far_jumps += u32::from(current.is_some_and(|current| current + 1 != line));
                counters.aborts += u32::from(announced.take().is_some_and(|it| it != line));
                match at_hand.iter().position(|&it| it == line) {
                    Some(place) => {
                        counters.hits += 1;
                        at_hand.remove(place);
                    }
                    None => {
                        counters.misses += 1;
                        if at_hand.len() == buffers {
                            counters.evictions += 1;
                            at_hand.pop_back();
                        }
                    }
                }
                at_hand.push_front(line);
            }
            let is_near_end = line == first && pc % line_size * 4 >= line_size * 3;
            let has_next = (line + 1) * line_size < code_size;
            if is_near_end && has_next && announced.is_none() && !at_hand.contains(&(line + 1)) {
                counters.prefetches += 1;
                announced = Some(line + 1);
            }
        }
    }
    counters
}

struct Resident {
    page: u32,
    last_use: usize,
    is_changed: bool,
    is_pinned: bool,
}

/// What is counted for these accesses.
pub fn data(accesses: &[Access], (page_size, entries): (usize, usize), areas: &[Area]) -> DataCounters {
    let page_size = page_size as u32;
    let is_pinned = |page: u32| {
        areas.iter().any(|area| area.class == Class::Pinned && area.addresses.contains(&(page * page_size)))
    };
    let mut counters = DataCounters::default();
    let mut residents: Vec<Resident> = Vec::new();
    for (now, access) in accesses.iter().enumerate() {
        let (address, size, writes) = match *access {
            Access::Read { address, size } => (address, size, false),
            Access::Write { address, size } => (address, size, true),
            Access::Flush => {
                counters.write_backs += residents.iter().filter(|it| it.is_changed).count() as u32;
                residents.iter_mut().for_each(|it| it.is_changed = false);
                continue;
            }
        };
        if address > 0x1_0000 - size {
            continue;
        }
        for page in address / page_size..=(address + size - 1) / page_size {
            // Of two pages of one access the second is used later.
            let last_use = 2 * now + usize::from(page != address / page_size);
            match residents.iter_mut().find(|it| it.page == page) {
                Some(resident) => {
                    counters.hits += 1;
                    resident.last_use = last_use;
                    resident.is_changed |= writes;
                }
                None => {
                    counters.misses += 1;
                    if residents.len() == entries {
                        let unpinned = (0..entries).filter(|&it| !residents[it].is_pinned);
                        let oldest =
                            unpinned.min_by_key(|&it| residents[it].last_use).expect("two are not pinned");
                        counters.evictions += 1;
                        counters.write_backs += u32::from(residents.remove(oldest).is_changed);
                    }
                    residents.push(Resident {
                        page,
                        last_use,
                        is_changed: writes,
                        is_pinned: is_pinned(page),
                    });
                }
            }
        }
    }
    counters
}
