//! The names of mailboxes: `pid:`, `svc:name`, `app:name@pid`, `shared:name`.

use core::fmt::Write;

use crate::profile::{Profile, Switch};
use crate::text::{GuestText, Name, NoPid, pid};

/// In characters, the namespace included.
const MAX: usize = 32;
const PID: u8 = 0;
const SVC: u8 = 1;
const APP: u8 = 2;
const SHARED: u8 = 3;

/// Which mailbox is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// 0 pid, 1 svc, 2 app, 3 shared.
    pub namespace: u8,
    /// Its name in the namespace.
    pub name: Name,
    /// The PID it belongs to; as long as the text allows, so it need not be one of a task.
    pub owner: Option<i128>,
}

/// Why a text names no mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadTarget {
    /// It is empty.
    Empty,
    /// It is not ASCII (strict).
    NotAscii,
    /// The PID in it is none.
    BadPid,
    /// The PID in it has a digit that is not ASCII.
    ForeignDigit,
}

impl From<NoPid> for BadTarget {
    fn from(why: NoPid) -> Self {
        match why {
            NoPid::Malformed => BadTarget::BadPid,
            NoPid::ForeignDigit => BadTarget::ForeignDigit,
        }
    }
}

impl Target {
    /// What a text names if `caller` says it.
    ///
    /// ```
    /// use executive::{Strict, mailbox::{BadTarget, Target}, text::GuestText};
    /// let parse = |text| Target::parse(Strict, GuestText::of_host(text), 7);
    /// let target = parse("app:log@3")?;
    /// assert_eq!((target.namespace, target.name.as_str(), target.owner), (2, "log", Some(3)));
    /// assert_eq!(parse("q")?, parse("svc:q@7")?);
    /// assert_eq!(parse("pid:")?.name.as_str(), "pid:7");
    /// assert_eq!(parse("shared:x@y"), Err(BadTarget::BadPid));
    /// # Ok::<(), BadTarget>(())
    /// ```
    ///
    /// # Errors
    /// [`BadTarget`].
    pub fn parse(profile: impl Profile, text: GuestText<'_>, caller: i64) -> Result<Target, BadTarget> {
        if text.is_empty() {
            return Err(BadTarget::Empty);
        }
        if profile.strict(Switch::Names) && !text.raw().is_ascii() {
            return Err(BadTarget::NotAscii);
        }
        let cut: Name = text.chars().take(MAX).collect();
        let cut = cut.as_str();
        let prefixes = [("pid:", PID), ("svc:", SVC), ("app:", APP), ("shared:", SHARED)];
        let prefix = prefixes.into_iter().find_map(|(text, space)| Some((space, cut.strip_prefix(text)?)));
        let (namespace, rest) = prefix.unwrap_or((SVC, cut));
        let caller = i128::from(caller);
        if namespace == PID {
            let owner = if rest.is_empty() { caller } else { pid(rest)? };
            let mut name = Name::default();
            // A name takes what it has room for, and this always fits.
            let _written = write!(name, "pid:{owner}");
            return Ok(Target { namespace, name, owner: Some(owner) });
        }
        let (name, suffix) = rest.split_once('@').unwrap_or((rest, ""));
        let named = if suffix.is_empty() { None } else { Some(pid(suffix)?) };
        let owner = match namespace {
            SVC => named.or(Some(caller)),
            APP => named,
            _ => None,
        };
        Ok(Target { namespace, name: name.chars().collect(), owner })
    }

    /// The mailbox of a task itself.
    pub fn of_pid(pid: u16) -> Target {
        Target::own(PID, pid, format_args!("pid:{pid}"))
    }

    /// One of the standard streams of a task: `in`, `out` or `err`.
    pub fn stdio(stream: &str, pid: u16) -> Target {
        Target::own(SVC, pid, format_args!("stdio.{stream}"))
    }

    fn own(namespace: u8, pid: u16, text: core::fmt::Arguments<'_>) -> Target {
        let mut name = Name::default();
        let _written = name.write_fmt(text);
        Target { namespace, name, owner: Some(pid.into()) }
    }

    /// Whether it is one of the standard streams, of whomever.
    pub fn is_stdio(namespace: u8, name: &str, stream: &str) -> bool {
        namespace == SVC && name.strip_prefix("stdio.") == Some(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Reference, Strict};
    use std::format;

    #[test]
    fn the_grammar_of_both_profiles() {
        let reference = |text: &[u8]| Target::parse(Reference, GuestText::at(text, 0), 1);
        let strict = |text: &[u8]| Target::parse(Strict, GuestText::at(text, 0), 1);
        let same = |a: &str, b: &str| assert_eq!(reference(a.as_bytes()), reference(b.as_bytes()), "{a} {b}");
        same("q", "svc:q@1");
        same("pid: 1", "pid:01");
        same("pid:1_0", "pid:+10");
        same("shared:q", "shared:q@5");
        same("x@", "svc:x");
        assert_ne!(reference(b"app:q"), reference(b"app:q@1"));
        assert_eq!(reference(b"APP:q").unwrap().name.as_str(), "APP:q");
        assert_eq!(reference(b"@3").unwrap().name.as_str(), "");
        for bad in ["pid:abc", "pid:0x1", "svc:x@q", "x@1@2", "pid: ", "shared:a@ "] {
            assert_eq!(reference(bad.as_bytes()), Err(BadTarget::BadPid), "{bad}");
            assert_eq!(strict(bad.as_bytes()), Err(BadTarget::BadPid), "{bad}");
        }
        assert_eq!(reference(b"\xFF\xFE"), Err(BadTarget::Empty));
        assert_eq!(reference(b"a\xFFb").unwrap().name.as_str(), "ab");
        assert_eq!(strict(b"a\xFFb"), Err(BadTarget::NotAscii));
        let long = |n: usize| format!("app:{}", "n".repeat(n));
        same(&long(40), &long(28));
        let wide = "\u{20AC}".repeat(40);
        assert_eq!(reference(wide.as_bytes()).unwrap().name.as_str().chars().count(), 32);
        assert_eq!(reference("pid:\u{661}".as_bytes()), Err(BadTarget::ForeignDigit));
    }
}
