//! Assembly text in and out.

use minivm::asm::{Program, assemble};
use minivm::disasm::Disassembly;
use minivm::{Instruction, Opcode};
use proptest::prelude::*;

fn words(source: &str) -> Vec<u32> {
    let program = assemble(source).unwrap_or_else(|error| panic!("{error} in {source}"));
    program.code.chunks(4).map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap())).collect()
}

fn error(source: &str) -> String {
    assemble(source).expect_err(source).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Words are drawn so that most have a legal opcode byte; illegal ones come often enough.
    #[test]
    fn every_word_survives_text(op in prop::sample::select(Opcode::ALL), any_op: u8, legal in prop::bool::weighted(0.9),
                                operands: u32, mask in prop::sample::select(vec![0x00FF_FFFF, 0x00FF_F000, 0xFFF, 0]),
                                literal: Option<u32>) {
        let byte = if legal { op as u8 } else { any_op };
        let word = u32::from(byte) << 24 | operands & mask;
        let text = Disassembly { word, literal }.to_string();
        let assembled = words(&text);
        prop_assert_eq!(assembled[0], word, "{}", text);
        let takes_literal = text.starts_with("LDI32");
        prop_assert_eq!(assembled.get(1).copied(), literal.filter(|_| takes_literal), "{}", text);
    }

    #[test]
    fn no_text_makes_the_assembler_panic(source in "[A-Z0-9rR\\[\\]+,.:;'\"\\\\xl( )=\\n-]{0,80}") {
        let _ = assemble(&source);
    }
}

#[test]
fn each_opcode_reads_as_its_canonical_text() {
    let listing: Vec<String> = Opcode::ALL
        .iter()
        .map(|&op| {
            let word = Instruction::decode((op as u32) << 24 | 0x12_3804).unwrap();
            let word = word.encode() & op.operands().used_bits();
            let text = Disassembly { word, literal: Some(0xCAFE) }.to_string();
            format!("{word:08X} {text}")
        })
        .collect();
    let expected = "\
01100804 LDI R1, -2044
02120804 LD R1, [R2-2044]
03023804 ST [R2-2044], R3
04120000 MOV R1, R2
06120804 LDB R1, [R2-2044]
07120804 LDH R1, [R2-2044]
08023804 STB [R2-2044], R3
09023804 STH [R2-2044], R3
10123000 ADD R1, R2, R3
11123000 SUB R1, R2, R3
12123000 MUL R1, R2, R3
13123000 DIV R1, R2, R3
14123000 AND R1, R2, R3
15123000 OR R1, R2, R3
16123000 XOR R1, R2, R3
17120000 NOT R1, R2
20023000 CMP R2, R3
21000804 JMP 0x804
22000804 JZ 0x804
23000804 JNZ 0x804
24020804 CALL R2, -2044
25000000 RET
30000804 SVC MOD=8 FN=4
31123000 LSL R1, R2, R3
32123000 LSR R1, R2, R3
33123000 ASR R1, R2, R3
34123000 ADC R1, R2, R3
35123000 SBC R1, R2, R3
40020000 PUSH R2
41100000 POP R1
50123000 FADD R1, R2, R3
51123000 FSUB R1, R2, R3
52123000 FMUL R1, R2, R3
53123000 FDIV R1, R2, R3
54120000 I2F R1, R2
55120000 F2I R1, R2
60100000 LDI32 R1, 0xCAFE
7F000004 BRK 4";
    assert_eq!(listing.join("\n"), expected);
}

#[test]
fn operands_come_in_the_forms_of_the_reference_s_assembler() {
    assert_eq!(words("ld r1, [R2+4]\nLD R1 [R2 + 0x4]\nLD R1,[R2]"), [0x0212_0004, 0x0212_0004, 0x0212_0000]);
    assert_eq!(words("LDI R1, 'A' ; a comment with 'quotes'\nLDI R1, -0x10"), [0x0110_0041, 0x0110_0FF0]);
    assert_eq!(words("SVC MOD=1 FN=2\nSVC FN=0x2, MOD=1\nSVC 0x102"), [0x3000_0102; 3]);
    assert_eq!(words("BRK\nBRK 0b11"), [0x7F00_0000, 0x7F00_0003]);
    assert_eq!(words(".word 0xDEADBEEF, -1, 7"), [0xDEAD_BEEF, 0xFFFF_FFFF, 7]);
}

#[test]
fn labels_reach_forwards_and_backwards() {
    let source = "start: CALL f\n JMP start\nf:\n CALL R3, 2\n JNZ f\n LDI32 R1, f\n LDI R2, lo16(text)\n RET\n.data\n.zero 6\ntext: .byte 1";
    assert!(error(source).ends_with("16390 does not fit 12 bits: -2048 to 2047"));
    let source = source.replace("lo16", "off16");
    assert_eq!(
        words(&source),
        [0x2400_0002, 0x2100_0000, 0x2403_0002, 0x2300_0008, 0x6010_0000, 8, 0x0120_0006, 0x2500_0000]
    );
}

