//! Which coverage points the instructions of a case hit.

use minivm::context::psw;
use minivm::float::{self, Operation};
use minivm::instruction::Reg;
use minivm::isa::{Access, FlagEffect, Operands};
use minivm::points::{Group, Point, Row};
use minivm::{CallStack, Context, Fault, Instruction, Opcode, Reference, Stop, Strict};
use oracle::Profile;
use oracle::subject::{self, Hits, PointRow, Watched, Watcher};

use crate::case::Case;
use crate::cases::MiniVm;
use crate::native::{NativeVm, Running};
use crate::profile::{self, REFERENCE};

const POINTS: usize = Point::ALL.len();
const FETCH: usize = 256;
const ILLEGAL: usize = 257;

/// The number of a point in a row.
fn number(row: Row, point: Point) -> usize {
    let row = match row {
        Row::Fetch => FETCH,
        Row::Illegal => ILLEGAL,
        Row::Op(op) => op as usize,
    };
    row * POINTS + point as usize
}

impl Watched<MiniVm> for MiniVm {
    fn groups(&self) -> Vec<&'static str> {
        Group::ALL.iter().map(|group| group.name()).collect()
    }

    fn rows(&self, profile: Profile) -> Vec<PointRow> {
        let row = |row: Row| {
            let point = |point: Point| subject::Point {
                number: number(row, point),
                name: point.name(),
                group: point.group().name(),
            };
            PointRow { topic: row.name(), points: row.points(profile != REFERENCE).map(point).collect() }
        };
        Row::all().map(row).collect()
    }

    fn watcher(&self, profile: Profile) -> Box<dyn Watcher<MiniVm>> {
        Box::new(Watch { profile, vm: NativeVm::default() })
    }
}

/// Watches the native machine.
struct Watch {
    profile: Profile,
    vm: NativeVm,
}

impl Watcher<MiniVm> for Watch {
    fn watch(&mut self, case: &Case, hits: &mut Hits<'_>) {
        profile::with!(self.profile, |it| watch(self.vm.begin(it, case), case, hits));
    }
}

fn watch<P: minivm::Profile>(mut vm: Running<'_, P>, case: &Case, hits: &mut Hits<'_>) {
    let mut steps = 0;
    let mut stop = None;
    while stop.is_none() && steps < case.max_steps {
        let before = Before { context: vm.context, regs: vm.regs(), depth: vm.calls.depth() };
        stop = vm.step();
        steps += 1;
        let mut hit = |row, point| hits(steps, number(row, point));
        Step { case, before, stop, after: vm.context, regs: vm.regs(), word: vm.last.opcode }
            .points(&mut hit);
    }
}

struct Before {
    context: Context,
    regs: [u32; 16],
    depth: usize,
}

/// One instruction with the state on both sides of it.
struct Step<'a> {
    case: &'a Case,
    before: Before,
    stop: Option<Stop>,
    after: Context,
    regs: [u32; 16],
    word: u32,
}

