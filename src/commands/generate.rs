//! Generated from the arguments: completions and the manual page.

use crate::ui::Ui;
use clap::{Command, CommandFactory};

/// `completions`
pub(crate) fn completions<C: CommandFactory>(shell: clap_complete::Shell, ui: &Ui) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut C::command(), "spin-keys", &mut script);
    ui.data(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

/// `man`: one manual page (roff) for the program and all commands.
pub(crate) fn man<C: CommandFactory>(ui: &Ui) -> anyhow::Result<u8> {
    let mut command = C::command().disable_help_subcommand(true);
    command.build();
    ui.data(&page(&command)?)?;
    Ok(0)
}

fn page(command: &Command) -> std::io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands() {
        let man = clap_mangen::Man::new(sub.clone());
        page.extend(format!(".SH {}\n", sub.get_name().to_uppercase()).into_bytes());
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    // The sections of a command become subsections of it.
    let page = String::from_utf8_lossy(&page).into_owned();
    let inner = [".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS", ".SH KEY", ".SH FILE", ".SH OUTPUT"];
    let (head, rest) =
        page.split_once(".SH ADD\\-USER").or_else(|| page.split_once(".SH ADD-USER")).unwrap_or((&page, ""));
    let rest =
        inner.iter().fold(rest.to_owned(), |rest, section| rest.replace(section, &section.replacen(".SH", ".SS", 1)));
    // All commands are on this page: there are no separate pages to refer to.
    let mut head = head.replace(".SH EXTRA", ".SH \"EXIT CODES AND ENVIRONMENT\"").replace("SUBCOMMANDS", "COMMANDS");
    for sub in command.get_subcommands() {
        let name = sub.get_name().replace('-', r"\-");
        head = head.replace(&format!(r"spin\-keys\-{name}(1)"), &format!(r"spin\-keys {name}"));
    }
    Ok(if rest.is_empty() { head } else { format!("{head}.SH ADD-USER{rest}") })
}
