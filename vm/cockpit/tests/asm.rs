//! Assembler and disassembler: text and words, there and back.

#![cfg(feature = "alloc")]

use cockpit::Instruction;
use cockpit::asm::{Source, assemble};
use cockpit::disasm::Disassembly;
use cockpit::instruction::Word;
use cockpit::isa::{Immediate, Opcode};
use proptest::prelude::*;

fn code(source: &str) -> Vec<Word> {
    assemble(source).unwrap_or_else(|error| panic!("{error}\n{source}")).code
}

fn error(source: &str) -> String {
    assemble(source).unwrap_err().to_string()
}

proptest! {
    #[test]
    fn assembling_undoes_disassembling(words in prop::collection::vec(any::<Word>(), 0..40)) {
        let text: Vec<String> = words.iter().map(|&word| Disassembly(word).to_string()).collect();
        prop_assert_eq!(code(&text.join("\n")), words);
    }

    #[test]
    fn disassembling_undoes_assembling(index in 0..Opcode::ALL.len(), immediate: u16) {
        let op = Opcode::ALL[index];
        let text = match op.immediate() {
            Immediate::Ignored => op.mnemonic().to_owned(),
            _ => format!("{} {immediate}", op.mnemonic()),
        };
        prop_assert_eq!(Disassembly(code(&text)[0]).to_string(), text);
    }

    #[test]
    fn strings_keep_their_bytes(bytes in prop::collection::vec(1..=255u8, 0..=127)) {
        let text: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        prop_assert_eq!(&assemble(&format!(".string \"{text}\"")).unwrap().strings, &[bytes]);
    }

    #[test]
    fn no_text_makes_the_assembler_panic(source in "(?s)(PUSH|JMP|\\.string|\\.word|[a-z0-9:;'\"\\\\x \\né-]){0,40}") {
        let _ = assemble(&source);
    }
}

#[test]
fn each_opcode_has_its_mnemonic() {
    for &op in Opcode::ALL {
        let word = Instruction::new(op, 0).encode();
        let text = Disassembly(word).to_string();
        assert!(text.starts_with(op.mnemonic()), "{text}");
        assert_eq!(code(&text.to_lowercase()), [word]);
    }
}

#[test]
fn words_that_ignore_bits_say_so() {
    assert_eq!(Disassembly([0x01, 0xFF, 5, 0]).to_string(), ".word 0x0005FF01 ; PUSH 5 with ignored bits");
    assert_eq!(Disassembly([0x03, 0, 5, 0]).to_string(), ".word 0x00050003 ; ADD with ignored bits");
    assert_eq!(Disassembly([0x0A, 0, 0, 0]).to_string(), ".word 0x0000000A ; no opcode");
}

#[test]
fn labels_name_what_is_placed_next() {
    let source = "
        start: PUSH 'A' ; a comment with 'quotes'
        hello: .string \"a;b\\n\\x41\\\"\"
        JMP end
        second:
        .string \"\"
        after: PRINTF second
        JMP_TRUE start
        CALL after
        end:";
    let Source { code, strings, labels } = assemble(source).unwrap();
    assert_eq!(code[..3], [[0x01, 0, 65, 0], [0x30, 0, 5, 0], [0x18, 0, 1, 0]]);
    assert_eq!(code[3..], [[0x31, 0, 0, 0], [0x08, 0, 2, 0]]);
    assert_eq!(strings, [&b"a;b\nA\""[..], b""]);
    let names: Vec<_> = labels.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(names, [("after", 2), ("end", 5), ("hello", 0), ("second", 1), ("start", 0)]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let long = format!(".string \"{}\"", "x".repeat(128));
    let many = ".string \"\"\n".repeat(33);
    let cases = [
        ("NOP", "1:1: unknown mnemonic"),
        (".byte 1", "1:1: unknown directive"),
        ("HALT\n  ADD 1", "2:7: ADD takes no immediate"),
        ("PUSH", "1:1: PUSH takes a number"),
        ("JMP", "1:1: JMP takes a label or the index of an instruction"),
        ("PUSH 65536", "1:6: 65536 is out of range, which is 0 to 65535"),
        ("PUSH -1", "1:6: -1 is out of range, which is 0 to 65535"),
        ("PUSH 1 2", "1:6: neither a number nor a label"),
        ("PUSH 0x+1", "1:6: neither a number nor a label"),
        ("PUSH --1", "1:6: neither a number nor a label"),
        ("PUSH 'ab'", "1:6: one character of one byte is wanted between these quotes"),
        ("JMP nowhere", "1:5: this label is not defined"),
        ("a: HALT\na: HALT", "2:1: this label is defined twice"),
        ("a:\na:", "2:1: this label is defined twice"),
        (".word 4294967296", "1:7: 4294967296 is out of range, which is 0 to 4294967295"),
        (".word", "1:1: .word takes a number of 32 bits"),
        (".string", "1:1: .string takes a quoted text"),
        (".string abc", "1:9: a text in \" is wanted here"),
        (".string \"ab", "1:9: unterminated quote"),
        (".string \"é\\q\"", "1:11: unknown escape"),
        (".string \"\\x1\"", "1:10: \\x takes two hex digits"),
        (".string \"a\\x00\"", "1:9: a string can not contain \\x00"),
        (".string \"a\" b", "1:12: nothing may follow the closing quote"),
        (&long, "1:9: a string has at most 127 bytes"),
        (&many, "33:1: a program has at most 32 strings"),
    ];
    for (source, message) in cases {
        assert_eq!(error(source), message, "{source}");
    }
}
