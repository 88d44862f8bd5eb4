//! The interpreter: what each opcode does.

use crate::alu::{self, Direction, Flags};
use crate::call_stack::CallStack;
use crate::float::{self, Operation};
use crate::instruction::{Reg, Word};
use crate::isa::Opcode;
use crate::memory::Memory;
use crate::profile::{Profile, Switch};
use crate::stop::{Fault, Stop};

/// The state that instructions change, taken out of the [`Vm`](crate::Vm) while it runs so that the host can keep it in its own
/// registers. Checks come before effects: an instruction that stops with a fault has changed nothing.
///
/// `WINDOWED`: the registers live in data memory.
pub(crate) struct Cpu<'v, P, S, const WINDOWED: bool> {
    pub profile: P,
    pub code: &'v [u8],
    pub memory: &'v mut Memory,
    pub calls: &'v mut S,
    pub regs: &'v mut [u32; 16],
    pub sp: u32,
    pub flags: Flags,
    pub wp: u16,
    pub stack_limit: u32,
}

/// The instruction word at `pc`, if it lies within code.
#[inline(always)]
pub(crate) fn fetch(code: &[u8], pc: u32) -> Option<u32> {
    let start = pc as usize;
    let bytes = code.get(start..start.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

impl<'v, P: Profile, S: CallStack, const WINDOWED: bool> Cpu<'v, P, S, WINDOWED> {
    /// What has to be put back: sp and psw.
    pub fn leave(self) -> (u32, u8) {
        (self.sp, self.flags.psw())
    }

    #[inline(always)]
    fn reg(&self, reg: Reg) -> u32 {
        if WINDOWED { self.memory.register(self.wp, reg) } else { self.regs[reg.index()] }
    }

    #[inline(always)]
    fn set_reg(&mut self, reg: Reg, value: u32) {
        if WINDOWED { self.memory.set_register(self.wp, reg, value) } else { self.regs[reg.index()] = value }
    }

    /// Executes the instruction at `pc`; gives the address of the next one.
    #[inline(always)]
    pub fn execute(&mut self, pc: u32) -> Result<u32, Stop> {
        let word = fetch(self.code, pc).ok_or(Stop::Fault(Fault::PcOutOfRange))?;
        if !pc.is_multiple_of(4) && self.profile.strict(Switch::Alignment) {
            return Err(Stop::Fault(Fault::Misaligned));
        }
        let i = Word(word);
        let op = i.op().ok_or(Stop::Fault(Fault::IllegalOpcode))?;
        match op {
            Opcode::Ldi => self.set_reg(i.rd(), i.signed_imm() as u32),
            Opcode::Mov => self.set_reg(i.rd(), self.reg(i.rs1())),
            Opcode::Ldi32 => return self.load_literal(i, pc),
            Opcode::Ld => self.load::<4>(i)?,
            Opcode::Ldh => self.load::<2>(i)?,
            Opcode::Ldb => self.load::<1>(i)?,
            Opcode::St => self.store::<4>(i)?,
            Opcode::Sth => self.store::<2>(i)?,
            Opcode::Stb => self.store::<1>(i)?,
            Opcode::Add => self.set_sum(i, alu::add(self.reg(i.rs1()), self.reg(i.rs2()), false)),
            Opcode::Sub => self.set_sum(i, alu::sub(self.reg(i.rs1()), self.reg(i.rs2()), true)),
            Opcode::Adc | Opcode::Sbc => self.add_with_carry(i, op == Opcode::Sbc),
            Opcode::Cmp => self.flags = alu::sub(self.reg(i.rs1()), self.reg(i.rs2()), true).1,
            Opcode::Mul => self.multiply(i),
            Opcode::Div => self.divide(i)?,
            Opcode::And => self.set_logic(i, self.reg(i.rs1()) & self.reg(i.rs2())),
            Opcode::Or => self.set_logic(i, self.reg(i.rs1()) | self.reg(i.rs2())),
            Opcode::Xor => self.set_logic(i, self.reg(i.rs1()) ^ self.reg(i.rs2())),
            Opcode::Not => self.set_logic(i, !self.reg(i.rs1())),
            Opcode::Lsl => self.shift(i, Direction::Left),
            Opcode::Lsr => self.shift(i, Direction::Right),
            Opcode::Asr => self.shift(i, Direction::SignedRight),
            Opcode::Jmp => return Ok(i.imm().into()),
            Opcode::Jz if self.flags.zero() => return Ok(i.imm().into()),
            Opcode::Jnz if !self.flags.zero() => return Ok(i.imm().into()),
            Opcode::Jz | Opcode::Jnz => {}
            Opcode::Call => return self.call(i, pc),
            Opcode::Ret => return self.ret(),
            Opcode::Push => self.push(self.reg(i.rs1()))?,
            Opcode::Pop => {
                let value = self.pop()?;
                self.set_reg(i.rd(), value);
            }
            Opcode::Fadd => self.float_arithmetic(i, Operation::Add),
            Opcode::Fsub => self.float_arithmetic(i, Operation::Sub),
            Opcode::Fmul => self.float_arithmetic(i, Operation::Mul),
            Opcode::Fdiv => self.float_arithmetic(i, Operation::Div),
            Opcode::I2f => self.set_low(i, float::from_int(self.profile, self.reg(i.rs1()))),
            Opcode::F2i => {
                let value = float::to_int(self.profile, self.reg(i.rs1()));
                self.set_reg(i.rd(), value.ok_or(Stop::Fault(Fault::InvalidConversion))?);
            }
            Opcode::Svc => return Err(Stop::Svc { module: i.svc_module(), function: i.low_byte() }),
            Opcode::Brk => return Err(Stop::Break { code: i.low_byte() }),
        }
        // The instruction was fetched at pc, so pc lies within code and the address behind it does not wrap.
        Ok(pc + 4)
    }

    // Results and flags.

    /// Sets a result of logic, or of `DIV`: C and V are cleared.
    #[inline(always)]
    fn set_logic(&mut self, i: Word, value: u32) {
        self.flags = Flags::of_logic(value);
        self.set_reg(i.rd(), value);
    }

    #[inline(always)]
    fn set_sum(&mut self, i: Word, (result, flags): (u32, Flags)) {
        self.flags = flags;
        self.set_reg(i.rd(), result);
    }

    /// Sets a binary16 result. The upper half is kept, or zero in profile `portable`.
    #[inline(always)]
    fn set_low(&mut self, i: Word, value: u16) {
        let upper =
            if self.profile.strict(Switch::FloatUpperHalf) { 0 } else { self.reg(i.rd()) & 0xFFFF_0000 };
        self.set_reg(i.rd(), upper | u32::from(value));
    }

    // Code and data.

    #[inline(always)]
    fn load_literal(&mut self, i: Word, pc: u32) -> Result<u32, Stop> {
        let literal = fetch(self.code, pc + 4).ok_or(Stop::Fault(Fault::TruncatedLdi32))?;
        self.set_reg(i.rd(), literal);
        Ok(pc + 8)
    }

    #[inline(always)]
    fn data_address(&self, i: Word) -> u32 {
        let address = self.reg(i.rs1()).wrapping_add_signed(i.signed_imm());
        if self.profile.strict(Switch::AddressRange) { address } else { address & 0xFFFF }
    }

    /// Checks in this order: range, alignment. So a word across the end of memory is a fault of range.
    #[inline(always)]
    fn check_access<const N: usize>(&self, address: u32) -> Result<(), Stop> {
        if !Memory::contains::<N>(address) {
            return Err(Stop::Fault(Fault::Memory));
        }
        if !address.is_multiple_of(N as u32) && self.profile.strict(Switch::Alignment) {
            return Err(Stop::Fault(Fault::Misaligned));
        }
        Ok(())
    }

    #[inline(always)]
    fn load<const N: usize>(&mut self, i: Word) -> Result<(), Stop> {
        let address = self.data_address(i);
        self.check_access::<N>(address)?;
        let mut word = [0; 4];
        word[..N].copy_from_slice(&self.memory.read::<N>(address).unwrap_or([0; N]));
        self.set_reg(i.rd(), u32::from_le_bytes(word));
        Ok(())
    }

    #[inline(always)]
    fn store<const N: usize>(&mut self, i: Word) -> Result<(), Stop> {
        let address = self.data_address(i);
        self.check_access::<N>(address)?;
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.reg(i.rs2()).to_le_bytes()[..N]);
        self.memory.write(address, bytes);
        Ok(())
    }

    // The stack grows downwards. R15 mirrors sp after each operation (ledger row D9).

    #[inline(always)]
    fn push(&mut self, value: u32) -> Result<(), Stop> {
        let sp = match self.sp.checked_sub(4) {
            Some(sp) if sp >= self.stack_limit && sp <= 0xFFFC => sp,
            _ => return Err(Stop::Fault(Fault::StackOverflow)),
        };
        self.check_access::<4>(sp)?;
        self.memory.write(sp, value.to_le_bytes());
        self.set_sp(sp);
        Ok(())
    }

    #[inline(always)]
    fn pop(&mut self) -> Result<u32, Stop> {
        let sp = self.sp;
        if sp > 0xFFFF {
            return Err(Stop::Fault(Fault::StackUnderflow));
        }
        self.check_access::<4>(sp)?;
        let value = self.memory.read(sp).map_or(0, u32::from_le_bytes);
        self.set_sp(sp + 4);
        Ok(value)
    }

    #[inline(always)]
    fn set_sp(&mut self, sp: u32) {
        self.sp = sp;
        self.set_reg(Reg::R15, sp);
    }

    #[inline(always)]
    fn call(&mut self, i: Word, pc: u32) -> Result<u32, Stop> {
        // The field 0 means pc, so R0 can be no base.
        let base = if i.rs1() == Reg::R0 { pc } else { self.reg(i.rs1()) };
        let return_address = pc + 4;
        if !self.calls.push(return_address) {
            return Err(Stop::CallDepth);
        }
        self.push(return_address).inspect_err(|_| self.calls.pop())?;
        Ok(base.wrapping_add_signed(i.signed_imm() * 4) & 0xFFFF)
    }

    #[inline(always)]
    fn ret(&mut self) -> Result<u32, Stop> {
        if self.calls.depth() == 0 {
            return Err(Stop::Returned { status: self.reg(Reg::R0) });
        }
        let target = self.pop()?;
        self.calls.pop();
        Ok(target)
    }

    // Arithmetic.

    #[inline(always)]
    fn add_with_carry(&mut self, i: Word, subtracts: bool) {
        let (a, b) = (self.reg(i.rs1()), self.reg(i.rs2()));
        let carry_in = self.flags.carry();
        let (result, flags) = if subtracts { alu::sub(a, b, carry_in) } else { alu::add(a, b, carry_in) };
        // The reference adds the carry (the borrow) to the second operand before it looks at that operand's sign, so
        // it takes 0x7FFF_FFFF for negative and finds the opposite (host_vm.py:1536, 1552).
        let taken_for_negative =
            b == 0x7FFF_FFFF && carry_in != subtracts && !self.profile.strict(Switch::CarryOverflow);
        self.set_sum(i, (result, flags.with_overflow_flipped(taken_for_negative)));
    }

    #[inline(always)]
    fn multiply(&mut self, i: Word) {
        let (a, b) = (self.reg(i.rs1()), self.reg(i.rs2()));
        let product = u64::from(a) * u64::from(b);
        let carry = product >> 32 != 0;
        let overflow = if self.profile.strict(Switch::MulOverflow) {
            (a as i32).checked_mul(b as i32).is_none()
        } else {
            carry
        };
        let flags = Flags::of_logic(product as u32).with_carry(carry).with_overflow(overflow);
        self.set_sum(i, (product as u32, flags));
    }

    #[inline(always)]
    fn divide(&mut self, i: Word) -> Result<(), Stop> {
        let (dividend, divisor) = (self.reg(i.rs1()), self.reg(i.rs2()));
        if divisor == 0 {
            return Err(Stop::Fault(Fault::DivideByZero));
        }
        self.set_logic(i, alu::div(dividend, divisor));
        Ok(())
    }

    #[inline(always)]
    fn shift(&mut self, i: Word, direction: Direction) {
        let (result, last_out) = alu::shift(direction, self.reg(i.rs1()), self.reg(i.rs2()));
        let carry = last_out.unwrap_or(self.flags.carry());
        self.set_sum(i, (result, Flags::of_logic(result).with_carry(carry)));
    }

    #[inline(always)]
    fn float_arithmetic(&mut self, i: Word, operation: Operation) {
        self.set_low(i, float::arithmetic(self.profile, operation, self.reg(i.rs1()), self.reg(i.rs2())));
    }
}
