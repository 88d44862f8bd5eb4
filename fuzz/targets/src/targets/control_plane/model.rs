//! What the control plane should do, in a few lines: which calls are refused with which error, and which tasks there are.

use minivm::Reference;
use minivm::control::{Error, MemConfig, Pid, Policy, Reason, RegisterId, StepResult, TaskState};
use minivm::hxe::{Buffers, Errno, Header, Loader, RODATA_BASE};

use super::call::{Call, Kind};
use super::{ARENAS, CODE};

/// The size of data memory, and of the window of registers in it.
const MEMORY: u32 = 0x1_0000;
const WINDOW: u32 = 64;

/// The state of all tasks.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The active task.
    pub active: Option<Pid>,
    config: MemConfig,
    tasks: Vec<(Pid, TaskState)>,
    /// Every PID there ever was.
    pids: Vec<Pid>,
    /// The task that is loading, and what it has got.
    loading: Option<(Pid, Vec<u8>)>,
}

/// What a call may come to: to succeed (nothing), or one of these errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed(pub Vec<Option<Errno>>);

/// What a call gave.
pub enum Given {
    /// Nothing.
    Nothing,
    /// A task.
    Task(Pid),
    /// A step.
    Step(StepResult),
}

fn refused(errno: Errno) -> Allowed {
    Allowed(vec![Some(errno)])
}

fn fine(holds: bool, otherwise: Errno) -> Allowed {
    if holds { Allowed(vec![None]) } else { refused(otherwise) }
}

impl Model {
    /// The tasks and their states.
    pub fn tasks(&self) -> &[(Pid, TaskState)] {
        &self.tasks
    }

    /// How many instructions a step retires.
    pub fn quanta(&self) -> u32 {
        self.config.autorun_quanta
    }

    /// The task that the call names.
    pub fn named(&self, call: &Call) -> Pid {
        let nobody = Pid::new(0x7777).expect("it is not 0");
        let back = usize::from(call.who);
        let index = self.pids.len().checked_sub(1 + back);
        index.map_or(nobody, |index| self.pids[index])
    }

    /// The task that the call may change.
    pub fn subject(&self, call: &Call) -> Option<Pid> {
        match call.kind {
            Kind::Step | Kind::Clock | Kind::Read | Kind::Write => self.active,
            Kind::Init | Kind::Load | Kind::LoadBegin => None,
            _ => Some(self.named(call)),
        }
    }

    /// The bytes that `LoadWrite` sends next.
    pub fn chunk(&self, call: &Call) -> Vec<u8> {
        let sent = self.loading.as_ref().map_or(0, |(_, sent)| sent.len());
        let image = Call { what: call.what % 24, ..*call }.image();
        image.into_iter().skip(sent).take(call.value as usize % 64).collect()
    }

    fn state(&self, pid: Pid) -> Option<TaskState> {
        self.tasks.iter().find(|(other, _)| *other == pid).map(|(_, state)| *state)
    }

    /// What the call may come to.
    pub fn allowed(&self, call: &Call) -> Allowed {
        let named = self.state(self.named(call));
        let active = self.active.and_then(|pid| self.state(pid));
        match (call.kind, named) {
            (Kind::Init, _) => allowed_config(&call.config()),
            (Kind::Load | Kind::LoadBegin, _) if self.loading.is_some() => refused(Errno::Busy),
            (Kind::Load | Kind::LoadBegin, _) if self.is_full() => refused(Errno::NoSpace),
            (Kind::LoadBegin, _) => fine(true, Errno::Busy),
            (Kind::Load, _) => self.allowed_image(&call.image(), true),
            (Kind::Step | Kind::Clock | Kind::Read | Kind::Write, _) => match active {
                None => refused(Errno::NoTask),
                Some(state) => self.allowed_of_active(call, state),
            },
            (_, None) if call.kind != Kind::SetReg || register(call).is_some() => refused(Errno::NoTask),
            (Kind::LoadWrite | Kind::LoadEnd | Kind::LoadAbort, state)
                if state != Some(TaskState::Loading) =>
            {
                refused(Errno::Busy)
            }
            (Kind::LoadWrite | Kind::LoadEnd, _) => {
                let mut sent = self.loading.as_ref().map_or(Vec::new(), |(_, sent)| sent.clone());
                let whole = call.kind == Kind::LoadEnd;
                if !whole {
                    sent.extend(self.chunk(call));
                }
                self.allowed_image(&sent, whole)
            }
            (Kind::SetReg, state) => match register(call) {
                None => refused(Errno::Invalid),
                Some(id) => self.allowed_register(id, call.value, state),
            },
            (Kind::SetContext | Kind::Image, Some(TaskState::Loading)) => refused(Errno::Busy),
            _ => fine(true, Errno::Busy),
        }
    }

    fn is_full(&self) -> bool {
        self.tasks.len() >= self.config.max_pids.map_or(ARENAS, |most| most as usize)
    }

    /// What an image comes to that is there in part, or as a whole, and in a room that may be too small.
    fn allowed_image(&self, bytes: &[u8], whole: bool) -> Allowed {
        let [mut code, mut rodata, mut rest] = [(); 3].map(|()| vec![0; bytes.len()]);
        let mut store = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
        let mut loader = Loader::new();
        let written = loader.write(Reference, &mut store, bytes);
        let header = loader.header().copied();
        let judged = written.and_then(|()| if whole { loader.finish(&store).map(|_| ()) } else { Ok(()) });
        let fits = header.is_none_or(|header| self.fits(&header));
        match judged {
            Ok(()) => fine(fits, Errno::NoSpace),
            // A header may ask for more than these buffers, which are as large as what is there.
            Err(error) if error.defect.errno() == Errno::NoSpace || !fits => {
                Allowed(vec![Some(Errno::NoSpace), Some(Errno::BadMessage)])
            }
            Err(error) => refused(error.defect.errno()),
        }
    }

