//! The interpreter: what each opcode does.

use core::ops::ControlFlow;

use crate::alu::{self, Direction};
use crate::call_stack::CallStack;
use crate::context::{Context, psw};
use crate::float::{self, Operation};
use crate::instruction::{Instruction, Reg};
use crate::isa::Opcode;
use crate::memory::Memory;
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};

/// One task on the machine: its context, its registers, its code and its memory.
///
/// Registers live in `regs`, or in data memory at the workspace pointer where that is not 0
/// (design document, section 4.3); [`Vm::reg`] and [`Vm::set_reg`] know which.
pub struct Vm<'a, P, S> {
    /// pc, sp, flags and the rest.
    pub context: Context,
    /// The return addresses of calls in progress.
    pub calls: S,
    /// The instruction executed last.
    pub last: LastInstruction,
    profile: P,
    code: &'a [u8],
    memory: &'a mut Memory,
    regs: [u32; 16],
}

/// What the machine remembers of the instruction executed last (design document, section 7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastInstruction {
    /// Its address.
    pub pc: u32,
    /// Its first word.
    pub opcode: u32,
    /// The registers before it. Only [`Vm::step`] keeps them; [`Vm::run`] does not.
    pub regs: [u32; 16],
}

/// How a [`Vm::run`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Instructions retired.
    pub steps: u32,
    /// What stopped it; nothing where all instructions asked for have retired.
    pub stop: Option<Stop>,
}

type Effect = ControlFlow<Stop>;
const RETIRED: Effect = ControlFlow::Continue(());

impl<'a, P: Profile, S: CallStack> Vm<'a, P, S> {
    /// A machine about to run at `context.pc`, with all registers 0.
    ///
    /// With a workspace pointer the registers are whatever memory holds there.
    pub fn new(profile: P, code: &'a [u8], memory: &'a mut Memory, calls: S, context: Context) -> Self {
        Vm { context, calls, last: LastInstruction::default(), profile, code, memory, regs: [0; 16] }
    }

    /// The value of a register.
    #[inline(always)]
    pub fn reg(&self, reg: Reg) -> u32 {
        if self.context.wp == 0 {
            return self.regs[reg.index()];
        }
        // A window that does not fit into memory (`wp` above 0xFFC0) reads as 0.
        self.memory.read(self.window(reg)).map_or(0, u32::from_le_bytes)
    }

    /// Sets a register.
    #[inline(always)]
    pub fn set_reg(&mut self, reg: Reg, value: u32) {
        if self.context.wp == 0 {
            self.regs[reg.index()] = value;
        } else {
            self.memory.write(self.window(reg), value.to_le_bytes());
        }
    }

    /// All 16 registers.
    pub fn regs(&self) -> [u32; 16] {
        let mut regs = [0; 16];
        for reg in Reg::all() {
            regs[reg.index()] = self.reg(reg);
        }
        regs
    }

    /// Data memory.
    pub fn memory(&self) -> &Memory {
        self.memory
    }

    fn window(&self, reg: Reg) -> u32 {
        u32::from(self.context.wp) + 4 * reg.index() as u32
    }

    /// Whether the instruction that stopped so counts as retired.
    pub fn retires(&self, stop: Stop) -> bool {
        match stop {
            Stop::Svc { .. } | Stop::Break { .. } => true,
            Stop::Fault(Fault::IllegalOpcode) => !self.profile.strict(Switch::IllegalOpcode),
            Stop::Fault(_) | Stop::Returned { .. } | Stop::CallDepth => false,
        }
    }

    /// Executes one instruction and remembers it in [`Vm::last`]. Nothing is returned where it just retired.
    ///
    /// A stop is no obstacle to the next step: whoever drives the machine decides whether it goes on.
    pub fn step(&mut self) -> Option<Stop> {
        self.execute::<true>().break_value()
    }

    /// Executes instructions until one stops the machine or `max_steps` have retired.
    pub fn run(&mut self, max_steps: u32) -> Run {
        for steps in 0..max_steps {
            if let ControlFlow::Break(stop) = self.execute::<false>() {
                return Run { steps: steps + u32::from(self.retires(stop)), stop: Some(stop) };
            }
        }
        Run { steps: max_steps, stop: None }
    }

