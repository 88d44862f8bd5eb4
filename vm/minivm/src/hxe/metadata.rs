//! Sections of metadata: what they declare, and what can be wrong with them.

use utf8parse::{Parser, Receiver};

use super::defect::Defect;
use super::header::Header;
use super::image::{Image, Section, SectionKind};
use super::store::Store;

pub(super) const VALUE_SIZE: u32 = 20;
pub(super) const COMMAND_SIZE: u32 = 16;
const MAILBOX_SIZE: u32 = 16;
/// Mailboxes are readable and writable where nothing is said.
pub(super) const MODE_READ_WRITE: u16 = 3;

pub(super) type Judgement = Result<(), (Defect, u32)>;

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

/// Whether a section has room for its entries.
fn holds(section: &Section, entry_size: u32) -> Judgement {
    let wanted = u64::from(section.count) * u64::from(entry_size);
    if wanted > section.size.into() { Err((Defect::EntriesTruncated, section.count)) } else { Ok(()) }
}

/// What is certain as soon as an entry of the table is there.
pub(super) fn judge_entry(header: &Header, section: &Section) -> Judgement {
    if (section.offset as usize) < header.size() {
        return Err((Defect::SectionOutside, section.offset));
    }
    match section.declares() {
        Some(SectionKind::Values) => holds(section, VALUE_SIZE),
        Some(SectionKind::Commands) => holds(section, COMMAND_SIZE),
        Some(SectionKind::Mailboxes) | None => Ok(()),
    }
}

/// Judges a section that is there with its entry, but for what it declares again.
pub(super) fn judge_section<S: Store>(image: &Image<'_, S>, section: &Section) -> Judgement {
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
            holds(section, MAILBOX_SIZE)?;
            image
                .each(section, MAILBOX_SIZE)
                .try_for_each(|at| image.legacy_mailbox(section, at).map(drop))?;
        }
        None => {}
    }
    Ok(())
}

impl<S: Store> Image<'_, S> {
    /// Where the entries of a section begin.
    fn each(&self, section: &Section, size: u32) -> impl Iterator<Item = u32> + use<S> {
        let start = section.offset;
        (0..section.count).map(move |index| start + index * size)
    }

    /// The ids of the values or commands of a section, group and id together.
    pub(super) fn ids(&self, section: &Section, size: u32) -> impl Iterator<Item = u16> {
        self.each(section, size).map(|at| self.half(at))
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
}

/// Whether everything that the parser has seen was UTF-8.
struct Validity(bool);

impl Receiver for Validity {
    fn codepoint(&mut self, _: char) {}

    fn invalid_sequence(&mut self) {
        self.0 = false;
    }
}
