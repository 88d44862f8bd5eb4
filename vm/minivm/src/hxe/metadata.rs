//! Sections of metadata: what they declare, and what can be wrong with them.

use utf8parse::{Parser, Receiver};

use super::defect::Defect;
use super::header::Header;
use super::loader::Image;
use super::store::Store;
use crate::profile::{Profile, Switch};

/// The size of an entry of the table, in bytes.
pub(super) const ENTRY_SIZE: u32 = 16;
const VALUE_SIZE: u32 = 20;
const COMMAND_SIZE: u32 = 16;
const MAILBOX_SIZE: u32 = 16;
/// Mailboxes are readable and writable where nothing is said.
pub(super) const MODE_READ_WRITE: u16 = 3;

type Judgement = Result<(), (Defect, u32)>;

/// An entry of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its type, as it stands there.
    pub kind: u32,
    /// Where it begins, counted from the start of the image.
    pub offset: u32,
    /// Its size in bytes.
    pub size: u32,
    /// How many entries it has.
    pub count: u32,
}

/// The types of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// Values.
    Values,
    /// Commands.
    Commands,
    /// Mailboxes.
    Mailboxes,
}

impl Section {
    /// What it declares; nothing for a type that is not known, which is kept but not looked into.
    pub const fn declares(&self) -> Option<SectionKind> {
        match self.kind {
            1 => Some(SectionKind::Values),
            2 => Some(SectionKind::Commands),
            3 => Some(SectionKind::Mailboxes),
            _ => None,
        }
    }

    pub(super) fn end(&self) -> u64 {
        u64::from(self.offset) + u64::from(self.size)
    }

    fn holds(&self, entry_size: u32) -> Judgement {
        let wanted = u64::from(self.count) * u64::from(entry_size);
        if wanted > self.size.into() { Err((Defect::EntriesTruncated, self.count)) } else { Ok(()) }
    }
}

/// A text in the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    offset: u32,
    length: u32,
}

/// A declared value. Numbers are raw binary16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Group.
    pub group: u8,
    /// Id within the group.
    pub id: u8,
    /// Flags.
    pub flags: u8,
    /// Who may write it.
    pub auth: u8,
    /// Value to start with.
    pub init: u16,
    /// Name.
    pub name: Option<Text>,
    /// Unit.
    pub unit: Option<Text>,
    /// Smallest change that counts.
    pub epsilon: u16,
    /// Smallest value.
    pub min: u16,
    /// Largest value.
    pub max: u16,
    /// Key to keep it under; 0 = not kept.
    pub persist_key: u16,
    /// Name of the group.
    pub group_name: Option<Text>,
}

/// A declared command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Group.
    pub group: u8,
    /// Id within the group.
    pub id: u8,
    /// Flags.
    pub flags: u8,
    /// Who may call it.
    pub auth: u8,
    /// Address of its handler in code.
    pub handler: u32,
    /// Name.
    pub name: Option<Text>,
    /// Help text.
    pub help: Option<Text>,
    /// Name of the group.
    pub group_name: Option<Text>,
    /// The reserved half word.
    pub reserved: u16,
}

/// A mailbox declared in the binary form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegacyMailbox {
    /// Name.
    pub target: Text,
    /// Capacity in bytes; nothing = the default.
    pub capacity: Option<u16>,
    /// Mode bits.
    pub mode: u16,
    /// The reserved bytes.
    pub reserved: u64,
}

/// Reads the entry of the table at `offset`.
pub(super) fn entry<S: Store>(image: &Image<'_, S>, offset: u32) -> Section {
    let word = |index: u32| image.word(offset.wrapping_add(4 * index));
    Section { kind: word(0), offset: word(1), size: word(2), count: word(3) }
}

/// What is certain as soon as an entry of the table is there.
pub(super) fn judge_entry(header: &Header, section: &Section) -> Judgement {
    if (section.offset as usize) < header.size() {
        return Err((Defect::SectionOutside, section.offset));
    }
    match section.declares() {
        Some(SectionKind::Values) => section.holds(VALUE_SIZE),
        Some(SectionKind::Commands) => section.holds(COMMAND_SIZE),
        Some(SectionKind::Mailboxes) | None => Ok(()),
    }
}

