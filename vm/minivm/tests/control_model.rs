//! The control plane against a small model of it: random sequences of calls, from any state to any other.

use std::collections::{BTreeMap, BTreeSet};

use minivm::control::{Arena, ControlPlane, Error, MemConfig, Pid, Policy, Reason, RegisterId, TaskState};
use minivm::hxe::{self, Errno};
use minivm::{Memory, Strict, asm};
use proptest::prelude::*;

/// How many tasks there can be.
const TASKS: usize = 3;

/// A call of the control plane. Tasks are named by the order in which they were made; numbers beyond that are PIDs that
/// nobody has.
#[derive(Clone, Debug)]
enum Call {
    Init(Config),
    Load(usize),
    Begin,
    Write(usize, usize, usize, usize),
    End(usize),
    Abort(usize),
    Unload(usize),
    SetContext(usize),
    Step,
    Clock(u32),
    Reg(u32),
    SetReg(u32, u32),
    RegFor(usize, u32),
    SetRegFor(usize, u32, u32),
    Read(u32, usize),
    WriteMemory(u32, Vec<u8>),
}

#[derive(Clone, Copy, Debug)]
struct Config {
    autorun_quanta: u32,
    max_pids: Option<u32>,
    policy: u32,
}

fn config() -> impl Strategy<Value = Config> {
    (0u32..5, prop::option::of(0u32..5), 0u32..8).prop_map(|(autorun_quanta, max_pids, policy)| Config {
        autorun_quanta,
        max_pids,
        policy,
    })
}

fn call() -> impl Strategy<Value = Call> {
    let task = || 0usize..6;
    let register = || prop_oneof![0u32..4, 16u32..32, 0u32..40];
    let value = || prop_oneof![0u32..16, 0xEFC0u32..0xFFD0, any::<u32>()];
    let address = || prop_oneof![0u32..0x100, 0xFFB0u32..0x1_0010, any::<u32>()];
    prop_oneof![
        1 => config().prop_map(Call::Init),
        6 => (0..IMAGES.len()).prop_map(Call::Load),
        3 => Just(Call::Begin),
        6 => (task(), 0..IMAGES.len(), 0usize..200, 0usize..200)
            .prop_map(|(task, image, from, length)| Call::Write(task, image, from, length)),
        3 => task().prop_map(Call::End),
        1 => task().prop_map(Call::Abort),
        2 => task().prop_map(Call::Unload),
        6 => task().prop_map(Call::SetContext),
        6 => Just(Call::Step),
        4 => (0u32..40).prop_map(Call::Clock),
        4 => register().prop_map(Call::Reg),
        6 => (register(), value()).prop_map(|(id, value)| Call::SetReg(id, value)),
        4 => (task(), register()).prop_map(|(task, id)| Call::RegFor(task, id)),
        6 => (task(), register(), value()).prop_map(|(task, id, value)| Call::SetRegFor(task, id, value)),
        2 => (address(), 0usize..70).prop_map(|(at, length)| Call::Read(at, length)),
        4 => (address(), prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(at, bytes)| Call::WriteMemory(at, bytes)),
    ]
}

/// Programs that count, trap, fault, return, store to where registers are; and one that is no image.
const IMAGES: [&str; 6] = [
    "again: LDI R2, 1\nADD R1, R1, R2\nPUSH R1\nJMP again",
    "LDI R0, 9\nSVC MOD=1 FN=2\nBRK 3\nRET",
    "LDI R1, 1\nLDI R2, 0\nDIV R0, R1, R2\nRET",
    ".data\nrow: .word 1, 2, 3\n.text\nLDI32 R1, row\nLD R0, [R1+8]\nRET",
    "LDI32 R1, 0xFFC0\nST [R1+8], R1\nMOV R0, R2\nRET",
    "",
];

fn image(index: usize) -> Vec<u8> {
    if IMAGES[index].is_empty() {
        return b"HSXE\0\x03 is no version".to_vec();
    }
    hxe::write(&asm::assemble(IMAGES[index]).unwrap().into())
}

/// What the model knows of a task.
#[derive(Debug, Default)]
struct Task {
    state: Option<TaskState>,
    /// Everything written to it while it was loading.
    arrived: Vec<u8>,
    /// Registers by number, those that the model is sure of: set from outside, and not run since.
    registers: BTreeMap<u32, u32>,
}

/// The model: states, who is active, and registers as set.
#[derive(Debug, Default)]
struct Model {
    tasks: BTreeMap<Pid, Task>,
    active: Option<Pid>,
    limit: usize,
    policy: Policy,
}

