//! Findings about files around the `.spin.yml`.

use crate::check::finding::Finding;
use crate::check::rule::Rule;
use std::path::Path;

/// The findings about files.
#[derive(Default)]
pub(super) struct Found(pub(super) Vec<Finding>);

impl Found {
    /// Adds a finding; returns its help, if the rule's does not fit.
    pub(super) fn add(&mut self, rule: &'static Rule, path: &Path, message: impl Into<String>) -> &mut Option<String> {
        self.0.push(Finding {
            rule,
            severity: rule.severity,
            path: Some(path.to_owned()),
            span: 0..0,
            line: 0,
            column: 0,
            account: None,
            key: None,
            message: message.into(),
            own_help: None,
            fix: Vec::new(),
            is_secret: false,
        });
        let last = self.0.len() - 1;
        &mut self.0[last].own_help
    }
}
