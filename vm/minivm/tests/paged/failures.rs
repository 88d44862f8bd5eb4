//! Sources and stores that fail: the run says what and where, and goes on when they work again.

use std::cell::Cell;

use minivm::memory::{LoadStore, Memory};
use minivm::paging::{Area, Class, CodeSource, PageStore, PagedCode, PagedMemory, Unavailable};
use minivm::{Context, Paging, PagingFailure, Run, Stop, Strict, Vm, asm};
use rstest::rstest;

/// Code and data that cannot be reached at one address, until they are mended.
struct Broken<'b, T> {
    inside: T,
    bad: &'b Cell<Option<u32>>,
    /// Whether it can be read there, but not written.
    writes_only: bool,
}

impl<T: CodeSource> CodeSource for Broken<'_, T> {
    fn size(&self) -> u32 {
        self.inside.size()
    }

    fn read(&mut self, address: u32, line: &mut [u8]) -> Result<(), Unavailable> {
        line.fill(0xEE);
        if self.bad.get() == Some(address) { Err(Unavailable) } else { self.inside.read(address, line) }
    }
}

impl PageStore for Broken<'_, &mut Memory> {
    fn read(&mut self, address: u16, page: &mut [u8]) -> Result<(), Unavailable> {
        page.fill(0xEE);
        let is_bad = !self.writes_only && self.bad.get() == Some(address.into());
        if is_bad { Err(Unavailable) } else { PageStore::read(self.inside, address, page) }
    }

    fn write(&mut self, address: u16, page: &[u8]) -> Result<(), Unavailable> {
        let is_bad = self.writes_only && self.bad.get() == Some(address.into());
        if is_bad { Err(Unavailable) } else { PageStore::write(self.inside, address, page) }
    }
}

#[rstest]
#[case::first_line(0, 0)]
#[case::next_line(16, 4)]
#[case::far_line(48, 7)]
fn a_line_that_cannot_be_read_stops_the_run_there(#[case] bad: u32, #[case] steps: u32) {
    let text = "LDI R0, 1\n".repeat(6) + "JMP far\n" + &"BRK\n".repeat(5) + "far: RET";
    let program = asm::assemble(&text).expect("it assembles").code;
    let cell = Cell::new(Some(bad));
    let source = Broken { inside: program.as_slice(), bad: &cell, writes_only: false };
    let mut code = PagedCode::<_, 16, 1>::new(source);
    let mut memory = Box::new(Memory::new());
    let mut vm = Vm::with_memory(Strict, &[], &mut *memory, Vec::new(), Context::default());
    let failure = Stop::Paging { tried: Paging::ReadLine, address: bad };
    assert_eq!(vm.run_paged(&mut code, 100), Run { steps, stop: Some(failure) });
    assert_eq!(vm.run_paged(&mut code, 100), Run { steps: 0, stop: Some(failure) });
    cell.set(None);
    assert_eq!(
        vm.run_paged(&mut code, 100),
        Run { steps: 7 - steps, stop: Some(Stop::Returned { status: 1 }) }
    );
}

/// A program that changes two pages and then needs a third, with two at hand.
const PROGRAM: &str = "LDI R1, 0x100\nLDI R2, 0x200\nLDI R3, 0x300\nLDI R0, 7
    ST [R1+0], R0\nST [R2+0], R0\nLD R4, [R3+0]\nRET";

#[rstest]
#[case::read(Paging::ReadPage, 0x300, 6)]
#[case::write_back(Paging::WritePage, 0x100, 6)]
#[case::read_early(Paging::ReadPage, 0x200, 5)]
fn a_page_that_cannot_be_moved_stops_the_run_there(
    #[case] tried: Paging,
    #[case] address: u32,
    #[case] steps: u32,
    #[values(0, 0x8010)] wp: u16,
) {
    let program = asm::assemble(PROGRAM).expect("it assembles").code;
    let (cell, mut store) = (Cell::new(Some(address)), Box::new(Memory::new()));
    let inside = Broken { inside: &mut *store, bad: &cell, writes_only: tried == Paging::WritePage };
    // A window of registers takes one page of its own.
    let window = [Area { addresses: 0x8000..0x8100, class: Class::Pinned }];
    let failure = Stop::Paging { tried, address };
    let context = Context { wp, ..Context::default() };
    let finished = Run { steps: 7 - steps, stop: Some(Stop::Returned { status: 7 }) };
    if wp == 0 {
        let mut memory = PagedMemory::<_, 16, 2>::new(inside, &[]).expect("there are no areas");
        let mut vm = Vm::with_memory(Strict, &program, &mut memory, Vec::new(), context);
        assert_eq!(vm.run(100), Run { steps, stop: Some(failure) });
        assert_eq!((vm.context.pc, vm.context.fault_code), (4 * steps, 0));
        assert_eq!(
            vm.run(100),
            Run { steps: 0, stop: Some(failure) },
            "nothing is let through until it is taken"
        );
        assert_eq!(vm.memory().take_failure().map(Stop::from), Some(failure));
        cell.set(None);
        assert_eq!(vm.run(100), finished);
        assert_eq!(memory.flush(), Ok(()));
    } else {
        let mut memory = PagedMemory::<_, 256, 3>::new(inside, &window).expect("the area suits it");
        let mut vm = Vm::with_memory(Strict, &program, &mut memory, Vec::new(), context);
        assert_eq!(vm.run(100), Run { steps, stop: Some(failure) });
        assert_eq!(vm.context.pc, 4 * steps);
        vm.memory().take_failure();
        cell.set(None);
        assert_eq!(vm.run(100), finished);
        assert_eq!(memory.flush(), Ok(()));
    }
    assert_eq!((store.read(0x100), store.read(0x200)), (Some([7, 0, 0, 0]), Some([7, 0, 0, 0])));
}

