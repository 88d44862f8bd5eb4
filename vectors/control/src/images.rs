//! Images for sweeps and random scripts: programs that end in every way, and images that are wrong in every way.

use std::sync::LazyLock;

use minivm::asm;
use minivm::hxe::{ImageParts, seal, write};

/// A loop, which any number of steps can be taken in.
pub(crate) const LOOP: usize = 0;
/// Stops by a fault at its second instruction.
pub(crate) const FAULTS: usize = 1;
/// Ends at its second instruction.
pub(crate) const RETURNS: usize = 2;
/// Calls a service, breaks, and ends.
pub(crate) const TRAPS: usize = 3;

/// Programs that run for ever, stop in every way there is, and see what the control plane has given them.
const PROGRAMS: [&str; 20] = [
    "again: JMP again",
    "LDI R1, 5\nDIV R0, R1, R2\nRET",
    "LDI R0, 7\nRET",
    "LDI R0, 9\nSVC MOD=1 FN=2\nBRK 3\nRET",
    "again: LDI R2, 1\nADD R1, R1, R2\nPUSH R1\nJMP again",
    "again: PUSH R1\nJMP again",
    "again: POP R1\nJMP again",
    "again: CALL again",
    ".data\nrow: .word 1, 2, 3\n.text\nLDI32 R1, row\nLD R0, [R1+8]\nST [R1+4], R0\nRET",
    "LDI32 R1, 0xFFC0\nST [R1+8], R1\nMOV R0, R2\nRET",
    "LDI32 R1, 0x10000\nLD R0, [R1+0]\nRET",
    "LDI R1, 1\nLD R0, [R1+0]\nRET",
    "LDI R1, -1\nADD R2, R1, R1\n.word 0xFF000000\nRET",
    "LDI R1, 3\nLDI R2, 4",
    "LDI R1, 3\n.word 0x60100000",
    "CALL f\nSVC MOD=15 FN=255\nRET\nf: LDI R3, 8\nRET",
    "LDI R1, 2\nPUSH R1\nRET",
    "BRK 255\nJMP 0",
    "LDI32 R1, 0x8000\nLDI R2, -1\nST [R1+0], R2\nSTB [R1+7], R2\nSTH [R1+10], R2\nRET",
    "LDI R1, 1\nPUSH R1\nPOP R14\nMOV R0, R15\nBRK 1\nRET",
];

/// An image of each of [`PROGRAMS`].
pub(crate) static GOOD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| PROGRAMS.map(program).to_vec());

fn program(source: &str) -> Vec<u8> {
    // The programs are text of this file: a test assembles them all.
    asm::assemble(source).map(|program| write(&program.into())).unwrap_or_default()
}

/// Good images that have everything an image can have: a name, rodata, bss, metadata, bytes behind them.
pub(crate) static RICH: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let plain = rich();
    let mut trailing = write(&ImageParts { sections: Vec::new(), ..plain.clone() });
    trailing.extend([0xEE; 24]);
    seal(&mut trailing);
    let mut short = write(&ImageParts { version: 1, rodata: Vec::new(), ..plain.clone() });
    short.extend([0xEE; 8]);
    seal(&mut short);
    vec![
        write(&plain),
        write(&ImageParts { entry: 4, bss_size: 12, sections: Vec::new(), ..plain.clone() }),
        write(&ImageParts { version: 1, rodata: vec![9; 16], ..plain }),
        trailing,
        short,
    ]
});

fn rich() -> ImageParts {
    let mut values = vec![1, 7, 0, 0, 0, 0, 0, 20, 0, 0];
    values.resize(20, 0);
    values.extend(b"speed\0");
    ImageParts {
        version: 2,
        code: asm::assemble("LDI R0, 1\nBRK 2\nRET").map(|program| program.code).unwrap_or_default(),
        rodata: b"rodata!!".to_vec(),
        bss_size: 8,
        app_name: b"rich".to_vec(),
        sections: vec![(1, 1, values)],
        ..ImageParts::default()
    }
}