impl Step<'_> {
    fn points(&self, hit: &mut impl FnMut(Row, Point)) {
        self.fetch(&mut |point| hit(Row::Fetch, point));
        match self.stop {
            Some(Stop::Fault(Fault::PcOutOfRange)) => return,
            Some(Stop::Fault(Fault::Misaligned)) if !self.before.context.pc.is_multiple_of(4) => return,
            _ => {}
        }
        let Some(instruction) = Instruction::decode(self.word) else {
            return self.illegal(&mut |point| hit(Row::Illegal, point));
        };
        let hit = &mut |point| hit(Row::Op(instruction.op), point);
        match self.stop {
            Some(Stop::Fault(fault)) => hit(Point::of_fault(fault)),
            Some(Stop::Returned { .. }) => hit(Point::Returns),
            Some(Stop::CallDepth | Stop::Paging { .. }) => {}
            None | Some(Stop::Svc { .. } | Stop::Break { .. }) => self.retired(instruction, hit),
        }
    }

    fn fetch(&self, hit: &mut impl FnMut(Point)) {
        let pc = self.before.context.pc;
        let fault = match self.stop {
            Some(Stop::Fault(fault @ Fault::PcOutOfRange)) => Some(fault),
            Some(Stop::Fault(fault @ Fault::Misaligned)) if !pc.is_multiple_of(4) => Some(fault),
            _ => None,
        };
        hit(fault.map_or(Point::Retired, Point::of_fault));
        mark(hit, Point::Unaligned, fault.is_none() && !pc.is_multiple_of(4));
        mark(hit, Point::EndOfCode, fault.is_none() && pc as usize + 4 == self.case.code.len());
        mark(hit, Point::FarPc, pc > 0xFFFF);
    }

    fn illegal(&self, hit: &mut impl FnMut(Point)) {
        hit(Point::IllegalOpcode);
        mark(hit, Point::UnusedBits, self.word & 0x00FF_FFFF != 0);
        mark(hit, Point::FlagsKept, self.flags_kept());
    }

    fn flags_kept(&self) -> bool {
        self.before.context.psw == 15 && self.after.psw == 15
    }

    fn retired(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        hit(Point::Retired);
        mark(hit, Point::UnusedBits, i.has_unused_bits());
        self.flags(i, hit);
        self.registers(i, hit);
        self.immediates(i, hit);
        self.memory(i, hit);
        self.control_flow(i, hit);
        self.integers(i, hit);
        self.floats(i, hit);
    }

    fn flags(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let (before, after) = (self.before.context.psw, self.after.psw);
        if i.op.flags() == FlagEffect::Keep {
            return mark(hit, Point::FlagsKept, self.flags_kept());
        }
        let transitions = [
            (psw::Z, Point::ZSet, Point::ZCleared),
            (psw::C, Point::CSet, Point::CCleared),
            (psw::N, Point::NSet, Point::NCleared),
            (psw::V, Point::VSet, Point::VCleared),
        ];
        for (bit, set, cleared) in transitions {
            mark(hit, set, !before & after & bit != 0);
            mark(hit, cleared, before & !after & bit != 0);
        }
        let shift_by_zero = i.op.flags() == FlagEffect::Shift && self.value(i.rs2) & 31 == 0;
        mark(hit, Point::CKept, shift_by_zero && before & after & psw::C != 0);
    }

    fn registers(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let used = i.op.operands().used_bits();
        let (has_rd, has_rs1, has_rs2) =
            (used & 0x00F0_0000 != 0, used & 0x000F_0000 != 0, used & 0xF000 != 0);
        let same = |a: Reg, b: Reg, both: bool| both && a == b;
        let rd_rs1 = same(i.rd, i.rs1, has_rd && has_rs1);
        let rd_rs2 = same(i.rd, i.rs2, has_rd && has_rs2);
        let rs1_rs2 = same(i.rs1, i.rs2, has_rs1 && has_rs2);
        mark(hit, Point::Distinct, !rd_rs1 && !rd_rs2 && !rs1_rs2);
        mark(hit, Point::RdIsRs1, rd_rs1 && !rd_rs2);
        mark(hit, Point::RdIsRs2, rd_rs2 && !rd_rs1);
        mark(hit, Point::Rs1IsRs2, rs1_rs2 && !rd_rs1);
        mark(hit, Point::AllSame, rd_rs1 && rd_rs2);
        let one = if has_rd { i.rd } else { i.rs1 };
        mark(hit, Point::R15, one == Reg::R15);
    }

    fn immediates(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let (value, min, max) = match i.op.operands() {
            Operands::RdImm | Operands::RdMem | Operands::MemRs2 | Operands::Call => {
                (i64::from(i.word().signed_imm()), -2048, 2047)
            }
            Operands::Target | Operands::Svc => (i.imm.into(), 0, 0xFFF),
            Operands::Code => (i.word().low_byte().into(), 0, 0xFF),
            Operands::RdImm32 => (self.regs[i.rd.index()].into(), 0, u32::MAX.into()),
            _ => return,
        };
        mark(hit, Point::ImmZero, value == 0);
        mark(hit, Point::ImmMinusOne, value == -1);
        mark(hit, Point::ImmMin, value == min);
        mark(hit, Point::ImmMax, value == max);
    }

    fn memory(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let sp = self.before.context.sp;
        let (address, width) = match i.op.access() {
            Access::Nothing => return,
            Access::Load(width) | Access::Store(width) => {
                (self.value(i.rs1).wrapping_add_signed(i.word().signed_imm()), u32::from(width))
            }
            Access::Push => (sp.wrapping_sub(4), 4),
            Access::Pop => (sp, 4),
        };
        let (start, end) = (address & 0xFFFF, (address & 0xFFFF) + width);
        let window = u32::from(self.before.context.wp);
        let limit = self.before.context.stack_limit;
        mark(hit, Point::FirstByte, start == 0);
        mark(hit, Point::LastByte, end == 0x1_0000);
        mark(hit, Point::AddressWraps, address > 0xFFFF);
        mark(hit, Point::Unaligned, !start.is_multiple_of(width));
        mark(hit, Point::InWindow, window != 0 && start < window + 64 && window < end);
        mark(hit, Point::AtStackLimit, i.op.access() == Access::Push && limit > 0 && address == limit);
    }

    fn control_flow(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let z = self.before.context.psw & psw::Z != 0;
        match i.op {
            Opcode::Jz => hit(if z { Point::Taken } else { Point::NotTaken }),
            Opcode::Jnz => hit(if z { Point::NotTaken } else { Point::Taken }),
            Opcode::Ret => mark(hit, Point::FarReturn, self.before.depth > 0 && self.after.pc > 0xFFFF),
            Opcode::Call => {
                let by_pc = i.rs1 == Reg::R0;
                let base = if by_pc { self.before.context.pc } else { self.value(i.rs1) };
                hit(if by_pc { Point::BaseIsPc } else { Point::BaseIsRegister });
                mark(
                    hit,
                    Point::TargetWraps,
                    base.wrapping_add_signed(i.word().signed_imm() * 4) != self.after.pc,
                );
            }
            _ => {}
        }
    }

    fn integers(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let (a, b) = (self.value(i.rs1), self.value(i.rs2));
        let carry = self.before.context.psw & psw::C != 0;
        match i.op {
            Opcode::Adc | Opcode::Sbc => hit(if carry { Point::CarryIn } else { Point::NoCarryIn }),
            Opcode::Lsl | Opcode::Lsr | Opcode::Asr => {
                mark(hit, Point::AmountZero, b == 0);
                mark(hit, Point::AmountMax, b == 31);
                mark(hit, Point::AmountMasked, b > 31);
            }
            Opcode::Div => {
                mark(hit, Point::QuotientWraps, a == 0x8000_0000 && b == u32::MAX);
                mark(hit, Point::NegativeDividend, (a as i32) < 0);
                mark(hit, Point::NegativeDivisor, (b as i32) < 0);
            }
            _ => {}
        }
    }

    fn floats(&self, i: Instruction, hit: &mut impl FnMut(Point)) {
        let (a, b) = (self.value(i.rs1), self.value(i.rs2));
        let result = self.regs[i.rd.index()];
        let operation = match i.op {
            Opcode::Fadd => Operation::Add,
            Opcode::Fsub => Operation::Sub,
            Opcode::Fmul => Operation::Mul,
            Opcode::Fdiv => Operation::Div,
            Opcode::F2i => {
                mark(
                    hit,
                    Point::Truncates,
                    matches!(Float::of(a), Float::Normal) && float::from_int(Strict, result) != a as u16,
                );
                return operand_points(&[a], hit);
            }
            Opcode::I2f => {
                mark(hit, Point::NegativeOperand, (a as i32) < 0);
                return result_points(result, hit);
            }
            _ => return,
        };
        operand_points(&[a, b], hit);
        result_points(result, hit);
        let zero_divisor = i.op == Opcode::Fdiv && Float::of(b) == Float::Zero;
        let rounding =
            float::arithmetic(Reference, operation, a, b) != float::arithmetic(Strict, operation, a, b);
        mark(hit, Point::ZeroDivisor, zero_divisor);
        mark(hit, Point::RoundsUpToNormal, rounding && !zero_divisor);
    }

    fn value(&self, reg: Reg) -> u32 {
        self.before.regs[reg.index()]
    }
}

