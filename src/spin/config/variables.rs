//! The variables of the shipped `.spin.yml` that do not touch access, each with the form of its values and the task that
//! reads it.
//!
//! A file is `--extra-vars`: it can set any variable of Ansible and of the roles. A name that is not here, and a value of
//! another form, is not held harmless (`review::accounted`). The forms matter: Spin writes `server_contact` into a
//! quoted setting of apt, `name` of a hardware profile into the inventory, and its `provider` into a path.

use super::layout::{DEPLOY_PUBLIC_KEY, DOCKER_USER, Section};

/// A variable, or a field of a value.
#[derive(Debug)]
pub(crate) struct Variable {
    name: &'static str,
    form: Form,
    /// The task or script that reads it.
    reader: &'static str,
}

/// The form in which a value is harmless. None of them holds a template.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A text, or anything that is not a text, a list or a mapping.
    Word(fn(&str) -> bool),
    /// What sshd takes as a port.
    Port,
    Mapping(&'static [Variable]),
    /// A list of mappings with these fields.
    List(&'static [Variable]),
    /// The values that the roles loop over: `item` of a field that no task reads is harmless.
    Access,
}

const fn variable(name: &'static str, form: Form, reader: &'static str) -> Variable {
    Variable { name, form, reader }
}

/// What decides who gets in, which the prediction follows.
pub(crate) const ACCESS: [&str; 4] = [Section::Users.key(), Section::Additional.key(), DOCKER_USER, DEPLOY_PUBLIC_KEY];

/// By name. `use_passwordless_sudo` has rows of its own.
static VARIABLES: &[Variable] = &[
    variable("do_api_token", Form::Word(is_line), "roles/create_server/tasks/providers/digitalocean.yml:4"),
    variable("environments", Form::List(ENVIRONMENT), "plugins/inventory/spin-dynamic-inventory.sh"),
    variable("hardware_profiles", Form::List(PROFILE), "roles/create_server/tasks/create-servers.yml:8, :16"),
    variable("hetzner_api_token", Form::Word(is_line), "roles/create_server/tasks/providers/hetzner.yml:4"),
    variable("postfix_hostname", Form::Word(is_host), "roles/linux_common/tasks/email-alerts.yml:10"),
    variable("postfix_relayhost", Form::Word(is_host), "roles/linux_common/tasks/email-alerts.yml:28, :36"),
    variable("postfix_relayhost_password", Form::Word(is_line), "roles/linux_common/tasks/email-alerts.yml:36"),
    variable("postfix_relayhost_port", Form::Word(is_name), "roles/linux_common/tasks/email-alerts.yml:28, :36"),
    variable("postfix_relayhost_username", Form::Word(is_line), "roles/linux_common/tasks/email-alerts.yml:36"),
    variable("providers", Form::List(PROVIDER), "roles/create_server/tasks/create-servers.yml:27"),
    variable("server_contact", Form::Word(is_contact), "roles/linux_common/tasks/email-alerts.yml:46"),
    variable("server_timezone", Form::Word(is_zone), "roles/linux_common/tasks/setup-Debian.yml:30"),
    variable("servers", Form::List(SERVER), "plugins/inventory/spin-dynamic-inventory.sh"),
    variable("ssh_port", Form::Port, "roles/linux_common/templates/etc/ssh/sshd_config.d/01-spin-secure-ssh.conf.j2:2"),
    variable("use_passwordless_sudo", Form::Word(|_| true), "roles/linux_common/tasks/security.yml:20"),
    variable("vultr_api_token", Form::Word(is_line), "roles/create_server/tasks/providers/vultr.yml:4"),
];

static ENVIRONMENT: &[Variable] =
    &[variable("name", Form::Word(is_group), "plugins/inventory/spin-dynamic-inventory.sh")];

static PROVIDER: &[Variable] = &[
    variable("name", Form::Word(is_identifier), "plugins/inventory/spin-dynamic-inventory.sh"),
    variable("api_token", Form::Word(is_line), "roles/create_server/tasks/providers"),
];

static PROFILE: &[Variable] = &[
    variable("name", Form::Word(is_identifier), "plugins/inventory/spin-dynamic-inventory.sh"),
    variable("provider", Form::Word(is_identifier), "roles/create_server/tasks/create-servers.yml:12"),
    variable("profile_config", Form::Mapping(CONFIG), "roles/create_server/tasks/providers"),
];

/// Each is an argument of a module of the provider. As variables of a group in the inventory, others could be anything.
static CONFIG: &[Variable] = &[
    variable("activation_email", Form::Word(is_line), "roles/create_server/tasks/providers/vultr.yml"),
    variable("backups", Form::Word(is_line), "roles/create_server/tasks/providers"),
    variable("image", Form::Word(is_line), "roles/create_server/tasks/providers"),
    variable("location", Form::Word(is_line), "roles/create_server/tasks/providers/hetzner.yml"),
    variable("os", Form::Word(is_line), "roles/create_server/tasks/providers/vultr.yml"),
    variable("plan", Form::Word(is_line), "roles/create_server/tasks/providers/vultr.yml"),
    variable("region", Form::Word(is_line), "roles/create_server/tasks/providers"),
    variable("server_type", Form::Word(is_line), "roles/create_server/tasks/providers/hetzner.yml"),
    variable("size", Form::Word(is_line), "roles/create_server/tasks/providers/digitalocean.yml"),
];

static SERVER: &[Variable] = &[
    variable("server_name", Form::Word(is_name), "roles/create_server/tasks/create-servers.yml:32"),
    variable("environment", Form::Word(is_identifier), "plugins/inventory/spin-dynamic-inventory.sh"),
    variable("hardware_profile", Form::Word(is_identifier), "roles/create_server/tasks/main.yml:7"),
    variable("address", Form::Word(is_host), "plugins/inventory/spin-dynamic-inventory.sh"),
    variable("backups", Form::Word(is_line), "roles/create_server/tasks/providers"),
];

/// Every variable and field that is held harmless, such as `servers[].address`, with the task or script that reads it.
#[must_use]
pub fn harmless() -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    collect("", VARIABLES, &mut found);
    found
}

