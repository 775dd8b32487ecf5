"""Ansible's own vault code, asked by ansible.rs: a JSON job a line on standard input, a JSON answer a line out.

{"seal": {"plain", "password", "salt", "label"}}  -> {"fixed": text, "random": text}, without and with a salt of Ansible's
{"open": {"text", "password"}}                    -> {"plain"}, or {"error": kind}
{"file": path, "label"}                           -> {"password"}, or {"error": kind}

Bytes are hex both ways.
"""

import json
import sys

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret, get_file_vault_secret


def seal(plain, password, salt, label):
    secret = VaultSecret(bytes.fromhex(password))
    plain, salt = bytes.fromhex(plain), bytes.fromhex(salt)
    fixed = VaultLib().encrypt(plain, secret=secret, vault_id=label, salt=salt)
    random = VaultLib().encrypt(plain, secret=secret, vault_id=label)
    return {"fixed": fixed.hex(), "random": random.hex()}


def open_(text, password):
    secrets = [("default", VaultSecret(bytes.fromhex(password)))]
    return {"plain": bytes(VaultLib(secrets).decrypt(bytes.fromhex(text))).hex()}


def file(path, label):
    secret = get_file_vault_secret(filename=path, vault_id=label, loader=DataLoader())
    secret.load()
    return {"password": secret.bytes.hex()}


def answer(job):
    try:
        if "seal" in job:
            return seal(**job["seal"])
        return open_(**job["open"]) if "open" in job else file(job["file"], job["label"])
    # Wrong padding is a ValueError of the cryptography package.
    except (AnsibleError, ValueError) as error:
        return {"error": type(error).__name__}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
