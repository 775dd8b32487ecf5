//! Which effects of a change make `review --fail-on` fail.

use super::Review;
use super::row::{Row, RowKind};
use crate::spin::provision::system;

/// `review --fail-on`
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ReviewFailOn {
    /// An account or the tunnel gains a key, or a key may do more
    Gained,
    /// An account gains sudo, or a group that is as good; or sudo asks for no password any more
    GainedSudo,
    /// The deploy account gains a key
    Deploy,
    /// The tunnel to databases gains a key
    Tunnel,
    /// An account loses a key or a group, or is removed; the tunnel loses a key
    Lost,
    /// `check` has new findings
    Findings,
}

impl ReviewFailOn {
    /// Whether the change does this. Anything known only to Ansible (a template, a URL) may let anybody log in, and
    /// counts.
    #[must_use]
    pub fn meets(self, review: &Review) -> bool {
        let may_be = !review.unknown.is_empty();
        let mut rows = review.rows.iter();
        match self {
            Self::Gained => may_be || rows.any(Row::gains),
            Self::GainedSudo => may_be || rows.any(Row::gains_root),
            Self::Deploy => may_be || rows.any(|row| row.is_deploy && row.gains()),
            Self::Tunnel => may_be || rows.any(|row| row.kind == RowKind::TunnelGained),
            Self::Lost => rows.any(|row| {
                matches!(
                    row.kind,
                    RowKind::AccountLeftFile
                        | RowKind::EmptyAccountLeftFile
                        | RowKind::AccountRemoved
                        | RowKind::GroupLost { .. }
                        | RowKind::KeyLost
                        | RowKind::KeyStays
                        | RowKind::TunnelLost
                )
            }),
            Self::Findings => !review.findings.is_empty() || review.findings_beyond > 0,
        }
    }
}

impl Row {
    /// Whether the account gains a group whose members can become root, or can become root without a password now.
    #[must_use]
    pub fn gains_root(&self) -> bool {
        match &self.kind {
            RowKind::GroupGained { group } => system::is_as_good_as_root(group),
            RowKind::SudoWithoutPassword => true,
            _ => false,
        }
    }

    /// Whether the account gains this group.
    #[must_use]
    pub fn gains_group(&self, name: &str) -> bool {
        matches!(&self.kind, RowKind::GroupGained { group } if group == name)
    }

    /// Whether the account loses this group.
    #[must_use]
    pub fn loses_group(&self, name: &str) -> bool {
        matches!(&self.kind, RowKind::GroupLost { group } if group == name)
    }
}
