//! Sequences of calls of the control plane: each succeeds or is refused as a small model says, a refused call changes
//! nothing, and no call touches a task that it is not about.

mod call;
mod model;

use fastrand::Rng;
use minivm::control::{Arena, ControlPlane, Error, Pid, Reason, RegisterId, StepResult, TaskInfo};
use minivm::{Memory, Reference};

use crate::judge::Effort;
use crate::mutation;
use crate::target::{Complaint, Known, Target, Use};
use call::{Call, Kind};
use model::{Allowed, Given, Model, register};

/// Tasks that have room at once.
const ARENAS: usize = 3;
/// Room of a task for code and for metadata, in bytes.
const CODE: usize = 256;
const METADATA: usize = 256;

type Vm<'m> = ControlPlane<'m, Reference, ARENAS>;

#[derive(Default)]
struct Calls {
    rooms: [Room; ARENAS],
}

/// The memories of a task.
struct Room {
    code: Vec<u8>,
    memory: Box<Memory>,
    metadata: Vec<u8>,
}

impl Default for Room {
    fn default() -> Self {
        Room { code: vec![0; CODE], memory: Box::default(), metadata: vec![0; METADATA] }
    }
}

/// The target.
pub fn create(_: Effort) -> Box<dyn Target> {
    Box::new(Calls::default())
}

impl Target for Calls {
    fn name(&self) -> &'static str {
        "control_plane"
    }

    fn useful_means(&self) -> &'static str {
        "an instruction of a task retires"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let arenas = self.rooms.each_mut().map(|room| {
            room.memory.reset();
            Arena::new(&mut room.code, &mut room.memory, &mut room.metadata)
        });
        let mut session = Session { vm: Vm::new(Reference, arenas), model: Model::default() };
        let mut useful = false;
        for call in Call::sequence(input) {
            useful |= session.call(&call)?;
        }
        Ok(Use::from(useful))
    }

    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        let mut calls: Vec<Vec<u8>> = Call::sequence(input).iter().map(Call::bytes).collect();
        let at = rng.usize(..=calls.len());
        match rng.u8(..7) {
            0 => return basic(input),
            1 if at < calls.len() => drop(calls.remove(at)),
            2 if at < calls.len() => {
                let other = rng.usize(..calls.len());
                calls.swap(at, other);
            }
            3 if at < calls.len() => {
                let byte = rng.usize(..calls[at].len());
                calls[at][byte] = mutation::edgy(rng) as u8;
            }
            // What most sequences need to get anywhere.
            4 => drop(calls.splice(at..at, start(rng).map(|call| call.bytes()))),
            _ => calls.insert(at, Call::random(rng).bytes()),
        }
        *input = calls.concat();
    }

    fn seeds(&self, _: &Known) -> Vec<Vec<u8>> {
        let mut rng = Rng::with_seed(1);
        let mut sequence = || {
            let more: Vec<Call> = (0..6).map(|_| Call::random(&mut rng)).collect();
            start(&mut rng).into_iter().chain(more).flat_map(|call| call.bytes()).collect()
        };
        (0..40).map(|_| sequence()).collect()
    }

    fn describe(&self, input: &[u8]) -> String {
        Call::sequence(input).iter().map(|call| format!("{call:?}\n")).collect()
    }
}

/// A task that has run a little.
fn start(rng: &mut Rng) -> [Call; 3] {
    [
        Call::new(Kind::Load, rng.u8(..24)),
        Call::new(Kind::SetContext, 0),
        Call::new(Kind::Clock, rng.u8(1..20)),
    ]
}

/// A machine, and what the model thinks of it.
struct Session<'m> {
    vm: Vm<'m>,
    model: Model,
}

/// What can be seen of a task from outside.
#[derive(Clone, Debug, PartialEq)]
struct View {
    info: TaskInfo,
    /// Nothing while it is loading.
    registers: Option<Vec<u32>>,
}

