//! Vectors of the loader as they are written in YAML.
//!
//! `image` says what an image is made of, and it is written with all lengths and the CRC right. Then `patch` overwrites
//! bytes, `cut` shortens it, `append` makes it longer, and the CRC is put right again unless `sealed` is false. `hex` is
//! an image as it stands. `expect` is `accepted`, with fields by their paths where they count (all others are open), or
//! an error with the offset at which it is certain.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ::minivm::asm;
use ::minivm::hxe::{ImageParts, seal, write as write_image};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_saphyr::Spanned;

use super::case::Case;
use super::outcome::Outcome;
use crate::hex;
use crate::subject::Profile;
use crate::suite::{Expectation, Problem, Vector};
use crate::text::HexBytes;

/// A vector as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    name: Spanned<String>,
    rule: Spanned<String>,
    #[serde(default)]
    note: String,
    image: Option<Image>,
    hex: Option<HexBytes>,
    #[serde(default)]
    patch: BTreeMap<u32, HexBytes>,
    cut: Option<usize>,
    append: Option<HexBytes>,
    sealed: Option<bool>,
    #[serde(default)]
    chunks: Vec<u32>,
    only: Option<Profile>,
    expect: Option<Expect>,
    reference: Option<Expect>,
    strict: Option<Expect>,
    document: Option<Expect>,
}

/// What an image is made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    #[serde(default = "one")]
    version: u16,
    #[serde(default)]
    flags: u16,
    #[serde(default)]
    entry: u32,
    /// Assembly text; its data section is the rodata.
    code: Spanned<String>,
    rodata: Option<HexBytes>,
    #[serde(default)]
    bss_size: u32,
    #[serde(default)]
    req_caps: u32,
    #[serde(default)]
    app_name: String,
    #[serde(default)]
    sections: Vec<SectionText>,
}

fn one() -> u16 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionText {
    kind: u32,
    #[serde(default)]
    count: u32,
    hex: Option<HexBytes>,
    text: Option<String>,
}

/// What is expected.
#[derive(Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Expect {
    Rejected { error: String, offset: u32 },
    Accepted { accepted: BTreeMap<String, Json> },
    Word(String),
}

/// The fields of an accepted image that count; nothing where everything does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    stated: Option<BTreeMap<String, Json>>,
}

pub(super) fn close(expected: &Outcome, open: &Open, got: &Outcome) -> Outcome {
    let (Some(stated), Outcome::Accepted(_)) = (&open.stated, got) else { return expected.clone() };
    let mut json = got.to_json();
    for (path, value) in stated {
        match json.pointer_mut(&pointer(path)) {
            Some(place) => *place = value.clone(),
            // A field that is not there cannot be as it is wanted.
            None => return expected.clone(),
        }
    }
    serde_json::from_value(json).unwrap_or_else(|_| expected.clone())
}

/// `values[0].name` as a JSON pointer.
fn pointer(path: &str) -> String {
    format!("/{}", path.replace(']', "").replace(['[', '.'], "/"))
}

pub(super) fn resolve(entry: Entry) -> Result<Vector<super::Hxe>, Problem> {
    let case = Case { image: image(&entry)?, chunks: entry.chunks.clone() };
    case.check().map_err(|reason| Problem::at(&entry.name, reason))?;
    let mut expected = Vec::new();
    for (profile, overlay) in [(Profile::Reference, &entry.reference), (Profile::Strict, &entry.strict)] {
        match overlay.as_ref().or(entry.expect.as_ref()) {
            _ if entry.only.is_some_and(|only| only != profile) => {}
            Some(expect) => expected.push(expectation(&entry, expect, profile)?),
            None => {
                return Err(Problem::at(&entry.name, format!("nothing is expected in profile {profile}")));
            }
        }
    }
    let document =
        entry.document.as_ref().map(|expect| expectation(&entry, expect, Profile::Strict)).transpose()?;
    let document = document.map(|expectation| expectation.outcome);
    Ok(Vector::new(entry.name, entry.rule, entry.note, case, expected, document))
}