    fn fits(&self, header: &Header) -> bool {
        let MemConfig { code_max, stack_size_bytes, heap_size_bytes, .. } = self.config;
        let data = MEMORY - WINDOW - stack_size_bytes - heap_size_bytes - RODATA_BASE;
        header.code_len <= code_max.unwrap_or(u32::MAX).min(CODE as u32)
            && header.ro_len + header.bss_size <= data
    }

    fn allowed_of_active(&self, call: &Call, state: TaskState) -> Allowed {
        let inside = u64::from(call.value) + u64::from(call.what) <= u64::from(MEMORY);
        match call.kind {
            Kind::Read => fine(inside, Errno::Fault),
            Kind::Write if self.has(Policy::DENY_MEM_WRITE_READY) && state == TaskState::Ready => {
                refused(Errno::NotPermitted)
            }
            Kind::Write => fine(inside, Errno::Fault),
            _ => fine(state == TaskState::Ready, Errno::Busy),
        }
    }

    fn allowed_register(&self, id: RegisterId, value: u32, state: Option<TaskState>) -> Allowed {
        let top = MEMORY - WINDOW;
        match (id, state) {
            (_, Some(TaskState::Loading)) => refused(Errno::Busy),
            _ if self.has(Policy::DENY_REG_SET) => refused(Errno::NotPermitted),
            (RegisterId::Pc, Some(TaskState::Stopped)) => {
                fine(self.has(Policy::ALLOW_PC_SET_STOPPED), Errno::NotPermitted)
            }
            (RegisterId::Sp, _) => {
                fine(value <= top && value >= top - self.config.stack_size_bytes, Errno::Invalid)
            }
            (RegisterId::Psw, _) => fine(value <= 15, Errno::Invalid),
            (RegisterId::Wp, _) => refused(Errno::NotPermitted),
            _ => fine(true, Errno::Busy),
        }
    }

    fn has(&self, policy: Policy) -> bool {
        self.config.policy.contains(policy)
    }

    /// What the call does to the tasks.
    pub fn apply(&mut self, call: &Call, result: &Result<Given, Error>) {
        let named = self.named(call);
        match (call.kind, result) {
            (Kind::Init, Ok(_)) => {
                *self =
                    Model { config: call.config(), pids: std::mem::take(&mut self.pids), ..Model::default() };
            }
            (Kind::Load, Ok(Given::Task(pid))) => self.add(*pid, TaskState::Ready),
            (Kind::LoadBegin, Ok(Given::Task(pid))) => {
                self.loading = Some((*pid, Vec::new()));
                self.add(*pid, TaskState::Loading);
            }
            (Kind::LoadWrite, Ok(_)) => {
                let chunk = self.chunk(call);
                self.loading.iter_mut().for_each(|(_, sent)| sent.extend(&chunk));
            }
            (Kind::LoadWrite | Kind::LoadEnd, Err(Error::Image(_)))
            | (Kind::Unload | Kind::LoadAbort, Ok(_)) => self.remove(named),
            (Kind::LoadEnd, Ok(_)) => {
                self.loading = None;
                self.become_state(named, TaskState::Ready);
            }
            (Kind::SetContext, Ok(_)) => self.active = Some(named),
            (Kind::Step | Kind::Clock, Ok(Given::Step(step))) => {
                if let (Some(pid), Reason::Fault(_) | Reason::Returned { .. }) = (self.active, step.reason) {
                    self.become_state(pid, TaskState::Stopped);
                }
            }
            (Kind::SetReg, Ok(_)) if register(call) == Some(RegisterId::Pc) => {
                self.become_state(named, TaskState::Ready);
            }
            _ => {}
        }
    }

    fn add(&mut self, pid: Pid, state: TaskState) {
        self.tasks.push((pid, state));
        self.pids.push(pid);
    }

    fn become_state(&mut self, pid: Pid, state: TaskState) {
        for (_, known) in self.tasks.iter_mut().filter(|(other, _)| *other == pid) {
            *known = state;
        }
    }

    fn remove(&mut self, pid: Pid) {
        self.tasks.retain(|(other, _)| *other != pid);
        self.active = self.active.filter(|active| *active != pid);
        self.loading = self.loading.take().filter(|(loading, _)| *loading != pid);
    }
}

/// The register that `SetReg` names, if there is one.
pub fn register(call: &Call) -> Option<RegisterId> {
    RegisterId::try_from(u32::from(call.what) % 34).ok()
}

/// What a configuration comes to (document, 6.1.4).
fn allowed_config(config: &MemConfig) -> Allowed {
    let whole = |size: u32| size.is_multiple_of(8);
    let MemConfig { stack_size_bytes: stack, heap_size_bytes: heap, .. } = *config;
    let makes_sense = config.autorun_quanta > 0
        && config.max_pids != Some(0)
        && config.code_max != Some(0)
        && stack > 0
        && whole(stack)
        && whole(heap);
    let room = u64::from(MEMORY - WINDOW - RODATA_BASE);
    let fits = config.max_pids.is_none_or(|most| most as usize <= ARENAS)
        && u64::from(stack) + u64::from(heap) <= room;
    if makes_sense { fine(fits, Errno::NoSpace) } else { refused(Errno::Invalid) }
}
