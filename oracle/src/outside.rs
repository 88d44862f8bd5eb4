//! Outcomes in which a number is out of the range of its field.
//!
//! Such a number is a wrong value like any other, only that no outcome of the subject can hold it. So the outcome is read with
//! another number in its place, and what was said is kept beside it, as a field of the state: the field that changes if
//! the number does.

use serde_json::Value as Json;
use serde_path_to_error::Segment;

use crate::cases::{Cases, Field, State, Value, differences};

/// An outcome in which numbers were out of the range of their fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside<O> {
    /// The outcome with a number that its field can have in place of each: the same one, but for its upper bits, if that can
    /// be.
    pub outcome: O,
    /// The fields of its state in which they stand, with what was said.
    pub said: State,
}

impl<O> Outside<O> {
    /// The state with what was said in it.
    pub(crate) fn state<S: Cases<Outcome = O>>(&self, case: &S::Case) -> State {
        S::end(case, &self.outcome).overlaid(&self.said)
    }
}

impl<O> Outside<O> {
    /// The families of the fields in which such a number stands, for people.
    pub fn families(&self) -> String {
        let mut names: Vec<String> = self.said.fields.iter().map(|field| field.path.family_name()).collect();
        names.sort_unstable();
        names.dedup();
        names.join(" ")
    }
}

/// More of such numbers than that are no wrong values, but another form.
const MOST: usize = 64;

/// Reads what cannot be read as an outcome as one with numbers out of range. `None` if something else is wrong with it.
pub fn read<S: Cases>(case: &S::Case, text: &str) -> Option<Outside<S::Outcome>> {
    let said: Json = serde_json::from_str(text).ok()?;
    let mut held = said.clone();
    let mut places = Vec::new();
    let outcome = loop {
        match parse::<S>(&held) {
            Ok(outcome) => break outcome,
            Err(wrong) if places.len() < MOST => places.push(replace::<S>(&mut held, &wrong)?),
            Err(_) => return None,
        }
    };
    let outcome = match S::check_outcome(case, &outcome) {
        Ok(()) => outcome,
        // The lower bits alone are as impossible: any number that the field can have will do.
        Err(_) => {
            places.iter().for_each(|place| set(&mut held, place, 0.into()));
            parse::<S>(&held).ok().filter(|outcome| S::check_outcome(case, outcome).is_ok())?
        }
    };
    let fields: Option<Vec<Field>> =
        places.iter().map(|place| field::<S>(case, &held, place, said.pointer(place)?)).collect();
    let fields = fields.filter(|fields| !fields.is_empty())?;
    Some(Outside { outcome, said: State { fields } })
}

/// What cannot be read: where, and why.
#[derive(PartialEq)]
struct Wrong {
    place: String,
    why: String,
}

fn parse<S: Cases>(json: &Json) -> Result<S::Outcome, Wrong> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let segment = |segment: &Segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => member("", key),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        };
        Wrong { place: error.path().iter().map(segment).collect(), why: error.inner().to_string() }
    })
}

fn set(json: &mut Json, place: &str, value: Json) {
    if let Some(target) = json.pointer_mut(place) {
        *target = value;
    }
}

/// Puts a number that can be held in place of the one that is wrong, and tells where that is; `None` if what is wrong is
/// no integer.
fn replace<S: Cases>(held: &mut Json, wrong: &Wrong) -> Option<String> {
    let mut places = Vec::new();
    integers(held.pointer(&wrong.place)?, &wrong.place, &mut places);
    for (place, said) in places {
        let before = held.pointer(&place)?.clone();
        let mut try_it = |value: Json| {
            set(held, &place, value);
            parse::<S>(held).err()
        };
        let with_zero = try_it(0.into());
        // If it says the same of any number, this is not the one.
        if with_zero.as_ref() != Some(wrong) {
            let lower = [said as u32, u32::from(said as u16), u32::from(said as u8)];
            let fits = lower.into_iter().find(|&lower| try_it(lower.into()) == with_zero);
            set(held, &place, fits.unwrap_or(0).into());
            return Some(place);
        }
        set(held, &place, before);
    }
    None
}

/// The place of a member of what is at `place`, as a JSON pointer.
fn member(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Every integer in a value, with its place.
fn integers(json: &Json, place: &str, found: &mut Vec<(String, i128)>) {
    match json {
        Json::Number(number) => {
            // What does not fit 64 bits has become a fraction.
            let large = |real: f64| (real.abs() >= 2_f64.powi(63)).then_some(real as i128);
            let integer = number.as_i128().or_else(|| number.as_f64().and_then(large));
            found.extend(integer.map(|integer| (place.to_owned(), integer)));
        }
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| integers(item, &format!("{place}/{at}"), found));
        }
        Json::Object(members) => {
            members.iter().for_each(|(key, value)| integers(value, &member(place, key), found));
        }
        _ => {}
    }
}

/// The field of the state that changes if the number at `place` does, with what was said.
fn field<S: Cases>(case: &S::Case, held: &Json, place: &str, said: &Json) -> Option<Field> {
    let with = |value: u32| {
        let mut held = held.clone();
        set(&mut held, place, value.into());
        parse::<S>(&held).ok().map(|outcome| S::end(case, &outcome))
    };
    let difference = differences(&with(0)?, &with(1)?).into_iter().next()?;
    let value = match (&difference.got, said.as_i64()) {
        (Some(Value::Word { .. } | Value::Flags { .. } | Value::Integer(_)), Some(said)) => {
            Value::Integer(said)
        }
        (Some(Value::Word { .. } | Value::Flags { .. } | Value::Integer(_)), None) => {
            Value::text(said.to_string())
        }
        _ => Value::text(format!("{}: {said}", place[1..].replace('/', "."))),
    };
    Some(Field { path: difference.path, value })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::integers;

    #[test]
    fn every_integer_is_at_its_place() {
        let value = json!({"a": [1, {"b/c": 2, "~1": 3}], "": -4, "no": [0.5, "5", true]});
        let mut found = Vec::new();
        integers(&value, "", &mut found);
        let at = |place: &str| value.pointer(place).and_then(|it| it.as_i64()).map(i128::from);
        assert!(found.iter().all(|(place, said)| at(place) == Some(*said)), "{found:?}");
        let mut said: Vec<i128> = found.into_iter().map(|(_, said)| said).collect();
        said.sort_unstable();
        assert_eq!(said, [-4, 1, 2, 3]);
    }
}