impl Model {
    fn state(&self, pid: Pid) -> Result<TaskState, Errno> {
        self.tasks.get(&pid).and_then(|task| task.state).ok_or(Errno::NoTask)
    }

    fn loaded(&self, pid: Pid) -> Result<TaskState, Errno> {
        self.state(pid)
            .and_then(|state| if state == TaskState::Loading { Err(Errno::Busy) } else { Ok(state) })
    }

    fn loading(&self, pid: Pid) -> Result<(), Errno> {
        self.state(pid).and_then(|state| if state == TaskState::Loading { Ok(()) } else { Err(Errno::Busy) })
    }

    fn is_loading(&self) -> bool {
        self.tasks.values().any(|task| task.state == Some(TaskState::Loading))
    }

    fn can_begin(&self) -> Result<(), Errno> {
        match (self.is_loading(), self.tasks.len() < self.limit) {
            (true, _) => Err(Errno::Busy),
            (false, false) => Err(Errno::NoSpace),
            (false, true) => Ok(()),
        }
    }

    fn set_reg(&mut self, pid: Pid, id: u32, value: u32) -> Result<(), Errno> {
        let state = self.loaded(pid)?;
        let bad = match id {
            _ if self.policy.contains(Policy::DENY_REG_SET) => Some(Errno::NotPermitted),
            3 => Some(Errno::NotPermitted),
            0 if state == TaskState::Stopped && !self.policy.contains(Policy::ALLOW_PC_SET_STOPPED) => {
                Some(Errno::NotPermitted)
            }
            1 if !(0xEFC0..=0xFFC0).contains(&value) => Some(Errno::Invalid),
            2 if value > 15 => Some(Errno::Invalid),
            _ => None,
        };
        if let Some(errno) = bad {
            return Err(errno);
        }
        let task = self.tasks.get_mut(&pid).unwrap();
        task.registers.insert(id, value);
        if id == 0 {
            task.state = Some(TaskState::Ready);
        }
        Ok(())
    }

    fn remove(&mut self, pid: Pid) {
        self.tasks.remove(&pid);
        if self.active == Some(pid) {
            self.active = None;
        }
    }
}

type Vm<'m> = ControlPlane<'m, Strict, TASKS>;

struct World<'m> {
    vm: Vm<'m>,
    model: Model,
    /// All PIDs ever given, in order.
    pids: Vec<Pid>,
}

