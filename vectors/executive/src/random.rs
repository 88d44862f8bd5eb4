//! Random scripts: tasks that call services at random, several tasks that meet at mailboxes, and a host that does as it
//! likes.

use oracle::random::{Rng, pick, rng};

use crate::case::{Call, Case, Stream};
use crate::config::{Config, Handler, Policy, Quotas};
use crate::images::{DeclaredCommand, DeclaredValue, Program};
use crate::programs::{FLOATS, TARGETS, Theme, Writer, oid, target};

/// A script, and its kind: what it is about.
pub fn script(seed: u64, index: u64) -> (&'static str, Case) {
    let mut rng = rng(seed, index);
    let (kind, make): (_, fn(&mut Script)) = match rng.u32(0..100) {
        0..50 => ("service", Script::services),
        50..72 => ("tasks", Script::tasks),
        72..90 => ("host", Script::host),
        _ => ("metadata", Script::metadata),
    };
    let mut script = Script { config: config(&mut rng), rng, calls: Vec::new(), loaded: 0 };
    make(&mut script);
    (kind, Case { config: script.config, calls: script.calls })
}

fn config(rng: &mut Rng) -> Config {
    let mut config = Config::default();
    if rng.u32(0..4) == 0 {
        let one_of = |rng: &mut Rng, choices: &[u32]| pick(rng, choices);
        config.mailboxes = Quotas {
            descriptors: one_of(rng, &[256, 256, 16, 9, 5]),
            handles: one_of(rng, &[64, 64, 8, 5]),
            capacity: one_of(rng, &[64, 64, 16, 9]) as u16,
            tap_rate: one_of(rng, &[0, 0, 20, 1]),
        };
    }
    if rng.u32(0..4) == 0 {
        config.pin = Some("1234".into()).filter(|_| rng.bool());
        let handler = |rng: &mut Rng| match rng.u32(0..3) {
            0 => Handler::None {},
            1 => Handler::Int { value: pick(rng, &[0, 7, -1, 1 << 40]) },
            _ => Handler::Fail {},
        };
        config.handlers = (0..rng.u32(0..4)).map(|_| handler(rng)).collect();
        config.persisted = if rng.bool() { vec![(1, 0x4000), (0xFFFF, 0x3C00)] } else { vec![(2, 0x7C01)] };
    }
    if rng.u32(0..32) == 0 {
        config.libm = false;
        config.tasks = rng.u32(1..4);
    }
    if rng.u32(0..40) == 0 {
        config.policy = pick(rng, &[Policy::Cooperative, Policy::Preemptive]);
    }
    config
}

/// A script in the making.
struct Script {
    config: Config,
    rng: Rng,
    calls: Vec<Call>,
    /// How many images have been loaded.
    loaded: u16,
}

impl Script {
    fn load(&mut self, program: &Program) {
        self.calls.push(Call::Load { image: program.image() });
        self.loaded += 1;
    }

    fn step(&mut self, n: u32) {
        self.calls.push(Call::Step { n, pid: None });
    }

    fn theme(&mut self) -> Theme {
        use Theme::{Commands, Files, Mailboxes, Mixed, Turns, Values};
        pick(&mut self.rng, &[Mailboxes, Mailboxes, Values, Values, Commands, Files, Turns, Mixed, Mixed])
    }

    /// A program of so many services about a theme.
    fn program(&mut self, theme: Theme, services: usize) -> Program {
        let mut writer = Writer { rng: &mut self.rng, program: Program::default() };
        match theme {
            Theme::Mailboxes => (0..2).for_each(|_| {
                let target = target(writer.rng);
                writer.open(target);
            }),
            Theme::Values => writer.register_value(0x101),
            Theme::Commands => writer.register_command(0x101),
            Theme::Files => {
                let path = writer.program.text("a");
                writer.program.call(4, 0, &[path]);
            }
            Theme::Turns | Theme::Mixed => {}
        }
        for _ in 0..services {
            writer.service(theme);
        }
        writer.end();
        writer.program
    }

    /// One task and its services.
    fn services(&mut self) {
        let theme = self.theme();
        let services = self.rng.usize(1..6);
        let program = self.program(theme, services);
        self.load(&program);
        let turns = program.here() / 4;
        self.step(turns);
        for _ in 0..self.rng.u32(0..3) {
            self.host_call();
        }
        if self.rng.u32(0..3) == 0 {
            self.step(turns);
        }
    }

