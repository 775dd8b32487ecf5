//! Which findings make `check` fail.

use super::rule::Severity;

/// `check --fail-on`
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOn {
    /// Any finding
    Note,
    /// A warning or an error
    Warning,
    /// An error
    Error,
    /// No finding
    Never,
}

impl FailOn {
    /// Whether a finding of this severity makes `check` fail.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Never => false,
            Self::Note => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
        }
    }
}
