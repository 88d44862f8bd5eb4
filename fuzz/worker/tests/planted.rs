//! Planted bugs are found by fuzzing, explained by the smallest case that shows them, and written as one vector.

use std::fs;
use std::path::{Path, PathBuf};

use fuzz_targets::explain::Explainer;
use fuzz_targets::finding::Explained;
use fuzz_targets::harness::Harness;
use fuzz_targets::promote::promote;
use fuzz_targets::{Fuzzing, Of};
use oracle::fuzz::{Cause, ModelUse, Rng, mutation};
use oracle::project::Project;
use oracle::random::pick;
use oracle::subject::*;
use oracle::suite::{AsInProtocol, Written, Yaml};
use oracle::{Answer, Machine, Origin, Role, capabilities};
use toy::{Toy, Toys};
use vectors_minivm::MiniVm;

/// The toy, whose native machine does not go round at its upper end.
#[derive(Clone, Copy, Debug, Default)]
struct Broken;

struct Stuck;

impl Machine<Broken> for Stuck {
    fn name(&self) -> &str {
        "rust"
    }

    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        let goes_round = profile == Toy::PROFILES[0];
        let step = |a: u8, letter| match letter {
            'i' => a.saturating_add(1),
            _ if goes_round => a.wrapping_sub(1),
            _ => a.saturating_sub(1),
        };
        let run = |case: &Toys| {
            Answer::Outcome(Toys { a: case.code.chars().fold(case.a, step), code: case.code.clone() })
        };
        cases.iter().map(run).collect()
    }
}

/// The machine of the toy as one of [`Broken`]: cases and outcomes are the same.
struct Sound(Box<dyn Machine<Toy>>);

impl Machine<Broken> for Sound {
    fn name(&self) -> &str {
        "model"
    }

    fn profiles(&self) -> &[Profile] {
        Toy::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Toys]) -> Vec<Answer<Toys>> {
        Machine::<Toy>::run(&mut *self.0, profile, cases)
    }
}

impl Cases for Broken {
    const NAME: &'static str = "toy";
    const PROFILES: &'static [Profile] = Toy::PROFILES;
    type Case = Toys;
    type Outcome = Toys;

    fn check_case(case: &Toys) -> Result<(), String> {
        Toy::check_case(case)
    }

    fn check_outcome(case: &Toys, outcome: &Toys) -> Result<(), String> {
        Toy::check_outcome(case, outcome)
    }

    fn start(case: &Toys) -> State {
        Toy::start(case)
    }

    fn end(case: &Toys, outcome: &Toys) -> State {
        Toy::end(case, outcome)
    }

    fn topics(case: &Toys) -> Vec<&'static str> {
        Toy::topics(case)
    }

    fn all_topics() -> Vec<&'static str> {
        Toy::all_topics()
    }

    fn listing(case: &Toys) -> String {
        Toy::listing(case)
    }
}

impl Subject for Broken {
    fn machines() -> Vec<(Role, Box<dyn Machine<Self>>)> {
        let sound = oracle::subject::native::<Toy>().expect("the toy has one");
        vec![(Role::Native, Box::new(Stuck)), (Role::Model, Box::new(Sound(sound)))]
    }

    capabilities!(Broken => steps: Steps<Self>, generates: Generates<Self>);
    capabilities!(Yaml(AsInProtocol) => written: Written<Self>);
}

impl Steps<Broken> for Broken {
    fn count(&self, case: &Toys) -> u32 {
        Toy.count(case)
    }

    fn first(&self, case: &Toys, steps: u32) -> Toys {
        Toy.first(case, steps)
    }

    fn next(&self, case: &Toys, outcome: &Toys) -> Option<Toys> {
        Toy.next(case, outcome)
    }

    fn topic(&self, case: &Toys, before: Option<&Toys>) -> &'static str {
        Steps::topic(&Toy, case, before)
    }
}

impl Generates<Broken> for Broken {
    fn sweep(&self) -> Box<dyn Iterator<Item = Toys> + Send> {
        Toy.sweep()
    }

    fn random(&self, seed: u64) -> Draw<Broken> {
        Toy.random(seed)
    }
}