    /// Tasks that meet.
    fn tasks(&mut self) {
        let boxes = [pick(&mut self.rng, &TARGETS[..4]), pick(&mut self.rng, &["app:q", "shared:f"])];
        for _ in 0..self.rng.u32(2..4) {
            let mut writer = Writer { rng: &mut self.rng, program: Program::default() };
            let mode = pick(writer.rng, &[0, 0, 0xB, 0x2B]);
            let target = writer.program.text(boxes[1]);
            if mode != 0 {
                writer.program.call(5, 1, &[target, 0, mode]);
            }
            boxes.iter().for_each(|target| writer.open(target));
            let start = writer.program.here();
            match writer.rng.u32(0..4) {
                0 => (0..2).for_each(|_| writer.send()),
                1 => writer.receive(),
                2 => {
                    writer.receive();
                    writer.send();
                }
                _ => (0..3).for_each(|_| writer.service(Theme::Mixed)),
            }
            if writer.rng.u32(0..4) != 0 {
                writer.program.jump(start);
            } else {
                writer.end();
            }
            let program = writer.program;
            self.load(&program);
        }
        for _ in 0..self.rng.u32(1..4) {
            let turns = self.rng.u32(5..40);
            self.step(turns);
            self.host_call();
        }
    }

    /// The host, and perhaps a task that does little.
    fn host(&mut self) {
        if self.rng.u32(0..3) != 0 {
            let theme = self.theme();
            let program = self.program(theme, 1);
            self.load(&program);
            self.step(8);
        }
        for _ in 0..self.rng.u32(2..10) {
            self.host_call();
        }
    }

    /// Images that declare something.
    fn metadata(&mut self) {
        for _ in 0..self.rng.u32(1..3) {
            let theme = if self.rng.bool() { Theme::Values } else { Theme::Commands };
            let mut program = self.program(theme, 2);
            let handler = program.here();
            program.set(0, 77).ret();
            self.declare(&mut program, handler);
            self.load(&program);
            let turns = self.rng.u32(0..24);
            self.step(turns);
        }
        for _ in 0..self.rng.u32(0..4) {
            self.host_call();
        }
    }