#[test]
fn sections_hold_what_their_directives_say() {
    let source = "
        .data
        bytes:  .byte 1, -1, 'x', \"yz\"
                .align 4
        halves: .half 0x1234, -2
        words:  .word words, hi16(words)
                .asciz \"a;b\\n\\x41\\\"\"
        .text
                .org 8
                .entry main
                RET
        main:   LDI32 R1, words";
    let Program { code, rodata, entry, labels, instructions, last } = assemble(source).unwrap();
    assert_eq!(rodata, b"\x01\xFFxyz\0\0\0\x34\x12\xFE\xFF\x0C\x40\0\0\0\0\0\0a;b\nA\"\0");
    assert_eq!(code[8..], [0x25, 0, 0, 0, 0x60, 0x10, 0, 0, 0, 0, 0x40, 0x0C]);
    assert_eq!((entry, labels["words"], instructions, last), (12, 0x400C, 2, 12));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let cases = [
        ("NOP", "1:1: unknown mnemonic"),
        ("RET\n  ADD R1, R2", "2:3: ADD takes other operands: Rd, Rs1, Rs2"),
        ("ADD R1, R2, R16", "1:13: a register R0 to R15 is wanted here"),
        ("MOV R01, R2", "1:5: a register R0 to R15 is wanted here"),
        ("LDI R1, 2048", "1:9: 2048 does not fit 12 bits: -2048 to 2047"),
        ("LDI R1, 0x1FFFFFFFF", "1:9: neither a number nor a label"),
        ("LDI32 R1, 0x+1", "1:11: neither a number nor a label"),
        ("JMP 4096", "1:5: 4096 is out of range, which is 0 to 4095"),
        ("JMP nowhere", "1:5: this label is not defined"),
        ("JMP -4", "1:5: -4 is out of range, which is 0 to 4095"),
        ("LD R1, R2", "1:8: a memory operand [Rn+offset] is wanted here"),
        ("LD R1, [R2+4", "1:4: a bracket is not closed"),
        ("LD R1, R2]", "1:10: this bracket was never opened"),
        ("CALL R0, 2", "1:6: R0 is no base: the field 0 means pc"),
        ("SVC 0x01, 0x01", "1:5: MOD=m or FN=f is wanted here"),
        ("SVC MOD=1 MOD=2", "1:11: given twice"),
        ("SVC MOD=1", "1:1: SVC takes MOD=m FN=f, or one number"),
        ("SVC MOD=16 FN=0", "1:9: 16 is out of range, which is 0 to 15"),
        ("BRK 256", "1:5: 256 is out of range, which is 0 to 255"),
        ("a: RET\na: RET", "2:1: this label is defined twice"),
        (".byte 1", "1:1: unknown directive in .text"),
        (".data\nRET", "2:1: instructions stand in .text"),
        (".data\n.word x", "2:7: this label is not defined"),
        (".data\n.asciz \"ab", "2:1: unterminated text"),
        (".data\n.ascii \"a\\q\"", "2:10: unknown escape"),
        (".data\n.zero 65537", "2:1: .zero takes 0 to 65536"),
        (".data\n.zero 65536\n.byte 1", "3:1: the section grows beyond 64 KiB"),
        (".data\n.string \"ab\"c\"", "2:1: unterminated text"),
        (".data\n.ascii \"", "2:1: unterminated text"),
        (".data\n.byte 'a', '", "2:1: unterminated text"),
        (
            ".data\n.string \"ab\"c\"d\"",
            "2:12: the text ends here, and something follows: inside a text, \\ stands before a quote",
        ),
        (
            ".data\n.ascii 'ab'c'd'",
            "2:11: the text ends here, and something follows: inside a text, \\ stands before a quote",
        ),
        (".data\n.byte '''", "2:1: unterminated text"),
        (".data\n.byte \"a\"b", "2:7: neither a number nor a label"),
        (".entry\nRET\n.entry", "3:1: the entry is given twice"),
        ("a: RET\n.entry a\nb: RET\n .entry a", "4:2: the entry is given twice"),
        ("RET\n\u{FEFF}RET", "2:1: unknown mnemonic"),
        (".org 8\n.org 4", "2:1: .org goes back, to before the code so far"),
        (".data\nx: .byte 1\n.text\nt: LDI R1, off16(t)", "4:18: off16 takes a label of the data section"),
    ];
    for (source, message) in cases {
        assert_eq!(error(source), message, "{source}");
    }
}

/// What some editors put before UTF-8 is no part of the text, and moves no place.
#[test]
fn a_byte_order_mark_at_the_start_is_passed_over() {
    assert_eq!(assemble("\u{FEFF}LDI R1, 2"), assemble("LDI R1, 2"));
    assert_eq!(error("\u{FEFF}NOP"), "1:1: unknown mnemonic");
}
