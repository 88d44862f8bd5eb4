//! What a subject costs on a chip: bytes of flash and of RAM, Thumb instructions of each kind of step.
//!
//! What is measured is the subject's ([`Budget`]). Instructions are counted in QEMU: with `-icount shift=0` one takes a
//! nanosecond, and SysTick counts at 168 MHz of that time. A count is the difference between a run of many steps and one
//! of none, so what surrounds them is no part of it, and a tick more or less is hundredths of an instruction.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use hil_wire::{Cost, Task};
use oracle::machine::FailureKind;
use oracle::project::Project;
use oracle::report::Measurement;
use oracle::subject::{Alone, Budget, Profile, Subject, step_count};
use oracle::suite::Vector;

use crate::chip::{Codec, codec, contents, is_on, reading};
use crate::drift::LONG;
use crate::firmware::{Content, Firmware};
use crate::items::{Contents, Encoded, Trouble};
use crate::session::Session;
use crate::target::counting;

/// Ticks of SysTick in which a thousand instructions are executed.
const TICKS: f64 = 168.0;
/// Steps of a program that SysTick can count without running over.
const MAX_STEPS: u32 = 300_000;
/// What counts as growth: the compiler moves an instruction here and there when something else changes.
const GROWTH: f64 = 1.02;

/// What must not be exceeded: by compiler, group and name. Each compiler makes other code, so each has its own.
pub type Baselines = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

/// Measures a subject, in every profile that the firmware runs: sizes in the firmware's file, instructions on the chip at
/// the other end of the session, which must count them. Aims of the subject are bounds already.
///
/// # Errors
/// The subject has no budget or is not in the firmware, the chip does not answer, or the file cannot be read.
pub fn measure<S: Subject>(
    firmware: &Firmware,
    session: &mut Session,
    vectors: &[Vector<S>],
) -> Result<Vec<Measurement>, String> {
    let codec = codec::<S>()?;
    is_on::<S>(session)?;
    let budget = budget::<S>()?;
    let mut chip = Counting { codec, session, way: 0, ram: 0 };
    let mut found = Vec::new();
    for profile in codec.profiles() {
        let code = firmware.size_of_code((budget.code)(profile))?;
        let name = format!("flash of the {}, {profile}", budget.part);
        found.push(at_most(size(S::NAME, name, code), budget.max_code));
        for (number, way) in (0..).zip(&budget.ways) {
            let group = group::<S>(profile, way);
            chip.way = number;
            found.extend(chip.kinds(profile, &budget, &group)?);
            found.extend(chip.programs(profile, vectors, &budget, way)?);
        }
    }
    found.push(at_most(size(S::NAME, budget.ram, chip.ram.into()), budget.max_ram));
    Ok(found)
}

/// Measures the ways of a subject that have firmware of their own, in every profile that it runs.
///
/// # Errors
/// The subject has no budget, or its firmware does not build, or does not answer.
pub fn measure_apart<S: Subject>(
    project: &Project,
    folder: &Path,
    vectors: &[Vector<S>],
) -> Result<Vec<Measurement>, String> {
    let (codec, budget) = (codec::<S>()?, budget::<S>()?);
    let mut found = Vec::new();
    for (way, apart) in (budget.ways.len() as u8..).zip(&budget.apart) {
        let (_, mut session) = counting(project, Content::Apart(apart.feature), folder)?;
        let mut chip = Counting { codec, session: &mut session, way, ram: 0 };
        for profile in codec.profiles() {
            found.extend(chip.kinds(profile, &budget, &group::<S>(profile, apart.way))?);
            found.extend(chip.programs(profile, vectors, &budget, apart.way)?);
        }
        found.push(at_most(size(S::NAME, apart.ram, chip.ram.into()), apart.max_ram));
    }
    Ok(found)
}

/// The size of the whole firmware, with all of its subjects.
///
/// # Errors
/// The file cannot be read.
pub fn measure_firmware(firmware: &Firmware) -> Result<Measurement, String> {
    Ok(size("firmware", "flash of the whole firmware", firmware.size()?))
}

