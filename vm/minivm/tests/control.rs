//! The control plane: limits, states, and what tasks see of each other.

use std::collections::BTreeSet;

use minivm::control::{Arena, ControlPlane, Error, MemConfig, Pid, Policy, Reason, RegisterId, TaskState};
use minivm::hxe::{self, Errno, ImageParts};
use minivm::{Fault, Memory, Reference, Strict, asm};

fn image(source: &str) -> Vec<u8> {
    hxe::write(&asm::assemble(source).unwrap().into())
}

const COUNT: &str = "again: LDI R2, 1\nADD R1, R1, R2\nPUSH R1\nJMP again";
const TRAP: &str = "LDI R0, 9\nSVC MOD=1 FN=2\nBRK 3\nRET";
const DIVIDE: &str = "LDI R1, 1\nLDI R2, 0\nDIV R0, R1, R2\nRET";

fn with_tasks<const N: usize>(count: usize, test: impl FnOnce(ControlPlane<'_, Reference, N>, &[Pid])) {
    let mut codes = vec![[0; 0x400]; N];
    let mut memories = vec![Memory::new(); N];
    let mut arenas = codes.iter_mut().zip(&mut memories);
    let arenas = std::array::from_fn(|_| {
        let (code, memory) = arenas.next().unwrap();
        Arena::new(code, memory, &mut [])
    });
    let mut vm = ControlPlane::new(Reference, arenas);
    let pids: Vec<Pid> = (0..count).map(|_| vm.load(&image(COUNT)).unwrap()).collect();
    test(vm, &pids);
}

#[test]
fn tasks_run_apart() {
    with_tasks::<3>(3, |mut vm, pids| {
        let r1 = RegisterId::try_from(17).unwrap();
        for (rounds, &pid) in (1..).zip(pids) {
            vm.set_context(pid).unwrap();
            vm.clock(4 * rounds).unwrap();
        }
        let counted: Vec<u32> = pids.iter().map(|&pid| vm.reg_for(pid, r1).unwrap()).collect();
        assert_eq!(counted, [1, 2, 3]);
    });
}

#[test]
fn pids_are_not_used_again() {
    with_tasks::<2>(0, |mut vm, _| {
        let mut seen = BTreeSet::new();
        for _ in 0..1000 {
            let pid = vm.load_begin().unwrap();
            assert!(seen.insert(pid));
            vm.load_abort(pid).unwrap();
        }
        // After 65,535 / 2 tenants of an arena they begin again.
        for _ in 1000..=32_768 {
            let pid = vm.load_begin().unwrap();
            vm.load_abort(pid).unwrap();
        }
        assert!(seen.contains(&vm.load_begin().unwrap()));
    });
}

#[test]
fn what_does_not_fit_is_refused_with_the_header() {
    let refused = |config: MemConfig, parts: &ImageParts| {
        let (mut code, mut memory) = ([0; 0x100], Memory::new());
        let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
        vm.init(&config).unwrap();
        match vm.load(&hxe::write(parts)) {
            Err(Error::Image(error)) => Some((error.defect.errno(), error.offset)),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        }
    };
    let parts = |code: usize, rodata: usize, bss_size: u32| ImageParts {
        version: 1,
        code: vec![0; code],
        rodata: vec![0; rodata],
        bss_size,
        ..ImageParts::default()
    };
    let no_space = Some((Errno::NoSpace, 32));
    let usual = MemConfig::default();
    assert_eq!(refused(usual, &parts(0x100, 0, 0)), None);
    assert_eq!(refused(usual, &parts(0x104, 0, 0)), no_space);
    assert_eq!(refused(MemConfig { code_max: Some(0x80), ..usual }, &parts(0x84, 0, 0)), no_space);
    // 16 KiB for the program, then rodata and bss, up to the stack and the window of registers.
    let room = 0x1_0000 - 0x4000 - 0x1000 - 64;
    assert_eq!(refused(usual, &parts(4, 0x1000, room - 0x1000)), None);
    assert_eq!(refused(usual, &parts(4, 0x1000, room - 0xFFF)), no_space);
    let with_heap = MemConfig { heap_size_bytes: 0x800, ..usual };
    assert_eq!(refused(with_heap, &parts(4, 0, room - 0x800)), None);
    assert_eq!(refused(with_heap, &parts(4, 0, room - 0x7FF)), no_space);
    let little = MemConfig { data_max: Some(0x1000 + 64 + 16), ..usual };
    assert_eq!(refused(little, &parts(4, 8, 8)), None);
    assert_eq!(refused(little, &parts(4, 8, 9)), no_space);
}

/// Fills its heap, from R1 on up to R2, with the addresses of its words, then pushes until it may not.
const FILLS_HEAP: &str =
    "LDI R3, 4\nfill: ST [R1+0], R1\nADD R1, R1, R3\nCMP R1, R2\nJNZ fill\npush: PUSH R3\nJMP push";

#[test]
fn a_heap_is_the_programs_from_end_to_end() {
    let image = hxe::write(&minivm::asm::assemble(FILLS_HEAP).unwrap().into());
    let (mut code, mut memory) = ([0; 0x100], Memory::new());
    let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    vm.init(&MemConfig { heap_size_bytes: 0x400, stack_size_bytes: 0x100, ..MemConfig::default() }).unwrap();
    let pid = vm.load(&image).unwrap();
    vm.set_context(pid).unwrap();
    let task = vm.tasks().next().unwrap();
    assert_eq!((task.heap.clone(), task.stack), (0xFAC0..0xFEC0, 0xFEC0..0xFFC0));
    let register = |number| RegisterId::General(minivm::Reg::new(number).unwrap());
    vm.set_reg(register(1), task.heap.start).unwrap();
    vm.set_reg(register(2), task.heap.end).unwrap();
    assert_eq!(vm.clock(10_000).unwrap().reason, Reason::Fault(Fault::StackOverflow));
    let mut heap = [0; 0x400];
    vm.read(task.heap.start, &mut heap).unwrap();
    for (word, address) in heap.as_chunks().0.iter().zip((task.heap.start..).step_by(4)) {
        assert_eq!(u32::from_le_bytes(*word), address, "the stack has not grown into it");
    }
    // The next task finds nothing of it.
    vm.unload(pid).unwrap();
    let pid = vm.load(&image).unwrap();
    vm.set_context(pid).unwrap();
    vm.read(task.heap.start, &mut heap).unwrap();
    assert_eq!(heap, [0; 0x400]);
}

#[test]
fn configurations_are_checked() {
    let errno = |fields: &[(&str, u32)]| {
        let (mut code, mut memory) = ([0; 0x100], Memory::new());
        let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
        vm.init(&MemConfig::from_fields(fields.iter().copied())).err().map(|error| error.errno())
    };
    assert_eq!(errno(&[]), None);
    assert_eq!(errno(&[("policy_flags", 0xFFFF_FFF8), ("data_page_bytes", 3)]), None);
    assert_eq!(errno(&[("autorun_quanta", 0)]), Some(Errno::Invalid));
    assert_eq!(errno(&[("limits.code_max", 0)]), Some(Errno::Invalid));
    assert_eq!(errno(&[("stack_size_bytes", 12)]), Some(Errno::Invalid));
    assert_eq!(errno(&[("stack_size_bytes", 0)]), Some(Errno::Invalid));
    assert_eq!(errno(&[("heap_size_bytes", 4)]), Some(Errno::Invalid));
    assert_eq!(errno(&[("limits.max_pids", 2)]), Some(Errno::NoSpace));
    assert_eq!(errno(&[("stack_size_bytes", 0xC000)]), Some(Errno::NoSpace));
    assert_eq!(errno(&[("heap_size_bytes", 0xB000)]), Some(Errno::NoSpace));
    assert_eq!(errno(&[("heap_size_bytes", 0xFFFF_FFF8)]), Some(Errno::NoSpace));
    assert_eq!(errno(&[("limits.data_max", 0x1000)]), Some(Errno::NoSpace));
}

#[test]
fn a_fault_stops_a_task_until_its_pc_is_set() {
    let (mut code, mut memory) = ([0; 0x100], Memory::new());
    let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
    vm.init(&MemConfig { policy: Policy::ALLOW_PC_SET_STOPPED, ..MemConfig::default() }).unwrap();
    let pid = vm.load(&image(DIVIDE)).unwrap();
    vm.set_context(pid).unwrap();
    let result = vm.clock(10).unwrap();
    assert_eq!((result.reason, result.retired, result.pc), (Reason::Fault(Fault::DivideByZero), 2, 8));
    assert_eq!(vm.step().unwrap_err(), Error::Busy(pid, TaskState::Stopped));
    assert_ne!(vm.tasks().next().unwrap().fault_code, 0);
    vm.set_reg(RegisterId::Pc, 12).unwrap();
    assert_eq!(vm.tasks().next().unwrap().fault_code, 0);
    assert_eq!(vm.clock(10).unwrap().reason, Reason::Returned { status: 0 });
}

#[test]
fn keeping_registers_changes_nothing_else() {
    let run = |keep_last_regs: bool| {
        let (mut code, mut memory) = ([0; 0x100], Memory::new());
        let mut vm = ControlPlane::new(Strict, [Arena::new(&mut code, &mut memory, &mut [])]);
        vm.init(&MemConfig { keep_last_regs, ..MemConfig::default() }).unwrap();
        let pid = vm.load(&image(TRAP)).unwrap();
        vm.set_context(pid).unwrap();
        let results: Vec<_> = (0..3).map(|_| vm.clock(5).unwrap()).collect();
        assert_eq!(vm.last_regs().map(|regs| regs[0]), keep_last_regs.then_some(9));
        (results, vm.last_pc(), vm.last_opcode())
    };
    assert_eq!(run(true), run(false));
}
