//! Shards by weight from the command line: what each starts, what they come to, and what is refused.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use common::{comparable, lockstep, place, root, text};
use oracle::report::{Report, Spent};
use rstest::rstest;

/// What is run: cases of two subjects.
const OPTIONS: [&str; 6] = ["conformance", "--quick", "--opcode", "ADD", "--cases", "400"];

/// A result in which a case of each subject has taken so many seconds.
fn weights(folder: &Path, seconds: &[(&str, f64)]) -> String {
    let spent = |&(subject, seconds): &(&str, f64)| (subject.into(), Spent { cases: 1, seconds });
    let spent: BTreeMap<String, Spent> = seconds.iter().map(spent).collect();
    let report = Report { spent, ..Report::new("conformance", None, 1) };
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("report.json"), serde_json::to_string(&report).unwrap()).unwrap();
    folder.display().to_string()
}

/// A folder with a `python3` in it that writes down what it is asked before it does it.
fn listening(place: &Path) -> PathBuf {
    let folder = place.join("listening");
    fs::create_dir_all(&folder).unwrap();
    let mut file = fs::File::options();
    let mut file = file.write(true).create_new(true).mode(0o755).open(folder.join("python3")).unwrap();
    let script = "#!/bin/sh\nPATH=${PATH#*:}\ntee -a \"$HEARD\" | python3 \"$@\"\n";
    std::io::Write::write_all(&mut file, script.as_bytes()).unwrap();
    folder
}

/// Runs it with these options too, and gives what Python was asked.
fn heard(place: &Path, options: &[&str]) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let heard = place.join("heard");
    let _none = fs::remove_file(&heard);
    let mut command = lockstep(root(), &[&OPTIONS[..], options].concat());
    command.env("PATH", format!("{}:{path}", place.join("listening").display())).env("HEARD", &heard);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    fs::read_to_string(heard).unwrap()
}

/// How many cases the lanes of each of the two subjects have.
fn cases(folder: &Path) -> [u64; 2] {
    let report = reports::stored::read(folder).unwrap().report;
    ["minivm", "cockpit"].map(|subject| {
        let of_subject = report.lanes.iter().filter(|lane| lane.subject == subject);
        of_subject.map(|lane| lane.cases).sum()
    })
}

#[test]
fn weighted_shards_are_one_run_and_start_what_they_need() {
    let place = place("weights");
    listening(&place);
    let weights_of_all = weights(&place.join("earlier"), &[("minivm", 1e-9), ("cockpit", 1.0)]);
    let [whole, shards, merged] = ["whole", "shards", "merged"].map(|name| place.join(name));
    let [to_whole, to_shards, to_merged] = [&whole, &shards, &merged].map(|path| path.to_str().unwrap());
    heard(&place, &["--report", to_whole]);
    let shard = |part: u32, weights: &str| {
        let part = format!("{part}/3");
        heard(&place, &["--report", to_shards, "--weights", weights, "--shard", &part])
    };
    let of = |part: u32| shards.join(format!("shard-{part}-of-3"));
    for part in 1..=3 {
        let heard = shard(part, &weights_of_all);
        // All of MiniVM is so little that it is in the first part.
        assert_eq!(heard.contains(r#"["minivm""#), part == 1, "shard {part} has asked for it");
        assert!(heard.contains(r#"["cockpit""#));
        let [minivm, cockpit] = cases(&of(part));
        assert!((minivm > 0) == (part == 1) && cockpit > 0, "shard {part}: {minivm} and {cockpit}");
    }
    let merge = || {
        let output =
            lockstep(root(), &["report", "--merge", to_shards, "--out", to_merged]).output().unwrap();
        (output.status.code(), text(&output))
    };
    assert_eq!(merge().0, Some(0));
    assert_eq!(comparable(&merged), comparable(&whole));
    let arguments = reports::stored::read(&merged).unwrap().report.arguments;
    assert!(!arguments.iter().any(|argument| argument == "--weights"), "{arguments:?}");

    fs::remove_dir_all(of(2)).unwrap();
    let (status, refused) = merge();
    assert_eq!(status, Some(2));
    let command = format!("--report {to_shards} --weights {weights_of_all} --shard 2/3\n");
    assert!(refused.ends_with(&command), "{refused}");

    // With other weights the second part has other cases.
    let others = weights(&place.join("other"), &[("minivm", 1.0), ("cockpit", 1.0)]);
    shard(2, &others);
    let (status, refused) = merge();
    assert_eq!(status, Some(2));
    assert!(refused.contains("the results are of different partitions into shards"), "{refused}");
    heard(&place, &["--report", to_shards, "--shard", "2/3"]);
    assert!(merge().1.contains("different partitions into shards"));
    shard(2, &weights_of_all);
    assert_eq!(merge().0, Some(0));
    assert_eq!(comparable(&merged), comparable(&whole));
}

/// `name`: of the folder, which is made only if `seconds` are given.
#[rstest]
#[case::not_there("not-there", None, "not-there", "No such file")]
#[case::of_a_subject("one", Some(&[("minivm", 1.0)][..]), "one", "what a case of cockpit takes is not said there")]
#[case::no_time("zero", Some(&[("minivm", 1.0), ("cockpit", 0.0)][..]), "zero", "what a case of cockpit takes")]
fn weights_that_say_too_little_are_refused(
    #[case] name: &str,
    #[case] seconds: Option<&[(&str, f64)]>,
    #[case] whereabouts: &str,
    #[case] why: &str,
) {
    let folder = place(&format!("weights-{name}")).join(name);
    seconds.map(|seconds| weights(&folder, seconds));
    let folder = folder.display().to_string();
    let options = ["--shard", "1/2", "--weights", &folder];
    let output = lockstep(root(), &[&OPTIONS[..], &options].concat()).output().unwrap();
    let refused = text(&output);
    assert_eq!(output.status.code(), Some(2), "{refused}");
    assert!(refused.contains(whereabouts) && refused.contains(why), "{refused}");
}

#[test]
fn weights_of_another_schema_or_without_shards_are_refused() {
    let folder = place("weights-schema");
    let path = weights(&folder, &[("minivm", 1.0), ("cockpit", 1.0)]);
    let refused = |options: &[&str]| {
        let output = lockstep(root(), &[&OPTIONS[..], options].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        text(&output)
    };
    assert!(refused(&["--weights", &path]).contains("--shard"));
    let file = folder.join("report.json");
    let changed = fs::read_to_string(&file).unwrap().replace(r#""schema":5"#, r#""schema":4"#);
    fs::write(&file, changed).unwrap();
    let why = refused(&["--weights", &path, "--shard", "1/2"]);
    assert!(why.contains("report.json: is of schema 4"), "{why}");
}
