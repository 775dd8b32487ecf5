//! `man`: the manual, a page for the program and one for each command, from the command line itself.

use super::{examples, manpath};
use crate::error::Error;
use crate::files::{self, Target};
use crate::signals;
use crate::ui::Ui;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::path::Path;

/// Files, what they are for, and the commands that use them.
const FILES: [(&str, &str, &[&str]); 8] = [
    (
        ".spin.yml",
        "The file of Spin: the one in this folder or in the nearest parent folder, up to the root of the repository.",
        &["add-user", "add-deploy", "revoke", "rotate", "list", "check", "review", "show", "completions"],
    ),
    (
        "~/.ssh/id_ed25519, ~/.ssh/id_ed25519.pub",
        "The default pair of a person. It is created if it is missing, and never overwritten.",
        &["add-user", "rotate"],
    ),
    ("~/.ssh/id_ed25519.new", "The new pair of a rotation that is not finished.", &["rotate"]),
    (
        ".infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY",
        "The pair of the deploy user, which `spin configure gha` uploads.",
        &["add-deploy", "rotate", "revoke"],
    ),
    (
        "~/Desktop/id_ed25519_deploy, ~/.ssh/id_ed25519_deploy",
        "The pair of the deploy user in a project without .infrastructure/.",
        &["add-deploy", "rotate"],
    ),
    (
        ".vault-password",
        "The vault password of an encrypted file: beside it or in a parent folder, up to the root of the repository.",
        &["add-user", "add-deploy", "revoke", "rotate", "list", "check", "review", "show"],
    ),
    (".git/info/attributes, .git/config", "Where git is told how to show the file, on this machine only.", &["git"]),
    (
        "~/.local/share/man/man1",
        "A folder for the manual pages of one person. `man` looks there where ~/.local/bin is in PATH.",
        &["man"],
    ),
];

/// `man`: prints the page of the program, or writes all pages into a folder.
pub(super) fn man(folder: Option<&Path>, mut program: Command, ui: &Ui) -> anyhow::Result<u8> {
    program = program.disable_help_subcommand(true);
    program.build();
    let Some(folder) = folder else {
        ui.data(&page(&program, &program)?)?;
        return Ok(0);
    };
    signals::install()?;
    let mut pages = Vec::new();
    collect(&program, &program, &mut pages)?;
    files::ensure_dir(folder, 0o755)?;
    for (name, text) in &pages {
        write(&folder.join(name), text, ui)?;
    }
    ui.summary(&format!("wrote {} manual pages to {}", pages.len(), folder.display()));
    manpath::advice(folder).iter().for_each(|advice| ui.note(advice));
    Ok(0)
}

fn collect(command: &Command, program: &Command, pages: &mut Vec<(String, String)>) -> std::io::Result<()> {
    pages.push((Man::new(command.clone()).get_filename(), page(command, program)?));
    command.get_subcommands().try_for_each(|sub| collect(sub, program, pages))
}

/// Writes a page, also in the place of one of an earlier version.
fn write(path: &Path, page: &str, ui: &Ui) -> Result<(), Error> {
    if path.symlink_metadata().is_err() {
        return files::create_public(path, page.as_bytes());
    }
    let target = Target::open(path)?;
    let locked = target.lock(&mut |message| ui.note(message))?;
    let before = locked.reread()?;
    if before.bytes() == page.as_bytes() {
        return Ok(());
    }
    if !String::from_utf8_lossy(before.bytes()).lines().any(|line| line.starts_with(&title_line())) {
        let message = format!("{} is not a manual page of spin-keys", path.display());
        return Err(Error::new(message).hint("move it away, or choose another folder"));
    }
    Ok(locked.replace(page.as_bytes(), &before)?)
}

/// How the line begins by which a page is known.
fn title_line() -> String {
    let mut roff = Roff::new();
    roff.control("TH", ["spin-keys"]);
    roff.to_roff().lines().last().unwrap_or_default().to_owned()
}