impl World<'_> {
    fn pid(&self, task: usize) -> Pid {
        let newest = self.pids.len().saturating_sub(task + 1);
        self.pids.get(newest).copied().unwrap_or(Pid::new(60_000 + task as u16).unwrap())
    }

    /// Makes the call of both, and compares what they say. `Err` says how they differ.
    fn make(&mut self, call: &Call) -> Result<(), TestCaseError> {
        let (got, expected) = self.both(call);
        prop_assert_eq!(got.map_err(|error| error.errno()), expected, "{:?}", call);
        Ok(())
    }

    fn both(&mut self, call: &Call) -> (Result<(), Error>, Result<(), Errno>) {
        let (vm, active) = (&mut self.vm, self.model.active);
        let of_active = |model: &Model| active.ok_or(Errno::NoTask).and_then(|pid| model.loaded(pid));
        let id = |number: u32| RegisterId::try_from(number);
        match *call {
            Call::Init(config) => self.init(config),
            Call::Load(index) => self.load(index),
            Call::Begin => {
                let (got, expected) = (vm.load_begin(), self.model.can_begin());
                if let Ok(pid) = got {
                    self.moved_in(pid, TaskState::Loading);
                }
                (got.map(drop), expected)
            }
            Call::Write(task, index, from, length) => self.write(self.pid(task), index, from, length),
            Call::End(task) => self.end(self.pid(task)),
            Call::Abort(task) => {
                let pid = self.pid(task);
                let expected = self.model.loading(pid);
                let got = self.vm.load_abort(pid);
                if got.is_ok() {
                    self.model.remove(pid);
                }
                (got, expected)
            }
            Call::Unload(task) => {
                let pid = self.pid(task);
                let expected = self.model.state(pid).map(drop);
                let got = self.vm.unload(pid);
                self.model.remove(pid);
                (got, expected)
            }
            Call::SetContext(task) => {
                let pid = self.pid(task);
                let expected = self.model.loaded(pid).map(drop);
                let got = self.vm.set_context(pid);
                if expected.is_ok() {
                    self.model.active = Some(pid);
                }
                (got, expected)
            }
            Call::Step => self.run(None),
            Call::Clock(n) => self.run(Some(n)),
            Call::Reg(number) => {
                let got = id(number).and_then(|id| vm.reg(id)).map(drop);
                (got, known(number).and_then(|()| of_active(&self.model)).map(drop))
            }
            Call::RegFor(task, number) => {
                let pid = self.pid(task);
                let got = id(number).and_then(|id| self.vm.reg_for(pid, id)).map(drop);
                (got, known(number).and_then(|()| self.model.loaded(pid)).map(drop))
            }
            Call::SetReg(number, value) => {
                let got = id(number).and_then(|id| vm.set_reg(id, value));
                let expected = known(number).and_then(|()| active.ok_or(Errno::NoTask));
                (got, expected.and_then(|pid| self.model.set_reg(pid, number, value)))
            }
            Call::SetRegFor(task, number, value) => {
                let pid = self.pid(task);
                let got = id(number).and_then(|id| self.vm.set_reg_for(pid, id, value));
                (got, known(number).and_then(|()| self.model.set_reg(pid, number, value)))
            }
            Call::Read(address, length) => {
                let got = vm.read(address, &mut vec![0; length]);
                (got, of_active(&self.model).and_then(|_| inside(address, length)))
            }
            Call::WriteMemory(address, ref bytes) => {
                let got = vm.write(address, bytes);
                let expected = of_active(&self.model).and_then(|state| {
                    let denied = self.model.policy.contains(Policy::DENY_MEM_WRITE_READY);
                    let denied = denied && state == TaskState::Ready;
                    if denied { Err(Errno::NotPermitted) } else { inside(address, bytes.len()) }
                });
                // Registers lie in memory, so whoever writes there writes them.
                if let (Ok(()), Some(pid)) = (got, active) {
                    self.forget_registers(pid);
                }
                (got, expected)
            }
        }
    }

    fn init(&mut self, config: Config) -> (Result<(), Error>, Result<(), Errno>) {
        let got = self.vm.init(&MemConfig {
            autorun_quanta: config.autorun_quanta,
            max_pids: config.max_pids,
            policy: Policy::from_bits_truncate(config.policy),
            ..MemConfig::default()
        });
        let expected = match config {
            Config { autorun_quanta: 0, .. } | Config { max_pids: Some(0), .. } => Err(Errno::Invalid),
            Config { max_pids: Some(most), .. } if most as usize > TASKS => Err(Errno::NoSpace),
            _ => Ok(()),
        };
        if expected.is_ok() {
            let limit = config.max_pids.map_or(TASKS, |most| most as usize);
            let policy = Policy::from_bits_truncate(config.policy);
            self.model = Model { limit, policy, ..Model::default() };
        }
        (got, expected)
    }

    fn load(&mut self, index: usize) -> (Result<(), Error>, Result<(), Errno>) {
        let bad = if IMAGES[index].is_empty() { Err(Errno::BadMessage) } else { Ok(()) };
        let expected = self.model.can_begin().and(bad);
        let got = self.vm.load(&image(index));
        if let Ok(pid) = got {
            self.moved_in(pid, TaskState::Ready);
        }
        (got.map(drop), expected)
    }

    fn moved_in(&mut self, pid: Pid, state: TaskState) {
        assert!(!self.pids.contains(&pid), "PID {pid} was given before");
        self.model.tasks.insert(pid, Task { state: Some(state), ..Task::default() });
        self.pids.push(pid);
    }

    /// Writes the next bytes of an image where `from` says so, others where not. What is right is judged by loading the
    /// same bytes in one piece elsewhere.
    fn write(
        &mut self,
        pid: Pid,
        index: usize,
        from: usize,
        length: usize,
    ) -> (Result<(), Error>, Result<(), Errno>) {
        let bytes = image(index);
        let arrived = self.model.tasks.get(&pid).map_or(0, |task| task.arrived.len());
        let start = if from.is_multiple_of(8) { from } else { arrived };
        let chunk = &bytes[start.min(bytes.len())..start.saturating_add(length).min(bytes.len())];
        let expected = self.model.loading(pid).and_then(|()| {
            let task = self.model.tasks.get_mut(&pid).unwrap();
            task.arrived.extend(chunk);
            alone(&task.arrived, false)
        });
        if expected == Err(Errno::BadMessage) {
            self.model.remove(pid);
        }
        (self.vm.load_write(pid, chunk), expected)
    }

    fn end(&mut self, pid: Pid) -> (Result<(), Error>, Result<(), Errno>) {
        let expected = self.model.loading(pid).and_then(|()| alone(&self.model.tasks[&pid].arrived, true));
        match expected {
            Ok(()) => self.model.tasks.get_mut(&pid).unwrap().state = Some(TaskState::Ready),
            Err(Errno::BadMessage) => self.model.remove(pid),
            Err(_) => {}
        }
        (self.vm.load_end(pid), expected)
    }

    fn run(&mut self, n: Option<u32>) -> (Result<(), Error>, Result<(), Errno>) {
        let expected = self.model.active.ok_or(Errno::NoTask).and_then(|pid| {
            let ready = self.model.loaded(pid)? == TaskState::Ready;
            if ready { Ok(()) } else { Err(Errno::Busy) }
        });
        let got = match n {
            None => self.vm.step(),
            Some(n) => self.vm.clock(n),
        };
        if let (Ok(result), Some(pid)) = (&got, self.model.active) {
            self.forget_registers(pid);
            if let Reason::Returned { .. } | Reason::Fault(_) = result.reason {
                self.model.tasks.get_mut(&pid).unwrap().state = Some(TaskState::Stopped);
            }
            assert!(
                n.is_none_or(|n| result.retired <= n && (result.reason != Reason::Ok || result.retired == n))
            );
            assert_eq!(self.vm.reg(RegisterId::Pc), Ok(result.pc));
        }
        (got.map(drop), expected)
    }

    fn forget_registers(&mut self, pid: Pid) {
        if let Some(task) = self.model.tasks.get_mut(&pid) {
            task.registers.clear();
        }
    }

    /// What holds after every call.
    fn check(&self) -> Result<(), TestCaseError> {
        let there: BTreeMap<Pid, TaskState> = self.vm.tasks().map(|task| (task.pid, task.state)).collect();
        let expected: BTreeMap<Pid, TaskState> =
            self.model.tasks.iter().map(|(&pid, task)| (pid, task.state.unwrap())).collect();
        prop_assert_eq!(there, expected);
        prop_assert_eq!(self.vm.active(), self.model.active);
        // Nobody but the task itself, and who sets them, touches registers.
        for (&pid, task) in &self.model.tasks {
            for (&id, &value) in &task.registers {
                prop_assert_eq!(self.vm.reg_for(pid, RegisterId::try_from(id).unwrap()), Ok(value));
            }
        }
        Ok(())
    }
}