/// A copy of this checkout, as far as fuzzing reads it, with its own copy of the models.
fn copied(name: &str) -> (Project, PathBuf) {
    let here = Project::find().unwrap();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    for folder in ["vectors", "oracle/python", "xtask"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("xtask/Cargo.toml"), "").unwrap();
    copy(&here.subject("minivm"), &root.join("vectors/minivm"));
    for file in ["counting.yaml", "ledger.yaml"] {
        let place = root.join("vectors/toy");
        fs::create_dir_all(&place).unwrap();
        fs::copy(here.root().join("oracle/tests/toy").join(file), place.join(file)).unwrap();
    }
    copy(&here.python(), &root.join("oracle/python"));
    (Project::at(&root).unwrap(), root)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, place).unwrap();
        }
    }
}

/// Fuzzes with a fixed seed until a few inputs have shown something, and explains these.
fn explained(fuzzing: &Fuzzing, target: &str) -> Vec<Explained> {
    let mut harness = Harness::find(fuzzing, target, ModelUse::Always).unwrap();
    let seeds = harness.target().seeds(&fuzzing.project).unwrap();
    let mut rng = Rng::with_seed(1);
    let mut failing = Vec::new();
    for _ in 0..20_000 {
        let mut input = pick(&mut rng, &seeds);
        let mut bytes = rng.fork();
        harness.target().mutate(&mut input, &mut rng, &mut |it| mutation::bytes(&mut bytes, it));
        if harness.run(&input).is_err() {
            failing.push(input);
        }
        if failing.len() == 5 {
            break;
        }
    }
    let failures = fuzzing.project.root().join("failures");
    let mut found = Vec::new();
    let mut explainer = Explainer::new(fuzzing, target, &failures, "seed 1").unwrap();
    explainer.explain(&failing, &mut |explained| found.push(explained.clone())).unwrap();
    // A session counts findings of one cause together.
    found.sort_by(|a, b| a.cause.cmp(&b.cause));
    found.dedup_by(|a, b| a.cause == b.cause);
    found
}

#[test]
fn a_bug_of_the_toy_is_explained_by_one_instruction() {
    let (project, _) = copied("planted toy");
    let fuzzing = Fuzzing { project, subjects: vec![&Of::<Broken>::NEW] };
    let found = explained(&fuzzing, "cases");
    let [Explained { cause, finding }] = &found[..] else { panic!("{found:#?}") };
    assert_eq!(*cause, Cause { topic: "inc".into(), field: "a".into() });
    assert_eq!(finding.lane.to_string(), "fuzz/cases");
    assert!(
        matches!(&finding.origin, Origin::Found { name } if finding.file == format!("failures/{name}.yaml"))
    );
    assert_eq!((finding.listing.as_str(), finding.profile.as_str()), ("a = 255: i\n", "wraps"));
    let [difference] = &finding.differences[..] else { panic!("{:?}", finding.differences) };
    assert_eq!((difference.expected_text().as_str(), difference.got_text().as_str()), ("0x0", "0xff"));
    assert!(finding.vector.contains("Found by seed 1."), "{}", finding.vector);
}

/// Division forgets the sign of its quotient, in the copy of the model: that the two differ, and how, is the same if the
/// native machine is wrong.
fn plant(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let planted = text.replace("-quotient if a >> 31 != b >> 31 else quotient", "quotient");
    assert_ne!(text, planted, "the place of the bug has changed");
    fs::write(file, planted).unwrap();
}

#[test]
fn a_bug_of_an_instruction_is_explained_by_one_vector() {
    let (project, root) = copied("planted instruction");
    plant(&root.join("oracle/python/minivm_model/alu.py"));
    let fuzzing = Fuzzing { project, subjects: vec![&Of::<MiniVm>::NEW] };
    for target in ["step", "lockstep", "cases"] {
        let found = explained(&fuzzing, target);
        let [Explained { cause, finding }] = &found[..] else { panic!("{target}: {found:#?}") };
        assert_eq!(*cause, Cause { topic: "DIV".into(), field: "r*".into() }, "{target}");
        assert_eq!(finding.lane.to_string(), format!("fuzz/{target}"));
        let file = root.join(&finding.file);
        let suite = MiniVm::written().unwrap().load(&file).unwrap();
        let [vector] = &suite.vectors[..] else { panic!("one vector") };
        assert_eq!((vector.case.code.len(), vector.case.max_steps), (4, 1), "{}", finding.listing);
        assert!(vector.note.starts_with("DIV: r*: "), "{}", vector.note);
        let place = promote(&fuzzing, &file, Some(&format!("div-by-{target}"))).unwrap();
        assert!(place.starts_with(fuzzing.project.subject("minivm").join("regressions")));
    }
}
