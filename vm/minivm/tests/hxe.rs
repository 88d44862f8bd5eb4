//! The loader of images: what it accepts, where it rejects, and that the cut of the pieces does not matter.

use minivm::hxe::{Buffers, Defect, Image, ImageParts, LoadError, Loader, seal, write};
use minivm::{Profile, Reference, Strict};
use proptest::prelude::*;

/// Loads an image in pieces of these sizes, the rest in one.
fn load<P: Profile, T>(
    profile: P,
    image: &[u8],
    pieces: &[usize],
    look: impl FnOnce(&Image<'_, Buffers<'_>>) -> T,
) -> Result<T, LoadError> {
    let (mut code, mut rodata, mut rest) = (vec![0; 0x1_0000], vec![0; 0x1_0000], vec![0; image.len()]);
    let mut store = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut rest };
    let mut loader = Loader::new();
    let mut left = image;
    for &size in pieces {
        let (piece, behind) = left.split_at(size.min(left.len()));
        loader.write(profile, &mut store, piece)?;
        left = behind;
    }
    loader.write(profile, &mut store, left)?;
    loader.finish(&store).map(|image| look(&image))
}

fn rejection(profile: impl Profile, image: &[u8]) -> (Defect, u32) {
    let error = load(profile, image, &[], |_| ()).expect_err("it should be rejected");
    let by_byte = load(profile, image, &vec![1; image.len()], |_| ()).expect_err("it should be rejected");
    assert_eq!(error, by_byte, "whole and byte by byte");
    (error.defect, error.offset)
}

