//! What goes on where: jumps, calls and returns.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};
use cranelift_frontend::Switch;
use minivm::Opcode;
use minivm::instruction::Word;

use super::exits::Exit;
use super::{ANY, Call, Emitter, Place, in_region};

impl Emitter<'_, '_> {
    /// Writes a node.
    pub(super) fn write(&mut self, node: usize) {
        if std::mem::replace(&mut self.nodes[node].is_written, true) {
            return;
        }
        let Place { call, at } = self.nodes[node].place;
        (self.node, self.at, self.done, self.zero) = (node, at, 0, None);
        self.checked.clear();
        self.b.switch_to_block(self.nodes[node].block);
        while self.write_instruction(call) {
            self.done += 1;
            self.at += 1;
            if self.scan.leaders.contains(&self.at) {
                // What was executed is behind it, so the height is that of what is next.
                let next = self.node(Place { call, at: self.at }, self.height());
                self.go_on(next, false);
                break;
            }
        }
        self.nodes[node].length = self.done + 1;
    }

    /// Writes the instruction at hand. Whether what follows it in the code is next.
    fn write_instruction(&mut self, call: usize) -> bool {
        let Some((word, op)) = self.code.word(self.at).and_then(|word| Some((word, word.op()?))) else {
            self.leave_here();
            return false;
        };
        // Where the code ends the plain interpreter has to know what came last.
        let size = if op == Opcode::Ldi32 { 2 } else { 1 };
        let ends = self.at + size >= self.code.len();
        match op {
            Opcode::Jmp => self.jump(call, word),
            Opcode::Ret => self.return_from(call),
            _ if ends && op != Opcode::Call => self.leave_here(),
            Opcode::Jz | Opcode::Jnz => self.jump_if(call, word, op == Opcode::Jz),
            Opcode::Call => self.call(call),
            Opcode::Svc | Opcode::Brk => self.leave_here(),
            Opcode::Ldi32 => {
                let literal = self.code.word(self.at + 1).map_or(0, |word| word.0);
                let literal = self.number(literal);
                self.set_reg(word.rd(), literal);
                self.at += 1;
                return true;
            }
            _ => {
                self.write_straight(op, word);
                return true;
            }
        }
        false
    }

    /// The place that a jump goes to, if it is in the code.
    fn jump(&mut self, call: usize, word: Word) {
        let Some(target) = self.code.jump_target(word) else { return self.leave_here() };
        let is_back = target <= self.at;
        let node = self.node(Place { call, at: target }, self.height() + 1);
        self.done += 1;
        self.go_on(node, is_back);
        self.done -= 1;
    }