    fn declare(&mut self, program: &mut Program, handler: u32) {
        let rng = &mut self.rng;
        if rng.bool() {
            let value = |rng: &mut Rng| DeclaredValue {
                oid: oid(rng),
                flags: pick(rng, &[0, 1, 2]),
                auth: pick(rng, &[0, 0, 1]),
                init: pick(rng, &FLOATS),
                name: pick(rng, &["", "speed"]),
                unit: pick(rng, &["", "rpm", "\u{b5}V"]),
                epsilon: pick(rng, &[0, 0x3C00, 0x7E01]),
                range: pick(rng, &[(0, 0), (0, 0x4000), (0xFE01, 0)]),
                key: pick(rng, &[0, 1, 2, 0xFFFF]),
                group: pick(rng, &["", "motor"]),
            };
            let values: Vec<_> = (0..rng.u32(1..3)).map(|_| value(rng)).collect();
            program.values(&values);
        }
        if rng.bool() {
            let command = DeclaredCommand {
                oid: oid(rng),
                flags: pick(rng, &[0, 1, 2, 3]),
                auth: pick(rng, &[0, 0, 1]),
                handler: pick(rng, &[0, 1, 2, 3, handler, handler, handler, 0xFFFC]),
                name: pick(rng, &["", "stop"]),
                help: pick(rng, &["", "stops it"]),
            };
            program.commands(&[command]);
        }
        if rng.u32(0..3) == 0 {
            let target = pick(rng, &["app:log", "svc:own", "shared:f", " app:q ", "", "pid:zz", "svc:x@7"]);
            let more = pick(
                rng,
                &[
                    "",
                    r#","capacity":96"#,
                    r#","capacity":16,"mode":11"#,
                    r#","owner_pid":3"#,
                    r#","capacity":98765432109876543210,"owner_pid":-98765432109876543210"#,
                ],
            );
            program.mailboxes(1, &format!(r#"[{{"target":"{target}"{more}}}]"#));
        }
        let _named = match rng.u32(0..8) {
            0 => program.named("app").alone(),
            1..4 => program.named("app"),
            4 => program.named("a name of 31 characters, so wide"),
            _ => program,
        };
    }

    /// A task that is there, most of the time.
    fn pid(&mut self) -> u16 {
        match self.rng.u32(0..12) {
            0 => pick(&mut self.rng, &[0, 9, 0xFFFF]),
            _ => self.rng.u16(1..=self.loaded.max(1)),
        }
    }

    /// In whose name the host acts.
    fn name(&mut self) -> u16 {
        if self.rng.u32(0..3) == 0 { self.pid() } else { 0 }
    }

    fn perhaps(&mut self) -> Option<u16> {
        if self.rng.bool() { None } else { Some(self.pid()) }
    }

    fn host_call(&mut self) {
        let (pid, name, perhaps) = (self.pid(), self.name(), self.perhaps());
        let some = Some(pid).filter(|&pid| pid > 0);
        let rng = &mut self.rng;
        let handle = pick(rng, &[1, 1, 1, 2, 3, 4, 4, 5, 9, 0]);
        let (of, group) = (oid(rng), pick(rng, &[None, Some(1), Some(0xFF)]));
        let call = match rng.u32(0..100) {
            0..12 => Call::Step {
                n: pick(rng, &[1, 3, 10, 30]),
                pid: if rng.u32(0..3) == 0 { some } else { None },
            },
            12..18 => Call::Advance { ms: pick(rng, &[1, 4, 5, 10, 999, 1000]) },
            18..22 => Call::Pause { pid: perhaps.filter(|&pid| pid > 0) },
            22..28 => Call::Resume { pid: perhaps.filter(|&pid| pid > 0) },
            28..33 => Call::Kill { pid },
            33..35 => Call::Sched {
                pid,
                priority: pick(rng, &[None, Some(0), Some(200)]),
                quantum: pick(rng, &[None, Some(1), Some(5)]),
            },
            35..37 => Call::RegGet { pid, reg: rng.u8(0..16) },
            37..40 => Call::RegSet { pid, reg: rng.u8(0..16), value: pick(rng, &[0, 1, 0x4000, u32::MAX]) },
            40..42 => {
                Call::Peek { pid, address: pick(rng, &[0x1000, 0x3000, 0x4000, 0xFFC0, 0xFFFC]), length: 16 }
            }
            42..45 => Call::Poke {
                pid,
                address: pick(rng, &[0x1004, 0x3000, 0xFFC4, 0xFFFE, 0xEFF0]),
                bytes: vec![rng.u8(..), 0, 0xB7],
            },
            45..51 => Call::MailboxOpen { target: target(rng).into(), pid: name },
            51..54 => Call::MailboxClose { handle, pid: name },
            54..58 => Call::MailboxBind {
                target: target(rng).into(),
                capacity: pick(rng, &[0, 0, 16, 40, 300]),
                mode: pick(rng, &[0, 3, 0xB, 0x2B, 8]),
                pid: name,
            },
            58..68 => Call::MailboxSend {
                data: vec![0x5A; pick(rng, &[0, 1, 5, 24, 56, 57])],
                handle: if rng.bool() { Some(handle) } else { None },
                target: if rng.u32(0..4) != 0 { Some(target(rng).into()) } else { None },
                flags: pick(rng, &[0, 7, 0x1_2345]),
                channel: pick(rng, &[0, 0x2_3456]),
                pid: name,
            },
            68..74 => Call::MailboxRecv { handle, max: pick(rng, &[512, 512, 2]), pid: name },
            74..76 => Call::MailboxPeek { handle, pid: name },
            76..79 => Call::MailboxTap { handle, enable: rng.u32(0..4) != 0, pid: name },
            79..81 => Call::MailboxStdio {
                stream: pick(rng, &[Stream::In, Stream::Out, Stream::Err]),
                mode: pick(rng, &[0, 3, 0xB, 1]),
                update: rng.u32(0..3) != 0,
            },
            81..84 => Call::ValGet { oid: of, pid: perhaps },
            84..90 => Call::ValSet { oid: of, f16: pick(rng, &FLOATS), pid: perhaps },
            90..92 => Call::ValList { pid: perhaps, group },
            92..94 => Call::CmdList { pid: perhaps, group },
            _ => Call::CmdCall { oid: of, pid: perhaps, r#async: rng.u32(0..3) == 0 },
        };
        self.calls.push(call);
    }
}
