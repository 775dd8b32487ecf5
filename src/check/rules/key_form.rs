//! SK4: whether a key's text is a key, and whether YAML and Ansible read it as written.

use super::key_use::{HIDDEN_COMMENT, KEY_USE};
use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::check::suppress::is_suppression;
use crate::key::{self, KeyError, KeyLine, Login, ModuleResult};
use crate::spin::config::ansible_value::{is_template, is_whole_template};
use crate::spin::config::key_list::{Entry, KeyText};
use crate::spin::config::state::State;
use crate::spin::provision::authorized_key::{error_of_text, rule_of_line};
use crate::yaml::{Edit, Kind, New, NodeId, Path, Quote, ScalarStyle, Step};
use std::ops::Range;

rules! { KEY_FORM:
    PRIVATE_KEY = "SK401" "private-key" Error, {
        title: "this is a PRIVATE key",
        effect: "the run fails at this key, after it has exposed the private key in the log and process list of every \
            server",
        help: "remove it now, create a new pair, and replace the key everywhere: anyone who saw this file has it",
        source: "ansible.posix authorized_key (invalid key specified)",
        why: "A private key in a shared file is no longer private, even if the file is encrypted: everybody with the \
            vault password has it, and git keeps it. Its owner needs a new pair. spin-keys never prints its text.",
    }
    EMPTY_KEY = "SK402" "empty-key" Error, {
        title: "the item contains no key",
        effect: "Spin installs nothing for it, and reports no error (ansible-core 2.18 fails if the value is null)",
        help: "write the line from the .pub file, or remove the item",
        source: "ansible.posix authorized_key (blank and comment lines are skipped)",
        why: "An empty string, a string with only comment lines, or an algorithm without key data installs nothing.",
    }
    NOT_A_KEY = "SK410" "not-a-key" Error, {
        title: "this is not a public key",
        effect: "the run fails at this key: `invalid key specified`",
        help: "copy the whole line from the .pub file unchanged: ALGORITHM KEYDATA COMMENT",
        source: "ansible.posix authorized_key (parsekey)",
        why: "Ansible's module looks for the name of a known algorithm. A line without one ends the run: key data \
            alone, an HTML page, PEM and RFC 4716 formats, nested quotes, a number.",
    }
    OTHER_FORM = "SK412" "key-in-another-form" Error, {
        title: "this is a public key in a format that sshd does not read",
        effect: "the run fails at this key: `invalid key specified`",
        help: "convert it: `ssh-keygen -i -f FILE`, or `ssh-keygen -i -m PKCS8 -f FILE` for BEGIN PUBLIC KEY",
        source: "ansible.posix authorized_key (parsekey); RFC 4716",
        why: "`BEGIN SSH2 PUBLIC KEY` and `BEGIN PUBLIC KEY` are formats of other programs.",
    }
    URL = "SK413" "url-as-key" Warning, {
        title: "this is a URL, not a key",
        effect: "on every run each server reads the URL, and installs whatever it gets",
        help: "download the keys, review them, and add them with spin-keys add-user NAME --key FILE",
        source: "ansible.posix authorized_key (key.startswith(\"http\"))",
        why: "Whoever controls the URL at the time of the run decides who can log in, and no review shows it.",
    }
    WRAPPED = "SK414" "wrapped-key" Error, {
        title: "the key is broken by a line break or a space",
        effect: "Spin installs part of it or fails at the second line, and nobody can log in with it",
        help: "write the key on one line, in double quotes",
        source: "YAML folds line breaks into spaces; OpenSSH sshkey.c",
        why: "The usual causes are an editor that wraps long lines, a copy from a terminal, or `>` or `|` with a \
            broken line: each puts a space or a line break into the base64.",
    }
    COMMENT_CUT = "SK419" "comment-cut" Warning + fix, {
        title: "a ` #` cuts off this key line: YAML reads the rest as a comment",
        effect: "Spin installs the key without the text after ` #`",
        help: "quote the key line with double quotes",
        source: "YAML 1.1 section 4.1.6 (comments)",
        why: "Without quotes, a space and a `#` start a YAML comment. After the key data this only shortens the key's \
            comment, which is harmless; inside the options it cuts off the key. --fix quotes the key as it is read \
            now, and leaves the YAML comment in place.",
    }
    COLON = "SK420" "key-read-as-mapping" Error + fix, {
        title: "a colon makes YAML read this key as a mapping",
        effect: "the run fails at this key",
        help: "quote the key line with double quotes",
        source: "YAML 1.1 section 10.2.2 (block mappings)",
        why: "Without quotes, `: ` or a `:` at the end of the line turns the text before it into a YAML key. The usual \
            cause is the comment of an SSH key (`alice: laptop`). --fix quotes the line, and its owner can then log in \
            to the account. For a user of `users` in sudo, the tunnel accepts the key, too, and the first item can log \
            in as deploy.",
    }
    SEVERAL_KEYS = "SK421" "several-keys-in-one-item" Warning, {
        title: "one item contains several keys",
        effect: "Spin installs them all; if it is the first item of a user in sudo, all of them can log in as deploy",
        help: "write each key as a separate item",
        source: "ansible.posix authorized_key (splitlines), roles/docker_user/tasks/main.yml:38",
        why: "A `|` block of several lines works. But `state: absent` then removes all of its keys, and item 0 is more \
            than one key.",
    }
    GLUED = "SK422" "two-keys-on-one-line" Error, {
        title: "two keys are on one line",
        effect: "Spin installs the line, and sshd reads the first key at most, with the second as its comment: the \
            owner of the second cannot log in",
        help: "write each key as a separate item",
        source: "sshd(8), AUTHORIZED_KEYS FILE FORMAT",
        why: "sshd reads one key per line, and treats the rest of the line as a comment. The line break between the \
            two keys was probably lost in a copy or a merge.",
    }
    TEMPLATE = "SK423" "template" Warning, {
        title: "a name, a key or a setting contains a Jinja template",
        effect: "Ansible evaluates the template, and Spin uses the result, which spin-keys cannot know",
        help: "write the value itself; in the comment of a key, remove the braces",
        source: "ansible-core: every string of extra variables is a template",
        why: "`{{ lookup('file', 'alice.pub') }}` may be intended. In a comment it is an accident, or an attempt to \
            run code on the machine that runs `spin provision`.",
    }
    BROKEN_TEMPLATE = "SK424" "broken-template" Error, {
        title: "a template is not closed",
        effect: "Ansible cannot parse the template, and the run fails",
        help: "remove the braces, or close them",
        source: "ansible-core: every string of extra variables is a template (jinja2 TemplateSyntaxError)",
        why: "`{{` needs `}}`, `{%` needs `%}`, and `{#` needs `#}`. A single `{`, or `}}` alone, is fine.",
    }
    SERVER_FILE = "SK428" "server-file-as-key" Error, {
        title: "this names a file on the server, not a key",
        effect: "on every run each server reads that file as root, and installs the keys in it: who can log in is not in \
            this file",
        help: "remove it, and add the keys themselves with spin-keys add-user NAME --key FILE",
        source: "ansible.posix authorized_key (key.startswith(\"file\"))",
        why: "`file:///root/.ssh/authorized_keys` gives every key of root to this user and, as the first key of a user in \
            sudo, to deploy. If the file does not exist, or has something else in it, the task ends with an error that \
            shows its first line in the log.",
    }
}

