//! Which paths a file names: those of `use`, lists and all, and those in code.

use super::tokens::{Token, after_group};
use std::collections::BTreeMap;

/// What a file says of names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// `mod NAME;`
    pub(super) modules: Vec<String>,
    /// Paths from the root of the crate: `["spin", "config", "User"]`; `["*"]` ends those of a glob.
    pub(super) paths: Vec<Path>,
    /// What `use` binds, in this module and those written into it, and to which path.
    pub(super) bound: BTreeMap<String, Vec<String>>,
    /// Paths that lead out of the crate, as they are written.
    pub(super) foreign: Vec<Vec<String>>,
    /// All words, but for those of attributes and `use`.
    pub(super) words: Vec<String>,
    /// Each `match` up to its brace.
    pub(super) matches: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) to: Vec<String>,
    /// `pub use`: it is handed on, and used only where the name is named once more.
    pub(super) handed_on_as: Option<String>,
}

/// Reads the file of the module `here`.
pub(super) fn names(tokens: &[Token], here: &[String]) -> Names {
    let mut names = Names { modules: declared(tokens), ..Names::default() };
    let mut inner: Vec<(String, usize)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        inner.retain(|(_, end)| at < *end);
        let module: Vec<String> = here.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect();
        match &tokens[at] {
            Token::Sign('#') if tokens.get(at + 1).is_some_and(|next| next.is('[')) => {
                let end = after_group(tokens, at + 1);
                // `#[arg(default_value_t = crate::key::ROUNDS)]` is a use; the words of it are no code.
                let (words, matches) = (names.words.len(), names.matches.len());
                code(&tokens[at..end], &module, &mut names);
                names.words.truncate(words);
                names.matches.truncate(matches);
                at = end;
            }
            Token::Word(word) if word == "mod" && tokens.get(at + 2).is_some_and(|next| next.is('{')) => {
                inner.push((tokens[at + 1].word().unwrap_or_default().to_owned(), after_group(tokens, at + 2)));
                at += 3;
            }
            Token::Word(word) if word == "use" && !tokens.get(at + 1).is_some_and(|next| next.is('<')) => {
                let public = is_public(&tokens[..at]);
                let end = tokens[at..].iter().position(|token| token.is(';')).map_or(tokens.len(), |end| at + end);
                let mut tree = Vec::new();
                tree_of(&tokens[at + 1..end], &[], &mut tree);
                for (path, name) in tree {
                    used(path, name, public, &module, &mut names);
                }
                at = end + 1;
            }
            _ => at += code_at(tokens, at, &module, &mut names),
        }
    }
    names
}

/// The modules in files of their own that are declared here.
fn declared(tokens: &[Token]) -> Vec<String> {
    let named = tokens.windows(3).filter(|three| three[0].word() == Some("mod") && three[2].is(';'));
    named.filter_map(|three| three[1].word().map(str::to_owned)).collect()
}

/// Whether `pub` or `pub(crate)` comes right before.
fn is_public(before: &[Token]) -> bool {
    match before {
        [.., last] if last.word() == Some("pub") => true,
        [.., public, open, _, close] => public.word() == Some("pub") && open.is('(') && close.is(')'),
        _ => false,
    }
}

/// The paths of a `use`, each with the name that it binds (`*` for all, none for `_`).
fn tree_of(tokens: &[Token], start: &[String], out: &mut Vec<(Vec<String>, String)>) {
    let mut path = start.to_vec();
    let mut name = None;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Word(word) if word == "as" => {
                name = Some(tokens.get(at + 1).and_then(Token::word).unwrap_or_default().to_owned());
                at += 1;
            }
            Token::Word(word) => path.push(word.clone()),
            Token::Sign('*') => path.push("*".to_owned()),
            Token::Sign('{') => {
                let end = after_group(tokens, at);
                let mut from = at + 1;
                while from < end - 1 {
                    let mut to = from;
                    while to < end - 1 && !tokens[to].is(',') {
                        to = if tokens[to].is('{') { after_group(tokens, to) } else { to + 1 };
                    }
                    tree_of(&tokens[from..to], &path, out);
                    from = to + 1;
                }
                return;
            }
            _ => {}
        }
        at += 1;
    }
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if path.len() > start.len() || !start.is_empty() {
        let name = name.unwrap_or_else(|| path.last().cloned().unwrap_or_default());
        out.push((path, name));
    }
}

fn used(path: Vec<String>, name: String, public: bool, module: &[String], names: &mut Names) {
    match from_root(&path, module, &names.modules) {
        Some(to) => {
            names.bound.insert(name.clone(), to.clone());
            names.paths.push(Path { to, handed_on_as: public.then_some(name) });
        }
        None => names.foreign.push(path),
    }
}

/// The same path from the root of the crate; none if it leads out of it.
fn from_root(path: &[String], module: &[String], modules: &[String]) -> Option<Vec<String>> {
    let first = path.first()?.as_str();
    let start = match first {
        // `main.rs` is a crate of its own, which sees this one by its name.
        "crate" | "spin_keys" => Vec::new(),
        "self" | "super" => module.to_vec(),
        _ if modules.iter().any(|child| child == first) => [module, &path[..1]].concat(),
        _ => return None,
    };
    let mut start = start;
    let mut rest = &path[1..];
    if first == "super" {
        start.pop();
        while rest.first().is_some_and(|next| next == "super") {
            start.pop();
            rest = &rest[1..];
        }
    }
    Some([start.as_slice(), rest].concat())
}

fn code(tokens: &[Token], module: &[String], names: &mut Names) {
    let mut at = 0;
    while at < tokens.len() {
        at += code_at(tokens, at, module, names);
    }
}

/// Notes the word or the path at this place; how many tokens it has.
fn code_at(tokens: &[Token], at: usize, module: &[String], names: &mut Names) -> usize {
    let Some(word) = tokens[at].word() else { return 1 };
    names.words.push(word.to_owned());
    if word == "match" {
        let head = tokens[at..].iter().take_while(|token| !token.is('{'));
        names.matches.push(head.filter_map(Token::word).map(str::to_owned).collect());
    }
    let mut path = vec![word.to_owned()];
    let mut end = at + 1;
    while let [Token::Sign(':'), Token::Sign(':'), Token::Word(next), ..] = &tokens[end..] {
        path.push(next.clone());
        names.words.push(next.clone());
        end += 3;
    }
    if path.len() > 1 {
        match from_root(&path, module, &names.modules) {
            Some(to) => names.paths.push(Path { to, handed_on_as: None }),
            None => names.foreign.push(path),
        }
    }
    end - at
}
