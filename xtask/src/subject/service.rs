//! One of our machines of a subject, to be served.

use oracle::Role;
use oracle::server::Service;
use oracle::subject::Subject;

use super::players::Players;
use crate::failure::Failure;

/// One of our machines of a subject; `None` if there is none of this name.
pub fn service<S: Subject>(name: &str, players: &Players) -> Result<Option<Box<dyn Service>>, Failure> {
    let Some(entry) = players.of::<S>().into_iter().find(|entry| entry.name == name) else { return Ok(None) };
    if entry.role == Role::Reference && entry.may_lack {
        return Ok(None);
    }
    let machine = entry.loaded().machine.map_err(Failure::undetermined)?;
    Ok(Some(Box::new(machine)))
}
