//! A finding becomes a regression: at its place, under its name, saying the same as before.

use std::fs;
use std::path::{Path, PathBuf};

use fuzz_targets::hexfile::HexFile;
use fuzz_targets::promote::promote;
use fuzz_targets::{Fuzzing, Of};
use oracle::machine::run_one;
use oracle::project::Project;
use oracle::subject::{Profile, Subject};
use oracle::suite::{Found, OF_ORACLE};
use toy::{Toy, Toys};
use vectors_hxe::Hxe;
use vectors_minivm::{Case, MiniVm};

/// An empty checkout.
fn checkout(name: &str) -> Fuzzing {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&root);
    for folder in ["vectors", "oracle/python", "xtask"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("xtask/Cargo.toml"), "").unwrap();
    let project = Project::at(&root).unwrap();
    Fuzzing { project, subjects: vec![&Of::<MiniVm>::NEW, &Of::<Toy>::NEW, &Of::<Hxe>::NEW] }
}

fn outcome_of<S: Subject>(profile: Profile, case: &S::Case) -> S::Outcome {
    let mut machine = oracle::subject::native::<S>().unwrap();
    run_one::<S>(&mut *machine, profile, case).outcome().unwrap().clone()
}

/// A vector file as a run writes it.
fn found<S: Subject>(folder: &Path, case: &S::Case) -> PathBuf {
    let file = folder.join("step-adc-psw-v-01234567.yaml");
    let profile = S::PROFILES[1];
    let outcome = &outcome_of::<S>(profile, case);
    let found = Found {
        name: "step-adc",
        rule: OF_ORACLE,
        note: "ADC: psw.V. Found by seed 1.",
        case,
        profile,
        outcome,
    };
    fs::write(&file, S::written().unwrap().write(&[found])).unwrap();
    file
}

fn promoted<S: Subject>(name: &str, case: &S::Case) {
    let fuzzing = checkout(name);
    let root = fuzzing.project.root();
    let file = found::<S>(root, case);
    let place = promote(&fuzzing, &file, Some("adc-keeps-v")).unwrap();
    assert_eq!(place, root.join("vectors").join(S::NAME).join("regressions/adc-keeps-v.yaml"));
    assert!(!file.exists(), "it is moved");
    let suite = S::written().unwrap().load(&place).unwrap();
    let [vector] = &suite.vectors[..] else { panic!("one vector") };
    assert_eq!((vector.name.as_str(), &vector.case), ("adc-keeps-v", case));
    assert!(vector.note.contains("seed 1"), "it still says where it comes from");
    let expectation = vector.expected.first().unwrap();
    assert_eq!(expectation.profile, S::PROFILES[1]);
    assert_eq!(expectation.outcome, outcome_of::<S>(S::PROFILES[1], case));

    let again = found::<S>(root, case);
    let complaint = promote(&fuzzing, &again, Some("adc-keeps-v")).unwrap_err();
    assert!(complaint.ends_with("already: choose another --name"), "{complaint}");
    assert!(again.exists(), "nothing is lost");
}

#[test]
fn a_case_becomes_a_vector_of_the_subject_that_can_read_it() {
    promoted::<MiniVm>("an instruction", &Case::of_words(&[0x1012_3000]));
    promoted::<Toy>("a toy", &Toys { code: "idi".into(), a: 254 });
    let images = vectors_hxe::sweep::cases().filter(|case| case.image.len() < 200);
    for (number, case) in (0..).zip(images.step_by(500)) {
        promoted::<Hxe>(&format!("image {number}"), &case);
    }
}

#[test]
fn bytes_become_an_input_of_their_target() {
    let fuzzing = checkout("bytes");
    let file = fuzzing.project.root().join("found.hex");
    let input = HexFile { target: "assembler".into(), description: vec!["a law".into()], bytes: vec![1, 2] };
    fs::write(&file, input.text()).unwrap();
    let place = promote(&fuzzing, &file, None).unwrap();
    assert_eq!(place, fuzzing.project.root().join("fuzz/regressions/assembler/found.hex"));
    assert_eq!(HexFile::load(&place), Ok(input));
}

