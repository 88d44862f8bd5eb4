//! Subjects with their types taken away: what every command needs of a subject, once for all of them.

mod budget;
mod campaign;
mod checkouts;
mod export;
mod hil;
mod players;
mod replay;
mod service;

use std::marker::PhantomData;
use std::path::Path;

use ::hil::firmware::Firmware;
use ::hil::session::Session;
use fuzz_targets::FuzzedSubject;
use oracle::check::Examples;
use oracle::exhaust::AnyPart;
use oracle::ledger::CheckedRow;
use oracle::plan::Plan;
use oracle::project::Project;
use oracle::report::{Exit, Measurement, Report, SuiteReport, suite_report};
use oracle::server::Service;
use oracle::subject::{CheckoutName, Commands, Profile, Subject};
use reports::statement::Suite;

pub use campaign::{Chosen, Part};
pub use checkouts::{Checkouts, OF_ADAPTERS};
pub use hil::OnChip;
pub use players::Players;

use crate::context::Context;
use crate::failure::Failure;
use crate::loading;

/// A subject whose cases and outcomes are not known.
pub trait AnySubject: Sync {
    /// The name.
    fn name(&self) -> &'static str;

    /// The profiles.
    fn profiles(&self) -> &'static [Profile];

    /// Every topic.
    fn topics(&self) -> Vec<&'static str>;

    /// How a checkout of its own reference is named; `None` if it has none.
    fn checkout(&self) -> Option<CheckoutName>;

    /// The names of its machines that are compiled into this program.
    fn machines(&self) -> Vec<String>;

    /// Its own commands, if it has any.
    fn commands(&self) -> Option<&'static dyn Commands>;

    /// A campaign over it, ready to be started; `None` if nothing that was asked for is about it.
    ///
    /// # Errors
    /// A vector, a ledger or an image that cannot be read.
    fn prepare<'a>(&self, chosen: &'a Chosen, players: &Players) -> Result<Option<Part<'a>>, Failure>;

    /// Cases of its vectors, for talking to a machine.
    ///
    /// # Errors
    /// A vector that cannot be read.
    fn examples(&self, project: &Project) -> Result<Examples, Failure>;

    /// Whether its vectors can be tables.
    fn tabulates(&self) -> bool;

    /// Its vectors as files by name, for who cannot be a process.
    ///
    /// # Errors
    /// A vector that cannot be read, or there are none.
    fn export(&self, project: &Project) -> Result<Vec<(String, String)>, Failure>;

    /// The ways in which its vectors in a file run on the machines, printed.
    ///
    /// # Errors
    /// The file holds no vectors of this subject, or a machine that was named is not there.
    fn replay(&self, file: &Path, names: &[String], players: &Players) -> Result<Exit, Failure>;

    /// One of our machines, to be served.
    ///
    /// # Errors
    /// Why it is not there.
    fn service(&self, name: &str, players: &Players) -> Result<Option<Box<dyn Service>>, Failure>;

    /// A campaign over it on a chip; `None` if it is on none.
    ///
    /// # Errors
    /// A vector or a ledger that cannot be read, or one of our machines that is not there.
    fn hil(&self, on_chip: &OnChip, context: &mut Context) -> Result<Option<Report>, Failure>;

    /// What it costs on a chip; nothing if it is on none.
    ///
    /// # Errors
    /// The chip does not answer, or the vectors cannot be read.
    fn budget(
        &self,
        firmware: &Firmware,
        session: &mut Session,
        project: &Project,
    ) -> Result<Vec<Measurement>, Failure>;

    /// The same for people.
    fn budget_table(&self, measurements: &[Measurement], compiler: &str) -> String;

    /// The subject as fuzzing sees it.
    fn fuzzed(&self) -> &'static dyn FuzzedSubject;

    /// What of it can be exhausted; nothing if its inputs are too many.
    fn exhausted(&self) -> Vec<AnyPart>;

    /// Whether it is an instruction set.
    fn has_instructions(&self) -> bool;

    /// The page of its instruction set; `None` if it is none.
    ///
    /// # Errors
    /// Its vectors or its ledger cannot be read.
    fn instruction_set_page(&self, project: &Project) -> Result<Option<String>, Failure>;

    /// Its suite, and the rows of its ledger, checked.
    ///
    /// # Errors
    /// They cannot be read.
    fn ledger(&self, project: &Project) -> Result<(SuiteReport, Vec<CheckedRow>), Failure>;

    /// What its suite and its ledger are now, for the cases of a plan.
    ///
    /// # Errors
    /// They cannot be read.
    fn suite(&self, project: &Project, plan: &Plan) -> Result<Suite, Failure>;
}