fn mark(hit: &mut impl FnMut(Point), point: Point, condition: bool) {
    if condition {
        hit(point);
    }
}

/// The kinds of binary16 numbers.
#[derive(PartialEq, Eq)]
enum Float {
    Zero,
    Subnormal,
    Normal,
    Infinite,
    Nan,
}

impl Float {
    fn of(bits: u32) -> Self {
        match (bits >> 10 & 0x1F, bits & 0x3FF) {
            (0, 0) => Float::Zero,
            (0, _) => Float::Subnormal,
            (0x1F, 0) => Float::Infinite,
            (0x1F, _) => Float::Nan,
            _ => Float::Normal,
        }
    }
}

fn operand_points(operands: &[u32], hit: &mut impl FnMut(Point)) {
    let any = |kind: Float| operands.iter().any(|&bits| Float::of(bits) == kind);
    mark(hit, Point::NanOperand, any(Float::Nan));
    mark(hit, Point::InfOperand, any(Float::Infinite));
    mark(hit, Point::SubnormalOperand, any(Float::Subnormal));
    mark(hit, Point::NegativeOperand, operands.iter().any(|bits| bits & 0x8000 != 0));
}

fn result_points(result: u32, hit: &mut impl FnMut(Point)) {
    match Float::of(result) {
        Float::Nan => hit(Point::NanResult),
        Float::Infinite => hit(Point::InfResult),
        Float::Zero => hit(Point::ZeroResult),
        Float::Subnormal => hit(Point::SubnormalResult),
        Float::Normal => {}
    }
}
