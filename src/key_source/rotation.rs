//! The keys of a rotation: those of its pairs, or others that are named.

use super::default_pair;
use super::owner::KeyOwner;
use super::pair_paths::PairPaths;
use super::{KeySource, key_in};
use crate::error::Error;
use crate::files::{self, Swap};
use crate::key::{self, KeyLine};
use crate::spin::plan::rotate::Pairs;
use crate::ui::Ui;
use std::path::Path;

/// The pairs that are there.
pub struct RotatedPairs {
    pub paths: PairPaths,
    pub pairs: Pairs,
    /// The key that is, or was, in use when the rotation began.
    pub old: Option<KeyLine>,
    pub new: Option<KeyLine>,
}

impl RotatedPairs {
    /// Looks at the pairs.
    ///
    /// # Errors
    /// A pair cannot be trusted or read.
    fn find(owner: &KeyOwner<'_>, ui: &Ui) -> Result<Self, Error> {
        let paths = PairPaths::of(owner)?;
        paths.check(owner, ui)?;
        let pairs = paths.pairs();
        let load = |path: &Path| {
            let loaded = default_pair::load(path, paths.in_ci, false, owner)?;
            Ok::<_, Error>(loaded.map(|loaded| loaded.line))
        };
        // Of what is renamed in part, or was replaced, either half will do.
        let any = |path: &Path| {
            let halves = [path.to_owned(), files::public_path(path)];
            let lines = halves.iter().filter_map(|half| KeyLine::parse(&key_in(half, owner).ok()?.1).ok());
            lines.into_iter().next()
        };
        let replaced = paths.replaced();
        let (old, new) = match pairs {
            Pairs::One | Pairs::Apart => (load(&paths.current)?, None),
            Pairs::Two => {
                paths.refuse_lone_public()?;
                (load(&paths.current)?, load(&paths.new)?)
            }
            Pairs::Renamed => (replaced.last().and_then(|path| any(path)), load(&paths.current)?),
            Pairs::Halfway => {
                let new = any(&paths.new).or_else(|| any(&paths.current));
                (replaced.last().and_then(|path| any(path)).or_else(|| any(&paths.current)), new)
            }
        };
        Ok(Self { paths, pairs, old, new })
    }

    /// The pairs of a command: those beside the default pair, unless it names another key, old or new.
    ///
    /// # Errors
    /// A pair cannot be trusted or read.
    pub fn of(source: &KeySource, of_default: bool, owner: &KeyOwner<'_>, ui: &Ui) -> Result<Self, Error> {
        let is_apart = match source {
            KeySource::Path(path) => *path != PairPaths::of(owner)?.new,
            KeySource::Generate(_) => true,
            KeySource::Default | KeySource::Next(_) => !of_default,
        };
        if is_apart { Self::apart(owner, of_default, ui) } else { Self::find(owner, ui) }
    }

    /// The same for the next rotation, of which the key that the last one has put in use is the old one.
    #[must_use]
    pub fn next(self) -> Self {
        Self { pairs: Pairs::One, old: self.new, new: None, ..self }
    }

    /// Whether a new pair is there, or was.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        matches!(self.pairs, Pairs::Two | Pairs::Halfway)
    }

    /// The private half of the new key, with which to log in.
    #[must_use]
    pub fn private(&self, source: &KeySource) -> String {
        let path = match (self.pairs, source) {
            (Pairs::Apart, KeySource::Path(path) | KeySource::Generate(path)) => path,
            (Pairs::Apart | Pairs::Renamed, _) => &self.paths.current,
            _ => &self.paths.new,
        };
        let shown = path.display().to_string();
        shown.strip_suffix(".pub").map(str::to_owned).unwrap_or(shown)
    }

    /// What [`RotatedPairs::rename`] will do, in words.
    #[must_use]
    pub fn renames(&self, now: u64) -> Option<String> {
        let Swap { current, new, old } = self.is_begun().then(|| self.paths.swap(&key::day_of(now)))?;
        let [current, new, old] = [current, new, old].map(|path| path.display().to_string());
        Some(format!("then {current} is renamed to {old}, and {new} to {current}, each with its .pub"))
    }

    /// With a new key that was named, or in another place: nothing is renamed. `of_default`: the old key is that of the default pair.
    ///
    /// # Errors
    /// The default pair is needed, and cannot be trusted or read.
    fn apart(owner: &KeyOwner<'_>, of_default: bool, ui: &Ui) -> Result<Self, Error> {
        let paths = PairPaths::of(owner)?;
        if of_default {
            paths.check(owner, ui)?;
        }
        let old = if of_default { default_pair::load(&paths.current, paths.in_ci, false, owner)? } else { None };
        Ok(Self { paths, pairs: Pairs::Apart, old: old.map(|loaded| loaded.line), new: None })
    }

    /// Renames the pairs.
    ///
    /// # Errors
    /// Those of `files`.
    pub fn rename(&self, now: u64, ui: &Ui) -> Result<(), Error> {
        if !self.is_begun() {
            return Ok(());
        }
        let swap = self.paths.swap(&key::day_of(now));
        swap.carry_out()?;
        ui.note(&format!("{} is the new pair now; the old one: {}", swap.current.display(), swap.old.display()));
        Ok(())
    }
}
