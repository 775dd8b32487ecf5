//! SK5: the third door, the tunnel to databases, whose keys `spin configure gha` and `spin deploy` write.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::key;
use crate::spin::config::key_list::KeyText;
use crate::spin::config::layout::Section;
use crate::spin::config::state::State;
use crate::yaml::Kind;

rules! { TUNNEL:
    ABSENT_KEY_IN_TUNNEL = "SK509" "absent-key-in-tunnel" Warning, {
        title: "an `absent` key of a user in sudo is given to the tunnel",
        effect: "its owner can log in to the container `serversideup/docker-ssh`, which reaches the databases",
        help: "once the servers are provisioned, run `spin-keys revoke --finish KEY`, then `spin configure gha ENVIRONMENT`, and deploy again",
        source: "playbooks/prepare_ci_environment.yml, \"Set AUTHORIZED_KEYS file with sudo users' SSH keys\"",
        why: "The secret AUTHORIZED_KEYS holds every key of every entry of `users` in sudo, whatever the `state` of the \
            key or of the user. `state: absent` takes the key away from the servers alone. A deleted item stays on the \
            servers, so first provision with `absent`, then delete.",
    }
    NO_TUNNEL = "SK510" "tunnel-playbook-fails" Warning, {
        title: "`spin configure gha` and `spin deploy` fail here, though `spin provision` does not",
        effect: "the playbook that writes AUTHORIZED_KEYS ends, and nothing is deployed",
        help: "give every entry of `users` a list `groups`, and every user in sudo a list `authorized_keys`",
        source: "playbooks/prepare_ci_environment.yml, \"Set AUTHORIZED_KEYS file with sudo users' SSH keys\"",
        why: "The expression reads `groups` of every entry of `users`, and `public_key` of every key of those in sudo.",
    }
}

impl Checker<'_, '_, '_> {
    pub(crate) fn tunnel(&mut self) {
        let (config, outcome) = (self.config, self.outcome);
        for person in config.people.iter().filter(|person| person.user.section == Section::Users && person.in_sudo()) {
            let entries = person.keys.iter().flat_map(|list| &list.entries);
            for entry in entries.filter(|entry| entry.state == State::Absent || person.state == State::Absent) {
                let KeyText::Text(text) = entry.text else { continue };
                if !key::materials(text).is_empty() && outcome.tunnel.failure.is_none() {
                    self.account = Some(person.called());
                    let at = entry.state_node.unwrap_or(entry.item);
                    self.add(
                        &ABSENT_KEY_IN_TUNNEL,
                        at,
                        format!("{}: this absent key is given to the tunnel", person.called()),
                    );
                }
            }
        }
        self.account = None;
        if let Some(failure) = outcome.tunnel.failure.as_ref().filter(|_| outcome.failure.is_none()) {
            let who = failure.who.as_ref().map(|who| format!("{who}: ")).unwrap_or_default();
            let end = self.document.nodes().find(|node| node.start == failure.at).map_or(failure.at, |node| match node
                .kind
            {
                Kind::Scalar { .. } => node.end,
                _ => node.start,
            });
            self.add_at(
                &NO_TUNNEL,
                failure.at..end.max(failure.at),
                format!("{who}the expression that makes AUTHORIZED_KEYS fails here"),
            );
        }
    }
}
