//! Calls as vectors write them: a line with the name and the arguments, e.g. `reg_set_for 1 r3 0x1000`.

use vectors_hxe::scripts::{Named, bytes, number};

use crate::case::Call;

/// The call of a line.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(line: &str, named: &Named<'_>) -> Result<Call, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    Ok(match words[..] {
        ["init", ref fields @ ..] => {
            let field = |word: &&str| {
                let (field, value) =
                    word.split_once('=').ok_or_else(|| format!("`{word}`: FIELD=NUMBER is wanted"))?;
                Ok((field.to_owned(), number(value)?))
            };
            let config: Vec<(String, u32)> = fields.iter().map(field).collect::<Result<_, String>>()?;
            if (1..config.len()).any(|at| config[..at].iter().any(|(field, _)| *field == config[at].0)) {
                return Err(format!("`{line}`: a field is there twice"));
            }
            Call::Init { config: config.into_iter().collect() }
        }
        ["load", image] => Call::Load { image: bytes(image, named)? },
        ["load_begin"] => Call::LoadBegin {},
        ["load_write", task, piece] => Call::LoadWrite { task: number(task)?, bytes: bytes(piece, named)? },
        ["load_write", task, whole, part] => {
            let whole = bytes(whole, named)?;
            Call::LoadWrite { task: number(task)?, bytes: range(&whole, part)?.to_vec() }
        }
        ["load_end", task] => Call::LoadEnd { task: number(task)? },
        ["load_abort", task] => Call::LoadAbort { task: number(task)? },
        ["unload", task] => Call::Unload { task: number(task)? },
        ["pids"] => Call::Pids {},
        ["set_context", task] => Call::SetContext { task: number(task)? },
        ["step"] => Call::Step {},
        ["clock", n] => Call::Clock { n: number(n)? },
        ["reg_get", reg] => Call::RegGet { reg: register(reg)? },
        ["reg_set", reg, value] => Call::RegSet { reg: register(reg)?, value: number(value)? },
        ["reg_get_for", task, reg] => Call::RegGetFor { task: number(task)?, reg: register(reg)? },
        ["reg_set_for", task, reg, value] => {
            Call::RegSetFor { task: number(task)?, reg: register(reg)?, value: number(value)? }
        }
        ["mem_read", address, length] => Call::MemRead { address: number(address)?, length: number(length)? },
        ["mem_write", address, data] => {
            Call::MemWrite { address: number(address)?, bytes: bytes(data, named)? }
        }
        ["last_pc"] => Call::LastPc {},
        ["last_opcode"] => Call::LastOpcode {},
        ["last_regs"] => Call::LastRegs {},
        [name, ..] if Call::NAMES.contains(&name) => {
            return Err(format!("`{line}`: too many arguments for {name}, or too few"));
        }
        _ => return Err(format!("`{line}`: the calls are {}", Call::NAMES.join(", "))),
    })
}

/// A register by its name, or by any number.
fn register(word: &str) -> Result<u32, String> {
    let general = word.strip_prefix('r').and_then(|number| number.parse::<u32>().ok()).filter(|it| *it < 16);
    match (word, general) {
        ("pc", _) => Ok(0),
        ("sp", _) => Ok(1),
        ("psw", _) => Ok(2),
        ("wp", _) => Ok(3),
        (_, Some(general)) => Ok(16 + general),
        _ => number(word).map_err(|_| format!("`{word}`: pc, sp, psw, wp, r0 to r15 or a number is wanted")),
    }
}

/// The bytes `FROM..TO`; either end can be left out.
fn range<'b>(bytes: &'b [u8], word: &str) -> Result<&'b [u8], String> {
    let bad = || format!("`{word}`: FROM..TO within {} bytes is wanted", bytes.len());
    let (from, to) = word.split_once("..").ok_or_else(bad)?;
    let end = |word: &str, default: usize| match word {
        "" => Ok(default),
        word => number(word).map(|it| it as usize).map_err(|_| bad()),
    };
    bytes.get(end(from, 0)?..end(to, bytes.len())?).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_can_be_written_and_read() {
        let mut names: Vec<&str> = Vec::new();
        for case in crate::sweep::cases().step_by(5) {
            for call in case.calls {
                assert_eq!(parse(&call.to_string(), &|_| None).as_ref(), Ok(&call));
                names.push(call.name());
            }
        }
        assert!(Call::NAMES.iter().all(|name| names.contains(name)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let complaint = |line: &str| parse(line, &|_| None).unwrap_err();
        assert!(complaint("jump 3").starts_with("`jump 3`: the calls are init, load,"));
        assert_eq!(complaint("clock"), "`clock`: too many arguments for clock, or too few");
        assert_eq!(complaint("clock x"), "`x` is no number of 32 bits");
        assert_eq!(complaint("reg_get r16"), "`r16`: pc, sp, psw, wp, r0 to r15 or a number is wanted");
        assert!(complaint("load abc").starts_with("`abc`: no image of this name, and no bytes: an odd"));
        assert_eq!(complaint("load_write 0 0102 1..3"), "`1..3`: FROM..TO within 2 bytes is wanted");
        assert_eq!(complaint("init a=1 a=2"), "`init a=1 a=2`: a field is there twice");
    }
}
