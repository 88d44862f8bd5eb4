//! Making a script smaller while it still shows what it shows.

use vectors_hxe::{shorter, simpler_images};

use crate::case::Call;
use crate::config::{Config, Quotas};

/// Calls that are a little simpler.
pub(crate) fn calls(call: &Call) -> Vec<Call> {
    let mut found = match call {
        Call::Load { image } => simpler_images(image).into_iter().map(|image| Call::Load { image }).collect(),
        &Call::Step { n, pid } => {
            let fewer = smaller(n).into_iter().map(|n| Call::Step { n, pid });
            pid.map(|_| Call::Step { n, pid: None }).into_iter().chain(fewer).collect()
        }
        &Call::Advance { ms } => smaller(ms).into_iter().map(|ms| Call::Advance { ms }).collect(),
        &Call::RegSet { pid, reg, value } => {
            smaller(value).into_iter().map(|value| Call::RegSet { pid, reg, value }).collect()
        }
        Call::Poke { pid, address, bytes } => {
            let data = shorter(bytes).into_iter();
            data.map(|bytes| Call::Poke { pid: *pid, address: *address, bytes }).collect()
        }
        Call::MailboxSend { data, handle, target, flags, channel, pid } => {
            let with = |data: Vec<u8>, flags, channel| {
                let (handle, target, pid) = (*handle, target.clone(), *pid);
                Call::MailboxSend { data, handle, target, flags, channel, pid }
            };
            let plain = (*flags != 0 || *channel != 0).then(|| with(data.clone(), 0, 0));
            plain
                .into_iter()
                .chain(shorter(data).into_iter().map(|data| with(data, *flags, *channel)))
                .collect()
        }
        _ => Vec::new(),
    };
    found.retain(|simpler| simpler != call);
    found
}

/// The default, if this is another one, and the default in one part.
pub(crate) fn configs(config: &Config) -> Vec<Config> {
    let (plain, of) = (Config::default(), || config.clone());
    let mut found = vec![
        plain.clone(),
        Config { mailboxes: plain.mailboxes, ..of() },
        Config { mailboxes: Quotas { descriptors: 256, ..config.mailboxes }, ..of() },
        Config { mailboxes: Quotas { handles: 64, ..config.mailboxes }, ..of() },
        Config { mailboxes: Quotas { capacity: 64, ..config.mailboxes }, ..of() },
        Config { mailboxes: Quotas { tap_rate: 0, ..config.mailboxes }, ..of() },
        Config { libm: plain.libm, ..of() },
        Config { persisted: Vec::new(), ..of() },
        Config { pin: None, ..of() },
        Config { handlers: Vec::new(), ..of() },
        Config { tasks: plain.tasks, ..of() },
        Config { policy: plain.policy, ..of() },
    ];
    found.retain(|candidate| candidate != config);
    found
}

/// Smaller numbers, the smallest first.
fn smaller(value: u32) -> Vec<u32> {
    let mut found = vec![0, 1, value / 2, value.saturating_sub(1)];
    found.retain(|&plainer| plainer < value);
    found.dedup();
    found
}
