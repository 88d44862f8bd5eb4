//! Runs exported tables on the VM of this project.

use minivm::instruction::Reg;
use minivm::memory::Memory;
use minivm::{Context, Portable, Profile, Reference, Strict, Vm};
use tables::vectors::{self, State, Stop, Vector};

fn main() {
    println!("{}", vectors::SUITE);
    let counts = [
        run(Reference, vectors::REFERENCE),
        run(Strict, vectors::STRICT),
        run(Portable, vectors::PORTABLE),
    ];
    println!("{counts:?} agree");
}

fn run<P: Profile + Copy>(profile: P, vectors: &[Vector]) -> usize {
    vectors.iter().for_each(|vector| check(profile, vector));
    vectors.len()
}

fn check(profile: impl Profile, vector: &Vector) {
    let State { regs, pc, sp, psw, calls, memory } = vector.start;
    let mut mine = Memory::default();
    for (address, bytes) in memory {
        mine.write_block(*address, bytes).unwrap();
    }
    if vector.reg_base != 0 {
        let window: Vec<u8> = regs.iter().flat_map(|word| word.to_le_bytes()).collect();
        mine.write_block(vector.reg_base.into(), &window).unwrap();
    }
    let mut expected = mine.bytes().to_vec();
    for (address, bytes) in vector.end.memory {
        expected[*address as usize..][..bytes.len()].copy_from_slice(bytes);
    }
    let (wp, stack_limit) = (vector.reg_base, vector.stack_limit);
    let context = Context { pc, sp, psw, wp, stack_limit, ..Context::default() };
    let mut vm = Vm::new(profile, vector.code, &mut mine, calls.to_vec(), context);
    for (reg, value) in Reg::all().zip(regs) {
        vm.set_reg(reg, value);
    }
    let run = vm.run(vector.max_steps);
    let stop = match run.stop {
        None => Stop::Budget,
        Some(minivm::Stop::Svc { module, function }) => Stop::Svc(module, function),
        Some(minivm::Stop::Break { code }) => Stop::Break(code),
        Some(minivm::Stop::Returned { status }) => Stop::Returned(status),
        Some(minivm::Stop::Fault(fault)) => Stop::Fault(fault.name()),
        Some(stop @ (minivm::Stop::CallDepth | minivm::Stop::Paging { .. })) => {
            panic!("{}: a vector has room for its calls, and nothing is paged: {stop:?}", vector.name)
        }
    };
    let (regs, calls, context) = (vm.regs(), std::mem::take(&mut vm.calls), vm.context);
    let end = (stop, run.steps, regs, context.pc, context.sp, context.psw, &calls[..]);
    let State { regs, pc, sp, psw, calls, .. } = vector.end;
    assert_eq!(end, (vector.stop, vector.steps, regs, pc, sp, psw, calls), "{}", vector.name);
    assert!(mine.bytes()[..] == expected[..], "{}: memory", vector.name);
}
