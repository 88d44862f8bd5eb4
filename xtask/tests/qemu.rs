//! The firmware in QEMU: a few thousand cases by semihosting; and as a board has it, by its UART, with its watchdog.
//! Ignored, and said so, if QEMU or the chip's compiler is missing.

use std::path::Path;
use std::time::Duration;

use hil::chip::Chip;
use hil::firmware::{Content, Firmware, Toolchain};
use hil::link::Link;
use hil::links::qemu::{Line, Qemu};
use hil::session::Session;
use hil::target::{Kind, Target, counting, with_uart};
use hil::{budget, drift, firmware, setup};
use libtest_mimic::{Arguments, Failed, Trial};
use oracle::project::Project;
use oracle::subject::{Alone, Generates};
use oracle::suite::Suite;
use oracle::{Answer, Cases, Machine, Subject};
use vectors_minivm::{Case, MiniVm, NativeVm, Outcome};

fn main() {
    let missing = !setup::missing().is_empty();
    let trial =
        |name: &str, test: fn() -> Result<(), Failed>| Trial::test(name, test).with_ignored_flag(missing);
    let trials = vec![
        trial("cases_agree_and_programs_do_not_drift", cases_agree_and_programs_do_not_drift),
        trial("what_it_costs_is_what_the_project_keeps", what_it_costs_is_what_the_project_keeps),
        trial("the_uart_carries_cases_and_answers", the_uart_carries_cases_and_answers),
        trial("the_watchdog_ends_what_does_not_end", the_watchdog_ends_what_does_not_end),
        trial("a_program_of_64_kib_runs_in_2_kib", a_program_of_64_kib_runs_in_2_kib),
        trial("two_tasks_make_a_value_that_the_host_reads", two_tasks_make_a_value_that_the_host_reads),
    ];
    let mut arguments = Arguments::from_args();
    // Emulators lose time to each other, and the watchdog's is the chip's.
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, trials).exit();
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Compares the answers of the chip with those of the VM on this host. Gives how many outcomes were compared.
fn compare(chip: &mut Chip<MiniVm>, cases: &[Case]) -> Result<usize, Failed> {
    let mut compared = 0;
    for profile in chip.profiles().to_vec() {
        let expected: Vec<Answer<Outcome>> = Machine::<MiniVm>::run(&mut NativeVm::default(), profile, cases);
        for ((case, expected), got) in cases.iter().zip(expected).zip(chip.run(profile, cases)) {
            if matches!(got, Answer::Unsupported(_)) {
                continue;
            }
            if got != expected {
                let listing = MiniVm::listing(case);
                return Err(format!("{profile}: {listing}\nexpected {expected:?}\ngot {got:?}").into());
            }
            compared += 1;
        }
    }
    Ok(compared)
}

fn recognised(chip: &Chip<MiniVm>) -> f64 {
    let measured = Machine::<MiniVm>::measurements(chip);
    measured.iter().find(|one| one.name == "canaries recognised").map_or(0.0, |one| one.value)
}

fn cases_agree_and_programs_do_not_drift() -> Result<(), Failed> {
    let target = Target {
        kind: Kind::Qemu,
        chip: firmware::CHIPS[0].name.into(),
        probe: None,
        port: None,
        jobs: 2,
        faults: None,
        project: Project::find()?,
        folder: folder().into(),
    };
    let mut chip = target.connect::<MiniVm>()?;
    let draw = MiniVm.random(11);
    let cases: Vec<Case> = MiniVm.sweep().step_by(211).chain((0..2000).map(|index| draw(index).1)).collect();
    let mut compared = 0;
    for batch in cases.chunks(500) {
        compared += compare(&mut chip, batch)?;
    }
    let (expected, canaries) = (chip.profiles().len() * cases.len(), recognised(&chip));
    println!("{compared} of {expected} outcomes compared, {canaries} canaries recognised");
    assert!(compared + 20 >= expected, "{compared} of {expected} compared");
    assert!(canaries >= 24.0, "{canaries} canaries");

    let suite = suite()?;
    let (lanes, findings) = drift::check(&mut chip, &suite, "");
    for lane in &lanes {
        println!("{}: {} cases, {} agree", lane.lane, lane.cases, lane.counts.agree);
        assert!(lane.counts.agree >= 40 && lane.counts.failed() == 0, "{lane:?}");
    }
    assert!(findings.is_empty(), "{findings:?}");
    Ok(chip.finish()?)
}

