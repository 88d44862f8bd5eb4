//! Vectors of the loader as they are written in YAML.
//!
//! `image` says what an image is made of, and it is written with all lengths and the CRC right. Then `patch` overwrites
//! bytes, `cut` shortens it, `append` makes it longer, and the CRC is put right again unless `sealed` is false. `hex` is
//! an image as it stands. `expect` is `accepted`, with fields by their paths where they count (all others are open), or
//! an error with the offset at which it is certain.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use minivm::asm;
use minivm::hxe::{ImageParts, seal, write as write_image};
use oracle::subject::Profile;
use oracle::suite::text::{HexBytes, Pairs};
use oracle::suite::{Expectation, Partial, Problem, Text};
use oracle::{hex, keys};
use serde::Deserialize;
use serde_json::Value as Json;
use serde_saphyr::Spanned;

use crate::case::Case;
use crate::cases::Hxe;
use crate::outcome::{Outcome, defect_named};

/// The YAML of `hxe`.
#[derive(Clone, Copy, Debug)]
pub struct Vectors;

keys! {
    /// The keys of a case.
    pub struct Given {
        /// What the image is made of.
        image: ImageText,
        /// The image as it stands.
        hex: HexBytes,
        /// Bytes to overwrite, by their offset.
        patch: Pairs<u32, HexBytes>,
        /// How many bytes to keep.
        cut: usize,
        /// Bytes to add.
        append: HexBytes,
        /// Whether the CRC is put right at the end. By default it is, unless the image stands as `hex`.
        sealed: bool,
        /// The sizes of the pieces in which the image arrives; the rest is one more.
        chunks: Vec<u32>,
    }
}

keys! {
    /// What an image is made of.
    pub struct ImageText {
        /// The format's version; 1 by default.
        version: u16,
        /// Flags of the header.
        flags: u16,
        /// The byte address of the entry point.
        entry: u32,
        /// Assembly text; its data section is the rodata.
        code: Spanned<String>,
        /// Read-only data, instead of the data section.
        rodata: HexBytes,
        /// The size of zeroed data in bytes.
        bss_size: u32,
        /// Required capabilities.
        req_caps: u32,
        /// The name, at most 31 bytes.
        app_name: String,
        /// Metadata.
        sections: Vec<SectionText>,
    }
}

keys! {
    /// A section of metadata: bytes, then text, as far as they are given.
    pub struct SectionText {
        /// 1 values, 2 commands, 3 mailboxes.
        kind: u32,
        /// The number of entries.
        count: u32,
        /// Its bytes.
        hex: HexBytes,
        /// Its text.
        text: String,
    }
}

/// What is expected.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Expect {
    /// An error, and the offset at which it is certain.
    Rejected {
        /// The error's name.
        error: String,
        /// Bytes taken when it was certain.
        offset: u32,
    },
    /// Fields that count, by their paths; or all of them.
    Accepted {
        /// The fields.
        accepted: BTreeMap<String, Json>,
    },
    /// `accepted`, whatever the image says.
    Word(String),
}

impl Text<Hxe> for Vectors {
    type Given = Given;
    type Expect = Expect;
    type Context = ();

    fn case(&self, given: &Given, name: &Spanned<String>, _: &Path) -> Result<(Case, ()), Problem> {
        Ok((Case { image: image(given, name)?, chunks: given.chunks.clone().unwrap_or_default() }, ()))
    }

    fn expectation(
        &self,
        _: &Case,
        (): &(),
        layers: &[&Expect],
        profile: Profile,
    ) -> Result<Expectation<Hxe>, String> {
        let expect = *layers.last().ok_or_else(|| format!("nothing is expected in profile {profile}"))?;
        let (outcome, partial) = match expect {
            Expect::Word(word) if word == "accepted" => accepted(BTreeMap::new()),
            Expect::Word(word) => return Err(format!("`{word}`: accepted, or {{error: NAME, offset: N}}")),
            Expect::Accepted { accepted: stated } => accepted(stated.clone()),
            Expect::Rejected { error, offset } => {
                let defect = defect_named(error);
                let defect = defect.ok_or_else(|| format!("there is no error `{error}`"))?;
                (Outcome::Rejected { error: defect, offset: *offset }, None)
            }
        };
        Ok(Expectation { profile, outcome, partial })
    }