fn known(number: u32) -> Result<(), Errno> {
    if number < 4 || (16..32).contains(&number) { Ok(()) } else { Err(Errno::Invalid) }
}

fn inside(address: u32, length: usize) -> Result<(), Errno> {
    if address as usize + length <= 0x1_0000 { Ok(()) } else { Err(Errno::Fault) }
}

/// Whether these bytes, as one piece, are no invalid image yet, or a whole one.
fn alone(bytes: &[u8], whole: bool) -> Result<(), Errno> {
    let (mut code, mut rodata, mut rest) = (vec![0; 0x1000], vec![0; 0x1000], vec![0; 0x1000]);
    let mut store = hxe::Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
    let mut loader = hxe::Loader::new();
    let result = loader.write(Strict, &mut store, bytes);
    let result = if whole { result.and_then(|()| loader.finish(&store).map(drop)) } else { result };
    result.map_err(|error| error.defect.errno())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn behaves_like_its_model(calls in prop::collection::vec(call(), 1..80)) {
        let mut codes = vec![[0; 0x400]; TASKS];
        let mut memories = vec![Memory::new(); TASKS];
        let mut arenas = codes.iter_mut().zip(&mut memories);
        let arenas: [Arena; TASKS] = std::array::from_fn(|_| {
            let (code, memory) = arenas.next().unwrap();
            Arena::new(code, memory, &mut [])
        });
        let model = Model { limit: TASKS, ..Model::default() };
        let mut world = World { vm: ControlPlane::new(Strict, arenas), model, pids: Vec::new() };
        for call in &calls {
            world.make(call)?;
            world.check()?;
        }
        // Nothing is leaked: all can be taken down, and all arenas are free and empty again.
        for pid in world.model.tasks.keys().copied().collect::<Vec<_>>() {
            prop_assert_eq!(world.vm.unload(pid), Ok(()));
        }
        world.vm.init(&MemConfig::default()).unwrap();
        let again: BTreeSet<Pid> = (0..TASKS).map(|_| world.vm.load(&image(0)).unwrap()).collect();
        prop_assert_eq!(again.len(), TASKS);
        for &pid in &again {
            world.vm.set_context(pid).unwrap();
            let mut bytes = vec![1; 0x1_0000];
            world.vm.read(0, &mut bytes).unwrap();
            prop_assert!(bytes.iter().all(|&byte| byte == 0), "left behind by another task");
        }
    }
}