/// The subject `S` as [`AnySubject`].
pub struct Of<S>(PhantomData<fn() -> S>);

impl<S> Of<S> {
    /// The only one.
    pub const NEW: Self = Of(PhantomData);
}

impl<S: Subject> AnySubject for Of<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn profiles(&self) -> &'static [Profile] {
        S::PROFILES
    }

    fn topics(&self) -> Vec<&'static str> {
        S::all_topics()
    }

    fn checkout(&self) -> Option<CheckoutName> {
        S::reference().map(|reference| reference.checkout())
    }

    fn machines(&self) -> Vec<String> {
        S::machines().into_iter().map(|(_, machine)| machine.name().to_owned()).collect()
    }

    fn commands(&self) -> Option<&'static dyn Commands> {
        S::commands()
    }

    fn prepare<'a>(&self, chosen: &'a Chosen, players: &Players) -> Result<Option<Part<'a>>, Failure> {
        campaign::prepare::<S>(chosen, players)
    }

    fn examples(&self, project: &Project) -> Result<Examples, Failure> {
        Ok(Examples::of::<S>(&loading::suite::<S>(project)?))
    }

    fn tabulates(&self) -> bool {
        S::tabulates().is_some()
    }

    fn export(&self, project: &Project) -> Result<Vec<(String, String)>, Failure> {
        export::files::<S>(project)
    }

    fn replay(&self, file: &Path, names: &[String], players: &Players) -> Result<Exit, Failure> {
        replay::replay::<S>(file, names, players)
    }

    fn service(&self, name: &str, players: &Players) -> Result<Option<Box<dyn Service>>, Failure> {
        service::service::<S>(name, players)
    }

    fn hil(&self, on_chip: &OnChip, context: &mut Context) -> Result<Option<Report>, Failure> {
        hil::campaign::<S>(on_chip, context)
    }

    fn budget(
        &self,
        firmware: &Firmware,
        session: &mut Session,
        project: &Project,
    ) -> Result<Vec<Measurement>, Failure> {
        budget::measure::<S>(firmware, session, project)
    }

    fn budget_table(&self, measurements: &[Measurement], compiler: &str) -> String {
        budget::table::<S>(measurements, compiler)
    }

    fn fuzzed(&self) -> &'static dyn FuzzedSubject {
        &fuzz_targets::Of::<S>::NEW
    }

    fn exhausted(&self) -> Vec<AnyPart> {
        oracle::exhaust::parts::<S>()
    }

    fn has_instructions(&self) -> bool {
        S::instruction_set().is_some()
    }

    fn instruction_set_page(&self, project: &Project) -> Result<Option<String>, Failure> {
        let Some(set) = S::instruction_set() else { return Ok(None) };
        let (suite, rows) = self.ledger(project)?;
        Ok(Some(reports::isa::page(set, &suite, &rows)))
    }

    fn ledger(&self, project: &Project) -> Result<(SuiteReport, Vec<CheckedRow>), Failure> {
        let suite = loading::suite::<S>(project)?;
        let (rows, _) = loading::ledger::<S>(project)?.check(&suite);
        Ok((suite_report(&suite), rows))
    }

    fn suite(&self, project: &Project, plan: &Plan) -> Result<Suite, Failure> {
        loading::suite_now::<S>(project, plan)
    }
}