#[test]
fn registers_in_memory_that_cannot_be_read_stop_the_run() {
    let program = asm::assemble("again: ADD R1, R2, R3\nJMP again").expect("it assembles").code;
    let (cell, mut store) = (Cell::new(None), Box::new(Memory::new()));
    let inside = Broken { inside: &mut *store, bad: &cell, writes_only: false };
    let mut memory = PagedMemory::<_, 256, 2>::new(inside, &[]).expect("there are no areas");
    let context = Context { wp: 0x1000, ..Context::default() };
    let mut vm = Vm::with_memory(Strict, &program, &mut memory, Vec::new(), context);
    cell.set(Some(0x1000));
    let failure = PagingFailure { tried: Paging::ReadPage, address: 0x1000 };
    assert_eq!(vm.run(1000), Run { steps: 0, stop: Some(failure.into()) });
    assert_eq!(vm.context.pc, 0);
    cell.set(None);
    vm.memory().take_failure();
    assert_eq!(vm.run(1000), Run { steps: 1000, stop: None });
}

#[test]
fn an_access_across_pages_is_done_as_a_whole_or_not_at_all() {
    let (cell, mut store) = (Cell::new(Some(0x10)), Box::new(Memory::new()));
    let inside = Broken { inside: &mut *store, bad: &cell, writes_only: false };
    let mut memory = PagedMemory::<_, 16, 2>::new(inside, &[]).expect("there are no areas");
    assert_eq!(memory.write(0xE, [1, 2, 3, 4]), None);
    assert_eq!(memory.take_failure(), Some(PagingFailure { tried: Paging::ReadPage, address: 0x10 }));
    assert_eq!(memory.read(0xC), Some([0; 4]));
    cell.set(None);
    assert_eq!(memory.write(0xE, [1, 2, 3, 4]), Some(()));
    assert_eq!(memory.read(0xE), Some([1, 2, 3, 4]));
}

#[test]
fn a_page_that_is_read_only_is_not_changed() {
    let mut store = Box::new(Memory::new());
    store.write(0x4000, [5]);
    let constants = [Area { addresses: 0x4000..0x4100, class: Class::ReadOnly }];
    let program = "LDI32 R1, 0x4000\nLDB R2, [R1+0]\nSTB [R1+1], R2\nRET";
    let program = asm::assemble(program).expect("it assembles").code;
    let mut memory = PagedMemory::<_, 256, 2>::new(&mut *store, &constants).expect("the area suits it");
    let mut vm = Vm::with_memory(Strict, &program, &mut memory, Vec::new(), Context::default());
    let failure = PagingFailure { tried: Paging::ChangePage, address: 0x4000 };
    assert_eq!(vm.run(100), Run { steps: 2, stop: Some(failure.into()) });
    assert_eq!(vm.memory().take_failure(), Some(failure));
    assert_eq!(memory.read(0x40FE), Some([0; 4]), "next to it, all is as it was");
    assert_eq!(memory.write(0x40FE, [1; 4]), None, "nor across its end");
    assert_eq!(memory.take_failure(), Some(failure));
    assert_eq!((memory.flush(), memory.counters().write_backs), (Ok(()), 0));
}

#[test]
fn a_flush_that_fails_says_where_and_can_be_tried_again() {
    let (cell, mut store) = (Cell::new(Some(0x20)), Box::new(Memory::new()));
    let inside = Broken { inside: &mut *store, bad: &cell, writes_only: true };
    let mut memory = PagedMemory::<_, 16, 2>::new(inside, &[]).expect("there are no areas");
    memory.write(0x20, [9]);
    let failure = PagingFailure { tried: Paging::WritePage, address: 0x20 };
    assert_eq!((memory.flush(), memory.failure()), (Err(failure), None));
    assert_eq!(failure.to_string(), "the page of data cannot be written back: 0x20");
    cell.set(None);
    assert_eq!((memory.flush(), memory.counters().write_backs), (Ok(()), 1));
    assert_eq!(store.read(0x20), Some([9]));
}
