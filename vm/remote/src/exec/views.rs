//! What debuggers look at: instructions as text, the calls that a task is in, the parts of its memory.

use data_encoding::HEXLOWER;
use minivm::Instruction;
use minivm::disasm::Disassembly;
use minivm::hxe::RODATA_BASE;
use serde_json::{Value, json};

use super::symbols::Symbols;
use crate::host::Host;
use crate::lenient::Int;
use crate::refusal::Refusal;

/// Instructions and frames at once: most, and if nothing is said.
const INSTRUCTIONS: (i64, i64) = (64, 8);
const FRAMES: i64 = 64;
/// The register that points to a frame: the caller's pointer, and the return address.
const FRAME_POINTER: usize = 7;
/// Bytes of that.
const FRAME: u32 = 8;

/// Instructions of a task from an address on, or from where it is.
pub fn disassembly(
    host: &Host<'_>,
    pid: u16,
    (address, count): (Option<Int>, Option<Int>),
    (mode, symbols): (&str, Option<&Symbols>),
) -> Result<Value, Refusal> {
    let program = host.program(pid)?;
    let start = address.map_or(i64::from(host.pc(pid)), |Int(address)| address);
    let start = u32::try_from(start).map_err(|_| Refusal::OutOfRange("addr", 0, u32::MAX.into()))?;
    let (most, default) = INSTRUCTIONS;
    let count = count.map_or(default, |Int(count)| count).clamp(1, most) as usize;
    let mut bytes = start as usize..start as usize;
    let mut listing = Vec::new();
    for (place, instruction) in Disassembly::walk(&program.code, bytes.start).take(count) {
        bytes.end = place.end;
        listing.push(entry(&program.code, (listing.len(), place.start), instruction, symbols));
    }
    let bytes = program.code.get(bytes).unwrap_or_default();
    Ok(json!({
        "pid": pid, "address": start, "count": listing.len(), "requested": count, "mode": mode,
        "cached": false, "truncated": listing.len() < count, "bytes_read": bytes.len(),
        "data": HEXLOWER.encode(bytes), "instructions": listing,
    }))
}

fn entry(
    code: &[u8],
    (index, at): (usize, usize),
    instruction: Disassembly,
    symbols: Option<&Symbols>,
) -> Value {
    let text = instruction.to_string();
    let (mnemonic, operands) = text.split_once(' ').unwrap_or((&text, ""));
    let size = instruction.size();
    let mut shown = json!({
        "index": index, "pc": at, "size": size, "word": instruction.word, "mnemonic": mnemonic,
        "operands": operands, "bytes": HEXLOWER.encode(&code[at..at + size]),
    });
    if let Some(it) = Instruction::decode(instruction.word) {
        let fields = [("rd", it.rd.index()), ("rs1", it.rs1.index()), ("rs2", it.rs2.index())];
        fields.into_iter().for_each(|(key, register)| shown[key] = register.into());
        shown["imm"] = it.word().signed_imm().into();
        shown["imm_raw"] = it.imm.into();
    }
    if size > 4 {
        shown["extended_word"] = json!(instruction.literal);
    }
    let Some(symbols) = symbols else { return shown };
    if let Some(symbol) = symbols.function(at as u64) {
        if symbol["offset"] == 0 {
            shown["label"] = symbol["name"].clone();
        }
        shown["symbol"] = symbol;
    }
    if let Some(line) = symbols.line(at as u64) {
        shown["line"] = line.clone();
    }
    shown
}