/// What the firmware takes that has no other subject in it, on the chip that it must fit.
///
/// # Errors
/// The subject has no budget, or its firmware does not build or does not fit.
pub fn measure_alone<S: Subject>(project: &Project, folder: &Path) -> Result<Vec<Measurement>, String> {
    let mut found = Vec::new();
    for alone in budget::<S>()?.alone {
        let firmware = Firmware::build_alone(project, alone, folder)?;
        let Alone { name, chip, max_flash, max_ram, .. } = alone;
        found.push(at_most(size(chip, format!("flash, {} {name}", S::NAME), firmware.size()?), max_flash));
        found.push(at_most(size(chip, format!("RAM, {} {name}", S::NAME), firmware.ram()?), max_ram));
    }
    Ok(found)
}

/// What is measured of a subject.
fn budget<S: Subject>() -> Result<Budget<S::Case>, String> {
    codec::<S>()?.budget().ok_or_else(|| format!("nothing is measured of {}", S::NAME))
}

/// A chip that counts instructions.
struct Counting<'s, S: Subject> {
    codec: Codec<S>,
    session: &'s mut Session,
    /// The way in which cases run.
    way: u8,
    /// The most RAM that a measurement has seen in use, in bytes.
    ram: u32,
}

impl<S: Subject> Counting<'_, S> {
    /// What a step of each kind costs.
    fn kinds(
        &mut self,
        profile: Profile,
        budget: &Budget<S::Case>,
        group: &str,
    ) -> Result<Vec<Measurement>, String> {
        let kind = |kind: &oracle::subject::Measured<S::Case>| {
            let steps = step_count::<S>(&kind.case);
            let (thumb, _) = self.thumb(profile, &kind.case, kind.rounds, steps).map_err(words)?;
            let all = f64::from(steps) * f64::from(kind.rounds);
            Ok(instructions(group, kind.name, thumb / all))
        };
        budget.kinds.iter().map(kind).collect()
    }

    /// What a step of the programs costs by which the subject is judged, each in all runs of it together: the geometric
    /// mean, and that of the dearest. Of a run that ends early most is the cost of starting, stopping and finding out why,
    /// so the dearest of these stands apart. Runs that the chip has no room for are left out; if there are no others, nothing
    /// is said.
    fn programs(
        &mut self,
        profile: Profile,
        vectors: &[Vector<S>],
        budget: &Budget<S::Case>,
        way: &str,
    ) -> Result<Vec<Measurement>, String> {
        let mut runs: Vec<(Vec<u8>, f64, u32)> = Vec::new();
        let is_long = |vector: &&Vector<S>| step_count::<S>(&vector.case) >= LONG;
        for vector in vectors.iter().filter(is_long).filter(|vector| (budget.is_scored)(&vector.name)) {
            let steps = step_count::<S>(&vector.case).min(MAX_STEPS);
            match self.thumb(profile, &vector.case, 1, steps) {
                Ok((thumb, taken)) => runs.push(((budget.program)(&vector.case), thumb, taken)),
                Err(Trouble::Unsupported(_)) => {}
                Err(trouble) => return Err(words(trouble)),
            }
        }
        let cost = |thumb: f64, steps: u32| thumb / f64::from(steps.max(1));
        let short = runs.iter().filter(|(.., taken)| *taken < LONG);
        let short = short.map(|(_, thumb, taken)| cost(*thumb, *taken)).reduce(f64::max);
        let mut programs: BTreeMap<Vec<u8>, (f64, u32)> = BTreeMap::new();
        for (program, thumb, taken) in runs {
            let all = programs.entry(program).or_default();
            *all = (all.0 + thumb, all.1 + taken);
        }
        let costs: Vec<f64> = programs.into_values().map(|(thumb, steps)| cost(thumb, steps)).collect();
        let Some(dearest) = costs.iter().copied().reduce(f64::max) else { return Ok(Vec::new()) };
        let mean = (costs.iter().map(|cost| cost.ln()).sum::<f64>() / costs.len() as f64).exp();
        let found = [
            (format!("{MEAN}{} programs", costs.len()), Some(mean)),
            ("dearest program".to_owned(), Some(dearest)),
            (format!("dearest run of below {LONG} steps"), short),
        ];
        let group = group::<S>(profile, way);
        Ok(found.into_iter().filter_map(|(name, cost)| Some(instructions(&group, name, cost?))).collect())
    }

    /// The Thumb instructions that the steps of all rounds take, and how many steps the last round took.
    fn thumb(
        &mut self,
        profile: Profile,
        case: &S::Case,
        rounds: u16,
        steps: u32,
    ) -> Result<(f64, u32), Trouble> {
        let (idle, _) = self.cost(profile, case, Task::Measure { rounds, steps: 0, way: self.way })?;
        let (busy, taken) = self.cost(profile, case, Task::Measure { rounds, steps, way: self.way })?;
        self.ram = self.ram.max(busy.stack + busy.state);
        Ok(((f64::from(busy.ticks) - f64::from(idle.ticks)) * 1000.0 / TICKS, taken))
    }

    fn cost(&mut self, profile: Profile, case: &S::Case, task: Task) -> Result<(Cost, u32), Trouble> {
        // What is counted is far from what the chip's patience is for.
        let encoded = Encoded::new(task, &self.codec.encode(case), MAX_STEPS);
        let items = self.session.run_one(reading(self.codec, profile)?, encoded)?;
        match contents(self.codec, &items)? {
            Contents { cost: Some(cost), end, .. } => Ok((cost, end.steps)),
            other => Err(Trouble::fails(
                FailureKind::Form,
                format!("the chip answers a measurement with {other:?}"),
            )),
        }
    }
}

