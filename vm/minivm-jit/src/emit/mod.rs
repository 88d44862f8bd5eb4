//! From code to Cranelift's instructions.
//!
//! A piece of straight code is a *node*: a block of its own for each function that it was copied into. What is executed
//! straight on is counted when the code is made: `fuel` is what of the budget is beyond the reserve, plus the *height* of
//! the place, which rises by one with each instruction of a node. So nothing has to be done for an instruction, and for a
//! jump something only if the height behind it is not the next one. A jump that may close a loop leaves if fuel is below
//! the height of its target.

mod access;
mod arithmetic;
mod control;
mod exits;

use std::collections::{BTreeMap, BTreeSet};

use cranelift_codegen::ir::types::{I8, I32, I64};
use cranelift_codegen::ir::{
    AliasRegion, AliasRegionData, Block, Function, InstBuilder, MemFlagsData, Value,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch, Variable};
use minivm::SwitchSet;

use crate::compiler::Effort;
use crate::scan::{Code, Scan};
use crate::state::at;

/// Writes the code that is reached from some entries, to be entered at each of them. Gives the most instructions that are
/// executed before the budget is looked at.
pub(crate) fn emit(
    function: &mut Function,
    context: &mut FunctionBuilderContext,
    target: TargetFrontendConfig,
    (code, profile, entries): (&Code, SwitchSet, &[u32]),
    effort: Effort,
) -> u32 {
    let scan = Scan::new(code, entries, effort);
    let mut emitter = Emitter::new(FunctionBuilder::new(function, context), code, profile, &scan);
    emitter.enter(entries);
    while let Some(node) = emitter.open.pop() {
        emitter.write(node);
    }
    emitter.b.seal_all_blocks();
    let straight = emitter.longest_way();
    emitter.b.finalize(target);
    straight
}

/// The variables of a machine.
struct Variables {
    regs: [Variable; 16],
    sp: Variable,
    result: Variable,
    carry: Variable,
    overflow: Variable,
    fuel: Variable,
    /// Where the next return address goes.
    calls: Variable,
}

/// What stays the same as long as the function runs.
#[derive(Clone, Copy)]
struct Fixed {
    state: Value,
    memory: Value,
    marks: Value,
    first_call: Value,
    end_of_calls: Value,
    stack_limit: Value,
}

/// A piece of straight code, for one of the functions that it was copied into.
struct Node {
    place: Place,
    block: Block,
    /// Its height at its start.
    height: i32,
    is_written: bool,
    /// How many instructions it executes at most.
    length: u32,
    /// Where it goes on to without a look at the budget.
    goes_on: Vec<usize>,
}

/// A position in the code, and the call that it was copied for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    call: usize,
    at: u32,
}

/// A call whose function was copied to where it is called. Number 0 is none: nobody knows where that returns to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    /// The call that the caller was copied for.
    within: usize,
    returns_to: u32,
}

/// No call in particular.
const ANY: usize = 0;

/// What the flags of memory accesses say of where they go.
#[derive(Clone, Copy)]
struct Regions {
    data: AliasRegion,
    state: AliasRegion,
    calls: AliasRegion,
    marks: AliasRegion,
}

struct Emitter<'a, 'b> {
    b: FunctionBuilder<'a>,
    code: &'b Code,
    profile: SwitchSet,
    scan: &'b Scan,
    var: Variables,
    fixed: Fixed,
    regions: Regions,
    nodes: Vec<Node>,
    node_at: BTreeMap<Place, usize>,
    calls: Vec<Call>,
    /// Nodes that are still to be written. The last is next.
    open: Vec<usize>,

    // Where it is.
    node: usize,
    at: u32,
    /// The instructions of the node before this one.
    done: u32,
    /// Z, if it is known otherwise than from the result.
    zero: Option<Value>,
    /// Stack pointers whose place is known to lie in memory.
    checked: BTreeSet<Value>,
}