    fn write_case(&self, case: &Case) -> String {
        format!("hex: \"{}\"\nchunks: {:?}", hex::encode(&case.image), case.chunks)
    }

    fn write_outcome(&self, _: &Case, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Rejected { error, offset } => format!("{{error: {}, offset: {offset}}}", error.name()),
            // JSON is YAML; the members of an accepted image are all stated, so nothing is open.
            Outcome::Accepted(image) => {
                format!("{{accepted: {}}}", serde_json::to_value(image).unwrap_or_default())
            }
        }
    }
}

/// An accepted image of which these fields count. All do if every field is stated, as in what is written of a finding.
fn accepted(stated: BTreeMap<String, Json>) -> (Outcome, Option<Partial<Hxe>>) {
    if let Ok(Ok(whole)) = serde_json::to_value(&stated).map(serde_json::from_value) {
        return (Outcome::Accepted(whole), None);
    }
    let expected = Outcome::Accepted(Box::default());
    let text = serde_json::to_string(&stated).unwrap_or_default();
    let complete = {
        let expected = expected.clone();
        move |got: &Outcome| complete(&expected, &stated, got)
    };
    (expected, Some(Partial { stated: text, complete: Arc::new(complete) }))
}

/// The image that a machine has accepted, with the stated fields as they should be.
fn complete(expected: &Outcome, stated: &BTreeMap<String, Json>, got: &Outcome) -> Outcome {
    if !matches!(got, Outcome::Accepted(_)) {
        return expected.clone();
    }
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

/// The image that is written so.
///
/// # Errors
/// What is wrong with it; at `name`, if it is nothing in particular.
pub fn image(given: &Given, name: &Spanned<String>) -> Result<Vec<u8>, Problem> {
    let mut bytes = match (&given.image, &given.hex) {
        (Some(image), None) => write_image(&parts(image, name)?),
        (None, Some(hex)) => hex.0.clone(),
        _ => return Err(Problem::at(name, "one of `image` and `hex` is wanted")),
    };
    for (at, HexBytes(patch)) in given.patch.iter().flat_map(|patch| &patch.0) {
        let start = *at as usize;
        let Some(target) = bytes.get_mut(start..start + patch.len()) else {
            return Err(Problem::at(name, format!("patch: {at:#x} is not within the image")));
        };
        target.copy_from_slice(patch);
    }
    if let Some(cut) = given.cut {
        if cut >= bytes.len() {
            return Err(Problem::at(name, format!("cut: {cut} leaves all {} bytes", bytes.len())));
        }
        bytes.truncate(cut);
    }
    bytes.extend(given.append.iter().flat_map(|append| &append.0));
    if given.sealed.unwrap_or(given.hex.is_none()) {
        seal(&mut bytes);
    }
    Ok(bytes)
}

fn parts(image: &ImageText, name: &Spanned<String>) -> Result<ImageParts, Problem> {
    let code = image.code.as_ref().ok_or_else(|| Problem::at(name, "image.code: missing"))?;
    let program = asm::assemble(&code.value).map_err(|error| Problem::at(code, format!("code {error}")))?;
    let section = |section: &SectionText| {
        let kind = section.kind.ok_or_else(|| Problem::at(name, "image.sections: kind: missing"))?;
        let mut bytes = section.hex.clone().unwrap_or_default().0;
        bytes.extend(section.text.clone().unwrap_or_default().into_bytes());
        Ok((kind, section.count.unwrap_or_default(), bytes))
    };
    Ok(ImageParts {
        version: image.version.unwrap_or(1),
        flags: image.flags.unwrap_or_default(),
        entry: image.entry.unwrap_or_default(),
        code: program.code,
        rodata: image.rodata.as_ref().map_or(program.rodata, |bytes| bytes.0.clone()),
        bss_size: image.bss_size.unwrap_or_default(),
        req_caps: image.req_caps.unwrap_or_default(),
        app_name: image.app_name.clone().unwrap_or_default().into_bytes(),
        sections: image.sections.iter().flatten().map(section).collect::<Result<_, _>>()?,
    })
}
