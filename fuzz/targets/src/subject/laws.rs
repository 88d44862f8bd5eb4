//! What must hold of the steps of any machine of any subject.

use std::collections::BTreeMap;

use oracle::fuzz::Complaint;
use oracle::machine::{Answer, Machine, run_checked};
use oracle::subject::{Path, Profile, State, Subject, Value, compare, step_count};

/// A case has the same outcome whatever was run before it, and a step alone does what it does in the case: what starts
/// where the case is cut gets to where the case gets, cut one step later.
///
/// # Errors
/// The law that does not hold.
pub fn check<S: Subject>(
    machine: &mut dyn Machine<S>,
    profile: Profile,
    case: &S::Case,
    outcome: &S::Outcome,
) -> Result<(), Complaint> {
    let topic = S::topics(case)[0];
    let count = step_count::<S>(case);
    if let Some(steps) = S::steps().filter(|_| count > 1) {
        let cut = count / 2;
        let cases = [steps.first(case, cut), steps.first(case, cut + 1)];
        let [Answer::Outcome(before), Answer::Outcome(after)] = &run_checked(machine, profile, &cases)[..]
        else {
            return Err(Complaint::new(topic, "cut", format!("no outcome after {cut} steps or one more")));
        };
        if let Some(step) = steps.next(&cases[0], before)
            && let [Answer::Outcome(alone)] = &run_checked(machine, profile, std::slice::from_ref(&step))[..]
        {
            let topic = steps.topic(case, Some(before));
            let start = S::start(&step);
            same_state(topic, &start, &S::end(&step, alone), &S::end(&cases[1], after))?;
        }
    }
    match &run_checked(machine, profile, std::slice::from_ref(case))[..] {
        [Answer::Outcome(again)] => {
            let differences = compare::<S>(case, outcome, again);
            Complaint::unless(differences.is_empty(), topic, "repeats", || format!("{differences:?}"))
        }
        other => Err(Complaint::new(topic, "repeats", format!("{other:?}"))),
    }
}

/// Whatever the step starts from is the same after it in both. How it has stopped may differ, and bytes count only if both
/// have changed them since their own starts.
fn same_state(topic: &str, start: &State, alone: &State, in_case: &State) -> Result<(), Complaint> {
    for field in &start.fields {
        let (got, expected) = (alone.get(&field.path), in_case.get(&field.path));
        let is_plain = !matches!(field.value, Value::Bytes(_));
        Complaint::unless(!is_plain || got == expected, topic, "alone", || {
            format!("{} is {got:?} after the step alone, {expected:?} in the case", field.path)
        })?;
    }
    let (got, expected) = (bytes(alone), bytes(in_case));
    for (place, byte) in &got {
        let there = expected.get(place);
        Complaint::unless(there.is_none_or(|there| there == byte), topic, "alone", || {
            format!("byte {place:?} is {byte:#04x} after the step alone, {there:02x?} in the case")
        })?;
    }
    Ok(())
}

/// All bytes of a state: family, outer indices and address; value.
fn bytes(state: &State) -> BTreeMap<(&str, &[u64], u64), u8> {
    let mut found = BTreeMap::new();
    for field in &state.fields {
        let (Path { family, index }, Value::Bytes(bytes)) = (&field.path, &field.value) else { continue };
        let Some((&address, outer)) = index.split_last() else { continue };
        let known = (address..).zip(bytes).filter_map(|(at, byte)| Some(((&**family, outer, at), (*byte)?)));
        found.extend(known);
    }
    found
}
