//! The campaign of one subject on a chip.

use std::time::Instant;

use hil::target::Target;
use hil::{drift, plan};
use oracle::Role;
use oracle::campaign::{Campaign, Seat, Skipped};
use oracle::lane::Player;
use oracle::report::Report;
use oracle::subject::Subject;

use super::players::{Entry, Players};
use crate::context::Context;
use crate::failure::Failure;
use crate::loading;

/// What the campaign of a subject on a chip needs.
pub struct OnChip {
    /// The seed of the random cases.
    pub seed: u64,
    /// How many random cases to draw.
    pub cases: u64,
    /// How many cases of the sweep to take, at least.
    pub sweep: usize,
    /// The chip.
    pub target: Target,
    /// The machines that it is compared with.
    pub players: Players,
    /// What a replay command needs to name the same chip.
    pub replay_options: String,
}

/// The campaign of one subject; `None` if it is on no chip.
pub fn campaign<S: Subject>(on_chip: &OnChip, context: &mut Context) -> Result<Option<Report>, Failure> {
    let Some(codec) = S::on_chip() else { return Ok(None) };
    let start = Instant::now();
    let OnChip { seed, cases, sweep, target, players, replay_options } = on_chip;
    let suite = loading::suite::<S>(&players.project)?;
    let ledger = loading::ledger::<S>(&players.project)?;
    let ours = |entry: &Entry<S>| matches!(entry.role, Role::Native | Role::Model);
    let entries: Vec<Entry<S>> = players.of::<S>().into_iter().filter(ours).map(Entry::loaded).collect();
    let others: Vec<Player> = entries.iter().map(Entry::player).collect();
    let mut seats = Vec::new();
    for entry in entries {
        seats.push(Seat {
            role: entry.role,
            machine: entry.machine.map_err(Failure::undetermined)?,
            sample: None,
        });
    }
    let (mut digests, mut drifts) = (Vec::new(), Vec::new());
    let usual = Player { name: target.machine().into(), role: Role::Chip, profiles: codec.profiles() };
    let (lanes, skipped) = match target.connect::<S>() {
        Ok(mut chip) => {
            (digests, drifts) = drift::check(&mut chip, &suite, replay_options);
            let profiles = oracle::Machine::<S>::profiles(&chip).to_vec();
            seats.push(Seat::new(Role::Chip, chip));
            (plan::lanes(&Player { profiles, ..usual }, &others), Vec::new())
        }
        Err(because) => {
            let skip = |lane| Skipped { lane, because: because.clone(), required: true };
            (Vec::new(), plan::lanes(&usual, &others).into_iter().map(skip).collect())
        }
    };
    let plan = plan::plan::<S>(*seed, *cases, *sweep);
    let campaign = Campaign {
        kind: "hil",
        lanes,
        skipped,
        machines: seats,
        is_sample: true,
        cores: players.cores.clone(),
        replay_options: replay_options.clone(),
        commit: context.commit.clone(),
        ..Campaign::new((&suite, &ledger), plan, context.folder.join("failures"))
    };
    let mut report = context.run(campaign)?;
    report.lanes.extend(digests);
    report.findings.extend(drifts);
    // Building, greeting and following long programs are part of it.
    report.seconds = start.elapsed().as_secs_f64();
    Ok(Some(report))
}