fn collect(before: &str, fields: &'static [Variable], found: &mut Vec<(String, &'static str)>) {
    for field in fields {
        let path = format!("{before}{}", field.name);
        found.push((path.clone(), field.reader));
        match field.form {
            Form::List(fields) => collect(&format!("{path}[]."), fields, found),
            Form::Mapping(fields) => collect(&format!("{path}."), fields, found),
            Form::Word(_) | Form::Port | Form::Access => {}
        }
    }
}

/// The form of a variable; `None` if it is not held harmless.
pub(crate) fn form(name: &str) -> Option<Form> {
    if ACCESS.contains(&name) {
        return Some(Form::Access);
    }
    field(VARIABLES, name)
}

/// The form of a field.
pub(crate) fn field(fields: &[Variable], name: &str) -> Option<Form> {
    fields.iter().find(|field| field.name == name).map(|field| field.form)
}

/// What a variable that is not in the shipped file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// It steers Ansible: how it connects, and what it runs.
    Ansible,
    /// The roles set it themselves, or loop over it: the file replaces what they handle.
    OfTheRoles,
    /// It is written into sshd's configuration.
    Sshd,
    /// Anything else.
    Unknown,
}

/// Names that Ansible itself gives a meaning (its "special variables").
const OF_ANSIBLE: [&str; 10] = [
    "environment",
    "group_names",
    "groups",
    "hostvars",
    "inventory_hostname",
    "inventory_hostname_short",
    "omit",
    "play_hosts",
    "role_path",
    "vars",
];

/// Names that tasks of the collection register, set or loop over, and those that its playbooks take.
const OF_THE_ROLES: [&str; 29] = [
    "add_repository_key",
    "created_users",
    "digitalocean_created_servers",
    "do_created_ssh_keys",
    "do_existing_ssh_keys",
    "flattend_users",
    "hetzner_created_servers",
    "hetzner_created_ssh_keys",
    "hetzner_existing_ssh_keys",
    "initial_ssh_user",
    "item",
    "keyscan_result",
    "newly_created_servers",
    "provider",
    "provider_config",
    "provider_servers",
    "reboot_required",
    "reboot_result",
    "server",
    "server_contact_check",
    "servers_missing_addresses",
    "spin_ci_folder",
    "spin_ci_folder_full_path",
    "spin_environment",
    "spin_remote_user",
    "sudo_users",
    "target",
    "unique_providers",
    "variable_name",
];

