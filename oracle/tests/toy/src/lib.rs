//! The toy subject: a register of 8 bits and two instructions, `i` (add one) and `d` (subtract one).

use oracle::subject::*;
use oracle::suite::{AsInProtocol, Written, Yaml};
use oracle::{Answer, Machine, Profile, Role, Subject, capabilities};
use serde::{Deserialize, Serialize};

/// The subject, and at once everything that it can do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Toy;

/// The instructions to run, and the register: before them, and after as many of them as `code` has in an outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "said above")]
pub struct Toys {
    pub code: String,
    pub a: u8,
}

impl Cases for Toy {
    const NAME: &'static str = "toy";
    const PROFILES: &'static [Profile] =
        &[Profile::new("wraps", "255 and one more is 0."), Profile::new("stays", "255 and one more is 255.")];
    type Case = Toys;
    type Outcome = Toys;

    fn check_case(case: &Toys) -> Result<(), String> {
        let bad = case.code.chars().find(|letter| !"id".contains(*letter));
        bad.map_or(Ok(()), |letter| Err(format!("code: `{letter}` is no instruction")))
    }
    fn check_outcome(case: &Toys, end: &Toys) -> Result<(), String> {
        if end.code == case.code { Ok(()) } else { Err("code: not that of the case".into()) }
    }
    fn start(case: &Toys) -> State {
        State {
            fields: vec![Field { path: Path::of("a"), value: Value::Word { value: case.a.into(), bits: 8 } }],
        }
    }
    fn end(_: &Toys, end: &Toys) -> State {
        Toy::start(end)
    }
    fn topics(case: &Toys) -> Vec<&'static str> {
        let topics: Vec<_> = case.code.chars().map(|it| if it == 'd' { "dec" } else { "inc" }).collect();
        if topics.is_empty() { vec!["inc"] } else { topics }
    }
    fn all_topics() -> Vec<&'static str> {
        vec!["inc", "dec"]
    }
    fn listing(case: &Toys) -> String {
        format!("a = {}: {}\n", case.a, case.code)
    }
}

impl Subject for Toy {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        vec![(Role::Native, Box::new(Runner("rust"))), (Role::Model, Box::new(Runner("model")))]
    }
    capabilities!(Toy => steps: Steps<Self>, generates: Generates<Self>, watched: Watched<Self>, ledgered: Ledgered<Self>);
    capabilities!(Yaml(AsInProtocol) => written: Written<Self>);
}

fn run(stays: bool, case: &Toys) -> Toys {
    let step = |a: u8, letter| match (letter, stays) {
        ('i', false) => a.wrapping_add(1),
        ('i', true) => a.saturating_add(1),
        (_, false) => a.wrapping_sub(1),
        (_, true) => a.saturating_sub(1),
    };
    Toys { a: case.code.chars().fold(case.a, step), code: case.code.clone() }
}

struct Runner(&'static str);

impl Machine<Toy> for Runner {
    fn name(&self) -> &str {
        self.0
    }
    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }
    fn run(&mut self, profile: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        cases.iter().map(|case| Answer::Outcome(run(profile.name() == "stays", case))).collect()
    }
}

impl Switched<Toy> for Runner {
    fn run(&mut self, profile: Profile, flipped: &[usize], case: &Toys) -> Option<Toys> {
        Some(run((profile.name() == "stays") != (flipped == [0]), case))
    }
}

impl Ledgered<Toy> for Toy {
    fn switches(&self) -> Vec<Switch> {
        vec![Switch { row: "T1", name: "stays" }]
    }
    fn machine(&self) -> Box<dyn Switched<Toy>> {
        Box::new(Runner("rust"))
    }
}

impl Steps<Toy> for Toy {
    fn count(&self, case: &Toys) -> u32 {
        case.code.len().max(1) as u32
    }
    fn first(&self, case: &Toys, steps: u32) -> Toys {
        Toys { code: case.code.chars().take(steps as usize).collect(), a: case.a }
    }
    fn next(&self, case: &Toys, end: &Toys) -> Option<Toys> {
        Some(Toys { code: case.code.chars().skip(end.code.len()).take(1).collect(), a: end.a })
    }
    fn topic(&self, case: &Toys, before: Option<&Toys>) -> &'static str {
        Toy::topics(case).into_iter().nth(before.map_or(0, |end| end.code.len())).unwrap_or("inc")
    }
}

impl Generates<Toy> for Toy {
    fn sweep(&self) -> Box<dyn Iterator<Item = Toys> + Send> {
        let of = |code: &'static str| (0..=255).map(move |a| Toys { code: code.into(), a });
        Box::new(["i", "d", "id", "ddi"].into_iter().flat_map(of))
    }
    fn random(&self, seed: u64) -> Draw<Toy> {
        Box::new(move |index| {
            let mix = (seed ^ index).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let letter = |at: u64| if mix >> at & 1 == 0 { 'i' } else { 'd' };
            ("program", Toys { code: (0..=mix >> 60).map(letter).collect(), a: (mix >> 40) as u8 })
        })
    }
}

impl Watched<Toy> for Toy {
    fn groups(&self) -> Vec<&'static str> {
        vec!["range"]
    }
    fn rows(&self, _: Profile) -> Vec<PointRow> {
        let point = |number, name| Point { number, name, group: "range" };
        let row =
            |topic, at| PointRow { topic, points: vec![point(at, "inside"), point(at + 1, "at-the-end")] };
        vec![row("inc", 0), row("dec", 2)]
    }
    fn watcher(&self, _: Profile) -> Box<dyn Watcher<Toy>> {
        Box::new(Toy)
    }
}

impl Watcher<Toy> for Toy {
    fn watch(&mut self, case: &Toys, hits: &mut Hits<'_>) {
        for (letter, step) in case.code.chars().zip(1..) {
            let before = run(true, &self.first(case, step - 1)).a;
            hits(step, 2 * usize::from(letter == 'd') + usize::from(matches!(before, 0 | 255)));
        }
    }
}