fn value_section() -> (u32, u32, Vec<u8>) {
    let mut bytes = vec![1, 2, 0, 0, 0x3C, 0, 0, 20, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend(b"rpm\0km/h\0");
    (1, 1, bytes)
}

fn parts(version: u16) -> ImageParts {
    ImageParts {
        version,
        code: vec![0x25, 0, 0, 0, 0x7F, 0, 0, 0],
        rodata: b"data!".to_vec(),
        entry: 4,
        app_name: b" motor\0".to_vec(),
        ..ImageParts::default()
    }
}

#[test]
fn a_valid_image_is_what_was_written() {
    let mut parts = parts(2);
    parts.sections.push(value_section());
    let mailbox = br#"{"mailboxes": [{"target": " app:a ", "mode": "RO|tap", "capacity": "1_0", "bindings": [{"pid": true}]}]}"#;
    parts.sections.push((3, 9, mailbox.to_vec()));
    let image = write(&parts);
    load(Strict, &image, &[3, 40, 0, 1], |loaded| {
        let header = loaded.header;
        assert_eq!((header.version, header.entry, header.code_len, header.ro_len), (2, 4, 8, 5));
        assert_eq!((header.name(), header.meta_count, header.allows_multiple()), ("motor", 2, false));
        let sections: Vec<_> = loaded.sections().collect();
        let values: Vec<_> = loaded.values(&sections[0]).collect();
        let text = |text| String::from_utf8(loaded.text(text).collect()).unwrap();
        assert_eq!((values[0].group, values[0].id, values[0].init), (1, 2, 0x3C00));
        assert_eq!(
            (values[0].name.map(text), values[0].unit.map(text)),
            (Some("rpm".into()), Some("km/h".into()))
        );
        let mailboxes = loaded.mailboxes(&sections[1]);
        assert_eq!(
            (mailboxes[0].target.as_str(), mailboxes[0].capacity.clone(), mailboxes[0].mode),
            ("app:a", Some(10.into()), 5)
        );
        assert_eq!(mailboxes[0].bindings[0].pid, 1.into());
    })
    .unwrap_err(); // rodata of 5 bytes: strict wants a multiple of 4
    load(Reference, &image, &[3, 40, 0, 1], |loaded| assert_eq!(loaded.header.name(), "motor")).unwrap();
}

#[test]
fn a_header_is_rejected_at_the_first_byte_that_spoils_it() {
    let cases: [(usize, &[u8], Defect, u32); 16] = [
        (0, b"J", Defect::BadMagic, 1),
        (3, b"F", Defect::BadMagic, 4),
        (4, &[1], Defect::UnsupportedVersion, 5),
        (5, &[3], Defect::UnsupportedVersion, 6),
        (8, &[1], Defect::EntryOutsideCode, 9),
        (9, &[1], Defect::EntryOutsideCode, 10),
        (11, &[2], Defect::EntryMisaligned, 12),
        (11, &[8], Defect::EntryOutsideCode, 16),
        (12, &[0, 1, 0, 1], Defect::CodeTooLarge, 16),
        (12, &[0, 2], Defect::CodeTooLarge, 14),
        (15, &[9], Defect::CodeMisaligned, 16),
        (15, &[0], Defect::EntryOutsideCode, 16),
        (16, &[0, 1, 0, 1], Defect::RodataTooLarge, 20),
        (20, &[1], Defect::BssTooLarge, 21),
        (0x20, &[0x80], Defect::NameNotAscii, 0x21),
        (0x5F, &[1], Defect::ReservedNotZero, 0x60),
    ];
    for (at, bytes, defect, offset) in cases {
        let mut image = write(&parts(2));
        image[at..at + bytes.len()].copy_from_slice(bytes);
        assert_eq!(rejection(Reference, &image), (defect, offset), "{bytes:?} at {at}");
    }
    let mut overlap = write(&parts(2));
    overlap[0x43] = 100;
    assert_eq!(rejection(Reference, &overlap), (Defect::MetadataOverlap, 0x44));
    assert_eq!(rejection(Strict, &write(&parts(1))), (Defect::RodataMisaligned, 20));
}

#[test]
fn what_only_the_end_can_tell_is_told_there() {
    let image = write(&parts(2));
    let length = image.len() as u32;
    assert_eq!(rejection(Reference, &image[..31]), (Defect::TooSmall, 31));
    assert_eq!(rejection(Reference, &[]), (Defect::TooSmall, 0));
    assert_eq!(rejection(Reference, &image[..95]), (Defect::HeaderTruncated, 95));
    assert_eq!(rejection(Reference, &image[..length as usize - 1]), (Defect::CrcMismatch, length - 1));
    let mut short = image[..length as usize - 1].to_vec();
    seal(&mut short);
    assert_eq!(rejection(Reference, &short), (Defect::Truncated, length - 1));
    let mut trailing = image.clone();
    trailing.push(0);
    assert_eq!(rejection(Reference, &trailing), (Defect::CrcMismatch, length + 1));
    seal(&mut trailing);
    load(Reference, &trailing, &[], |_| ()).expect("bytes behind are covered by the CRC, and allowed");
    let mut uncovered = image;
    uncovered[0x21] = b'X';
    load(Reference, &uncovered, &[], |_| ()).expect("the name is not covered");
}

#[test]
fn sections_are_judged_when_they_are_whole() {
    let with = |kind, count, bytes: &[u8]| {
        let mut parts = parts(2);
        parts.rodata.truncate(4);
        parts.sections.push((kind, count, bytes.to_vec()));
        write(&parts)
    };
    let (table, section) = (96 + 12 + 16, 96 + 12 + 16);
    let value = |offset: u8| {
        let mut bytes = value_section().2;
        bytes[7] = offset;
        bytes
    };
    let end = |bytes: &[u8]| section + bytes.len() as u32;
    let cases = [
        (1, 2, value(0), Defect::EntriesTruncated, table),
        (2, 2, vec![0; 31], Defect::EntriesTruncated, table),
        (1, 1, value(200), Defect::TextOutside, end(&value(0))),
        (1, 1, [value(20), b"abc".to_vec()].concat(), Defect::TextOutside, 0),
        (3, 1, vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Defect::MailboxUnnamed, section + 16),
        (3, 2, vec![1; 16], Defect::EntriesTruncated, section + 16),
        (3, 0, b"{\"mailboxes\": 7}".to_vec(), Defect::MailboxJson, section + 16),
        (3, 0, b"[{}]".to_vec(), Defect::MailboxJson, section + 4),
    ];
    for (kind, count, bytes, defect, offset) in cases {
        if offset == 0 {
            load(Reference, &with(kind, count, &bytes), &[], |_| ())
                .expect("bytes behind the texts do no harm");
            continue;
        }
        assert_eq!(rejection(Reference, &with(kind, count, &bytes)), (defect, offset), "{kind} {bytes:?}");
    }
    let mut cut_off = value(20);
    cut_off.truncate(23);
    assert_eq!(rejection(Reference, &with(1, 1, &cut_off)), (Defect::TextUnterminated, end(&cut_off)));
    let mut not_text = value(20);
    not_text[21] = 0xFF;
    assert_eq!(rejection(Reference, &with(1, 1, &not_text)), (Defect::TextNotUtf8, end(&not_text)));
    let half_character = [&value(20)[..20], b"ab\xC3\0km\0"].concat();
    assert_eq!(
        rejection(Reference, &with(1, 1, &half_character)),
        (Defect::TextNotUtf8, end(&half_character))
    );

    let mut twice = parts(2);
    twice.rodata.clear();
    twice.sections = vec![value_section(), value_section()];
    let image = write(&twice);
    assert_eq!(rejection(Strict, &image), (Defect::DuplicateId, image.len() as u32));
    load(Reference, &image, &[], |_| ()).expect("the reference finds out when it registers");
    let mailbox = (3, 0, b"[{\"name\":\"a\"},{\"name\":\" a\"}]".to_vec());
    let image = write(&ImageParts { sections: vec![mailbox], ..twice });
    assert_eq!(rejection(Strict, &image), (Defect::DuplicateMailbox, image.len() as u32));
}

#[test]
fn no_room_is_an_error_of_its_own() {
    let image = write(&parts(1));
    let (mut code, mut rodata) = ([0; 7], [0; 9]);
    let mut store = Buffers { code: &mut code, rodata: &mut rodata, rest: &mut [] };
    let error = Loader::new().write(Reference, &mut store, &image).unwrap_err();
    assert_eq!((error.defect, error.defect.errno().name()), (Defect::NoSpace, "ENOSPC"));
}

/// Images that are valid but for a few bytes, a cut, or nothing.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let section = prop_oneof![
        Just(value_section()),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| (1, 1, bytes)),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| (2, 2, bytes)),
        "[\\[{}\\]a-z\":, 0-9]{0,30}".prop_map(|text| (3, 1, text.into_bytes())),
    ];
    let image = (1u16..3, prop::collection::vec(section, 0..3))
        .prop_map(|(version, sections)| write(&ImageParts { sections, ..parts(version) }));
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (image, damage, any::<bool>(), prop::option::of(any::<prop::sample::Index>())).prop_map(
        |(mut image, damage, sealed, cut)| {
            for (at, byte) in damage {
                let at = at.index(image.len());
                image[at] = byte;
            }
            if let Some(cut) = cut {
                image.truncate(cut.index(image.len() + 1));
            }
            if sealed {
                seal(&mut image);
            }
            image
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn chunked_is_monolithic(image in damaged(), pieces in prop::collection::vec(0usize..50, 0..20)) {
        let header = |image: &Image<'_, Buffers<'_>>| (image.header, image.sections().count());
        for strict in [false, true] {
            let load = |pieces: &[usize]| match strict {
                true => load(Strict, &image, pieces, header),
                false => load(Reference, &image, pieces, header),
            };
            let whole = load(&[]);
            prop_assert_eq!(load(&pieces), whole);
            prop_assert_eq!(load(&vec![1; image.len()]), whole);
        }
    }

    /// What has been rejected at an offset stays rejected, whatever comes behind, and was not rejected before.
    #[test]
    fn rejection_is_as_early_as_it_says(image in damaged(), tail in prop::collection::vec(any::<u8>(), 0..8)) {
        let Err(error) = load(Reference, &image, &[], |_| ()) else { return Ok(()) };
        let at_end = error.offset as usize == image.len();
        if !at_end {
            let other = [&image[..error.offset as usize], &tail].concat();
            prop_assert_eq!(load(Reference, &other, &[], |_| ()), Err(error));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = load(Reference, &bytes, &[], |_| ());
    }
}

/// Sixty thousand sections that all end somewhere else, and behind the table: going through the table again at each end, or
/// through all declarations at each one, would take minutes.
#[test]
fn a_long_table_takes_no_time_of_its_own() {
    let value = |id: u16| {
        let mut value = vec![0; 20];
        value[..2].copy_from_slice(&id.to_be_bytes());
        value
    };
    let sections = (0..60_000).map(|id| (1, 1, value(id))).collect();
    let image = write(&ImageParts { sections, rodata: Vec::new(), ..parts(2) });
    let start = std::time::Instant::now();
    for pieces in [&[] as &[usize], &[1; 3_000], &[50; 20_000]] {
        load(Reference, &image, pieces, |_| ()).unwrap();
        load(Strict, &image, pieces, |_| ()).unwrap();
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    // The very last one declares again what the first does.
    let sections = (0..60_000).map(|id| (2, 1, value(id % 59_999)[..16].to_vec())).collect();
    let image = write(&ImageParts { sections, rodata: Vec::new(), ..parts(2) });
    let error = load(Strict, &image, &[], |_| ()).unwrap_err();
    assert_eq!((error.defect, error.offset), (Defect::DuplicateId, image.len() as u32));
}

/// An image that declares mailboxes by this document.
fn declaring(document: &str) -> Vec<u8> {
    let mut parts = parts(2);
    parts.sections.push((3, 1, document.as_bytes().to_vec()));
    write(&parts)
}

/// The only mailbox of a document: its capacity in decimal, its mode, and the integer clamped to 64 bits.
fn only_mailbox(document: &str) -> Result<(String, u16, i64), Defect> {
    let look = |image: &Image<'_, Buffers<'_>>| {
        let sections: Vec<_> = image.sections().collect();
        let mailbox = image.mailboxes(&sections[0]).remove(0);
        let capacity = mailbox.capacity.unwrap_or_else(|| 0.into());
        (capacity.to_string(), mailbox.mode, capacity.clamped())
    };
    load(Reference, &declaring(document), &[], look).map_err(|error| error.defect)
}

#[test]
fn integers_have_any_size_up_to_4300_digits() {
    let with = |value: &str| only_mailbox(&format!(r#"[{{"name":"a","capacity":{value},"mode":{value}}}]"#));
    let nines = "9".repeat(4300);
    for (value, capacity, mode, clamped) in [
        ("9223372036854775807", "9223372036854775807", 0xFFFF, i64::MAX),
        ("9223372036854775808", "9223372036854775808", 0, i64::MAX),
        ("18446744073709551621", "18446744073709551621", 5, i64::MAX),
        ("1e23", "99999999999999991611392", 0, i64::MAX),
        ("9007199254740993.0", "9007199254740992", 0, 9_007_199_254_740_992),
        (&nines, &nines, 0xFFFF, i64::MAX),
    ] {
        assert_eq!(with(value), Ok((capacity.to_owned(), mode, clamped)), "{value:.40}");
    }
    for bad in [&*format!("1{nines}"), "-18446744073709551616", "1e309", "NaN", "Infinity", "01", "1.", "-"] {
        assert_eq!(with(bad), Err(Defect::MailboxJson), "{bad:.40}");
    }
}

#[test]
fn json_nests_as_deeply_as_the_reference_follows_it() {
    let nested = |before: &str, depth: usize, behind: &str| {
        only_mailbox(&[before, &"[".repeat(depth), "1", &"]".repeat(depth), behind].concat()).map(drop)
    };
    let in_mailbox = |depth| nested(r#"[{"name":"a","x":"#, depth, "}]");
    let beside = |depth| nested(r#"{"x":"#, depth, r#","mailboxes":[{"name":"a"}]}"#);
    assert!([1, 127, 128, 129, 491].into_iter().all(|depth| in_mailbox(depth).is_ok()));
    assert!([1, 127, 128, 129, 990].into_iter().all(|depth| beside(depth).is_ok()));
    assert_eq!((in_mailbox(492), beside(991)), (Err(Defect::MailboxJson), Err(Defect::MailboxJson)));
    // A thread with a small stack, and far more levels than it could hold.
    let deep = || {
        for opening in ["[", r#"{"a":"#] {
            assert_eq!(only_mailbox(&opening.repeat(300_000)).map(drop), Err(Defect::MailboxJson));
        }
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(deep).unwrap().join().unwrap();
}

#[test]
fn json_is_what_python_reads() {
    for good in [
        r#"[{"name":"a","x":[NaN,-Infinity,1e999,"\ud800",{"\udc00\ud800":-0.0E-5}]}]"#,
        r#" {"mailboxes" : [ {"name":"a"} ] , "x":"\ud83d\ude00\/\b" } "#,
        r#"[{"name":5,"name":"a"}]"#,
        r#"[{"name":"a","mode":"wr\u0131teonly"}]"#,
        r#"[{"name":"a","capacity":"-\u0660_\ud835\udfd7","capacity":"\u0661"}]"#,
    ] {
        assert!(only_mailbox(good).is_ok(), "{good}");
    }
    for bad in [
        r#"[{"name":"a",}]"#,
        r#"[{"name":"a"},]"#,
        r#"[{"name":"a"}]]"#,
        r#"[{"name":"a"}"#,
        r#"[{"name":"a" "x":1}]"#,
        r#"[{name:"a"}]"#,
        r#"[{"name":"\ud800"}]"#,
        r#"[{"name":"a","x":"\u00g0"}]"#,
        r#"[{"name":"a","x":"\x"}]"#,
        r#"[{"name":"a","x":"	"}]"#,
        r#"[{"name":"a","x":-NaN}]"#,
        r#"[{"name":"a","x":nul}]"#,
        r#"[{"name":"a","capacity":"\u00b2"}]"#,
    ] {
        assert_eq!(only_mailbox(bad), Err(Defect::MailboxJson), "{bad}");
    }
}
