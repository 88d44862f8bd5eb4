//! The control plane of `vm/minivm`, called as scripts call it.

use minivm::control::{Arena, ControlPlane, Error, MemConfig, Pid, Reason as Why, RegisterId, TaskState};
use minivm::{Memory, Reg, Strict};
use vectors_minivm::{Block, Stop};

use crate::case::{Call, Case, Config};
use crate::outcome::{Created, Final, Last, Lifecycle, Loaded, Reason, Row, Step, Task, Value, WINDOW, runs};

/// The most arenas that there can be.
const ARENAS: usize = 4;
/// What code and metadata hold where nothing was put, so that a byte which is not there does not look like one that is.
const BEFORE: u8 = 0xA5;

/// Room for the tasks of one case after the other.
pub(crate) struct Room {
    code: Vec<Vec<u8>>,
    memory: Vec<Memory>,
    metadata: Vec<Vec<u8>>,
}

impl Default for Room {
    fn default() -> Self {
        let bytes = || vec![Vec::new(); ARENAS];
        Room { code: bytes(), memory: vec![Memory::new(); ARENAS], metadata: bytes() }
    }
}

/// What is done with a control plane, whatever its number of arenas.
pub(crate) trait Play {
    /// What comes of it.
    type Output;

    /// Does it.
    fn play<const N: usize>(self, session: Session<'_, N>) -> Self::Output;
}

impl Room {
    /// Plays with a control plane that is as new.
    pub fn play<P: Play>(&mut self, case: &Case, player: P) -> P::Output {
        match case.config.arenas {
            1 => player.play::<1>(self.session(&case.config)),
            2 => player.play::<2>(self.session(&case.config)),
            3 => player.play::<3>(self.session(&case.config)),
            // Other numbers are refused where cases are read.
            _ => player.play::<4>(self.session(&case.config)),
        }
    }

    fn session<const N: usize>(&mut self, config: &Config) -> Session<'_, N> {
        let fill = |bytes: &mut Vec<u8>, size: u32| {
            bytes.clear();
            bytes.resize(size as usize, BEFORE);
        };
        self.code.iter_mut().for_each(|code| fill(code, config.code));
        self.metadata.iter_mut().for_each(|metadata| fill(metadata, config.metadata));
        self.memory.iter_mut().for_each(Memory::reset);
        let mut parts = self.code.iter_mut().zip(&mut self.memory).zip(&mut self.metadata);
        let arenas = std::array::from_fn(|_| {
            let ((code, memory), metadata) =
                parts.next().expect("there are as many as the largest machine has");
            Arena::new(code, memory, metadata)
        });
        Session { vm: ControlPlane::new(Strict, arenas), pids: Vec::new() }
    }
}

/// A control plane in the middle of a script.
pub(crate) struct Session<'m, const N: usize> {
    vm: ControlPlane<'m, Strict, N>,
    /// The tasks that calls have reported, by number.
    pids: Vec<Pid>,
}

