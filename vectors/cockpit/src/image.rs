//! CONC images as cases: the program of an image from its first instruction on, as each profile reads it.

use cockpit::Program;
use cockpit::conc::{self, LoadError, MAGIC};
use oracle::subject::{Cases, Images, Profile};

use crate::case::{Case, MAX_CODE, MAX_STEPS};
use crate::cases::Cockpit;
use crate::profile;

impl Images<Cockpit> for Cockpit {
    fn is_kind(&self, file: &[u8]) -> bool {
        file.starts_with(&MAGIC)
    }

    /// A case for each way in which a profile reads the image; mostly they read the same. Every machine then runs all of
    /// them in every profile: what an image contains is not what its instructions do.
    fn cases(&self, file: &[u8]) -> Result<Vec<Case>, String> {
        let mut cases: Vec<Case> = Vec::new();
        let mut reasons = Vec::new();
        for &profile in Cockpit::PROFILES {
            match read(file, profile)
                .map_err(|error| error.to_string())
                .and_then(|image| case(image.program()))
            {
                Ok(case) if cases.contains(&case) => {}
                Ok(case) => cases.push(case),
                Err(why) => reasons.push(format!("{profile}: {why}")),
            }
        }
        if cases.is_empty() { Err(format!("no image: {}", reasons.join("; "))) } else { Ok(cases) }
    }
}

/// Reads an image in a profile.
pub(crate) fn read(file: &[u8], profile: Profile) -> Result<conc::Image<'_>, LoadError> {
    profile::with!(profile, |it| conc::read(file, it))
}

/// The case of a program. Bytes of strings that are no ASCII have no place in one.
pub(crate) fn case(program: Program<'_>) -> Result<Case, String> {
    let text = |bytes: &&[u8]| bytes.is_ascii().then(|| bytes.iter().copied().map(char::from).collect());
    let strings: Option<Vec<String>> = program.strings.iter().map(text).collect();
    let code = program.code.as_flattened().to_vec();
    if code.len() > MAX_CODE {
        return Err(format!("{} bytes of code, of which a case has at most {MAX_CODE}", code.len()));
    }
    let strings = strings.ok_or("a string is not ASCII")?;
    Ok(Case { code, strings, max_steps: MAX_STEPS, ..Case::default() })
}