/// The calls that a task is in, as far as its frames tell.
pub fn stack(
    host: &Host<'_>,
    pid: u16,
    max: Option<Int>,
    symbols: Option<&Symbols>,
) -> Result<Value, Refusal> {
    let registers = host.it.registers(pid).ok_or(Refusal::UnknownPid(pid.into()))?;
    let max = max.map_or(FRAMES, |Int(max)| max).clamp(1, FRAMES) as usize;
    let (low, high) = (registers.stack.start, registers.stack.end);
    let (mut pc, mut sp, mut fp) = (registers.pc, registers.sp, registers.regs[FRAME_POINTER]);
    let (mut frames, mut errors) = (Vec::new(), Vec::new());
    if !(low..=high).contains(&sp) {
        errors.push(format!("sp_out_of_range:0x{sp:08X}"));
    }
    loop {
        let mut frame = frame((frames.len(), pc, sp, fp), symbols);
        // The last frame is that of the task itself, which returns to nobody. Programs without frame pointers have one.
        let has_caller = (frames.len() as u32) < registers.depth && fp != 0;
        let saved = if has_caller { caller(host, pid, fp, (low, high)) } else { Ok(None) };
        let next = saved.unwrap_or_else(|why| {
            errors.push(why);
            None
        });
        frame["return_pc"] = json!(next.map(|(_, return_pc)| return_pc));
        frames.push(frame);
        let Some((previous, return_pc)) = next.filter(|_| frames.len() < max) else { break };
        // Frames of callers lie above.
        if previous != 0 && previous <= fp {
            errors.push(format!("fp_cycle:0x{previous:08X}"));
            break;
        }
        (pc, sp, fp) = (return_pc, fp + FRAME, previous);
    }
    let truncated = !errors.is_empty() || frames.len() == max && (max as u32) <= registers.depth;
    Ok(json!({
        "pid": pid, "frames": frames, "truncated": truncated, "errors": errors, "stack_base": low,
        "stack_limit": low, "stack_low": low, "stack_high": high, "initial_sp": registers.sp,
        "initial_fp": registers.regs[FRAME_POINTER],
    }))
}

/// What a frame keeps of its caller: its frame, and where it goes on.
fn caller(host: &Host<'_>, pid: u16, fp: u32, (low, high): (u32, u32)) -> Result<Option<(u32, u32)>, String> {
    if !fp.is_multiple_of(4) {
        return Err(format!("fp_unaligned:0x{fp:08X}"));
    }
    if fp < low || fp.saturating_add(FRAME) > high {
        return Err(format!("fp_out_of_range:0x{fp:08X}"));
    }
    let memory = host.it.memory(pid).map_or(&[][..], |memory| memory.bytes());
    let word = |at: u32| {
        let bytes = memory.get(at as usize..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    };
    Ok(word(fp).zip(word(fp + 4)))
}

fn frame((index, pc, sp, fp): (usize, u32, u32, u32), symbols: Option<&Symbols>) -> Value {
    let mut shown = json!({"index": index, "pc": pc, "sp": sp, "fp": fp, "return_pc": null});
    let Some(symbols) = symbols else { return shown };
    if let Some(symbol) = symbols.function(pc.into()) {
        for (key, of) in [("func_name", "name"), ("func_addr", "address"), ("func_offset", "offset")] {
            shown[key] = symbol[of].clone();
        }
        shown["symbol"] = symbol;
    }
    if let Some(line) = symbols.line(pc.into()) {
        shown["line"] = line.clone();
        shown["line_num"] = line["line"].clone();
    }
    shown
}

/// The parts of a task's memory: code, which is apart, and those of data memory.
pub fn regions(host: &Host<'_>, pid: u16) -> Result<Value, Refusal> {
    let program = host.program(pid)?;
    let registers = host.it.registers(pid).ok_or(Refusal::UnknownPid(pid.into()))?;
    let header = &program.header;
    let base = u32::from(registers.reg_base);
    let rodata_end = RODATA_BASE + header.ro_len;
    let all = [
        ("code", "code", 0, header.code_len, "rx", "hxe"),
        ("registers", "registers", base, base + 64, "rw", "vm"),
        ("rodata", "rodata", RODATA_BASE, rodata_end, "r", "hxe"),
        ("bss", "bss", rodata_end, rodata_end + header.bss_size, "rw", "hxe"),
        ("stack", "stack", registers.stack.start, registers.stack.end, "rw", "vm"),
    ];
    let mut regions: Vec<Value> = Vec::new();
    for (name, kind, start, end, permissions, source) in all.into_iter().filter(|region| region.2 < region.3)
    {
        let mut region = json!({
            "name": name, "type": kind, "start": start, "end": end, "length": end - start,
            "permissions": permissions, "source": source,
        });
        match name {
            "code" => region["details"] = json!({"entry": header.entry}),
            "stack" => region["details"] = json!({"sp": registers.sp}),
            _ => {}
        }
        regions.push(region);
    }
    let task = host.it.tasks().iter().find(|task| task.pid == pid);
    Ok(json!({
        "pid": pid, "program": program.path, "regions": regions,
        "layout": {
            "entry": header.entry, "code_len": header.code_len, "ro_len": header.ro_len,
            "bss": header.bss_size, "meta_count": header.meta_count, "version": header.version,
            "allow_multiple": header.allows_multiple(), "app_name": task.map(|it| it.name.as_str()),
            "app_name_base": task.map(|it| it.base.as_str()),
        },
    }))
}