fn page(command: &Command, program: &Command) -> std::io::Result<String> {
    // clap_mangen omits the help of an option that `-h` hides.
    let whole = command.clone().mut_args(|arg| arg.hide_short_help(false));
    let man =
        Man::new(whole).source(format!("spin-keys {}", program.get_version().unwrap_or_default())).manual("spin-keys");
    let (mut page, mut options, mut commands) = (Vec::new(), Vec::new(), Vec::new());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut options)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut commands)?;
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    // The groups of options are parts of one section.
    let options = text(options).replace("\n.SH ", "\n.SS ").replacen(".SS OPTIONS", ".SH OPTIONS", 1);
    let commands = text(commands).replacen(".SH SUBCOMMANDS", ".SH COMMANDS", 1);
    let all = [text(page), options, commands, sections(command, program).render()].concat();
    // Each part came with the same first lines.
    let first = Roff::new().render();
    Ok(format!("{first}{}", all.replace(&first, "")))
}

/// What clap does not know.
fn sections(command: &Command, program: &Command) -> Roff {
    let mut roff = Roff::new();
    let is_program = command.get_name() == program.get_name();
    let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    if is_program {
        list(&mut roff, "EXIT STATUS", &examples::EXIT_CODES);
        list(&mut roff, "ENVIRONMENT", &examples::ENVIRONMENT);
    }
    let uses = |commands: &[&str]| is_program || commands.contains(&command.get_name());
    let files: Vec<_> = FILES.iter().filter(|(.., by)| uses(by)).map(|(path, what, _)| (*path, *what)).collect();
    if !files.is_empty() {
        list(&mut roff, "FILES", &files);
    }
    let examples = examples::each(&help);
    if !examples.is_empty() {
        roff.control("SH", ["EXAMPLES"]);
    }
    for (what, commands) in examples {
        roff.control("PP", []).text([roman(what)]).control("RS", ["4"]).control("nf", []);
        for command in commands {
            roff.text([bold(command)]);
        }
        roff.control("fi", []).control("RE", []);
    }
    see_also(&mut roff, command, program);
    roff
}

fn list(roff: &mut Roff, title: &str, rows: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (name, what) in rows {
        roff.control("TP", []).text([bold(*name)]).text([roman(*what)]);
    }
}

/// The page of the program names all others; those name it, and what stands beside them.
fn see_also(roff: &mut Roff, command: &Command, program: &Command) {
    let mut pages: Vec<String> = Vec::new();
    if command.get_name() == program.get_name() {
        pages.extend(program.get_subcommands().map(|sub| format!("spin-keys-{}", sub.get_name())));
    } else {
        pages.push("spin-keys".to_owned());
        pages.extend(beside(command.get_name()).iter().map(|name| format!("spin-keys-{name}")));
    }
    let others = [("ssh-keygen", "1"), ("sshd", "8"), ("ansible-vault", "1")];
    let own = pages.iter().map(|page| (page.as_str(), "1"));
    let all: Vec<_> = own.chain(others).collect();
    // Names of pages are not divided.
    roff.control("SH", ["SEE ALSO"]).control("nh", []);
    let comma = |at: usize| if at + 1 < all.len() { ", " } else { "" };
    let named =
        |(at, (page, section)): (usize, &(&str, &str))| [bold(*page), roman(format!("({section}){}", comma(at)))];
    roff.text(all.iter().enumerate().flat_map(named).collect::<Vec<_>>());
}

/// The pages that who reads this one wants next.
fn beside(command: &str) -> &'static [&'static str] {
    match command {
        "add-user" | "add-deploy" => &["list", "check", "revoke", "rotate"],
        "revoke" | "rotate" => &["list", "add-user", "add-deploy"],
        "list" | "check" => &["explain", "review"],
        "review" => &["check", "git-install"],
        "explain" => &["check"],
        "show" | "install" => &["git", "review"],
        "git" => &["git-install", "show"],
        _ => &[],
    }
}
