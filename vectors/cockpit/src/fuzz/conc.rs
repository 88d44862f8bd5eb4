//! Any bytes as an image: it is refused in its place, or what it contains survives being written and read.

use cockpit::conc::{self, HEADER_SIZE, INNER_HEADER_SIZE};
use cockpit::{Head, Plan, Program, asm};
use oracle::fuzz::{Bench, Complaint, Rng, Target, Use};
use oracle::project::Project;

struct Images;

/// The target.
pub fn create(_: &Bench) -> Box<dyn Target> {
    Box::new(Images)
}

impl Target for Images {
    fn useful_means(&self) -> &'static str {
        "the image is accepted in some profile"
    }

    fn run(&mut self, input: &[u8]) -> Result<Use, Complaint> {
        let read = [conc::read(input, Head), conc::read(input, Plan)];
        for (image, plan) in read.iter().zip([false, true]) {
            match image {
                Ok(image) => check(image.program())?,
                Err(error) => {
                    let is_found = error.defect.is_found(plan) && error.offset as usize <= input.len();
                    Complaint::unless(is_found, "refused", error.defect.name(), || {
                        format!("{error} of {} bytes, plan: {plan}", input.len())
                    })?;
                }
            }
        }
        Ok(Use::from(read.iter().any(Result::is_ok)))
    }

    /// Mostly a byte of the instructions or of the strings is another. The CRC is put right most of the time, or nothing
    /// would get behind it.
    fn mutate(&self, input: &mut Vec<u8>, rng: &mut Rng, basic: &mut dyn FnMut(&mut Vec<u8>)) {
        const BODY: usize = HEADER_SIZE + INNER_HEADER_SIZE;
        if input.len() <= BODY || rng.u8(..8) == 0 {
            basic(input);
        } else {
            let at = rng.usize(BODY..input.len());
            input[at] = rng.u8(..);
        }
        if rng.u8(..16) != 0 {
            fit_size(input);
            conc::seal(input);
        }
    }

    fn seeds(&self, _: &Project) -> Result<Vec<Vec<u8>>, String> {
        let sources = [
            "HALT",
            "PRINTF a\nHALT\na: .string \"hello\"",
            "PUSH 7\nPUSH 1\nPRINTF b\na: .string \"\"\nb: .string \"%d\"",
        ];
        let image = |source: &str| {
            let source = asm::assemble(source).map_err(|error| error.to_string())?;
            let strings: Vec<&[u8]> = source.strings.iter().map(Vec::as_slice).collect();
            let program = Program { code: &source.code, strings: &strings };
            conc::write(program).map_err(|defect| defect.name().to_owned())
        };
        sources.into_iter().map(image).collect()
    }

    fn describe(&self, input: &[u8]) -> String {
        format!("{} bytes: {:?}, {:?}", input.len(), conc::read(input, Head), conc::read(input, Plan))
    }
}

/// The length of the payload becomes what there is of it.
fn fit_size(image: &mut [u8]) {
    let Some(size) = image.len().checked_sub(HEADER_SIZE) else { return };
    image[4..8].copy_from_slice(&(size as u32).to_le_bytes());
}

/// Written and read again, a program is the same.
fn check(program: Program<'_>) -> Result<(), Complaint> {
    let Ok(image) = conc::write(program) else { return Ok(()) };
    match conc::read(&image, Plan) {
        Ok(again) => Complaint::unless(again.program() == program, "written", "program", || {
            format!("{program:?} becomes {:?}", again.program())
        }),
        Err(error) => Err(Complaint::new("written", "refused", format!("{program:?}: {error}"))),
    }
}
