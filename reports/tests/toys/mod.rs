//! Results of the toy subject: of machines that do it right, wrong, partly and not at all.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use oracle::campaign::{Campaign, Seat, Skipped};
use oracle::ledger::Ledger;
use oracle::machine::run_one;
use oracle::partition::Shard;
use oracle::plan::Plan;
use oracle::report::Report;
use oracle::suite::Suite;
use oracle::{Answer, Cases, Lane, Machine, Profile, Role, Subject};
use toy::{Toy, Toys};

/// What a machine makes of a step: the letter of the instruction, the register before it, and what is right after it.
pub type Twist = fn(char, u8, u8) -> Result<u8, Answer<Toys>>;

/// The right machine, but for what is made of its steps.
pub struct Twisted {
    pub name: String,
    pub version: String,
    pub twist: Twist,
    right: Box<dyn Machine<Toy>>,
}

impl Twisted {
    pub fn new(name: &str, twist: Twist) -> Self {
        let right = Toy::machines().into_iter().find(|(role, _)| *role == Role::Native);
        let (_, right) = right.expect("the toy subject has a native machine");
        Twisted { name: name.into(), version: String::new(), twist, right }
    }

    fn step(&mut self, profile: Profile, letter: char, before: u8) -> Result<u8, Answer<Toys>> {
        match run_one(&mut *self.right, profile, &Toys { code: letter.into(), a: before }) {
            Answer::Outcome(after) => (self.twist)(letter, before, after.a),
            other => Err(other),
        }
    }
}

impl Machine<Toy> for Twisted {
    fn name(&self) -> &str {
        &self.name
    }
    fn version(&self) -> String {
        self.version.clone()
    }
    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }
    fn run(&mut self, profile: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        let mut run = |case: &Toys| {
            let end = case.code.chars().try_fold(case.a, |a, letter| self.step(profile, letter, a));
            end.map_or_else(|answer| answer, |a| Answer::Outcome(Toys { code: case.code.clone(), a }))
        };
        cases.iter().map(&mut run).collect()
    }
}

/// Does everything right.
pub fn right(_: char, _: u8, after: u8) -> Result<u8, Answer<Toys>> {
    Ok(after)
}

/// Is one too low if it subtracts from 0.
pub fn wrong(letter: char, before: u8, after: u8) -> Result<u8, Answer<Toys>> {
    Ok(if letter == 'd' && before == 0 { after.wrapping_sub(1) } else { after })
}

/// Implements one of the two instructions.
pub fn part(letter: char, _: u8, after: u8) -> Result<u8, Answer<Toys>> {
    if letter == 'd' { Err(Answer::Unsupported("no subtraction".into())) } else { Ok(after) }
}

/// Implements nothing.
pub fn nothing(_: char, _: u8, _: u8) -> Result<u8, Answer<Toys>> {
    Err(Answer::Unsupported("not yet".into()))
}

/// All there is.
pub fn full() -> Plan {
    Plan { seed: 1, random: 400, sweep_stride: 1, topics: Vec::new(), shard: Shard::default() }
}

pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Every machine against the model in every profile, and against the vectors.
pub fn run(machines: Vec<Twisted>, plan: Plan, skipped: Vec<Skipped>) -> Report {
    let toy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracle/tests/toy");
    let written = Toy::written().expect("the toy subject has vectors");
    let suite: Suite<Toy> = written.load(&toy.join("counting.yaml")).expect("the vectors load");
    let ledger = Ledger::load(&toy.join("ledger.yaml")).expect("the ledger loads");
    let profiles = || Toy::PROFILES.iter().map(|profile| profile.name());
    let lanes = machines.iter().flat_map(|Twisted { name, .. }| {
        let across = Lane::across((name, "stays"), ("model", "wraps"));
        let between = profiles().map(|profile| Lane::between(name, "model", profile));
        between.chain([across, Lane::with_vectors(name)]).collect::<Vec<_>>()
    });
    let lanes = lanes.collect();
    let own = Toy::machines().into_iter().map(|(role, machine)| Seat { role, machine, sample: None });
    let own = own.filter(|seat| seat.role == Role::Model);
    let seats = own.chain(machines.into_iter().map(|it| Seat::new(Role::Program, it)));
    let campaign = Campaign {
        machines: seats.collect(),
        lanes,
        skipped,
        commit: Some("0123456789ab".into()),
        ..Campaign::new((&suite, &ledger), plan, folder("campaign").join("failures"))
    };
    let mut report = campaign.run(&AtomicBool::new(false), &mut |_| {}).expect("the profiles are there");
    // Times are no part of what is tested.
    report.seconds = 1.5;
    report.spent.values_mut().for_each(|spent| spent.seconds = 1.25);
    for lane in &mut report.lanes {
        (lane.machine_seconds, lane.oracle_seconds) =
            (lane.machine_seconds.min(0.0), lane.oracle_seconds.min(0.0));
    }
    report
}

/// One machine in a full run.
pub fn of(name: &str, twist: Twist) -> Report {
    run(vec![Twisted::new(name, twist)], full(), Vec::new())
}

/// A machine of each kind.
pub fn mixed() -> Report {
    let machines = [("rust", right as Twist), ("c", wrong), ("half", part), ("stub", nothing)];
    let machines = machines.map(|(name, twist)| Twisted::new(name, twist)).into();
    let skipped = Skipped {
        lane: Lane::between("rust", "upstream", "wraps"),
        because: "no checkout of the reference".into(),
        required: false,
    };
    run(machines, full(), vec![skipped])
}

/// Text of a machine: its name, its version, its errors.
pub fn hostile() -> Report {
    let fails: Twist = |letter, before, after| match (letter, before) {
        ('d', 0) => {
            let why = "\x1b[2J\n::stop-commands::x\n##[group]\u{FFFE}\u{FFFF}\0</script>```|<b>@team";
            Err(oracle::Answer::broken(oracle::machine::FailureKind::Crash, why))
        }
        _ => Ok(after),
    };
    let mut machine = Twisted::new("<b>|`x`\x1b[31m", fails);
    machine.version = "\u{9b}31m".into();
    let mut report = run(vec![machine], full(), Vec::new());
    report.warnings.push("\x1b]0;x\x07\n::error::y".into());
    report.lanes[0].machine_problem = Some("\u{202E}\r\n::set-env name=x::y".into());
    report
}
