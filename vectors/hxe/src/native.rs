//! Machine `rust` for images: the loader of `vm/minivm`.

use minivm::SwitchSet;
use minivm::hxe::{Buffers, Image, LoadError, Loader};
use oracle::subject::{Cases, Ledgered, Profile, Switch, Switched};
use oracle::{Answer, Machine};

use crate::case::Case;
use crate::cases::Hxe;
use crate::outcome::{Accepted, Binding, Command, Header, Mailbox, Outcome, Section, Value, Whole};
use crate::profile;
use crate::room::Room;

/// The loader with room for the largest image.
pub struct NativeLoader {
    room: Room,
}

impl Default for NativeLoader {
    fn default() -> Self {
        NativeLoader { room: Room::holding(0xA5) }
    }
}

impl Machine<Hxe> for NativeLoader {
    fn name(&self) -> &str {
        "rust"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }

    fn profiles(&self) -> &[Profile] {
        Hxe::PROFILES
    }

    fn run(&mut self, profile: Profile, cases: &[Case]) -> Vec<Answer<Outcome>> {
        let load = |case| profile::with!(profile, |it| self.load(it, case));
        cases.iter().map(load).map(Answer::Outcome).collect()
    }
}

impl Switched<Hxe> for NativeLoader {
    fn run(&mut self, profile: Profile, flipped: &[usize], case: &Case) -> Option<Outcome> {
        let switches = profile::switches_of_loader();
        let set = profile::with!(profile, |it| SwitchSet::of(it));
        Some(self.load(flipped.iter().fold(set, |set, &at| set.flipped(switches[at])), case))
    }
}

impl Ledgered<Hxe> for Hxe {
    fn switches(&self) -> Vec<Switch> {
        let switch = |it: minivm::Switch| Switch { row: it.ledger_row(), name: it.name() };
        profile::switches_of_loader().into_iter().map(switch).collect()
    }

    fn machine(&self) -> Box<dyn Switched<Hxe>> {
        Box::new(NativeLoader::default())
    }
}

impl NativeLoader {
    /// Loads an image in any profile, one put together from switches included.
    pub fn load(&mut self, profile: impl minivm::Profile, case: &Case) -> Outcome {
        let mut store = self.room.buffers(case.image.len());
        let mut loader = Loader::new();
        let written = case.pieces().try_for_each(|piece| loader.write(profile, &mut store, piece));
        match written.and_then(|()| loader.finish(&store)) {
            Ok(image) => Outcome::Accepted(Box::new(accepted(&image, &store))),
            Err(LoadError { defect, offset, .. }) => Outcome::Rejected { error: defect, offset },
        }
    }
}

fn accepted(image: &Image<'_, Buffers<'_>>, store: &Buffers<'_>) -> Accepted {
    let header = &image.header;
    let text = |text| String::from_utf8(image.text(text).collect()).unwrap_or_default();
    // A loader that is broken may believe any count; no image has more entries than bytes.
    let most = image.length as usize;
    let sections: Vec<_> = image.sections().take(most).collect();
    let of_kind = |kind| sections.iter().filter(move |section| section.kind == kind);
    let values = of_kind(1).flat_map(|section| image.values(section).take(most));
    let commands = of_kind(2).flat_map(|section| image.commands(section).take(most));
    let mailboxes = of_kind(3).flat_map(|section| image.mailboxes(section));
    Accepted {
        header: Header {
            version: header.version,
            flags: header.flags,
            entry: header.entry,
            code_len: header.code_len,
            ro_len: header.ro_len,
            bss_size: header.bss_size,
            req_caps: header.req_caps,
            crc32: header.crc32,
            app_name: Some(header.name().to_owned()).filter(|name| !name.is_empty()),
            meta_offset: header.meta_offset,
            meta_count: header.meta_count,
        },
        code: store.code[..header.code_len as usize].to_vec(),
        rodata: store.rodata[..header.ro_len as usize].to_vec(),
        sections: sections
            .iter()
            .map(|s| Section { kind: s.kind, offset: s.offset, size: s.size, count: s.count })
            .collect(),
        values: values
            .map(|value| Value {
                group: value.group,
                id: value.id,
                flags: value.flags,
                auth: value.auth,
                init: value.init,
                name: value.name.map(text),
                unit: value.unit.map(text),
                epsilon: value.epsilon,
                min: value.min,
                max: value.max,
                persist_key: value.persist_key,
                group_name: value.group_name.map(text),
            })
            .collect(),
        commands: commands
            .map(|command| Command {
                group: command.group,
                id: command.id,
                flags: command.flags,
                auth: command.auth,
                handler: command.handler,
                name: command.name.map(text),
                help: command.help.map(text),
                group_name: command.group_name.map(text),
                reserved: command.reserved,
            })
            .collect(),
        mailboxes: mailboxes
            .map(|mailbox| Mailbox {
                target: mailbox.target,
                capacity: mailbox.capacity.as_ref().map(Whole::from),
                mode: mailbox.mode,
                owner_pid: mailbox.owner_pid.as_ref().map(Whole::from),
                bindings: mailbox
                    .bindings
                    .iter()
                    .map(|b| Binding { pid: Whole::from(&b.pid), flags: b.flags })
                    .collect(),
            })
            .collect(),
    }
}