fn what_it_costs_is_what_the_project_keeps() -> Result<(), Failed> {
    let project = Project::find()?;
    let file = project.root().join("mcu-target/budget.yaml");
    let (baselines, compiler) = (budget::load(&file)?, Toolchain::find()?.version()?);
    let (firmware, mut session) = counting(&project, Content::Shared, folder())?;
    let vectors = suite()?.vectors;
    let mut measured = budget::measure::<MiniVm>(&firmware, &mut session, &vectors)?;
    measured.push(budget::measure_firmware(&firmware)?);
    let is_known = budget::bound(&mut measured, &baselines, &compiler);
    println!("{}", budget::table::<MiniVm>(&measured, &compiler));
    let bounded = measured.iter().filter(|one| one.at_most.is_some()).count();
    // An unknown compiler has only the aims: two sizes of code, and RAM.
    assert_eq!(bounded, if is_known { measured.len() } else { 3 });
    let grown: Vec<_> = measured.iter().filter(|one| !one.holds()).collect();
    assert!(grown.is_empty(), "{grown:?}");
    Ok(())
}

fn suite() -> Result<Suite<MiniVm>, Failed> {
    let written = MiniVm::written().ok_or("its vectors are written")?;
    Ok(written.load(&Project::find()?.path("vectors/minivm")).map_err(|errors| format!("{errors:?}"))?)
}

fn session() -> Result<Session, Failed> {
    Ok(with_uart(&Project::find()?, Content::Shared, folder())?)
}

fn the_uart_carries_cases_and_answers() -> Result<(), Failed> {
    let session = session()?;
    let build = session.greeting.build.clone();
    let mut chip = Chip::new("qemu", vec![session], Vec::new(), &build)?;
    let draw = MiniVm.random(5);
    let cases: Vec<Case> = (0..40).map(|index| draw(index).1).collect();
    assert_eq!(compare(&mut chip, &cases)?, 80);
    Ok(chip.finish()?)
}

fn the_watchdog_ends_what_does_not_end() -> Result<(), Failed> {
    Ok(session()?.hang()?)
}

/// MiniVM alone, from lines and pages: code and data of 64 KiB each come to the same as when they are whole.
fn a_program_of_64_kib_runs_in_2_kib() -> Result<(), Failed> {
    let alone = Alone {
        name: "in lines and pages",
        program: "two-kib",
        chip: firmware::CHIPS[0].name,
        features: &["two_kib"],
        max_flash: u64::MAX,
        max_ram: u64::MAX,
    };
    let firmware = Firmware::build_alone(&Project::find()?, alone, folder())?;
    let mut chip = Qemu::start(&firmware.path, Line::Uart, true)?;
    let mut said = Vec::new();
    // What is sent before the UART is open is lost.
    for _ in 0..600 {
        chip.send(b"?")?;
        chip.receive(&mut said, Duration::from_millis(100))?;
        if said.iter().filter(|&&byte| byte == b'\n').count() > 1 {
            break;
        }
    }
    // The first line may have lost its beginning.
    let text = String::from_utf8_lossy(&said).into_owned();
    let line = text.lines().nth(1).unwrap_or_default();
    println!("{line}");
    let numbers: Vec<u32> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [steps, status, digest, ticks, paged_steps, paged_status, paged_digest, paged_ticks, misses] =
        numbers[..]
    else {
        panic!("{text:?}")
    };
    assert_eq!((paged_steps, paged_status, paged_digest), (steps, status, digest));
    // 5458 blocks of three, twice; each of 128 lines and 256 pages is fetched in both rounds.
    assert_eq!((steps, status, misses), (4 + 2 * (1 + 3 * 5458 + 4), 76_412, 2 * (128 + 256)));
    println!("{:.2} times as many Thumb instructions", f64::from(paged_ticks) / f64::from(ticks));
    Ok(())
}

/// The executive alone: one task counts, the other makes a value of what it receives, and the UART answers any byte with it.
fn two_tasks_make_a_value_that_the_host_reads() -> Result<(), Failed> {
    let alone = Alone {
        name: "with two tasks",
        program: "tasks",
        chip: firmware::CHIPS[0].name,
        features: &["tasks"],
        max_flash: u64::MAX,
        max_ram: u64::MAX,
    };
    let firmware = Firmware::build_alone(&Project::find()?, alone, folder())?;
    let mut chip = Qemu::start(&firmware.path, Line::Uart, false)?;
    let mut values = Vec::new();
    let mut said = Vec::new();
    // What is sent before the UART is open is lost, and a message may still be on its way.
    for _ in 0..600 {
        chip.send(b"?")?;
        chip.receive(&mut said, Duration::from_millis(100))?;
        values = said.split_inclusive(|byte| *byte == b'\n').filter_map(value).collect();
        values.dedup();
        if values.len() > 3 {
            break;
        }
    }
    println!("{values:04x?}");
    // A count that goes on, in binary16: positive numbers are ordered as their bits are.
    assert!(values.len() > 3 && values.is_sorted() && values[3] < 0x7C00, "{values:04x?} of {said:?}");
    Ok(())
}

/// Four hexadecimal digits and a line feed.
fn value(line: &[u8]) -> Option<u16> {
    let digits = str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    assert_eq!(digits.len(), 4, "{digits}");
    Some(u16::from_str_radix(digits, 16).expect("hexadecimal digits"))
}