    fn jump_if(&mut self, call: usize, word: Word, on_zero: bool) {
        let Some(target) = self.code.jump_target(word) else { return self.leave_here() };
        let is_back = target <= self.at;
        let condition = self.zero();
        // The way straight on first: it costs nothing then, and stands behind this.
        let behind = self.node(Place { call, at: self.at + 1 }, self.height() + 1);
        let node = self.node(Place { call, at: target }, self.height() + 1);
        // What is next is written next.
        self.open.push(behind);
        let height = self.nodes[node].height;
        let fuel = self.b.use_var(self.var.fuel);
        let charge = height - self.height() - 1;
        let charged = self.b.ins().iadd_imm_s(fuel, i64::from(charge));
        if is_back {
            // Looked at before the jump, taken or not, so that a loop ends in one jump.
            let mut exit = Exit::default();
            let is_low = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, charged, i64::from(height));
            self.leave_if(&mut exit, is_low);
            self.close(exit);
        }
        let (taken, not_taken) = (self.b.create_block(), self.b.create_block());
        let (yes, no) = if on_zero { (taken, not_taken) } else { (not_taken, taken) };
        self.b.ins().brif(condition, yes, &[], no, &[]);
        self.b.seal_block(taken);
        self.b.seal_block(not_taken);
        self.b.switch_to_block(taken);
        self.b.def_var(self.var.fuel, charged);
        self.b.ins().jump(self.nodes[node].block, &[]);
        if !is_back {
            self.nodes[self.node].goes_on.push(node);
        }
        self.b.switch_to_block(not_taken);
        self.done += 1;
        self.go_on(behind, false);
        self.done -= 1;
    }

    /// Z.
    fn zero(&mut self) -> Value {
        if let Some(zero) = self.zero {
            return zero;
        }
        let result = self.b.use_var(self.var.result);
        self.b.ins().icmp_imm_u(IntCC::Equal, result, 0)
    }

    fn call(&mut self, call: usize) {
        let Some(callee) = self.code.called(self.at) else { return self.leave_here() };
        let returns_to = self.at + 1;
        let mut exit = Exit::default();
        if let Some((reg, value)) = callee.base {
            let base = self.reg(reg);
            let is_other = self.b.ins().icmp_imm_u(IntCC::NotEqual, base, i64::from(value));
            self.leave_if(&mut exit, is_other);
        }
        let calls = self.b.use_var(self.var.calls);
        let is_full = self.b.ins().icmp(IntCC::Equal, calls, self.fixed.end_of_calls);
        self.leave_if(&mut exit, is_full);
        let below = self.check_push(&mut exit);
        self.close(exit);
        let address = self.number(returns_to * 4);
        self.b.ins().store(in_region(self.regions.calls), address, calls, 0);
        let calls = self.b.ins().iadd_imm_s(calls, 4);
        self.b.def_var(self.var.calls, calls);
        self.push(below, address);
        let is_copied = self.scan.is_copied(callee.at) && returns_to < self.code.len();
        let inner = if is_copied { self.call_number(Call { within: call, returns_to }) } else { ANY };
        let height = if is_copied { self.height() + 1 } else { 0 };
        let node = self.node(Place { call: inner, at: callee.at }, height);
        self.done += 1;
        self.go_on(node, !is_copied);
        self.done -= 1;
    }

    fn call_number(&mut self, call: Call) -> usize {
        if let Some(number) = self.calls.iter().skip(1).position(|&known| known == call) {
            return number + 1;
        }
        self.calls.push(call);
        self.calls.len() - 1
    }

    fn return_from(&mut self, call: usize) {
        let mut exit = Exit::default();
        let calls = self.b.use_var(self.var.calls);
        if call == ANY {
            // The end of the task, or of a call from before this code was entered. What was copied has its own call.
            let is_last = self.b.ins().icmp(IntCC::Equal, calls, self.fixed.first_call);
            self.leave_if(&mut exit, is_last);
        }
        let sp = self.check_pop(&mut exit);
        let address = self.load_word(sp);
        let calls = self.b.ins().iadd_imm_s(calls, -4);
        let above = self.b.ins().iadd_imm_s(sp, 4);
        if call != ANY {
            let Call { within, returns_to } = self.calls[call];
            let is_other = self.b.ins().icmp_imm_u(IntCC::NotEqual, address, i64::from(returns_to * 4));
            self.leave_if(&mut exit, is_other);
            self.close(exit);
            self.b.def_var(self.var.calls, calls);
            self.set_sp(above);
            let node = self.node(Place { call: within, at: returns_to }, self.height() + 1);
            self.done += 1;
            self.go_on(node, false);
            self.done -= 1;
            return;
        }
        let height = self.height();
        let fuel = self.b.use_var(self.var.fuel);
        let charged = self.b.ins().iadd_imm_s(fuel, -i64::from(height + 1));
        let is_low = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, charged, 0);
        self.leave_if(&mut exit, is_low);
        self.close(exit);
        let mut switch = Switch::new();
        let elsewhere = self.b.create_block();
        let mut ways = Vec::new();
        for &at in &self.scan.returns {
            let block = self.b.create_block();
            switch.set_entry(u128::from(at * 4), block);
            ways.push((block, at));
        }
        if ways.is_empty() {
            self.b.ins().jump(elsewhere, &[]);
        } else {
            switch.emit(&mut self.b, address, elsewhere);
        }
        self.b.seal_block(elsewhere);
        self.b.set_cold_block(elsewhere);
        self.b.switch_to_block(elsewhere);
        self.leave_here();
        for (block, at) in ways {
            self.b.seal_block(block);
            self.b.switch_to_block(block);
            self.b.def_var(self.var.calls, calls);
            self.b.def_var(self.var.fuel, charged);
            self.set_sp(above);
            let node = self.node(Place { call: ANY, at }, 0);
            debug_assert_eq!(self.nodes[node].height, 0, "it was made at the start");
            self.b.ins().jump(self.nodes[node].block, &[]);
        }
    }
}