impl<const N: usize> Session<'_, N> {
    /// Makes a call.
    pub fn call(&mut self, call: &Call) -> Result<Value, Error> {
        let vm = &mut self.vm;
        let register = |reg: &u32| RegisterId::try_from(*reg);
        let done = |()| Value::Nothing;
        match call {
            Call::Init { config } => {
                let fields = config.iter().map(|(field, value)| (field.as_str(), *value));
                vm.init(&MemConfig::from_fields(fields)).map(done)
            }
            Call::Load { image } => vm.load(image).map(|pid| self.created(pid)),
            Call::LoadBegin {} => vm.load_begin().map(|pid| self.created(pid)),
            Call::LoadWrite { task, bytes } => self.vm.load_write(self.pid(*task), bytes).map(done),
            Call::LoadEnd { task } => self.vm.load_end(self.pid(*task)).map(done),
            Call::LoadAbort { task } => self.vm.load_abort(self.pid(*task)).map(done),
            Call::Unload { task } => self.vm.unload(self.pid(*task)).map(done),
            Call::Pids {} => Ok(Value::Tasks(self.rows())),
            Call::SetContext { task } => self.vm.set_context(self.pid(*task)).map(done),
            Call::Step {} => vm.step().map(step),
            Call::Clock { n } => vm.clock(*n).map(step),
            Call::RegGet { reg } => vm.reg(register(reg)?).map(Value::Number),
            Call::RegSet { reg, value } => vm.set_reg(register(reg)?, *value).map(done),
            Call::RegGetFor { task, reg } => {
                self.vm.reg_for(self.pid(*task), register(reg)?).map(Value::Number)
            }
            Call::RegSetFor { task, reg, value } => {
                self.vm.set_reg_for(self.pid(*task), register(reg)?, *value).map(done)
            }
            Call::MemRead { address, length } => {
                let mut bytes = vec![BEFORE; *length as usize];
                vm.read(*address, &mut bytes).map(|()| Value::Bytes(bytes))
            }
            Call::MemWrite { address, bytes } => vm.write(*address, bytes).map(done),
            Call::LastPc {} => Ok(Value::Number(vm.last_pc())),
            Call::LastOpcode {} => Ok(Value::Number(vm.last_opcode())),
            Call::LastRegs {} => Ok(vm.last_regs().map_or(Value::Nothing, Value::Regs)),
        }
    }

    /// The state of the task of this number; `None` if there is no such task.
    pub fn state(&self, task: u32) -> Option<TaskState> {
        let pid = self.pid(task);
        self.vm.tasks().find(|info| info.pid == pid).map(|info| info.state)
    }

    /// The number of the active task.
    pub fn active(&self) -> Option<u32> {
        self.vm.active().map(|pid| self.number(pid))
    }

    /// The states of all tasks.
    pub fn states(&self) -> impl Iterator<Item = TaskState> {
        self.vm.tasks().map(|info| info.state)
    }

    /// Whether registers are kept.
    pub fn keeps_registers(&self) -> bool {
        self.vm.last_regs().is_some()
    }

    /// The last instruction.
    pub fn last(&self) -> Last {
        Last { pc: self.vm.last_pc(), opcode: self.vm.last_opcode() }
    }

    /// The state that the calls have left. Reading it ends the session: tasks are looked into as a host does it.
    pub fn end(mut self) -> Final {
        let active = self.active();
        let last = self.last();
        let rows = self.rows();
        let loading = rows.iter().find(|row| row.state == TaskState::Loading.into()).map(|row| row.task);
        let tasks = rows.iter().map(|row| self.task(row)).collect();
        Final { active, loading, last, tasks }
    }

    fn task(&mut self, row: &Row) -> Task {
        let pid = self.pid(row.task);
        let register = |id| self.vm.reg_for(pid, id).unwrap_or_default();
        let loaded = Loaded {
            task: row.task,
            fault_code: row.fault_code,
            pc: register(RegisterId::Pc),
            sp: register(RegisterId::Sp),
            psw: register(RegisterId::Psw) as u8,
            wp: register(RegisterId::Wp),
            regs: std::array::from_fn(|at| {
                Reg::new(at as u8).map_or(0, |reg| register(RegisterId::General(reg)))
            }),
            mem: Vec::new(),
        };
        match row.state {
            Lifecycle::Loading => Task::Loading { task: row.task },
            Lifecycle::Ready => Task::Ready(Loaded { mem: self.memory(pid), ..loaded }),
            Lifecycle::Stopped => Task::Stopped(Loaded { mem: self.memory(pid), ..loaded }),
        }
    }

    fn memory(&mut self, pid: Pid) -> Vec<Block> {
        let mut bytes = [0; WINDOW as usize];
        let read = self.vm.set_context(pid).and_then(|()| self.vm.read(0, &mut bytes));
        if read.is_ok() { runs(&bytes) } else { Vec::new() }
    }

    /// The tasks as `pids` lists them, ascending.
    fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .vm
            .tasks()
            .map(|info| Row {
                task: self.number(info.pid),
                state: info.state.into(),
                fault_code: info.fault_code,
                stack: [info.stack.start, info.stack.end],
                heap: [info.heap.start, info.heap.end],
            })
            .collect();
        rows.sort_by_key(|row| row.task);
        rows
    }

    fn created(&mut self, pid: Pid) -> Value {
        self.pids.push(pid);
        Value::Task(Created { task: self.pids.len() as u32 - 1 })
    }

    /// The task of this number. A number that was never given stands for a task that never was.
    fn pid(&self, task: u32) -> Pid {
        const NEVER: Pid = Pid::new(u16::MAX).expect("it is not 0");
        self.pids.get(task as usize).copied().unwrap_or(NEVER)
    }

    fn number(&self, pid: Pid) -> u32 {
        // A task that no call has reported is a bug, which this number shows.
        self.pids.iter().position(|known| *known == pid).map_or(u32::MAX, |at| at as u32)
    }
}

fn step(result: minivm::control::StepResult) -> Value {
    let reason = match result.reason {
        Why::Ok => Reason::OK,
        Why::Break { code } => Reason::Stop(Stop::Break { code }),
        Why::Fault(fault) => Reason::Stop(Stop::Fault { fault }),
        Why::Svc { module, function } => Reason::Stop(Stop::Svc { module, function }),
        Why::Returned { status } => Reason::Stop(Stop::Returned { status }),
    };
    Value::Step(Step { pc: result.pc, reason, retired: result.retired, cycles: result.cycles })
}