    #[inline(always)]
    fn execute<const KEEP_REGS: bool>(&mut self) -> Effect {
        let pc = self.context.pc;
        let Some(word) = self.fetch(pc) else { return self.fault(Fault::PcOutOfRange) };
        if !pc.is_multiple_of(4) && self.profile.strict(Switch::Alignment) {
            return self.fault(Fault::Misaligned);
        }
        self.last.pc = pc;
        self.last.opcode = word;
        if KEEP_REGS {
            self.last.regs = self.regs();
        }
        let Some(instruction) = Instruction::decode(word) else {
            if !self.profile.strict(Switch::IllegalOpcode) {
                self.context.pc = pc.wrapping_add(4);
            }
            return self.fault(Fault::IllegalOpcode);
        };
        self.dispatch(instruction)
    }

    /// Jumps set pc themselves; everything else ends in [`Vm::next`].
    #[inline(always)]
    fn dispatch(&mut self, i: Instruction) -> Effect {
        match i.op {
            Opcode::Ldi => self.set(i.rd, i.signed_imm() as u32),
            Opcode::Ldi32 => self.load_literal(i),
            Opcode::Mov => self.set(i.rd, self.reg(i.rs1)),
            Opcode::Ld => self.load::<4>(i),
            Opcode::Ldh => self.load::<2>(i),
            Opcode::Ldb => self.load::<1>(i),
            Opcode::St => self.store::<4>(i),
            Opcode::Sth => self.store::<2>(i),
            Opcode::Stb => self.store::<1>(i),
            Opcode::Add | Opcode::Sub | Opcode::Adc | Opcode::Sbc => self.add_or_subtract(i),
            Opcode::Cmp => {
                let (difference, carry, overflow) = alu::sub(self.reg(i.rs1), self.reg(i.rs2), true);
                self.context.psw = alu::zn(difference) | alu::cv(carry, overflow);
                self.next()
            }
            Opcode::Mul => self.multiply(i),
            Opcode::Div if self.reg(i.rs2) == 0 => self.fault(Fault::DivideByZero),
            Opcode::Div => self.set_logic(i.rd, alu::div(self.reg(i.rs1), self.reg(i.rs2))),
            Opcode::And => self.set_logic(i.rd, self.reg(i.rs1) & self.reg(i.rs2)),
            Opcode::Or => self.set_logic(i.rd, self.reg(i.rs1) | self.reg(i.rs2)),
            Opcode::Xor => self.set_logic(i.rd, self.reg(i.rs1) ^ self.reg(i.rs2)),
            Opcode::Not => self.set_logic(i.rd, !self.reg(i.rs1)),
            Opcode::Lsl => self.shift(i, Direction::Left),
            Opcode::Lsr => self.shift(i, Direction::Right),
            Opcode::Asr => self.shift(i, Direction::SignedRight),
            Opcode::Jmp => self.jump(i),
            Opcode::Jz if self.context.psw & psw::Z != 0 => self.jump(i),
            Opcode::Jnz if self.context.psw & psw::Z == 0 => self.jump(i),
            Opcode::Jz | Opcode::Jnz => self.next(),
            Opcode::Call => self.call(i),
            Opcode::Ret => self.ret(),
            Opcode::Push => {
                self.push(self.reg(i.rs1))?;
                self.next()
            }
            Opcode::Pop => {
                let value = self.pop(true)?;
                self.set(i.rd, value)
            }
            Opcode::Fadd => self.float_arithmetic(i, Operation::Add),
            Opcode::Fsub => self.float_arithmetic(i, Operation::Sub),
            Opcode::Fmul => self.float_arithmetic(i, Operation::Mul),
            Opcode::Fdiv => self.float_arithmetic(i, Operation::Div),
            Opcode::I2f => self.set_low(i.rd, float::from_int(self.profile, self.reg(i.rs1))),
            Opcode::F2i => match float::to_int(self.profile, self.reg(i.rs1)) {
                Some(value) => self.set(i.rd, value),
                None => self.fault(Fault::InvalidConversion),
            },
            Opcode::Svc => {
                self.next()?;
                ControlFlow::Break(Stop::Svc { module: i.svc_module(), function: i.low_byte() })
            }
            Opcode::Brk => {
                self.next()?;
                ControlFlow::Break(Stop::Break { code: i.low_byte() })
            }
        }
    }

    // How an instruction ends.

    #[inline(always)]
    fn next(&mut self) -> Effect {
        self.context.pc = self.context.pc.wrapping_add(4);
        RETIRED
    }

