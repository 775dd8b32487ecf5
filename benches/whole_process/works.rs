//! The works: what spin-keys does and what its peers do in its place, on files that are made here.

use crate::measure::Program;
use crate::peers::Peers;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is measured side by side; the first program is spin-keys'.
pub(crate) struct Work {
    pub(crate) name: String,
    /// Of the file, where the work is one of growing files.
    pub(crate) users: Option<u32>,
    pub(crate) programs: Vec<Program>,
}

/// What the works are made of.
pub(crate) struct Bench {
    pub(crate) peers: Peers,
    binary: String,
    key: String,
    example: PathBuf,
    folder: PathBuf,
}

/// A file with this many users, each with a key of their own (well-formed, of nobody).
pub(crate) fn write_users(path: &str, count: u32) {
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    writeln!(file, "ssh_port: \"22\"\nusers:").unwrap();
    for (number, key) in crate::support::hostile::keys().take(count as usize).enumerate() {
        write!(
            file,
            "  - username: user{number}\n    name: User Number {number}\n    state: present\n    groups: ['sudo', 'www-data']\n    shell: \"/bin/bash\"\n    authorized_keys:\n      - public_key: \"{key}\"\n        state: present\n"
        )
        .unwrap();
    }
    file.flush().unwrap();
}

/// The same by a process of its own: what this one holds at its peak, Linux counts as held by each program that it starts.
fn users(path: &str, count: u32) {
    let mut writer = Command::new(std::env::current_exe().unwrap());
    assert!(writer.args(["--write-users", path, &count.to_string()]).status().unwrap().success());
}

impl Bench {
    /// With a folder for its files.
    pub(crate) fn new(folder: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let published = root.join("../shared/corpus/spin-example-v2.3.4.yml");
        let example = if published.exists() { published } else { root.join("fixtures/session/.spin.yml") };
        // As an installation would: Linux keeps what a linker wrote in smaller pieces, which take up to a fifth longer to run.
        let binary = folder.join("spin-keys");
        fs::copy(env!("CARGO_BIN_EXE_spin-keys"), &binary).unwrap();
        Self {
            peers: Peers::new(root),
            binary: binary.display().to_string(),
            key: root.join("fixtures/keys/deploy.pub").display().to_string(),
            example,
            folder: folder.to_owned(),
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn own(&self, name: &str, args: &[&str]) -> Program {
        Program::new(&format!("spin-keys {name}"), &[&[self.binary.as_str()], args].concat())
    }

    fn edit(&self, file: &str) -> Program {
        self.own("add-user --dry-run", &["add-user", "dave", "--key", &self.key, "--dry-run", "-f", file])
    }

    fn sealed(&self, path: &str, text: &[u8], salt: u8) {
        let salt = [salt; spin_keys::vault::SALT_BYTES];
        fs::write(path, spin_keys::vault::seal(text, b"password", &salt, spin_keys::vault::Header::V1_1)).unwrap();
    }

    fn small(&mut self) -> Work {
        let file = self.example.display().to_string();
        let mut programs = vec![self.edit(&file)];
        programs.extend(self.peers.editors(&file, &self.key));
        let name = if file.contains("corpus") { "Spin's example" } else { "a small file" };
        Work { name: name.to_owned(), users: None, programs }
    }

    fn encrypted(&mut self) -> Work {
        let (file, password) = (self.path(".spin.yml"), self.path(".vault-password"));
        self.sealed(&file, &fs::read(&self.example).unwrap(), 7);
        fs::write(&password, "password\n").unwrap();
        let mut programs = vec![self.edit(&file)];
        programs.extend(self.peers.vault_view(&file, &password));
        Work { name: "the same, encrypted".to_owned(), users: None, programs }
    }

    /// A file of about 10 KB against its base, encrypted both, with every process of git that it starts.
    fn review(&self) -> Work {
        let project = self.folder.join("review");
        fs::create_dir(&project).unwrap();
        let git = |args: &[&str]| {
            let who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
            assert!(Command::new("git").current_dir(&project).args(who).args(args).status().unwrap().success());
        };
        let write = |count: u32, salt: u8| {
            let plain = self.path("plain.yml");
            users(&plain, count);
            self.sealed(&project.join(".spin.yml").display().to_string(), &fs::read(plain).unwrap(), salt);
        };
        write(33, 1);
        git(&["init", "-q", "-b", "main"]);
        git(&["add", "-f", ".spin.yml"]);
        git(&["commit", "-q", "-m", "one"]);
        write(34, 2);
        fs::write(project.join(".vault-password"), "password\n").unwrap();
        // `sh` waits for git, so that its time counts too.
        let script = format!("cd '{}' && '{}' review --format markdown", project.display(), self.binary);
        let program = Program::new("spin-keys review, with git", &["sh", "-c", &script]);
        Work { name: "10 KB encrypted, reviewed".to_owned(), users: None, programs: vec![program] }
    }

    fn pair(&mut self) -> Work {
        let (file, passphrase) = (self.path("pair.yml"), self.path("passphrase"));
        fs::write(&file, "users: []\n").unwrap();
        fs::write(&passphrase, "a passphrase\n").unwrap();
        let pair = self.path("own-{run}");
        let words =
            ["add-user", "dave", "--generate", &pair, "--rounds", "100", "--passphrase-file", &passphrase, "-y", "-f"];
        let copy = format!("cp '{file}' '{file}-{{run}}' && exec \"$0\" \"$@\" '{file}-{{run}}'");
        let command = [&["sh", "-c", copy.as_str(), self.binary.as_str()], words.as_slice()].concat();
        let mut programs = vec![Program::new("spin-keys add-user --generate", &command)];
        programs.extend(self.peers.keygen(&self.folder.display().to_string()));
        Work { name: "a new pair, 100 rounds".to_owned(), users: None, programs }
    }

    fn growing(&mut self, count: u32, name: &str) -> Work {
        let file = self.path(&format!("{count}.yml"));
        users(&file, count);
        let mut programs = vec![
            self.edit(&file),
            self.own("list", &["list", "-f", &file]),
            self.own("check", &["check", "--fail-on", "never", "-f", &file]),
        ];
        programs.extend(self.peers.yaml_edit(&file));
        Work { name: format!("{name} users"), users: Some(count), programs }
    }

    /// From the quickest to the slowest.
    pub(crate) fn works(&mut self) -> Vec<Work> {
        let mut works = vec![self.small(), self.encrypted(), self.review(), self.pair()];
        let counts = [(100, "100"), (1_000, "1,000"), (10_000, "10,000"), (100_000, "100,000")];
        works.extend(counts.map(|(count, name)| self.growing(count, name)));
        works
    }
}
