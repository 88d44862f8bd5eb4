//! Where machine code is left: before an instruction, with the state as it is there.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value};

use super::{Emitter, in_region};
use crate::state::at;

/// The way out before the instruction at hand, taken by as many checks as it has.
#[derive(Default)]
pub(super) struct Exit(Option<Block>);

impl Emitter<'_, '_> {
    /// Leaves before the instruction at hand if a condition holds. Nothing of it may have happened.
    pub(super) fn leave_if(&mut self, exit: &mut Exit, condition: Value) {
        let block = *exit.0.get_or_insert_with(|| self.b.create_block());
        let on = self.b.create_block();
        self.b.ins().brif(condition, block, &[], on, &[]);
        self.b.seal_block(on);
        self.b.switch_to_block(on);
    }

    /// Writes the way out, if there is one. Only behind this may the instruction change anything.
    pub(super) fn close(&mut self, Exit(block): Exit) {
        let Some(block) = block else { return };
        let on = self.b.current_block().expect("there is one behind a check");
        self.b.seal_block(block);
        self.b.set_cold_block(block);
        self.b.switch_to_block(block);
        self.leave(self.at, self.height());
        self.b.switch_to_block(on);
    }

    /// Leaves before the instruction at hand.
    pub(super) fn leave_here(&mut self) {
        self.leave(self.at, self.height());
    }

    /// Leaves before the instruction at a position.
    pub(super) fn leave(&mut self, position: u32, height: i32) {
        let (flags, state) = (in_region(self.regions.state), self.fixed.state);
        for number in (0..16).filter(|&number| self.scan.written[number]) {
            let value = self.b.use_var(self.var.regs[number]);
            self.b.ins().store(flags, value, state, at::reg(number));
        }
        let fuel = self.b.use_var(self.var.fuel);
        let fuel = self.b.ins().iadd_imm_s(fuel, -i64::from(height));
        let pc = self.number(position * 4);
        self.b.ins().store(flags, fuel, state, at::FUEL);
        self.b.ins().store(flags, pc, state, at::PC);
        let variables =
            [(self.var.result, at::RESULT), (self.var.carry, at::CARRY), (self.var.overflow, at::OVERFLOW)];
        let stack = [(self.var.sp, at::SP), (self.var.calls, at::NEXT_CALL)];
        let stack = stack.into_iter().filter(|_| self.scan.written[15]);
        for (variable, offset) in variables.into_iter().chain(stack) {
            let value = self.b.use_var(variable);
            self.b.ins().store(flags, value, state, offset);
        }
        self.b.ins().return_(&[]);
    }

    /// Goes on to a node. With a `check`, leaves there if less than the reserve is left.
    pub(super) fn go_on(&mut self, node: usize, check: bool) {
        let (height, block, at) = {
            let node = &self.nodes[node];
            (node.height, node.block, node.place.at)
        };
        self.add_to_fuel(height - self.height());
        if check {
            let fuel = self.b.use_var(self.var.fuel);
            let is_low = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, fuel, i64::from(height));
            let low = self.b.create_block();
            self.b.set_cold_block(low);
            self.b.ins().brif(is_low, low, &[], block, &[]);
            self.b.seal_block(low);
            self.b.switch_to_block(low);
            self.leave(at, height);
        } else {
            self.nodes[self.node].goes_on.push(node);
            self.b.ins().jump(block, &[]);
        }
    }

    fn add_to_fuel(&mut self, difference: i32) {
        if difference != 0 {
            let fuel = self.b.use_var(self.var.fuel);
            let fuel = self.b.ins().iadd_imm_s(fuel, i64::from(difference));
            self.b.def_var(self.var.fuel, fuel);
        }
    }
}