fn expectation(entry: &Entry, expect: &Expect, profile: Profile) -> Result<Expectation<super::Hxe>, Problem> {
    let accepted =
        |stated: BTreeMap<String, Json>| match serde_json::to_value(&stated).map(serde_json::from_value) {
            // As `write` writes it: every field is stated.
            Ok(Ok(whole)) => (Outcome::Accepted(whole), Open::default()),
            _ => (Outcome::Accepted(Box::default()), Open { stated: Some(stated) }),
        };
    let (outcome, open) = match expect {
        Expect::Word(word) if word == "accepted" => accepted(BTreeMap::new()),
        Expect::Word(word) => {
            let message = format!("`{word}`: accepted, or {{error: NAME, offset: N}}");
            return Err(Problem::at(&entry.name, message));
        }
        Expect::Accepted { accepted: stated } => accepted(stated.clone()),
        Expect::Rejected { error, offset } => {
            let defect = super::defect_from_name(error);
            let defect =
                defect.ok_or_else(|| Problem::at(&entry.name, format!("there is no error `{error}`")))?;
            (Outcome::Rejected { error: defect, offset: *offset }, Open::default())
        }
    };
    Ok(Expectation { profile, outcome, open })
}

fn image(entry: &Entry) -> Result<Vec<u8>, Problem> {
    let mut bytes = match (&entry.image, &entry.hex) {
        (Some(image), None) => write_image(&parts(image)?),
        (None, Some(hex)) => hex.0.clone(),
        _ => return Err(Problem::at(&entry.name, "one of `image` and `hex` is wanted")),
    };
    for (&at, HexBytes(patch)) in &entry.patch {
        let Some(target) = bytes.get_mut(at as usize..at as usize + patch.len()) else {
            return Err(Problem::at(&entry.name, format!("patch: {at:#x} is not within the image")));
        };
        target.copy_from_slice(patch);
    }
    bytes.truncate(entry.cut.unwrap_or(usize::MAX));
    bytes.extend(entry.append.iter().flat_map(|append| &append.0));
    if entry.sealed.unwrap_or(entry.hex.is_none()) {
        seal(&mut bytes);
    }
    Ok(bytes)
}

fn parts(image: &Image) -> Result<ImageParts, Problem> {
    let program = asm::assemble(&image.code.value)
        .map_err(|error| Problem::at(&image.code, format!("code {error}")))?;
    let sections = image.sections.iter().map(|section| {
        let bytes = match (&section.hex, &section.text) {
            (Some(hex), None) => hex.0.clone(),
            (None, Some(text)) => text.clone().into_bytes(),
            (None, None) => Vec::new(),
            (Some(hex), Some(text)) => [&hex.0, text.as_bytes()].concat(),
        };
        (section.kind, section.count, bytes)
    });
    Ok(ImageParts {
        version: image.version,
        flags: image.flags,
        entry: image.entry,
        code: program.code,
        rodata: image.rodata.as_ref().map_or(program.rodata, |bytes| bytes.0.clone()),
        bss_size: image.bss_size,
        req_caps: image.req_caps,
        app_name: image.app_name.clone().into_bytes(),
        sections: sections.collect(),
    })
}

/// The image, 16 bytes a line.
pub(super) fn listing(case: &Case) -> String {
    let mut text = format!("{} bytes in pieces of {:?} and the rest\n", case.image.len(), case.chunks);
    for (line, bytes) in case.image.chunks(16).enumerate().take(32) {
        let shown: String =
            bytes.iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { '.' }).collect();
        let _ = writeln!(text, "{:04x}  {:<32}  {shown}", 16 * line, hex::encode(bytes));
    }
    if case.image.len() > 512 {
        text.push_str("…\n");
    }
    text
}

/// A file with this one vector.
pub(super) fn write(name: &str, note: &str, case: &Case, profile: Profile, expected: &Outcome) -> String {
    let expected = match expected {
        Outcome::Rejected { error, offset } => format!("{{error: {}, offset: {offset}}}", error.name()),
        Outcome::Accepted(image) => {
            let stated = serde_json::to_value(image).unwrap_or_default();
            // JSON is YAML; the members of an accepted image are all stated, so nothing is open.
            format!("{{accepted: {stated}}}")
        }
    };
    let note = Json::String(note.to_owned());
    format!(
        "rules:\n  found.{name}: The oracle's outcome is the right one.\nvectors:\n  - name: {name}\n    rule: \
         found.{name}\n    note: {note}\n    only: {profile}\n    hex: \"{}\"\n    chunks: {:?}\n    expect: {expected}\n",
        hex::encode(&case.image),
        case.chunks,
    )
}