/// What a variable does that [`form`] does not know.
pub(crate) fn foreign(name: &str) -> Foreign {
    if name.starts_with("ansible_") || OF_ANSIBLE.contains(&name) {
        return Foreign::Ansible;
    }
    if OF_THE_ROLES.contains(&name) {
        return Foreign::OfTheRoles;
    }
    if name.starts_with("ssh_") { Foreign::Sshd } else { Foreign::Unknown }
}

/// A text of one line.
fn is_line(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
}

/// What the inventory script takes as the name of a group.
fn is_identifier(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The same, and no group that the playbooks use themselves.
fn is_group(text: &str) -> bool {
    const TAKEN: [&str; 6] =
        ["all", "localhost", "newly_created_servers", "swarm_managers", "swarm_workers", "ungrouped"];
    is_identifier(text) && !TAKEN.contains(&text)
}

fn is_name(text: &str) -> bool {
    !is_option(text) && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether a program takes the text for an option: Ansible gives ssh the address without `--`.
fn is_option(text: &str) -> bool {
    text.starts_with('-')
}

/// A host name or an address, but for the machine that provisions.
fn is_host(text: &str) -> bool {
    let is_name = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_address = text.parse::<std::net::Ipv6Addr>().is_ok_and(|address| !address.is_loopback());
    let is_here = text.eq_ignore_ascii_case("localhost") || text.starts_with("127.");
    (is_name && !is_here && !is_option(text)) || is_address
}

fn is_zone(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/'))
        && !text.contains("//")
        && !text.starts_with(['-', '/'])
}

/// Addresses of mail or local accounts: no pipe, file or include of aliases(5), and nothing that ends a quoted setting.
fn is_contact(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@._%+-=, ".contains(c);
    text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_take_what_people_write_and_nothing_that_a_role_would_run() {
        for (name, good, bad) in [
            ("server_contact", "Ops.Team+x@example.co.uk, b@c.de", "|/bin/sh -c id"),
            ("server_contact", "root", "a@b.c\"; APT::Update::Post-Invoke {\"id\"};"),
            ("server_contact", "a@b.c", "a@b.c\nalice: |id"),
            ("server_timezone", "America/Argentina/Buenos_Aires", "UTC; id"),
            ("server_timezone", "Etc/GMT+5", "../../etc/shadow"),
            ("server_timezone", "UTC", "/etc/shadow"),
            ("postfix_relayhost", "smtp.example.com", "smtp.example.com]:1 x"),
            ("postfix_relayhost_password", "p\"a's $%&", "a\nb"),
        ] {
            let Some(Form::Word(is_good)) = form(name) else { panic!("{name}") };
            assert!(is_good(good), "{name}: {good}");
            assert!(!is_good(bad), "{name}: {bad}");
        }
        let (Some(Form::Word(provider)), Some(Form::Word(address)), Some(Form::Word(group))) =
            (field(PROFILE, "provider"), field(SERVER, "address"), field(ENVIRONMENT, "name"))
        else {
            panic!()
        };
        assert!(provider("hetzner") && !provider("../../x"));
        assert!(address("2001:db8::1") && address("web.example.com") && !address("1.2.3.4 ansible_user=x"));
        assert!(!address("-Fspin.conf") && !address("web.example.com:22") && !address("localhost") && !address("::1"));
        assert!(group("production") && !group("all") && !group("swarm_managers"));
    }

    #[test]
    fn names_that_are_not_in_the_shipped_file_are_told_apart() {
        for (name, what) in [
            ("ansible_ssh_common_args", Foreign::Ansible),
            ("hostvars", Foreign::Ansible),
            ("flattend_users", Foreign::OfTheRoles),
            ("ssh_permit_root_login", Foreign::Sshd),
            ("docker_apt_repository", Foreign::Unknown),
        ] {
            assert!(form(name).is_none(), "{name}");
            assert_eq!(foreign(name), what, "{name}");
        }
    }

    #[test]
    fn tables_are_sorted() {
        assert!(VARIABLES.is_sorted_by_key(|variable| variable.name));
        assert!(OF_THE_ROLES.is_sorted() && OF_ANSIBLE.is_sorted());
    }
}
