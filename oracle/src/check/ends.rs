//! The end of input ends the program, when everything is answered.

use super::dialogue::{Dialogue, NO_CASE, Played};
use super::stage::Stage;
use crate::machine::Failure;

const END: &str = "At the end of stdin it exits with status 0.";

pub(super) const DIALOGUES: &[Dialogue] = &[
    Dialogue::new("end", "ends with status 0 when its input ends, and says no more", END, behind_one),
    Dialogue::new("end-at-once", "ends with status 0 if nothing was asked", END, at_once),
    Dialogue::new("end-behind-many", "answers what is waiting before it ends", END, behind_many),
];

fn behind_one(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    if let Some(case) = stage.case() {
        stage.send(&stage.request("c1", case));
        stage.reply()?;
    }
    stage.end()?;
    Ok(Played::Held)
}

fn at_once(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    stage.end()?;
    Ok(Played::Held)
}

fn behind_many(stage: &mut Stage<'_>) -> Result<Played, Failure> {
    let Some(case) = stage.case() else { return Played::not_shown(NO_CASE) };
    let ids: Vec<String> = (0..100).map(|number| format!("c{number}")).collect();
    ids.iter().for_each(|id| stage.send(&stage.request(id, case)));
    stage.close_input();
    for id in &ids {
        stage.answer(id)?;
    }
    stage.end()?;
    Ok(Played::Held)
}