    #[inline(always)]
    fn set(&mut self, rd: Reg, value: u32) -> Effect {
        self.set_reg(rd, value);
        self.next()
    }

    /// Sets a result of logic, or of `DIV`: C and V are cleared.
    #[inline(always)]
    fn set_logic(&mut self, rd: Reg, value: u32) -> Effect {
        self.context.psw = alu::zn(value);
        self.set(rd, value)
    }

    /// Sets a binary16 result: the upper half is kept.
    #[inline(always)]
    fn set_low(&mut self, rd: Reg, value: u16) -> Effect {
        self.set(rd, self.reg(rd) & 0xFFFF_0000 | u32::from(value))
    }

    #[cold]
    fn fault<T>(&mut self, fault: Fault) -> ControlFlow<Stop, T> {
        if let Some(code) = fault.r0_code()
            && !self.profile.strict(Switch::FaultCodeInR0)
        {
            self.set_reg(Reg::R0, code);
        }
        self.latch(fault)
    }

    /// A fault that leaves R0 alone in either profile.
    #[cold]
    fn latch<T>(&mut self, fault: Fault) -> ControlFlow<Stop, T> {
        self.context.fault_code = 1 + fault as u16;
        ControlFlow::Break(Stop::Fault(fault))
    }

    // Code and data.

    #[inline(always)]
    fn fetch(&self, pc: u32) -> Option<u32> {
        let start = pc as usize;
        let bytes = self.code.get(start..start.checked_add(4)?)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    fn load_literal(&mut self, i: Instruction) -> Effect {
        let Some(literal) = self.context.pc.checked_add(4).and_then(|at| self.fetch(at)) else {
            return self.fault(Fault::TruncatedLdi32);
        };
        self.next()?;
        self.set(i.rd, literal)
    }

    #[inline(always)]
    fn data_address(&self, i: Instruction) -> u32 {
        let address = self.reg(i.rs1).wrapping_add_signed(i.signed_imm());
        if self.profile.strict(Switch::AddressRange) { address } else { address & 0xFFFF }
    }

    /// Checks in this order: range, alignment. So a word across the end of memory is a fault of range.
    #[inline(always)]
    fn read<const N: usize>(&mut self, address: u32) -> Result<[u8; N], Fault> {
        let bytes = self.memory.read(address).ok_or(Fault::Memory)?;
        self.check_alignment::<N>(address)?;
        Ok(bytes)
    }

    #[inline(always)]
    fn write<const N: usize>(&mut self, address: u32, bytes: [u8; N]) -> Result<(), Fault> {
        let _: [u8; N] = self.memory.read(address).ok_or(Fault::Memory)?;
        self.check_alignment::<N>(address)?;
        self.memory.write(address, bytes).ok_or(Fault::Memory)
    }

    #[inline(always)]
    fn check_alignment<const N: usize>(&self, address: u32) -> Result<(), Fault> {
        let misaligned = !address.is_multiple_of(N as u32) && self.profile.strict(Switch::Alignment);
        if misaligned { Err(Fault::Misaligned) } else { Ok(()) }
    }

    #[inline(always)]
    fn load<const N: usize>(&mut self, i: Instruction) -> Effect {
        match self.read::<N>(self.data_address(i)) {
            Ok(bytes) => {
                let mut word = [0; 4];
                word[..N].copy_from_slice(&bytes);
                self.set(i.rd, u32::from_le_bytes(word))
            }
            Err(fault) => self.fault(fault),
        }
    }

    #[inline(always)]
    fn store<const N: usize>(&mut self, i: Instruction) -> Effect {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.reg(i.rs2).to_le_bytes()[..N]);
        match self.write(self.data_address(i), bytes) {
            Ok(()) => self.next(),
            Err(fault) => self.fault(fault),
        }
    }

    // The stack grows downwards. R15 mirrors sp after each operation (ledger row D9).

    #[inline(always)]
    fn push(&mut self, value: u32) -> Effect {
        let sp = match self.context.sp.checked_sub(4) {
            Some(sp) if sp >= self.context.stack_limit && sp <= 0xFFFC => sp,
            _ => return self.fault(Fault::StackOverflow),
        };
        match self.write(sp, value.to_le_bytes()) {
            Ok(()) => self.set_sp(sp),
            Err(fault) => return self.fault(fault),
        }
        RETIRED
    }

