//! What has few enough inputs to run them all: instruction words, binary16 arithmetic, and, at 8 bits of width, integer
//! arithmetic. The interpreter runs them; what should come out is said by second implementations, written from the rules,
//! that share no code with the VM.

mod binary16;
mod device;
mod flags;
mod floats;
mod integers;
mod words;

use oracle::inputs::{Exhausts, Part};

use crate::MiniVm;

impl Exhausts<MiniVm> for MiniVm {
    fn parts(&self) -> Vec<Part<MiniVm>> {
        let mut parts: Vec<Part<MiniVm>> = words::parts().into();
        parts.extend(floats::parts());
        parts.push(flags::part());
        parts
    }
}

#[cfg(test)]
mod tests {
    use minivm::Profile;
    use oracle::inputs::Chunk;

    use super::binary16::{Operation, values};
    use super::device::{Device, Ended, Interpreter, Running, State};
    use super::*;

    const FMUL: u8 = 0x52;

    /// The VM with an error: one pair of operands of `FMUL`, in every profile, is one too great.
    struct Planted;

    impl Device for Planted {
        fn run<P: Profile>(&self, vm: &mut Running<'_, P>, start: &State, steps: u32) -> Ended {
            let mut ended = Interpreter.run(vm, start, steps);
            let is_fmul = vm.last.opcode >> 24 == u32::from(FMUL);
            for reg in 1..=steps.min(15) as usize {
                let reg = if steps == 1 { (vm.last.opcode >> 20 & 15) as usize } else { reg };
                if is_fmul && (start.regs[0] as u16, start.regs[reg] as u16) == (0x3E37, 0x4143) {
                    ended.state.regs[reg] += 1;
                }
            }
            ended
        }
    }

    fn multiplied(device: &impl Device) -> Chunk<MiniVm> {
        let mut chunk = Chunk::default();
        floats::pairs(device, (Operation::Mul, FMUL), &values(), 0x3E37..0x3E38, &mut chunk);
        chunk
    }

    #[test]
    fn one_wrong_pair_of_fmul_is_found() {
        assert_eq!((multiplied(&Interpreter).wrong, multiplied(&Interpreter).inputs), (0, 0x1_0000));
        let chunk = multiplied(&Planted);
        assert_eq!(chunk.wrong, 3);
        let found = &chunk.found[0];
        assert!(found.what.starts_with("FMUL R") && found.what.contains("4417 psw"), "{}", found.what);
        let oracle::inputs::Expected { case, profile, outcome } = &**found.case.as_ref().unwrap();
        assert_eq!((profile.name(), outcome.steps), ("reference", 1));
        let native = oracle::machine::run_one(&mut crate::NativeVm::default(), *profile, case);
        assert_eq!(native.outcome(), Some(outcome), "the VM itself is right");
    }

    /// A decoder that takes one word for another.
    #[test]
    fn one_wrong_word_is_found() {
        let wrong =
            |word: u32| minivm::Instruction::decode(if word == 0x1012_3456 { 0x1012_3457 } else { word });
        let count = |decode: &dyn Fn(u32) -> Option<minivm::Instruction>| {
            let mut chunk = Chunk::default();
            words::decoded(decode, 0x1012_0000..=0x1012_FFFF, &mut chunk);
            chunk.wrong
        };
        assert_eq!(count(&minivm::Instruction::decode), 0);
        assert_eq!(count(&wrong), 1);
    }

    /// A VM whose `SBC` forgets the borrow of one pair of bytes.
    struct Forgetful;

    impl Device for Forgetful {
        fn run<P: Profile>(&self, vm: &mut Running<'_, P>, start: &State, steps: u32) -> Ended {
            let mut ended = Interpreter.run(vm, start, steps);
            if (start.regs[1], start.regs[2], start.psw) == (0x8000_0000, 0x80FF_FFFF, 5) {
                ended.state.psw ^= 2;
            }
            ended
        }
    }

    #[test]
    fn one_wrong_flag_is_found() {
        let count = |device: &dyn Fn(&mut Chunk<MiniVm>)| {
            let mut chunk = Chunk::default();
            device(&mut chunk);
            (chunk.wrong, chunk.inputs)
        };
        let sbc = integers::Operation::Sbc;
        assert_eq!(count(&|chunk| flags::of_byte(&Interpreter, sbc, 0x80, chunk)), (0, 0x1_0000));
        assert_eq!(count(&|chunk| flags::of_byte(&Forgetful, sbc, 0x80, chunk)).0, 3);
    }

    #[test]
    fn every_number_is_converted() {
        let mut chunk = Chunk::default();
        floats::to_integers(&Interpreter, &values(), &mut chunk);
        assert_eq!((chunk.wrong, chunk.inputs), (0, 0x1_0000));
    }

    /// What parts announce is what a chunk of each comes to, and no two have a name.
    #[test]
    fn parts_are_what_they_announce() {
        let parts = MiniVm.parts();
        let names: std::collections::BTreeSet<_> = parts.iter().map(|part| part.name).collect();
        assert_eq!(names.len(), parts.len());
        for part in parts.iter().filter(|part| part.name != "text") {
            let mut chunk = Chunk::default();
            (part.run)(part.chunks - 1, &mut chunk);
            assert_eq!(chunk.wrong, 0, "{}: {:?}", part.name, chunk.found);
            assert_eq!(chunk.inputs * part.chunks, part.inputs, "{}", part.name);
        }
    }

    /// Two opcodes with unlike operands, and a byte that is none.
    #[test]
    fn texts_assemble_again() {
        let parts = MiniVm.parts();
        let text = parts.iter().find(|part| part.name == "text").unwrap();
        for byte in [0x24, 0x60, 0x61] {
            let mut chunk = Chunk::default();
            (text.run)(byte, &mut chunk);
            assert_eq!(chunk.wrong, 0, "{byte:#x}: {:?}", chunk.found);
        }
    }
}