#[test]
fn what_is_no_finding_stays_where_it_is() {
    let fuzzing = checkout("refused");
    let folder = fuzzing.project.root();
    let refused = |name: &str, text: &str, wanted: Option<&str>| {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        let complaint = promote(&fuzzing, &file, wanted).unwrap_err();
        assert!(file.exists());
        complaint.replace(&format!("{}/", folder.display()), "")
    };
    assert_eq!(
        refused("a.hex", "# target: step\n00", Some("A b")),
        "`A b`: a name has lower-case letters, digits and hyphens"
    );
    let nobody = refused("a.hex", "# target: nobody\n00", None);
    assert!(nobody.starts_with("a.hex: there is no target `nobody`, only "), "{nobody}");
    assert_eq!(refused("a.hex", "zz", None), "a.hex:1: no lower-case hex digit at offset 0");
    assert_eq!(refused("a.txt", "", None), "a.txt: a .yaml or a .hex file is wanted");
    assert!(refused("a.yaml", "vectors: [", None).starts_with("a.yaml:1:"));
    assert_eq!(
        refused("a.yaml", "rules: {}\nvectors: []", None),
        "a.yaml: there is no rule and no vector in it\n"
    );
    let two = "rules: {r: One.}\nvectors:\n\
               - {name: a, rule: r, case: {code: i, a: 1}, expect: {code: i, a: 2}}\n\
               - {name: b, rule: r, case: {code: i, a: 2}, expect: {code: i, a: 3}}\n";
    assert_eq!(
        refused("two.yaml", two, None),
        "two.yaml: one vector is wanted, 2 are there: what it takes several cases to show is no regression, but can be replayed"
    );
    let open =
        "rules: {r: One.}\nvectors: [{name: a, rule: r, only: strict, image: {code: RET}, expect: accepted}]";
    assert_eq!(
        refused("open.yaml", open, None),
        "open.yaml: it leaves fields open, which only vectors written by hand do"
    );
    let both = "rules: {r: One.}\nvectors: [{name: a, rule: r, case: {code: i, a: 255}, expect: {code: i, a: 0}, \
                stays: {code: i, a: 255}}]";
    assert_eq!(
        refused("both.yaml", both, None),
        "both.yaml: it expects different things in several profiles"
    );
    let same = both
        .replace("a: 255", "a: 7")
        .replace("a: 0", "a: 8")
        .replace("stays: {code: i, a: 7}", "stays: {code: i, a: 8}");
    assert_eq!(
        refused("same.yaml", &same, None),
        "same.yaml: it expects something in several profiles, and not all of them are derived from `wraps`"
    );
    // Only one of the subjects reads the first lines; it is its complaint that helps.
    let wrong = "rules:\n  r: One.\nvectors:\n  - name: a\n    rule: r\n    only: strict\n    case: {code: x, a: 1}\n";
    let complaint = refused("wrong.yaml", wrong, None);
    assert!(complaint.starts_with("wrong.yaml:"), "{complaint}");
}

#[test]
fn a_name_that_the_suite_has_is_refused_before_anything_moves() {
    let fuzzing = checkout("taken");
    let root = fuzzing.project.root();
    let case = Case { code: vec![0; 4], max_steps: 1, ..Case::default() };
    let first = found::<MiniVm>(root, &case);
    fs::rename(promote(&fuzzing, &first, Some("taken")).unwrap(), root.join("vectors/minivm/own.yaml"))
        .unwrap();
    let second = found::<MiniVm>(root, &case);
    let refused = promote(&fuzzing, &second, Some("taken")).unwrap_err();
    assert!(refused.ends_with("minivm has a vector `taken` already: choose another --name"), "{refused}");
    assert!(second.exists() && !root.join("vectors/minivm/regressions/taken.yaml").exists());
}
