//! The modules of a crate, the files they are in, and which file uses which.

use super::names::{Names, names};
use super::tokens::{tokens, without_tests};
use std::collections::{BTreeMap, BTreeSet};

/// Names are followed through this many `use`.
const MOST_STEPS: usize = 16;

/// The sources by their path below `src`.
pub(super) type Sources = BTreeMap<String, String>;

/// The files that are not only of tests.
pub(super) struct Tree {
    pub(super) files: BTreeMap<String, File>,
    /// Module path to file.
    modules: BTreeMap<Vec<String>, String>,
}

pub(super) struct File {
    pub(super) names: Names,
    module: Vec<String>,
}

impl Tree {
    /// Follows the modules from `lib.rs` and `main.rs`.
    pub(super) fn of(sources: &Sources) -> Self {
        let mut tree = Self { files: BTreeMap::new(), modules: BTreeMap::new() };
        for root in ["lib.rs", "main.rs"] {
            let module = if root == "lib.rs" { Vec::new() } else { vec!["main".to_owned()] };
            tree.add(sources, root.to_owned(), &module);
        }
        tree
    }

    fn add(&mut self, sources: &Sources, path: String, module: &[String]) {
        let Some(text) = sources.get(&path) else { return };
        let names = names(&without_tests(&tokens(text)), module);
        let children = names.modules.clone();
        self.modules.insert(module.to_vec(), path.clone());
        self.files.insert(path, File { names, module: module.to_vec() });
        for child in children {
            let below = [module, &[child]].concat();
            let start = below.join("/");
            for path in [format!("{start}.rs"), format!("{start}/mod.rs")] {
                self.add(sources, path, &below);
            }
        }
    }

    /// Which files each file uses.
    pub(super) fn uses(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let uses = self.files.iter().map(|(path, file)| {
            let used_here = |name: &String| file.names.words.contains(name);
            // What is only handed on to others is no use of this file.
            let paths = file.names.paths.iter().filter(|path| {
                let below = path.to.starts_with(&file.module);
                !below || path.handed_on_as.as_ref().is_none_or(used_here)
            });
            let files = paths.map(|path| self.file_of(&path.to, MOST_STEPS)).filter(|used| *used != path);
            (path.as_str(), files.collect())
        });
        uses.collect()
    }

    /// The file that has what this path names: the deepest module, or where a `use` there leads to.
    fn file_of(&self, path: &[String], steps: usize) -> &str {
        let mut module: &[String] = &[];
        let mut at = 0;
        while at < path.len() {
            if self.modules.contains_key(&path[..=at]) {
                at += 1;
                module = &path[..at];
                continue;
            }
            if steps > 0
                && let Some(file) = self.through_use(module, &path[at..], steps - 1)
            {
                return file;
            }
            break;
        }
        self.modules.get(module).map_or("lib.rs", String::as_str)
    }

    /// Where a `use` in `module` leads to for what is left of a path.
    fn through_use(&self, module: &[String], rest: &[String], steps: usize) -> Option<&str> {
        let bound = &self.files[self.modules.get(module)?].names.bound;
        let to = bound.get(&rest[0]).filter(|_| rest[0] != "*")?;
        Some(self.file_of(&[to.as_slice(), &rest[1..]].concat(), steps))
    }
}

/// Each circle once: by a search that goes deeper at each file, the way from a file back to itself.
pub(super) fn circles(uses: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let mut search = Search { uses, way: Vec::new(), done: BTreeSet::new(), found: BTreeSet::new() };
    uses.keys().for_each(|file| search.from(file));
    search.found.into_iter().collect()
}

struct Search<'s> {
    uses: &'s BTreeMap<&'s str, BTreeSet<&'s str>>,
    way: Vec<&'s str>,
    done: BTreeSet<&'s str>,
    found: BTreeSet<String>,
}

impl<'s> Search<'s> {
    fn from(&mut self, file: &'s str) {
        if let Some(start) = self.way.iter().position(|before| *before == file) {
            self.found.insert(format!("circle: {} -> {file}", self.way[start..].join(" -> ")));
            return;
        }
        if !self.done.insert(file) {
            return;
        }
        self.way.push(file);
        let next = self.uses.get(file).into_iter().flatten();
        next.for_each(|next| self.from(next));
        self.way.pop();
    }
}
