//! States side by side: every field that is not the same in all of them.

use std::collections::{BTreeMap, BTreeSet};

use oracle::subject::{Path, State, Value};

/// A field with its value in each state; absent if a state has no such field.
pub(crate) struct Row<const N: usize> {
    pub path: Path,
    pub values: [Option<Value>; N],
}

/// What is compared alone: the place of its family, its outer indices, its last one.
type Key<'s> = (usize, &'s [u64], u64);

/// A field, or one byte of it.
struct Atom<'s> {
    path: Path,
    value: &'s Value,
    /// Which of its bytes, if these are bytes.
    at: usize,
}

/// The fields that are not the same in all states, in the order of the states. Neighbouring bytes are joined as long as
/// `kind` says the same of them.
pub(crate) fn side_by_side<const N: usize>(
    states: [&State; N],
    kind: impl Fn(&[Option<u8>; N]) -> bool,
) -> Vec<Row<N>> {
    let mut families: Vec<&str> = Vec::new();
    for field in states.iter().flat_map(|state| &state.fields) {
        if !families.contains(&&*field.path.family) {
            families.push(&field.path.family);
        }
    }
    let atoms = states.map(|state| atoms(state, &families));
    let keys: BTreeSet<Key<'_>> = atoms.iter().flat_map(BTreeMap::keys).copied().collect();
    let mut rows: Vec<Row<N>> = Vec::new();
    // Which byte the last row ends with, and of which kind it is.
    let mut last: Option<(Key<'_>, bool)> = None;
    for key in keys {
        let found = atoms.each_ref().map(|atoms| atoms.get(&key));
        let Some(Atom { path, value, .. }) = found.iter().flatten().next() else { continue };
        let is_byte = matches!(value, Value::Bytes(_));
        let values = found.map(|atom| atom.and_then(Atom::value));
        if values.iter().all(|value| *value == values[0]) {
            continue;
        }
        let kind = is_byte && kind(&found.map(|atom| atom.and_then(Atom::byte)));
        let follows =
            last.is_some_and(|((family, outer, at), of)| ((family, outer, at + 1), of) == (key, kind));
        last = is_byte.then_some((key, kind));
        match rows.last_mut().filter(|_| follows) {
            Some(row) => {
                for (run, atom) in row.values.iter_mut().zip(found) {
                    if let Some(Value::Bytes(run)) = run {
                        run.push(atom.and_then(Atom::byte));
                    }
                }
            }
            None if is_byte => {
                let bytes = found.map(|atom| Some(Value::Bytes(vec![atom.and_then(Atom::byte)])));
                rows.push(Row { path: path.clone(), values: bytes });
            }
            None => rows.push(Row { path: path.clone(), values }),
        }
    }
    rows
}

impl Atom<'_> {
    /// The byte, if it is one and is known.
    fn byte(&self) -> Option<u8> {
        match self.value {
            Value::Bytes(bytes) => bytes.get(self.at).copied().flatten(),
            _ => None,
        }
    }

    /// The value; absent if it is a byte that is not known.
    fn value(&self) -> Option<Value> {
        match self.value {
            Value::Bytes(_) => self.byte().map(|byte| Value::bytes(&[byte])),
            value => Some(value.clone()),
        }
    }
}

fn atoms<'s>(state: &'s State, families: &[&str]) -> BTreeMap<Key<'s>, Atom<'s>> {
    let mut atoms = BTreeMap::new();
    for field in &state.fields {
        let family = families.iter().position(|it| *it == field.path.family).unwrap_or(families.len());
        let (&last, outer) = field.path.index.split_last().unwrap_or((&0, &[]));
        match &field.value {
            Value::Bytes(bytes) => {
                for (at, address) in (0..bytes.len()).zip(last..) {
                    let index = outer.iter().copied().chain([address]).collect();
                    let path = Path { family: field.path.family.clone(), index };
                    atoms.insert((family, outer, address), Atom { path, value: &field.value, at });
                }
            }
            value => {
                atoms.insert((family, outer, last), Atom { path: field.path.clone(), value, at: 0 });
            }
        }
    }
    atoms
}

#[cfg(test)]
mod tests {
    use super::*;
    use oracle::subject::Field;

    #[test]
    fn bytes_are_joined_as_long_as_they_are_alike() {
        let state = |a: u32, bytes: &[u8]| State {
            fields: [(Path::of("a"), Value::word(a)), (Path::at("m[#x]", 8), Value::bytes(bytes))]
                .map(|(path, value)| Field { path, value })
                .to_vec(),
        };
        let (before, expected, got) = (state(1, &[0, 0, 0, 0]), state(1, &[1, 2, 3]), state(2, &[1, 9, 9]));
        let rows = side_by_side([&before, &expected, &got], |[_, expected, got]| expected == got);
        let text = |value: &Option<Value>| value.as_ref().map_or("-".into(), Value::to_string);
        let shown: Vec<_> =
            rows.iter().map(|row| (row.path.to_string(), row.values.each_ref().map(text))).collect();
        let row = |path: &str, values: [&str; 3]| (path.to_owned(), values.map(str::to_owned));
        assert_eq!(
            shown,
            [
                row("a", ["0x1", "0x1", "0x2"]),
                row("m[0x8]", ["00", "01", "01"]),
                row("m[0x9]", ["0000", "0203", "0909"]),
                row("m[0xb]", ["00", "..", ".."]),
            ]
        );
    }
}
