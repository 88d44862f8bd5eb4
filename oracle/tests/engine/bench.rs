//! What the tests of the engine are made with: the toy subject, machines that do as they are told, and a campaign.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, CannotRun, Event, Seat, Skipped};
use oracle::ledger::Ledger;
use oracle::machine::{FailureKind, Role};
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::report::Report;
use oracle::suite::Suite;
use oracle::{Answer, Cases, Lane, Machine, Profile, Subject};
use toy::{Toy, Toys};

/// What a machine does with a case.
pub type Behaviour = Box<dyn FnMut(Profile, &Toys) -> Answer<Toys> + Send>;

/// A machine that does as it is told. Started afresh, it has forgotten everything.
pub struct Planted {
    name: &'static str,
    begin: fn() -> Behaviour,
    now: Behaviour,
}

impl Planted {
    pub fn boxed(name: &'static str, begin: fn() -> Behaviour) -> Box<dyn Machine<Toy>> {
        Box::new(Planted { name, begin, now: begin() })
    }
}

impl Machine<Toy> for Planted {
    fn name(&self) -> &str {
        self.name
    }

    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        cases.iter().map(|case| (self.now)(profile, case)).collect()
    }

    fn restart(&mut self) {
        self.now = (self.begin)();
    }
}

/// What is right.
pub fn right(profile: Profile, case: &Toys) -> Toys {
    Toy::ledgered().unwrap().machine().run(profile, &[], case).unwrap()
}

pub fn agrees(profile: Profile, case: &Toys) -> Answer<Toys> {
    Answer::Outcome(right(profile, case))
}

/// What is right but for its register.
pub fn off_by_one(profile: Profile, case: &Toys) -> Answer<Toys> {
    let outcome = right(profile, case);
    Answer::Outcome(Toys { a: outcome.a.wrapping_add(1), ..outcome })
}

/// `d` subtracts two.
pub fn wrong_in_dec(profile: Profile, case: &Toys) -> Answer<Toys> {
    let step = |a, letter: char| {
        let one = Toys { code: letter.into(), a };
        right(profile, &one).a.wrapping_sub(u8::from(letter == 'd'))
    };
    Answer::Outcome(Toys { a: case.code.chars().fold(case.a, step), code: case.code.clone() })
}

pub fn crashes<O>(_: Profile, _: &Toys) -> Answer<O> {
    Answer::broken(FailureKind::Crash, "ended (signal: 11)")
}

pub fn unsupported<O>(_: Profile, _: &Toys) -> Answer<O> {
    Answer::Unsupported("not yet".into())
}

/// A campaign of the toy subject.
pub struct Setup {
    pub suite: Suite<Toy>,
    pub ledger: Ledger,
    pub machines: Vec<Seat<Toy>>,
    pub lanes: Vec<&'static str>,
    pub skipped: Vec<Skipped>,
    pub plan: Plan,
    pub is_sample: bool,
    /// Where findings are written, below the tests' folder.
    pub folder: &'static str,
}

/// The folder of the toy subject.
pub fn toy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/toy")
}

/// A folder for what a test writes. Tests run side by side: each has its own, by the name of its thread, which is its own.
pub fn folder(name: &str) -> PathBuf {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or_default().replace("::", "-");
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine").join(test).join(name)
}

impl Setup {
    /// All cases of the toy subject, on its native machine, its model, and these others as programs.
    pub fn new(folder: &'static str, lanes: &[&'static str], others: Vec<Box<dyn Machine<Toy>>>) -> Self {
        let own = Toy::machines().into_iter().map(|(role, machine)| Seat { role, machine, sample: None });
        let others = others.into_iter().map(|machine| Seat { role: Role::Program, machine, sample: None });
        Setup {
            suite: Toy::written().unwrap().load(&toy()).unwrap(),
            ledger: Ledger::load(&toy().join("ledger.yaml")).unwrap(),
            machines: own.chain(others).collect(),
            lanes: lanes.to_vec(),
            skipped: Vec::new(),
            plan: Plan { seed: 3, random: 600, sweep_stride: 1, topics: Vec::new(), shard: Shard::default() },
            is_sample: false,
            folder,
        }
    }

    pub fn run(self) -> Report {
        self.run_until(&AtomicBool::new(false), &mut |_| {})
    }

    pub fn run_until(self, interrupt: &AtomicBool, listener: &mut dyn FnMut(&Event<'_>)) -> Report {
        let report = self.try_run(interrupt, listener).unwrap();
        for lane in report.lanes.iter().filter(|lane| lane.ran()) {
            assert_eq!(lane.counts.judged(), lane.cases, "{}", lane.lane);
            let in_groups: u64 = lane.groups.values().map(|counts| counts.judged()).sum();
            assert_eq!(in_groups, lane.cases, "{}", lane.lane);
        }
        report
    }

    pub fn try_run(
        self,
        interrupt: &AtomicBool,
        listener: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Report, CannotRun> {
        let (part, of) = self.plan.shard.part;
        let failures = folder(self.folder).join(format!("{part}-{of}")).join("failures");
        let _ = std::fs::remove_dir_all(&failures);
        let campaign = Campaign {
            is_sample: self.is_sample,
            machines: self.machines,
            lanes: self.lanes.iter().map(|lane| lane.parse().unwrap()).collect(),
            skipped: self.skipped,
            commit: Some("0123456789ab".into()),
            ..Campaign::new((&self.suite, &self.ledger), self.plan, failures)
        };
        campaign.run(interrupt, listener)
    }
}

/// A lane that cannot run.
pub fn skipped(lane: &str, required: bool) -> Skipped {
    let lane: Lane = lane.parse().unwrap();
    Skipped { lane, because: "it is not here".into(), required }
}