impl Checker<'_, '_, '_> {
    /// SK4, for each item of the list at path `list`.
    pub(crate) fn key_texts(&mut self, entries: &[Entry<'_>], list: &dyn Fn() -> Path, who: &str) {
        for entry in entries {
            // Depends on the line in the file, and so on quotes that an edit adds.
            self.comment_cut(entry, list, who);
            if self.is_judged(entry) {
                continue;
            }
            let text = match entry.text {
                KeyText::Text(text) => text,
                KeyText::Unknown => {
                    let written = self.document.scalar(entry.text_node).unwrap_or_default();
                    if is_template(written) {
                        let written = written.to_owned();
                        self.template(entry.text_node, &written, &format!("a key of {who}"));
                    }
                    continue;
                }
                KeyText::Missing if entry.is_mapping && self.document.entry(entry.item, "public_key").is_some() => "",
                KeyText::Other if entry.is_mapping => {
                    self.add(&NOT_A_KEY, entry.text_node, format!("{who}: a key must be a string, and this is not"));
                    continue;
                }
                KeyText::Missing | KeyText::Other => continue,
            };
            self.key_lines(entry.text_node, text, who, entry.state == State::Absent);
        }
    }

    /// The lines of a key text, in any field.
    pub(crate) fn key_lines(&mut self, node: NodeId, text: &str, who: &str, is_absent: bool) {
        let whole = self.span(node);
        let elsewhere = match key::ansible_writes(text) {
            ModuleResult::Url => Some((&URL, "this is a URL, not a key")),
            ModuleResult::File => Some((&SERVER_FILE, "this is a file on the server, not a key")),
            ModuleResult::Refused { .. } | ModuleResult::Lines(_) => None,
        };
        if let Some((rule, what)) = elsewhere {
            self.add_at(rule, whole, format!("{who}: {what}"));
            return;
        }
        if let Some(error) = error_of_text(text) {
            return self.key_error(whole, text, &error, who);
        }
        let lines: Vec<(usize, &str)> = key::key_lines(text).collect();
        if lines.len() > 1 {
            let many = lines.len();
            self.add_at(&SEVERAL_KEYS, whole.clone(), format!("{who}: one item contains {many} keys"));
        }
        for (number, line) in lines {
            let at = self.line_span(node, number, whole.clone());
            match KeyLine::parse(line) {
                Err(error @ KeyError::Hidden { .. }) if is_installed(line) => {
                    self.add_at(&HIDDEN_COMMENT, at, format!("{who}: {error}")).key(line);
                }
                Err(error) => self.key_error(at, line, &error, who),
                Ok(key) => self.sound_key(at, line, &key, is_absent, who),
            }
        }
    }

    /// Whether an edit left this key unchanged, so that findings about its text are not new.
    fn is_judged(&self, entry: &Entry<'_>) -> bool {
        let KeyText::Text(text) = entry.text else { return false };
        self.context.judged.is_some_and(|judged| judged.contains(text))
    }

    fn key_error(&mut self, at: Range<usize>, line: &str, error: &KeyError, who: &str) {
        let code = rule_of_line(line, error);
        let Some(found) = KEY_FORM.iter().chain(KEY_USE).find(|rule| rule.code == code) else { return };
        let added = self.add_at(found, at, format!("{who}: {error}"));
        if found.code == PRIVATE_KEY.code {
            added.unseen();
        } else if let Some(hint) = error.hint() {
            // Somebody who pasted a private key has to do more than name the right file.
            added.key(line).help(hint);
        } else {
            added.key(line);
        }
    }

    /// A template in place of a name or key.
    pub(crate) fn template(&mut self, node: NodeId, text: &str, what: &str) {
        let rule = if is_whole_template(text) { &TEMPLATE } else { &BROKEN_TEMPLATE };
        self.add(rule, node, format!("{what} contains a Jinja template"));
    }

    /// The text after ` #` on the line of an unquoted key.
    fn comment_cut(&mut self, entry: &Entry<'_>, list: &dyn Fn() -> Path, who: &str) {
        let document = self.document;
        let node = document.node(entry.text_node);
        let KeyText::Text(text) = entry.text else { return };
        let is_plain = matches!(node.kind, Kind::Scalar { style: ScalarStyle::Plain, .. });
        let rest = document.text[node.end..].split('\n').next().unwrap_or_default();
        let behind = rest.trim_start_matches([' ', '\t']);
        if !is_plain || !behind.starts_with('#') || is_suppression(behind) {
            return;
        }
        let at = node.end + (rest.len() - behind.len());
        let mut path = list();
        path.push(Step::Index(entry.index));
        if entry.is_mapping {
            path.push(Step::Key("public_key".to_owned()));
        }
        let with = New::Text { value: text.to_owned(), quote: Quote::Double };
        self.add_at(&COMMENT_CUT, at..at + 1, format!("{who}: ` #` cuts off this key line, which is not quoted"))
            .fix(vec![Edit::Replace { path, with }]);
    }

    pub(crate) fn colon(&mut self, entry: &Entry<'_>, fix: Vec<Edit>, help: impl Fn(&str) -> String) {
        let Some((key, _)) = self.document.entries(entry.item).first().copied() else { return };
        self.add(&COLON, key, "a colon makes YAML read this key as a mapping").fix(fix).help(help(COLON.help));
    }

    /// Where a line of a key text is: its own line in a `|` block, else the whole text.
    fn line_span(&self, node: NodeId, number: usize, whole: Range<usize>) -> Range<usize> {
        let document = self.document;
        if !matches!(document.node(node).kind, Kind::Scalar { style: ScalarStyle::Literal, .. }) {
            return whole;
        }
        let (first, _) = self.lines.place(document.node(node).start);
        let range = self.lines.range(first + number - 1);
        let line = &document.text[range.clone()];
        range.start + (line.len() - line.trim_start().len())..range.end
    }
}

/// Whether the line is installed on the server and lets somebody log in, whatever else is wrong with it.
fn is_installed(line: &str) -> bool {
    let ModuleResult::Lines(lines) = key::ansible_writes(line) else { return false };
    matches!(lines.as_slice(), [written] if key::login(&written.line, 0) == Login::Yes)
}