    /// Reads the word at sp and drops it. `memory_fault_in_r0`: `RET` leaves R0 alone, `POP` does not.
    #[inline(always)]
    fn pop(&mut self, memory_fault_in_r0: bool) -> ControlFlow<Stop, u32> {
        let sp = self.context.sp;
        match self.read(sp) {
            Ok(bytes) => {
                self.set_sp(sp + 4);
                ControlFlow::Continue(u32::from_le_bytes(bytes))
            }
            Err(Fault::Memory) if sp > 0xFFFF => self.fault(Fault::StackUnderflow),
            Err(Fault::Memory) if !memory_fault_in_r0 => self.latch(Fault::Memory),
            Err(fault) => self.fault(fault),
        }
    }

    #[inline(always)]
    fn set_sp(&mut self, sp: u32) {
        self.context.sp = sp;
        self.set_reg(Reg::R15, sp);
    }

    // Control flow.

    #[inline(always)]
    fn jump(&mut self, i: Instruction) -> Effect {
        self.context.pc = u32::from(i.imm);
        RETIRED
    }

    #[inline(always)]
    fn call(&mut self, i: Instruction) -> Effect {
        // The field 0 means pc, so R0 can be no base.
        let base = if i.rs1 == Reg::R0 { self.context.pc } else { self.reg(i.rs1) };
        let target = base.wrapping_add_signed(i.signed_imm() * 4) & 0xFFFF;
        let return_address = self.context.pc.wrapping_add(4);
        if !self.calls.push(return_address) {
            return ControlFlow::Break(Stop::CallDepth);
        }
        if let ControlFlow::Break(stop) = self.push(return_address) {
            self.calls.pop();
            return ControlFlow::Break(stop);
        }
        self.context.pc = target;
        RETIRED
    }

    #[inline(always)]
    fn ret(&mut self) -> Effect {
        if self.calls.depth() == 0 {
            return ControlFlow::Break(Stop::Returned { status: self.reg(Reg::R0) });
        }
        self.context.pc = self.pop(self.profile.strict(Switch::ReturnAcrossEnd))?;
        self.calls.pop();
        RETIRED
    }

    // Arithmetic.

    #[inline(always)]
    fn add_or_subtract(&mut self, i: Instruction) -> Effect {
        let (a, b) = (self.reg(i.rs1), self.reg(i.rs2));
        let carry_in = self.context.psw & psw::C != 0;
        let (result, carry, overflow) = match i.op {
            Opcode::Add => alu::add(a, b, false),
            Opcode::Sub => alu::sub(a, b, true),
            Opcode::Adc => alu::add(a, b, carry_in),
            _ => alu::sub(a, b, carry_in),
        };
        // The reference adds the carry (the borrow) to the second operand before it looks at that operand's sign, so
        // it takes 0x7FFF_FFFF for negative and finds the opposite (host_vm.py:1536, 1552).
        let taken_for_negative = b == 0x7FFF_FFFF
            && (i.op == Opcode::Adc && carry_in || i.op == Opcode::Sbc && !carry_in)
            && !self.profile.strict(Switch::CarryOverflow);
        self.context.psw = alu::zn(result) | alu::cv(carry, overflow ^ taken_for_negative);
        self.set(i.rd, result)
    }

    #[inline(always)]
    fn multiply(&mut self, i: Instruction) -> Effect {
        let (a, b) = (self.reg(i.rs1), self.reg(i.rs2));
        let product = u64::from(a) * u64::from(b);
        let result = product as u32;
        let carry = product >> 32 != 0;
        let overflow = if self.profile.strict(Switch::MulOverflow) {
            (a as i32).checked_mul(b as i32).is_none()
        } else {
            carry
        };
        self.context.psw = alu::zn(result) | alu::cv(carry, overflow);
        self.set(i.rd, result)
    }

    #[inline(always)]
    fn shift(&mut self, i: Instruction, direction: Direction) -> Effect {
        let (result, last_out) = alu::shift(direction, self.reg(i.rs1), self.reg(i.rs2));
        let carry = last_out.unwrap_or(self.context.psw & psw::C != 0);
        self.context.psw = alu::zn(result) | alu::cv(carry, false);
        self.set(i.rd, result)
    }

    fn float_arithmetic(&mut self, i: Instruction, operation: Operation) -> Effect {
        self.set_low(i.rd, float::arithmetic(self.profile, operation, self.reg(i.rs1), self.reg(i.rs2)))
    }
}