/// Images each of which has one defect, of every kind that there is.
pub(crate) static BAD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let plain = write(&ImageParts { sections: Vec::new(), ..rich() });
    let full = write(&rich());
    let table = u32::from_be_bytes([full[0x40], full[0x41], full[0x42], full[0x43]]) as usize;
    let patched = |image: &[u8], at: usize, bytes: &[u8]| {
        let mut image = image.to_vec();
        image[at..at + bytes.len()].copy_from_slice(bytes);
        seal(&mut image);
        image
    };
    let word = |image: &[u8], at: usize, value: u32| patched(image, at, &value.to_be_bytes());
    let sections = |sections: Vec<(u32, u32, Vec<u8>)>| write(&ImageParts { sections, ..rich() });
    let cut = |image: &[u8], length: usize| {
        let mut image = image[..length].to_vec();
        seal(&mut image);
        image
    };
    let value = |id: u8, name: u8, text: &[u8]| {
        let mut entry = vec![1, id, 0, 0, 0, 0, 0, name, 0, 0];
        entry.resize(20, 0);
        (1, 1, [&entry[..], text].concat())
    };
    let mut wrong_crc = plain.clone();
    wrong_crc[28] ^= 1;
    vec![
        b"HSXF".to_vec(),
        patched(&plain, 4, &[0, 3]),
        word(&plain, 12, 0x1_0004),
        word(&plain, 16, 0x1_0004),
        word(&plain, 20, 0x1_0001),
        word(&plain, 12, 10),
        word(&plain, 16, 6),
        word(&plain, 8, 2),
        word(&plain, 8, 12),
        patched(&plain, 0x21, &[0x80]),
        patched(&plain, 0x50, &[1]),
        word(&plain, 0x40, 100),
        wrong_crc,
        cut(&plain, 20),
        cut(&plain, 40),
        cut(&plain, plain.len() - 2),
        word(&word(&plain, 0x40, plain.len() as u32), 0x44, 1),
        word(&full, table + 4, 4),
        word(&full, table + 8, 400),
        word(&full, table + 12, 3),
        sections(vec![value(1, 200, b"a\0")]),
        sections(vec![value(1, 20, b"abc")]),
        sections(vec![value(1, 20, b"\xFF\0")]),
        sections(vec![(3, 1, vec![0, 0, 0, 0, 0, 64, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])]),
        sections(vec![(3, 1, b"[".to_vec())]),
        sections(vec![value(1, 0, b""), value(1, 0, b"")]),
        sections(vec![(3, 2, br#"[{"name":"a"},{"name":"a"}]"#.to_vec())]),
    ]
});

/// Images that are good, but for which there is no room by default: too much code, too much rodata and bss, too much
/// metadata.
pub(crate) static LARGE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let plain = ImageParts { version: 1, code: vec![0; 4], ..ImageParts::default() };
    let many = vec![(9, 0, vec![7; 300])];
    vec![
        write(&ImageParts { code: vec![0; 260], ..plain.clone() }),
        write(&ImageParts { bss_size: 0xB000, ..plain.clone() }),
        write(&ImageParts { version: 2, sections: many, ..plain.clone() }),
        // The trailing bytes belong to nothing, and take room all the same.
        [write(&plain), vec![0; 300]].concat(),
    ]
});

#[cfg(test)]
mod tests {
    use minivm::Strict;
    use minivm::hxe::{Buffers, Defect, LoadError, Loader};

    use super::*;

    fn defect(image: &[u8]) -> Option<Defect> {
        let (mut code, mut rodata, mut rest) = (vec![0; 0x1_0000], vec![0; 0x1_0000], vec![0; 0x1000]);
        let mut store = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
        let mut loader = Loader::new();
        let written = loader.write(Strict, &mut store, image);
        written.and_then(|()| loader.finish(&store).map(drop)).err().map(|LoadError { defect, .. }| defect)
    }

    #[test]
    fn good_images_are_good() {
        for (at, image) in GOOD.iter().chain(RICH.iter()).enumerate() {
            assert_eq!((at, defect(image)), (at, None));
        }
    }

    #[test]
    fn every_defect_is_shown_by_one_image() {
        let mut shown: Vec<Defect> = BAD.iter().filter_map(|image| defect(image)).collect();
        assert_eq!(shown.len(), BAD.len(), "all are bad");
        shown.sort();
        shown.dedup();
        let of_images = Defect::ALL.iter().filter(|it| !matches!(it, Defect::NoSpace | Defect::Unsupported));
        assert_eq!(shown, of_images.copied().collect::<Vec<_>>());
    }
}
