//! The typed picture of a case or an outcome: an ordered list of fields.
//!
//! A state is built only if something differs or is shown. Differences, groups, explanations, traces and pages read it,
//! and nobody takes a field's name apart again. The order of the fields is their importance: what differs first is what a
//! group of differences is named after, so that a wrong `stop` comes before the registers that it drags along.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The fields of a case or of an outcome, the most telling first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct State {
    /// The fields, each path once.
    pub fields: Vec<Field>,
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    #[serde(flatten)]
    pub path: Path,
    /// Its value.
    #[serde(flatten)]
    pub value: Value,
}

/// The name of a field: a family, and which of the family it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Path {
    /// The name, in which `#` stands for an index in decimal and `#x` for one in hexadecimal: `pc`, `r#`, `mem[#x]`,
    /// `values[#].name`. Fields of one family differ in their indices only.
    pub family: Cow<'static, str>,
    /// What the marks stand for, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub index: Vec<u64>,
}

/// A value, with what people need to read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// A word of so many bits, shown in hexadecimal.
    Word {
        /// The value.
        value: u64,
        /// Its width in bits, 1 to 64.
        bits: u8,
    },
    /// Flags.
    Flags {
        /// The value.
        value: u32,
        /// The letter of each bit, the lowest bit first.
        letters: Cow<'static, str>,
    },
    /// Bytes at an address, which is the path's last index; `None` where a byte is as it was at the start.
    #[serde(serialize_with = "bytes_text", deserialize_with = "bytes_of_text")]
    Bytes(Vec<Option<u8>>),
    /// A number, shown in decimal.
    Integer(i64),
    /// Several values.
    List(Vec<Value>),
    /// Words.
    Text(String),
}

/// A field in which two states differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The field.
    #[serde(flatten)]
    pub path: Path,
    /// What the oracle has there; absent if it has no such field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// What the machine has there; absent if it has no such field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<Value>,
}

impl State {
    /// Adds a field.
    pub fn push(&mut self, path: Path, value: Value) {
        self.fields.push(Field { path, value });
    }

    /// The value of the field of this path.
    pub fn get(&self, path: &Path) -> Option<&Value> {
        self.fields.iter().find(|field| field.path == *path).map(|field| &field.value)
    }

    /// The fields of this state that are not so in `before`, with the values that they have here. Of bytes only those
    /// that are new, and a field that is gone is not named.
    pub fn changes_since(&self, before: &State) -> State {
        let changed = differences(before, self).into_iter();
        State { fields: changed.filter_map(|d| Some(Field { path: d.path, value: d.got? })).collect() }
    }

    /// This state with the fields of `changes` in place of its own, and those that it has not behind them.
    #[must_use]
    pub fn overlaid(mut self, changes: &State) -> State {
        for change in &changes.fields {
            match self.fields.iter_mut().find(|field| field.path == change.path) {
                Some(field) if !matches!(field.value, Value::Bytes(_)) => field.value = change.value.clone(),
                _ => self.fields.push(change.clone()),
            }
        }
        self
    }
}

impl Path {
    /// The path of a family's only field.
    pub const fn of(family: &'static str) -> Path {
        Path { family: Cow::Borrowed(family), index: Vec::new() }
    }

    /// The path of a field with an index.
    pub fn at(family: &'static str, index: u64) -> Path {
        Path { family: Cow::Borrowed(family), index: vec![index] }
    }

    /// The family for people, with `*` where the index stands: `r*`, `mem[*]`.
    pub fn family_name(&self) -> String {
        self.family.replace("#x", "*").replace('#', "*")
    }
}

impl Display for Path {
    /// As people write it: `r3`, `mem[0x8000]`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut index = self.index.iter();
        let mut rest = &*self.family;
        while let Some((before, behind)) = rest.split_once('#') {
            f.write_str(before)?;
            let hexadecimal = behind.strip_prefix('x');
            match (index.next(), hexadecimal) {
                (Some(index), Some(_)) => write!(f, "{index:#x}")?,
                (Some(index), None) => write!(f, "{index}")?,
                (None, _) => f.write_str("#")?,
            }
            rest = hexadecimal.unwrap_or(behind);
        }
        f.write_str(rest)
    }
}

impl Value {
    /// A word of 32 bits.
    pub const fn word(value: u32) -> Value {
        Value::Word { value: value as u64, bits: 32 }
    }

    /// A list of words of 32 bits.
    pub fn words(values: &[u32]) -> Value {
        Value::List(values.iter().map(|&value| Value::word(value)).collect())
    }

    /// Bytes that are all there.
    pub fn bytes(bytes: &[u8]) -> Value {
        Value::Bytes(bytes.iter().copied().map(Some).collect())
    }

