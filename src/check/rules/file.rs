//! SK1: the file as a whole.

use super::{Rule, Severity};

rules! { FILE:
    SEVERAL_DOCUMENTS = "SK101" "several-documents" Error, {
        title: "the file holds more than one YAML document",
        effect: "Ansible reads no variables from it, and the run fails at once",
        help: "keep one document: remove the second `---` and what does not belong to the file",
        source: "ansible-core, `--extra-vars @FILE` (PyYAML: expected a single document in the stream)",
        why: "Spin passes the file to Ansible as `--extra-vars @./.spin.yml`, which takes exactly one document. A `---` \
              that was pasted into the middle of the file, or a second file appended to it, ends every run before it \
              reaches a server. The findings below it are those of the first document.",
    }
    DUPLICATE_KEY = "SK102" "duplicate-key" Warning, {
        title: "a key stands twice in one mapping",
        effect: "Ansible reads the last one only and says so in a warning that is easily missed",
        help: "merge the two, or remove the one that is not meant",
        source: "ansible-core, `parsing/yaml/constructor.py` (Using last defined value only)",
        why: "YAML forbids it, PyYAML does not refuse it. Nothing of the first value is merged into the second. Where \
              users or keys are lost that way the finding is SK103.",
    }
    KEYS_LOST = "SK103" "duplicate-key-loses-keys" Error, {
        title: "a key that stands twice takes users or SSH keys out of the file",
        effect: "Ansible reads the last one only: who stands in the first one gets nothing",
        help: "merge the two into one",
        source: "ansible-core, `parsing/yaml/constructor.py` (Using last defined value only)",
        why: "The usual cause is a second `users:` below the shipped, empty or filled one, or a merge of two branches. \
              The run gives a warning and goes on; the people of the first list are not created, their keys are not \
              installed, and on a server that exists nothing of theirs is removed either.",
    }
    NOT_A_MAPPING = "SK104" "not-a-mapping" Error, {
        title: "the file is not a mapping at its top",
        effect: "Ansible takes no variables from it, and the run fails at once",
        help: "is this the right file? a .spin.yml holds `users:`, `servers:` and so on at its top",
        source: "ansible-core, `--extra-vars @FILE` (must be a dictionary)",
        why: "Variables have names, so Ansible wants a mapping. A list or a lone word at the top is another file, or \
              one whose first lines were lost.",
    }
    UNKNOWN_TAG = "SK105" "unknown-tag" Error, {
        title: "a value has a tag that Ansible does not know",
        effect: "Ansible cannot load the file, and the run fails at once",
        help: "remove the tag, or put the text in quotes if the `!` belongs to it",
        source: "ansible-core, `--extra-vars @FILE` (could not determine a constructor for the tag)",
        why: "Ansible knows `!vault` and `!unsafe` besides the tags of YAML. A password or comment that opens with `!` and \
              has no quotes is taken for a tag.",
    }
}
