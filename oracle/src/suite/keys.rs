//! Structs of optional values as they are read from YAML: every key at most once, and never without a value.
//!
//! An empty scalar reads as `None`, as an empty text or as an empty list, as if nothing had been said. In a vector that
//! would be an expectation that tests nothing, so the structs that [`keys!`](crate::keys) declares refuse it before the
//! value's own type is asked.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

/// A struct of optional values.
pub trait Keys: Default {
    /// The keys, in the order in which they are documented.
    const NAMES: &'static [&'static str];

    /// Whether none of them is there.
    fn says_nothing(&self) -> bool;

    /// Reads the value of `key`, if it is one of these.
    ///
    /// # Errors
    /// The value is not of the key's type, or the key has been read before.
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Reads the value of a key that has not been read before.
///
/// # Errors
/// The value is not of the type, or the key has been read before.
pub fn read_once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    field: &mut Option<T>,
    key: &str,
    map: &mut A,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(A::Error::custom(format_args!("duplicate mapping key: {key}")));
    }
    *field = Some(map.next_value::<Present<T>>()?.0);
    Ok(())
}

/// A value that is there: one that is left empty, or `null`, is an error.
pub struct Present<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Present<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        value.map(Present).ok_or_else(|| D::Error::custom("there is no value"))
    }
}

/// Reads a key that must be one of these. One that is not is complained about while it is read, so at its own place.
pub struct KnownKey<'a>(pub &'a [&'a str]);

impl<'de> DeserializeSeed<'de> for KnownKey<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let key = String::deserialize(deserializer)?;
        if self.0.contains(&key.as_str()) {
            return Ok(key);
        }
        Err(D::Error::custom(format_args!("unknown field `{key}`, expected one of {}", self.0.join(", "))))
    }
}

/// Reads a struct of optional values.
///
/// # Errors
/// A key that is not known, there twice or without a value; a value that is not of its type.
pub fn deserialize<'de, K: Keys, D: Deserializer<'de>>(deserializer: D) -> Result<K, D::Error> {
    struct Struct<K>(PhantomData<K>);

    impl<'de, K: Keys> Visitor<'de> for Struct<K> {
        type Value = K;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a mapping of {}", K::NAMES.join(", "))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<K, A::Error> {
            let mut keys = K::default();
            while let Some(key) = map.next_key_seed(KnownKey(K::NAMES))? {
                keys.read(&key, &mut map)?;
            }
            Ok(keys)
        }
    }

    deserializer.deserialize_map(Struct(PhantomData))
}

/// Declares a struct of optional values that is read from YAML strictly: see [`Keys`].
#[macro_export]
macro_rules! keys {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        $vis struct $name {
            $($(#[$field_doc])* pub $field: Option<$type>,)*
        }

        impl $crate::suite::keys::Keys for $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            fn says_nothing(&self) -> bool {
                true $(&& self.$field.is_none())*
            }

            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                &mut self,
                key: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                match key {
                    $(stringify!($field) => $crate::suite::keys::read_once(&mut self.$field, key, map),)*
                    _ => Ok(()),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::suite::keys::deserialize(deserializer)
            }
        }
    };
}