    /// Words.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// A number. One that does not fit is shown as text.
    pub fn integer(value: impl TryInto<i64> + Display + Copy) -> Value {
        value.try_into().map_or_else(|_| Value::Text(value.to_string()), Value::Integer)
    }
}

/// The letters of the bits that are set. A stored result may have more letters than there are bits.
pub(crate) fn letters_of(value: u32, letters: &str) -> String {
    let bits = letters.chars().zip(0..u32::BITS);
    bits.filter(|(_, bit)| value >> bit & 1 != 0).map(|(letter, _)| letter).collect()
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Word { value, .. } => write!(f, "{value:#x}"),
            Value::Flags { value, letters } => {
                let set = letters_of(*value, letters);
                f.write_str(if set.is_empty() { "-" } else { &set })
            }
            Value::Bytes(bytes) => f.write_str(&text_of(bytes)),
            Value::Integer(value) => write!(f, "{value}"),
            Value::List(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Value::Text(text) => f.write_str(text),
        }
    }
}

impl Difference {
    /// The machine's value for people; `-` if it has no such field.
    pub fn got_text(&self) -> String {
        self.got.as_ref().map_or("-".into(), Value::to_string)
    }

    /// The oracle's value for people; `-` if it has no such field.
    pub fn expected_text(&self) -> String {
        self.expected.as_ref().map_or("-".into(), Value::to_string)
    }
}

/// Every field in which two states differ, in the order of the states. Bytes are compared one by one and neighbours
/// joined, so runs that are cut differently are no difference.
pub fn differences(expected: &State, got: &State) -> Vec<Difference> {
    let rank = ranks(expected, got);
    let mut found = plain_differences(expected, got);
    found.extend(byte_differences(expected, got));
    found.sort_by_key(|difference| (rank[&*difference.path.family], difference.path.index.clone()));
    found
}

/// The place of each family, by where it stands first.
fn ranks<'s>(expected: &'s State, got: &'s State) -> BTreeMap<&'s str, usize> {
    let mut rank = BTreeMap::new();
    for (place, field) in expected.fields.iter().chain(&got.fields).enumerate() {
        rank.entry(&*field.path.family).or_insert(place);
    }
    rank
}

/// The fields that are no bytes, by path. If a path is there again, against its contract, its values are told apart by how
/// often it was there before: the last must not hide the others.
fn plain(state: &State) -> BTreeMap<(Path, usize), Value> {
    let mut fields: BTreeMap<(Path, usize), Value> = BTreeMap::new();
    for Field { path, value } in &state.fields {
        if !matches!(value, Value::Bytes(_)) {
            let before = fields.range((path.clone(), 0)..=(path.clone(), usize::MAX)).count();
            fields.insert((path.clone(), before), value.clone());
        }
    }
    fields
}

fn plain_differences(expected: &State, got: &State) -> Vec<Difference> {
    let (expected, mut got) = (plain(expected), plain(got));
    let mut found = Vec::new();
    for (at, expected) in expected {
        let got = got.remove(&at);
        if got.as_ref() != Some(&expected) {
            found.push(Difference { path: at.0, expected: Some(expected), got });
        }
    }
    found.extend(got.into_iter().map(|((path, _), got)| Difference { path, expected: None, got: Some(got) }));
    found
}

