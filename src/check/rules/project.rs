//! SK6: what lies around the file.

use super::{Rule, Severity};

rules! { PROJECT:
    VAULT_LABEL = "SK601" "vault-label" Warning, {
        title: "the vault has a label (format 1.2)",
        effect: "Ansible reads it, the spin command takes the file for a plain one and does not pass the password",
        help: "encrypt it again without a label: ansible-vault rekey .spin.yml",
        source: "the spin command: it compares the first line with `$ANSIBLE_VAULT;1.1;AES256`",
        why: "`ansible-vault --vault-id NAME@...` writes a header with a label. Spin's command recognises only the header \
              without one, so `spin provision` runs without a password and fails.",
    }
    PASSWORD_TRACKED = "SK602" "vault-password-tracked" Error, {
        title: "git tracks the vault password",
        effect: "whoever gets the repository can decrypt what it guards, today and in its history",
        help: "git rm --cached .vault-password, add it to .gitignore, change the password and every secret it guarded",
        source: "`spin init` adds .vault-password to .gitignore",
        why: "An encrypted file with its password beside it is a plain file. Taking the file out of git is not enough: \
              the history keeps it.",
    }
    SECRETS_TRACKED = "SK603" "plain-secrets-tracked" Warning, {
        title: "git tracks this file, which holds secrets in plain text",
        effect: "whoever gets the repository has them, today and in its history",
        help: "encrypt it: spin vault encrypt .spin.yml",
        source: "`spin init` adds .spin.yml to .gitignore; `spin vault encrypt` is Ansible Vault",
        why: "API tokens of providers, passwords of mail relays and hashes of users' passwords stand in this file. Change \
              those that were committed.",
    }
    PAIR_MISMATCH = "SK611" "deploy-pair-mismatch" Error, {
        title: "SSH_DEPLOY_PRIVATE_KEY and its .pub are not of one pair",
        effect: "`spin configure gha` uploads both as they are, and the deployment cannot log in",
        help: "write the right one: ssh-keygen -y -f SSH_DEPLOY_PRIVATE_KEY > SSH_DEPLOY_PRIVATE_KEY.pub",
        source: "the spin command, `configure gha`",
        why: "The .pub is installed on the servers, the private key becomes a secret of GitHub Actions. Nothing compares \
              the two before the first deployment.",
    }
    PAIR_PASSPHRASE = "SK612" "deploy-key-with-passphrase" Error, {
        title: "SSH_DEPLOY_PRIVATE_KEY has a passphrase",
        effect: "`spin configure gha` uploads it as it is, and the deployment cannot use it",
        help: "take the passphrase off: ssh-keygen -p -f SSH_DEPLOY_PRIVATE_KEY; or make a new pair: spin-keys add-deploy",
        source: "the spin command, `configure gha`",
        why: "Nobody is there to type it in a workflow. The folder's .gitignore keeps the key out of git, and a \
              secret of GitHub is where it is meant to go.",
    }
    PAIR_WITHOUT_PUB = "SK613" "deploy-key-without-pub" Error, {
        title: "SSH_DEPLOY_PRIVATE_KEY lacks its .pub",
        effect: "`spin configure gha` fails",
        help: "write it: spin-keys add-deploy, or ssh-keygen -y -f SSH_DEPLOY_PRIVATE_KEY > SSH_DEPLOY_PRIVATE_KEY.pub",
        source: "the spin command, `configure gha`",
        why: "It makes a pair only where the private key is missing, and reads the .pub without looking.",
    }
    PAIR_COMMENT = "SK614" "deploy-key-comment" Error, {
        title: "the comment of the deploy .pub holds an apostrophe or a backslash",
        effect: "`spin configure gha` breaks: the line is put between quotes of a shell",
        help: "change the comment: ssh-keygen -c -C deploy -f SSH_DEPLOY_PRIVATE_KEY, then write its .pub again",
        source: "the spin command, `configure gha` (-e deploy_public_key='...')",
        why: "The whole line of the .pub is handed to ansible-playbook within single quotes.",
    }
    PAIR_UNREADABLE = "SK615" "deploy-key-unreadable" Error, {
        title: "the deploy pair cannot be read as SSH keys",
        effect: "`spin configure gha` uploads it as it is, and the deployment cannot log in",
        help: "make a new pair: move both files away, then spin-keys add-deploy",
        source: "the spin command, `configure gha`",
        why: "The files are taken as they are. What OpenSSH cannot read fails in the workflow, where it is hard to see.",
    }
    STRAY_SECRET = "SK616" "stray-file-becomes-a-secret" Warning, {
        title: "a file beside the deploy key would be uploaded as a secret",
        effect: "`spin configure gha` makes a secret of GitHub of every file there without a dot in its name",
        help: "move it somewhere else, or put a dot into its name",
        source: "the spin command, `configure gha`",
        why: "Backups, notes and other keys do not belong there. The files that Spin itself puts there are passed over; \
              for one that is meant to be a secret, pass --ignore SK616.",
    }
}
