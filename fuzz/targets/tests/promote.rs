//! A finding becomes a regression: at its place, under its name, saying the same as before.

use std::fs;
use std::path::{Path, PathBuf};

use fuzzing::hexfile::HexFile;
use fuzzing::promote::promote;
use minivm::hxe::ImageParts;
use oracle::Answer;
use oracle::machine::run_one;
use oracle::native::Native;
use vectors::hxe::{self, Hxe};
use vectors::minivm::{Case, MiniVm};
use vectors::{Profile, Suite};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn outcome_of<S: Native>(case: &S::Case) -> S::Outcome {
    match run_one::<S>(&mut *S::machine(), Profile::Strict, case) {
        Answer::Outcome(outcome) => outcome,
        _ => panic!("the machine has an outcome"),
    }
}

/// A vector file as a run writes it.
fn found<S: Native>(folder: &Path, case: &S::Case) -> PathBuf {
    let file = folder.join("step-adc-psw-v-01234567.yaml");
    let (note, outcome) = ("ADC: psw.V. Found by seed 1.", outcome_of::<S>(case));
    let text = S::write_vector("step-adc", note, case, Profile::Strict, &outcome);
    fs::write(&file, text).unwrap();
    file
}

fn promoted<S: Native>(folder: &Path, case: &S::Case) {
    let file = found::<S>(folder, case);
    let place = promote(&file, Some("adc-keeps-v"), folder).unwrap();
    assert_eq!(place, folder.join("vectors").join(S::NAME).join("regressions/adc-keeps-v.yaml"));
    assert!(!file.exists(), "it is moved");
    let suite = Suite::<S>::load(&place).unwrap();
    let [vector] = &suite.vectors[..] else { panic!("one vector") };
    assert_eq!((vector.name.as_str(), &vector.case), ("adc-keeps-v", case));
    assert!(vector.note.contains("seed 1"), "it still says where it comes from");
    assert!(vector.runs_in(Profile::Strict) && !vector.runs_in(Profile::Reference));
    assert_eq!(vector.expected[0].outcome, outcome_of::<S>(case));

    let again = found::<S>(folder, case);
    let complaint = promote(&again, Some("adc-keeps-v"), folder).unwrap_err();
    assert!(complaint.ends_with("is there already: choose another --name"), "{complaint}");
    assert!(again.exists(), "nothing is lost");
}

#[test]
fn a_case_becomes_a_vector_of_its_subject() {
    promoted::<MiniVm>(&folder("minivm"), &Case::of_words(&[0x3412_3000]));
    let promoted_image =
        |name, image| promoted::<Hxe>(&folder(name), &hxe::Case { image, chunks: vec![1, 2] });
    promoted_image("rejected image", b"HSXE".to_vec());
    promoted_image(
        "accepted image",
        minivm::hxe::write(&ImageParts { code: vec![1; 8], ..Default::default() }),
    );
}

#[test]
fn bytes_become_an_input_of_their_target() {
    let folder = folder("bytes");
    let file = folder.join("found.hex");
    let input = HexFile { target: "assembler".into(), description: vec!["a law".into()], bytes: vec![1, 2] };
    fs::write(&file, input.text()).unwrap();
    let place = promote(&file, None, &folder).unwrap();
    assert_eq!(place, folder.join("fuzz/regressions/assembler/found.hex"));
    assert_eq!(HexFile::load(&place), Ok(input));
}

#[test]
fn what_is_no_finding_stays_where_it_is() {
    let folder = folder("refused");
    let refused = |name: &str, text: &str, wanted: Option<&str>| {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        let complaint = promote(&file, wanted, &folder).unwrap_err();
        assert!(file.exists());
        complaint.replace(&format!("{}/", folder.display()), "")
    };
    assert_eq!(
        refused("a.hex", "# target: step\n00", Some("A b")),
        "`A b`: a name has lower-case letters, digits and hyphens"
    );
    assert_eq!(refused("a.hex", "# target: nobody\n00", None), "a.hex: there is no target `nobody`");
    assert_eq!(refused("a.hex", "zz", None), "a.hex:1: no lower-case hex digit at offset 0");
    assert_eq!(refused("a.txt", "", None), "a.txt: a .yaml or a .hex file is wanted");
    assert!(refused("a.yaml", "vectors: [", None).starts_with("a.yaml:1:"));
    assert_eq!(
        refused("a.yaml", "rules: {}\nvectors: []", None),
        "a.yaml: one vector is wanted, 0 are there"
    );
    let open =
        "rules: {r: One.}\nvectors: [{name: a, rule: r, only: strict, image: {code: RET}, expect: accepted}]";
    assert_eq!(
        refused("hxe.yaml", open, None),
        "hxe.yaml: it leaves fields open, which only vectors written by hand do"
    );
}