/// Bytes by family, outer indices and address.
type Bytes = BTreeMap<(Cow<'static, str>, Vec<u64>), BTreeMap<u64, u8>>;

fn byte_differences(expected: &State, got: &State) -> Vec<Difference> {
    let (expected, got) = (all_bytes(expected), all_bytes(got));
    let nothing = BTreeMap::new();
    let mut keys: Vec<_> = expected.keys().chain(got.keys()).collect();
    keys.sort();
    keys.dedup();
    let mut found = Vec::new();
    for key in keys {
        let (expected, got) = (expected.get(key).unwrap_or(&nothing), got.get(key).unwrap_or(&nothing));
        let mut differing: Vec<u64> =
            expected.keys().chain(got.keys()).copied().filter(|at| expected.get(at) != got.get(at)).collect();
        differing.sort_unstable();
        differing.dedup();
        for run in differing.chunk_by(|a, b| a + 1 == *b) {
            let bytes = |bytes: &BTreeMap<u64, u8>| {
                let run: Vec<Option<u8>> = run.iter().map(|at| bytes.get(at).copied()).collect();
                run.iter().any(Option::is_some).then_some(Value::Bytes(run))
            };
            let index = key.1.iter().copied().chain([run[0]]).collect();
            let path = Path { family: key.0.clone(), index };
            found.push(Difference { path, expected: bytes(expected), got: bytes(got) });
        }
    }
    found
}

fn all_bytes(state: &State) -> Bytes {
    let mut found = Bytes::new();
    for Field { path, value } in &state.fields {
        let Value::Bytes(bytes) = value else { continue };
        let (&address, outer) = path.index.split_last().unwrap_or((&0, &[]));
        let target = found.entry((path.family.clone(), outer.to_vec())).or_default();
        target.extend((address..).zip(bytes).filter_map(|(at, byte)| Some((at, (*byte)?))));
    }
    found
}

/// The families in which two outcomes differ, for people, each once: what their group is called.
pub fn family_names(differences: &[Difference]) -> String {
    let mut families: Vec<String> =
        differences.iter().map(|difference| difference.path.family_name()).collect();
    families.dedup();
    families.join(" ")
}

fn text_of(bytes: &[Option<u8>]) -> String {
    bytes.iter().map(|byte| byte.map_or("..".into(), |byte| format!("{byte:02x}"))).collect()
}

fn bytes_text<S: Serializer>(bytes: &[Option<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text_of(bytes))
}

fn bytes_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Option<u8>>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let pairs = text.as_bytes().as_chunks::<2>();
    if !pairs.1.is_empty() {
        return Err(D::Error::custom("an odd number of hex digits"));
    }
    let byte = |pair: &[u8; 2]| match pair {
        b".." => Ok(None),
        [a, b] => match ((*a as char).to_digit(16), (*b as char).to_digit(16)) {
            (Some(a), Some(b)) => Ok(Some((16 * a + b) as u8)),
            _ => Err(D::Error::custom("bytes are hex digits, or .. for one that is as it was")),
        },
    };
    pairs.0.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(fields: &[(Path, Value)]) -> State {
        State { fields: fields.iter().cloned().map(|(path, value)| Field { path, value }).collect() }
    }

    #[test]
    fn a_path_shows_its_index_where_the_mark_stands() {
        let nested = Path { family: "boxes[#].names[#x].first".into(), index: vec![3, 16] };
        assert_eq!(nested.to_string(), "boxes[3].names[0x10].first");
        assert_eq!(nested.family_name(), "boxes[*].names[*].first");
        assert_eq!(Path::at("r#", 7).to_string(), "r7");
        assert_eq!(Path::of("stop").to_string(), "stop");
    }

    #[test]
    fn bytes_are_compared_one_by_one() {
        let memory = |runs: &[(u64, &[u8])]| {
            let fields = runs.iter().map(|(at, bytes)| (Path::at("mem[#x]", *at), Value::bytes(bytes)));
            state(&fields.collect::<Vec<_>>())
        };
        let cut = memory(&[(0, &[1, 2]), (2, &[3])]);
        assert_eq!(differences(&memory(&[(0, &[1, 2, 3])]), &cut), []);
        let found = differences(&memory(&[(8, &[1, 2, 3, 4])]), &memory(&[(8, &[1, 9]), (11, &[5])]));
        let shown: Vec<_> =
            found.iter().map(|d| (d.path.to_string(), d.expected_text(), d.got_text())).collect();
        assert_eq!(shown, [("mem[0x9]".into(), "020304".into(), "09..05".to_owned())]);
    }

    #[test]
    fn differences_come_in_the_order_of_the_state() {
        let one = state(&[
            (Path::of("stop"), Value::text("a")),
            (Path::at("r#", 2), Value::word(1)),
            (Path::at("r#", 10), Value::word(1)),
        ]);
        let other = state(&[
            (Path::of("stop"), Value::text("b")),
            (Path::at("r#", 2), Value::word(2)),
            (Path::at("r#", 10), Value::word(2)),
        ]);
        let names: Vec<String> = differences(&one, &other).iter().map(|d| d.path.to_string()).collect();
        assert_eq!(names, ["stop", "r2", "r10"]);
        assert_eq!(family_names(&differences(&one, &other)), "stop r*");
    }

    #[test]
    fn a_field_of_one_side_is_a_difference() {
        let one = state(&[(Path::of("a"), Value::Integer(1))]);
        assert_eq!(differences(&one, &State::default())[0].got_text(), "-");
        assert_eq!(differences(&State::default(), &one)[0].expected_text(), "-");
    }

    #[test]
    fn a_state_survives_as_json() {
        let flags = Value::Flags { value: 5, letters: "ZCNV".into() };
        let list = Value::List(vec![Value::word(1), Value::text("x")]);
        let hole = Value::Bytes(vec![Some(1), None, Some(255)]);
        let written = state(&[
            (Path::of("flags"), flags),
            (Path::of("calls"), list),
            (Path::at("mem[#x]", 4), hole),
            (Path::of("n"), Value::Integer(-3)),
        ]);
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<State>(&text).unwrap(), written, "{text}");
        assert_eq!(written.fields[0].value.to_string(), "ZN");
    }
}
