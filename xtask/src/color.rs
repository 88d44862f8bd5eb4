//! `--color`: when to show colours, an option of every command.

use clap::{Arg, ArgMatches};

/// Its name on the command line.
const NAME: &str = "color";

/// The option.
pub fn option() -> Arg {
    let option = Arg::new(NAME).long(NAME).value_name("WHEN").global(true);
    let option = option.value_parser(["auto", "always", "never"]).default_value("auto");
    option.help("When to show colours; NO_COLOR is heeded too")
}

/// Does from now on what the option says.
pub fn heed(matches: &ArgMatches) {
    match matches.get_one::<String>(NAME).map(String::as_str) {
        Some("always") => reports::set_colour(true),
        Some("never") => reports::set_colour(false),
        _ => {}
    }
}

/// What another command of ours needs to do the same on this standard output.
pub fn arguments() -> [String; 2] {
    let when = if reports::is_coloured() { "always" } else { "never" };
    [format!("--{NAME}"), when.into()]
}
