//! CONC images as cases, whole and damaged.

use cockpit::{Head, Plan, Program, asm, conc};
use oracle::subject::Images;
use vectors_cockpit::{Case, Cockpit, Stop, execute};

/// The image of a program.
fn image(source: &str) -> Vec<u8> {
    let source = asm::assemble(source).unwrap();
    let strings: Vec<&[u8]> = source.strings.iter().map(Vec::as_slice).collect();
    conc::write(Program { code: &source.code, strings: &strings }).unwrap()
}

fn cases(file: &[u8]) -> Result<Vec<Case>, String> {
    Cockpit.cases(file)
}

const GREETING: &str = "PUSH 5\nPUSH 1\nPRINTF text\nHALT\ntext: .string \"n = %d\"";

#[test]
fn an_image_that_both_profiles_read_alike_is_one_case() {
    let found = cases(&image(GREETING)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].words().len(), &found[0].strings[..]), (4, &["n = %d".to_owned()][..]));
    assert_eq!(execute(Head, &found[0]).stop, Stop::Halt {});
}

/// In head `PUSH 0` before an opcode that is the code of a character is taken for a string, and cuts the program short.
#[test]
fn an_image_that_the_profiles_read_differently_is_two_cases() {
    let found = cases(&image(&format!("PUSH 9\nPUSH 1\nPUSH 0\nEQ\n{GREETING}"))).unwrap();
    let sizes: Vec<usize> = found.iter().map(|case| case.words().len()).collect();
    assert_eq!(sizes, [2, 8], "head sees two instructions, plan all");
}

#[test]
fn without_strings_head_refuses_and_plan_does_not() {
    let bytes = image("PUSH 1\nHALT");
    assert_eq!(conc::read(&bytes, Head).unwrap_err().defect.name(), "no_string_table");
    assert_eq!(cases(&bytes).unwrap().len(), 1);
    assert_eq!(conc::read(&bytes, Plan).unwrap().program().code.len(), 2);
}

#[test]
fn every_truncation_and_every_other_byte_is_refused_or_read() {
    let whole = image(GREETING);
    for length in 0..whole.len() {
        assert!(cases(&whole[..length]).is_err(), "{length} bytes of {}", whole.len());
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let is_same = damaged == whole;
            // The number of instructions and of strings in the first header are not covered by the CRC, and head looks at
            // no more than that there are instructions.
            let is_uncovered = (8..14).contains(&at);
            let read = cases(&damaged);
            assert!(read.is_ok() == is_same || is_uncovered, "byte {at} is {value}: {read:?}");
            conc::seal(&mut damaged);
            for case in cases(&damaged).into_iter().flatten() {
                execute(Head, &Case { max_steps: 1000, ..case.clone() });
                execute(Plan, &Case { max_steps: 1000, ..case });
            }
        }
    }
}

#[test]
fn other_files_are_none_of_its_business() {
    assert!(Cockpit.is_kind(&image("HALT")));
    assert!(!Cockpit.is_kind(b"HSXE") && !Cockpit.is_kind(b""));
}
