//! What paging counts, by hand, and that the model says the same.

use minivm::memory::Memory;
use minivm::paging::{Area, Class, CodeCounters, DataCounters, PagedCode, PagedMemory};
use minivm::{CallStack, Context, Strict, Vm, asm};
use rstest::rstest;

use super::model::{self, Access};
use super::replay;

/// Pads to the next line of four words.
const LDI: &str = "LDI R1, 1\n";

/// Hits, misses, evictions, far jumps, announcements, aborts.
fn code_counters([hits, misses, evictions, far_jumps, prefetches, aborts]: [u32; 6]) -> CodeCounters {
    CodeCounters { hits, misses, evictions, far_jumps, prefetches, aborts }
}

/// Runs a program in lines of four words to its end.
fn counted<const BUFFERS: usize>(program: &[u8]) -> (CodeCounters, CodeCounters) {
    let mut memory = Box::new(Memory::new());
    let mut code = PagedCode::<_, 16, BUFFERS>::new(program);
    let mut vm = Vm::with_memory(Strict, &[], &mut *memory, Vec::new(), Context::default());
    let (mut attempts, mut stop) = (Vec::new(), None);
    while stop.is_none() {
        let pc = vm.context.pc;
        attempts.push((pc, model::size_at(program, pc)));
        stop = vm.run_paged(&mut code, 1).stop;
    }
    assert_eq!((vm.calls.depth(), attempts.len() < 100), (0, true));
    (code.counters(), model::code(&attempts, program.len() as u32, (16, BUFFERS)))
}

/// By what the program does: the counters with one buffer, and those with two.
#[rstest]
#[case::sequential(LDI.repeat(8) + "RET", [0, 3, 2, 0, 2, 0], [0, 3, 1, 0, 2, 0])]
#[case::one_line("LDI R1, 1\nRET", [0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0])]
#[case::nothing_behind_the_last_line(LDI.repeat(3) + "RET", [0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0])]
#[case::far_jump("JMP far\n".to_owned() + &LDI.repeat(7) + "far: RET", [0, 2, 1, 1, 0, 0], [0, 2, 0, 1, 0, 0])]
#[case::abort(LDI.repeat(3) + "JMP far\n" + &LDI.repeat(4) + "far: RET", [0, 2, 1, 1, 1, 1], [0, 2, 0, 1, 1, 1])]
#[case::jump_to_the_next_line("JMP next\n".to_owned() + &LDI.repeat(5) + "next: RET", [0, 2, 1, 0, 0, 0], [0, 2, 0, 0, 0, 0])]
#[case::call_and_return(
    "CALL there\nRET\n".to_owned() + &LDI.repeat(7) + "there: RET",
    [0, 3, 2, 2, 0, 0],
    [1, 2, 0, 2, 0, 0]
)]
#[case::loop_across_lines(
    "LDI R2, 1\nLDI R3, 3\n".to_owned() + LDI + "again: SUB R3, R3, R2\nJNZ again\nRET",
    [0, 6, 5, 2, 3, 0],
    [4, 2, 0, 2, 1, 0]
)]
#[case::literal_in_the_next_line(LDI.repeat(3) + "LDI32 R1, 0x12345678\nRET", [0, 2, 1, 0, 1, 0], [0, 2, 0, 0, 1, 0])]
#[case::literal_in_the_last_quarter(LDI.repeat(2) + "LDI32 R1, 0x12345678\nRET", [0, 2, 1, 0, 0, 0], [0, 2, 0, 0, 0, 0])]
fn lines(#[case] program: impl AsRef<str>, #[case] one: [u32; 6], #[case] two: [u32; 6]) {
    let program = asm::assemble(program.as_ref()).expect("it assembles").code;
    let (counters, model) = counted::<1>(&program);
    assert_eq!((counters, model), (code_counters(one), code_counters(one)), "one buffer");
    let (counters, model) = counted::<2>(&program);
    assert_eq!((counters, model), (code_counters(two), code_counters(two)), "two buffers");
}

/// A read of a word.
fn r(address: u32) -> Access {
    Access::Read { address, size: 4 }
}

/// A write of a word.
fn w(address: u32) -> Access {
    Access::Write { address, size: 4 }
}

const FLUSH: Access = Access::Flush;

/// By what is done: hits, misses, evictions and write-backs with three pages of 16 bytes. That at 0x100 is pinned.
#[rstest]
#[case::miss(&[r(0)], [0, 1, 0, 0])]
#[case::hit(&[r(0), r(4), w(12)], [2, 1, 0, 0])]
#[case::three_pages(&[r(0), r(16), r(32), r(0)], [1, 3, 0, 0])]
#[case::evict(&[r(0), r(16), r(32), r(48)], [0, 4, 1, 0])]
#[case::evict_the_one_used_longest_ago(&[r(0), r(16), r(32), r(0), r(48), r(0)], [2, 4, 1, 0])]
#[case::evict_with_write_back(&[w(0), r(16), r(32), r(48)], [0, 4, 1, 1])]
#[case::written_back_once(&[w(0), r(16), r(32), r(48), r(0), r(16), r(32)], [0, 7, 4, 1])]
#[case::flush(&[w(0), w(16), r(32), FLUSH, FLUSH], [0, 3, 0, 2])]
#[case::flushed_stays(&[w(0), FLUSH, r(0), r(16), r(32), r(48)], [1, 4, 1, 1])]
#[case::changed_after_flush(&[w(0), FLUSH, w(0), FLUSH], [1, 1, 0, 2])]
#[case::across_pages(&[r(14), w(14)], [2, 2, 0, 0])]
#[case::across_pages_at_the_limit(&[r(14), w(46), r(14)], [0, 6, 3, 1])]
#[case::pinned_stays(&[w(0x100), r(0), r(16), r(32), r(48), r(0x100)], [1, 5, 2, 0])]
#[case::end_of_memory(&[r(0xFFFC), r(0xFFFD), w(0x1_0000)], [0, 1, 0, 0])]
fn pages(#[case] accesses: &[Access], #[case] counts: [u32; 4]) {
    let [hits, misses, evictions, write_backs] = counts;
    let areas = [Area { addresses: 0x100..0x110, class: Class::Pinned }];
    let mut store = Box::new(Memory::new());
    let memory = PagedMemory::<_, 16, 3>::new(&mut *store, &areas).expect("the area suits it");
    let expected = DataCounters { hits, misses, evictions, write_backs };
    assert_eq!(replay(memory, accesses), expected);
    assert_eq!(model::data(accesses, (16, 3), &areas), expected);
}