/// Why something could not be measured, for people.
fn words(trouble: Trouble) -> String {
    match trouble {
        Trouble::Unsupported(why) | Trouble::Lost(why) => why,
        Trouble::Fails(failure) => failure.why,
    }
}

/// Bytes, in the group of the sizes of `what`.
fn size(what: &str, name: impl Into<String>, bytes: u64) -> Measurement {
    measurement(format!("budget/{what}/size"), name, bytes as f64, "bytes")
}

/// Thumb instructions of a step.
fn instructions(group: &str, name: impl Into<String>, value: f64) -> Measurement {
    // Hundredths are a tick more or less; what a kind of step takes by itself is a whole number.
    measurement(group.into(), name, (value * 10.0).round() / 10.0, "instructions")
}

/// What the groups of a subject's steps begin with; profile and way follow.
fn groups<S: Subject>() -> String {
    format!("budget/{}/thumb/", S::NAME)
}

fn group<S: Subject>(profile: Profile, way: &str) -> String {
    let separator = if way.is_empty() { "" } else { " " };
    format!("{}{profile}{separator}{}", groups::<S>(), way)
}

fn measurement(group: String, name: impl Into<String>, value: f64, unit: &str) -> Measurement {
    Measurement { group, name: name.into(), value, unit: unit.into(), at_most: None, at_least: None }
}

fn at_most(measurement: Measurement, aim: u64) -> Measurement {
    Measurement { at_most: Some(aim as f64), ..measurement }
}

/// Bounds what was measured by what this compiler came to before, if that is less than an aim. Whether there was something
/// to compare with.
pub fn bound(measurements: &mut [Measurement], baselines: &Baselines, compiler: &str) -> bool {
    let known = baselines.get(compiler);
    for one in measurements {
        let before = known.and_then(|groups| groups.get(&one.group)?.get(&one.name));
        one.at_most = one.at_most.into_iter().chain(before.map(|before| before * GROWTH)).reduce(f64::min);
    }
    known.is_some()
}

