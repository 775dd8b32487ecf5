//! Whether to print in color.

use std::env;

/// `--color`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Color {
    /// Only on a terminal, and not if `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The environment variables about color.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ColorEnv {
    no_color: bool,
    force: bool,
    pub(super) dumb: bool,
}

impl ColorEnv {
    pub(super) fn of_process() -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            no_color: set("NO_COLOR").is_some(),
            force: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb: set("TERM").is_none_or(|value| value == "dumb"),
        }
    }
}

impl Color {
    pub(super) fn on(self, env: ColorEnv, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => !env.no_color && (env.force || (terminal && !env.dumb)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_where_it_is_seen_and_wanted() {
        let none = ColorEnv::default();
        let [no_color, force, dumb] =
            [ColorEnv { no_color: true, ..none }, ColorEnv { force: true, ..none }, ColorEnv { dumb: true, ..none }];
        assert!(Color::Auto.on(none, true) && !Color::Auto.on(none, false));
        assert!(!Color::Auto.on(no_color, true) && !Color::Auto.on(dumb, true));
        assert!(Color::Auto.on(force, false) && !Color::Auto.on(ColorEnv { no_color: true, ..force }, false));
        assert!(Color::Always.on(no_color, false) && !Color::Never.on(force, true));
    }
}
