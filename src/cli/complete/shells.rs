//! The scripts that let a shell ask for candidates, and the form in which each shell takes them.
//!
//! The scripts of `clap_complete` split a fingerprint at its `:`, and give bash a comment with spaces as several words. These give
//! the program what was typed, and it answers with text that the shell reads as one word.

use super::line::{Line, Open, typed};
use clap_complete::engine::CompletionCandidate;
use std::fmt::Write as _;

/// bash 3.2 (macOS) included. `$2` is what readline replaces: the word behind its last `:` or `=`. Where the shell itself
/// has to read the word (a variable, a redirection), it completes the names of files.
pub(super) const BASH: &str = r#"_spin_keys() {
    local line=${COMP_LINE:0:COMP_POINT} reply
    COMPREPLY=()
    while IFS= read -r reply; do
        COMPREPLY+=("$reply")
    done < <(COMPLETE=bash spin-keys -- "$line" "$2" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 0 && $line == *[\$\`\<\>]* ]]; then
        compopt +o nospace -o bashdefault -o default 2>/dev/null
    fi
}
complete -o nospace -o nosort -F _spin_keys spin-keys 2>/dev/null || complete -o nospace -F _spin_keys spin-keys
"#;

/// Loaded from a folder of `fpath`, or read by `source`.
pub(super) const ZSH: &str = r#"#compdef spin-keys
_spin_keys() {
    local -a folders others
    local line
    for line in "${(@f)$(COMPLETE=zsh spin-keys -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        if [[ $line == */ ]]; then
            folders+=("$line")
        elif [[ -n $line ]]; then
            others+=("$line")
        fi
    done
    # Quoted, the shell would not read a home folder in it.
    if [[ $PREFIX == '~/'* ]]; then
        compset -P '\~/'
        folders=("${(@)folders#\~/}")
        others=("${(@)others#\~/}")
    fi
    (( $#folders )) && _describe -V 'folder' folders -S ''
    (( $#others )) && _describe -V 'value' others
}
if [[ $funcstack[1] == _spin-keys ]]; then
    _spin_keys "$@"
else
    compdef _spin_keys spin-keys
fi
"#;

pub(super) const FISH: &str = r#"complete --command spin-keys --no-files --keep-order --arguments "(COMPLETE=fish spin-keys -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor) 2>/dev/null)"
"#;

/// What bash puts in the place of `replaced`, the end of the word at the cursor: a line each. A value that is whole ends in a
/// space, unless quotes are open, which readline closes.
pub(super) fn for_bash(found: &[CompletionCandidate], line: &Line, replaced: &str) -> String {
    let word = line.words.last().map_or("", String::as_str);
    let mut text = String::new();
    for value in found.iter().filter_map(|found| found.get_value().to_str()) {
        let Some(rest) = value.strip_prefix(word).and_then(|rest| typed(rest, line.open)) else { continue };
        let goes_on = line.open != Open::Nothing || value.ends_with(['/', '=']);
        text.extend([replaced, &rest, if goes_on { "" } else { " " }, "\n"]);
    }
    text
}

/// `value:help`, a line each.
pub(super) fn for_zsh(found: &[CompletionCandidate]) -> String {
    let mut text = String::new();
    for found in found {
        let value = found.get_value().to_string_lossy().replace('\\', r"\\").replace(':', r"\:");
        let help = help(found).map(|help| format!(":{}", help.replace('\\', r"\\"))).unwrap_or_default();
        writeln!(text, "{value}{help}").ok();
    }
    text
}

/// `value<TAB>help`, a line each.
pub(super) fn for_fish(found: &[CompletionCandidate]) -> String {
    let mut text = String::new();
    for found in found {
        let help = help(found).map(|help| format!("\t{help}")).unwrap_or_default();
        writeln!(text, "{}{help}", found.get_value().to_string_lossy()).ok();
    }
    text
}

/// Its first line.
fn help(found: &CompletionCandidate) -> Option<String> {
    found.get_help().and_then(|help| help.to_string().lines().next().map(str::to_owned))
}
