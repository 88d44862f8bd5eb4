//! Data memory and the stack. An access is checked before anything happens; one that is not let through here, or not
//! aligned where that would cost something, is left to the plain interpreter.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I32, I64};
use cranelift_codegen::ir::{InstBuilder, Value};
use minivm::instruction::Word;
use minivm::memory::{PAGE, SIZE};
use minivm::{Profile, Reg, Switch};

use super::exits::Exit;
use super::{Emitter, in_region};

impl Emitter<'_, '_> {
    /// Loads `width` bytes into `rd`.
    pub(super) fn load(&mut self, word: Word, width: u32) {
        let mut exit = Exit::default();
        let address = self.address(word);
        // A load off its boundary costs nothing more.
        let aligned = self.profile.strict(Switch::Alignment);
        let is_beyond = self.is_beyond(address, width, aligned);
        if let Some(is_beyond) = is_beyond {
            self.leave_if(&mut exit, is_beyond);
        }
        self.close(exit);
        let (place, flags) = (self.place(address), in_region(self.regions.data));
        let value = match width {
            4 => self.b.ins().load(I32, flags, place, 0),
            2 => self.b.ins().uload16(I32, flags, place, 0),
            _ => self.b.ins().uload8(I32, flags, place, 0),
        };
        self.set_reg(word.rd(), value);
    }

    /// Stores the low `width` bytes of `rs2`.
    pub(super) fn store(&mut self, word: Word, width: u32) {
        let mut exit = Exit::default();
        let address = self.address(word);
        // One off its boundary may lie in two pages.
        if let Some(is_beyond) = self.is_beyond(address, width, true) {
            self.leave_if(&mut exit, is_beyond);
        }
        self.close(exit);
        let value = self.reg(word.rs2());
        let (place, flags) = (self.place(address), in_region(self.regions.data));
        match width {
            4 => self.b.ins().store(flags, value, place, 0),
            2 => self.b.ins().istore16(flags, value, place, 0),
            _ => self.b.ins().istore8(flags, value, place, 0),
        };
        self.mark(address);
    }

    /// The address that an access computes, as the profile takes it.
    fn address(&mut self, word: Word) -> Value {
        let base = self.reg(word.rs1());
        let address = self.b.ins().iadd_imm_s(base, i64::from(word.signed_imm()));
        if self.wraps() { self.b.ins().band_imm_u(address, 0xFFFF) } else { address }
    }

    /// Whether addresses of data are taken modulo 64 KiB.
    fn wraps(&self) -> bool {
        !self.profile.strict(Switch::AddressRange)
    }

    /// Whether an access does not lie in memory, or is not aligned where it has to be; nothing if that cannot be.
    fn is_beyond(&mut self, address: Value, width: u32, aligned: bool) -> Option<Value> {
        let size = SIZE as u32;
        match (width, self.wraps()) {
            (1, true) => None,
            (_, true) if aligned => {
                let low = self.b.ins().band_imm_u(address, i64::from(width - 1));
                Some(self.b.ins().icmp_imm_u(IntCC::NotEqual, low, 0))
            }
            (_, false) if aligned => {
                // Rotated, a misaligned address is beyond all.
                let turned = self.b.ins().rotr_imm_u(address, i64::from(width.ilog2()));
                let last = i64::from(size / width - 1);
                Some(self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, turned, last))
            }
            _ => Some(self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, address, i64::from(size - width))),
        }
    }

    /// Where an address of data is.
    fn place(&mut self, address: Value) -> Value {
        let offset = self.b.ins().uextend(I64, address);
        self.b.ins().iadd(self.fixed.memory, offset)
    }

    /// Marks the page of an address as written.
    fn mark(&mut self, address: Value) {
        let page = self.b.ins().ushr_imm_u(address, i64::from(PAGE.ilog2()));
        let offset = self.b.ins().uextend(I64, page);
        let mark = self.b.ins().iadd(self.fixed.marks, offset);
        let written = self.b.ins().iconst(I8, 1);
        self.b.ins().store(in_region(self.regions.marks), written, mark, 0);
    }

    // The stack. R15 mirrors sp after each operation (ledger row D9).

    /// The place below sp, if a push is let through there.
    pub(super) fn check_push(&mut self, exit: &mut Exit) -> Value {
        let sp = self.b.use_var(self.var.sp);
        let below = self.b.ins().iadd_imm_s(sp, -4);
        let is_over = self.b.ins().icmp(IntCC::UnsignedLessThan, below, self.fixed.stack_limit);
        self.leave_if(exit, is_over);
        self.check_stack(exit, below);
        below
    }

    /// sp, if a pop is let through there.
    pub(super) fn check_pop(&mut self, exit: &mut Exit) -> Value {
        let sp = self.b.use_var(self.var.sp);
        self.check_stack(exit, sp);
        sp
    }

    fn check_stack(&mut self, exit: &mut Exit, address: Value) {
        let address = self.b.func.dfg.resolve_aliases(address);
        if !self.checked.insert(address) {
            return;
        }
        let turned = self.b.ins().rotr_imm_u(address, 2);
        let last = i64::from(SIZE as u32 / 4 - 1);
        let is_beyond = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, turned, last);
        self.leave_if(exit, is_beyond);
    }

    /// Writes a word to a place that was checked, and moves sp there.
    pub(super) fn push(&mut self, below: Value, value: Value) {
        let place = self.place(below);
        self.b.ins().store(in_region(self.regions.data), value, place, 0);
        self.mark(below);
        self.set_sp(below);
    }

    /// The word at a place that was checked.
    pub(super) fn load_word(&mut self, address: Value) -> Value {
        let place = self.place(address);
        self.b.ins().load(I32, in_region(self.regions.data), place, 0)
    }

    pub(super) fn set_sp(&mut self, sp: Value) {
        self.b.def_var(self.var.sp, sp);
        self.set_reg(Reg::R15, sp);
    }
}