/// Reads the file of baselines; there are none if there is no file.
///
/// # Errors
/// What is wrong with it.
pub fn load(file: &Path) -> Result<Baselines, String> {
    match std::fs::read_to_string(file) {
        Ok(text) => serde_saphyr::from_str(&text).map_err(|error| format!("{}: {error}", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Baselines::new()),
        Err(error) => Err(format!("{}: {error}", file.display())),
    }
}

/// The file of baselines, with what was measured as that of this compiler.
pub fn accepted(mut baselines: Baselines, measurements: &[Measurement], compiler: &str) -> String {
    let groups = baselines.entry(compiler.to_owned()).or_default();
    groups.clear();
    for one in measurements {
        groups.entry(one.group.clone()).or_default().insert(one.name.clone(), one.value);
    }
    let mut text = String::from(
        "# What subjects cost on a Cortex-M4, by compiler; `cargo xtask budget` fails if it is exceeded.\n\
         # Written by `cargo xtask budget --accept`.\n",
    );
    for (compiler, groups) in &baselines {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{compiler:?}:");
        for (group, values) in groups {
            let _ = writeln!(text, "  {group}:");
            values.iter().for_each(|(name, value)| _ = writeln!(text, "    {name}: {value}"));
        }
    }
    text
}

/// What was measured of a subject and of the whole firmware, for people.
pub fn table<S: Subject>(measurements: &[Measurement], compiler: &str) -> String {
    let mut text = format!("what {} costs on a Cortex-M4, built by {compiler}\n", S::NAME);
    // Writing to memory does not fail.
    for one in measurements.iter().filter(|one| one.unit == "bytes") {
        let _ = writeln!(text, "{:>8} bytes  {}{}", one.value, one.name, verdict(one));
    }
    let clock = budget::<S>().ok().and_then(|budget| budget.clock);
    let prefix = groups::<S>();
    let (mut columns, mut names): (Vec<&str>, Vec<&str>) = Default::default();
    let steps: Vec<(&str, &Measurement)> =
        measurements.iter().filter_map(|one| Some((one.group.strip_prefix(&prefix)?, one))).collect();
    for (column, one) in &steps {
        if !columns.contains(column) {
            columns.push(column);
        }
        if !names.contains(&one.name.as_str()) {
            names.push(&one.name);
        }
    }
    let _ = write!(text, "\n{:<31}", "Thumb instructions");
    columns.iter().for_each(|column| _ = write!(text, "{column:>20}"));
    text.push('\n');
    for name in names {
        let of = |column: &&str| steps.iter().find(|(its, one)| its == column && one.name == name);
        let row: Vec<_> = columns.iter().map(|column| of(column).map(|(_, one)| *one)).collect();
        let mut line = |name: String, show: &dyn Fn(f64) -> String| {
            let _ = write!(text, "{name:<31}");
            for one in &row {
                let _ = write!(text, "{:>20}", one.map_or("-".into(), |one| show(one.value)));
            }
            row.iter().flatten().for_each(|one| text.push_str(&verdict(one)));
            text.push('\n');
        };
        line(name.into(), &|value| format!("{value:.1}"));
        if let Some(clock) = clock.filter(|_| name.starts_with(MEAN)) {
            for cycles in CYCLES {
                line(format!("  million/s, {cycles} cycles each"), &|value| {
                    format!("{:.2}", clock / (value * cycles))
                });
            }
        }
    }
    text
}

/// What the name of the mean begins with.
const MEAN: &str = "geometric mean of ";
/// How many cycles a Thumb instruction of an interpreter takes on a Cortex-M4, at least and at most.
const CYCLES: [f64; 2] = [1.4, 1.75];

fn verdict(one: &Measurement) -> String {
    if one.holds() { String::new() } else { format!("  GROWN: at most {}", one.at_most.unwrap_or_default()) }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn measured(step: f64, flash: u64) -> Vec<Measurement> {
        let steps = measurement("budget/toy/thumb/one".into(), "step", step, "instructions");
        vec![steps, at_most(size("toy", "flash", flash), 10 * 1024)]
    }

    fn baselines() -> Baselines {
        serde_saphyr::from_str(&accepted(Baselines::new(), &measured(50.0, 7000), "rustc 1")).unwrap()
    }

    /// The names of what does not hold.
    fn grown(step: f64, flash: u64, compiler: &str) -> Vec<String> {
        let mut measurements = measured(step, flash);
        bound(&mut measurements, &baselines(), compiler);
        measurements.into_iter().filter(|one| !one.holds()).map(|one| one.name).collect()
    }

    #[test]
    fn growth_is_named() {
        assert!(grown(50.0, 7000, "rustc 1").is_empty());
        assert!(grown(40.0, 7100, "rustc 1").is_empty());
        assert_eq!(grown(52.0, 7000, "rustc 1"), ["step"]);
        assert_eq!(grown(50.0, 7200, "rustc 1"), ["flash"]);
        assert_eq!(grown(f64::NAN, 7000, "rustc 1"), ["step"], "what could not be measured does not hold");
    }

    #[test]
    fn an_unknown_compiler_has_only_aims() {
        assert!(!bound(&mut measured(1.0, 1), &baselines(), "rustc 2"));
        assert!(grown(500.0, 10_000, "rustc 2").is_empty());
        assert_eq!(grown(500.0, 10_241, "rustc 2"), ["flash"]);
    }

    #[test]
    fn what_is_accepted_replaces_what_this_compiler_had() {
        let again = accepted(baselines(), &measured(60.0, 7000), "rustc 1");
        let again: Baselines = serde_saphyr::from_str(&again).unwrap();
        assert_eq!(again["rustc 1"]["budget/toy/thumb/one"]["step"], 60.0);
        let other = accepted(baselines(), &measured(60.0, 7000), "rustc 2");
        let other: Baselines = serde_saphyr::from_str(&other).unwrap();
        assert_eq!(other["rustc 1"], baselines()["rustc 1"]);
    }
}
