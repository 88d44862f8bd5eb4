//! The firmware in QEMU, as a board has it: by its UART, with its watchdog. Ignored, and said so, where QEMU or the
//! chip's compiler is missing.

use std::path::Path;

use hil::chip::Chip;
use hil::session::Session;
use hil::setup;
use hil::target::with_uart;
use libtest_mimic::{Arguments, Failed, Trial};
use oracle::Machine;
use oracle::native::Native;
use vectors::minivm::MiniVm;
use vectors::{Profile, Subject};

fn main() {
    let missing = !setup::missing().is_empty();
    let trial = |name, test: fn(Session) -> Result<(), Failed>| {
        Trial::test(name, move || test(session()?)).with_ignored_flag(missing)
    };
    let trials = vec![
        trial("the_uart_carries_cases_and_answers", the_uart_carries_cases_and_answers),
        trial("the_watchdog_ends_what_does_not_end", the_watchdog_ends_what_does_not_end),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn session() -> Result<Session, Failed> {
    Ok(with_uart(Path::new(env!("CARGO_TARGET_TMPDIR")))?)
}

fn the_uart_carries_cases_and_answers(session: Session) -> Result<(), Failed> {
    let build = session.greeting.build.clone();
    let mut chip = Chip::new("qemu", vec![session], Vec::new(), &build)?;
    let mut draw = MiniVm::random(5);
    let cases: Vec<_> = (0..40).map(|index| draw(index).1).collect();
    for profile in Profile::ALL {
        assert_eq!(chip.run(profile, &cases), MiniVm::machine().run(profile, &cases));
    }
    Ok(chip.finish()?)
}

fn the_watchdog_ends_what_does_not_end(mut session: Session) -> Result<(), Failed> {
    Ok(session.hang()?)
}
