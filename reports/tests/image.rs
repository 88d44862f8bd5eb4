//! Images as text: what one says of itself, and assembly that assembles to it again.

use minivm::asm;
use minivm::hxe::Defect;
use proptest::prelude::*;
use reports::image::{assembly, info};
use vectors::Profile;
use vectors::hxe::{Accepted, Command, Header, Mailbox, Outcome, Section, Value};

fn image(code: Vec<u8>, rodata: Vec<u8>, entry: u32) -> Accepted {
    let header = Header {
        entry,
        code_len: code.len() as u32,
        ro_len: rodata.len() as u32,
        version: 2,
        app_name: Some("blink".into()),
        flags: 2,
        ..Header::default()
    };
    Accepted { header, code, rodata, ..Accepted::default() }
}

/// Words as programs have them: any, and LDI32 more often than chance would have it.
fn words() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![any::<u32>(), (0u32..16).prop_map(|rd| 0x6000_0000 | rd << 20)], 1..30)
}

proptest! {
    #[test]
    fn the_text_assembles_to_the_image(words in words(), entry in any::<prop::sample::Index>(),
                                       rodata in prop::collection::vec(any::<u8>(), 0..50)) {
        let code: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let image = image(code, rodata, 4 * entry.index(words.len()) as u32);
        let program = asm::assemble(&assembly(&image)).unwrap();
        prop_assert_eq!((program.code, program.rodata, program.entry), (image.code, image.rodata, image.header.entry));
    }
}

#[test]
fn all_is_shown() {
    let mut image = image(vec![0x25, 0, 0, 0], b"hello\0".to_vec(), 0);
    image.sections = vec![
        Section { kind: 1, offset: 0x100, size: 20, count: 1 },
        Section { kind: 9, offset: 0x120, size: 4, count: 0 },
    ];
    image.values = vec![Value {
        group: 1,
        id: 2,
        init: 0x3C00,
        max: 0x4500,
        name: Some("speed".into()),
        unit: Some("m/s".into()),
        ..Value::default()
    }];
    image.commands =
        vec![Command { group: 3, id: 4, handler: 0x40, name: Some("stop".into()), ..Command::default() }];
    image.mailboxes =
        vec![Mailbox { target: "svc:log".into(), capacity: Some(64), mode: 3, ..Mailbox::default() }];
    let loaded = [
        (Profile::Reference, Outcome::Accepted(Box::new(image.clone()))),
        (Profile::Strict, Outcome::Rejected { error: Defect::RodataMisaligned, offset: 20 }),
    ];
    insta::assert_snapshot!(format!("{}\n{}", info(&loaded), assembly(&image)));
}