impl Session<'_> {
    /// Makes a call, and says whether an instruction has retired.
    fn call(&mut self, call: &Call) -> Result<bool, Complaint> {
        let (before, active) = (self.views(), self.vm.active());
        let (subject, Allowed(allowed)) = (self.model.subject(call), self.model.allowed(call));
        let result = self.make(call)?;
        let errno = result.as_ref().err().map(|error| error.errno());
        let topic = format!("{:?}", call.kind);
        let law = |holds: bool, field: &str, what: &dyn Fn() -> String| {
            Complaint::unless(holds, &topic, field, || format!("{call:?}: {}", what()))
        };
        law(allowed.contains(&errno), "result", &|| format!("{errno:?}, not {allowed:?}"))?;
        self.model.apply(call, &result);
        let after = self.views();
        let kept = |view: &View| Some(view.info.pid) == subject || after.contains(view);
        let touched = before.iter().find(|view| errno.is_none() && call.kind != Kind::Init && !kept(view));
        law(touched.is_none(), "isolation", &|| format!("changes {touched:?}: {after:?}"))?;
        let ends_loading = matches!(result, Err(Error::Image(_)));
        law(
            errno.is_none() || ends_loading || before == after && active == self.vm.active(),
            "refused",
            &|| format!("{before:?} becomes {after:?}"),
        )?;
        law(self.vm.active() == self.model.active, "active", &|| {
            format!("{:?}, not {:?}", self.vm.active(), self.model.active)
        })?;
        let states: Vec<_> = after.iter().map(|view| (view.info.pid, view.info.state)).collect();
        let modelled = self.model.tasks();
        let same = states.len() == modelled.len() && states.iter().all(|state| modelled.contains(state));
        law(same, "tasks", &|| format!("{states:?}, not {modelled:?}"))?;
        Ok(matches!(result, Ok(Given::Step(step)) if step.retired > 0))
    }

    fn views(&self) -> Vec<View> {
        let ids = || (0..4).chain(16..32).filter_map(|number| RegisterId::try_from(number).ok());
        let registers = |pid: Pid| ids().map(|id| self.vm.reg_for(pid, id).ok()).collect();
        self.vm.tasks().map(|info| View { registers: registers(info.pid), info }).collect()
    }

    /// Makes a call, and looks whether it did what it says.
    fn make(&mut self, call: &Call) -> Result<Result<Given, Error>, Complaint> {
        let pid = self.model.named(call);
        let nothing = |()| Given::Nothing;
        let vm = &mut self.vm;
        Ok(match call.kind {
            Kind::Init => vm.init(&call.config()).map(nothing),
            Kind::Load => vm.load(&call.image()).map(Given::Task),
            Kind::LoadBegin => vm.load_begin().map(Given::Task),
            Kind::LoadWrite => vm.load_write(pid, &self.model.chunk(call)).map(nothing),
            Kind::LoadEnd => vm.load_end(pid).map(nothing),
            Kind::LoadAbort => vm.load_abort(pid).map(nothing),
            Kind::Unload => vm.unload(pid).map(nothing),
            Kind::SetContext => vm.set_context(pid).map(nothing),
            Kind::Step | Kind::Clock => {
                let step = call.kind == Kind::Step;
                let most = if step { self.model.quanta() } else { call.what.into() };
                let result = if step { vm.step() } else { vm.clock(most) };
                result.iter().try_for_each(|step| check_step(step, most))?;
                result.map(Given::Step)
            }
            Kind::SetReg => self.set_register(call, pid)?,
            Kind::Read => vm.read(call.value, &mut vec![0; call.what.into()]).map(nothing),
            Kind::Write => self.write(call)?,
            Kind::Image => {
                let declared = vm
                    .image(pid)
                    .map(|image| image.sections().for_each(|section| drop(image.mailboxes(&section))));
                declared.map(nothing)
            }
        })
    }

    fn set_register(&mut self, call: &Call, pid: Pid) -> Result<Result<Given, Error>, Complaint> {
        let Some(id) = register(call) else { return Ok(Err(Error::NoRegister(call.what.into()))) };
        let result = self.vm.set_reg_for(pid, id, call.value);
        let read = self.vm.reg_for(pid, id);
        Complaint::unless(result.is_err() || read == Ok(call.value), "SetReg", "value", || {
            format!("{call:?}: {read:?} is read")
        })?;
        Ok(result.map(|()| Given::Nothing))
    }

    fn write(&mut self, call: &Call) -> Result<Result<Given, Error>, Complaint> {
        let bytes: Vec<u8> = (1..=call.what).collect();
        let result = self.vm.write(call.value, &bytes);
        let mut read = vec![0; bytes.len()];
        let same = result.is_err() || self.vm.read(call.value, &mut read).is_ok() && read == bytes;
        Complaint::unless(same, "Write", "value", || format!("{call:?}: {read:?} is read"))?;
        Ok(result.map(|()| Given::Nothing))
    }
}

fn check_step(step: &StepResult, most: u32) -> Result<(), Complaint> {
    let all = step.retired == most;
    let right =
        step.retired <= most && (step.reason != Reason::Ok || all) && step.cycles == u64::from(step.retired);
    Complaint::unless(right, "Clock", "retired", || format!("{step:?} of {most}"))
}