/// Judges a section that is there with its entry.
pub(super) fn judge_section<S: Store>(
    profile: impl Profile,
    image: &Image<'_, S>,
    index: u32,
    section: &Section,
) -> Judgement {
    match section.declares() {
        Some(SectionKind::Values) => {
            image.each(section, VALUE_SIZE).try_for_each(|at| image.value(section, at).map(drop))?
        }
        Some(SectionKind::Commands) => {
            image.each(section, COMMAND_SIZE).try_for_each(|at| image.command(section, at).map(drop))?;
        }
        Some(SectionKind::Mailboxes) if image.is_json(section) => image.judge_json(section)?,
        Some(SectionKind::Mailboxes) if image.is_blank(section) => {}
        Some(SectionKind::Mailboxes) => {
            section.holds(MAILBOX_SIZE)?;
            image
                .each(section, MAILBOX_SIZE)
                .try_for_each(|at| image.legacy_mailbox(section, at).map(drop))?;
        }
        None => {}
    }
    if profile.strict(Switch::DuplicateDeclarations) {
        image.judge_duplicates(index, section)
    } else {
        Ok(())
    }
}

impl<S: Store> Image<'_, S> {
    fn half(&self, offset: u32) -> u16 {
        u16::from(self.byte(offset)) << 8 | u16::from(self.byte(offset.wrapping_add(1)))
    }

    pub(super) fn word(&self, offset: u32) -> u32 {
        u32::from(self.half(offset)) << 16 | u32::from(self.half(offset.wrapping_add(2)))
    }

    /// Where the entries of a section begin.
    fn each(&self, section: &Section, size: u32) -> impl Iterator<Item = u32> + use<S> {
        let start = section.offset;
        (0..section.count).map(move |index| start + index * size)
    }

    /// The declared values of a section.
    pub fn values<'i>(&'i self, section: &'i Section) -> impl Iterator<Item = Value> + 'i {
        self.each(section, VALUE_SIZE).filter_map(|at| self.value(section, at).ok())
    }

    /// The declared commands of a section.
    pub fn commands<'i>(&'i self, section: &'i Section) -> impl Iterator<Item = Command> + 'i {
        self.each(section, COMMAND_SIZE).filter_map(|at| self.command(section, at).ok())
    }

    /// The mailboxes of a section in the binary form; none where it is in the JSON form.
    pub fn legacy_mailboxes<'i>(&'i self, section: &'i Section) -> impl Iterator<Item = LegacyMailbox> + 'i {
        let binary = !self.is_blank(section) && !self.is_json(section);
        let entries = self.each(section, MAILBOX_SIZE).take_while(move |_| binary);
        entries.filter_map(|at| self.legacy_mailbox(section, at).ok())
    }

    /// The bytes of a text, which are UTF-8.
    pub fn text(&self, text: Text) -> impl Iterator<Item = u8> + '_ {
        (text.offset..text.offset + text.length).map(|at| self.byte(at))
    }

    fn value(&self, section: &Section, at: u32) -> Result<Value, (Defect, u32)> {
        let text = |offset| self.text_at(section, self.half(at + offset));
        Ok(Value {
            group: self.byte(at),
            id: self.byte(at + 1),
            flags: self.byte(at + 2),
            auth: self.byte(at + 3),
            init: self.half(at + 4),
            name: text(6)?,
            unit: text(8)?,
            epsilon: self.half(at + 10),
            min: self.half(at + 12),
            max: self.half(at + 14),
            persist_key: self.half(at + 16),
            group_name: text(18)?,
        })
    }

    fn command(&self, section: &Section, at: u32) -> Result<Command, (Defect, u32)> {
        // The last word has the reserved half first.
        let text = |offset| self.text_at(section, self.half(at + offset));
        Ok(Command {
            group: self.byte(at),
            id: self.byte(at + 1),
            flags: self.byte(at + 2),
            auth: self.byte(at + 3),
            handler: self.word(at + 4),
            name: text(8)?,
            help: text(10)?,
            group_name: text(14)?,
            reserved: self.half(at + 12),
        })
    }

    fn legacy_mailbox(&self, section: &Section, at: u32) -> Result<LegacyMailbox, (Defect, u32)> {
        let offset = self.word(at);
        let target = self.text_in(section, offset)?.filter(|text| text.length > 0);
        let (depth, flags) = (self.half(at + 4), self.half(at + 6));
        Ok(LegacyMailbox {
            target: target.ok_or((Defect::MailboxUnnamed, offset))?,
            capacity: (depth != 0).then_some(depth),
            mode: if flags == 0 { MODE_READ_WRITE } else { flags },
            reserved: u64::from(self.word(at + 8)) << 32 | u64::from(self.word(at + 12)),
        })
    }

    fn text_at(&self, section: &Section, offset: u16) -> Result<Option<Text>, (Defect, u32)> {
        self.text_in(section, offset.into())
    }

    /// A text by its offset in the section; 0 = none.
    fn text_in(&self, section: &Section, offset: u32) -> Result<Option<Text>, (Defect, u32)> {
        if offset == 0 {
            return Ok(None);
        }
        if offset >= section.size {
            return Err((Defect::TextOutside, offset));
        }
        let start = section.offset + offset;
        let mut valid = Validity(true);
        let mut parser = Parser::new();
        for at in start..section.offset + section.size {
            // The NUL is given to the parser too: it makes a character that is cut off invalid.
            parser.advance(&mut valid, self.byte(at));
            if self.byte(at) == 0 {
                let text = Text { offset: start, length: at - start };
                return if valid.0 { Ok(Some(text)) } else { Err((Defect::TextNotUtf8, offset)) };
            }
        }
        Err((Defect::TextUnterminated, offset))
    }

    /// The bytes of a section.
    pub(super) fn bytes(&self, section: &Section) -> impl DoubleEndedIterator<Item = u8> + '_ {
        (section.offset..section.offset + section.size).map(|at| self.byte(at))
    }

    /// Whether a section of mailboxes has nothing but NULs.
    fn is_blank(&self, section: &Section) -> bool {
        self.bytes(section).all(|byte| byte == 0)
    }

    /// Whether a section of mailboxes is in the JSON form: its first byte that is no blank opens an object or a list.
    pub(super) fn is_json(&self, section: &Section) -> bool {
        let mut behind_blanks = self.bytes(section).skip_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r'));
        matches!(behind_blanks.next(), Some(b'{' | b'['))
    }

    #[cfg(feature = "alloc")]
    fn judge_json(&self, section: &Section) -> Judgement {
        match self.json_mailboxes(section) {
            Ok(_) => Ok(()),
            Err(_) => Err((Defect::MailboxJson, section.offset)),
        }
    }

    #[cfg(not(feature = "alloc"))]
    fn judge_json(&self, section: &Section) -> Judgement {
        Err((Defect::Unsupported, section.offset))
    }

    /// Whether a section declares what it, or one that was judged before it, declares already.
    fn judge_duplicates(&self, index: u32, section: &Section) -> Judgement {
        match section.declares() {
            Some(SectionKind::Values) => self.judge_ids(index, section, VALUE_SIZE),
            Some(SectionKind::Commands) => self.judge_ids(index, section, COMMAND_SIZE),
            Some(SectionKind::Mailboxes) => self.judge_names(index, section),
            None => Ok(()),
        }
    }

    /// The sections of the same kind that have been judged, and this one.
    fn siblings<'i>(&'i self, index: u32, section: &'i Section) -> impl Iterator<Item = Section> + 'i {
        let now = u64::from(self.length);
        let judged = move |at: u32, other: &Section| {
            let whole_at = self.whole_at(at, other);
            whole_at < now || whole_at == now && at <= index
        };
        let there = (0..self.table_entries_there()).zip(self.sections());
        there
            .filter(move |(at, other)| other.kind == section.kind && judged(*at, other))
            .map(|(_, other)| other)
    }

    fn judge_ids(&self, index: u32, section: &Section, size: u32) -> Judgement {
        for at in self.each(section, size) {
            let id = self.half(at);
            let all = self
                .siblings(index, section)
                .flat_map(|other| self.each(&other, size))
                .filter(|&other| self.half(other) == id);
            if all.take(2).count() > 1 {
                return Err((Defect::DuplicateId, id.into()));
            }
        }
        Ok(())
    }

    #[cfg(feature = "alloc")]
    fn judge_names(&self, index: u32, section: &Section) -> Judgement {
        let names: alloc::vec::Vec<_> =
            self.siblings(index, section).flat_map(|other| self.mailboxes(&other)).collect();
        let twice = |(index, mailbox): (usize, &super::DeclaredMailbox)| {
            names[..index].iter().any(|other| other.target == mailbox.target)
        };
        match names.iter().enumerate().find(|pair| twice(*pair)) {
            Some((index, _)) => Err((Defect::DuplicateMailbox, index as u32)),
            None => Ok(()),
        }
    }

    #[cfg(not(feature = "alloc"))]
    fn judge_names(&self, index: u32, section: &Section) -> Judgement {
        for (position, mailbox) in self.legacy_mailboxes(section).enumerate() {
            let same = |other: &LegacyMailbox| self.text(other.target).eq(self.text(mailbox.target));
            let siblings = || self.siblings(index, section);
            let mut count = 0;
            for other in siblings() {
                count += self.legacy_mailboxes(&other).filter(same).count();
            }
            if count > 1 {
                return Err((Defect::DuplicateMailbox, position as u32));
            }
        }
        Ok(())
    }
}

/// Whether everything that the parser has seen was UTF-8.
struct Validity(bool);

impl Receiver for Validity {
    fn codepoint(&mut self, _: char) {}

    fn invalid_sequence(&mut self) {
        self.0 = false;
    }
}
