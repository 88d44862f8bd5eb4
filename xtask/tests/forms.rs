//! Outcomes are held to their form, whatever serde would let pass: a list for an object, a null that is left out, a key
//! that is there twice.

use std::path::Path;

use oracle::Subject;
use oracle::protocol::parse_outcome;
use oracle::suite::complaints;
use rstest::rstest;
use serde_json::Value;

/// How many outcomes of a subject are changed.
const OUTCOMES: usize = 60;

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    /// Its values alone, in their order.
    List,
    /// Without its keys whose value is null.
    WithoutNulls,
    /// Its first key is there again.
    Twice,
}

/// JSON in which one object is changed: the one before which so many others begin.
struct Writer {
    change: Change,
    before: usize,
    /// Whether the text is another than that of the value.
    has_changed: bool,
}

impl Writer {
    fn write(&mut self, value: &Value) -> String {
        let Value::Object(object) = value else {
            return match value {
                Value::Array(items) => self.list(items.iter()),
                value => value.to_string(),
            };
        };
        let change = (self.before == 0).then_some(self.change);
        self.before = self.before.wrapping_sub(1);
        if change == Some(Change::List) {
            self.has_changed = true;
            return self.list(object.values());
        }
        let mut members = Vec::new();
        for (key, value) in object {
            if change == Some(Change::WithoutNulls) && value.is_null() {
                self.has_changed = true;
                continue;
            }
            members.push(format!("\"{key}\":{}", self.write(value)));
        }
        if change == Some(Change::Twice) {
            self.has_changed |= !members.is_empty();
            members.extend(members.first().cloned());
        }
        format!("{{{}}}", members.join(","))
    }

    fn list<'v>(&mut self, items: impl Iterator<Item = &'v Value>) -> String {
        format!("[{}]", items.map(|item| self.write(item)).collect::<Vec<_>>().join(","))
    }
}

fn objects(value: &Value) -> usize {
    match value {
        Value::Object(object) => 1 + object.values().map(objects).sum::<usize>(),
        Value::Array(items) => items.iter().map(objects).sum(),
        _ => 0,
    }
}

/// The value as text, with each of its objects changed in turn, where that makes another text.
fn changed_texts(value: &Value, change: Change) -> impl Iterator<Item = String> {
    (0..objects(value)).filter_map(move |before| {
        let mut writer = Writer { change, before, has_changed: false };
        let text = writer.write(value);
        writer.has_changed.then_some(text)
    })
}

#[rstest]
#[case::minivm(check::<vectors_minivm::MiniVm>, 0)]
#[case::hxe(check::<vectors_hxe::Hxe>, 20)]
#[case::control(check::<vectors_control::Control>, 50)]
#[case::cockpit(check::<vectors_cockpit::Cockpit>, 0)]
#[case::executive(check::<vectors_executive::Executive>, 50)]
fn outcomes_are_held_to_their_form(#[case] check: fn() -> [usize; 3], #[case] least_nulls: usize) {
    let [lists, nulls, twice] = check();
    assert!(lists >= OUTCOMES && twice >= OUTCOMES, "{lists} lists, {twice} keys twice");
    assert!(nulls >= least_nulls, "{nulls} nulls left out");
}

/// Changes each object of an outcome in each way. Gives how many outcomes were changed in each.
fn check<S: Subject>() -> [usize; 3] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(S::NAME);
    let written = S::written().expect("its vectors are written in YAML");
    let suite = written.load(&folder).unwrap_or_else(|errors| panic!("{}", complaints(&errors)));
    let stride = suite.vectors.len().div_ceil(OUTCOMES);
    let mut changed = [0; 3];
    for vector in suite.vectors.iter().step_by(stride) {
        let outcome = &vector.expected[0].outcome;
        let value = serde_json::to_value(outcome).unwrap();
        let read = parse_outcome::<S>(&value.to_string());
        assert_eq!(read.as_ref(), Ok(outcome), "the order of keys does not matter");
        let changes = [Change::List, Change::WithoutNulls, Change::Twice];
        for (change, changed) in changes.into_iter().zip(&mut changed) {
            for text in changed_texts(&value, change) {
                let read = parse_outcome::<S>(&text);
                let read = read.and_then(|outcome| S::check_outcome(&vector.case, &outcome));
                assert!(read.is_err(), "{change:?}: {text}");
                *changed += 1;
            }
        }
    }
    changed
}
