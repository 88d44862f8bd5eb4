//! Programs that run at every budget from 1 to 300, for interpreters that look at the budget only here and there.
//!
//! Each has its budget end in every place that there is in it: in straight code, at jumps that are taken and not, in the
//! middle of what an interpreter may take as one, in calls and returns, before and behind stops and faults, and where the
//! code ends.

use itertools::iproduct;
use minivm::asm;

use crate::case::Case;

/// The highest budget.
const MOST: u32 = 300;

/// The programs. Their number and the stride of a quick sweep have no factor in common, so that one runs them all.
const PROGRAMS: [&str; 13] = [
    // A loop, twice over, with each kind of jump.
    "LDI R1, 1
    LDI R2, 3
    outer: LDI R3, 5
    inner: ADD R4, R4, R3
    SUB R3, R3, R1
    JNZ inner
    CMP R2, R1
    JZ done
    SUB R2, R2, R1
    JMP outer
    done: LDI R2, 4
    JMP outer",
    // Straight code, longer than many budgets, jumped into from its end.
    "LDI R1, 1
    back: ADD R2, R2, R1
    ADD R3, R3, R2
    ADC R4, R4, R3
    ADC R5, R5, R4
    SUB R6, R6, R2
    SBC R7, R7, R3
    SBC R8, R8, R4
    MOV R9, R2
    MOV R10, R3
    MOV R11, R9
    LSR R9, R5, R1
    ADC R9, R9, R9
    NOT R10, R10
    AND R10, R10, R5
    XOR R10, R10, R4
    MUL R11, R3, R2
    SUB R11, R11, R1
    LSR R12, R11, R1
    SUB R12, R12, R2
    CMP R2, R3
    SBC R12, R12, R12
    LDI32 R13, 0x12345678
    OR R13, R13, R2
    ADD R13, R13, R13
    CMP R13, R2
    JNZ back
    JMP back",
    // Jumps to the second of what may have become one.
    "LDI R1, 1
    LDI R2, 7
    JMP second
    first: ADD R3, R3, R1
    second: SUB R2, R2, R1
    third: JNZ first
    ADD R2, R2, R3
    CMP R2, R1
    JNZ third
    LDI R2, 5
    JMP second",
    // One that jumps to itself.
    "LDI R1, 1
    LDI R2, 40
    self: SUB R2, R2, R1
    JNZ self
    LDI R2, 9
    again: ADD R3, R3, R1
    JMP again",
    // Calls and returns, through memory and a register, to the end of the task.
    "LDI R1, 1
    LDI R2, 6
    LDI R7, 4
    loop: CALL outer
    SUB R2, R2, R1
    JNZ loop
    RET
    outer: PUSH R2
    CALL inner
    LDI R6, inner
    CALL R6, 0
    POP R2
    RET
    inner: ADD R3, R3, R1
    PUSH R3
    POP R4
    RET",
    // Recursion without end, until the stack is full.
    "LDI R1, 1
    deeper: PUSH R1
    ADD R1, R1, R1
    CALL deeper",
    // Memory in every width, until an address is beyond its end.
    "LDI32 R1, 0xFC00
    LDI R2, 36
    LDI R3, 4
    loop: ST [R1+0], R2
    LD R4, [R1+0]
    LD R5, [R1+0]
    STH [R1+2], R4
    LDH R6, [R1+2]
    ADD R6, R6, R3
    STB [R1+3], R6
    ADD R7, R6, R5
    LDB R8, [R1+3]
    CMP R8, R4
    ADD R1, R1, R2
    JMP loop",
    // Flags of each kind, read only where a store faults.
    "LDI32 R1, 0xFFF0
    LDI R2, 4
    LDI R3, 9
    loop: ADD R4, R1, R3
    XOR R5, R4, R3
    SUB R6, R2, R3
    ST [R1+0], R6
    LSL R5, R5, R2
    ASR R6, R6, R3
    LSR R7, R6, R0
    ST [R1+0], R5
    MUL R7, R5, R6
    AND R4, R4, R7
    ADD R1, R1, R2
    JMP loop",
    // Traps in a row, and with arithmetic between them.
    "LDI R1, 1
    LDI R2, 50
    loop: SUB R2, R2, R1
    JNZ loop
    SVC MOD=1 FN=2
    ADD R3, R3, R1
    BRK 7",
    // Divisions, until one is by 0.
    "LDI R1, 1
    LDI R2, 60
    LDI R3, 1000
    loop: DIV R4, R3, R2
    MUL R5, R4, R2
    SUB R5, R3, R5
    SUB R2, R2, R1
    JMP loop",
    // Code that ends with flags that nobody has read.
    "LDI R1, 1
    LDI R2, 70
    loop: SUB R2, R2, R1
    JNZ loop
    ADD R3, R1, R1
    SUB R4, R2, R1",
    // Code that ends in a jump that is not taken.
    "LDI R1, 1
    LDI R2, 20
    LDI R3, 2
    again: ADD R4, R4, R3
    CMP R4, R2
    SBC R5, R5, R5
    ADD R2, R2, R1
    CMP R2, R3
    JNZ next
    next: CMP R4, R2
    SBC R5, R5, R5
    JNZ again",
    // Halves.
    "LDI R1, 1
    LDI R2, 30
    I2F R3, R2
    I2F R4, R1
    loop: FDIV R5, R3, R4
    FADD R4, R4, R5
    FMUL R6, R4, R5
    FSUB R6, R6, R3
    F2I R7, R6
    SUB R2, R2, R1
    JNZ loop
    RET",
];

/// Each program at each budget.
pub(crate) fn cases() -> impl Iterator<Item = Case> + Send {
    let program = |text: &&str| asm::assemble(text).expect("it is one").code;
    let programs: Vec<Vec<u8>> = PROGRAMS.iter().map(program).collect();
    let stack_limit = Case::default().sp - 64;
    iproduct!(1..=MOST, programs).map(move |(max_steps, code)| Case {
        code,
        max_steps,
        stack_limit,
        ..Case::default()
    })
}
