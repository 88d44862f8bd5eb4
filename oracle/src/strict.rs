//! JSON read to the letter. serde reads a list as the fields of an object in their order, takes what is missing and what is
//! null for the same, and lets the last of repeated keys win; whoever is held to a form must not get away with that.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::{self, Formatter};
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// For serde: a value that is an object, and no list.
///
/// # Errors
/// Those of the format, and of the value.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// For serde: a list of values that are objects, and no lists.
///
/// # Errors
/// Those of the format, and of the values.
pub fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let values: Vec<Object<T>> = Deserialize::deserialize(deserializer)?;
    Ok(values.into_iter().map(|Object(value)| value).collect())
}

/// For serde: what is there, and null only if `T` can be. The field needs `default`.
///
/// # Errors
/// Those of the format, and of the value.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// For serde: a map that has each key once.
///
/// # Errors
/// Those of the format and of the values, and a key that is there twice.
pub fn unique<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    struct Unique<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Unique<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some(key) = members.next_key::<String>()? {
                match map.entry(key) {
                    Entry::Vacant(place) => _ = place.insert(members.next_value()?),
                    Entry::Occupied(place) => return Err(twice(place.key())),
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(Unique(PhantomData))
}

fn twice<E: Error>(key: &str) -> E {
    E::custom(format_args!("duplicate key `{key}`"))
}

/// A value that is an object.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// That a text is what would be written for the value that was read from it, but for blanks and the order of keys.
///
/// # Errors
/// Where it is not, and how.
pub(crate) fn is_as_written(text: &str, value: &impl Serialize) -> Result<(), String> {
    let written = serde_json::to_string(value).map_err(|error| error.to_string())?;
    if written == text {
        return Ok(());
    }
    let read = |text: &str| told(text.as_bytes()).map_err(|error| error.to_string());
    same(&read(text)?, &read(&written)?, "")
}

/// Reads any JSON in which each object has each key once.
///
/// # Errors
/// It is no JSON, or has a key twice.
pub(crate) fn told(text: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(text).map(|Told(value)| value)
}

/// Any JSON in which each object has each key once.
struct Told(Value);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(Told(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(list.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
                let mut object = Map::new();
                while let Some((key, Told(value))) = members.next_entry::<String, Told>()? {
                    if object.contains_key(&key) {
                        return Err(twice(&key));
                    }
                    object.insert(key, value);
                }
                Ok(object.into())
            }
        }
        deserializer.deserialize_any(Any).map(Told)
    }
}

/// That what was said is what is meant; `path` is where they stand.
fn same(said: &Value, meant: &Value, path: &str) -> Result<(), String> {
    let wrong = |why: String| Err(if path.is_empty() { why } else { format!("{path}: {why}") });
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (said, meant) {
        (Value::Object(said), Value::Object(meant)) => {
            if let Some(key) = said.keys().find(|key| !meant.contains_key(*key)) {
                return wrong(format!("`{key}` must not be there"));
            }
            meant.iter().try_for_each(|(key, meant)| match said.get(key) {
                Some(said) => same(said, meant, &below(key)),
                None => wrong(format!("missing field `{key}`")),
            })
        }
        (Value::Array(said), Value::Array(meant)) if said.len() == meant.len() => {
            let mut items = said.iter().zip(meant).enumerate();
            items.try_for_each(|(index, (said, meant))| same(said, meant, &format!("{path}[{index}]")))
        }
        (Value::Number(said), Value::Number(meant)) if said.as_f64() == meant.as_f64() => Ok(()),
        _ if said == meant => Ok(()),
        _ => wrong(format!("expected {}", form(meant))),
    }
}

/// What a value is, or the value itself if that is short.
fn form(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".into(),
        Value::Array(items) => format!("a list of {}", items.len()),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Outer {
        #[serde(default, deserialize_with = "object")]
        inner: Inner,
        #[serde(default, deserialize_with = "objects")]
        kinds: Vec<Kind>,
        #[serde(default, deserialize_with = "unique")]
        names: BTreeMap<String, u8>,
        #[serde(default, deserialize_with = "present")]
        some: Option<u8>,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Inner {
        number: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seldom: Option<u32>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Kind {
        Break { code: u32 },
    }

    fn read(text: &str) -> Result<Outer, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn objects_are_read() {
        let text = r#"{"inner":{"number":1},"kinds":[{"code":2,"kind":"Break"}],"names":{"a":1},"some":3}"#;
        let outer = read(text).unwrap();
        assert_eq!((outer.inner.number, outer.names["a"], outer.some), (Some(1), 1, Some(3)));
        assert_eq!(outer.kinds, [Kind::Break { code: 2 }]);
        assert_eq!(read("{}"), Ok(Outer::default()));
    }

    #[test]
    fn what_serde_would_let_pass_is_refused() {
        for (text, why) in [
            (r#"{"inner":[1]}"#, "invalid type: sequence, expected an object"),
            (r#"{"kinds":[["Break",2]]}"#, "invalid type: sequence, expected an object"),
            (r#"{"names":{"a":1,"a":2}}"#, "duplicate key `a`"),
            (r#"{"some":null}"#, "invalid type: null, expected u8"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn a_text_must_be_what_its_value_is_written_as() {
        let check = |text: &str| {
            let inner: Inner = serde_json::from_str(text).unwrap();
            is_as_written(text, &vec![inner])
        };
        let checked = |text: &str| {
            let inner: Vec<Inner> = serde_json::from_str(text).unwrap();
            is_as_written(text, &inner)
        };
        assert_eq!(checked(r#"[{"number":1}]"#), Ok(()));
        assert_eq!(checked(r#"[ {"seldom": 2, "number":null} ]"#), Ok(()));
        for (text, why) in [
            ("[[1, 2]]", "[0]: expected an object"),
            ("[{}]", "[0]: missing field `number`"),
            (r#"[{"number":1,"seldom":null}]"#, "[0]: `seldom` must not be there"),
            (r#"[{"number":1,"more":{"a":1,"a":2}}]"#, "duplicate key `a` at line 1 column 33"),
            (r#"[{"number":1,"more":1}]"#, "[0]: `more` must not be there"),
        ] {
            assert_eq!(checked(text), Err(why.into()), "{text}");
        }
        assert_eq!(check(r#"{"number":1}"#), Err("expected a list of 1".into()));
        assert_eq!(is_as_written("[1.0,2]", &[1, 2]), Ok(()));
        assert_eq!(is_as_written("[1]", &[2]), Err("[0]: expected 2".into()));
    }
}
