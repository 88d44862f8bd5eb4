//! Random images: valid ones, which are then damaged, cut, sealed again, and written in random pieces.

use minivm::hxe::{ImageParts, seal, write};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::case::Case;
use crate::json;

/// Images, about a third of them valid.
pub fn images() -> impl Strategy<Value = Case> {
    (parts(), damage(), pieces()).prop_map(|(parts, damage, chunks)| {
        let mut image = write(&parts);
        damage.apply(&mut image);
        Case { image, chunks }
    })
}

fn parts() -> impl Strategy<Value = ImageParts> {
    let code = prop::collection::vec(any::<u8>(), 1..9).prop_map(|bytes| bytes.repeat(4));
    let rodata = prop_oneof![prop::collection::vec(any::<u8>(), 0..12), Just(vec![7; 16])];
    let name = prop_oneof![Just(b"app".to_vec()), prop::collection::vec(0u8..0x80, 0..33)];
    let sections = prop::collection::vec(section(), 0..4);
    (1u16..3, any::<u16>(), code, rodata, any::<Index>(), 0u32..0x1_0001, any::<u32>(), name, sections)
        .prop_map(|(version, flags, code, rodata, entry, bss_size, req_caps, app_name, sections)| {
            ImageParts {
                version,
                flags: flags & 7,
                entry: 4 * entry.index(code.len() / 4) as u32,
                code,
                rodata,
                bss_size,
                req_caps,
                app_name,
                sections,
            }
        })
}

type SectionParts = (u32, u32, Vec<u8>);

fn section() -> impl Strategy<Value = SectionParts> {
    prop_oneof![
        3 => entries(1, 20, &[6, 8, 18]),
        2 => entries(2, 16, &[8, 10, 14]),
        2 => entries(3, 16, &[2]),
        2 => mailboxes(),
        1 => (0u32..6, 0u32..4, prop::collection::vec(any::<u8>(), 0..40)),
    ]
}

/// A section of `kind`: entries of `size` bytes, whose fields at `texts` point behind the entries.
fn entries(kind: u32, size: usize, texts: &'static [usize]) -> impl Strategy<Value = SectionParts> {
    let entry = prop::collection::vec(any::<u8>(), size);
    let names = prop::collection::vec("[a-z\u{e9}]{0,6}", 1..4);
    let choices = prop::collection::vec(any::<Index>(), 3);
    (prop::collection::vec((entry, choices), 0..4), names).prop_map(move |(entries, names)| {
        let table: Vec<usize> = names
            .iter()
            .scan(size * entries.len(), |end, name| {
                let start = *end;
                *end += name.len() + 1;
                Some(start)
            })
            .collect();
        let mut bytes = Vec::new();
        for (entry, choices) in &entries {
            let mut entry = entry.clone();
            for (&at, choice) in texts.iter().zip(choices) {
                // One place more than there are names: no name at all.
                let offset = table.get(choice.index(table.len() + 1)).map_or(0, |&offset| offset as u16);
                entry[at..at + 2].copy_from_slice(&offset.to_be_bytes());
                if kind == 3 {
                    entry[..2].fill(0);
                }
            }
            bytes.extend(entry);
        }
        names.iter().for_each(|name| bytes.extend(name.bytes().chain([0])));
        (kind, entries.len() as u32, bytes)
    })
}

fn mailboxes() -> impl Strategy<Value = SectionParts> {
    let member = prop_oneof![
        (0u32..200).prop_map(|value| format!("\"capacity\": {value}")),
        prop::sample::select(vec!["RO", "rw", "TAP|FANOUT", "odd"])
            .prop_map(|mode| format!("\"mode\": \"{mode}\"")),
        (-3i32..9).prop_map(|pid| format!("\"owner_pid\": {pid}")),
        (0u32..9, 0u32..70_000)
            .prop_map(|(pid, flags)| format!("\"bindings\": [{{\"pid\": {pid}, \"flags\": {flags}}}]")),
        (prop::sample::select(vec!["capacity", "mode", "owner_pid", "unread"]), long_integer())
            .prop_map(|(member, value)| format!("\"{member}\": {value}")),
        (long_integer(), long_integer())
            .prop_map(|(pid, flags)| format!("\"bindings\": [{{\"pid\": {pid}, \"flags\": {flags}}}]")),
        (prop::sample::select(json::DEPTHS.to_vec()), prop::sample::select(json::BRACKETS.to_vec()))
            .prop_map(|(depth, brackets)| json::nested(depth, brackets, ("\"unread\": ", ""), "1")),
    ];
    let entry = ("[a-z]{1,4}", prop::collection::vec(member, 0..3)).prop_map(|(name, members)| {
        format!(
            "{{\"target\": \"app:{name}\"{}}}",
            members.iter().map(|m| format!(", {m}")).collect::<String>()
        )
    });
    (prop::collection::vec(entry, 0..3), any::<bool>()).prop_map(|(entries, list)| {
        let entries = entries.join(", ");
        let text = if list {
            format!("[{entries}]")
        } else {
            format!("{{\"version\": 1, \"mailboxes\": [{entries}]}}")
        };
        (3, 1, text.into_bytes())
    })
}

/// An integer that may have more than 64 bits, now and then as a text.
fn long_integer() -> impl Strategy<Value = String> {
    let digits = prop_oneof![4 => 15usize..45, 1 => prop::sample::select(vec![4299usize, 4300, 4301])];
    (digits, any::<bool>(), any::<bool>(), 1usize..10).prop_map(|(digits, is_negative, is_text, first)| {
        let sign = if is_negative { "-" } else { "" };
        let quote = if is_text { "\"" } else { "" };
        let digits: String = (0..digits).map(|at| char::from(b'0' + ((first + 7 * at) % 10) as u8)).collect();
        format!("{quote}{sign}{digits}{quote}")
    })
}

/// What happens to an image that was valid.
#[derive(Clone, Debug)]
struct Damage {
    bytes: Vec<(Index, u8)>,
    cut: Option<Index>,
    extra: Vec<u8>,
    sealed: bool,
}

impl Damage {
    fn apply(&self, image: &mut Vec<u8>) {
        for (at, byte) in &self.bytes {
            let at = at.index(image.len());
            image[at] = *byte;
        }
        if let Some(cut) = self.cut {
            image.truncate(cut.index(image.len() + 1));
        }
        image.extend(&self.extra);
        if self.sealed {
            seal(image);
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let byte = prop_oneof![any::<u8>(), Just(0), Just(0xFF), 1u8..5];
    let bytes = prop_oneof![2 => Just(vec![]), 3 => prop::collection::vec((any::<Index>(), byte), 1..4)];
    let cut = prop_oneof![5 => Just(None), 1 => any::<Index>().prop_map(Some)];
    let extra = prop_oneof![5 => Just(vec![]), 1 => prop::collection::vec(any::<u8>(), 1..20)];
    (bytes, cut, extra, prop::bool::weighted(0.8)).prop_map(|(bytes, cut, extra, sealed)| Damage {
        bytes,
        cut,
        extra,
        sealed,
    })
}

fn pieces() -> impl Strategy<Value = Vec<u32>> {
    prop_oneof![2 => Just(vec![]), 1 => prop::collection::vec(0u32..64, 1..8), 1 => Just(vec![1; 200])]
}
