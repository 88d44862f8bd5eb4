//! Any two instructions in a row, a third behind them and a trap: for interpreters that take some of them as one. The
//! trap shows what they have left.

use minivm::instruction::Reg;
use minivm::{Instruction, Opcode};

use crate::case::{Block, Case};

/// Values at which signs, carries, shifts and addresses change.
const VALUES: [u32; 16] = [
    0,
    1,
    2,
    31,
    32,
    33,
    0x3E00,
    0x7FFC,
    0x8000,
    0xFFFC,
    0xFFFF,
    0x1_0000,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFE,
    u32::MAX,
];

/// How often each two come, with other registers, values, flags and a third behind them. With the number of pairs it has no
/// factor that the stride of a quick sweep has too.
const TIMES: usize = 11;

/// A generator of numbers that are good enough (xorshift).
#[derive(Clone, Copy)]
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }
}

/// The rows.
pub(crate) fn cases() -> impl Iterator<Item = Case> + Send {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let pairs = || Opcode::ALL.iter().flat_map(|one| Opcode::ALL.iter().map(move |two| [*one, *two]));
    (0..TIMES).flat_map(move |_| pairs()).map(move |[first, second]| {
        let third = Opcode::ALL[numbers.below(Opcode::ALL.len())];
        row([first, second, third], &mut numbers)
    })
}

fn row(ops: [Opcode; 3], numbers: &mut Numbers) -> Case {
    let words = ops.map(|op| instruction(op, numbers).encode() & op.operands().used_bits());
    let trap = Instruction::new(Opcode::Svc).encode();
    Case {
        code: words.into_iter().chain([trap]).flat_map(u32::to_be_bytes).collect(),
        max_steps: 40,
        regs: [0; 16].map(|_| VALUES[numbers.below(VALUES.len())]),
        sp: [0x8000, 8, 0xFFF8][numbers.below(3)],
        psw: numbers.below(16) as u8,
        call_stack: vec![8; numbers.below(2)],
        mem: vec![Block(0x7FF8, (1..16).collect())],
        ..Case::default()
    }
}

/// On few registers, so that they meet; jumps stay near.
fn instruction(op: Opcode, numbers: &mut Numbers) -> Instruction {
    let mut reg = || Reg::new(numbers.below(4) as u8).expect("below 16");
    let (rd, rs1, rs2) = (reg(), reg(), reg());
    let imm = match op {
        Opcode::Jmp | Opcode::Jz | Opcode::Jnz => 4 * numbers.below(5),
        Opcode::Call => numbers.below(3),
        _ => numbers.below(8),
    };
    Instruction { op, rd, rs1, rs2, imm: imm as u16 }
}