impl<'a, 'b> Emitter<'a, 'b> {
    fn new(mut b: FunctionBuilder<'a>, code: &'b Code, profile: SwitchSet, scan: &'b Scan) -> Self {
        let block = b.create_block();
        b.append_block_params_for_function_params(block);
        b.switch_to_block(block);
        let state = b.block_params(block)[0];
        let mut region = |user_id, name: &'static str| {
            b.func.dfg.alias_regions.insert(AliasRegionData { user_id, description: name.into() })
        };
        let regions = Regions {
            data: region(0, "data"),
            state: region(1, "state"),
            calls: region(2, "calls"),
            marks: region(3, "marks"),
        };
        let var = Variables {
            regs: [0; 16].map(|_| b.declare_var(I32)),
            sp: b.declare_var(I32),
            result: b.declare_var(I32),
            carry: b.declare_var(I8),
            overflow: b.declare_var(I8),
            fuel: b.declare_var(I32),
            calls: b.declare_var(I64),
        };
        let flags = in_region(regions.state);
        let mut load = |ty, offset| b.ins().load(ty, flags, state, offset);
        let fixed = Fixed {
            state,
            memory: load(I64, at::MEMORY),
            marks: load(I64, at::MARKS),
            first_call: load(I64, at::FIRST_CALL),
            end_of_calls: load(I64, at::END_OF_CALLS),
            stack_limit: load(I32, at::STACK_LIMIT),
        };
        let loaded = var.regs.iter().enumerate().map(|(number, &reg)| (reg, load(I32, at::reg(number))));
        let mut loaded: Vec<(Variable, Value)> = loaded.collect();
        loaded.extend([
            (var.sp, load(I32, at::SP)),
            (var.result, load(I32, at::RESULT)),
            (var.carry, load(I8, at::CARRY)),
            (var.overflow, load(I8, at::OVERFLOW)),
            (var.fuel, load(I32, at::FUEL)),
            (var.calls, load(I64, at::NEXT_CALL)),
        ]);
        loaded.into_iter().for_each(|(var, value)| b.def_var(var, value));
        let calls = vec![Call { within: ANY, returns_to: u32::MAX }];
        Emitter {
            b,
            code,
            profile,
            scan,
            var,
            fixed,
            regions,
            nodes: Vec::new(),
            node_at: BTreeMap::new(),
            calls,
            open: Vec::new(),
            node: 0,
            at: 0,
            done: 0,
            zero: None,
            checked: BTreeSet::new(),
        }
    }

    /// Goes from the start of the function to the entry that the state names. What can be gone to from anywhere has the
    /// height 0, as fuel has when the function is entered.
    fn enter(&mut self, entries: &[u32]) {
        for &at in &self.scan.returns {
            self.node(Place { call: ANY, at }, 0);
        }
        let nodes: Vec<usize> = entries.iter().map(|&at| self.node(Place { call: ANY, at }, 0)).collect();
        let blocks: Vec<Block> = nodes.iter().map(|&node| self.nodes[node].block).collect();
        if let &[block] = blocks.as_slice() {
            self.b.ins().jump(block, &[]);
            return;
        }
        let entry = self.b.ins().load(I32, in_region(self.regions.state), self.fixed.state, at::ENTRY);
        let mut switch = Switch::new();
        blocks.iter().enumerate().for_each(|(number, &block)| switch.set_entry(number as u128, block));
        let none = self.b.create_block();
        self.b.set_cold_block(none);
        switch.emit(&mut self.b, entry, none);
        self.b.switch_to_block(none);
        // There are no others. What has not run leaves everything as it was.
        self.b.ins().return_(&[]);
    }

    /// The node of a place. One that is new is written later, and begins at this height.
    fn node(&mut self, place: Place, height: i32) -> usize {
        if let Some(&node) = self.node_at.get(&place) {
            return node;
        }
        let block = self.b.create_block();
        self.nodes.push(Node { place, block, height, is_written: false, length: 0, goes_on: Vec::new() });
        self.node_at.insert(place, self.nodes.len() - 1);
        self.open.push(self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    /// The height of the instruction at hand.
    fn height(&self) -> i32 {
        self.nodes[self.node].height + self.done as i32
    }

    /// The most instructions on any way without a look at the budget.
    fn longest_way(&self) -> u32 {
        let mut longest: Vec<Option<u32>> = vec![None; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let mut open = vec![start];
            while let Some(&node) = open.last() {
                let Node { length, goes_on, .. } = &self.nodes[node];
                let before = open.len();
                open.extend(goes_on.iter().filter(|&&next| longest[next].is_none()));
                if open.len() == before {
                    let behind = goes_on.iter().filter_map(|&next| longest[next]).max().unwrap_or(0);
                    longest[node] = Some(length + behind);
                    open.pop();
                }
            }
        }
        longest.into_iter().flatten().max().unwrap_or(0)
    }

    // Registers.

    fn reg(&mut self, reg: minivm::Reg) -> Value {
        self.b.use_var(self.var.regs[reg.index()])
    }

    fn set_reg(&mut self, reg: minivm::Reg, value: Value) {
        self.b.def_var(self.var.regs[reg.index()], value);
    }

    fn number(&mut self, value: u32) -> Value {
        self.b.ins().iconst(I32, i64::from(value))
    }
}

/// What is said of an access that can neither fail nor reach other regions.
fn in_region(region: AliasRegion) -> MemFlagsData {
    use cranelift_codegen::ir::Endianness;
    MemFlagsData::new().with_notrap().with_endianness(Endianness::Little).with_alias_region(Some(region))
}
